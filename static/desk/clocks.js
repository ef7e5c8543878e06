// Server time, and the clocks that run by it.

const data = document.body.dataset;
let offset = data.ts ? +data.ts - Date.now() : 0; // server clock minus ours

export const now = () => Date.now() + offset;

// A late message makes the offset too small, never too large: raise at once, lower slowly.
export function learn(ts) {
  if (!ts) return;
  const seen = +ts - Date.now();
  offset = seen > offset ? seen : offset + (seen - offset) * 0.1;
}

export function tick() {
  for (const clock of document.querySelectorAll('[data-since]')) {
    const text = duration(now() - clock.dataset.since);
    if (clock.textContent !== text) clock.textContent = text;
  }
}

function duration(millis) {
  const s = Math.max(0, Math.floor(millis / 1000));
  const h = Math.floor(s / 3600);
  const two = (n) => String(n).padStart(2, '0');
  if (h >= 24) return `${Math.floor(h / 24)} ${data.day} ${h % 24} ${data.hour}`;
  if (h) return `${h} ${data.hour} ${two(Math.floor(s / 60) % 60)}`;
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}
