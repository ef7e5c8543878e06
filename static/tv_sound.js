// Plays two notes when an alert opens that sounds on this screen: once, and not for one from before the page. For old
// televisions too.
(function () {
  var PACE = 2000; // ms between questions
  var NOTES = [659.26, 880]; // Hz
  var LENGTH = 0.4; // s
  var LEVEL = 0.25; // of full scale: -12 dBFS
  var Context = window.AudioContext || window.webkitAudioContext;
  var context = Context ? new Context() : null;
  var last = -1; // the last sound, in ms since 1970; -1: not asked yet
  var chip = document.createElement('button');
  chip.id = 'sound';
  chip.type = 'button';
  chip.hidden = true;
  chip.appendChild(document.createTextNode(document.body.getAttribute('data-sound')));
  chip.onclick = begin;
  document.body.appendChild(chip);

  function isBlocked() {
    return !context || context.state !== 'running';
  }

  // A key or a tap anywhere on the screen lets it begin.
  function begin() {
    if (!context || !isBlocked()) return;
    var begun = context.resume();
    if (begun && begun.then) begun.then(show, show);
  }

  function show() {
    chip.hidden = !isBlocked();
  }

  function ask() {
    begin();
    show();
    var request = new XMLHttpRequest();
    request.open('GET', '/tv/sound?blocked=' + (isBlocked() ? 1 : 0));
    request.timeout = 10000;
    request.onload = function () {
      if (request.status === 200) take(JSON.parse(request.responseText).at);
    };
    request.onloadend = function () {
      setTimeout(ask, PACE);
    };
    request.send();
  }

  function take(at) {
    if (last >= 0 && at > last && !isBlocked()) play();
    last = Math.max(last, at || 0);
  }

  function play() {
    for (var i = 0; i < NOTES.length; i++) {
      var from = context.currentTime + 0.05 + i * LENGTH;
      var tone = context.createOscillator();
      var volume = context.createGain();
      tone.frequency.value = NOTES[i];
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(LEVEL, from + 0.02);
      volume.gain.linearRampToValueAtTime(0, from + LENGTH);
      tone.connect(volume);
      volume.connect(context.destination);
      tone.start(from);
      tone.stop(from + LENGTH);
    }
  }

  // A sound that the browser allows has begun by then.
  setTimeout(ask, 1000);
})();
