// The connection to the server: its socket, how the page detects a loss, and how it
// reconnects. An open socket proves nothing; frames do.

import { $, all, body, data, largeNumber, say } from './dom.js';
import { build, reload } from './renewal.js';
import { write } from './slots.js';
import { dated, learn, limit, mark, now, since, wall } from './time.js';

// Since the last frame; the server sends one every 3 s. Checked once a second.
const SILENT = 6000; // the connection is dead
const GONE = 300000; // old values aren't worth showing

let onFrame;
let position; // of the page: epoch and sequence
const hint = { min: 500, max: 10000 };

export function open(whatToDo, whereWeStand) {
  onFrame = whatToDo;
  position = whereWeStand;
  connect();
}

// --- state -------------------------------------------------------------------

let received = mark(); // the last frame that the page shows
let receivedAt = now();
let until = limit(data.age); // since then: everything turns gray
let attempted = received; // the last frame or attempt to connect
export let lost = false;
let isShown = false; // the page shows the connection state
let verdict = ''; // why the server rejects the page, if it gave a reason

function noteFrame(frame) {
  attempted = mark();
  failures = 0;
  if (frame.ts) learn(frame.ts, frame.t === 'hi' || frame.t === 'hb');
}

function markLost() {
  lost = true;
  showLoss();
}

// The page shows everything up to a frame of now.
export function live({ age }) {
  received = mark();
  until = limit(age);
  receivedAt = now();
  if (isShown && !lost && !verdict) return;
  isShown = true;
  lost = false;
  verdict = '';
  redraw();
  $('band').hidden = true;
  body.classList.add('linked');
  body.classList.remove('lost', 'stale', 'gone');
}

// Shows the state again, also after the header was drawn again.
export function redraw() {
  if (lost) return showLoss();
  $('link').hidden = true;
  $('link').dataset.state = isShown ? 'live' : 'none';
}

function showLoss() {
  const age = since(received);
  const at = dated(receivedAt) + wall.format(receivedAt);
  $('link').hidden = false;
  $('link').dataset.state = 'off';
  write($('link'), verdict || age < until ? say('again') : say('live', at));
  body.classList.remove('linked');
  body.classList.add('lost');
  if (verdict || age < until) return;
  const gone = age > GONE;
  body.classList.add('stale');
  body.classList.toggle('gone', gone);
  all('.tile:not([hidden])').forEach((tile) => {
    tile.querySelector('.say').dataset.since = gone ? say('was', largeNumber(tile), at) : say('from', at);
  });
  band(say(gone ? 'nodata' : 'lost', at));
}

function band(text) {
  write($('band'), text);
  $('band').hidden = false;
}

// Once a second.
export function watch() {
  if (since(attempted) > SILENT && socket) drop();
  else if (lost || since(received) > Math.min(SILENT, until)) markLost();
}

// --- the socket --------------------------------------------------------------

let socket = null;
let failures = 0; // since the last frame
let refused = 0; // upgrades refused in a row
let retry = 0; // from `bye`
let timer = 0;

function connect() {
  clearTimeout(timer);
  if (socket) return;
  const at = position();
  const past = $('past'); // a rewound page's socket is of the same past
  // `p` identifies title, theme, layout and zone; `w` says that it's a screen's own page, in no frame.
  const from = '?e=' + at.e + '&n=' + at.n + '&v=' + build + '&p=' + data.p + '&s=' + [innerWidth, innerHeight] + (past ? '&' + past.dataset.query : '') + '&w=' + (location.pathname === '/tv' && window.parent === window);
  const own = new WebSocket(location.origin.replace('http', 'ws') + data.live + from, 'wallboard.v1');
  let opened = false;
  socket = own;
  attempted = mark();
  own.onopen = () => {
    opened = true;
    refused = 0;
  };
  own.onmessage = (event) => receive(JSON.parse(event.data));
  own.onclose = (event) => closed(opened, event.code);
}

function receive(frame) {
  noteFrame(frame);
  Object.assign(hint, frame.hint);
  if (frame.t === 'bye') retry = frame.retry || 1;
  onFrame(frame);
}

// Returns whether it could be sent.
export function send(message) {
  if (!socket || socket.readyState !== 1) return false;
  socket.send(JSON.stringify(message));
  return true;
}


addEventListener('online', () => again(Math.random() * 2000));

function closed(opened, code) {
  socket = null;
  markLost();
  if (code === 4403) return refuse('noaccess');
  if (code === 4401 || (!opened && ++refused >= 2)) return askWhy();
  again();
}

// A dead connection may take minutes to close: drop it at once.
function drop() {
  const old = socket;
  socket = null;
  old.onclose = old.onmessage = null;
  old.close();
  markLost();
  again();
}

function again(delay) {
  const cap = Math.min(hint.max, hint.min * Math.pow(2, failures++));
  const wait = delay || Math.random() * (retry || cap);
  retry = 0;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
}

// Refused twice: the page's address says why, or the server is unreachable.
function askWhy() {
  fetch(location.href, { cache: 'no-store', credentials: 'same-origin' }).then(
    (answer) => {
      if (answer.status === 401) return reload();
      if (answer.status === 403) return refuse('noaccess');
      if (answer.status === 404) return refuse('removed');
      // The page loads but its socket doesn't: show the page.
      if (answer.ok && refused >= 5) return setTimeout(reload, 15000 + Math.random() * 5000);
      again();
    },
    () => {
      refused = 0; // not a refusal: the server is down
      again();
    }
  );
}

function refuse(key) {
  verdict = key;
  band(say(key));
  body.classList.add('stale', 'gone');
  clearTimeout(timer);
  timer = setTimeout(askWhy, 60000 + Math.random() * 10000);
}
