// Row placement: group, order and page.

import { all } from './dom.js';
import { share } from './pages.js';

// A layout places rows on the screen, adapts to a phone, and says whether longer texts still have
// room. A layout's own script, before the board's, replaces that of tiles.
let layout = { place: (list, rows) => share(rows, +list.dataset.page), narrow() {}, hasRoom: () => true };
export function useLayout(own) {
  layout = own;
}

const rows = (list) => all('.row', list).filter((row) => !row.hidden);
const main = () => document.querySelector('[data-list][data-page]');

export function arrange() {
  all('[data-list]').forEach(order);
  fit();
}

// Moves rows to the group and position in their attributes; doesn't touch rows
// in the right position.
function order(list) {
  const placed = rows(list);
  for (const group of all('[data-group]', list)) {
    const mine = placed.filter((row) => row.dataset.in === group.dataset.group);
    mine.sort((a, b) => a.dataset.pos - b.dataset.pos);
    let at = group.firstElementChild;
    for (const row of mine) {
      while (at && (at.hidden || at.dataset.in !== group.dataset.group)) at = at.nextElementSibling;
      if (at === row) at = at.nextElementSibling;
      else group.insertBefore(row, at);
    }
  }
}

export function fit() {
  const list = main();
  if (!list) return;
  const inOrder = rows(list);
  const scroll = innerWidth < 640;
  document.body.classList.toggle('scroll', scroll);
  const always = inOrder.filter((row) => row.classList.contains('all'));
  const rest = inOrder.filter((row) => !row.classList.contains('all'));
  if (scroll) {
    share(rest, Infinity);
    list.removeAttribute('style'); // measured before it became narrow
    layout.narrow(list);
  } else layout.place(list, rest, always.length);
}

// Gives longer texts the room they need.
export function refit() {
  const list = main();
  if (!list) return;
  if (!layout.hasRoom(list)) fit();
}

let resizing = 0;
function soon() {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(fit);
}
addEventListener('resize', soon);

// A band that appears leaves less room.
let watched = null;
const watcher = new ResizeObserver(soon);
export function watchRoom() {
  if (watched) watcher.unobserve(watched);
  watched = document.getElementById('lists');
  if (watched) watcher.observe(watched);
}
