// Server time and time formats, of boards and desk pages.

import { data } from './dom.js';

const paced = document.querySelector('[data-speed]');
export const speed = paced ? +paced.dataset.speed : 1; // of a rewound page; 0 while paused
const start = Date.now();
let server = data.ts ? +data.ts : start; // its clock at our start

export const now = () => server + (Date.now() - start) * speed;

// A late message makes the offset too small, never too large: raise it at once, lower
// it slowly, and only for new frames (replayed ones are old).
export function learn(ts, fresh) {
  const ahead = ts - now();
  if (ahead > 0) server += ahead;
  else if (fresh) server += ahead * 0.1;
}

// A moment on both clocks: one stops while the device sleeps, the other one can be set.
export const mark = () => ({ ticks: performance.now(), clock: Date.now() });
export const since = (then) => Math.max(performance.now() - then.ticks, Date.now() - then.clock);

// How long what is received now may look live, in ms: values are marked before they are 12 s old. `age`
// is in seconds, since the last sign of life of their sources. A past doesn't get older.
export const limit = (age) => Math.min(8000, 11000 - (paced ? 0 : age || 0) * 1000);

export function duration(millis) {
  const s = Math.max(0, Math.floor(millis / 1000));
  const h = Math.floor(s / 3600);
  const two = (n) => (n < 10 ? '0' : '') + n;
  if (h >= 24) return Math.floor(h / 24) + ' ' + data.day + ' ' + (h % 24) + ' ' + data.hour;
  if (h) return h + ' ' + data.hour + ' ' + two(Math.floor(s / 60) % 60);
  return Math.floor(s / 60) + ':' + two(s % 60);
}

export function format(options) {
  const { locale } = data;
  const style = Object.assign({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, options);
  try {
    return new Intl.DateTimeFormat(locale, Object.assign({ timeZone: data.zone }, style));
  } catch (_) {
    return new Intl.DateTimeFormat(locale, style); // an old screen lacks that zone
  }
}
export const wall = format({});
const day = format({ hour: undefined, minute: undefined, hourCycle: undefined, day: 'numeric', month: 'short' });
export const dated = (then) => (day.format(then) === day.format(now()) ? '' : day.format(then) + ' ');
