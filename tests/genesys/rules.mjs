// Records every rule that a client breaks, whatever the Bayeux server tolerates.

const META = /^\/meta\//;
/** How long a client must stay quiet after advice not to reconnect, in milliseconds. */
const QUIET_PERIOD = 59_000;
/** Tolerance for clock differences between processes and requests in flight, in milliseconds. */
const SLACK = 5;
/** Only a stopped process doesn't run for so long, in milliseconds. */
const STOPPED = 2_000;

export class Rules {
    constructor() {
        this.log = [];
        this.clients = new Map();
        this.handshakes = 0;
        this.dismissedAt = -QUIET_PERIOD;
        this.#watchStops();
    }

    broken(what) {
        // The first violations are enough.
        if (this.log.length < 100) this.log.push(what);
    }

    /** Allows new requests: the client was told to try again. */
    allowRetry() {
        this.dismissedAt = -QUIET_PERIOD;
    }

    /**
     * Checks a client's request; `over` is its connection type. Returns a function to call when the
     * request is over.
     */
    onRequest(messages, over, cookies) {
        if (messages.some((message) => message.channel === "/meta/handshake")) {
            return this.#handshake(messages);
        }
        const ends = messages.map((message) => this.#message(message, over, cookies));
        return () => ends.forEach((end) => end());
    }

    /** Records what a client receives. */
    onReply(messages) {
        const now = Date.now();
        for (const message of messages) {
            if (message.channel === "/meta/handshake" && message.successful) {
                this.clients.set(message.clientId, {
                    ids: new Set(), connects: 0, interval: 0, answeredAt: null, isOver: false,
                });
            }
            if (META.test(message.channel) && message.advice) this.#onAdvice(message, now);
        }
    }

    /** Records the response to this client's connect. */
    onConnectReply(clientId, messages) {
        const client = this.clients.get(clientId);
        if (!client) return;
        client.answeredAt = Date.now();
        const advice = messages.find((message) => message.channel === "/meta/connect")?.advice;
        if (advice?.interval !== undefined) client.interval = advice.interval;
        if (advice?.reconnect === "handshake") client.isOver = true;
    }

    #handshake(messages) {
        const [message] = messages;
        if (messages.length > 1) this.broken("a handshake that is not alone in its request");
        if (!message.version) this.broken("a handshake without version");
        if (!message.supportedConnectionTypes) this.broken("a handshake without connection types");
        if (message.clientId) this.broken("a handshake with a clientId");
        if (!message.id) this.broken("a handshake without id");
        if (this.handshakes > 0) this.broken("two handshakes at once");
        this.#still("/meta/handshake");
        this.handshakes++;
        return () => this.handshakes--;
    }

    #message(message, over, cookies) {
        const { channel, clientId, id } = message;
        const client = this.clients.get(clientId);
        if (!clientId) this.broken(`${channel} without clientId`);
        else if (!client) this.broken(`${channel} with a clientId that was never given`);
        if (META.test(channel)) {
            if (!id) this.broken(`${channel} without id`);
            else if (client?.ids.has(id)) this.broken(`${channel} with an id used before: ${id}`);
            client?.ids.add(id);
        }
        if (!cookies.complete) this.broken(`${channel} without its cookies`);
        if (channel !== "/meta/disconnect") this.#still(channel);
        if (channel !== "/meta/connect" || !client) return () => {};
        return this.#connect(message, client, over);
    }

    #connect(message, client, over) {
        if (message.connectionType !== over) {
            this.broken(`a connect of type ${message.connectionType} over ${over}`);
        }
        if (client.isOver) this.broken("a connect after advice to handshake");
        if (client.connects > 0 && !this.#wasStopped()) this.broken("two connects outstanding");
        const waited = Date.now() - client.answeredAt;
        if (client.answeredAt !== null && waited + SLACK < client.interval) {
            this.broken(`a connect after ${waited} ms where ${client.interval} were advised`);
        }
        client.connects++;
        client.over = over;
        client.answeredAt = null;
        return () => client.connects--;
    }

    /** Notes when this process was stopped by a signal. */
    #watchStops() {
        this.ranAt = Date.now();
        this.stoppedUntil = 0;
        setInterval(() => {
            const now = Date.now();
            if (now - this.ranAt > STOPPED) this.stoppedUntil = now;
            this.ranAt = now;
        }, 100).unref();
    }

    /** Returns whether it was just now: then it sees new requests before the end of old ones. */
    #wasStopped() {
        const now = Date.now();
        return now - this.ranAt > STOPPED || now - this.stoppedUntil < STOPPED;
    }

    #onAdvice({ advice }, now) {
        if (advice.reconnect === "none" || advice.interval < 0) this.dismissedAt = now;
    }

    #still(channel) {
        const since = Date.now() - this.dismissedAt;
        if (since < QUIET_PERIOD && since > SLACK) {
            this.broken(`${channel} ${since} ms after advice not to come back`);
        }
    }
}
