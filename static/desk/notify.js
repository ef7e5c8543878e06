// Notifications of this browser about new alerts, while the page of alerts is open in a tab, for people who turned them
// on here: until then nothing is asked. They end with the tab and with the session.
const button = document.getElementById('notify');
const note = document.getElementById('notify-note');
const PACE = 10000; // ms
const LONGEST = 5000; // timeout of a request
const KEY = 'notify';
const { session, off, on, refused, sample } = button.dataset;
const shown = new Map(); // of alerts, by key
let known = new Set(rows(document).map(key));
let timer = 0;

const isOn = () => sessionStorage.getItem(KEY) === session && Notification.permission === 'granted';

function rows(page) {
  return [...page.querySelectorAll('[data-part="open"] [data-key^="alert-"]')];
}

function key(row) {
  return row.dataset.key;
}

function notify(tag, title, body) {
  try {
    const notification = new Notification(title, { body, tag });
    notification.onclick = () => window.focus();
    shown.set(tag, notification);
    return true;
  } catch (_) {
    // Phones show only those of a service worker.
    return false;
  }
}

function look(page) {
  const open = rows(page);
  const isWatched = !document.hidden && document.hasFocus();
  for (const row of open) {
    if (known.has(key(row)) || isWatched) continue;
    const text = (name) => row.querySelector(name).textContent;
    notify(key(row), text('.say'), text('.badge'));
  }
  known = new Set(open.map(key));
  for (const [tag, notification] of shown) {
    if (known.has(tag)) continue;
    notification.close();
    shown.delete(tag);
  }
}

async function ask() {
  clearTimeout(timer);
  if (!isOn()) return;
  try {
    const answer = await fetch('/alerts', { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(LONGEST) });
    if (answer.status === 401 || answer.status === 403) return stop();
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      // Somebody else has signed in.
      if (page.getElementById('notify').dataset.session !== session) return stop();
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
  show();
}

function show() {
  button.textContent = isOn() ? off : on;
}

async function turn() {
  note.textContent = '';
  if (isOn()) return stop();
  const isAllowed = (await Notification.requestPermission()) === 'granted';
  if (isAllowed && notify(KEY, sample, '')) {
    shown.delete(KEY);
    sessionStorage.setItem(KEY, session);
    known = new Set(rows(document).map(key));
    ask();
  } else {
    note.textContent = refused;
  }
  show();
}

if (window.isSecureContext && 'Notification' in window) {
  button.hidden = false;
  button.addEventListener('click', turn);
  show();
  ask();
}
