// Fetches the page every 3 s and applies changes node by node, so that focus,
// open details, selection and scroll position stay. Clocks run here, and stop on a lost connection.
import { band, cue, here, hour, speak } from './around.js';
import { say } from '../board/dom.js';
import { learn, limit, mark, now, since, speed } from '../board/time.js';
import { tick } from './clocks.js';
import './sheets.js';

const PACE = 3000;
const AGAIN = 2000; // ms, after a failure
const LONGEST = 4000; // timeout of a request
const GONE = 300000; // after that, values aren't worth showing

const parts = (of) => of.querySelectorAll('[data-part]');
const button = document.getElementById('pause');
let dataAt = now(); // time of the shown data
let asked = mark(); // when it was requested, on this device's clocks
let until = limit(document.body.dataset.age); // since then: the server hangs, a lid was closed, a tab hidden
let failed = 0; // consecutive failed requests
let missing = false; // the page's subject no longer exists
let paused = false;
let timer = 0;

const isOld = () => since(asked) > until;
const isStill = () => Boolean(paused || failed || missing || isOld());

async function ask() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(LONGEST) });
  // Signed out: the same address has the sign-in.
  if (answer.status === 401) location.reload();
  if (answer.status >= 500) throw new Error(answer.statusText);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return { fresh, found: answer.ok };
}

async function refresh() {
  clearTimeout(timer);
  if (paused || document.hidden) return;
  let pace = PACE;
  const began = mark();
  try {
    const { fresh, found } = await ask();
    if (fresh.body.dataset.build !== document.body.dataset.build) return location.reload();
    if (paused) return;
    failed = 0;
    missing = !found;
    if (found) {
      if (fresh.body.dataset.ts) learn(+fresh.body.dataset.ts, true);
      dataAt = now();
      asked = began;
      until = limit(fresh.body.dataset.age);
      take(fresh);
    }
    show();
  } catch (_) {
    failed += 1;
    pace = AGAIN;
    show();
  }
  timer = setTimeout(refresh, pace);
}

// The first failure stops the clocks, an overdue refresh is shown; after five minutes values are hidden.
function show() {
  const isGone = since(asked) > GONE;
  document.body.classList.toggle('frozen', isStill());
  document.body.classList.toggle('gone', isGone);
  const at = here(dataAt);
  const old = isGone && hour(dataAt);
  if (missing) band(say('gone'));
  else if (paused) band(old ? say('pausedold', old) : say('pausedat', at));
  else if (old) band(say('lostold', old));
  else if (failed && isOld()) band(say('lost', at));
  else if (isOld()) band(say('late', at));
  else band('');
}

function take(fresh) {
  const focused = document.activeElement;
  for (const part of parts(document)) {
    const next = fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (next) morph(part, next);
    else if ('row' in part.dataset) part.textContent = '–'; // its row is no longer there
  }
  for (const follower of document.querySelectorAll('[data-follow]')) {
    const leader = document.querySelector(`[data-part="${CSS.escape(follower.dataset.follow)}"]`);
    if (leader) follower.dataset.state = leader.dataset.state;
  }
  // A moved row has lost the focus.
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  speak(changes());
  tick();
}

// Announces severity only, not counts. Compares it with the last severity that was
// up to date: a source that reconnects raises nothing and clears nothing.
const settled = new Map();

function changes() {
  const isVouched = ({ dataset }) => ['ok', 'warn', 'crit'].includes(dataset.sev);
  const news = [];
  for (const each of [...document.querySelectorAll('[data-watch]')].filter(isVouched)) {
    const { watch, sev, say: text } = each.dataset;
    if (text && sev !== (settled.get(watch) ?? 'ok')) news.push({ about: watch, say: text });
    settled.set(watch, sev);
  }
  return news;
}

const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key || node.id : '');

function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.data = to.data;
    cue(from.parentElement);
    return;
  }
  const isMine = (name) => name === 'open' && from.nodeName === 'DETAILS';
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !isMine(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !isMine(name)) from.setAttribute(name, value);
  }
  // A running clock updates itself.
  if (!to.dataset.since) children(from, to);
}

function children(from, to) {
  const stay = new Set([...to.children].map(key));
  const known = new Map();
  for (const child of [...from.children]) {
    if (key(child) && !stay.has(key(child))) child.remove();
    else if (key(child)) known.set(key(child), child);
  }
  let at = from.firstChild;
  for (const next of to.childNodes) {
    const match = key(next) ? known.get(key(next)) : at && !key(at) && at;
    if (match && match.nodeName === next.nodeName) {
      if (match === at) at = at.nextSibling;
      else from.insertBefore(match, at);
      morph(match, next);
    } else {
      from.insertBefore(document.importNode(next, true), at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function pause() {
  paused = !paused;
  const word = say(paused ? 'resume' : 'pause');
  button.lastElementChild.textContent = word;
  button.setAttribute('aria-label', word);
  button.classList.toggle('paused', paused);
  show();
  refresh();
}

// A paused past doesn't change.
if (parts(document).length && speed) {
  changes(); // initial state
  button.hidden = false;
  button.addEventListener('click', pause);
  document.addEventListener('visibilitychange', () => {
    show();
    refresh();
  });
  timer = setTimeout(refresh, PACE);
  setInterval(() => (isStill() ? show() : tick()), 500);
}
