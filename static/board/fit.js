// Layout: the columns, rows and sizes that fit this screen.

// Sizes in a tile, in units of its label: name with padding; a figure's line; padding
// and text next to the large number; the column of figures at its side; and what the
// trend line needs besides the large number.
const EDGES = 2.7;
const FIG = 1.2;
const BESIDE = 8.2;
const COLUMN = 18;
const TREND = 3.5;
const LEAST = 2.8; // minimum text size, in percent of the screen's shorter side
// Height of a table row in lines, and of its head in rows.
const LINES = 2.23;
const HEAD = 0.8;
// Height and digit width of the large number, in units of its size.
const TALL = 0.8;
const DIGIT = 0.7;

const vmin = () => Math.min(innerWidth, innerHeight) / 100;

// The largest tiles of an acceptable shape, with few left empty.
function grid(count, width, height, low, high, ratio) {
  let best = { size: 0, cols: 1, rows: count };
  for (let cols = 1; cols <= count; cols++) {
    const rows = Math.ceil(count / cols);
    const w = width / cols;
    const h = height / rows;
    if (w / h < low || w / h > high) continue;
    const size = Math.min(w / ratio, h) * (1 - 0.02 * (cols * rows - count));
    if (size > best.size) best = { size, cols, rows };
  }
  return best;
}

export function tiles(list, count) {
  const box = list.getBoundingClientRect();
  const gap = 1.2 * vmin();
  const upright = box.height > box.width && (count > 6 ? 2 : 1);
  const fixed = +list.dataset.columns || upright;
  const best = fixed
    ? { cols: Math.min(fixed, count), rows: Math.ceil(count / fixed) }
    : grid(count, box.width, box.height, 0.95, 4.2, 1.9);
  const w = (box.width - gap * (best.cols - 1)) / best.cols;
  const h = (box.height - gap * (best.rows - 1)) / best.rows;
  const first = list.querySelector('.row:not([hidden]) dl');
  const all = first ? first.children.length - 1 : 0;
  const names = Array.from(list.querySelectorAll('.row:not(.off) h2'));
  names.forEach((name) => name.classList.remove('long'));
  digits = widest(list);
  // A two-line name takes its second line from the large number, in all tiles alike.
  kept = { w, h: h - vmin(), all, second: 0 };
  let size = sizes(kept);
  for (let pass = 0; pass < 2; pass++) {
    list.classList.toggle('side', size.side);
    list.classList.toggle('narrow', size.narrow);
    list.classList.toggle('trends', size.room > TREND * size.f);
    put(list, { cols: best.cols, rows: best.rows, f: size.f + 'px', hero: size.hero + 'px' });
    if (pass) break;
    names.forEach((name) => name.classList.toggle('long', name.scrollHeight > size.f * 2));
    if (!names.some((name) => name.scrollHeight > size.f * 1.8)) break;
    kept.second = 0.8;
    size = sizes(kept);
  }
  list.dataset.figs = size.figs;
  kept.size = size;
}

// Prefers the most legible figures, then the larger number: above or next to them.
function sizes({ w, h, all, second }) {
  const above = stacked(w, h, all, second);
  const beside = sided(w, h, all, second);
  if (beside.f < 2.75 * vmin() || beside.figs < above.figs) return above;
  return beside.figs > above.figs || beside.hero > above.hero ? beside : above;
}

function stacked(w, h, all, second) {
  let f = 0;
  let figs = all;
  let rest = 0;
  let narrow = false;
  for (; figs >= 0; figs--) {
    rest = EDGES + second + FIG * figs;
    // A large number if possible, else one that keeps labels legible. If the name needs
    // its whole line, the mark goes above the label of the large number.
    const least = narrow ? 3.3 : 2.4;
    f = Math.max(h / (rest + 5.2), Math.min(2.8 * vmin(), h / (rest + least)));
    f = Math.max(Math.min(f, Math.max(w / COLUMN, LEAST * vmin()), 5.5 * vmin()), 11);
    if (!narrow && w / f < 17) {
      narrow = true;
      figs++;
      continue;
    }
    if (f >= 2.75 * vmin() || figs <= 1) break;
  }
  const room = h - f * rest;
  const hero = Math.min(room / TALL, (w - f * BESIDE) / (DIGIT * digits));
  return { f, figs, narrow, room, side: false, hero: Math.max(hero, f) };
}

