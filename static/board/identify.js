// Shows the screen's name over everything for ten seconds, for whoever looks for it.

const el = document.getElementById('who');
let timer;

export function identify(name) {
  clearTimeout(timer);
  timer = setTimeout(() => (el.textContent = ''), 10000);
  el.textContent = name;
  // As large as fits.
  let size = 30;
  do el.style.fontSize = size + 'vmin';
  while ((el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight) && --size > 4);
}
