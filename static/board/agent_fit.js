// Cards: the columns and text sizes that fit this screen.

import { LEAST, put, scale, vmin } from './fit.js';
import { share } from './pages.js';
import { useLayout } from './places.js';

const LINE = 1.36; // height of a line, in units of its text
const WIDTH = 23.5; // narrowest card, in percent of the screen's shorter side
const GAP = 1;

// Returns whether all of it is legible.
function cards(list) {
  const people = list.querySelector('.people');
  const count = Math.max(1, people.querySelectorAll('.card:not(.off):not([hidden])').length);
  const unit = vmin() * scale();
  const width = people.clientWidth / unit;
  const height = people.clientHeight / unit;
  let best = { size: 0 };
  for (let cols = 1; cols <= 8; cols++) {
    const across = Math.ceil(count / cols);
    const w = (width - GAP * (cols - 1)) / cols;
    const h = Math.min((height - GAP * (across - 1)) / across, 14);
    if (w < WIDTH && cols > 1) break;
    const size = Math.min(w / 7.6, h / 3.1) * (1 - 0.02 * (cols * across - count));
    if (size > best.size) best = { size, cols, h };
  }
  const at = (size, most) => Math.max(LEAST, Math.min(most, size));
  const name = at(best.size, 4.6);
  const text = at(best.size * 0.84, 4);
  put(list, { cols: best.cols, h: best.h * unit + 'px', name: name * unit + 'px', text: text * unit + 'px' });
  return LINE * (name + text) <= best.h;
}

useLayout({
  place(list, rows) {
    let most = +list.dataset.page;
    share(rows, most);
    while (!cards(list) && most > 6) share(rows, (most -= 3));
  },
  narrow() {},
  hasRoom: () => true,
});
