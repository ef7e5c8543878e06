// What a window remembers over a reload. A browser may forbid it: then it forgets.

export function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch (_) {
    return null;
  }
}

export function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch (_) {
    // Nothing that a board could not do without.
  }
}
