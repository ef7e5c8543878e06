// The screen's menu: all key actions as buttons for a virtual cursor, and this screen's
// settings (see screen.js).

import { $, all, body, say } from './dom.js';
import { isPaged, isPaused, pause, turnBy } from './pages.js';

const screen = window.__screen;
const own = screen.own;
const overlay = $('overlay');
const full = document.documentElement;

let opener = null;
export const isOpen = () => overlay.hasAttribute('open');

export const acts = {
  open() {
    opener = document.activeElement;
    overlay.showModal();
    show();
    const first = overlay.querySelector('[data-do=full]');
    if (first.hidden || isFull() || innerHeight === window.screen.height) reachable()[0].focus();
    else first.focus();
  },
  close() {
    overlay.close();
  },
  help() {
    if (!isOpen()) acts.open();
    const helps = $('help').hidden;
    $('help').hidden = !helps;
    $('choices').hidden = helps;
    reachable()[0].focus();
  },
  pause,
  previousPage: () => turnBy(-1),
  nextPage: () => turnBy(1),
  previousBoard: () => go(body.dataset.previous),
  nextBoard: () => go(body.dataset.next),
  theme: (button) => screen.set('theme', button.dataset.is),
  otherTheme() {
    const other = body.dataset.theme === 'dark' ? 'light' : 'dark';
    screen.set('theme', other === screen.base() ? '' : other);
  },
  edge(button) {
    screen.set('edge', Math.max(0, Math.min(6, own.edge + +button.dataset.by)));
    dispatchEvent(new Event('resize'));
  },
  still: () => screen.set('still', !own.still),
  care: () => screen.set('care', !own.care),
  full() {
    if (isFull()) (document.exitFullscreen || document.webkitExitFullscreen).call(document);
    else if (goFull) goFull.call(full);
    if (isOpen()) overlay.close();
  },
};

const goFull = full.requestFullscreen || full.webkitRequestFullscreen;
const isFull = () => !!(document.fullscreenElement || document.webkitFullscreenElement);

// Opens another board, but not while the server is unreachable.
function go(path) {
  if (!path) return;
  const to = path + location.search;
  fetch(to, { cache: 'no-store' }).then((answer) => answer.ok && location.assign(to), () => {});
}

export function show() {
  for (const el of all('[data-paged]')) el.hidden = !isPaged();
  // A paired screen has one board.
  for (const el of all('[data-elsewhere]')) el.hidden = location.pathname === '/tv';
  for (const el of all('[data-do=pause]')) el.textContent = say(isPaused() ? 'resume' : 'pause');
  for (const el of all('[data-do=theme]')) press(el, el.dataset.is === own.theme);
  for (const el of all('[data-do=full]')) el.hidden = !goFull;
  press(overlay.querySelector('[data-do=full]'), isFull());
  press(overlay.querySelector('[data-do=still]'), own.still);
  press(overlay.querySelector('[data-do=care]'), own.care);
  $('edge').textContent = isOpen() ? own.edge.toFixed(1).replace('.', say('point')) + ' %' : '';
}

const press = (el, is) => el.setAttribute('aria-pressed', is);

// After a re-render: the board's name and theme may have changed.
export function dress() {
  const board = $('board').dataset;
  document.title = board.title + document.title.slice(document.title.lastIndexOf(' – '));
  screen.apply();
}

// --- navigation --------------------------------------------------------------

const reachable = () => all('.key', overlay).filter((el) => el.offsetParent);

// Moves to the nearest button in that direction, by position.
export function move(across, sign) {
  const at = document.activeElement.getBoundingClientRect();
  const keys = reachable();
  let best = null;
  let least = Infinity;
  for (const el of keys) {
    const to = el.getBoundingClientRect();
    const x = to.left + to.width / 2 - at.left - at.width / 2;
    const y = to.top + to.height / 2 - at.top - at.height / 2;
    const ahead = sign * (across ? x : y);
    const aside = Math.abs(across ? y : x);
    if (ahead < 1 || (across && aside > to.height / 2) || ahead * 4 + aside >= least) continue;
    least = ahead * 4 + aside;
    best = el;
  }
  if (!overlay.contains(document.activeElement) || document.activeElement === overlay) best = keys[0];
  if (best) best.focus();
}

// Tab stays inside and wraps.
export function tab(sign) {
  const keys = reachable();
  const at = keys.indexOf(document.activeElement);
  keys[(at + sign + keys.length) % keys.length].focus();
}

// Shows the corners while the safe area is set.
overlay.addEventListener('focusin', (event) => overlay.classList.toggle('edges', event.target.dataset.do === 'edge'));

overlay.addEventListener('close', () => {
  $('help').hidden = true;
  $('choices').hidden = false;
  if (opener && opener.focus) opener.focus();
  opener = null;
});

addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  if (button) acts[button.dataset.do](button);
  else if (event.target === overlay) overlay.close();
  show();
});
show();
