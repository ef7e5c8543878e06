// The editor of boards: sends the form after each change, and shows the board that comes back. The server
// does all the editing, so that it works without script too.

import { dragRows } from './drag.js';

const $ = (id) => document.getElementById(id);
const PAUSE = 50; // ms after the last keystroke
const PACE = 3000; // ms until newer figures
const LONGEST = 8000; // ms that a request for them may take
const INCH = 25.4; // mm
const ARC = 172; // distance at which a digit has 20 arc minutes, in heights of it

const form = $('editor');
const screen = $('screen');
let latest = 0; // the number of the last request
let answered = 0; // the number of the last answer
let timer = 0;
let hasFailed = false;

// --- the screen ----------------------------------------------------------------

const frame = () => document.querySelector('#preview iframe');
const size = () => screen.value.split('x').map(Number);

// As the chosen screen has it, or as chosen here.
function dress() {
  const board = frame();
  const { theme, density } = screen.selectedOptions[0].dataset;
  const dresses = board && board.contentWindow && board.contentWindow.__dress;
  if (dresses) dresses({ theme: $('preview-theme').value || theme, density });
}

// Gives the board the screen's size, and scales it to the room here.
function scale() {
  const board = frame();
  if (!board) return;
  const [width, height] = size();
  const box = $('preview');
  const most = Math.max(320, innerHeight * 0.8);
  box.style.width = '';
  const by = Math.min(box.clientWidth / width, most / height);
  board.style.width = width + 'px';
  board.style.height = height + 'px';
  board.style.transform = 'scale(' + by + ')';
  box.style.height = height * by + 12 + 'px';
  box.style.width = width * by + 12 + 'px';
  setTimeout(measure, 200);
}

// A text of the page, in its language.
function write(text, ...values) {
  return $('measures').dataset['say' + text].replace(/%(\d)/g, (_, at) => values[at]);
}

function decimal(number, digits) {
  const both = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return number.toLocaleString(document.body.dataset.locale, both);
}

