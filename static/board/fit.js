// Shared by the layouts' fitting.

export const LEAST = 2.8; // minimum text size, in percent of the screen's shorter side

export const vmin = () => Math.min(innerWidth, innerHeight) / 100;

// How much larger or smaller texts are than usual, for a screen's distance.
const DENSITY = { hall: 1.12, desk: 0.62 };
export const scale = () => DENSITY[document.body.dataset.density] || 1;

export function put(list, values) {
  for (const name of Object.keys(values)) {
    const value = String(values[name]);
    if (list.style.getPropertyValue('--' + name) !== value) list.style.setProperty('--' + name, value);
  }
}
