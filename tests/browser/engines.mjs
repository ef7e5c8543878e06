// Old television engines for the tests: engines.mjs ENGINE… unpacks the named ones that are
// missing. npm has them as ready builds for another purpose; a hash pins each.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const BUILDS = {
    // LG 2020, the oldest that boards support.
    68: ["1.4.0", "TKbIW6zM8pO26QxxeB1uIMBzSmF5KaHqzXfpMXl8ynyB3YQpGnxFTnmEB3ALm+Z/szb0LD8PGhOqAAkObSowzQ=="],
    69: ["1.6.3", "K22/X+AqpSFPmBxuIOHhmzH4Id7Od9GpKvEksuaV7fy+WLvS/TYlwpc4I4B36Wz9u/NmvL9wKsQ1TT9cMhdYhg=="], // Samsung 2020
    76: ["1.17.1", "ooUkcyWRUyRLg4XCEVbM0fKMQUf5XRWb1flc1755w/0S9UMp+5fT0MRl0YQLlU2WIDo82fqWLY7mKtuBPkTOmg=="], // Samsung 2021
    80: ["2.1.1", "Wer2QuygxsCov5bM2+8CLa6qYpNsc5AxYTlgTne00aFoxFP491LGJRxOQtGnYtsJP6UG4pB0SfrwTyPnLys1Lw=="], // nearest to LG 2021 (79)
    85: ["5.2.1", "str1ip6pTu9TvCcQyQ/zdYLfQk+ugVVlLf7Gus6peR4PA6Mn3hZBt/eHwgIp/FJ+nY/BIY1jiCYcxpuDjHZWuw=="], // Samsung 2022
};
const FOLDER = fileURLToPath(new URL("node_modules/.engines", import.meta.url));

for (const engine of process.argv.slice(2)) {
    if (!existsSync(join(FOLDER, engine))) install(engine);
}

function install(engine) {
    const [version, hash] = BUILDS[engine];
    const box = mkdtempSync(join(tmpdir(), "engine-"));
    try {
        const name = `chrome-aws-lambda-${version}.tgz`;
        execFileSync("npm", ["pack", "--silent", "--pack-destination", box, `chrome-aws-lambda@${version}`]);
        const found = createHash("sha512").update(readFileSync(join(box, name))).digest("base64");
        if (found !== hash) throw new Error(`engine ${engine}: the hash of ${name} is ${found}`);
        execFileSync("tar", ["xzf", name, "package/bin"], { cwd: box });
        const bin = join(box, "package/bin");
        const packed = readdirSync(bin).find((file) => /^chromium.*\.br$/.test(file));
        const program = brotliDecompressSync(readFileSync(join(bin, packed)));
        mkdirSync(FOLDER, { recursive: true });
        // All or nothing.
        writeFileSync(join(FOLDER, `${engine}.part`), program, { mode: 0o755 });
        renameSync(join(FOLDER, `${engine}.part`), join(FOLDER, engine));
        console.log(`engine ${engine}: unpacked`);
    } finally {
        rmSync(box, { recursive: true });
    }
}
