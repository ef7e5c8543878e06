// Finds elements, reads tiles, and has the texts of the page in its language.

export const body = document.body;
export const data = body.dataset;
export const $ = (id) => document.getElementById(id);
// A text with its values: say('lost', at) is data-saylost with `at` for %0.
export const say = (key, ...values) => values.reduce((text, value, n) => text.replace('%' + n, () => value), data['say' + key]);
export const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

// "1,234 waiting": a tile's large number in full, with its unit.
export function largeNumber(tile) {
  const text = (part) => tile.querySelector('.hero ' + part).textContent;
  return (text('.exact') || text('.num')) + ' ' + text('dt');
}
