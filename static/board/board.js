// A live board: applies what the server sends to the page that it rendered.
// ES2018, no dependencies. The protocol is `wallboard.v1`; see docs.

import { announce } from './aloud.js';
import { check, isLost, live, open, reload, send, showAges, watch } from './line.js';
import { lay, layAll, refit, tickPages } from './places.js';
import { index, listOf, runClocks, set, swap, write } from './slots.js';
import { now, wall } from './time.js';

const body = document.body;
const data = body.dataset;
const build = data.v;

let epoch = data.e;
let seq = +data.n;
let asked = 0; // when a resync was asked for, or 0

// --- frames --------------------------------------------------------------

let queue = [];
let lag = 0;

function take(frame) {
  switch (frame.t) {
    case 'hi':
      asked = 0;
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
      const list = value && value.in !== undefined && listOf(k);
      if (list) dirty.add(list);
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

function resync() {
  if (asked && performance.now() - asked < 5000) return;
  if (send({ t: 'resync', e: epoch, n: seq })) asked = performance.now();
}

function tick() {
  if (!isLost()) runClocks();
  write(document.getElementById('clock'), wall.format(now()));
  watch();
  tickPages();
}

// --- weeks on a wall -------------------------------------------------------

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
  if (+hour * 60 + +minute === night && now() - born > 7200000 && !isLost()) reload();
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
  send({ t: 'st', n: seq, lag, fps, vis: document.hidden ? 0 : 1 });
}
setInterval(() => (document.hidden ? report(0) : frames(report)), 60000);

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  awake();
  asked = 0;
  check();
  resync();
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
open(take, () => ({ e: epoch, n: seq }));
