// Row placement: group, order and page.

import { capacity, cards, regrow, table, tiles, totals } from './fit.js';
import { share } from './pages.js';

const lists = () => Array.from(document.querySelectorAll('[data-list]'));
const groups = (list) => Array.from(list.querySelectorAll('[data-group]'));
const rows = (list) => Array.from(list.querySelectorAll('.row')).filter((row) => !row.hidden);
const others = (list) => lists().filter((other) => other !== list);
const main = () => document.querySelector('[data-list][data-page]');

export function layAll() {
  lists().forEach(order);
  fit();
}

export function lay(list) {
  order(list);
  fit();
}

// Moves rows to the group and position in their attributes; doesn't touch rows
// in the right position.
function order(list) {
  const all = rows(list);
  for (const group of groups(list)) {
    const mine = all.filter((row) => row.dataset.in === group.dataset.group);
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
  const inOrder = groups(list).reduce(
    (all, group) => all.concat(Array.from(group.children).filter((row) => !row.hidden)),
    []
  );
  const scroll = innerWidth < 640;
  document.body.classList.toggle('scroll', scroll);
  const always = inOrder.filter((row) => row.classList.contains('all'));
  const rest = inOrder.filter((row) => !row.classList.contains('all'));
  let most = +list.dataset.page;
  if (scroll) {
    share(rest, Infinity);
    list.removeAttribute('style'); // measured before it became narrow
    list.classList.remove('side', 'narrow', 'trends', 'below', 'tall');
    return;
  }
  others(list).forEach((other) => totals(other));
  if (list.classList.contains('tiles')) tiles(list, share(rest, most));
  else if (list.classList.contains('table')) {
    most = Math.min(most, capacity(list) - always.length);
    table(list, share(rest, most) + always.length);
  } else {
    share(rest, most);
    while (!cards(list, groups(list)) && most > 6) share(rest, (most -= 3));
  }
}

// Gives longer numbers the room they need, in all tiles alike.
export function refit() {
  const list = main();
  if (!list || innerWidth < 640) return;
  others(list).forEach((other) => totals(other, true));
  if (!list.classList.contains('agents') && !regrow(list)) fit();
}

let resizing = 0;
addEventListener('resize', () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(fit);
});
