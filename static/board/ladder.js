// Where the live script cannot run (an old browser, a blocked file), the page
// renews itself every 15 s, but never while the server is away: a browser's own
// error page would stay until somebody finds the remote. ES5, no dependencies.
(function () {
  function live() {
    return window.__live === true;
  }
  function reload() {
    if (live()) return;
    var ask = new XMLHttpRequest();
    ask.open('GET', '/healthz');
    ask.timeout = 5000;
    ask.onload = function () {
      if (ask.status === 200 && !live()) location.reload();
      else setTimeout(reload, 15000);
    };
    ask.onerror = ask.ontimeout = function () {
      setTimeout(reload, 15000);
    };
    ask.send();
  }
  setTimeout(function () {
    if (live()) return;
    var basic = document.getElementById('basic');
    if (basic) basic.removeAttribute('hidden');
    setTimeout(reload, 5000);
  }, 10000);
})();
