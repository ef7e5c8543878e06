// Values kept over a reload, unless the browser forbids storage.

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
    // A board works without it.
  }
}
