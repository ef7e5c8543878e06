// Faults between the client and the server, injected by a test.

/** Kinds of requests that a fault can be ordered for. */
const GROUPS = {
    bayeux: ["handshake", "connect", "subscribe", "unsubscribe", "disconnect", "event"],
    rest: ["rest"],
    token: ["token"],
};

export class Faults {
    constructor() {
        this.faults = [];
        /** How many requests were answered with a fault. */
        this.taken = 0;
    }

    /**
     * Adds a fault: `to` is a kind or group of requests, `with` the fault, `times` (1) how often,
     * or `for` how many ms.
     */
    schedule({ to, times, for: time, ...fault }) {
        const until = time ? Date.now() + time : Infinity;
        const kinds = [].concat(to).flatMap((kind) => GROUPS[kind] ?? [kind]);
        this.faults.push({ ...fault, kinds, left: times ?? (time ? Infinity : 1), until });
    }

    /** Takes the fault for a request of this kind, if there is one. */
    take(kind) {
        this.#forget();
        const fault = this.faults.find(({ kinds }) => kinds.includes(kind));
        if (fault) {
            fault.left--;
            this.taken++;
        }
        this.#forget();
        return fault;
    }

    /** Returns whether a fault is pending for requests of this kind. */
    awaits(kind) {
        this.#forget();
        return this.faults.some(({ kinds }) => kinds.includes(kind));
    }

    /** The number of pending faults. */
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
