// Checks many pages at many sizes and in both themes for overflow, and takes pictures.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findBarriers, walk } from "./access.mjs";
import { watches } from "./cost.mjs";
import { judgeLayout } from "./layout.mjs";

const AT_ONCE = 2; // tabs looked at at the same time
export const PHONE = 640; // narrower pages scroll
const FIRST_SIZE = { width: 1280, height: 720 };
const KEYBOARD_SIZE = { width: 1920, height: 1080 };

export function tour(stage) {
    let german = false;
    let rounds = 0;
    // Adds the faults of a tab at these sizes. With `alternates`, each look is in one theme: the other one at the next size, and at the next turn.
    async function look(tab, { state, turn, sizes, themes, alternates, font, folder }, faults) {
        for (const [n, [width, height]] of sizes.entries()) {
            for (const theme of alternates ? [themes[(turn + n) % themes.length]] : themes) {
                await tab.show([width, height], theme, german);
                const scrolls = !tab.isBoard || width < PHONE;
                for (const fault of await tab.page.evaluate(judgeLayout, { isBoard: tab.isBoard, scrolls })) {
                    const line = `${tab.name}, ${state}: ${fault}`;
                    faults.set(line, [...(faults.get(line) || []), `${width}x${height} ${theme}`]);
                }
                if (folder) await shoot(tab, folder, `${tab.name}.${state}.${width}x${height}.${theme}.${font}.png`);
            }
        }
    }
    return {
        // Opens a tab for each page and closes all others. `cookie` is the session's; a probe can be installed in all of them.
        async visit({ base, pages, cookie, language, watch }) {
            await this.leave();
            const context = await newContext(stage.browser, { cookie, language, watch });
            await context.clock.install();
            await inTurns([...pages.entries()], async ([place, [name, path]]) => {
                const tab = await openTab(context);
                stage.tabs.push(tab);
                await tab.go(place, name, base + path);
            });
        },
        // Closes all tabs.
        async leave() {
            await stage.tabs?.[0]?.page.context().close();
            stage.tabs = [];
        },
        // Returns the boards on which an expression isn't true.
        async all({ expression }) {
            const boards = stage.tabs.filter((tab) => tab.isBoard);
            const seen = await Promise.all(boards.map((tab) => tab.page.evaluate(`Boolean(${expression})`)));
            return boards.filter((_, n) => !seen[n]).map((tab) => tab.name);
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
        // Looks at these pages, one after another once `until` is true on their boards; without pages at all tabs, which aren't loaded again.
        // With `turns`, each page has one of so many parts of the sizes, and the next page, state and `turn` have the next part.
        async tour({ base, pages, until, sizes, turns = 1, turn = 0, ...rest }) {
            const faults = new Map(); // fault to where it was seen
            const round = rounds++;
            const lookAt = (tab) => {
                const has = sizes.filter((_, at) => (round + tab.place + at + turn) % turns === 0);
                // Not in step with the sizes.
                return look(tab, { ...rest, turn: Math.floor(round / 2) + tab.place, sizes: has }, faults);
            };
            if (!pages) {
                await inTurns(stage.tabs, lookAt);
                return written(faults);
            }
            await goThrough(stage.browser, {}, base, pages, async (tab) => {
                if (tab.isBoard) await waitFor(tab.page, until);
                await lookAt(tab);
            });
            return written(faults);
        },
        // Loads each page once and returns its faults: another language than this one, axe-core's findings, what doesn't fit, and with
        // `keys` what a keyboard can't do. With `alternates`, a page has one theme and two of the sizes by turns, of which one is the first,
        // and axe and the keyboard have the first rows of its tables.
        async check({ base, pages, cookie, language, themes, sizes, alternates, keys, ...rest }) {
            const faults = new Map();
            const found = [];
            const round = rounds++;
            await goThrough(stage.browser, { cookie, language }, base, pages, async (tab) => {
                const said = await tab.page.evaluate(() => document.documentElement.lang);
                if (said !== language) found.push(`${tab.name} is in ${said}, not ${language}`);
                const turn = round + tab.place;
                const [first, ...others] = sizes;
                const has = alternates ? [first, others[turn % others.length]] : sizes;
                await look(tab, { ...rest, state: "", turn, themes, alternates, sizes: has }, faults);
                if (alternates) await tab.page.evaluate(removeRepeatedRows);
                await tab.page.setViewportSize(KEYBOARD_SIZE);
                found.push(...(await findBarriers(tab, alternates ? [themes[turn % themes.length]] : themes)));
                if (keys) found.push(...(await walk(tab, true)).map((one) => `${tab.name}: ${one}`));
            });
            return [...found, ...written(faults)];
        },
    };
}

// Loads one page after another and acts on it, in a few tabs.
async function goThrough(browser, options, base, pages, act) {
    const context = await newContext(browser, options);
    const left = [...pages.entries()];
    const worker = async () => {
        const tab = await openTab(context);
        for (let next; (next = left.shift());) {
            const [place, [name, path]] = next;
            await tab.page.setViewportSize(FIRST_SIZE);
            await tab.go(place, name, base + path);
            await act(tab);
        }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, worker));
    await context.close();
}

