// The arrows of a remote control on a paired screen. Up and down have no other board there: they go from tile to tile,
// and left and right too, once there. OK opens the tile's code for a phone, Back leaves it.
(function () {
  if (location.pathname !== '/tv') return;
  var WAYS = { 37: [-1, 0], 38: [0, -1], 39: [1, 0], 40: [0, 1] };
  var BACK = [8, 27, 461, 10009];
  var REST = 60000; // ms until the board has no mark again
  var rest = 0;

  function isShown(link) {
    return link.getClientRects().length > 0;
  }

  function links() {
    return Array.from(document.querySelectorAll('.row a.name[href^="/queues/"]')).filter(isShown);
  }

  function middle(link) {
    var place = link.closest('.row').getBoundingClientRect();
    return [place.left + place.width / 2, place.top + place.height / 2];
  }

  // The nearest one that way; what lies beside the way counts twice.
  function nearest(all, from, way) {
    var best = null;
    var least = Infinity;
    for (var n = 0; n < all.length; n++) {
      var to = middle(all[n]);
      var by = [to[0] - from[0], to[1] - from[1]];
      var along = by[0] * way[0] + by[1] * way[1];
      var aside = Math.abs(by[0] * way[1]) + Math.abs(by[1] * way[0]);
      if (along > 1 && along + 2 * aside < least) {
        best = all[n];
        least = along + 2 * aside;
      }
    }
    return best;
  }

  function leave() {
    var link = document.activeElement;
    if (link && link.closest('.row')) link.blur();
  }

  function mark(link) {
    clearTimeout(rest);
    rest = setTimeout(leave, REST);
    link.focus();
  }

  addEventListener(
    'keydown',
    function (event) {
      if (document.getElementById('overlay').hasAttribute('open')) return;
      var all = links();
      var at = all.indexOf(document.activeElement);
      var way = WAYS[event.keyCode];
      var isBack = BACK.indexOf(event.keyCode) >= 0;
      if (at < 0 ? !way || way[0] || !all.length : !way && !isBack) return;
      var to = null;
      if (at < 0) to = all[way[1] > 0 ? 0 : all.length - 1];
      else if (way) to = nearest(all, middle(all[at]), way);
      // At the side, the arrows turn pages.
      if (way && way[0] && !to) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (to) mark(to);
      else if (isBack) leave();
    },
    true
  );
})();