function sided(w, h, all, second) {
  let f = 0;
  let figs = all + 1;
  while (f < 2.75 * vmin() && figs-- > 1) {
    f = Math.min(h / (EDGES + second + (FIG + 0.05) * figs), w / (COLUMN + BESIDE + 7), 5.5 * vmin());
  }
  const left = w - f * (BESIDE + 1) - Math.max(COLUMN * f, 0.46 * w);
  const room = h - f * (EDGES + second);
  const hero = Math.min(room / TALL, left / (DIGIT * digits));
  return { f, figs, narrow: false, room, side: true, hero };
}

let kept = null; // the list's measurements and resulting sizes
let digits = 2; // that large numbers have room for
let since = 0; // when that was set

function widest(list) {
  const isTable = list.classList.contains('table');
  const numbers = Array.from(list.querySelectorAll(isTable ? '.row:not(.off) .num' : '.row:not(.off) .hero .num'));
  // A clock grows from 9:59 to 10:00 without an update, and to days in a table.
  const wide = (text) => (text.includes(':') ? 4.5 : text.replace(' ', '').length - (text.includes(',') ? 0.5 : 0));
  since = performance.now();
  return numbers.reduce((most, el) => Math.max(most, wide(el.textContent)), isTable ? 7 : 2);
}

// Numbers became longer or shorter: gives them the room they need, from cached
// measurements. They keep spare room for a minute, so that nothing flickers.
// Returns whether that was enough.
export function regrow(list) {
  const settled = since;
  const needed = widest(list);
  if (needed === digits || (needed < digits && performance.now() - settled < 60000)) {
    since = settled;
    return true;
  }
  digits = needed;
  if (list.classList.contains('table')) {
    table(list, kept.count, kept.box);
    return true;
  }
  const size = sizes(kept);
  const old = kept.size;
  if (['f', 'figs', 'side', 'narrow'].some((part) => size[part] !== old[part])) return false;
  put(list, { hero: size.hero + 'px' });
  return true;
}

// Puts small groups side by side, in lines. Returns whether all of it is legible.
export function cards(list, groups) {
  const box = list.getBoundingClientRect();
  const gap = vmin();
  let best = { size: 0, cols: 4, h: 10, w: 10, spans: [] };
  const all = groups.map((el) => ({
    el: el.parentNode,
    n: Array.from(el.children).filter((c) => !c.hidden && !c.classList.contains('off')).length,
    // As in the style: agents known only by name have half the height.
    tall: el.classList.contains('low') ? 0.5 : 1,
    head: el.previousElementSibling.textContent.length * 2.05 * vmin(),
  }));
  all.forEach(({ el, n }) => el.classList.toggle('off', !n));
  const full = all.filter(({ n }) => n);
  const count = full.reduce((sum, { n }) => sum + n, 0);
  for (let cols = 1; cols <= 8; cols++) {
    const w = (box.width - gap * (cols - 1)) / cols;
    const lines = [];
    let free = 0;
    const spans = full.map(({ n, tall, head }) => {
      const span = Math.min(cols, Math.max(n, Math.ceil(head / w)));
      if (span > free) {
        lines.push([0, 0]);
        free = cols;
      }
      free -= span;
      const line = lines[lines.length - 1];
      const rows = Math.ceil(n / span);
      line[0] = Math.max(line[0], rows);
      line[1] = Math.max(line[1], rows * tall);
      return span;
    });
    const sum = (part) => lines.reduce((of, line) => of + line[part], 0);
    const h = Math.min((box.height - lines.length * 6 * vmin() - sum(0) * gap) / Math.max(sum(1), 0.5), 20 * vmin());
    if (w / h < 1.3) continue;
    const size = Math.min(w / 9.2, h / 4);
    // At the same size, cards win over bars.
    if (size > best.size || (size === best.size && cols <= Math.max(3, count))) best = { size, cols, h, w, spans };
  }
  // Room for names if it costs no legibility.
  const f = Math.max(Math.min(best.h / 4, best.w / 10, 5.3 * vmin()), Math.min(best.h / 4, best.w / 9.2, 3.5 * vmin()), 10);
  put(list, { cols: best.cols, h: best.h + 'px', f: f + 'px' });
  full.forEach(({ el }, at) => put(el, { span: best.spans[at] || best.cols }));
  return f * 0.8 >= LEAST * vmin();
}