async function newContext(browser, { cookie, language, watch }) {
    const context = await browser.newContext({ viewport: FIRST_SIZE, locale: language });
    if (cookie) await context.setExtraHTTPHeaders({ cookie });
    await context.addInitScript(keepSeconds);
    if (watch) await context.addInitScript(watches[watch]);
    return context;
}

async function waitFor(page, expression) {
    for (let look = 0; !(await page.evaluate(`Boolean(${expression})`)); look++) {
        if (600 < look) throw new Error(`${page.url()}: ${expression} isn't true`);
        await new Promise((done) => setTimeout(done, 50));
    }
}

// A tab that shows one page after another.
async function openTab(context) {
    const page = await context.newPage();
    const tab = {
        page,
        devtools: await context.newCDPSession(page),
        async go(place, name, url) {
            const isBoard = /^\/boards\/[^\/]+$/.test(new URL(url).pathname) && !url.endsWith("/boards/new");
            Object.assign(tab, { place, name, isBoard });
            await page.goto(url);
        },
        // A board's theme is its author's choice, a desk page's is the reader's.
        async setTheme(theme) {
            if (!tab.isBoard) await page.emulateMedia({ colorScheme: theme });
            await page.evaluate(settle, { theme: tab.isBoard && theme });
        },
        async show([width, height], theme, german) {
            if (!tab.isBoard) await page.emulateMedia({ colorScheme: theme });
            await resize(page, width, height);
            if (german) await page.evaluate(useGermanLabels);
            await page.evaluate(settle, { theme: tab.isBoard && theme });
        },
    };
    return tab;
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

// Runs in the page: rows of a long table are made from the same template.
function removeRepeatedRows() {
    document.querySelectorAll("tbody > tr:nth-child(n+9)").forEach((row) => row.remove());
}

// Sets the window's size, and waits until the page has it.
export async function resize(page, width, height) {
    await page.setViewportSize({ width, height });
    await page.evaluate(takeSize, { width, scrolls: width < PHONE });
}

// Runs in the page. The shift against burn-in follows with the page's next second, which is brought forward; a page that
// scrolls isn't shifted.
async function takeSize({ width, scrolls }) {
    const isShifted = () => {
        const most = scrolls ? 0 : Math.max(1, Math.round(Math.min(innerWidth, innerHeight) * 0.003));
        const shift = document.body.style.transform.match(/\d+/g) || [];
        return shift.some((pixels) => most < pixels);
    };
    let frames = 0;
    const waitWhile = async (isSo) => {
        while (isSo()) {
            if (600 < ++frames) throw new Error(`the page is ${innerWidth} wide, not ${width}, or shifted by ${document.body.style.transform}`);
            await new Promise((resolve) => requestAnimationFrame(resolve));
        }
    };
    await waitWhile(() => innerWidth !== width);
    window.seconds?.forEach((work) => work());
    await waitWhile(isShifted);
    // On a busy machine, late layout happens within the frames that `settle` awaits.
    dispatchEvent(new Event("resize"));
}

// Runs in the page. Colors fade for 0.3 s, and a new size takes effect in the next frames.
async function settle({ theme }) {
    if (theme) document.body.dataset.theme = theme;
    await Promise.all(document.getAnimations().map((one) => one.finish()));
    for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

async function shoot(tab, folder, name) {
    mkdirSync(folder, { recursive: true });
    await tab.page.screenshot({ path: join(folder, name), fullPage: !tab.isBoard });
}

function written(faults) {
    return [...faults].map(([line, where]) => `${line} (${where.join(", ")})`);
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
