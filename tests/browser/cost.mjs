// A page's cost: frames, main-thread time, memory.

// Each is a script that runs in the page before the page's own.
export const watches = {
    // Counts the notes that begin to play.
    notes: `(() => {
        window.notes = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (at) {
            window.notes++;
            return start.call(this, at);
        };
    })()`,
    // Notes the titles of notifications, of which somebody who looks elsewhere allows all.
    notifications: `(() => {
        window.notified = [];
        document.hasFocus = () => false;
        window.Notification = class {
            // As a browser does, over the tab's pages.
            static get permission() {
                return sessionStorage.getItem('permission') || 'default';
            }
            static async requestPermission() {
                sessionStorage.setItem('permission', 'granted');
                return 'granted';
            }
            constructor(title, { tag }) {
                window.notified.push(title);
                this.tag = tag;
            }
            close() {
                window.notified.push('closed');
            }
        };
    })()`,
    // The same on a phone, where only a service worker may show them.
    phone_notifications: `(() => {
        window.notified = [];
        document.hasFocus = () => false;
        window.Notification = class {
            static permission = 'granted';
            static async requestPermission() {
                return 'granted';
            }
            constructor() {
                throw new TypeError('Illegal constructor');
            }
        };
        const shown = new Map();
        ServiceWorkerRegistration.prototype.showNotification = async function (title, { tag }) {
            if (this.active.state !== 'activated') throw new TypeError('no active worker');
            window.notified.push(title);
            shown.set(tag, { tag, close: () => shown.delete(tag) && window.notified.push('closed') });
        };
        ServiceWorkerRegistration.prototype.getNotifications = async () => [...shown.values()];
    })()`,
    // Measures how long and how often frames are applied.
    frames: `(() => {
        const native = window.requestAnimationFrame;
        const durations = [];
        window.requestAnimationFrame = (then) => native((now) => {
            const start = performance.now();
            then(now);
            const script = performance.now() - start;
            // The change's layout is forced at once, so that it can be measured.
            document.body.offsetHeight;
            if (then.name === 'apply') durations.push([script, performance.now() - start]);
        });
        const at = (list, share) => list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
        const percentiles = (list) => ({ p50_ms: +at(list, 0.5).toFixed(2), p95_ms: +at(list, 0.95).toFixed(2) });
        window.frameCost = () => {
            const warm = durations.slice(5);
            const whole = percentiles(warm.map((one) => one[1]));
            return Object.assign({ frames: warm.length }, percentiles(warm.map((one) => one[0])),
                { with_layout_p50_ms: whole.p50_ms, with_layout_p95_ms: whole.p95_ms });
        };
        // The same board replaced as a whole, as a page without slots would do it.
        window.renderFully = (times) => {
            const list = document.querySelector('[data-list]');
            const html = list.innerHTML;
            const all = [];
            for (let n = 0; n < times; n++) {
                const start = performance.now();
                list.innerHTML = html;
                document.body.offsetHeight;
                all.push(performance.now() - start);
            }
            return Object.assign({ bytes: html.length }, percentiles(all));
        };
    })()`,
    // Collects what the page's content security policy blocks.
    policy: `(() => {
        window.violations = [];
        document.addEventListener("securitypolicyviolation", (event) =>
            window.violations.push([event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber].join(" ")));
    })()`,
    // Replaces the server connection: `replay` plays the frames.
    offline: `window.WebSocket = class {
        constructor() { window.offline = this; this.readyState = 1; }
        send() {}
        close() {}
    }`,
    // Measures motion and flashes.
    motion: `(() => {
        const startTimes = new Map();
        const endless = new Set();
        const shades = new Map();
        const flashes = [];
        let longest = 0;
        let looks = 0;
        const light = (color) => {
            const [r, g, b] = (color.match(/[\\d.]+/g) || [0, 0, 0]).map(Number);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        setInterval(() => {
            looks++;
            const now = performance.now();
            for (const animation of document.getAnimations()) {
                if (animation.playState !== 'running') continue;
                if (!startTimes.has(animation)) startTimes.set(animation, now);
                longest = Math.max(longest, now - startTimes.get(animation));
                if (animation.effect.getComputedTiming().endTime > 5000) endless.add(animation.animationName || animation.transitionProperty);
            }
            for (const el of document.querySelectorAll('.row, .alert, .mini span, .band')) {
                const shade = light(getComputedStyle(el).backgroundColor);
                const known = shades.get(el) || { shade, turns: [], way: 0 };
                const way = Math.abs(shade - known.shade) > 2 ? Math.sign(shade - known.shade) : 0;
                if (way && known.way && way !== known.way) {
                    known.turns = known.turns.filter((at) => now - at < 1000).concat(now);
                    // A flash is a pair of opposing changes; the limit is three a second (WCAG
                    // 2.3.1).
                    if (known.turns.length > 6) flashes.push(el.id || el.className);
                }
                if (way) known.way = way;
                known.shade = shade;
                shades.set(el, known);
            }
        }, 50);
        window.motion = () => ({ looks, longest, endless: Array.from(endless), flashes });
    })()`,
};

