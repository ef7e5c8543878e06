// The line to the server: its socket, how the page tells that it is lost, and how it
// comes back. An open socket is no proof of life; frames are.

import { reload } from './renewal.js';
import { write } from './slots.js';
import { ago, dated, exact, learn, now, wall } from './time.js';

const body = document.body;
const data = body.dataset;
const build = data.v;
const $ = (id) => document.getElementById(id);
const SILENT = 25000; // nothing heard for so long: the line is dead
const BAND = 10000; // so long after a loss everything turns grey
const GONE = 300000; // so long after it, old values are no longer worth showing

let take; // what to do with a frame
let position; // where the page stands: epoch and sequence
let hint = { min: 500, max: 10000 };

export function open(whatToDo, whereWeStand) {
  take = whatToDo;
  position = whereWeStand;
  connect();
}

export const isLost = () => lost !== null;

// --- how it stands -----------------------------------------------------------

let heard = performance.now();
let heardAt = now();
let lost = null; // when we noticed, by performance.now()
let isTold = false; // the page says that it is live, or how it is lost
let verdict = ''; // why the server will not show it, where it said so

function hear(frame) {
  heard = performance.now();
  failures = 0;
  if (frame.ts) learn(frame.ts, frame.t === 'hi' || frame.t === 'hb');
  heardAt = now();
}

function lose() {
  if (lost === null) lost = performance.now();
  showLoss();
}

export function live() {
  if (isTold && lost === null && !verdict) return;
  isTold = true;
  lost = null;
  verdict = '';
  $('link').setAttribute('data-state', 'live');
  write($('link-text'), 'Live');
  $('band').hidden = true;
  body.classList.remove('stale', 'gone');
}

// While nothing changes, how long ago each source last spoke.
export function showAges(ages) {
  const words = Object.keys(ages).map((id) => id + ' ' + ago(ages[id]));
  const el = $('ages');
  if (el) write(el, words.join(' · '));
}

function showLoss() {
  showAges({});
  const age = performance.now() - lost;
  $('link').setAttribute('data-state', 'off');
  write($('link-text'), 'Reconnecting');
  if (verdict || age < BAND) return;
  const gone = age > GONE;
  body.classList.add('stale');
  body.classList.toggle('gone', gone);
  band(
    gone
      ? 'No data since ' + dated(heardAt) + wall.format(heardAt)
      : 'Connection lost at ' + dated(heardAt) + exact.format(heardAt) + '. Showing last known values.'
  );
}

function band(text) {
  const el = $('band');
  if (el.textContent !== text) el.textContent = text;
  el.hidden = false;
}

// Once a second.
export function watch() {
  const silent = performance.now() - heard > SILENT;
  if (silent && socket) drop();
  else if (silent && lost === null) lose();
  if (lost !== null) showLoss();
}

// --- the socket --------------------------------------------------------------

let socket = null;
let failures = 0; // since the last frame
let refused = 0; // upgrades refused in a row
let retry = 0; // told by `bye`
let timer = 0;

function connect() {
  clearTimeout(timer);
  if (socket) return;
  const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
  const at = position();
  const from = '?e=' + encodeURIComponent(at.e) + '&n=' + at.n + '&v=' + encodeURIComponent(build);
  const own = new WebSocket(scheme + location.host + data.live + from, 'wallboard.v1');
  let opened = false;
  socket = own;
  heard = performance.now();
  own.onopen = () => {
    opened = true;
    refused = 0;
  };
  own.onmessage = (event) => {
    if (own === socket) receive(JSON.parse(event.data));
  };
  own.onclose = (event) => {
    if (own === socket) closed(opened, event.code);
  };
}

function receive(frame) {
  hear(frame);
  if (frame.t === 'hi') hint = Object.assign(hint, frame.hint);
  if (frame.t === 'bye') retry = frame.retry || 1;
  take(frame);
}

// Says whether it could be sent.
export function send(message) {
  if (!socket || socket.readyState !== 1) return false;
  socket.send(JSON.stringify(message));
  return true;
}

// A page that was not looked at: is its line still alive?
export function check() {
  if (socket && performance.now() - heard > SILENT) drop();
}

addEventListener('online', () => again(Math.random() * 2000));

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
    () => {
      refused = 0; // nobody refused: the server is away
      again();
    }
  );
}

function refuse(text) {
  verdict = text;
  band(text);
  body.classList.add('stale', 'gone');
  clearTimeout(timer);
  timer = setTimeout(obey, 60000 + Math.random() * 10000);
}
