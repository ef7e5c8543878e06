// One question to the Bayeux server and its answer, judged and disturbed on the way;
// the same over HTTP and WebSocket.

/** How often held connects are ended while a fault waits for one, in milliseconds. */
const PACE = 50;
/** How often again once it has struck: what is done to a reply shall not wait for one. */
const AWAKE = 4;

/** The kind of a request, by its first message. */
export function kind(messages) {
    const [, room, name] = (messages[0]?.channel ?? "").split("/");
    return room === "meta" ? name : "event";
}

/** Every message of a body, alone or in an array. */
export function parse(text) {
    return [].concat(JSON.parse(text));
}

export class Exchange {
    constructor({ rules, weather, manners, bayeux, statistics }) {
        Object.assign(this, { rules, weather, manners, bayeux, statistics });
        this.left = 0;
        setInterval(() => {
            if (weather.awaits("connect") || this.left-- > 0) bayeux.wake();
        }, PACE);
    }

    /** What befalls a request before the server sees it: a fault, or nothing. */
    befall(messages) {
        const fault = this.weather.take(kind(messages));
        if (fault?.with === "forget" || fault?.error) this.bayeux.forget();
        if (fault?.drop) this.statistics.drop();
        this.left = fault ? AWAKE : this.left;
        return fault;
    }

    /** What the server's own replies become on their way to the client of a session. */
    reply(asked, said, session, fault) {
        for (const message of said) {
            if (message.channel === "/meta/handshake" && message.successful) {
                session.clients.add(message.clientId);
                if (!this.websocket) drop(message, "websocket");
            }
        }
        let told = this.manners.dress(said, kind(asked), session);
        if (fault?.with === "advise") {
            told = told.map((message) => this.#advise(message, fault));
        }
        this.#learn(asked, told);
        return told;
    }

    /** Replies that the server never sees asked for: a refusal. */
    refusal(messages, { error, advice }) {
        const told = messages.map(({ id, channel, clientId }) => ({
            id, channel, successful: false,
            error: error.replace("{id}", clientId),
            ...(advice && channel === "/meta/connect" ? { advice } : {}),
        }));
        this.#learn(messages, told);
        return told;
    }

    #advise(message, { advice, failed }) {
        if (message.channel !== "/meta/connect") return message;
        return { ...message, ...(failed ? { successful: false } : {}), advice: { ...message.advice, ...advice } };
    }

    #learn(asked, told) {
        this.rules.answered(told);
        const connect = asked.find(({ channel }) => channel === "/meta/connect");
        const isTold = told.some(({ channel }) => channel === "/meta/connect");
        if (connect && isTold) this.rules.connected(connect.clientId, told);
    }
}

function drop(message, type) {
    const types = message.supportedConnectionTypes;
    message.supportedConnectionTypes = types?.filter((one) => one !== type);
}
