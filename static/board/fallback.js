// If the live script can't run (an old browser, a blocked file), the page
// reloads every 15 s, but never while the server is unreachable: the browser's
// error page would stay until someone finds the remote. ES5, no dependencies.
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
  function basic() {
    if (live()) return;
    var line = document.getElementById('basic');
    if (line) line.removeAttribute('hidden');
  }
  // A browser without modules never goes live; others get ten seconds.
  var hopeless = !('noModule' in document.createElement('script'));
  if (hopeless) document.addEventListener('DOMContentLoaded', basic);
  setTimeout(basic, 10000);
  setTimeout(reload, 15000);
})();
