// Accessibility: axe-core's findings, and keyboard operation.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AT_ONCE = 8; // presses of Tab
const DATES = 12; // tab stops within a date field: month, day, year, calendar
// Rules whose result depends on the theme.
const COLOR_RULES = ["color-contrast", "link-in-text-block"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export function access(stage) {
    let rounds = 0;
    return {
        // Returns the barriers found on every tab, one per line. With `no_reload`, no page is reloaded; with `alternates`, each tab is looked
        // at in one theme, and in the next one the next time; with `colors`, only by the rules about them.
        async axe({ themes, no_reload, alternates, colors }) {
            const found = [];
            const round = rounds++;
            for (const tab of stage.tabs) {
                if (!tab.isBoard && !no_reload) await tab.page.reload();
                const has = alternates ? [themes[(round + tab.place) % themes.length]] : themes;
                found.push(...(await findBarriers(tab, has, colors ? COLOR_RULES : null)));
            }
            return found;
        },
        // Walks through the page with Tab alone and returns the problems found.
        async keys({ skip = true }) {
            return walk(stage, skip);
        },
    };
}

// Walks through a page with Tab alone and returns the problems found. With `skip`, its first stop leads to its content.
export async function walk({ page, devtools }, skip) {
    const faults = [];
    const focused = () => page.evaluate(describeFocus);
    if (skip) {
        await page.keyboard.press("Tab");
        const first = await focused();
        if (!first || !first.href.endsWith("#main")) faults.push(`the first stop is no way to the content: ${JSON.stringify(first)}`);
        if (first && !first.seen) faults.push("the way to the content cannot be seen when it has the focus");
        await page.keyboard.press("Enter");
        // A slow browser reports its new address a moment later.
        await page.waitForURL((url) => url.hash === "#main", { timeout: 5_000 }).catch(() => faults.push("the way to the content leads elsewhere"));
        // The focus follows with a frame.
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        // Elements that appear and disappear by themselves meanwhile would be missed or
        // miscounted.
        await page.evaluate(() => document.getElementById("pause")?.click());
    }
    await page.evaluate(`(${recordStops})(${describeFocus}, ${findFocusable})`);
    const all = await page.evaluate("walked.count()");
    const stops = new Set();
    let last = -1;
    // From the content to the end of the page, and then from its start.
    let rounds = skip ? 2 : 1;
    const add = (stop) => {
        last = stop.at;
        stops.add(stop.at);
        if (!stop.seen) faults.push(`${stop.what}: has the focus and is not in sight`);
        if (!stop.ring) faults.push(`${stop.what}: nothing shows that it has the focus`);
    };
    for (let isOver = false, n = 0; !isOver && n <= all + DATES;) {
        await pressTab(devtools, AT_ONCE);
        const { passed, held } = await page.evaluate("walked.take()");
        n += Math.max(1, passed.length);
        for (const stop of held ? [...passed, held] : passed) {
            if (stop?.at === last) continue;
            if (!stop) rounds--;
            isOver = rounds === 0 || (stop && stops.has(stop.at));
            if (isOver) break;
            if (stop) add(stop);
        }
        if (isOver || !held) continue;
        await page.keyboard.press("Enter");
        const after = await focused();
        if (after.open === held.open) faults.push(`${held.what}: Enter does not open it`);
        await page.evaluate("walked.goOn()");
    }
    // Opened elements add more stops.
    const now = await page.evaluate("walked.count()");
    if (stops.size < Math.min(all, now)) faults.push(`${stops.size} of ${all} can be reached, not ${await page.evaluate("walked.missed()")}`);
    return faults;
}

// Presses Tab so many times, without waiting for the page in between.
async function pressTab(devtools, times) {
    const key = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 };
    const events = Array.from({ length: times }, () => ["rawKeyDown", "keyUp"]).flat();
    await Promise.all(events.map((type) => devtools.send("Input.dispatchKeyEvent", { type, ...key })));
}

// Runs in the page: notes where each Tab leaves from, and holds the focus at something that can be opened.
function recordStops(describe, find) {
    const passed = [];
    const opened = new Set();
    const known = new Map(); // elements to their numbers
    let held = null;
    let isFirst = true;
    const onTab = (event) => {
        if (event.key !== "Tab") return;
        const el = document.activeElement;
        if (!known.has(el)) known.set(el, known.size);
        const stop = describe();
        if (stop) stop.at = known.get(el);
        if (!held && el.tagName === "SUMMARY" && !opened.has(el)) held = stop;
        if (held) {
            opened.add(el);
            event.preventDefault();
            event.stopImmediatePropagation();
        } else if (!isFirst) passed.push(stop);
        isFirst = false;
    };
    addEventListener("keydown", onTab, true);
    window.walked = {
        take: () => ({ passed: passed.splice(0), held }),
        goOn: () => (held = null),
        count: () => find().length,
        missed: () => find().filter((el) => !known.has(el)).map((el) => el.outerHTML.slice(0, 80)).join(", "),
    };
}

