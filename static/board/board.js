// A live board: applies what the server sends to the page that it rendered.
// ES2018, no dependencies. The protocol is `wallboard.v1`; see docs.

import { announce } from './announce.js';
import { body, data } from './dom.js';
import { identify } from './identify.js';
import { live, lost, open, redraw, send, watch } from './line.js';
import { dress } from './overlay.js';
import { tickPages } from './pages.js';
import { arrange, refit, watchRoom } from './places.js';
import { nightly, reload, serves } from './renewal.js';
import { hasGrown, index, runClocks, set, swap, write } from './slots.js';
import { now, wall } from './time.js';
import { care, stayAwake, watchInput } from './wall.js';
import './keys.js';

let epoch = data.e;
let seq = +data.n;
let resyncAt = 0; // time of the resync request, or 0

// --- frames --------------------------------------------------------------

let queue = [];
// In ms, once a frame was painted.
let lag;

function take(frame) {
  switch (frame.t) {
    case 'hi':
      resyncAt = 0;
      serves(frame.ver);
      paint(frame);
      if (frame.resume && !document.hidden) live(frame);
      break;
    case 's':
      if (document.hidden) break; // requested once visible
      resyncAt = 0;
      epoch = frame.e;
      seq = frame.n;
      queue = []; // it includes the queue
      paint(frame);
      live(frame);
      break;
    case 'd':
      if (document.hidden) break;
      if (frame.e !== epoch || frame.n > seq + 1) resync();
      else if (frame.n === seq + 1) {
        resyncAt = 0;
        seq = frame.n;
        paint(frame);
        live(frame);
      }
      break;
    case 'hb':
      if (document.hidden) break;
      paint(frame);
      if (frame.n > seq) resync();
      else live(frame);
      break;
    case 'cmd':
      if (frame.do === 'reload') reload();
      if (frame.do === 'identify') identify(frame.name);
      break;
  }
}

// Applies everything since the last paint in one go. A frame without changes measures the delay.
function paint(frame) {
  if (!document.hidden && queue.push(frame) === 1) requestAnimationFrame(apply);
}

function apply() {
  const frames = queue;
  queue = [];
  if (!frames.length) return;
  let moved = false;
  for (const frame of frames) {
    for (const [id, html] of frame.h || []) {
      swap(id, html);
      if (id === 'board') renew();
      moved = true;
    }
    for (const [k, value] of frame.c || []) {
      if (set(k, value)) moved = true;
    }
    lag = Math.max(0, Math.round(now() - frame.ts));
  }
  if (moved) arrange();
  else if (hasGrown()) refit();
  if (data.e !== epoch) data.e = epoch;
  data.n = seq;
  announce();
}

function resync() {
  if (resyncAt && performance.now() - resyncAt < 5000) return;
  if (send({ t: 'resync', e: epoch, n: seq })) resyncAt = performance.now();
}

// The board was drawn again as a whole.
function renew() {
  dress();
  redraw();
  watchRoom();
  showTime();
}

const showTime = () => write(document.getElementById('clock'), wall.format(now()));

let ticks = 0;
function tick() {
  if (!lost) {
    runClocks();
    nightly(wall.format(now()));
  }
  showTime();
  watch();
  tickPages();
  care();
  if (++ticks % 60 === 5) health();
}

// --- screen health -----------------------------------------------------------

function health() {
  if (document.hidden) return report(0);
  const start = performance.now();
  let count = 0;
  const step = () => {
    const age = performance.now() - start;
    count++;
    if (age < 1000) requestAnimationFrame(step);
    else report(Math.round(count * 1e3 / age));
  };
  requestAnimationFrame(step);
}

function report(fps) {
  if (fps) body.classList.toggle('weak', fps < 20);
  send({ t: 'st', n: seq, lag, fps, vis: +!document.hidden });
}

document.addEventListener('visibilitychange', () => {
  health();
  if (document.hidden) return;
  stayAwake();
  resyncAt = 0;
  watch();
  resync();
});

window.__live = true;
index(document.documentElement);
watchRoom();
arrange();
setInterval(tick, 1000);
stayAwake();
watchInput();
open(take, () => ({ e: epoch, n: seq }));
