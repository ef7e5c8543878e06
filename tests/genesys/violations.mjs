// Breaks every rule of rules.mjs and sign_in.mjs once, to check that each violation is recorded and
// nothing else is.
//
//     node violations.mjs '{"server":"cometd"}'

import assert from "node:assert/strict";

import { API_KEY, CLIENT, USER } from "./sign_in.mjs";
import { launch } from "./launch.mjs";

const { base, read, command, end } = await launch(process.argv[2]);
const PAIR = `${CLIENT.id}:${CLIENT.secret}`;
let bearer = (await grant()).access_token;
let reported = 0;
let nextId = 1;

async function breaks(pattern, way) {
    await way();
    const broken = (await read("/broken")).slice(reported);
    reported += broken.length;
    assert.ok(broken.some((line) => pattern.test(line)), `${pattern} is not in ${JSON.stringify(broken)}`);
}

const client = await handshake();
assert.deepEqual(await read("/broken"), []);

await breaks(/handshake that is not alone/, () => post(null, [shake(), message("/meta/subscribe")]));
await breaks(/handshake without version/, () => post(null, [{ ...shake(), version: undefined }]));
await breaks(/handshake without connection types/, () =>
    post(null, [{ ...shake(), supportedConnectionTypes: undefined }]));
await breaks(/handshake with a clientId/, () => post(null, [{ ...shake(), clientId: client.id }]));
await breaks(/handshake without id/, () => post(null, [{ ...shake(), id: undefined }]));
await breaks(/two handshakes at once/, () => during("handshake", () => post(null, [shake()])));
await breaks(/without clientId/, () => post(client, [{ ...message("/meta/subscribe"), clientId: undefined }]));
await breaks(/clientId that was never given/, () => post(client, [{ ...message("/meta/subscribe"), clientId: "x" }]));
await breaks(/subscribe without id/, () => post(client, [{ ...message("/meta/subscribe"), id: undefined }]));
await breaks(/id used before/, async () => {
    const same = message("/meta/subscribe");
    await post(client, [same]);
    await post(client, [same]);
});
await breaks(/without its cookies/, () => post({ ...client, cookie: "" }, [message("/meta/subscribe")]));
await breaks(/type websocket over long-polling/, async () => {
    await post(await handshake(), [connect({ connectionType: "websocket" })]);
});
await breaks(/two connects outstanding/, async () => {
    const other = await handshake();
    await during("connect", () => post(other, [connect()]));
});
await breaks(/where 2000 were advised/, async () => {
    const other = await handshake();
    await command({ do: "advise", interval: 2000, timeout: 500 });
    await post(other, [connect()]);
    await post(other, [connect()]);
    await command({ do: "advise", interval: 0, timeout: 500 });
});
await breaks(/connect after advice to handshake/, async () => {
    const other = await handshake();
    await command({ do: "forget" });
    await post(other, [connect()]);
    await post(other, [connect()]);
});
await breaks(/after advice not to come back/, async () => {
    const other = await handshake();
    await command({ do: "fault", to: "connect", with: "advise", failed: true, advice: { reconnect: "none" } });
    await post(other, [connect()]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await handshake();
    await command({ do: "allow_retry" });
});
await breaks(/a body that is no JSON/, () => send("/statistics/v3/notifications", client, "{"));
await breaks(/no x-api-key/, () => send("/statistics/v3/notifications", client, "[]", { "x-api-key": "" }));
await breaks(/no token/, () => send("/statistics/v3/notifications", client, "[]", { authorization: "" }));
await breaks(/without the session's cookie/, () => subscribe(null, "a", "1"));
await breaks(/operationId used before/, () => subscribe(client, "a", "2"));
await breaks(/statisticId is missing/, () => subscribe(client, "b", undefined));
await breaks(/is no call of the API/, () => send("/statistics/v3/initialize", client, "{}"));
await breaks(/request by definition/, () =>
    send("/statistics/v3/operations/get-statistic-ex", null, '{"data":{"statistics":[{"definition":{}}]}}'));
await breaks(/although the last token is fresh/, grant);
await breaks(/an old token at/, async () => {
    await new Promise((resolve) => setTimeout(resolve, 2100));
    await send("/statistics/v3/operations/get-statistic-ex", null, "{}");
});
await breaks(/two grants at once/, () => during("token", async () => {
    bearer = (await grant()).access_token;
}));
await breaks(/a grant with no x-api-key/, () => grant({ "x-api-key": "" }));
await breaks(/ms after one was refused/, grant);
await breaks(/wrong client credentials/, () => grant({ authorization: "Basic eDp5" }));
await end();
console.log("as it should be");
process.exit();

/** Does something twice, the second time while the first hangs. */
async function during(kind, way) {
    await command({ do: "fault", to: kind, with: "hang" });
    // Never answered; it ends with this process.
    way().catch(() => {});
    while ((await read("/activity")).faults) await new Promise((resolve) => setTimeout(resolve, 10));
    await way();
}

async function grant(more = {}) {
    const authorization = `Basic ${Buffer.from(PAIR).toString("base64")}`;
    const response = await fetch(`${base}/auth/v3/oauth/token`, {
        method: "POST", headers: { "x-api-key": API_KEY, authorization, ...more },
        body: new URLSearchParams({ grant_type: "password", ...USER }),
    });
    return response.json();
}

function shake() {
    const supportedConnectionTypes = ["long-polling"];
    return { id: String(nextId++), channel: "/meta/handshake", version: "1.0", supportedConnectionTypes };
}

function message(channel) {
    return { id: String(nextId++), channel, subscription: "/statistics/v3/updates" };
}

function connect(more = {}) {
    const advice = { timeout: 0 };
    return { id: String(nextId++), channel: "/meta/connect", connectionType: "long-polling", advice, ...more };
}

async function handshake() {
    const response = await send("/statistics/v3/notifications/handshake", null, JSON.stringify([shake()]));
    const cookie = response.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
    return { cookie, id: (await response.json())[0].clientId };
}

function post(from, messages) {
    const all = messages.map((one) => ({ ...(from ? { clientId: from.id } : {}), ...one }));
    return send("/statistics/v3/notifications", from, JSON.stringify(all));
}

function subscribe(from, operationId, statisticId) {
    const one = { statisticId, objectType: "Queue", objectId: "9000@SIP_Switch", name: "TotalAnswered" };
    const body = { operationId, data: { statistics: [one] } };
    return send("/statistics/v3/subscriptions", from, JSON.stringify(body));
}

function send(path, from, body, more = {}) {
    const headers = { "x-api-key": API_KEY, authorization: `Bearer ${bearer}`, cookie: from?.cookie ?? "" };
    return fetch(base + path, { method: "POST", body, headers: { ...headers, ...more } });
}
