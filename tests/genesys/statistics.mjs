// The Statistics API: sessions' subscriptions, values on request, notifications.

import { randomUUID } from "node:crypto";

import { computeValue, readValue } from "./values.mjs";

const BASE = "/statistics/v3";
const UPDATES = "/statistics/v3/updates";
const SERVICE = "/statistics/v3/service";
/** How often changes are published, in milliseconds. */
const PACE = 25;

export class Statistics {
    /** With `ownIds`, subscriptions have server-assigned ids instead of their operations' ids. */
    constructor({ truth, bayeux, rules, most = 500, perMessage = 50, ahead = 0, ownIds = false }) {
        Object.assign(this, { truth, bayeux, rules, most, perMessage, ahead, ownIds });
        this.sessions = new Map();
        this.operations = new Set();
        this.isAvailable = true;
        this.requests = { subscriptions: 0, peeks: 0, deletes: 0, values: 0 };
        this.delivered = 0;
        this.changed = new Set();
        truth.changed = (figure) => figure.watchers?.size && this.changed.add(figure);
        setInterval(() => this.notify(), PACE);
    }

    session(id) {
        return this.sessions.get(id);
    }

    /** Returns the session of a cookie, or a new one. */
    open(id) {
        const known = this.sessions.get(id);
        if (known) return known;
        const session = { id: randomUUID(), clients: new Set(), subscriptions: new Map() };
        this.sessions.set(session.id, session);
        return session;
    }

    /** Answers a REST request as [status, body]. */
    answer(method, url, body, session) {
        const path = url.pathname.slice(BASE.length);
        const [, room, id, further] = path.split("/").map(decodeURIComponent);
        if (room === "subscriptions") {
            if (!session) this.rules.broken(`${method} ${path} without the session's cookie`);
            if (method === "POST" && !id) return this.#subscribe(body, url, session);
            if (method === "DELETE" && id) return this.#unsubscribe(id, session);
            if (further === "statistic-values") return this.#peek(id, url, session);
        }
        if (path === "/operations/get-statistic-ex" && method === "POST") return this.#evaluate(body);
        if (room === "statistic-values" && id) return this.#evaluateOne(id, url.searchParams);
        this.rules.broken(`${method} ${path} is no call of the API`);
        return fault(404, 404, "Not found");
    }

