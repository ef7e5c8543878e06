// The fastest WebSocket server that we know, with frames and a pace like the product's. Its pace
// comes from standard input, in milliseconds between changes; 0 is quiet.
const FLUSH = 100; // ms
let pace = 0;
let due;

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('', { status: 426 })),
  websocket: {
    open: (socket) => socket.subscribe('frames'),
    message: () => {},
  },
});
console.log(`127.0.0.1:${server.port}`);

let n = 0;
function publish() {
  const changes = Math.ceil(FLUSH / pace);
  const began = Date.now() - (changes > 1 ? FLUSH : 0);
  const cells = Array.from({ length: changes }, (_, k) => `[${k},"${n}"],[${k},{"sev":"ok"}]`);
  n += 1;
  server.publish('frames', `{"t":"d","e":"b7b7b7b7b7b7","n":${n},"ts":${Date.now()},"o":${began},"c":[${cells}]}`);
}

for await (const line of console) {
  pace = Number(line);
  clearInterval(due);
  if (pace) due = setInterval(publish, Math.max(pace, FLUSH));
}
process.exit(0);
