// Shows the screen's name over everything for ten seconds, for people who look for it.

const el = document.getElementById('who');
let end;

export function identify(name) {
  clearTimeout(end);
  end = setTimeout(() => (el.textContent = ''), 1e4);
  el.textContent = name;
  // As large as fits.
  let size = 30;
  do el.style.fontSize = size + 'vmin';
  while ((el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight) && --size > 4);
}
