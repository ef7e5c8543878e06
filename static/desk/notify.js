// Notifications of this browser about new alerts, while a page of the desk is open in a tab, for people who turned them
// on there, on the page of alerts: until then nothing is asked. They end with the tab and with the session.
const button = document.getElementById('notify');
const note = document.getElementById('notify-note');
const PACE = 10000; // ms
const LONGEST = 5000; // timeout of a request
const KEY = 'notify'; // whose session turned them on
const KNOWN = 'notified'; // alerts that were open before, over the tab's pages
const WORKER = '/static/desk/worker.js';
const shown = new Map(); // of alerts, by key, without a service worker's
let timer = 0;

const session = () => sessionStorage.getItem(KEY);

function isOn() {
  const isOwn = !button || session() === button.dataset.session;
  return !!session() && isOwn && Notification.permission === 'granted';
}

function known() {
  return new Set(JSON.parse(sessionStorage.getItem(KNOWN) || '[]'));
}

function keep(open) {
  sessionStorage.setItem(KNOWN, JSON.stringify(open.map(key)));
}

function rows(page) {
  return [...page.querySelectorAll('[data-part="open"] [data-key^="alert-"]')];
}

function key(row) {
  return row.dataset.key;
}

async function notify(tag, title, body) {
  try {
    const notification = new Notification(title, { body, tag });
    // Another page may have a form half filled in.
    notification.onclick = () => (button ? window.focus() : window.open('/alerts'));
    shown.set(tag, notification);
  } catch (_) {
    // Phones show only those of a service worker.
    const worker = await startWorker();
    await worker.showNotification(title, { body, tag });
  }
}

async function startWorker() {
  const registration = await navigator.serviceWorker.register(WORKER);
  const worker = registration.active || registration.installing || registration.waiting;
  while (worker.state !== 'activated') {
    if (worker.state === 'redundant') throw new Error(WORKER);
    await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
  }
  return registration;
}

/** Closes the service worker's notifications, also of earlier pages, except those of these alerts. */
async function closeOthers(open) {
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  const found = worker ? await worker.getNotifications() : [];
  for (const notification of found) {
    if (notification.tag !== KEY && !open.has(notification.tag)) notification.close();
  }
}

function look(page) {
  const open = rows(page);
  const before = known();
  const isWatched = button && !document.hidden && document.hasFocus();
  for (const row of open) {
    if (before.has(key(row)) || isWatched) continue;
    const text = (name) => row.querySelector(name).textContent;
    notify(key(row), text('.say'), text('.badge')).catch(() => {});
  }
  keep(open);
  const now = known();
  for (const [tag, notification] of shown) {
    if (now.has(tag)) continue;
    notification.close();
    shown.delete(tag);
  }
  closeOthers(now).catch(() => {});
}

async function ask() {
  clearTimeout(timer);
  if (!isOn()) return;
  try {
    const answer = await fetch('/alerts', { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(LONGEST) });
    if (answer.status === 401 || answer.status === 403) return stop();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const current = page.getElementById('notify');
      // Nobody is signed in, or somebody else.
      if (!current || current.dataset.session !== session()) return stop();
      look(page);
    }
  } catch (_) {
    // The next attempt may reach the server.
  }
  timer = setTimeout(ask, PACE);
}

function stop() {
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
  for (const notification of shown.values()) notification.close();
  shown.clear();
  closeOthers(new Set()).catch(() => {});
  show();
}

function show() {
  if (button) button.textContent = isOn() ? button.dataset.off : button.dataset.on;
}

async function turn() {
  note.textContent = '';
  if (isOn()) return stop();
  const isAllowed = (await Notification.requestPermission()) === 'granted';
  const isShown = isAllowed && (await notify(KEY, button.dataset.sample, '').then(() => true, () => false));
  if (isShown) {
    shown.delete(KEY);
    sessionStorage.setItem(KEY, button.dataset.session);
    keep(rows(document));
    ask();
  } else {
    note.textContent = button.dataset.refused;
  }
  show();
}

if (window.isSecureContext && 'Notification' in window) {
  if (button) {
    button.hidden = false;
    button.addEventListener('click', turn);
  }
  show();
  ask();
}
