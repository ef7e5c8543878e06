// The test's control interface: true values, received requests, broken rules, and commands.

import { once } from "node:events";
import { createServer } from "node:http";

import { respond, text } from "./polling.mjs";

export class Control {
    constructor(parts) {
        Object.assign(this, parts);
        this.sockets = parts.sockets;
        this.lines = new Set();
        this.front.on("connection", (line) => {
            this.lines.add(line);
            line.on("close", () => this.lines.delete(line));
        });
    }

    async listen() {
        const server = createServer(async (request, response) => {
            const url = new URL(request.url, "http://control");
            const command = request.method === "POST" ? JSON.parse(await text(request)) : null;
            try {
                const result = command ? this.#run(command) : this.#read(url);
                respond(response, 200, {}, JSON.stringify(result ?? null));
            } catch (error) {
                respond(response, 500, {}, JSON.stringify(error.stack));
            }
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return server.address().port;
    }

    #read({ pathname, searchParams }) {
        switch (pathname) {
            case "/truth": return this.truth.snapshot(Date.now() - Number(searchParams.get("recent") ?? 0));
            case "/broken": return this.rules.log;
            case "/activity": return this.#activity();
            default: throw new Error(`nothing is at ${pathname}`);
        }
    }

    #activity() {
        const { statistics, signIn, rules, faults } = this;
        const sessions = [...statistics.sessions.values()];
        const subscriptions = sessions.flatMap((session) => [...session.subscriptions.values()]);
        const clients = [...rules.clients].filter(([id]) => this.bayeux.knows(id));
        return {
            ...statistics.requests,
            faults: faults.left,
            faulted: faults.taken,
            granted: signIn.granted,
            handshakes: rules.clients.size,
            connects: clients.reduce((sum, [, { connects }]) => sum + connects, 0),
            clients: clients.length,
            subscribed: subscriptions.reduce((sum, { size }) => sum + size, 0),
            delivered: statistics.delivered,
            over: [...new Set(clients.map(([, { over }]) => over))],
        };
    }

    #run({ do: what, ...command }) {
        const { faults, bayeux, statistics, signIn, truth, rules, quirks } = this;
        switch (what) {
            case "fault": return faults.schedule(command);
            case "reset": faults.clear(); return quirks.reset();
            case "forget": if (command.subscriptions) statistics.drop(); return bayeux.forget();
            case "cut": for (const line of this.lines) line.resetAndDestroy(); return;
            case "quirks": return void Object.assign(quirks, command);
            // Sent as advice in every reply and applied by the server until changed.
            case "advise": quirks.advice = command; return bayeux.advise(command);
            case "service": return statistics.serve(command.available);
            case "change_all": return truth.changeAll();
            case "expire": return this.#expire(command);
            case "refuse": signIn.refusing = command.status ?? null; return;
            case "clock": statistics.ahead = command.ahead; return;
            case "rate": truth.rate = command.rate; return;
            case "allow_retry": rules.allowRetry(); return signIn.allowRetry();
            case "validity": return this.#setValid(command);
            case "set": return truth.set(this.#figure(command), command.value);
            case "burst": return this.#burst(command);
            default: throw new Error(`no such command: ${what}`);
        }
    }

    /** Ends held connects too: the next request is the first one rejected. */
    #expire({ refresh }) {
        if (refresh) this.signIn.expireRefresh();
        this.signIn.expireAccess();
        this.sockets.close();
        this.bayeux.wake();
    }

    #figure({ type, object, name }) {
        const figure = this.truth.find({ objectType: type, objectId: object, name });
        if (!figure) throw new Error(`no such figure: ${type} ${object} ${name}`);
        return figure;
    }

    /** Marks one figure, or all of them, as invalid or valid. */
    #setValid({ valid, ...which }) {
        const figures = which.type ? [this.#figure(which)] : this.truth.list;
        for (const figure of figures) this.truth.setValid(figure, valid);
    }

    /** Makes `rate` updates per second for a time, evenly over all figures. */
    #burst({ rate, for: time }) {
        const { truth } = this;
        const began = Date.now();
        let done = 0;
        const pace = setInterval(() => {
            const due = Math.min(Date.now() - began, time) * rate / 1000;
            for (; done < due; done++) truth.change(truth.list[done % truth.list.length]);
            if (Date.now() - began >= time) clearInterval(pace);
        }, 10);
    }
}
