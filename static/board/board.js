// A live board: applies what the server sends to the page that it rendered.
// ES2018, no dependencies. The protocol is `wallboard.v1`; see docs.
//
// All text goes in through textContent and all else through setAttribute. The
// one place that parses HTML is `swap`: regions that our own server rendered.

import { lay, layAll, refit, showPages, tickPages } from './places.js';

const body = document.body;
const data = body.dataset;
const $ = (id) => document.getElementById(id);
const build = data.v;
const SILENT = 25000; // nothing heard for so long: the line is dead
const BAND = 10000; // so long after a loss everything turns grey
const GONE = 300000; // so long after it, old values are no longer worth showing

let epoch = data.e;
let seq = +data.n;
let offset = +data.ts - Date.now(); // server's clock minus ours
let hint = { min: 500, max: 10000 };

// --- slots ---------------------------------------------------------------

const slots = new Map();
const clocks = new Map(); // element → start, in the server's milliseconds

function index(root) {
  each(root, (el) => {
    slots.set(+el.dataset.k, el);
    if (el.dataset.since) clocks.set(el, +el.dataset.since);
  });
}

function forget(root) {
  each(root, (el) => {
    const k = +el.dataset.k;
    if (slots.get(k) === el) slots.delete(k);
    clocks.delete(el);
  });
}

function each(root, act) {
  if (root.dataset.k) act(root);
  root.querySelectorAll('[data-k]').forEach(act);
}

function swap(id, html) {
  const old = $(id);
  if (!old) return;
  // HTML from our own server, escaped by its templates. A template element, since
  // a table's row cannot be parsed outside of one.
  const parsed = document.createElement('template');
  parsed.innerHTML = html;
  const fresh = parsed.content.firstElementChild;
  forget(old);
  old.parentNode.replaceChild(fresh, old);
  index(fresh);
}

function set(k, value) {
  const el = slots.get(k);
  if (!el) return;
  if (typeof value === 'string') return write(el, value);
  if ('since' in value) return clock(el, value);
  for (const name of Object.keys(value)) {
    const text = String(value[name]);
    if (name === 'sev' && el.classList.contains('row')) changed(el, el.dataset.sev, text);
    el.setAttribute('data-' + name, text);
  }
}

function write(el, text) {
  const node = el.firstChild;
  if (text && node && node.nodeType === 3 && !node.nextSibling) {
    if (node.nodeValue !== text) node.nodeValue = text;
  } else {
    el.textContent = text;
  }
  if (text === data.unknown) el.setAttribute('aria-label', 'no data');
  else el.removeAttribute('aria-label');
}

function clock(el, value) {
  if (value.since === null) {
    clocks.delete(el);
    el.removeAttribute('data-since');
    write(el, value.text || '');
  } else {
    clocks.set(el, value.since);
    el.setAttribute('data-since', value.since);
    write(el, duration(now() - value.since));
  }
}

// --- time ------------------------------------------------------------------

const now = () => Date.now() + offset;

// What arrives late makes the offset too small, never too large: rise at once, fall
// slowly, and only by what was written just now (a replayed frame is as old as it is).
function learn(ts, fresh) {
  const seen = ts - Date.now();
  if (seen > offset) offset = seen;
  else if (fresh) offset += (seen - offset) * 0.1;
}

function duration(millis) {
  const s = Math.max(0, Math.floor(millis / 1000));
  const h = Math.floor(s / 3600);
  const two = (n) => (n < 10 ? '0' : '') + n;
  if (h >= 24) return Math.floor(h / 24) + ' ' + data.day + ' ' + (h % 24) + ' ' + data.hour;
  if (h) return h + ' ' + data.hour + ' ' + two(Math.floor(s / 60) % 60);
  return Math.floor(s / 60) + ':' + two(s % 60);
}