// Says how large digits are, and from where they can be read.
function measure() {
  const doc = frame() && frame().contentDocument;
  if (!doc || !doc.body) return;
  const [width, height] = size();
  const mm = ($('diagonal').value * INCH) / Math.hypot(width, height);
  const texts = [];
  const say = (what, selector) => {
    const shown = Array.from(doc.querySelectorAll(selector)).filter((el) => el.getClientRects().length);
    const sizes = shown.map((el) => Number.parseFloat(doc.defaultView.getComputedStyle(el).fontSize));
    if (!sizes.length) return;
    const high = Math.min(...sizes) * 0.72 * mm;
    texts.push(write(what, decimal(high, 0), decimal((high * ARC) / 1000, high < 30 ? 1 : 0)));
  };
  say('digits', '.tile:not(.off) .hero .num');
  say('names', '.row:not(.off) .name');
  const nav = doc.getElementById('pages');
  const pages = nav && +nav.dataset.pages;
  const fact = $('pages-fact');
  if (fact && pages) fact.textContent = pages === 1 ? write('fits') : write('takes', pages);
  $('measures').replaceChildren(...texts.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
}

// --- the form ------------------------------------------------------------------

function send(button) {
  ask(post(button), (page, took) => take(page, took, button));
}

// Brings newer figures, unless something else is on its way.
function refresh() {
  if (document.hidden || timer || answered < latest) return;
  // A board of a file has no form.
  const signal = AbortSignal.timeout(LONGEST);
  ask(form ? post(null, signal) : fetch(location.href, { credentials: 'same-origin', signal }), takeFigures);
}

function post(button, signal) {
  const body = bodyOf(button);
  body.set('brief', '1');
  if (button) body.set(button.name, button.value);
  return fetch('/boards/preview', { method: 'POST', body, credentials: 'same-origin', signal });
}

function ask(request, use) {
  clearTimeout(timer);
  timer = 0;
  const [number, began] = [++latest, Date.now()];
  const isLast = () => number === latest;
  request
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((html) => isLast() && use(new DOMParser().parseFromString(html, 'text/html'), Date.now() - began))
    .catch(() => isLast() && fail('failed'))
    .then(() => (answered = Math.max(answered, number)));
}

function fail(text) {
  // It's announced once.
  if (!hasFailed && $('faults')) $('faults').textContent = write(text);
  hasFailed = true;
}

// Files only go with a button, and no more of one than says that it's too large.
function bodyOf(button) {
  const data = new FormData(form);
  const most = +form.dataset.largest + 1;
  let hasFile = false;
  for (const [name, value] of Array.from(data)) {
    if (typeof value === 'string') continue;
    const isSent = button && value.size > 0;
    if (isSent) data.set(name, value.slice(0, most), value.name);
    else data.delete(name);
    hasFile = hasFile || isSent;
  }
  // Nothing is added before its button is pressed.
  if (!button) for (const name of Array.from(data.keys())) if (name.startsWith('add.')) data.delete(name);
  return hasFile ? data : new URLSearchParams(data);
}

function take(next, took, button) {
  const fields = next.getElementById('fields');
  if (!fields) return fail('signedout');
  $('faults').replaceWith(next.getElementById('faults'));
  hasFailed = false;
  const text = next.getElementById('text').value;
  const isEdited = document.activeElement === $('text');
  if (!isEdited) $('text').value = text;
  // Faulty text stays until it's valid.
  $('text-before').value = $('text').value === text ? text : $('text-before').value;
  if (button || isEdited) replaceFields(fields);
  takeBoard(next, took);
}

// The form stays as it is.
function takeFigures(next, took) {
  if (!next.getElementById('preview')) return fail('signedout');
  if (hasFailed && $('faults')) $('faults').replaceWith(next.getElementById('faults'));
  hasFailed = false;
  takeBoard(next, took);
}

function takeBoard(next, took) {
  const [measured, fact] = [$('pages-fact'), next.getElementById('pages-fact')];
  // It's measured again in a moment.
  if (measured && fact) fact.textContent = measured.textContent;
  $('facts').replaceWith(next.getElementById('facts'));
  show(next.querySelector('#preview iframe'), took);
}

function replaceFields(fields) {
  const open = Array.from(document.querySelectorAll('#fields details[open]'), (one) => one.id);
  const active = document.activeElement;
  const focused = fields.dataset.focus || (active && $('fields').contains(active) && (active.id || active.name));
  $('fields').replaceWith(fields);
  for (const id of open) if ($(id)) $(id).open = true;
  const to = focused && ($(focused) || fields.querySelector('[name="' + focused + '"]'));
  if (to) to.focus({ preventScroll: false });
  if (fields.dataset.said) $('polite').textContent = fields.dataset.said;
}

// An invalid board keeps the last valid preview.
function show(next, took) {
  if (!next) return;
  const board = frame();
  if (!board) {
    $('preview').replaceChildren(document.adoptNode(next));
    watch();
    return scale();
  }
  const html = next.getAttribute('srcdoc');
  const shows = board.contentWindow && board.contentWindow.__show;
  if (!shows || !shows(new DOMParser().parseFromString(html, 'text/html'), took)) board.srcdoc = html;
  setTimeout(measure, 200);
}

function watch() {
  const board = frame();
  if (!board) return;
  board.addEventListener('load', () => {
    dress();
    setTimeout(measure, 200);
  });
}

if (form) {
  form.addEventListener('input', (event) => {
    if (event.target.closest('.preview') || event.target.name.startsWith('add.')) return;
    if (event.target.type === 'checkbox') return send(event.target);
    if (event.target.type === 'file') return send($('check'));
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (button && button.value === 'save') return;
    event.preventDefault();
    send(button);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('input')) {
      event.preventDefault();
      return send($('check'));
    }
    const act = { ArrowUp: 'up', ArrowDown: 'down' }[event.key];
    const row = event.altKey && act && event.target.closest('.chosen li');
    if (!row) return;
    event.preventDefault();
    row.querySelector('[id$="-' + act + '"]').click();
  });
  dragRows(form, send);
}
screen.addEventListener('change', () => {
  // That of a paired screen isn't known.
  $('diagonal').value = size()[2] || $('diagonal').value;
  dress();
  scale();
});
$('preview-theme').addEventListener('change', dress);
$('diagonal').addEventListener('input', measure);
addEventListener('resize', scale);
watch();
dress();
scale();
setInterval(refresh, PACE);
document.addEventListener('visibilitychange', refresh);
