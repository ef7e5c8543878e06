// Bayeux over WebSocket, if the server supports it.

import { WebSocket, WebSocketServer } from "ws";

import { SESSION, cookies, missing } from "./cookies.mjs";
import { parse } from "./exchange.mjs";
import { half } from "./polling.mjs";

export class Sockets {
    constructor({ exchange, rules, statistics, bayeux, manners }) {
        Object.assign(this, { exchange, rules, statistics, bayeux, manners });
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
        this.server.on("message", (data) => this.#said(String(data)));
        this.server.on("close", () => client.close());
        this.server.on("error", () => client.terminate());
        client.on("message", (data) => this.#asked(String(data)));
        client.on("close", () => this.#end());
    }

    async #asked(text) {
        const messages = parse(text);
        const over = this.rules.asked(messages, "websocket", { complete: true });
        const asked = { messages, over, fault: this.exchange.befall(messages) };
        for (const { id } of messages) this.open.set(id, asked);
        const { fault } = asked;
        if (fault?.error) {
            const told = this.exchange.refusal(messages, fault);
            return this.#answer(asked, this.manners.write(told));
        }
        switch (fault?.with) {
            case "hang": return;
            case "cut": return this.client.terminate();
            case "status": return this.client.close(1011, "Internal error");
            case "slow": await new Promise((resolve) => setTimeout(resolve, fault.ms));
        }
        await this.opened;
        this.server.send(text);
    }

    #said(text) {
        const said = parse(text);
        const asked = said.map(({ id, channel }) => channel?.startsWith("/meta/") && this.open.get(id)).find(Boolean);
        const told = this.exchange.reply(asked?.messages ?? [], said, this.session, asked?.fault);
        const written = this.manners.write(told);
        switch (asked?.fault?.with) {
            case "lose": return this.client.terminate();
            case "truncate":
            case "garble": return this.#answer(asked, half(written));
        }
        if (asked) this.#answer(asked, written);
        else this.client.send(written);
    }

    #answer(asked, text) {
        this.#over(asked);
        this.client.send(text);
    }

    #over(asked) {
        for (const { id } of asked.messages) this.open.delete(id);
        asked.over();
    }

    #end() {
        for (const asked of new Set(this.open.values())) this.#over(asked);
        this.server.close();
    }
}