// Returns axe-core's findings in a tab and what is too pale there: all rules in the first theme unless these are named, those about
// colors in the others.
export async function findBarriers(tab, themes, rules) {
    const found = [];
    for (const theme of themes) {
        await tab.setTheme(theme);
        const names = rules ?? (theme === themes[0] ? null : COLOR_RULES);
        found.push(...(await judge(tab, theme, names ? { type: "rule", values: names } : { type: "tag", values: TAGS })));
        const pale = await tab.page.evaluate(findPale);
        found.push(...pale.map((one) => `${tab.name} (${theme}): ${one}`));
    }
    return found;
}

async function judge(tab, theme, runOnly) {
    // Through DevTools: the page's content security policy allows no foreign scripts.
    await tab.devtools.send("Runtime.evaluate", { expression: `window.axe || (() => {${AXE}})()`, returnByValue: false });
    const { result } = await tab.devtools.send("Runtime.evaluate", {
        expression: `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ["violations"] }).then((result) =>
            result.violations.map((one) => one.id + ": " + one.help + ": " + one.nodes.length + " times, first " +
                one.nodes[0].target.join(" ") + " " + (one.nodes[0].any[0] || one.nodes[0].all[0] || one.nodes[0].none[0] || {}).message))`,
        awaitPromise: true, returnByValue: true,
    });
    return (result.value ?? [`axe did not run: ${result.description}`]).map((one) => `${tab.name} (${theme}): ${one}`);
}

// Current numbers and names with a contrast below 7:1. Stale ones are paler on purpose. Colored figures and the small
// text beside a figure have AA's 4.5:1, and zeros, which recede, have AA's 3:1 of large text.
function findPale() {
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const parts = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const ground = (el) => {
        for (let box = el; box; box = box.parentElement) {
            const color = parts(getComputedStyle(box).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const found = new Set();
    for (const el of document.querySelectorAll("h1, h2, .name, .hero .num, .row .num, .total .num, td .num, dd .num, bdi")) {
        if (!el.textContent.trim() || !el.checkVisibility({ visibilityProperty: true })) continue;
        // Links are recognized by their color; unknown and stale figures by their paleness.
        if (el.closest("a, [data-sev=stale], .stale, dialog, .group h2, .off, nav") || el.textContent.trim() === "–") continue;
        const [low, high] = [light(parts(getComputedStyle(el).color)), light(ground(el))].sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        const text = el.textContent.trim();
        const isColored = el.closest("[data-sev=warn], [data-miss=yes]") && el.classList.contains("num");
        const least = text === "0" ? 3 : isColored || el.closest("small") ? 4.5 : 7;
        if (ratio < least - 0.01) found.add(`${el.tagName.toLowerCase()}.${el.className} “${text.slice(0, 30)}” stands out ${ratio.toFixed(1)}:1, not ${least}:1`);
    }
    return [...found].slice(0, 8);
}

function findFocusable() {
    // A group navigated by arrow keys is one stop.
    const can = "a[href]:not([tabindex='-1']), button:not([tabindex='-1']), summary, input, select, textarea, [tabindex]:not([tabindex='-1'])";
    return [...document.querySelectorAll(can)].filter((el) => {
        const closed = el.closest("details:not([open])");
        const isOther = el.type === "radio" && !el.checked && el.form.querySelector(`[name="${el.name}"]:checked`);
        return !isOther && el.checkVisibility({ visibilityProperty: true }) && !el.disabled && (!closed || el.tagName === "SUMMARY");
    });
}

function describeFocus() {
    const el = document.activeElement;
    if (!el || el === document.body || el === document.documentElement) return null;
    const box = el.getBoundingClientRect();
    const style = getComputedStyle(el);
    return {
        what: `${el.tagName.toLowerCase()} “${el.textContent.trim().slice(0, 40)}”`,
        tag: el.tagName,
        href: el.getAttribute("href") || "",
        open: el.parentElement && el.parentElement.open,
        seen: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
}
