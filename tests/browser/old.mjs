// Drives an old Chromium (see engines.mjs) with the same commands as driver.mjs: old.mjs ENGINE
// FONT. Today's drivers don't support such engines, so this speaks DevTools itself. Node 20 has
// WebSocket with --experimental-websocket.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { environment } from "./fonts.mjs";

const profile = mkdtempSync(join(tmpdir(), "old-"));
const program = fileURLToPath(new URL(`node_modules/.engines/${process.argv[2]}`, import.meta.url));
const engine = spawn(program, [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
    "--disable-background-networking", `--user-data-dir=${profile}`, "about:blank",
], { env: environment(process.argv[3]), stdio: ["ignore", "ignore", "pipe"] });
engine.on("exit", (status) => {
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    process.exit(status);
});

const KEYS = { Enter: 13, Escape: 27, ArrowLeft: 37, ArrowRight: 39 };
const errors = []; // errors from the console and the page
const waiting = new Map();
const events = new Map(); // callbacks for responses
let count = 0;
let session;

const socket = new WebSocket(await address());
socket.onmessage = ({ data }) => onMessage(JSON.parse(data));
await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));

async function address() {
    for await (const line of createInterface({ input: engine.stderr })) {
        const found = /^DevTools listening on (.+)$/.exec(line);
        if (!found) continue;
        engine.stderr.resume();
        return found[1];
    }
    throw new Error("the engine did not start");
}

function onMessage({ id, method, params, result, error }) {
    if (id && waiting.has(id)) {
        const { resolve, reject } = waiting.get(id);
        waiting.delete(id);
        return error ? reject(new Error(error.message)) : resolve(result);
    }
    events.get(method)?.(params);
    if (method === "Target.receivedMessageFromTarget") onMessage(JSON.parse(params.message));
    if (method === "Log.entryAdded" && params.entry.level === "error") {
        errors.push(`${params.entry.text} (${params.entry.url})`);
    }
    if (method === "Runtime.exceptionThrown") {
        const { text, exception, url } = params.exceptionDetails;
        errors.push(`${exception?.description ?? text} (${url})`);
    }
    if (method === "Runtime.consoleAPICalled" && params.type === "error") {
        errors.push(params.args.map((arg) => arg.value ?? arg.description).join(" "));
    }
}

function send(method, params = {}) {
    const id = ++count;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

// Of the page: engines of this age don't support flat sessions.
function sendToPage(method, params = {}) {
    const id = ++count;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    const message = JSON.stringify({ id, method, params });
    send("Target.sendMessageToTarget", { sessionId: session, message }).catch((error) => {
        waiting.get(id)?.reject(error);
    });
    return answer;
}

const commands = {
    async open({ url, width = 1920, height = 1080 }) {
        const { targetId } = await send("Target.createTarget", { url: "about:blank" });
        session = (await send("Target.attachToTarget", { targetId })).sessionId;
        await Promise.all(["Runtime", "Log", "Page"].map((domain) => sendToPage(`${domain}.enable`)));
        await sendToPage("Emulation.setDeviceMetricsOverride", {
            width, height, deviceScaleFactor: 1, mobile: false,
        });
        const loaded = new Promise((resolve) => events.set("Page.loadEventFired", resolve));
        const { errorText } = await sendToPage("Page.navigate", { url });
        if (errorText) throw new Error(errorText);
        await loaded;
    },
    async evaluate({ expression }) {
        const { result, exceptionDetails } = await sendToPage("Runtime.evaluate", {
            expression, returnByValue: true, awaitPromise: true,
        });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value ?? null;
    },
    async press({ key }) {
        const event = { key, code: key, windowsVirtualKeyCode: KEYS[key] };
        await sendToPage("Input.dispatchKeyEvent", { type: "rawKeyDown", ...event });
        await sendToPage("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    async screenshot({ path }) {
        const { data } = await sendToPage("Page.captureScreenshot");
        writeFileSync(path, Buffer.from(data, "base64"));
    },
    async errors() {
        return errors;
    },
    // Its only window ends with it.
    async close() {},
};

for await (const input of createInterface({ input: process.stdin })) {
    const { window, ...command } = JSON.parse(input);
    try {
        console.log(JSON.stringify({ window, value: (await commands[command.do](command)) ?? null }));
    } catch (error) {
        console.log(JSON.stringify({ window, error: String(error) }));
    }
}
await send("Browser.close");
