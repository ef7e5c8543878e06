// Finds elements, and reads tiles.

export const body = document.body;
export const data = body.dataset;
export const $ = (id) => document.getElementById(id);
export const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

// "1,234 waiting": a tile's large number in full, with its unit.
export function largeNumber(tile) {
  const text = (part) => tile.querySelector('.hero ' + part).textContent;
  return (text('.exact') || text('.num')) + ' ' + text('dt');
}
