// Bayeux over WebSocket, if the server supports it.

import { WebSocket, WebSocketServer } from "ws";

import { SESSION, cookies, missing } from "./cookies.mjs";
import { parse } from "./exchange.mjs";
import { half } from "./polling.mjs";

export class Sockets {
    constructor({ exchange, rules, statistics, bayeux, quirks }) {
        Object.assign(this, { exchange, rules, statistics, bayeux, quirks });
        this.server = new WebSocketServer({ noServer: true });
        this.server.on("headers", (headers, request) => {
            const set = missing(cookies(request.headers), request.session, true);
            headers.push(...set.map((cookie) => `Set-Cookie: ${cookie}`));
        });
    }

    open(request, socket, head) {
        request.session = this.statistics.open(cookies(request.headers)[SESSION]);
        this.server.handleUpgrade(request, socket, head, (client) => new Line(this, client, request));
    }

    /** Closes all open sockets, as when a token is no longer valid. */
    close() {
        for (const client of this.server.clients) client.close(1008, "Unauthorized");
    }
}

/** A client's socket and ours to the Bayeux server. */
class Line {
    constructor(sockets, client, request) {
        Object.assign(this, sockets, { client, session: request.session });
        this.open = new Map();
        this.server = new WebSocket(`ws://127.0.0.1:${this.bayeux.port}${request.url}`);
        this.opened = new Promise((resolve) => this.server.on("open", resolve));
        this.server.on("message", (data) => this.#onReply(String(data)));
        this.server.on("close", () => client.close());
        this.server.on("error", () => client.terminate());
        client.on("message", (data) => this.#onRequest(String(data)));
        client.on("close", () => this.#end());
    }

    async #onRequest(text) {
        const messages = parse(text);
        const over = this.rules.onRequest(messages, "websocket", { complete: true });
        const pending = { messages, over, fault: this.exchange.takeFault(messages) };
        for (const { id } of messages) this.open.set(id, pending);
        const { fault } = pending;
        if (fault?.error) {
            const replies = this.exchange.refusal(messages, fault);
            return this.#answer(pending, this.quirks.write(replies));
        }
        switch (fault?.with) {
            case "hang": return;
            case "endless": return this.client.send(" ".repeat(1 << 26));
            case "cut": return this.client.terminate();
            case "status": return this.client.close(1011, "Internal error");
            case "slow": await new Promise((resolve) => setTimeout(resolve, fault.ms));
        }
        await this.opened;
        this.server.send(JSON.stringify(this.quirks.pass(messages)));
    }

    #onReply(text) {
        const messages = parse(text);
        const pending = messages.map(({ id, channel }) => channel?.startsWith("/meta/") && this.open.get(id)).find(Boolean);
        const replies = this.exchange.reply(pending?.messages ?? [], messages, this.session, pending?.fault);
        const body = this.quirks.write(replies);
        switch (pending?.fault?.with) {
            case "lose": return this.client.terminate();
            case "truncate":
            case "garble": return this.#answer(pending, half(body));
        }
        if (pending) this.#answer(pending, body);
        else this.client.send(body);
    }

    #answer(pending, text) {
        this.#over(pending);
        this.client.send(text);
    }

    #over(pending) {
        for (const { id } of pending.messages) this.open.delete(id);
        pending.over();
    }

    #end() {
        for (const pending of new Set(this.open.values())) this.#over(pending);
        this.server.close();
    }
}
