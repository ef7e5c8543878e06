// The bar of a rewound page: its time, its scrubber and its links.

import { $ } from './board/dom.js';
import { format, now, speed } from './board/time.js';

const bar = document.getElementById('past');
const wallSeconds = format({ second: '2-digit', weekday: 'short', day: 'numeric', month: 'short' });
const PACE = 500;
const stamp = (millis) => new Date(millis).toISOString().slice(0, 19) + 'Z';
const address = (millis) => location.pathname + '?at=' + stamp(millis);

function showMoment(millis) {
  $('past-time').textContent = wallSeconds.format(millis).replace(/,/g, '');
}

function follow() {
  if (bar.dataset.end && now() >= +bar.dataset.end) return location.replace(location.pathname);
  showMoment(now());
  if (document.activeElement !== $('past-scrub')) $('past-scrub').value = now();
}

function copy() {
  const link = location.origin + address(now());
  navigator.clipboard.writeText(link).then(() => {
    const { copied, said } = $('past-copy').dataset;
    $('past-said').textContent = said;
    $('past-copy').textContent = copied;
  });
}

if (bar) {
  $('past-scrub').addEventListener('input', (event) => showMoment(+event.target.value));
  $('past-scrub').addEventListener('change', (event) => location.assign(address(+event.target.value)));
  bar.addEventListener('click', (event) => {
    const link = event.target.closest('[data-at-now]');
    if (link) link.href = address(now());
  });
  // A link to another page leads to the same moment there.
  addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (link && !link.search && /^\/(boards|queues|agents)\//.test(link.pathname) && !bar.contains(link)) link.search = '?at=' + stamp(now());
  });
  // Only pages of a secure address may copy.
  $('past-copy').hidden = !navigator.clipboard;
  $('past-copy').addEventListener('click', copy);
  if (speed) setInterval(follow, PACE);
}
