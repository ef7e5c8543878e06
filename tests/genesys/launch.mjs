// Starts a server and returns its interfaces.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

export async function launch(plan) {
    const stdio = ["pipe", "pipe", "inherit"];
    const server = spawn("node", ["server.mjs", plan], { cwd: import.meta.dirname, stdio });
    const [line] = await once(server.stdout, "data");
    const { port, control } = JSON.parse(line);
    return {
        base: `http://127.0.0.1:${port}`,
        read: async (path) => (await fetch(`http://127.0.0.1:${control}${path}`)).json(),
        async command(command) {
            const body = JSON.stringify(command);
            const response = await fetch(`http://127.0.0.1:${control}/command`, { method: "POST", body });
            assert.equal(response.status, 200, await response.text());
        },
        async end() {
            server.stdin.end();
            await once(server, "exit");
        },
    };
}
