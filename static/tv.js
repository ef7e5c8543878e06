// Asks what becomes of a screen without a board. For old televisions too.
(function () {
  var PACE = 1500; // ms
  function ask() {
    var request = new XMLHttpRequest();
    request.open('GET', '/tv/state');
    request.timeout = 10000;
    request.onload = function () {
      if (request.status === 200 && JSON.parse(request.responseText).next === 'reload') location.reload();
      else setTimeout(ask, PACE);
    };
    request.onerror = request.ontimeout = function () {
      setTimeout(ask, PACE);
    };
    request.send();
  }
  setTimeout(ask, PACE);
})();
