// The contact center behind the API: each object's true values, their changes and recent history.
// Times here are true; values.mjs applies the server's clock error.

import { Random } from "./random.mjs";

/** How long past values are retained, in milliseconds. */
const MEMORY = 180_000;

/** Each object type's statistics and their kinds. */
const STATISTICS = {
    Queue: {
        CurrNumberWaitingCalls: "count",
        CurrMaxCallWaitingTime: "wait",
        TotalNumberInQueue: "total",
        TotalAnswered: "total",
        TotalAbandoned: "total",
        ServiceLevel: "percent",
        AverageWaitingTime: "seconds",
    },
    RoutePoint: {
        CurrentNumberWaitingCalls: "count",
        CallsEntered: "total",
        TotalAbandoned: "total",
    },
    GroupAgents: {
        CurrentReadyAgents: "count",
        CurrentNotReadyAgents: "count",
        CurrentLoggedInAgents: "count",
    },
    Agent: {
        CurrentAgentState: "state",
        TimeInCurrentState: "clock",
        InboundCalls: "total",
        AverageHandlingTime: "seconds",
    },
};

/** Statistics that a client may define itself instead of naming them. */
const DEFINED = {
    "CurrentNumber/CallWait": "CurrNumberWaitingCalls",
    "TotalNumber/CallEntered": "TotalNumberInQueue",
    "TotalNumber/CallAnswered": "TotalAnswered",
    "TotalNumber/CallAbandoned": "TotalAbandoned",
};

const STATES = [
    "WaitForNextCall", "CallRinging", "CallInbound", "CallOnHold", "AfterCallWork",
    "NotReadyForNextCall", "CallOutbound", "CallConsult", "CallDialing", "LoggedOut",
];
const REASONS = ["Lunch", "Meeting"];

export class Truth {
    constructor({ seed = 1, queues = 3, agents = 6, rate = 20, remembers = true } = {}) {
        this.random = new Random(seed);
        this.rate = rate;
        this.remembers = remembers;
        this.figures = new Map();
        this.changed = () => {};
        const objects = [
            ...Array.from({ length: queues }, (_, n) => ["Queue", queueId(n)]),
            ["RoutePoint", "+14699123081@us-east-1"],
            ["GroupAgents", "Support"],
            ...Array.from({ length: agents }, (_, n) => ["Agent", `agent${n}`]),
        ];
        for (const [type, object] of objects) this.#add(type, object);
        this.list = [...this.figures.values()];
    }

    /** Finds the figure that a request refers to, if there is one. */
    find({ objectType, objectId, name, definition }) {
        const wanted = name ?? DEFINED[`${definition?.category}/${definition?.mainMask}`];
        return this.figures.get(key(objectType, objectId, wanted));
    }

    /** Starts to change by itself. */
    run() {
        const step = 25;
        let due = 0;
        setInterval(() => {
            for (due += (this.rate * step) / 1000; due >= 1; due--) this.happen();
        }, step);
        setInterval(() => this.#tick(), 1000);
    }

    happen() {
        this.change(this.random.pick(this.list));
    }

    /** Changes one figure to a different value. */
    change(figure) {
        const { random } = this;
        switch (figure.kind) {
            case "count": {
                const value = Math.max(0, figure.value + random.pick([-2, -1, 1, 2]));
                this.set(figure, value === figure.value ? value + 1 : value);
                break;
            }
            case "total":
                this.set(figure, figure.value + 1 + random.below(3));
                break;
            case "percent":
                this.set(figure, random.below(10_000) / 100);
                break;
            case "seconds":
                this.set(figure, random.below(3_000) / 10);
                break;
            case "state":
                this.set(figure, random.pick(this.#others(figure)));
                break;
            // Clocks follow the value that they belong to.
            default:
        }
    }

    /** Changes every figure, so that no client is correct with old values. */
    changeAll() {
        for (const figure of this.list) this.change(figure);
    }

    set(figure, value) {
        const now = Date.now();
        const was = figure.value;
        figure.value = value;
        if (figure.kind === "state") {
            figure.since = now;
            figure.reason = value === "NotReadyForNextCall" ? this.random.pick(REASONS) : null;
            this.#start(figure.clock, now);
        }
        if (figure.clock && figure.kind === "count") {
            if (value === 0) this.#start(figure.clock, null);
            else if (was === 0 || this.random.below(4) === 0) this.#start(figure.clock, now);
        }
        this.#report(figure, now);
    }

    /** Marks a figure as invalid, as if it couldn't be computed right now, or as valid again. */
    setValid(figure, isValid) {
        figure.isValid = isValid;
        this.#report(figure, Date.now());
    }

    /** Returns a figure's plain value, or null if it isn't valid. */
    plain(figure) {
        if (!figure.isValid) return null;
        if (figure.kind === "state") {
            return { state: figure.value, since: figure.since, reason: figure.reason };
        }
        return isClock(figure) ? { since: figure.since } : figure.value;
    }

    /** Returns current values, and all values since a time, by type, object and name. */
    snapshot(since) {
        const snapshot = {};
        for (const figure of this.list) {
            const { type, object, name, history } = figure;
            const recent = history.filter(([, until]) => until === null || until >= since);
            ((snapshot[type] ??= {})[object] ??= {})[name] = {
                value: this.plain(figure), kind: figure.kind, recent: recent.map(([value]) => value),
            };
        }
        return snapshot;
    }

    #others({ value }) {
        return STATES.filter((state) => state !== value);
    }

    #add(type, object) {
        for (const [name, kind] of Object.entries(STATISTICS[type])) {
            const figure = {
                type, object, name, kind, isValid: true, since: null, reason: null, at: 0,
                value: kind === "state" ? "LoggedOut" : this.random.below(8),
                // Numbers come in one of several formats, always the same for a figure.
                format: this.figures.size, history: [],
            };
            this.figures.set(key(type, object, name), figure);
            if (kind === "wait") this.#couple(figure, "CurrNumberWaitingCalls");
            if (kind === "clock") this.#couple(figure, "CurrentAgentState");
            this.#report(figure, Date.now());
        }
    }

    #couple(clock, name) {
        const figure = this.figures.get(key(clock.type, clock.object, name));
        figure.clock = clock;
        figure.since ??= figure.kind === "state" ? Date.now() : null;
        clock.since = figure.kind === "state" || figure.value > 0 ? Date.now() : null;
    }

    #start(clock, since) {
        if (!clock) return;
        clock.since = since;
        this.#report(clock, Date.now());
    }

    /** Running clocks are reported every second. */
    #tick() {
        for (const figure of this.list) {
            if (isClock(figure) && figure.since !== null) this.#report(figure, Date.now());
        }
    }

    #report(figure, now) {
        // A figure's values never have equal times.
        figure.at = Math.max(now, figure.at + 1);
        if (this.remembers && !isClock(figure)) this.#remember(figure, now);
        this.changed(figure);
    }

    #remember(figure, now) {
        const { history } = figure;
        const last = history.at(-1);
        const value = figure.isValid ? figure.value : null;
        if (last?.[0] === value) return;
        if (last) last[1] = now;
        history.push([value, null]);
        while (history[0][1] !== null && history[0][1] < now - MEMORY) history.shift();
    }
}

export function isClock(figure) {
    return figure.kind === "wait" || figure.kind === "clock";
}

function key(type, object, name) {
    return `${type}|${object}|${name}`;
}

/** Every seventh object has a name that is hard to encode. */
function queueId(n) {
    return n % 7 === 1 ? `Süd & West+${n};x/y@SIP_Switch` : `${9000 + n}@SIP_Switch`;
}
