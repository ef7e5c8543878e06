// A request to the Bayeux server and its response, checked and disturbed on the way. The same over
// HTTP and WebSocket.

/** How often held connects are ended while a fault is pending for one, in milliseconds. */
const PACE = 50;
/** How many more times after the fault: a disturbed reply must not be delayed by a held connect. */
const AWAKE = 4;

/** Returns a request's kind, by its first message. */
export function kind(messages) {
    const [, room, name] = (messages[0]?.channel ?? "").split("/");
    return room === "meta" ? name : "event";
}

/** Returns every message of a body, which is one message or an array. */
export function parse(text) {
    return [].concat(JSON.parse(text));
}

export class Exchange {
    constructor({ rules, faults, quirks, bayeux, statistics }) {
        Object.assign(this, { rules, faults, quirks, bayeux, statistics });
        this.left = 0;
        setInterval(() => {
            if (faults.awaits("connect") || this.left-- > 0) bayeux.wake();
        }, PACE);
    }

    /** Takes the fault for a request before the server sees it, if there is one. */
    takeFault(messages) {
        const fault = this.faults.take(kind(messages));
        if (fault?.with === "forget" || fault?.error) this.bayeux.forget();
        if (fault?.drop) this.statistics.drop();
        this.left = fault ? AWAKE : this.left;
        return fault;
    }

    /** Transforms the server's replies to a session's client. */
    reply(requests, messages, session, fault) {
        for (const message of messages) {
            if (message.channel === "/meta/handshake" && message.successful) {
                session.clients.add(message.clientId);
                if (!this.websocket) drop(message, "websocket");
            }
        }
        let replies = this.quirks.disturb(messages, kind(requests), session);
        if (fault?.with === "advise") {
            replies = replies.map((message) => this.#advise(message, fault));
        }
        this.#record(requests, replies);
        return replies;
    }

    /** Returns failures for requests that the server never sees. */
    refusal(messages, { error, advice }) {
        const replies = messages.map(({ id, channel, clientId }) => ({
            id, channel, successful: false,
            error: error.replace("{id}", clientId),
            ...(advice && channel === "/meta/connect" ? { advice } : {}),
        }));
        this.#record(messages, replies);
        return replies;
    }

    #advise(message, { advice, failed }) {
        if (message.channel !== "/meta/connect") return message;
        return { ...message, ...(failed ? { successful: false } : {}), advice: { ...message.advice, ...advice } };
    }

    #record(requests, replies) {
        this.rules.onReply(replies);
        const connect = requests.find(({ channel }) => channel === "/meta/connect");
        const isAnswered = replies.some(({ channel }) => channel === "/meta/connect");
        if (connect && isAnswered) this.rules.onConnectReply(connect.clientId, replies);
    }
}

function drop(message, type) {
    const types = message.supportedConnectionTypes;
    message.supportedConnectionTypes = types?.filter((one) => one !== type);
}
