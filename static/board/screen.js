// How this one screen shows boards: kept on it, and set before the first painting, in
// whatever browser. What its people chose wins over the address, the address over the
// board. ES5, no dependencies.
(function () {
  var body = document.body;
  var own = { theme: '', edge: 3.5, still: false, care: false };
  var asked = /[?&]theme=(dark|light)(&|$)/.exec(location.search);
  var kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('wallboard-screen')) || kept;
  } catch (_) {
    // Forbidden or spoilt: as if nothing had been chosen.
  }
  for (var name in own) if (typeof kept[name] === typeof own[name]) own[name] = kept[name];
  if (!(own.edge >= 0 && own.edge <= 6)) own.edge = 3.5;

  function base() {
    var root = document.getElementById('board');
    return asked ? asked[1] : (root || body).getAttribute(root ? 'data-board-theme' : 'data-theme');
  }

  function apply() {
    var theme = /^(dark|light)$/.test(own.theme) ? own.theme : base();
    body.setAttribute('data-theme', theme);
    document.querySelector('meta[name=color-scheme]').content = theme;
    body.style.setProperty('--edge', own.edge + 'vmin');
    body.classList[own.still ? 'add' : 'remove']('still');
    body.classList[own.care ? 'add' : 'remove']('care');
  }

  window.__screen = {
    own: own,
    base: base,
    apply: apply,
    set: function (name, value) {
      own[name] = value;
      try {
        localStorage.setItem('wallboard-screen', JSON.stringify(own));
      } catch (_) {
        // Holds until the next load, then.
      }
      apply();
    },
  };
  apply();
})();