export function table(list, count, measured) {
  const box = measured || list.getBoundingClientRect();
  kept = { box, count };
  const upright = box.height > box.width;
  const h = Math.min(box.height / (count + HEAD), (upright ? 18 : 12) * vmin());
  const least = LEAST * vmin();
  digits = widest(list);
  // Drops columns that wouldn't be legible, the last first.
  const said = Array.from(list.querySelectorAll('.row:not(.off) td small')).reduce((most, el) => Math.max(most, el.textContent.length), -1);
  const heads = Array.from(list.querySelectorAll('thead th'), (th) => Math.max(...th.textContent.split(' ').map((word) => 0.65 * word.length + 1)));
  let heading = 0; // its longest word
  const number = 0.75 * digits + 1.4;
  const beside = 0.62 * least * (said + 1);
  let columns = heads.length;
  let f = 0;
  let below = 0;
  for (; columns >= 3; columns--) {
    const w = (box.width * (upright ? 0.66 : 0.72)) / (columns - 1);
    heading = Math.max(...heads.slice(1, columns));
    const most = w / heading < least ? 0 : Math.min(w / number, w / heading / 0.75, box.width / (columns * 5.5 + 9), (upright ? 4 : 5) * vmin());
    // A number's note goes next to it, or below if that makes numbers larger.
    f = Math.min(h / LINES, most, (w - beside) / 5);
    below = Math.min(h / (LINES + 0.2), (h * 0.95 - least) / 1.15, most);
    if (Math.max(f, below) > 0.97 * least) break;
  }
  list.dataset.cols = Math.max(columns, 3);
  const isBelow = below > f;
  list.classList.toggle('below', isBelow);
  f = Math.max(f, below, 10);
  const small = Math.max(f * 0.75, least);
  list.classList.toggle('tall', h > 2.1 * f + 1.1 * small + 0.4 * vmin());
  // Names get the space that numbers don't need.
  const width = Math.max(f * number, small * heading, isBelow ? 0 : f * 5 + beside);
  const name = 1 - (width * (list.dataset.cols - 1)) / box.width;
  const first = Math.max(upright ? 0.34 : 0.28, Math.min(0.42, name)) * 100 + '%';
  put(list, { h: h + 'px', f: f + 'px', least: small + 'px', first });
}

let room = 0; // for a total
// Sizes all totals by the longest.
export function totals(list, isKnown) {
  const row = list.querySelector('.row:not([hidden])');
  if (row && !isKnown) room = row.clientWidth - 4 * vmin();
  const numbers = Array.from(list.querySelectorAll('.num'));
  const most = numbers.reduce((chars, el) => Math.max(chars, el.textContent.length), 3);
  if (row) put(list, { sum: Math.min(7 * vmin(), room / (0.68 * most)) + 'px' });
}

// The number of legible table rows.
export function capacity(list) {
  return Math.max(3, Math.floor(list.getBoundingClientRect().height / (LINES * LEAST * vmin()) - HEAD + 0.01));
}

function put(list, values) {
  for (const name of Object.keys(values)) {
    const value = String(values[name]);
    if (list.style.getPropertyValue('--' + name) !== value) list.style.setProperty('--' + name, value);
  }
}