export function cost(stage) {
    let before = null;
    return {
        // Measures memory after garbage collection.
        async weigh() {
            const { devtools } = stage;
            // Twice: objects released by finalizers go with the second.
            await devtools.send("HeapProfiler.collectGarbage");
            await devtools.send("HeapProfiler.collectGarbage");
            const { usedSize } = await devtools.send("Runtime.getHeapUsage");
            const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
            const expression = "document.getElementsByTagName('*').length";
            const { result } = await devtools.send("Runtime.evaluate", { expression, returnByValue: true });
            return { heap: usedSize, nodes, elements: result.value, listeners: jsEventListeners, frames: stage.frames.length };
        },
        // Replays the frames received so far in a new page on `url`, on a slowed-down screen
        // without a server: their cost, and their share of a core.
        async replay({ url, slow, pace, seconds }) {
            const frames = stage.texts.map((text) => JSON.parse(text)).filter((frame) => frame.t === "d");
            await stage.page.context().close();
            const context = await stage.browser.newContext({ viewport: { width: 1920, height: 1080 } });
            const page = await context.newPage();
            await page.addInitScript(watches.offline + ";" + watches.frames);
            await page.goto(url);
            stage.devtools = await context.newCDPSession(page);
            await stage.devtools.send("Emulation.setCPUThrottlingRate", { rate: slow });
            await page.evaluate(([frames, pace]) => {
                let n = Number(document.body.dataset.n);
                let at = 0;
                setInterval(() => {
                    const frame = Object.assign({}, frames[at++ % frames.length], { e: document.body.dataset.e, n: ++n });
                    window.offline.onmessage({ data: JSON.stringify(frame) });
                }, pace);
            }, [frames, pace]);
            await new Promise((done) => setTimeout(done, 3000)); // what is compiled at first
            await this.meter();
            await new Promise((done) => setTimeout(done, seconds * 1000));
            const shares = await this.meter();
            return Object.assign(shares, await page.evaluate("frameCost()"), { full: await page.evaluate("renderFully(60)") });
        },
        // Returns the main thread's and scripts' share of a core since the last call.
        async meter() {
            await stage.devtools.send("Performance.enable");
            const { metrics } = await stage.devtools.send("Performance.getMetrics");
            const now = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
            const since = (name) => (now[name] - before[name]) / (now.Timestamp - before.Timestamp);
            const shares = before && {
                seconds: +(now.Timestamp - before.Timestamp).toFixed(1),
                share: +since("TaskDuration").toFixed(4),
                script_share: +since("ScriptDuration").toFixed(4),
                layout_share: +(since("LayoutDuration") + since("RecalcStyleDuration")).toFixed(4),
            };
            before = now;
            return shares;
        },
        // Returns the received frames' bytes, without the first (a greeting, or the whole board).
        async frames() {
            const sizes = stage.frames.slice(1).sort((a, b) => a - b);
            const at = (share) => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))];
            return { count: sizes.length, p50: at(0.5), p95: at(0.95), most: sizes[sizes.length - 1] };
        },
    };
}
