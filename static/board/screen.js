// This screen's settings, stored on it and applied before the first paint, in any
// browser. Settings win over the address, and the address over the board. ES5, no
// dependencies.
(function () {
  var body = document.body;
  var own = { theme: '', edge: 3, still: false, care: false };
  var param = /[?&]theme=(dark|light)(&|$)/.exec(location.search);
  var density = /[?&]density=(hall|floor|desk)(&|$)/.exec(location.search);
  var saved = {};
  try {
    saved = JSON.parse(localStorage.getItem('wallboard-screen')) || saved;
  } catch (_) {
    // Forbidden or corrupt: use the defaults.
  }
  for (var name in own) if (typeof saved[name] === typeof own[name]) own[name] = saved[name];
  if (!(own.edge >= 0 && own.edge <= 6)) own.edge = 3;

  function ofBoard(name) {
    var root = document.getElementById('board');
    return (root || body).getAttribute(root ? 'data-board-' + name : 'data-' + name);
  }

  function base() {
    return param ? param[1] : ofBoard('theme');
  }

  function apply() {
    var theme = /^(dark|light)$/.test(own.theme) ? own.theme : base();
    body.setAttribute('data-theme', theme);
    body.setAttribute('data-density', density ? density[1] : ofBoard('density'));
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
        // Then it lasts until the next load.
      }
      apply();
    },
  };
  apply();
})();
