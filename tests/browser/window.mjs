// A window of the tests: its pages, and the commands for them.

import { access } from "./access.mjs";
import { cost, watches } from "./cost.mjs";
import { judgeLayout } from "./layout.mjs";
import { prominence } from "./prominence.mjs";
import { tileSizes } from "./tile_sizes.mjs";
import { PHONE, keepSeconds, resize, tour } from "./tour.mjs";

const TYPING = 40; // ms a key: no person is so fast, which only matters where a test claims a time

export function openWindow(browser) {
    const contexts = new Set();
    const errors = []; // errors from the console and the page
    const newContext = async (options) => {
        const context = await browser.newContext(options);
        contexts.add(context);
        context.on("close", () => contexts.delete(context));
        return context;
    };
    // The last opened page and its DevTools session.
    const stage = { browser: { newContext }, page: null, devtools: null };
    return {
        // Opens a page on `url` in place of the last one, which would take processor time. Scripts can be disabled, the
        // processor slowed down `slow` times, a probe installed, the clock controlled, and a session used by its cookie.
        async open({ url, script = true, width = 1920, height = 1080, slow = 1, watch, clock, cookie }) {
            await stage.page?.context().close();
            const context = await stage.browser.newContext({
                javaScriptEnabled: script,
                viewport: { width, height },
            });
            if (cookie) await context.setExtraHTTPHeaders({ cookie });
            const page = await context.newPage();
            page.on("console", (message) => {
                if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
            });
            page.on("pageerror", (error) => errors.push(String(error)));
            stage.page = page;
            stage.devtools = await context.newCDPSession(page);
            stage.frames = [];
            stage.texts = [];
            stage.devtools.on("Network.webSocketFrameReceived", ({ response }) => {
                stage.frames.push(response.payloadData.length);
                if (watch === "frames") stage.texts.push(response.payloadData);
            });
            await stage.devtools.send("Network.enable");
            if (clock) await page.clock.install();
            await page.addInitScript(keepSeconds);
            if (watch) await page.addInitScript(watches[watch]);
            if (slow > 1) await stage.devtools.send("Emulation.setCPUThrottlingRate", { rate: slow });
            await page.goto(url);
        },
        // Opens another page in the same tab, with its cookies and memory.
        async go({ url }) {
            stage.frames = [];
            stage.texts = [];
            await stage.page.goto(url);
        },
        // Sets the window's size.
        async size({ width, height }) {
            await resize(stage.page, width, height);
        },
        // Evaluates an expression in the page, outside of its content security policy.
        async evaluate({ expression }) {
            const { result, exceptionDetails } = await evaluate(stage, expression);
            if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
            return result.value ?? null;
        },
        // Returns the fonts that the first element of each selector is drawn with.
        async fonts({ selectors }) {
            const { devtools } = stage;
            await devtools.send("DOM.enable");
            await devtools.send("CSS.enable");
            const { root } = await devtools.send("DOM.getDocument");
            const fontsOf = async (selector) => {
                const { nodeId } = await devtools.send("DOM.querySelector", { nodeId: root.nodeId, selector });
                const { fonts } = await devtools.send("CSS.getPlatformFontsForNode", { nodeId });
                return fonts.map((font) => font.familyName).sort();
            };
            return Promise.all(selectors.map(fontsOf));
        },
        // Sets the window's size and returns the sizes of tiles and the faults of their layout.
        async tiles({ width, height }) {
            await resize(stage.page, width, height);
            await stage.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
            const faults = await stage.page.evaluate(judgeLayout, { isBoard: true, scrolls: width < PHONE });
            return { ...(await stage.page.evaluate(tileSizes)), faults };
        },
        // Types into the field of a label, perhaps in a group of fields, key by key.
        async type({ group, label, text, pace = TYPING }) {
            const place = group ? stage.page.getByRole("group", { name: group, exact: true }) : stage.page;
            const field = place.getByLabel(label, { exact: true });
            await field.fill("");
            await field.pressSequentially(text, { delay: pace, timeout: 0 });
        },
        // Chooses an option of the field of a label by its text.
        async choose({ label, option }) {
            await stage.page.getByRole("combobox", { name: label, exact: true }).selectOption(option);
        },
        // Follows a link or presses a button, by what it says; without a role, whatever says it, or what a selector finds.
        async click({ role, name, at }) {
            const said = () =>
                role ? stage.page.getByRole(role, { name, exact: true }) : stage.page.getByText(name, { exact: true });
            await (at ? stage.page.locator(at) : said()).first().click();
        },
        // Taps on what a selector finds, without a look by Playwright before, which counts as a user's action.
        async tap({ at }) {
            const box = `(({ x, y, width, height }) => [x + width / 2, y + height / 2])(document.querySelector(${JSON.stringify(at)}).getBoundingClientRect())`;
            const { result } = await evaluate(stage, box);
            await stage.page.mouse.click(...result.value);
        },
        async press({ key }) {
            await stage.page.keyboard.press(key);
        },
        async screenshot({ path }) {
            await stage.page.screenshot({ path });
        },
        async errors() {
            return errors;
        },
        ...cost(stage),
        ...access(stage),
        ...prominence(stage),
        ...tour(stage),
        async close() {
            await Promise.all([...contexts].map((context) => context.close()));
        },
    };
}

// Retried if the page was just being replaced.
async function evaluate(stage, expression) {
    try {
        return await stage.devtools.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    } catch (error) {
        if (/navigated|destroyed|Cannot find context/.test(error)) return evaluate(stage, expression);
        throw error;
    }
}
