// Takes the pictures of docs/how-to/supervisors.md from a demo of its own: guide.mjs PROGRAM FOLDER.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { environment } from "./fonts.mjs";

const FONT = "noto";
const WIDTH = 1280;
const ATTEMPTS = 20;
const PATIENCE = 240; // seconds until the demo's first alert, and for a page

const [program, folder] = process.argv.slice(2);
const address = `127.0.0.1:${await freePort()}`;
const demo = spawn(program, ["demo", "--listen", address], { stdio: "ignore" });
try {
    const alert = await firstAlert();
    const path = `/queues/${alert.subject}`;
    const moment = new Date(Date.parse(alert.since) + 20_000).toISOString();
    await take(path, "queue.png", 380);
    await take(`${path}?at=${moment}`, "rewind.png", 440);
} finally {
    demo.kill("SIGINT");
}

async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    return port;
}

/** Waits for the surge of the demo's first minutes. */
async function firstAlert() {
    for (let second = 0; second < PATIENCE; second++) {
        const response = await fetch(`http://${address}/api/v1/alerts?state=open`).catch(() => null);
        const { alerts = [] } = response?.ok ? await response.json() : {};
        const alert = alerts.find((one) => one.kind === "queue");
        if (alert) return alert;
        await pause(1000);
    }
    throw new Error(`no alert within ${PATIENCE} s`);
}

async function take(path, file, height) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || "/usr/bin/chromium-headless-shell",
        env: environment(FONT),
        args: ["--no-sandbox", "--disable-gpu"],
    });
    const page = await browser.newPage({ viewport: { width: WIDTH, height }, colorScheme: "light" });
    page.setDefaultTimeout(PATIENCE * 1000);
    const url = `http://${address}${path}`;
    // A busy machine may need several requests to read the log.
    for (let attempt = 1; !(await page.goto(url)).ok(); attempt++) {
        if (attempt === ATTEMPTS) throw new Error(`no page at ${url}`);
    }
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(folder, file) });
    await browser.close();
}
