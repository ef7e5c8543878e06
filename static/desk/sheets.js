// Side sheets open and close by their address alone. This adds Escape, puts the focus back, and
// copies addresses.
import { say } from '../board/dom.js';

const opened = () => document.querySelector('.explain:target');
let opener = null;
addEventListener('click', ({ target }) => {
  const link = target.closest('a[href^="#"]:not(.close)');
  if (link) opener = link;
});
addEventListener('hashchange', () => {
  const sheet = opened();
  if (sheet) sheet.focus({ preventScroll: true });
  else if (opener?.isConnected) opener.focus({ preventScroll: true });
});
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && opened()) window.location.hash = 'closed';
});
addEventListener('click', async ({ target: button }) => {
  const address = document.getElementById(button.dataset.copy);
  if (!address) return;
  address.select();
  // Only secure pages have a clipboard.
  if (navigator.clipboard) await navigator.clipboard.writeText(address.value);
  else document.execCommand('copy');
  button.textContent = say('copied');
  setTimeout(() => { button.textContent = say('copy'); }, 3000);
});
