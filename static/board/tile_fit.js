// Tiles: the grid, shape and sizes that fit this screen. All sizes in percent of its shorter side.

import { all } from './dom.js';
import { density, digitWidth, LEAST, put, scale, vmin } from './fit.js';
import { share } from './pages.js';
import { useLayout } from './places.js';

const GAP = 1.3; // as in the style
const LOW = 32; // tiles below this height have their labels beside the figures
const FLAT = 25; // below it, the last hour has no room for its maximum
const NARROW = 34; // the least width of a tile
const DIGIT = 0.58; // of the fonts that the sizes are made for
const NAME = 3.2; // the least size of a name
const GROUND = 3; // the least height of the last hour
const MARK = 1.45; // of a marked label: its shape and edges, in units of its size

const missing = (el) => Math.max(0, el.firstElementChild.scrollWidth - el.firstElementChild.clientWidth);
const isWide = (el) => el.scrollWidth + missing(el) > el.clientWidth + 1;
const between = (least, size, most) => Math.max(least, Math.min(most, size));

// The grid with the largest number wins; empty cells cost a little.
function choose(count, width, height, fixed, narrower) {
  let best = { worth: 0 };
  for (let cols = fixed || 1; cols <= (fixed || count); cols++) {
    const lines = Math.ceil(count / cols);
    const w = (width - (cols - 1) * GAP) / cols;
    const h = (height - (lines - 1) * GAP) / lines;
    if (!fixed && cols > 1 && w < NARROW * scale()) continue;
    const shape = w / h < 0.9 ? 'k' : h < LOW * scale() ? 'm' : 'l';
    const hero = heroSize(shape, w * Math.max(0.9, narrower), h);
    const empty = cols * lines - count;
    const worth = hero * (empty && count < 4 ? 0.8 : 1 - 0.03 * empty);
    if (worth > best.worth) best = { worth, cols, lines, w, h, shape, hero };
  }
  return best;
}

function heroSize(shape, w, h) {
  if (shape === 'k') return Math.min(0.42 * h, 0.6 * w);
  if (shape === 'm') return Math.min(0.54 * h, 0.36 * w);
  // One or two tiles have height to spare.
  const share = density() === 'hall' ? 0.57 : h > 60 ? 0.6 : 0.49;
  return Math.min(share * h, (density() === 'hall' ? 0.42 : 0.365) * w);
}

function textSizes({ shape, w, h }) {
  if (shape === 'm') return { fig: between(4, h * 0.155, 4.6), lab: LEAST, name: between(3.4, h * 0.165, 4.4), pad: 1.1 };
  if (shape === 'l') {
    const q = Math.sqrt(Math.min(w / 56, h / 37));
    return { fig: between(4.2, 4.6 * q, 7.2), lab: between(LEAST, 2.8 * q, 4.4), name: between(4, 4.4 * q, 7), pad: 2.1 * q };
  }
  return { fig: between(4.2, w * 0.105, 8), lab: between(LEAST, w * 0.056, 4), name: between(4.2, w * 0.088, 7), pad: between(1.8, w * 0.04, 3) };
}

// A figure's width without its note on what is usual, which leaves first.
function naturalWidth(el, shape) {
  const width = (part) => el.querySelector(part).offsetWidth;
  const isClock = /[:h]/.test(el.querySelector('.num').textContent);
  if (shape === 'm') return width('.num') + (isClock ? 0 : width('.short') + 0.6 * vmin());
  return Math.max(width('.long'), width('.num') + width('small') * 1.2);
}

