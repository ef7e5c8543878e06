// Dragging the rows of a list: queues, agents, metrics. A line shows where the row goes; the server moves it, as for
// the buttons and keys.

const EDGE = 48; // px from the window's edge, where it scrolls
const STEP = 16; // px for each movement of the pointer there

let row = null; // the one that is dragged
let target = null; // the one that it goes before or after
let isAfter = false;

const placeOf = (li) => li.querySelector('button').value.split(':');

function mark(next, after) {
  if (target) target.classList.remove('goes-before', 'goes-after');
  target = next;
  isAfter = after;
  if (target) target.classList.add(isAfter ? 'goes-after' : 'goes-before');
}

function end() {
  mark(null, false);
  if (row) row.classList.remove('lifted');
  row = null;
}

function follow({ clientY: y }) {
  if (y < EDGE) window.scrollBy(0, -STEP);
  else if (y > innerHeight - EDGE) window.scrollBy(0, STEP);
  // Beyond either end it goes there.
  const rows = Array.from(row.parentElement.children);
  const below = rows.find((one) => y < one.getBoundingClientRect().bottom);
  const over = below || rows[rows.length - 1];
  const box = over.getBoundingClientRect();
  mark(over === row ? null : over, y > (box.top + box.bottom) / 2);
}

// `press` sends what a button of the form would.
export function dragRows(form, press) {
  form.classList.add('drags');
  form.addEventListener('pointerdown', (event) => {
    const grip = event.button === 0 && event.target.closest('.grip');
    if (!grip) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row = grip.closest('li');
    row.classList.add('lifted');
  });
  form.addEventListener('pointermove', (event) => {
    if (row && row.isConnected) follow(event);
  });
  form.addEventListener('pointerup', () => {
    if (row && row.isConnected && target) {
      const [, list, from] = placeOf(row);
      const at = +placeOf(target)[2] + (isAfter ? 1 : 0);
      const to = at > from ? at - 1 : at;
      if (to !== +from) press({ name: 'do', value: ['move', list, from, to].join(':') });
    }
    end();
  });
  form.addEventListener('pointercancel', end);
  addEventListener('keydown', ({ key }) => key === 'Escape' && end());
}
