// Enhances the history pages, which also work without it.

const element = (id) => document.getElementById(id);

// One bucket is a Tab stop; arrow keys move between buckets.
for (const list of document.querySelectorAll('.buckets')) {
  const all = [...list.querySelectorAll('.bucket')];
  list.addEventListener('keydown', (event) => {
    const at = all.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = all[Math.min(Math.max(to, 0), all.length - 1)];
    all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

// Setting a date selects custom dates instead of a preset.
for (const day of document.querySelectorAll('[data-days]')) {
  day.addEventListener('change', () => { element('range').value = 'days'; });
}

const print = element('print');
if (print) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

const copy = element('copy');
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(location.href);
    const word = copy.textContent;
    copy.textContent = document.body.dataset.saycopied;
    setTimeout(() => { copy.textContent = word; }, 3000);
  });
}

// Escape or a click outside closes an open queue list.
const pick = document.querySelector('.pick');
if (pick) {
  const close = () => { pick.open = false; };
  addEventListener('click', (event) => pick.contains(event.target) || close());
  pick.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    close();
    pick.querySelector('summary').focus();
  });
}
