// The page's slots by number, which patches write to.
//
// Text is set with textContent and everything else with setAttribute. The only
// place that parses HTML is `swap`: regions rendered by our server.

import { changed } from './announce.js';
import { data, say } from './dom.js';
import { duration, now } from './time.js';

const unknown = data.unknown;

const slots = new Map();
const clocks = new Map(); // element → start, in the server's milliseconds
export const changedAt = new WeakMap(); // element → severity change, by performance.now()

export function index(root) {
  each(root, (el) => {
    slots.set(+el.dataset.k, el);
    if (el.dataset.since) clock(el, { since: +el.dataset.since });
    if (el.dataset.sev) changedAt.set(el, performance.now());
  });
}

export function forget(root) {
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

export function swap(id, html) {
  const old = document.getElementById(id);
  if (!old) return;
  // HTML from our server, escaped by its templates. A template element, since a
  // table row can't be parsed outside one.
  const parsed = document.createElement('template');
  parsed.innerHTML = html;
  const fresh = parsed.content.firstElementChild;
  forget(old);
  old.parentNode.replaceChild(fresh, old);
  index(fresh);
  // A new row may already be critical; its page is known at the next paint.
  const name = (row) => (row.querySelector('h2, .name') || row).textContent;
  const from = name(fresh) === name(old) ? old.dataset.sev : 'none';
  if (fresh.classList.contains('row')) requestAnimationFrame(() => changed(fresh, from, fresh.dataset.sev));
}

// Returns whether its row now belongs elsewhere.
export function set(k, value) {
  const el = slots.get(k);
  if (!el) return false;
  if (typeof value === 'string' || 'since' in value) {
    if (typeof value === 'string') write(el, value);
    else clock(el, value);
    return false;
  }
  let moved = false;
  for (const name of Object.keys(value)) {
    const text = String(value[name]);
    if (el.getAttribute('data-' + name) === text) continue;
    if (name === 'sev') {
      changedAt.set(el, performance.now());
      el.classList.remove('worn');
      if (el.classList.contains('row')) changed(el, el.dataset.sev, text);
    } else if (name === 'in' || name === 'pos') moved = true;
    el.setAttribute('data-' + name, text);
    if (el.classList.contains('off')) grown = true; // a dropped figure may matter now
  }
  if (el.classList.contains('hour')) drawHour(el);
  else if ('share' in value) fillBar(el);
  return moved;
}

// The bars of the last hour, and their maximum.
function drawHour(hour) {
  const { peak, at, x, y, anchor, label } = hour.dataset;
  hour.querySelectorAll('path').forEach((path) => path.setAttribute('d', hour.dataset[path.getAttribute('class')]));
  hour.setAttribute('aria-label', label);
  const text = hour.querySelector('text');
  text.setAttribute('x', x + '%');
  text.setAttribute('y', y + '%');
  text.setAttribute('text-anchor', anchor);
  text.firstChild.textContent = peak;
  text.lastChild.textContent = say('at', at);
}

// The service level as a bar.
function fillBar(level) {
  const { share, aim } = level.dataset;
  level.querySelector('.got').setAttribute('d', share && 'M0 5H' + share);
  level.querySelector('.aim').setAttribute('d', aim && 'M' + aim + ' 0V10');
}

// Skips equal values: each write costs a style and layout pass.
export function write(el, text) {
  const node = el.firstChild;
  const isText = node && node.nodeType === 3 && !node.nextSibling;
  const was = isText ? node.nodeValue : '';
  if (was === text && (isText || !node)) return;
  if (isText && text) node.nodeValue = text;
  else el.textContent = text;
  grown = grown || text.length !== was.length;
  if (text === unknown) {
    el.setAttribute('role', 'img');
    el.setAttribute('aria-label', say('none'));
  } else if (was === unknown) {
    el.removeAttribute('role');
    el.removeAttribute('aria-label');
  }
}

let grown = false; // a text that affects sizes changed length
export function hasGrown() {
  const has = grown;
  grown = false;
  return has;
}

function clock(el, value) {
  if (value.since === null) {
    clocks.delete(el);
    el.removeAttribute('data-since');
    write(el, value.text || '');
  } else {
    if (clocks.get(el) !== value.since) el.setAttribute('data-since', value.since);
    clocks.set(el, value.since);
    write(el, duration(now() - value.since));
  }
}

export function runClocks() {
  clocks.forEach((since, el) => write(el, duration(now() - since)));
}
