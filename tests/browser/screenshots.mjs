// Takes pictures of the demo: screenshots.mjs PROGRAM FOLDER.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, folder] = process.argv.slice(2);
const SIZES = [[960, 540], [1920, 1080], [390, 844]];
const PAGES = { gallery: "", queues: "boards/queues", agents: "boards/agents", sources: "sources" };
const FILLED = 12_000; // the simulated centre has filled its boards
const GREY = 14_000; // a lost line is felt after 10 s

const port = await freePort();
const demo = spawn(program, ["demo", "--listen", `127.0.0.1:${port}`], { stdio: "ignore" });
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
    mkdirSync(folder, { recursive: true });
    await answers();
    await new Promise((resolve) => setTimeout(resolve, FILLED));
    const open = [];
    for (const [width, height] of SIZES) {
        for (const [name, path] of Object.entries(PAGES)) {
            const page = await window(width, height, true, path);
            await shoot(page, `${name}-${width}x${height}`);
            if (path.startsWith("boards/")) open.push([page, `${name}-${width}x${height}-lost`]);
            else await page.close();
        }
        const plain = await window(width, height, false, PAGES.queues);
        await shoot(plain, `queues-${width}x${height}-without-script`);
        await plain.close();
    }
    demo.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, GREY));
    for (const [page, name] of open) await shoot(page, name);
} finally {
    demo.kill("SIGKILL");
    await browser.close();
}

async function window(width, height, script, path) {
    const context = await browser.newContext({ javaScriptEnabled: script, viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/${path}`);
    // A board is drawn at once and then laid out; a picture is of what stands.
    await page.waitForTimeout(1_000);
    return page;
}

async function shoot(page, name) {
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    console.log(path);
}

async function answers() {
    for (let tries = 0; tries < 200; tries++) {
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
        if (answer && answer.ok) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the demo does not answer");
}

async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    server.close();
    return port;
}
