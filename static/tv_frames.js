// Shows boards in frames: the next one is live before it takes the place of the last one, which stays until then.
// For old televisions too.
(function () {
  var PACE = 2000; // ms between questions
  var AHEAD = 10000; // ms before a turn, to load its board
  var PATIENCE = 20000; // ms until a board that isn't live is loaded again
  var RETRY = 3000; // ms until a page without a board is
  var FADE = 500; // ms
  var AWAKE = 7200000; // ms before the page loads itself at night
  var READ = 10000; // ms that each of several announcements is shown
  var SILENCE = 20000; // ms without an answer, after which an announcement may be over
  var body = document.body;
  var stage = document.getElementById('stage');
  var said = document.getElementById('said');
  var build = body.getAttribute('data-build');
  var born = Date.now();
  var renews = false;
  var turn = null;
  var end = 0; // of the turn
  var heard = 0; // when the server answered
  var shown = null;
  var coming = null;
  var sound = null; // the script of alerts

  function ask() {
    var request = new XMLHttpRequest();
    request.open('GET', '/tv/turn' + location.search);
    request.timeout = 10000;
    request.onload = function () {
      var isAnswer = request.status === 200;
      if (isAnswer) take(JSON.parse(request.responseText));
      setTimeout(ask, isAnswer ? Math.min(PACE, Math.max(50, end + 20 - Date.now())) : PACE);
    };
    request.onerror = request.ontimeout = function () {
      setTimeout(ask, PACE);
    };
    request.send();
  }

  // The server has just answered, so that the page can be loaded.
  function take(answer) {
    if (answer.reload) return location.reload();
    turn = answer;
    heard = Date.now();
    end = heard + turn.left;
    var isNight = turn.hour === 4 && Date.now() - born > AWAKE;
    if ((turn.build !== build || isNight) && !renews) {
      renews = true;
      setTimeout(function () {
        location.reload();
      }, Math.random() * 60000);
    }
    body.setAttribute('data-night', turn.night || '');
    document.getElementById('none').hidden = !!turn.board;
    if (turn.sound && !sound) {
      sound = document.createElement('script');
      sound.src = '/static/tv_sound.js?v=' + build;
      document.head.appendChild(sound);
    }
    step();
  }

  // Announcements of this screen: below its boards, each in turn, or an emergency over everything. They end by this
  // page's clock, set by the server's; a page that hears nothing shows none but an emergency.
  function say() {
    var now = turn.now + Date.now() - heard;
    var isHearing = Date.now() - heard < SILENCE;
    var list = [];
    for (var n = 0; n < turn.said.length; n++) {
      var one = turn.said[n];
      if (now < one.until && (isHearing || one.kind === 'emergency')) list.push(one);
    }
    write(list.length ? list[Math.floor(now / READ) % list.length] : null);
    // The board is as much lower, so that nothing covers its last row.
    var foot = Math.ceil(said.getBoundingClientRect().height) + 'px';
    if (stage.style.bottom !== foot) stage.style.bottom = foot;
  }

  function write(one) {
    var all = one ? JSON.stringify(one) : '';
    if (said.getAttribute('data-all') === all) return;
    said.setAttribute('data-all', all);
    while (said.firstChild) said.removeChild(said.firstChild);
    if (!one) return;
    var line = said.appendChild(document.createElement('p'));
    line.className = one.kind;
    line.appendChild(document.createElement('b')).textContent = one.text;
    line.appendChild(document.createElement('span')).textContent = one.detail;
  }

  function load(board) {
    var element = document.createElement('iframe');
    element.setAttribute('allow', 'fullscreen; screen-wake-lock');
    element.src = '/tv?board=' + encodeURIComponent(board);
    stage.appendChild(element);
    var frame = { board: board, element: element, at: Date.now(), loadedAt: 0 };
    element.onload = function () {
      frame.loadedAt = Date.now();
    };
    return frame;
  }

  function drop(frame) {
    if (frame) stage.removeChild(frame.element);
    return null;
  }

  // The page in a frame, once it has a board. Its last elements may be missing.
  function pageOf(frame) {
    var page = frame && frame.element.contentDocument;
    return page && page.getElementById('board') ? page : null;
  }

  function isLive(frame) {
    var page = pageOf(frame);
    var basic = page && page.getElementById('basic');
    return !!basic && (/(^| )linked( |$)/.test(page.body.className) || !basic.hidden);
  }

  // Whether it will never be live.
  function isLost(frame) {
    if (isLive(frame)) return false;
    var hasNone = frame.loadedAt && !pageOf(frame) && Date.now() - frame.loadedAt > RETRY;
    return hasNone || Date.now() - frame.at > PATIENCE;
  }

  // Whether somebody has its menu open, or the code of a queue for a phone.
  function isInUse(frame) {
    var page = frame && frame.element.contentDocument;
    if (page && page.body && page.body.hasAttribute('data-code')) return true;
    var overlay = page && page.getElementById('overlay');
    return !!overlay && overlay.hasAttribute('open');
  }

  function step() {
    if (!turn) return;
    say();
    if (!turn.board) {
      shown = drop(shown);
      coming = drop(coming);
    } else if (shown && shown.board === turn.board && pageOf(shown)) {
      prepare();
    } else if (!(turn.night === 'black' && shown)) {
      bring();
    }
    dress(shown);
    dress(coming);
    mark();
  }

  // Loads the board of the next turn.
  function prepare() {
    var isSoon = end - Date.now() < AHEAD && turn.next && turn.next !== turn.board;
    if (coming && !(isSoon && coming.board === turn.next)) coming = drop(coming);
    if (isSoon && !coming) coming = load(turn.next);
  }

  // Shows the board of this turn, once it's live.
  function bring() {
    if (coming && (coming.board !== turn.board || isLost(coming))) coming = drop(coming);
    if (!coming) coming = load(turn.board);
    if (!isLive(coming) || isInUse(shown)) return;
    var old = shown;
    shown = coming;
    coming = null;
    mark();
    shown.element.className = 'on';
    shown.element.contentWindow.focus();
    if (!old) return;
    old.element.className = 'off';
    setTimeout(function () {
      drop(old);
    }, FADE);
  }

  function dress(frame) {
    var page = pageOf(frame);
    if (!page || page.getElementById('turn')) return;
    var style = page.createElement('link');
    style.id = 'turn';
    style.rel = 'stylesheet';
    style.href = '/static/tv_frame.css?v=' + build;
    page.head.appendChild(style);
  }

  // Says which one of several boards it is.
  function mark() {
    var page = pageOf(shown);
    if (!page || shown.board !== turn.board) return;
    var style = page.body.style;
    style.setProperty('--turn', turn.label ? JSON.stringify(turn.label) : 'none');
    style.setProperty('--from', ((turn.number - 1) / turn.count) * 100 + '%');
    style.setProperty('--to', (turn.number / turn.count) * 100 + '%');
  }

  setInterval(step, 250);
  ask();
})();
