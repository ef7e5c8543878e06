// The form of a rule: after each change, the rule in words and its rehearsal as the server writes them. Without script,
// a button does it.
const PAUSE = 300; // ms after the last change
const form = document.getElementById('rule-form');
let latest = 0; // the number of the last request
let timer = 0;

async function ask() {
  const number = ++latest;
  const body = new URLSearchParams(new FormData(form));
  body.set('action', 'rehearse');
  try {
    // A button has the name "action", too.
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body });
    if (!answer.ok || number !== latest) return;
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of form.querySelectorAll('[data-written]')) {
      const fresh = next.getElementById(part.id);
      if (fresh && !fresh.isEqualNode(part)) part.replaceChildren(...fresh.childNodes);
    }
  } catch (_) {
    // The next change, or saving, says it.
  }
}

form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});

// A list of the sentence closes when another is opened, and by a press outside or Escape.
const lists = [...form.querySelectorAll('.choice')];

function close(but) {
  for (const list of lists) if (list !== but) list.open = false;
}

document.addEventListener('click', ({ target }) => close(target.closest('.choice')));
form.addEventListener('keydown', (event) => {
  const list = event.key === 'Escape' && event.target.closest('.choice[open]');
  if (!list) return;
  list.open = false;
  list.querySelector('summary').focus();
});
