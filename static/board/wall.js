// Screen care for a page that shows for weeks: stays awake, prevents burn-in and hides
// the pointer.

import { all, body } from './dom.js';
import { changedAt } from './slots.js';
import { now } from './time.js';

const SHIFT = 180000; // ms between small shifts of the board
const POINTS = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];
const SWAP = 1800000; // ms between the header's moves
const LONG = 600000; // ms until a filled tile turns to outline

// Once a second.
export function care() {
  const at = now();
  shift(POINTS[Math.floor(at / SHIFT) % POINTS.length]);
  const cares = body.classList.contains('care');
  body.classList.toggle('flipped', cares && Math.floor(at / SWAP) % 2 === 1);
  soften(cares);
}

function shift(point) {
  const hair = Math.max(1, Math.round(Math.min(innerWidth, innerHeight) * 0.003));
  const to = body.classList.contains('scroll') ? '' : 'translate(' + point.map((n) => n * hair + 'px') + ')';
  if (body.dataset.shift === to) return;
  body.dataset.shift = to;
  body.style.transform = to;
}

function soften(cares) {
  for (const el of all('.row[data-sev=crit]')) {
    el.classList.toggle('worn', el.dataset.note === 'say-own' || (cares && performance.now() - changedAt.get(el) > LONG));
  }
}

let lock = null;
export function stayAwake() {
  if (!navigator.wakeLock || (lock && !lock.released)) return;
  // On some TVs the request never ends: it is dropped, and repeated when visible.
  const late = new Promise((_, no) => setTimeout(no, 3000));
  Promise.race([navigator.wakeLock.request('screen'), late]).then(
    (held) => (lock = held),
    () => {}
  );
}

let still = 0;
let away = 0;
let pointer = '';
function wake(event) {
  if (event.type === 'mousemove') {
    const before = pointer;
    pointer = event.screenX + ' ' + event.screenY;
    // Only the page moves below a resting pointer, and the first move only says where it rests.
    if (!before || before === pointer) return;
  }
  body.classList.remove('idle');
  body.classList.add('awake');
  clearTimeout(still);
  clearTimeout(away);
  still = setTimeout(() => body.classList.add('idle'), 3000);
  away = setTimeout(() => body.classList.remove('awake'), 6000);
}

export function watchInput() {
  for (const sign of ['mousemove', 'mousedown', 'touchstart', 'keydown']) addEventListener(sign, wake, { passive: true, capture: true });
  still = setTimeout(() => body.classList.add('idle'), 3000);
}
