// What goes wrong between the client and the server, by order of a test.

/** The kinds of request that a fault can be ordered for. */
const GROUPS = {
    bayeux: ["handshake", "connect", "subscribe", "unsubscribe", "disconnect", "event"],
    rest: ["rest"],
    token: ["token"],
};

export class Weather {
    constructor() {
        this.faults = [];
    }

    /** `to` a kind or group of requests, `with` a fault, `times` (1) or `for` so many ms. */
    order({ to, times, for: time, ...fault }) {
        const until = time ? Date.now() + time : Infinity;
        const kinds = [].concat(to).flatMap((kind) => GROUPS[kind] ?? [kind]);
        this.faults.push({ ...fault, kinds, left: times ?? (time ? Infinity : 1), until });
    }

    /** The fault that befalls a request of this kind, if any. */
    take(kind) {
        this.#forget();
        const fault = this.faults.find(({ kinds }) => kinds.includes(kind));
        if (fault) fault.left--;
        this.#forget();
        return fault;
    }

    /** Whether a request of this kind would meet a fault. */
    awaits(kind) {
        this.#forget();
        return this.faults.some(({ kinds }) => kinds.includes(kind));
    }

    /** How many faults are still to come. */
    get left() {
        this.#forget();
        return this.faults.length;
    }

    clear() {
        this.faults = [];
    }

    #forget() {
        const now = Date.now();
        this.faults = this.faults.filter(({ left, until }) => left > 0 && until > now);
    }
}
