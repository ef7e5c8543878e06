// Checks many pages at many sizes and in both themes for overflow, and takes pictures.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { watches } from "./cost.mjs";
import { judgeLayout } from "./layout.mjs";

const AT_ONCE = 3; // tabs checked at the same time
const PHONE = 640; // narrower pages scroll

export function tour(stage) {
    let german = false;
    let rounds = 0;
    return {
        // Opens two tabs for each page, one of them phone-sized unless `phones` is false, and closes all
        // others. `cookie` is the session's; a probe can be installed in all of them.
        async visit({ base, pages, cookie, language, phones = true, watch }) {
            await Promise.all((stage.tabs || []).map((tab) => tab.page.context().close()));
            stage.tabs = [];
            const tabs = pages.flatMap(([name, path], place) => (phones ? [false, true] : [false]).map((isPhone) => [place, name, base + path, isPhone]));
            await inTurns(tabs, async (tab) => stage.tabs.push(await open(stage.browser, { cookie, language, watch }, ...tab)));
        },
        // Returns the boards on which an expression isn't true.
        async all({ expression }) {
            const boards = stage.tabs.filter((tab) => tab.isBoard);
            const seen = await Promise.all(boards.map((tab) => tab.page.evaluate(`Boolean(${expression})`)));
            return boards.filter((_, n) => !seen[n]).map((tab) => `${tab.name}${tab.isPhone ? " on a telephone" : ""}`);
        },
        // Evaluates an expression in each tab and returns the names of pages with its values.
        async each({ expression }) {
            return Promise.all(stage.tabs.map(async (tab) => [tab.name, await tab.page.evaluate(expression)]));
        },
        // Advances the clocks of all pages.
        async forward({ millis }) {
            const pages = stage.tabs ? stage.tabs.map((tab) => tab.page) : [stage.page];
            await Promise.all(pages.map((page) => page.clock.fastForward(millis)));
        },
        // Switches the boards' labels to German from now on.
        async german() {
            german = true;
        },
        // With `alternates`, each look is in one theme: the other one at the next size, page and state.
        async tour({ state, sizes, themes, alternates, font, folder, no_reload }) {
            const faults = new Map(); // fault to where it was seen
            const round = rounds++;
            const themesOf = (tab, size) => {
                const look = round + tab.place + sizes.indexOf(size);
                return alternates ? [themes[look % themes.length]] : themes;
            };
            await inTurns(stage.tabs, async (tab) => {
                if (!tab.isBoard && !no_reload) await tab.page.reload();
                for (const look of sizes.filter(([width]) => width < PHONE === tab.isPhone)) {
                    const [width, height] = look;
                    await resize(tab.page, width, height);
                    // On a busy machine, late layout happens within the frames that `setTheme` awaits.
                    await tab.page.evaluate(() => void dispatchEvent(new Event("resize")));
                    if (german) await tab.page.evaluate(useGermanLabels);
                    for (const theme of themesOf(tab, look)) {
                        await tab.setTheme(theme);
                        const size = `${width}x${height}`;
                        const found = await tab.page.evaluate(judgeLayout, {
                            isBoard: tab.isBoard, scrolls: !tab.isBoard || tab.isPhone,
                        });
                        for (const fault of found) {
                            const line = `${tab.name}, ${state}: ${fault}`;
                            faults.set(line, [...(faults.get(line) || []), `${size} ${theme}`]);
                        }
                        if (folder) await shoot(tab, folder, `${tab.name}.${state}.${size}.${theme}.${font}.png`);
                    }
                }
            });
            return [...faults].map(([line, where]) => `${line} (${where.join(", ")})`);
        },
    };
}

async function open(browser, { cookie, language, watch }, place, name, url, isPhone) {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 720 };
    const context = await browser.newContext({ viewport, locale: language });
    if (cookie) await context.setExtraHTTPHeaders({ cookie });
    const page = await context.newPage();
    await page.clock.install();
    await page.addInitScript(keepSeconds);
    if (watch) await page.addInitScript(watches[watch]);
    await page.goto(url);
    const isBoard = /^\/boards\/[^\/]+$/.test(new URL(url).pathname) && !url.endsWith("/boards/new");
    const devtools = await context.newCDPSession(page);
    // A board's theme is its author's choice, a desk page's is the reader's.
    const setTheme = async (theme) => {
        if (isBoard) await page.evaluate((theme) => void (document.body.dataset.theme = theme), theme);
        else await page.emulateMedia({ colorScheme: theme });
        await settle(page);
    };
    return { place, name, page, isBoard, isPhone, devtools, setTheme };
}

// Runs in the page before its script: keeps what it does each second, for `resize`.
export function keepSeconds() {
    const every = window.setInterval;
    window.seconds = [];
    window.setInterval = (work, pace, ...rest) => {
        if (pace === 1000) window.seconds.push(work);
        return every(work, pace, ...rest);
    };
}

// Sets the window's size. The shift against burn-in follows with the page's next second, which is
// brought forward.
export async function resize(page, width, height) {
    await page.setViewportSize({ width, height });
    await page.waitForFunction((width) => innerWidth === width, width, { polling: "raf" });
    await page.evaluate(() => window.seconds?.forEach((work) => work()));
    await page.waitForFunction((width) => {
        const most = Math.max(1, Math.round(Math.min(innerWidth, innerHeight) * 0.003));
        const shift = document.body.style.transform.match(/\d+/g) || [];
        return innerWidth === width && shift.every((pixels) => pixels <= most);
    }, width, { polling: 50 });
}

// Colors fade for 0.3 s, and a new size takes effect in the next frames.
async function settle(page) {
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finish())));
    for (let frames = 0; frames < 2; frames++) {
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
}

async function shoot(tab, folder, name) {
    mkdirSync(folder, { recursive: true });
    await tab.page.screenshot({ path: join(folder, name), fullPage: !tab.isBoard });
}

// Runs `act` on each, a few at a time.
async function inTurns(all, act) {
    const rest = [...all];
    const worker = async () => {
        while (rest.length) await act(rest.shift());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

// Figure labels in the longest language that we know of.
function useGermanLabels() {
    const WORDS = {
        Waiting: "Wartende", "Longest wait": "Längste Wartezeit", Available: "Verfügbar",
        Abandoned: "Abgebrochen", Answered: "Angenommen", "In conversation": "In Gesprächen",
        "Average wait": "Mittlere Wartezeit", "Needs attention": "Braucht Aufmerksamkeit",
        Queue: "Warteschlange", "All queues": "Alle Warteschlangen",
    };
    for (const el of document.querySelectorAll(".fig .long, thead th")) {
        const text = el.textContent.trim();
        const german = WORDS[text] || text.replace(/^In (\d+) s$/, "In $1 Sek.");
        if (german !== text) el.textContent = german;
    }
    const SHORT = { waiting: "wartend", wait: "Wartezeit", free: "frei", answered: "angenommen" };
    for (const el of document.querySelectorAll(".fig .short, .hero dt .mark")) el.textContent = SHORT[el.textContent.trim()] || el.textContent;
    dispatchEvent(new Event("resize"));
}
