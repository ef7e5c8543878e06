// Unmodified third-party Bayeux servers, each on its own port. Their own validation of messages
// applies; only delivery, advice and ending sessions are adapted.

import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
export const PATH = "/statistics/v3/notifications";

/** Milliseconds for which a connect is held, unless set otherwise. */
const TIMEOUT = 20_000;

export async function bayeux(kind, { timeout = TIMEOUT, ack = false }) {
    const server = kind === "faye" ? faye(timeout) : cometd(timeout, ack);
    server.http.listen(0, "127.0.0.1");
    await once(server.http, "listening");
    // A held connect isn't idle.
    server.http.requestTimeout = 0;
    return { ...server, kind, port: server.http.address().port };
}

function cometd(timeout, ack) {
    const server = require("cometd-nodejs-server").createCometDServer({ timeout, interval: 0 });
    if (ack) {
        const { AcknowledgedMessagesExtension } = require("cometd-nodejs-server/ack-extension.js");
        server.addExtension(new AcknowledgedMessagesExtension());
    }
    const sessions = new Set();
    server.addListener("sessionAdded", (session) => sessions.add(session));
    server.addListener("sessionRemoved", (session) => sessions.delete(session));
    return {
        http: createServer(server.handle),
        websocket: false,
        knows: (id) => server.getServerSession(id) !== undefined,
        deliver(id, channel, data) {
            const session = server.getServerSession(id);
            if (session?.subscriptions.some(({ name }) => name === channel)) {
                session.deliver(null, channel, data);
            }
        },
        advise(advice) {
            Object.assign(server.options, advice);
        },
        /** Ends every held connect. */
        wake() {
            for (const session of sessions) session._flush();
        },
        /** Ends every session, as a restarted server would. */
        forget() {
            for (const session of [...sessions]) {
                server._removeServerSession(session, true);
                session._flush();
            }
        },
    };
}

function faye(timeout) {
    const { NodeAdapter } = require("faye");
    const adapter = new NodeAdapter({ mount: PATH, timeout: timeout / 1000 });
    const http = createServer();
    adapter.attach(http);
    // Faye itself only publishes to all; the vendor sends each session its own data.
    const engine = adapter._server._engine;
    const memory = engine._engine;
    return {
        http,
        websocket: true,
        knows: (id) => memory._namespace.exists(id),
        deliver(id, channel, data) {
            if (!memory._clients.get(id)?.member(channel)) return;
            if (!memory._messages.has(id)) memory._messages.set(id, []);
            memory._messages.get(id).push({ channel, data });
            memory.emptyQueue(id);
        },
        advise({ interval, timeout: held }) {
            if (interval !== undefined) engine.interval = interval / 1000;
            if (held !== undefined) engine.timeout = held / 1000;
        },
        wake() {
            for (const id of [...engine._connections.keys()]) engine.connection(id)?.flush();
        },
        forget() {
            for (const id of [...memory._namespace._used]) memory.destroyClient(id);
        },
    };
}
