// Around the figures: the band, announcements, change cues, and the foot of printed pages.
import { say } from '../board/dom.js';
import { now } from '../board/time.js';

const QUIET = 10000; // ms between announcements
const MOST = 4; // announced one by one

const element = (id) => document.getElementById(id);
const still = matchMedia('(prefers-reduced-motion: reduce)');
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  timeZone: document.body.dataset.zone || undefined,
});

// Site time in its zone, and without seconds.
export const here = (at) => clock.format(at);
export const hour = (at) => here(at).slice(0, 5);

export function band(text) {
  const place = element('band');
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

// Restores open and closed details after a reload and on navigating back.
const { history } = window;
addEventListener('toggle', ({ target: { id, open } }) => {
  const was = history.state?.opened;
  if (id) history.replaceState({ ...history.state, opened: { ...was, [id]: open } }, '');
}, true);
for (const [id, open] of Object.entries(history.state?.opened ?? {})) {
  if (element(id)) element(id).open = open;
}

// Underlines a changed value once.
export function cue(changed) {
  if (still.matches || !changed.matches('.value, .value *')) return;
  const options = { duration: 1000, pseudoElement: '::after' };
  changed.closest('.value').animate([{ opacity: 1 }, { opacity: 0 }], options);
}

const unsaid = new Map();
let spoken = -QUIET;
let waiting = 0;

// Of two changes before an announcement, only the last is announced.
export function speak(changes) {
  for (const change of changes) unsaid.set(change.about, change.say);
  clearTimeout(waiting);
  if (!unsaid.size) return;
  const rest = spoken + QUIET - performance.now();
  if (rest > 0) {
    waiting = setTimeout(speak, rest, []);
    return;
  }
  spoken = performance.now();
  const all = [...unsaid.values()];
  const more = all.length > MOST ? ' ' + say('more', all.length - MOST) : '';
  element('polite').textContent = all.slice(0, MOST).join(' ') + more;
  unsaid.clear();
}

// The foot of each printed page: subject, selection, time range and zone, data age
// and print time. Engines without margin boxes print it
// once, at the end.
let sheet = null;
const day = new Intl.DateTimeFormat('en-CA', { timeZone: document.body.dataset.zone || undefined });
const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&').replace(/\s+/g, ' ')}"`;

addEventListener('beforeprint', () => {
  const { of, foot, zone } = document.body.dataset;
  const shown = [of || document.title, foot].filter(Boolean).join(' · ');
  const at = say(zone ? 'printedzone' : 'printed', day.format(now()), here(now()), zone);
  element('printed').textContent = [shown, location.href, at].join(' · ');
  if (!('adoptedStyleSheets' in document)) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  const [before, between, after] = say('sheet').split(/%\d/).map(quoted);
  const box = 'font: 8pt system-ui, sans-serif; color: #424d5a; vertical-align: top; padding-top: 2mm';
  sheet.replaceSync(`@page {
    @bottom-left { content: ${quoted(shown)} "\\A " ${quoted(location.href)}; white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; width: 75%; ${box} }
    @bottom-right { content: ${quoted(at)} "\\A " ${before} counter(page) ${between} counter(pages) ${after}; white-space: pre-wrap; text-align: right; width: 25%; ${box} }
  }`);
  document.body.classList.toggle('footed', sheet.cssRules[0]?.cssRules?.length === 2);
});
