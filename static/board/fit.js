// Shared by the layouts' fitting.

export const LEAST = 2.8; // minimum text size, in percent of the screen's shorter side

export const vmin = () => Math.min(innerWidth, innerHeight) / 100;

// How much larger or smaller texts are than usual, for a screen's distance.
const DENSITY = { hall: 1.12, desk: 0.62 };
export const scale = () => DENSITY[document.body.dataset.density] || 1;

let fitted = ''; // the header's texts when it was last measured

// A long title or a wide font: the header drops how many queues there are and that all is calm,
// then what its values could do without, then the first figure.
export function fitHeader() {
  const top = document.getElementById('top');
  fitted = shape(top);
  const isWide = (el) => el.scrollWidth > el.clientWidth + 1;
  const steps = ['brief', 'plain', 'tight', 'tighter'];
  top.classList.remove(...steps);
  for (const step of steps) {
    if ([top].concat(Array.from(top.querySelectorAll('h1, .sub, .site, .site dd'))).some(isWide)) top.classList.add(step);
  }
}

// Digits are equally wide.
const shape = (top) => top.textContent.replace(/\d/g, '0');

export function refitHeader() {
  if (shape(document.getElementById('top')) !== fitted) fitHeader();
}

export function put(list, values) {
  for (const name of Object.keys(values)) {
    const value = String(values[name]);
    if (list.style.getPropertyValue('--' + name) !== value) list.style.setProperty('--' + name, value);
  }
}
