// Unusual behavior that a server is allowed and a client must tolerate.

const REMEMBERED = 300;

/** Messages that are mixed in now and then; a client must ignore them all. */
const UNKNOWN_MESSAGES = [
    { channel: "/statistics/v4/updates", data: { name: "New", data: { statistics: null } } },
    { channel: "/meta/unknown", successful: true, advice: { unknown: "value" } },
    {
        channel: "/statistics/v3/updates",
        data: {
            name: "StatisticUpdate", topic: "statistics/v3/updates", since: [],
            data: { statistics: [{ subscriptionId: "?", statisticId: "?", value: 7, timestamp: 1 }] },
        },
    },
    { channel: "/statistics/v3/updates", data: { data: { statistics: [{}, null, 7] } } },
    { channel: "/statistics/v3/service", data: { data: { serviceState: "UNKNOWN" } } },
    { channel: "/statistics/v3/updates", data: "no object" },
];

export class Quirks {
    constructor(random, statistics, { ignoresHolds = false }) {
        this.random = random;
        this.statistics = statistics;
        this.ignoresHolds = ignoresHolds;
        this.reset();
    }

    /** Restores usual behavior. */
    reset() {
        Object.assign(this, { single: false, unknown: 0, repeats: 0, early: false, advice: null });
        this.past = [];
    }

    /** Prepares replies and events for a session with the configured quirks. */
    disturb(messages, kind, session) {
        const replies = messages.map((message) => this.#addAdvice(message));
        if (this.early && kind === "subscribe" && session) {
            replies.unshift(...this.statistics.everything(session).slice(0, 20));
        }
        if (kind !== "handshake") {
            if (this.random.chance(this.unknown)) replies.push(this.random.pick(UNKNOWN_MESSAGES));
            if (this.past.length && this.random.chance(this.repeats)) replies.push(this.random.pick(this.past));
        }
        this.#remember(messages);
        return replies;
    }

    /** Returns requests as the server sees them: it may not know how long a client wants to be held. */
    pass(messages) {
        return this.ignoresHolds ? messages.map(({ advice, ...message }) => message) : messages;
    }

    /** Serializes messages: a single one need not be in an array. */
    write(messages) {
        return JSON.stringify(this.single && messages.length === 1 ? messages[0] : messages);
    }

    #addAdvice(message) {
        const isAdvised = ["/meta/connect", "/meta/handshake"].includes(message.channel);
        if (!isAdvised || !this.advice || !message.successful) return message;
        return { ...message, advice: { ...message.advice, ...this.advice } };
    }

    #remember(messages) {
        if (!this.repeats) return;
        this.past.push(...messages.filter(({ channel }) => channel === "/statistics/v3/updates"));
        this.past.splice(0, this.past.length - REMEMBERED);
    }
}
