// The list: the rows, columns and text sizes that fit this screen.

import { LEAST, put, scale, vmin } from './fit.js';
import { share } from './pages.js';
import { useLayout } from './places.js';

const ROW = 5.3; // lowest row, in percent of the screen's shorter side
const LETTERS = 0.62; // text size, of the row's height
const SPARE = 60000; // ms until room that is no longer needed is given back

let kept = null; // the last result
// What rows have.
const room = (list) => list.clientHeight - list.querySelector('thead').offsetHeight - list.querySelector('.footnote').offsetHeight;
const unit = () => vmin() * scale();
const rows = (list) => Array.from(list.querySelectorAll('.row:not(.off):not([hidden])'));

// The number of legible rows.
function capacity(list) {
  return Math.max(3, Math.floor(room(list) / (ROW * unit()) + 0.01));
}

function table(list, count) {
  const upright = list.clientHeight > list.clientWidth;
  const height = () => Math.min(room(list) / count - 0.1, (upright ? 10 : 8.4) * unit());
  columns(list, Math.min(height() * LETTERS, 4.6 * unit(), list.clientWidth / 28), LEAST * unit());
  put(list, { h: height() + 'px' }); // below labels that may have wrapped
  kept = { count, room: room(list), at: performance.now() };
}

// A phone scrolls: all rows, with text of one size.
function narrowTable(list) {
  kept = null;
  columns(list, 0, 0);
}

// Numbers shrink before a column is dropped: the last hour first, then the last figures. One that
// someone should see stays.
function columns(list, most, least) {
  list.dataset.fitted = 'yes';
  const all = rows(list);
  const cells = Array.from(list.querySelectorAll('tr:not([hidden])'), (row) => row.children);
  const show = (at, on) => cells.forEach((row) => row[at].classList.toggle('off', !on));
  const size = (f) => f && put(list, { f: f + 'px', name: f + 'px' });
  const table = list.firstElementChild;
  const over = () => table.offsetWidth / list.clientWidth;
  const first = cells[0][1].classList.contains('trend') ? 2 : 1;
  for (let at = 1; at < cells[0].length; at++) show(at, true);
  size(most);
  let f = most;
  const shrink = () => {
    f = Math.max(least, (most / over()) * 0.98);
    size(f);
  };
  if (over() > 1) shrink();
  if (over() > 1 && first === 2) {
    show(1, false);
    size(most);
    if (over() > 1) shrink();
  }
  const dropped = [];
  for (let at = cells[0].length - 1; at > first && over() > 1; at--) {
    if (all.some((row) => matters(row.children[at]))) continue;
    show(at, false);
    dropped.unshift(at);
  }
  // A narrow one may fit where a wide one didn't.
  for (const at of dropped) {
    show(at, true);
    if (over() > 1) show(at, false);
  }
  // High rows have room for names of two lines.
  if (f) list.classList.toggle('tall', list.clientHeight > 3 * f * all.length);
  names(list, all, f, least);
}

const matters = (cell) => /^(warn|crit)$/.test(cell.dataset.sev) || cell.dataset.miss === 'yes';

// The longest name decides the size of all names.
function names(list, all, f, least) {
  const fits = all.reduce((most, row) => {
    const { clientWidth, scrollWidth, clientHeight, scrollHeight } = row.querySelector('.name');
    return Math.min(most, clientWidth / scrollWidth, clientHeight / scrollHeight);
  }, 1);
  if (f && fits < 0.98) put(list, { name: Math.max(least, f * fits * 0.98) + 'px' });
}

// Numbers became longer or shorter, or a dropped one matters: gives them the room they need. They
// keep spare room for a minute, so that nothing flickers. Returns whether the same rows fit.
function growTable(list) {
  const isNarrow = list.firstElementChild.offsetWidth > list.clientWidth + 1;
  const isMissing = rows(list).some((row) => Array.from(row.querySelectorAll('.off')).some(matters));
  if (!kept) {
    if (isNarrow || isMissing) narrowTable(list);
    return true;
  }
  if (room(list) !== kept.room) return false;
  if (isNarrow || isMissing || performance.now() - kept.at > SPARE) table(list, kept.count);
  return true;
}

useLayout({
  place(list, rows, always) {
    const most = Math.min(+list.dataset.page, capacity(list) - always);
    table(list, share(rows, most) + always);
  },
  narrow(list) {
    list.classList.remove('tall');
    narrowTable(list);
  },
  hasRoom: growTable,
});
