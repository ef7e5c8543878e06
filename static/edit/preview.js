// A board in the editor: laid out as on a screen. Its page has the connection, and brings newer figures.

import { body, data } from '../board/dom.js';
import { arrange, watchRoom } from '../board/places.js';
import { forget, index, runClocks, write } from '../board/slots.js';
import { learn, limit, mark, now, since, wall } from '../board/time.js';

const element = (id) => document.getElementById(id);

let shownAt = mark();
let until = limit(data.age); // since then
let style = {};

function dress() {
  const { dataset } = element('board');
  data.theme = style.theme || dataset.boardTheme;
  data.density = style.density || dataset.boardDensity;
  document.querySelector('meta[name=color-scheme]').content = data.theme;
}

function settle() {
  dress();
  watchRoom();
  arrange();
  tick();
}

function tick() {
  const isFresh = since(shownAt) <= until;
  body.classList.toggle('linked', isFresh);
  body.classList.toggle('stale', !isFresh);
  if (!isFresh) return;
  runClocks();
  write(element('clock'), wall.format(now()));
}

index(document.documentElement);
settle();
setInterval(tick, 1000);

// Shows the board in the style of a screen; empty: in its own.
window.__dress = (next) => {
  style = next;
  settle();
};

// Shows another version of the board, or newer figures, which it took that many milliseconds to bring. Returns whether that
// needs no other page.
window.__show = (next, took) => {
  const from = next.body.dataset;
  if (from.layout !== data.layout || from.zone !== data.zone || from.locale !== data.locale) return false;
  Object.assign(data, from);
  learn(+from.ts, true);
  shownAt = mark();
  until = limit(from.age) - took;
  document.title = next.title;
  const [old, fresh] = [element('board'), document.adoptNode(next.getElementById('board'))];
  forget(old);
  old.replaceWith(fresh);
  index(fresh);
  settle();
  return true;
};
