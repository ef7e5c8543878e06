// The fastest WebSocket server that we know, with frames and a pace like the product's. Its pace
// comes from standard input, in microseconds between changes; 0 is quiet. Its argument is the shortest
// interval between frames, in milliseconds.
const FLUSH = Number(process.argv[2]);
const CELLS = '[[17,"41"],[18,{"sev":"ok"}],[19,{"since":1763900000000}],[20,"96 %"],[21,{"sev":"ok"}],[22,"0:12"],[23,{"pos":3,"in":"talking"}],[24,"12"]]';
let n = 0;

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('', { status: 426 })),
  websocket: {
    open: (socket) => {
      socket.subscribe('frames');
      socket.send(`{"t":"hi","e":"b7b7b7b7b7b7","n":${n},"ver":"0","ts":${Date.now()},"resume":false}`);
      socket.send(`{"t":"s","e":"b7b7b7b7b7b7","n":${n},"ts":${Date.now()},"c":${CELLS}}`);
    },
    message: () => {},
  },
});
console.log(`127.0.0.1:${server.port}`);

function publish(changes) {
  const now = Date.now();
  n += 1;
  server.publish('frames', `{"t":"d","e":"b7b7b7b7b7b7","n":${n},"ts":${now},"o":${now - (changes > 1 ? FLUSH : 0)},"c":${CELLS}}`);
}

// Timers are of whole milliseconds: each is set for when the next frame is due.
let due;
function start(micros) {
  clearTimeout(due);
  if (!micros) return;
  const every = Math.max(micros / 1000, FLUSH);
  let next = performance.now() + every;
  const tick = () => {
    publish(Math.ceil(FLUSH / (micros / 1000)));
    next = Math.max(next + every, performance.now());
    due = setTimeout(tick, next - performance.now());
  };
  due = setTimeout(tick, every);
}

for await (const line of console) start(Number(line));
process.exit(0);
