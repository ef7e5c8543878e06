// Runs the page's own reconnection (static/board/line.js) for 500 screens against a server that is
// down for 60 s, on a simulated clock. Prints when screens reconnected.

import { readFileSync } from "node:fs";

const SCREENS = 500;
const AWAY = 60_000;
const UNTIL = 90_000;

const source = readFileSync(new URL("../../static/board/line.js", import.meta.url), "utf8");
// Passes the module's imports as parameters and returns its exports.
const code = source
    .replace(/^import [^;]+;$/gm, "")
    .replace(/^export (let|function) /gm, "$1 ");
const screen = new Function(
    "document", "location", "performance", "WebSocket", "setTimeout", "clearTimeout", "fetch",
    "addEventListener", "reload", "write", "dated", "learn", "limit", "mark", "now", "since", "wall", "$", "all",
    "body", "data", "build", "say", "innerWidth", "innerHeight",
    `${code}\nreturn { open, live, watch };`
);

let now = 0;
let order = 0;
const due = []; // scheduled events, as [time, order, action]
const at = (when, what) => {
    const entry = [when, order++, what];
    due.push(entry);
    return entry;
};

const attempts = [];
const back = [];
for (let n = 0; n < SCREENS; n++) start(n);
at(0, () => {});
while (due.length) {
    due.sort((a, b) => b[0] - a[0] || b[1] - a[1]);
    const [when, , what] = due.pop();
    if (when > UNTIL) break;
    now = when;
    what();
}

const after = back.map((when) => (when - AWAY) / 1000);
const window_ = Math.max(...after, 1);
const perSecond = (list, from, to) => list.filter((when) => when >= from && when < to).length / ((to - from) / 1000);
console.log(JSON.stringify({
    back: back.length,
    last_after_s: +window_.toFixed(2),
    // Average reconnections per second, over the longest wait of a screen.
    per_second: +(back.length / Math.max(10, window_)).toFixed(1),
    most_in_a_second: Math.max(...Array.from({ length: 12 }, (_, s) => after.filter((x) => x >= s && x < s + 1).length)),
    attempts_while_away_per_second: +perSecond(attempts, 10_000, AWAY).toFixed(1),
}));

function start() {
    const element = () => ({ hidden: true, textContent: "", dataset: {}, setAttribute() {} });
    const elements = new Map();
    const document = {
        body: { dataset: { v: "1", live: "/boards/queues/live" }, classList: { add() {}, remove() {}, toggle() {} } },
        querySelectorAll: () => [],
        getElementById: (id) => elements.get(id) || elements.set(id, element()).get(id),
    };
    class Line {
        constructor() {
            // The outage begins and ends at the same moment for all.
            const wasAway = now > 0 && now < AWAY;
            if (now > 0) attempts.push(now);
            at(now + 5, () => {
                if (wasAway) return this.onclose({ code: 1006 });
                this.readyState = 1;
                this.onopen();
                this.onmessage({ data: JSON.stringify({ t: "hi", hint: { hb: 10, min: 500, max: 10000 } }) });
                if (now >= AWAY) back.push(now);
                else at(1_000, () => this.onclose({ code: 1006 }));
            });
        }
        close() {}
        send() {}
    }
    const later = (what, wait) => at(now + wait, what);
    const never = (entry) => {
        const found = due.indexOf(entry);
        if (found >= 0) due.splice(found, 1);
    };
    const ask = () => ({
        then(good, bad) {
            const isAway = now < AWAY;
            at(now + 5, () => (isAway ? bad(new Error("away")) : good({ status: 200, ok: true })));
        },
    });
    const clock = { format: () => "12:00" };
    const page = screen(
        document, { origin: "http://wall", href: "http://wall/", reload() {} }, { now: () => now },
        Line, later, never, ask, () => {}, () => {}, () => {}, () => "", () => {}, () => 8000, () => now, () => now, (then) => now - then, clock, document.getElementById, document.querySelectorAll,
        document.body, document.body.dataset, document.body.dataset.v, (text) => text, 1920, 1080
    );
    page.open(page.live, () => ({ e: "1", n: 1 }));
}
