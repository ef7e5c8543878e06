// A board in the editor: laid out as on a screen, without a connection.

import { lay, watchRoom } from '../board/places.js';
import { index } from '../board/slots.js';

index(document.documentElement);
watchRoom();
lay();

// Shows another version of the board. Returns whether that needs no other page.
window.__show = (next) => {
  const [from, to] = [next.body.dataset, document.body.dataset];
  if (from.layout !== to.layout || from.zone !== to.zone || from.locale !== to.locale) return false;
  Object.assign(to, from);
  document.title = next.title;
  document.querySelector('meta[name=color-scheme]').content = to.theme;
  document.getElementById('board').replaceWith(document.adoptNode(next.getElementById('board')));
  index(document.documentElement);
  watchRoom();
  lay();
  return true;
};
