// Finds entries of a list as somebody types. The server does the same for the address, which keeps what is typed.
import { say } from '../board/dom.js';

const form = document.querySelector('form[data-find-form]');
const field = form?.elements.find;
const entries = () => [...document.querySelectorAll('[data-find]')];

function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = entries();
  let found = 0;
  for (const entry of all) {
    const text = entry.dataset.find.toLowerCase();
    const isFound = words.every((word) => text.includes(word));
    if (entry.hidden === isFound) entry.hidden = !isFound;
    if (isFound) found += 1;
  }
  const text = words.length ? say('found', found, all.length) : '';
  const count = document.getElementById('found');
  if (count.textContent !== text) count.textContent = text;
}

function keep() {
  const address = new URL(location.href);
  if (field.value.trim()) address.searchParams.set('find', field.value.trim());
  else address.searchParams.delete('find');
  window.history.replaceState(window.history.state, '', address);
}

if (form) {
  field.addEventListener('input', () => {
    keep();
    find();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    find();
  });
  // A page that refreshes brings what it had when it was asked.
  const list = { attributes: true, attributeFilter: ['hidden'], childList: true, subtree: true };
  new MutationObserver(find).observe(document.getElementById('main'), list);
}
