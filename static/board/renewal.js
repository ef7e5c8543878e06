// Reloads the page for a new version, and once a night. Never while the server is
// unreachable: the browser's error page has no script and would stay.

import { data } from './dom.js';
import { recall, remember } from './memory.js';
import { now } from './time.js';

export const build = data.v;
const AGAIN = 15000;
const DONE = 'wallboard-ver';

let wanted = ''; // the version to wait for, if any
let going = false;

export function reload() {
  if (going) return;
  going = true;
  ask();
}

function ask() {
  const later = () => setTimeout(ask, AGAIN);
  fetch('/healthz', { cache: 'no-store' })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
    .then((health) => {
      if (wanted && health.build !== wanted) return later();
      if (wanted) remember(DONE, wanted);
      location.reload();
    })
    .catch(later);
}

// Handles the server's version. Screens reload one by one.
export function serves(ver) {
  if (!ver || ver === wanted) return;
  const waits = wanted !== '';
  // A cache in between may serve the old page: reload once per version.
  wanted = ver === build || recall(DONE) === ver ? '' : ver;
  if (wanted && !waits) setTimeout(() => wanted && reload(), Math.random() * 60000);
}

// Once a night, against browser leaks over weeks.
const born = now();
const night = 230 + Math.floor(Math.random() * 20); // around 04:00 on the site

export function nightly(time) {
  const [hour, minute] = time.split(':');
  const late = +hour * 60 + +minute - night;
  if (late >= 0 && late < 30 && now() - born > 7200000) reload();
}
