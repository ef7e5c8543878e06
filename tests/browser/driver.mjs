// Drives Chromium for the tests: one JSON command per line on standard input, one response per line on standard output, for any number of
// windows at once, each told by its number: driver.mjs FONT [FLAG...], with flags for Chromium. The tests are in tests/it/browser_*.rs.

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { environment } from "./fonts.mjs";
import { openWindow } from "./window.mjs";

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium-headless-shell",
    env: environment(process.argv[2]),
    args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update",
        ...process.argv.slice(3),
    ],
});
const windows = new Map(); // by number

async function answer({ window, ...command }) {
    if (!windows.has(window)) windows.set(window, openWindow(browser));
    const commands = windows.get(window);
    if (command.do === "close") windows.delete(window);
    try {
        console.log(JSON.stringify({ window, value: (await commands[command.do](command)) ?? null }));
    } catch (error) {
        console.log(JSON.stringify({ window, error: String(error) }));
    }
}

// No window waits for another one.
for await (const line of createInterface({ input: process.stdin })) answer(JSON.parse(line));
await browser.close();
