// Screen reader announcements: severity changes only, and not too often.

import { $, largeNumber, say } from './dom.js';
import { jumpTo } from './pages.js';

const toSay = new Map();
const known = new WeakMap(); // row → severity before its source disconnected
let saidAt = -10000;
let later = 0;

export function changed(row, from, to) {
  // A source that reconnects neither raises nor clears an alarm.
  if (to === 'stale' && !known.has(row)) known.set(row, from);
  if (to === 'stale') return;
  if (from === 'stale' && known.has(row)) from = known.get(row);
  known.delete(row);
  const loud = (sev) => sev === 'crit' || sev === 'warn';
  if (from === to || !(loud(from) || loud(to)) || !say(to)) return;
  toSay.set(row, to);
  if (to === 'crit') jumpTo(row);
}

export function announce() {
  if (!toSay.size) return;
  const wait = saidAt + 10000 - performance.now();
  if (wait > 0) {
    later = later || setTimeout(announce, wait);
    return;
  }
  later = 0;
  saidAt = performance.now();
  const lines = [];
  let urgent = false;
  toSay.forEach((sev, row) => {
    const name = row.querySelector('h2, .name');
    urgent = urgent || sev === 'crit';
    lines.push(name.textContent + ': ' + say(sev) + (row.querySelector('.hero') ? '. ' + largeNumber(row) : ''));
  });
  toSay.clear();
  $(urgent ? 'assertive' : 'polite').textContent = lines.join('. ') + '.';
}
