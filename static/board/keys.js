// Keys of a remote control and a keyboard. Those that need no registration
// suffice: arrows, OK and Back.

import { acts, isOpen, move, show, tab } from './overlay.js';

// By code, since TVs don't always name them; 461 is Back on webOS, 10009 on Tizen.
const NAMES = { 8: 'back', 9: 'tab', 13: 'ok', 27: 'back', 32: ' ', 37: 'left', 38: 'up', 39: 'right', 40: 'down', 461: 'back', 10009: 'back' };

const always = { f: acts.full, t: acts.otherTheme, p: acts.pause, '?': acts.help };
const inside = {
  back: acts.close,
  left: () => move(true, -1),
  right: () => move(true, 1),
  up: () => move(false, -1),
  down: () => move(false, 1),
};
const outside = {
  ok: acts.open,
  ' ': acts.pause,
  left: acts.previousPage,
  right: acts.nextPage,
  up: acts.previousBoard,
  down: acts.nextBoard,
};

function meant(key, event) {
  if (event.target.closest('input')) return undefined;
  if (isOpen()) return key === 'tab' ? () => tab(event.shiftKey ? -1 : 1) : inside[key];
  // A link or button handles OK itself, and a scrolling page its arrows.
  if ((key === 'ok' || key === ' ') && event.target.closest('a, button')) return undefined;
  if ((key === 'up' || key === 'down') && document.body.classList.contains('scroll')) return undefined;
  return outside[key];
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const key = NAMES[event.keyCode] || String(event.key).toLowerCase();
  const act = meant(key, event) || always[key];
  if (!act || (event.repeat && key === 'ok')) return;
  event.preventDefault();
  act();
  show();
});