    /** Publishes whether the service is available. */
    serve(isAvailable) {
        this.isAvailable = isAvailable;
        if (!isAvailable) this.drop();
        this.#broadcast(SERVICE, {
            // The vendor's own sample lacks the leading slash in the second.
            topic: isAvailable ? SERVICE.slice(1) : SERVICE,
            name: "ServiceStateChange",
            data: { serviceState: isAvailable ? "AVAILABLE" : "UNAVAILABLE" },
        });
    }

    /** Drops all subscriptions silently. */
    drop() {
        for (const session of this.sessions.values()) {
            for (const id of [...session.subscriptions.keys()]) this.#end(session, id);
        }
    }

    /** Publishes to every session what has changed for it. */
    notify() {
        const news = new Map();
        for (const figure of this.changed) {
            const value = readValue(figure, this.ahead);
            for (const { session, subscriptionId, statisticId } of figure.watchers) {
                if (!news.has(session)) news.set(session, []);
                news.get(session).push({ subscriptionId, statisticId, ...value });
            }
        }
        this.changed.clear();
        for (const [session, statistics] of news) this.#send(session, statistics);
    }

    /** Returns notifications with the values of all of a session's subscriptions. */
    everything(session) {
        const statistics = [];
        for (const [subscriptionId, entries] of session.subscriptions) {
            for (const { statisticId, figure } of entries.values()) {
                statistics.push({ subscriptionId, statisticId, ...computeValue(figure, this.ahead) });
            }
        }
        return statistics.map((one) => ({ channel: UPDATES, data: update([one]) }));
    }

    #send(session, statistics) {
        for (let n = 0; n < statistics.length; n += this.perMessage) {
            const some = statistics.slice(n, n + this.perMessage);
            this.delivered += some.length;
            // Both envelopes occur in practice.
            const data = n % 2 ? { statistics: some } : update(some);
            this.#deliver(session, UPDATES, data);
        }
    }

    #broadcast(channel, data) {
        for (const session of this.sessions.values()) this.#deliver(session, channel, data);
    }

    #deliver({ clients }, channel, data) {
        for (const client of clients) {
            if (this.bayeux.knows(client)) this.bayeux.deliver(client, channel, data);
            else clients.delete(client);
        }
    }

    #subscribe(body, url, session) {
        this.requests.subscriptions++;
        const { operationId, data } = body ?? {};
        const wanted = data?.statistics;
        if (!operationId || !Array.isArray(wanted)) {
            this.rules.broken("a subscription without operationId or statistics");
            return fault(400, 400, "Bad request");
        }
        if (this.operations.has(operationId)) this.rules.broken("an operationId used before");
        this.operations.add(operationId);
        if (!this.isAvailable || !session) return fault(503, 7, "Service is unavailable");
        if (wanted.length > this.most) return fault(400, 13, `More than ${this.most} statistics`);

        const subscriptionId = this.ownIds ? `No ${this.operations.size}/ö` : operationId;
        const entries = new Map();
        const errors = [];
        for (const one of wanted) {
            const figure = this.truth.find(one);
            if (!one.statisticId || entries.has(one.statisticId)) {
                this.rules.broken("a statisticId is missing or given twice");
            }
            if (!figure) errors.push(wrong(one));
            else entries.set(one.statisticId, { ...one, figure, session, subscriptionId });
        }
        session.subscriptions.set(subscriptionId, entries);
        for (const entry of entries.values()) (entry.figure.watchers ??= new Set()).add(entry);
        return this.#values(subscriptionId, operationId, [...entries.values()], url, errors);
    }

    #unsubscribe(id, session) {
        this.requests.deletes++;
        if (session) this.#end(session, id);
        return [200, { status: { code: 0 } }];
    }

    #end(session, id) {
        for (const entry of session.subscriptions.get(id)?.values() ?? []) {
            entry.figure.watchers.delete(entry);
        }
        session.subscriptions.delete(id);
    }

    #peek(id, url, session) {
        this.requests.peeks++;
        const entries = session?.subscriptions.get(id);
        if (!entries) return fault(404, 404, `Subscription ${id} not found`);
        const ids = url.searchParams.get("statisticIds")?.split(",");
        const known = ids?.map((one) => entries.get(one)).filter(Boolean);
        return this.#values(id, id, known ?? [...entries.values()], url, []);
    }

    #values(subscriptionId, operationId, entries, url, errors) {
        const isBrief = url.searchParams.get("verbose") === "OFF";
        const statistics = entries.map(({ statisticId, objectId, objectType, name, figure }) => ({
            statisticId, ...(isBrief ? {} : { objectId, objectType, name }), ...computeValue(figure, this.ahead),
        }));
        const data = { subscriptionId, operationId, statistics };
        return [200, { status: { code: 0 }, data, ...(errors.length ? { errors } : {}) }];
    }

    #evaluate(body) {
        const wanted = body?.data?.statistics;
        if (!Array.isArray(wanted)) return fault(400, 400, "Bad request");
        this.requests.values += wanted.length;
        if (!this.isAvailable) return fault(503, 7, "Service is unavailable");
        if (wanted.some(({ name }) => !name)) this.rules.broken("a request by definition");
        const statistics = [];
        const errors = [];
        for (const { name, objectType, objectId } of wanted) {
            const figure = this.truth.find({ name, objectType, objectId });
            if (figure) statistics.push({ name, objectType, objectId, ...computeValue(figure, this.ahead) });
            else errors.push(wrong({ name, objectType, objectId }));
        }
        return [200, { status: { code: 0 }, data: { statistics }, ...(errors.length ? { errors } : {}) }];
    }

    #evaluateOne(name, parameters) {
        this.requests.values++;
        if (!this.isAvailable) return fault(503, 7, "Service is unavailable");
        const [objectType, objectId] = [parameters.get("objectType"), parameters.get("objectId")];
        const figure = this.truth.find({ name, objectType, objectId });
        if (!figure) return fault(400, 42, `Statistic '${name}' of '${objectId}' not found`);
        return [200, { status: { code: 0 }, data: { statistic: computeValue(figure, this.ahead) } }];
    }
}

function update(statistics) {
    return { name: "StatisticUpdate", topic: UPDATES, data: { statistics } };
}

function wrong({ statisticId, objectId, name }) {
    const message = `Statistic '${name ?? "(defined)"}' of '${objectId}' not found`;
    return { status: { code: 42, message, detail: { statisticId } } };
}

function fault(status, code, message) {
    return [status, { status: { code, message } }];
}
