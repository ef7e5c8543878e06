// Clocks that run by the server's time.
import { duration, now } from '../board/time.js';

export function tick() {
  for (const clock of document.querySelectorAll('[data-since]')) {
    const text = duration(now() - clock.dataset.since);
    if (clock.textContent !== text) clock.textContent = text;
  }
}
