// Verifies the server with the CometD project's own client: under injected faults it receives the
// true values and breaks no rule.
//
//     node official.mjs long-polling '{"server":"cometd"}'

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { CometD } from "cometd";
import { adapt } from "cometd-nodejs-client";
import { WebSocket } from "ws";

import { launch } from "./launch.mjs";
import { API_KEY, CLIENT, USER } from "./sign_in.mjs";

/** Milliseconds after a command until it has taken effect. */
const CALM = 300;

const [transport, plan] = process.argv.slice(2);
const { base, read, command, end } = await launch(plan);

const jar = new Map();
const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
const store = (set) => {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
    jar.set(name, value);
};
adapt({
    cookies: {
        storeCookie: (uri, header, done) => done(null, store(header)),
        retrieveCookies: (context, uri, done) => done(null, jar.size ? [cookie()] : []),
    },
});

const headers = { "x-api-key": API_KEY, Authorization: `Bearer ${await token()}` };
// Browsers send these by themselves.
global.window.WebSocket = class extends WebSocket {
    constructor(url, protocol) {
        super(url, protocol, { headers: { ...headers, ...(jar.size ? { Cookie: cookie() } : {}) } });
        this.once("upgrade", ({ headers: reply }) => reply["set-cookie"]?.forEach(store));
    }
};

const cometd = new CometD();
for (const type of cometd.getTransportTypes()) if (type !== transport) cometd.unregisterTransport(type);
cometd.configure({ url: `${base}/statistics/v3/notifications`, requestHeaders: headers, logLevel: "error" });

const values = new Map();
let valueAt = 0;
cometd.addListener("/meta/handshake", ({ successful }) => {
    if (!successful) return;
    cometd.batch(() => {
        cometd.subscribe("/statistics/v3/service", ({ data }) => {
            if (data.data.serviceState === "AVAILABLE") subscribe();
        });
        cometd.subscribe("/statistics/v3/updates", ({ data }) => {
            valueAt = Date.now();
            for (const one of (data.data ?? data).statistics) onValue(one);
        }, subscribe);
    });
});
cometd.handshake();

await equals("first values");
for (const fault of [
    { do: "forget" },
    { do: "forget", subscriptions: true },
    { do: "cut" },
    { do: "fault", to: "connect", with: "status", status: 502, body: "<html>" },
    // Over WebSocket the official client doesn't survive this one.
    { do: "fault", to: "connect", with: transport === "websocket" ? "cut" : "garble" },
    { do: "fault", to: "connect", with: "slow", ms: 300 },
    { do: "advise", interval: 400 },
    { do: "advise", interval: 0 },
    { do: "fault", to: "connect", with: "advise", failed: true, drop: true, advice: { reconnect: "handshake" } },
]) {
    await command(fault);
    await equals(JSON.stringify(fault));
}
await command({ do: "service", available: false });
await command({ do: "service", available: true });
await equals("available again");
await new Promise((resolve) => cometd.disconnect(resolve));
assert.deepEqual(await read("/broken"), []);
await end();
console.log("as it should be");
process.exit();

async function token() {
    const response = await fetch(`${base}/auth/v3/oauth/token`, {
        method: "POST",
        headers: {
            "x-api-key": API_KEY,
            Authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString("base64")}`,
        },
        body: new URLSearchParams({ grant_type: "password", scope: "*", ...USER }),
    });
    return (await response.json()).access_token;
}

/** Subscribes again to all numeric figures. */
async function subscribe() {
    const truth = await read("/truth");
    const statistics = [];
    for (const [objectType, objects] of Object.entries(truth)) {
        for (const [objectId, named] of Object.entries(objects)) {
            for (const [name, { kind }] of Object.entries(named)) {
                const statisticId = JSON.stringify([objectType, objectId, name]);
                if (/count|total|percent|seconds/.test(kind)) statistics.push({ statisticId, objectType, objectId, name });
            }
        }
    }
    const response = await fetch(`${base}/statistics/v3/subscriptions?verbose=INFO`, {
        method: "POST",
        headers: { ...headers, Cookie: cookie(), "Content-Type": "application/json" },
        body: JSON.stringify({ operationId: randomUUID(), data: { statistics } }),
    });
    const { status, data } = await response.json();
    assert.equal(status.code, 0);
    values.clear();
    data.statistics.forEach(onValue);
}

function onValue({ statisticId, value, timestamp }) {
    const old = values.get(statisticId);
    if (!old || old.timestamp < timestamp) values.set(statisticId, { timestamp, value: Number(value?.stringValue ?? value) });
}

/** Waits until something has arrived and everything received is true. */
async function equals(after) {
    let wrong;
    const sentAt = Date.now();
    // The official client backs off one second more after each failure.
    for (const end = Date.now() + 30_000; Date.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const truth = await read("/truth");
        const { faults } = await read("/activity");
        wrong = [...values].filter(([id, { value }]) => {
            const [type, object, name] = JSON.parse(id);
            return truth[type][object][name].value !== value;
        });
        // A client that is still reconnecting loses requests it makes meanwhile: that isn't its
        // fault.
        if (values.size && !faults && valueAt > sentAt + CALM && wrong.length < 2) return;
    }
    assert.fail(`not the truth after ${after}: ${JSON.stringify(wrong)}`);
}
