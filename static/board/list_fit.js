// The list: the rows, columns and text sizes that fit this screen.

import { all } from './dom.js';
import { LEAST, put, scale, vmin } from './fit.js';
import { share } from './pages.js';
import { useLayout } from './places.js';

const ROW = 4.55; // lowest row, in percent of the screen's shorter side
const TWO = 6.7; // lowest row with a name of two lines
const LETTERS = 0.62; // text size, of the row's height
const FIGURES = 3; // per row if two tables are side by side
const SPARE = 60000; // ms until room that is no longer needed is given back

let kept = null; // the last result
const unit = () => vmin() * scale();
const shownRows = (list) => all('.row:not(.off):not([hidden])', list);
// The height for the rows of a table.
const room = (list) => list.clientHeight - Math.max(...all('thead', list).map((head) => head.offsetHeight)) - list.querySelector('.footnote').offsetHeight - 1;

// A second table has the second half of the rows.
function halve(list, isWide) {
  const [table, second] = all('table', list);
  if (!isWide) {
    if (second) second.remove();
    return;
  }
  const other = second || table.cloneNode(true);
  if (!second) {
    other.tBodies[0].remove();
    other.appendChild(document.createElement('tbody'));
    list.insertBefore(other, table.nextSibling);
  }
  const shown = shownRows(list);
  other.tBodies[0].append(...shown.slice(Math.ceil(shown.length / 2)));
}

// Back to one table.
function join(list) {
  const [table, second] = all('table', list);
  if (second) table.tBodies[0].append(...second.tBodies[0].children);
}

function place(list, sorted, always) {
  join(list);
  const upright = list.clientHeight > list.clientWidth;
  const isWide = !upright && sorted.length > +list.dataset.page;
  const across = isWide ? 2 : 1;
  list.classList.toggle('pair', isWide);
  const most = () => Math.max(3, Math.floor(room(list) / (ROW * unit()) + 0.01) * across - always);
  const nav = document.getElementById('pages');
  nav.hidden = true;
  if (sorted.length > most()) nav.hidden = false; // takes room
  const count = share(sorted, most()) + always;
  halve(list, isWide);
  kept = { across, count, room: room(list), at: performance.now() };
  table(list);
}

function table(list) {
  const { across, count } = kept;
  const upright = list.clientHeight > list.clientWidth;
  const each = Math.ceil(count / across);
  const limit = (upright ? 10 : 8.4) * unit();
  const height = () => Math.min(room(list) / each - 0.1, limit);
  columns(list, Math.min(height() * LETTERS, 4.6 * unit(), list.clientWidth / 28 / (across > 1 ? 1.6 : 1)), LEAST * unit());
  setHeight(list, height()); // below labels that may have wrapped
  names(list, each);
}

// A phone scrolls: all rows, with text of one size.
function narrow(list) {
  kept = null;
  list.classList.remove('pair');
  join(list);
  halve(list, false);
  shownRows(list).forEach((row) => row.classList.remove('two'));
  columns(list, 0, 0);
}

// Numbers shrink before a column is dropped: the last hour first, then the last figures. One that
// someone should see stays.
function columns(list, most, least) {
  list.dataset.fitted = 'yes';
  const shown = shownRows(list);
  const cells = all('tr:not([hidden])', list).map((row) => row.children);
  const show = (at, on) => cells.forEach((row) => row[at].classList.toggle('off', !on));
  const size = (f) => f && put(list, { f: f + 'px' });
  const isPair = list.classList.contains('pair');
  const over = () => Math.max(...all('table', list).map((table) => table.offsetWidth)) / (list.clientWidth * (isPair ? 0.493 : 1) + 1);
  const matter = (at) => shown.some((row) => matters(row.children[at]));
  const first = cells[0][1].classList.contains('trend') ? 2 : 1;
  for (let at = 1; at < cells[0].length; at++) show(at, !isPair || (at >= first && (at < first + FIGURES || matter(at))));
  size(most);
  const shrink = () => size(Math.max(least, (most / over()) * 0.98));
  if (over() > 1) shrink();
  if (over() > 1 && first === 2 && !isPair) {
    show(1, false);
    size(most);
    if (over() > 1) shrink();
  }
  const dropped = [];
  for (let at = cells[0].length - 1; at > first && over() > 1; at--) {
    if (cells[0][at].classList.contains('off') || matter(at)) continue;
    show(at, false);
    dropped.unshift(at);
  }
  list.classList.toggle('bare', first === 1 || cells[0][1].classList.contains('off'));
  // A narrow one may fit where a wide one didn't.
  for (const at of dropped) {
    show(at, true);
    if (over() > 1) show(at, false);
  }
}

const matters = (cell) => /^(warn|crit)$/.test(cell.dataset.sev) || cell.dataset.miss === 'yes';

// A long name has two smaller lines; others keep their size. Its row may need more height than they do.
function names(list, each) {
  const shown = shownRows(list);
  shown.forEach((row) => row.classList.remove('two'));
  const long = shown.filter((row) => {
    const { clientWidth, scrollWidth } = row.querySelector('.name');
    return scrollWidth > clientWidth;
  });
  long.forEach((row) => row.classList.add('two'));
  // Larger figures have larger names.
  const high = Math.max(TWO * unit(), ...long.map((row) => row.offsetHeight));
  const most = Math.max(...all('tbody', list).map((body) => long.filter((row) => body.contains(row)).length));
  let h = room(list) / each - 0.1;
  if (h < high && most) h = (room(list) - most * high) / Math.max(1, each - most) - 0.1;
  if (h < ROW * unit() * 0.99 && each > most) {
    long.forEach((row) => row.classList.remove('two'));
    return;
  }
  if (most && h < high) setHeight(list, Math.max(h, LEAST * unit()));
}

// A note has two lines where there is room.
function setHeight(list, h) {
  put(list, { h: h + 'px' });
  list.classList.toggle('tall', h >= TWO * unit());
}

// Numbers became longer or shorter, or a dropped one matters: gives them the room they need. They
// keep spare room for a minute, so that nothing flickers. Returns whether the same rows fit.
function hasRoom(list) {
  const width = list.clientWidth * (list.classList.contains('pair') ? 0.493 : 1) + 1;
  const isNarrow = all('table', list).some((table) => table.offsetWidth > width);
  const isMissing = shownRows(list).some((row) => Array.from(row.querySelectorAll('.off')).some(matters));
  if (!kept) {
    if (isNarrow || isMissing) narrow(list);
    return true;
  }
  if (room(list) !== kept.room) return false;
  if (isNarrow || isMissing || performance.now() - kept.at > SPARE) {
    kept.at = performance.now();
    table(list);
  }
  return true;
}

useLayout({ place, narrow, hasRoom });
