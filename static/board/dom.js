// Finds elements.

export const $ = (id) => document.getElementById(id);
export const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
