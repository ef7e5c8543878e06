// Paging, if not all rows fit: the current page, its duration and indicator.

import { all, say } from './dom.js';
import { recall, remember } from './memory.js';
import { fit } from './places.js';
import { write } from './slots.js';

const LONGEST = 15; // seconds per page
const SHORTEST = 8; // with many pages
const LOOP = 60; // seconds to show all pages
const CALM = 30000; // ms between jumps to critical rows
const key = 'wallboard-page:' + location.pathname;
const nav = document.getElementById('pages');

let page = +recall(key) || 0;
let pages = 1;
let length = 1; // rows per page
let total = 0;
let shown = 0; // seconds
let paused = false;
let jumped = -CALM;

export const isPaged = () => pages > 1;
export const isPaused = () => paused;

// Splits rows into pages of equal length. Returns that length.
export function share(rows, per) {
  pages = Math.max(1, Math.ceil(rows.length / per));
  page = Math.min(page, pages - 1);
  length = Math.ceil(rows.length / pages) || 1;
  total = rows.length;
  rows.forEach((row, at) => {
    row.dataset.on = Math.floor(at / length);
    row.classList.toggle('off', +row.dataset.on !== page);
  });
  drawMarks();
  return Math.min(length, rows.length);
}

// Shows a row once when it becomes critical.
export function jumpTo(row) {
  const to = +row.dataset.on;
  if (!isPaged() || paused || isNaN(to) || to === page || performance.now() - jumped < CALM) return;
  jumped = performance.now();
  turn(to);
}

export const turnBy = (by) => isPaged() && turn(page + by);

function turn(to) {
  page = (to + pages) % pages;
  shown = 0;
  remember(key, page);
  fit();
  const list = document.querySelector('[data-page]');
  list.classList.remove('turned');
  list.getBoundingClientRect(); // restarts the animation
  list.classList.add('turned');
}

export function pause() {
  if (!isPaged()) return;
  paused = !paused;
  drawMarks();
}

// Once a second.
export function tickPages() {
  if (!isPaged() || paused) return;
  shown++;
  if (shown >= dwell()) turn(page + 1);
  else fillMark();
}

function dwell() {
  const critical = document.querySelector('[data-page] .row[data-sev=crit]:not(.off)');
  return Math.max(SHORTEST, Math.min(LONGEST, Math.floor(LOOP / pages))) * (critical ? 2 : 1);
}

function drawMarks() {
  nav.hidden = !isPaged();
  if (nav.dataset.pages !== String(pages)) buildMarks();
  nav.lastChild.hidden = !paused;
  fillMark();
}

// "1–12 of 23", a mark for each page, and what is critical on another one.
function buildMarks() {
  nav.dataset.pages = pages;
  all('.page', nav).forEach((mark) => mark.remove());
  for (let n = 0; n < pages; n++) {
    const mark = nav.insertBefore(document.createElement('button'), nav.lastChild);
    mark.className = 'page';
    mark.value = n;
    mark.setAttribute('aria-label', say('page', n + 1, pages));
    mark.appendChild(document.createElement('span'));
  }
}

nav.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  if (button) turn(+button.value);
});

function fillMark() {
  if (!isPaged()) return;
  const [critical, range, ...marks] = Array.from(nav.children);
  marks.pop();
  const first = page * length + 1;
  write(range, say('range', first, Math.min(first + length - 1, total), total));
  marks.forEach((button, n) => {
    if (n === page) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
    button.firstChild.style.width = n === page ? Math.min(100, (shown / dwell()) * 100) + '%' : '0';
  });
  const others = all('[data-page] .row.off[data-sev=crit]:not([hidden])');
  critical.hidden = !others.length;
  if (!others.length) return;
  critical.value = others[0].dataset.on;
  write(critical, others.map((row) => row.querySelector('.name').textContent).join(', '));
}