function format(options) {
  const style = Object.assign({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, options);
  try {
    return new Intl.DateTimeFormat('en-GB', Object.assign({ timeZone: data.zone }, style));
  } catch (_) {
    return new Intl.DateTimeFormat('en-GB', style); // an old screen without that zone
  }
}
const wall = format({});
const exact = format({ second: '2-digit' });
const day = format({ hour: undefined, minute: undefined, hourCycle: undefined, day: 'numeric', month: 'short' });
const dated = (then) => (day.format(then) === day.format(now()) ? '' : day.format(then) + ' ');

function tick() {
  if (lost === null) clocks.forEach((since, el) => write(el, duration(now() - since)));
  write($('clock'), wall.format(now()));
  if (socket && performance.now() - heard > SILENT) drop();
  else if (lost === null && performance.now() - heard > SILENT) lose();
  if (lost !== null) showLoss();
  tickPages();
}

// --- the state of the line ---------------------------------------------------

let heard = performance.now();
let heardAt = now();
let lost = null; // when we noticed, by performance.now()

function hear(frame) {
  heard = performance.now();
  if (frame.ts) learn(frame.ts, frame.t === 'hi' || frame.t === 'hb');
  heardAt = now();
}

function lose() {
  if (lost === null) lost = performance.now();
  showLoss();
}

function live() {
  lost = null;
  $('link').setAttribute('data-state', 'live');
  write($('link-text'), 'Live');
  $('band').hidden = true;
  body.classList.remove('stale', 'gone');
}

// While nothing changes, how long ago each source last spoke.
function showAges(ages) {
  const words = Object.keys(ages).map((id) => id + ' ' + ago(ages[id]));
  const el = $('ages');
  if (el) write(el, words.join(' · '));
}

function ago(s) {
  return s < 60 ? s + ' s' : s < 3600 ? Math.floor(s / 60) + ' min' : duration(s * 1000);
}

function showLoss() {
  showAges({});

  const age = performance.now() - lost;
  $('link').setAttribute('data-state', 'off');
  write($('link-text'), 'Reconnecting');
  if (age < BAND) return;
  const gone = age > GONE;
  body.classList.add('stale');
  body.classList.toggle('gone', gone);
  band(
    gone
      ? 'No data since ' + dated(heardAt) + wall.format(heardAt)
      : 'Connection lost at ' + dated(heardAt) + exact.format(heardAt) + '. Values are from then.'
  );
}

function band(text) {
  const el = $('band');
  if (el.textContent !== text) el.textContent = text;
  el.hidden = false;
}

// --- the socket ----------------------------------------------------------------

let socket = null;
let failures = 0; // since the last frame
let refused = 0; // upgrades refused in a row
let asked = 0; // when a resync was asked for, or 0
let retry = 0; // told by `bye`
let timer = 0;

function connect() {
  clearTimeout(timer);
  if (socket) return;
  const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
  const from = '?e=' + encodeURIComponent(epoch) + '&n=' + seq + '&v=' + encodeURIComponent(build);
  const own = new WebSocket(scheme + location.host + data.live + from, 'wallboard.v1');
  let opened = false;
  socket = own;
  heard = performance.now();
  asked = 0;
  own.onopen = () => {
    opened = true;
    refused = 0;
  };
  own.onmessage = (event) => {
    if (own === socket) take(JSON.parse(event.data));
  };
  own.onclose = (event) => {
    if (own === socket) closed(opened, event.code);
  };
}

function closed(opened, code) {
  socket = null;
  lose();
  if (code === 4403) return refuse('This screen may not show this board.');
  if (code === 4401) return obey();
  if (!opened && ++refused >= 2) return obey();
  again();
}

// A line that is dead may take minutes to close: let go of it at once.
function drop() {
  const old = socket;
  socket = null;
  old.onclose = old.onmessage = null;
  old.close();
  lose();
  again();
}

function again(delay) {
  const cap = Math.min(hint.max, hint.min * Math.pow(2, failures++));
  const wait = delay || Math.random() * (retry || cap);
  retry = 0;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
}

// Refused twice: the page's own address says why, or the server is away.
function obey() {
  fetch(location.href, { cache: 'no-store', credentials: 'same-origin' }).then(
    (answer) => {
      if (answer.status === 401) return reload();
      if (answer.status === 403) return refuse('This screen may not show this board.');
      if (answer.status === 404) return refuse('This board was removed.');
      // The page can be had and its socket cannot: show what can be had.
      if (answer.ok && refused >= 5) return setTimeout(reload, 15000 + Math.random() * 5000);
      again();
    },
    () => again()
  );
}

function refuse(text) {
  band(text);
  body.classList.add('stale', 'gone');
  clearTimeout(timer);
  timer = setTimeout(obey, 60000 + Math.random() * 10000);
}

function resync() {
  if (!socket || socket.readyState !== 1) return;
  if (asked && performance.now() - asked < 5000) return;
  asked = performance.now();
  socket.send(JSON.stringify({ t: 'resync', e: epoch, n: seq }));
}

// --- frames ----------------------------------------------------------------------

let queue = [];
let lag = 0;

function take(frame) {
  hear(frame);
  failures = 0;
  switch (frame.t) {
    case 'hi':
      hint = Object.assign(hint, frame.hint);
      if (frame.ver && frame.ver !== build) renew(frame.ver);
      if (frame.resume) live();
      break;
    case 's':
      if (document.hidden) break; // asked for again when seen
      asked = 0;
      epoch = frame.e;
      seq = frame.n;
      queue = []; // whatever waited is in it
      paint(frame);
      live();
      break;
    case 'd':
      live();
      showAges({});
      if (document.hidden) break;
      if (frame.e !== epoch || frame.n > seq + 1) resync();
      else if (frame.n === seq + 1) {
        asked = 0;
        seq = frame.n;
        paint(frame);
      }
      break;
    case 'hb':
      live();
      showAges(frame.src);
      if (frame.n > seq && !document.hidden) resync();
      break;
    case 'bye':
      retry = frame.retry || 1;
      break;
  }
}

// Everything that came since the last painting is applied in one go.
function paint(frame) {
  if (queue.push(frame) === 1) requestAnimationFrame(apply);
}

function apply() {
  const frames = queue;
  queue = [];
  if (!frames.length) return;
  const dirty = new Set();
  for (const frame of frames) {
    for (const [id, html] of frame.h || []) {
      swap(id, html);
      dirty.add('*');
    }
    for (const [k, value] of frame.c || []) {
      set(k, value);
      const el = slots.get(k);
      if (el && value && value.in !== undefined) dirty.add(el.closest('[data-list]'));
    }
    lag = Math.max(0, Math.round(now() - frame.ts));
  }
  if (dirty.has('*')) layAll();
  else if (dirty.size) dirty.forEach(lay);
  else refit();
  data.e = epoch;
  data.n = seq;
  announce();
}

// --- severity, said aloud ----------------------------------------------------------

const WORDS = { crit: 'critical', warn: 'warning', ok: 'back to normal', stale: 'no data' };
const toSay = new Map();
let saidAt = -10000;

function changed(row, from, to) {
  const loud = (sev) => sev === 'crit' || sev === 'warn';
  if (from === to || !(loud(from) || loud(to)) || !WORDS[to]) return;
  toSay.set(row, to);
  if (to === 'crit') showPages(row);
}

function announce() {
  if (!toSay.size) return;
  const wait = saidAt + 10000 - performance.now();
  if (wait > 0) return void setTimeout(announce, wait);
  saidAt = performance.now();
  const lines = [];
  let urgent = false;
  toSay.forEach((sev, row) => {
    const name = row.querySelector('h2, .name');
    const hero = row.querySelector('.hero dd .num');
    const what = row.querySelector('.hero dt');
    urgent = urgent || sev === 'crit';
    lines.push(
      name.textContent +
        ': ' +
        WORDS[sev] +
        (hero && sev !== 'stale' ? '. ' + hero.textContent + ' ' + what.textContent.toLowerCase() : '')
    );
  });
  toSay.clear();
  $(urgent ? 'assertive' : 'polite').textContent = lines.join('. ') + '.';
}

// --- weeks on a wall ------------------------------------------------------------------

// Never towards a server that is away: the browser's error page has no script.
function reload() {
  fetch('/healthz', { cache: 'no-store' }).then(
    (answer) => (answer.status === 200 ? location.reload() : setTimeout(reload, 15000)),
    () => setTimeout(reload, 15000)
  );
}

let renewing = false;
function renew(ver) {
  // A cache on the way may keep the old page: once per version is enough.
  if (renewing || sessionStorage.getItem('wallboard-ver') === ver) return;
  renewing = true;
  setTimeout(() => {
    sessionStorage.setItem('wallboard-ver', ver);
    reload();
  }, Math.random() * 60000);
}

// Once a night, against whatever a browser leaks in weeks.
const born = now();
const night = 230 + Math.floor(Math.random() * 20); // around 04:00 on the site
setInterval(() => {
  const [hour, minute] = wall.format(now()).split(':');
  if (+hour * 60 + +minute === night && now() - born > 7200000 && lost === null) reload();
}, 60000);

function frames(then) {
  const start = performance.now();
  let count = 0;
  const step = () => {
    count++;
    if (performance.now() - start < 1000) requestAnimationFrame(step);
    else then(Math.round((count * 1000) / (performance.now() - start)));
  };
  requestAnimationFrame(step);
}

function report(fps) {
  if (!socket || socket.readyState !== 1) return;
  const vis = document.hidden ? 0 : 1;
  socket.send(JSON.stringify({ t: 'st', n: seq, lag, fps, vis }));
}
setInterval(() => (document.hidden ? report(0) : frames(report)), 60000);

addEventListener('online', () => again(Math.random() * 2000));
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  awake();
  asked = 0;
  if (socket && performance.now() - heard > SILENT) drop();
  else resync();
});

function awake() {
  // Hangs on some televisions, so nothing waits for it.
  if (navigator.wakeLock) navigator.wakeLock.request('screen').catch(() => {});
}

let idle = 0;
function stir() {
  body.classList.remove('idle');
  clearTimeout(idle);
  idle = setTimeout(() => body.classList.add('idle'), 3000);
}
addEventListener('mousemove', stir);
addEventListener('keydown', stir);

window.__live = true;
index(document.documentElement);
layAll();
setInterval(tick, 1000);
awake();
stir();
connect();
