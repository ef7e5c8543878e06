// A Genesys on third-party servers where it matters: the Bayeux servers are those of the CometD
// project or of Faye, wrapped as Statistics and Authentication API.
//
//     node server.mjs '{"server":"cometd","seed":1}'
//
// Prints its two ports, accepts commands on the second, and ends with its standard input.

import { once } from "node:events";
import { createServer } from "node:http";

import { PATH, bayeux as start } from "./bayeux.mjs";
import { Control } from "./control.mjs";
import { SESSION, cookies } from "./cookies.mjs";
import { Random } from "./random.mjs";
import { Exchange } from "./exchange.mjs";
import { Quirks } from "./quirks.mjs";
import { Polling, applyFault, half, respond, text, truncate } from "./polling.mjs";
import { Rules } from "./rules.mjs";
import { API_KEY, SignIn } from "./sign_in.mjs";
import { Sockets } from "./socket.mjs";
import { Statistics } from "./statistics.mjs";
import { Truth } from "./truth.mjs";
import { Faults } from "./faults.mjs";

const plan = JSON.parse(process.argv[2] ?? "{}");
const rules = new Rules();
const faults = new Faults();
const truth = new Truth(plan);
const bayeux = await start(plan.server ?? "cometd", plan);
const signIn = new SignIn(plan, rules);
const statistics = new Statistics({ ...plan, truth, bayeux, rules });
const quirks = new Quirks(new Random(plan.seed ?? 1), statistics, plan);
const exchange = new Exchange({ rules, faults, quirks, bayeux, statistics });
exchange.websocket = bayeux.websocket && plan.websocket !== false;
const parts = { exchange, rules, statistics, bayeux, quirks, faults, truth, signIn };
const polling = new Polling(parts);
const sockets = new Sockets(parts);

const front = createServer(async (request, response) => {
    const url = new URL(request.url, "http://front");
    const body = await text(request).catch(() => null);
    if (body === null) return;
    if (url.pathname === "/auth/v3/oauth/token") return token(request, response, body);
    if (!url.pathname.startsWith("/statistics/v3/")) return lost(response, url);
    if (!isAdmitted(request)) return respond(response, 401, {}, '{"status":{"code":401,"message":"Unauthorized"}}');
    if (url.pathname.startsWith(PATH)) return polling.handle(request, response, body);
    rest(request, response, url, body);
});
front.requestTimeout = 0;
// Connections stay open; reusing closed ones isn't what is tested here.
front.keepAliveTimeout = 60_000;
front.on("upgrade", (request, socket, head) => {
    const refuse = (status) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    if (!isAdmitted(request)) return refuse("401 Unauthorized");
    const fault = faults.take("upgrade");
    if (fault) return refuse(`${fault.status ?? 503} Refused`);
    if (!exchange.websocket || !request.url.startsWith(PATH)) return refuse("404 Not Found");
    sockets.open(request, socket, head);
});
front.listen(0, "127.0.0.1");
await once(front, "listening");

const control = new Control({ ...parts, front, sockets });
truth.run();
console.log(JSON.stringify({ port: front.address().port, control: await control.listen() }));
process.stdin.resume();
process.stdin.on("end", () => process.exit());

/** Responds as another web server would: nothing of Genesys is at this path. */
function lost(response, { pathname }) {
    rules.broken(`nothing is at ${pathname}`);
    respond(response, 404, { "content-type": "text/html" }, "<html><title>Not found</title></html>");
}

/** Returns whether a request has the API key and a valid token. */
function isAdmitted({ headers, url }) {
    const path = url.split("?")[0];
    const hasKey = headers["x-api-key"] === API_KEY;
    if (!hasKey) rules.broken(`no x-api-key at ${path}`);
    return signIn.admits(headers, path) && hasKey;
}

async function token(request, response, body) {
    const over = signIn.begin();
    response.on("close", over);
    if (await applyFault(faults.take("token"), request, response)) return;
    const [status, reply] = signIn.grant(request.headers, new URLSearchParams(body));
    over();
    respond(response, status, {}, JSON.stringify(reply));
}

async function rest(request, response, url, body) {
    const fault = faults.take("rest");
    if (await applyFault(fault, request, response)) return;
    let parsed = null;
    try {
        parsed = body && JSON.parse(body);
    } catch {
        rules.broken(`a body that is no JSON at ${url.pathname}`);
    }
    const session = statistics.session(cookies(request.headers)[SESSION]);
    const [status, reply] = statistics.answer(request.method, url, parsed, session);
    const json = JSON.stringify(reply);
    if (fault?.with === "lose") return request.socket.resetAndDestroy();
    if (fault?.with === "truncate") return truncate(request, response, json);
    respond(response, status, {}, fault?.with === "garble" ? half(json) : json);
}