// Measures, then tries again in another shape if texts have no room.
function tiles(list, count, other) {
  if (!count) return;
  const unit = vmin();
  const box = list.getBoundingClientRect();
  // A wide font has smaller figures.
  const digit = digitWidth(list);
  const narrower = Math.min(1, DIGIT / digit);
  const twoDigits = 2 * digit - 0.05;
  const best = choose(count, box.width / unit, box.height / unit, Math.min(+list.dataset.columns, count), narrower);
  if (other) Object.assign(best, { shape: other, hero: heroSize(other, best.w * Math.max(0.9, narrower), best.h) });
  const { cols, lines, shape, w, h } = best;
  const size = textSizes(best);
  const hero = best.hero * (density() === 'desk' ? 0.72 : 1);
  const fig = Math.max(4, size.fig * narrower) * scale();
  const lab = size.lab * scale();
  // Rows of `cols`, then rows with one tile less, which are wider.
  const full = Math.max(0, count - lines * (cols - 1));
  const isEven = count % cols === 0 || cols === 1 || full === 0;
  const rows = all('.row:not(.off):not([hidden])', list);
  rows.forEach((row, n) => row.classList.toggle('wide', !isEven && n >= full * cols));
  const figures = Math.floor((hero * 0.76 + lab) / (fig * 1.18 + lab * 1.28));
  const classes = { l: shape === 'l', m: shape === 'm', k: shape === 'k', n: w < 50, flat: shape === 'm' && h < FLAT, f3: shape === 'l' && figures === 3, f4: shape === 'l' && figures > 3, two: false };
  for (const name of Object.keys(classes)) list.classList.toggle(name, classes[name]);
  const spans = isEven ? { gc: cols, sp: 1, sa: 1 } : { gc: cols * (cols - 1), sp: cols - 1, sa: cols };
  const sizes = (values) => {
    for (const name of Object.keys(values)) values[name] = (values[name] * unit).toFixed(2) + 'px';
    put(list, values);
  };
  put(list, Object.assign(spans, { digit: narrower }));
  sizes({ hero, fig, lab, name: size.name * scale(), pad: size.pad, side: 0.44 * (w - 2 * size.pad) });
  const names = all('.row:not(.off) .name', list);
  const ratio = names.reduce((least, name) => Math.min(least, name.clientWidth / name.scrollWidth), 1);
  const name = size.name * scale() * ratio * 0.985;
  // The longest name decides; if it would be too small, all have room for two lines.
  if (ratio < 1) {
    list.classList.toggle('two', name < NAME * scale());
    sizes({ name: Math.max(NAME * scale(), name) });
  }
  const isFlat = () => rows.some((row) => row.querySelector('.ground').clientHeight < (lab + 2) * unit);
  if (shape === 'k') {
    if (all('.row:not(.off) .fig:not(.hero):not(.level)', list).some(isWide)) list.classList.add('n');
    list.classList.toggle('flat', isFlat());
    return;
  }
  // Without room for the last hour, labels go beside the figures.
  if (shape === 'l' && h < 45 && rows[0].querySelector('.ground').clientHeight < GROUND * unit) return tiles(list, count, 'm');
  // Long labels take room from the large number, but not much.
  const widest = (selector, widthOf) => all('.row:not(.off) ' + selector, list).reduce((most, el) => Math.max(most, widthOf(el)), 0) / unit;
  const inner = w - 2 * size.pad;
  const needed = widest('.fig:not(.hero):not(.level)', (el) => naturalWidth(el, shape)) + 0.1;
  if (shape === 'm') {
    const wanted = (inner - needed - 0.6) / twoDigits;
    if (wanted < hero) sizes({ hero: Math.max(hero * 0.8, wanted) });
    if (isFlat()) list.classList.add('flat');
    return;
  }
  const numbers = Math.max(twoDigits, widest('.hero .num', (el) => el.offsetWidth) / hero);
  const label = widest('.hero .long', (el) => el.offsetWidth) + MARK * lab;
  const spare = inner - Math.max(0.44 * inner, needed);
  const smaller = Math.max(hero * 0.8, Math.min(hero, spare / numbers));
  if (Math.max(smaller * numbers, label) > spare + 0.1) return tiles(list, count, h > 45 ? 'k' : 'm');
  sizes({ hero: smaller, side: inner - spare });
}

useLayout({
  place: (list, rows) => tiles(list, share(rows, +list.dataset.page)),
  narrow(list) {
    list.classList.remove('l', 'k', 'n', 'flat', 'two', 'f3', 'f4');
    list.classList.add('m');
  },
  hasRoom: (list) => document.body.classList.contains('scroll') || !all('.row:not(.off) .fig', list).some(isWide),
});
