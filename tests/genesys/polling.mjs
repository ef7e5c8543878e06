// Bayeux over HTTP: long-polling.

import { Agent, request as openRequest } from "node:http";

import { SESSION, cookies, missing } from "./cookies.mjs";
import { kind, parse } from "./exchange.mjs";

export class Polling {
    constructor({ exchange, rules, statistics, bayeux, quirks }) {
        Object.assign(this, { exchange, rules, statistics, bayeux, quirks });
        this.agent = new Agent({ keepAlive: true });
    }

    async handle(request, response, body) {
        let messages;
        try {
            messages = parse(body);
        } catch {
            this.rules.broken("a body that is no JSON");
            return respond(response, 400, {}, "");
        }
        const jar = cookies(request.headers);
        const isFirst = kind(messages) === "handshake";
        const known = this.statistics.session(jar[SESSION]);
        const complete = known !== undefined && jar.BAYEUX_BROWSER !== undefined;
        const over = once(this.rules.onRequest(messages, "long-polling", { complete }));
        response.on("close", over);

        const fault = this.exchange.takeFault(messages);
        if (await applyFault(fault, request, response)) return;
        if (fault?.error || (!known && !isFirst)) {
            const failure = fault?.error ? fault : { error: "402::session_unknown" };
            const replies = this.exchange.refusal(messages, failure);
            over();
            return respond(response, 200, {}, this.quirks.write(replies));
        }

        const session = this.statistics.open(jar[SESSION]);
        const answer = await this.#relay(request, response, JSON.stringify(this.quirks.pass(messages)));
        if (!answer || response.destroyed) return;
        if (fault?.with === "lose") return request.socket.resetAndDestroy();
        const headers = {};
        const set = [...(answer.headers["set-cookie"] ?? [])];
        if (isFirst) set.push(...missing(jar, session, this.bayeux.kind === "faye"));
        if (set.length) headers["set-cookie"] = set;
        over();
        // The server ends a duplicate connect with an empty failure of its own.
        if (answer.status !== 200) return respond(response, answer.status, headers, answer.body);
        const replies = this.exchange.reply(messages, parse(answer.body), session, fault);
        const text = this.quirks.write(replies);
        if (fault?.with === "truncate") return truncate(request, response, text);
        respond(response, 200, headers, fault?.with === "garble" ? half(text) : text);
    }

    /**
     * Forwards the request to the server. Does nothing if the client has disconnected meanwhile.
     */
    #relay(request, response, body) {
        return new Promise((resolve) => {
            const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
            if (request.headers.cookie) headers.cookie = request.headers.cookie;
            const { agent, bayeux: { port } } = this;
            const upstream = openRequest({ port, host: "127.0.0.1", method: "POST", path: request.url, headers, agent });
            response.on("close", () => response.writableFinished || upstream.destroy());
            upstream.on("error", () => resolve(null));
            upstream.on("response", async (answer) => {
                try {
                    resolve({ status: answer.statusCode, headers: answer.headers, body: await text(answer) });
                } catch {
                    resolve(null);
                }
            });
            upstream.end(body);
        });
    }
}

/** Returns whether a fault already ends the request. */
export async function applyFault(fault, request, response) {
    switch (fault?.with) {
        case "status":
            respond(response, fault.status, { "content-type": fault.type ?? "text/html" }, fault.body ?? "");
            return true;
        case "hang":
            return true;
        case "cut":
            request.socket.resetAndDestroy();
            return true;
        case "endless":
            sendEndlessly(response);
            return true;
        case "slow":
            await new Promise((resolve) => setTimeout(resolve, fault.ms));
            return response.destroyed;
        default:
            return false;
    }
}

/** Sends blanks until the client has had enough. */
function sendEndlessly(response) {
    const blanks = " ".repeat(1 << 16);
    const send = () => {
        while (!response.destroyed && response.write(blanks));
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.on("drain", send);
    send();
}

/** Sends a truncated body. */
export function truncate(request, response, text) {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.write(half(text), () => request.socket.destroy());
}

export function half(text) {
    return text.slice(0, Math.ceil(text.length / 2));
}

export function respond(response, status, headers, body) {
    const length = Buffer.byteLength(body);
    response.writeHead(status, { "content-type": "application/json", ...headers, "content-length": length });
    response.end(body);
}

export async function text(stream) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
}

function once(call) {
    let isDone = false;
    return () => {
        if (!isDone) call();
        isDone = true;
    };
}
