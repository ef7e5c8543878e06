// Severity, said aloud to those who listen: only its changes, and not too often.

import { jumpTo } from './pages.js';

const $ = (id) => document.getElementById(id);
const WORDS = { crit: 'critical', warn: 'warning', ok: 'back to normal' };
const toSay = new Map();
const vouched = new WeakMap(); // row → its severity before its source was lost
let saidAt = -10000;
let later = 0;

export function changed(row, from, to) {
  // A source that comes and goes neither raises nor clears anything.
  if (to === 'stale' && !vouched.has(row)) vouched.set(row, from);
  if (to === 'stale') return;
  if (from === 'stale' && vouched.has(row)) from = vouched.get(row);
  vouched.delete(row);
  const loud = (sev) => sev === 'crit' || sev === 'warn';
  if (from === to || !(loud(from) || loud(to)) || !WORDS[to]) return;
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
    const hero = row.querySelector('.hero dd .num');
    const what = row.querySelector('.hero dt');
    urgent = urgent || sev === 'crit';
    lines.push(
      name.textContent +
        ': ' +
        WORDS[sev] +
        (hero ? '. ' + hero.textContent + ' ' + what.textContent.toLowerCase() : '')
    );
  });
  toSay.clear();
  $(urgent ? 'assertive' : 'polite').textContent = lines.join('. ') + '.';
}
