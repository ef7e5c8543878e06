// Fonts for the tests; as a program it unpacks those that are missing. They come from Debian's
// packages into a separate folder, so that nothing else on the machine renders differently.
// Chromium sees one text font and none of the machine's. All tests that aren't about fonts use the
// first one.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("fonts", import.meta.url));
const TYPES = "usr/share/fonts/truetype";
// Marks, arrows and code use other fonts if the text font lacks them, as on Android.
const FALLBACK = {
    families: ["Noto Sans Symbols2", "Noto Sans Symbols", "Noto Sans Math", "DejaVu Sans Mono"],
    files: {
        "fonts-noto-core": ["noto/NotoSansSymbols2-Regular", "noto/NotoSansSymbols-Regular", "noto/NotoSansMath-Regular"],
        "fonts-dejavu-core": ["dejavu/DejaVuSansMono"],
    },
};
const FONTS = {
    // Tall lines; common on desktops and televisions.
    noto: { family: "Noto Sans", files: { "fonts-noto-core": ["noto/NotoSans-Regular", "noto/NotoSans-Bold"] } },
    // Narrow, with a weight of 500: Android.
    roboto: {
        family: "Roboto",
        files: { "fonts-roboto-unhinted": ["Regular", "Medium", "Bold"].map((weight) => `roboto/unhinted/RobotoTTF/Roboto-${weight}`) },
    },
    // Wide: Debian without desktop fonts.
    dejavu: { family: "DejaVu Sans", files: { "fonts-dejavu-core": ["dejavu/DejaVuSans", "dejavu/DejaVuSans-Bold"] } },
};
const DEFAULT = "noto";

// Configuration for Chromium to find only this font.
export function environment(font) {
    const file = join(FOLDER, `${font}.conf`);
    if (!existsSync(file)) throw new Error(`the font ${font} is missing: run scripts/install`);
    return { ...process.env, FONTCONFIG_FILE: file, XDG_CACHE_HOME: join(FOLDER, "cache") };
}

function install() {
    const missing = Object.entries({ ...FONTS, fallback: FALLBACK }).filter(([name]) => !existsSync(join(FOLDER, name)));
    const box = mkdtempSync(join(tmpdir(), "fonts-"));
    try {
        for (const name of new Set(missing.flatMap(([, { files }]) => Object.keys(files)))) unpack(name, box);
        for (const [name, { files }] of missing) {
            const part = join(FOLDER, `${name}.part`);
            mkdirSync(part, { recursive: true });
            for (const file of Object.values(files).flat()) copyFileSync(join(box, TYPES, `${file}.ttf`), join(part, `${basename(file)}.ttf`));
            // All or nothing.
            renameSync(part, join(FOLDER, name));
            console.log(`fonts: ${name} unpacked`);
        }
    } finally {
        rmSync(box, { recursive: true });
    }
    for (const [name, { family }] of Object.entries(FONTS)) writeFileSync(join(FOLDER, `${name}.conf`), config(name, family));
}

function unpack(name, box) {
    const run = (program, ...args) => execFileSync(program, args, { cwd: box, stdio: ["ignore", "ignore", "pipe"] });
    try {
        run("apt-get", "download", name);
    } catch {
        // A fresh machine has no package lists yet.
        run("apt-get", "-o", "DPkg::Lock::Timeout=300", "update");
        run("apt-get", "download", name);
    }
    const file = readdirSync(box).find((one) => one.startsWith(`${name}_`) && one.endsWith(".deb"));
    run("dpkg-deb", "--extract", file, box);
}

// Its paths are absolute, since old engines require it: rewritten by each installation.
function config(name, family) {
    const families = [family, ...FALLBACK.families].map((one) => `<string>${one}</string>`).join("");
    const fixed = (key, value) => `<match target="font"><edit name="${key}" mode="assign">${value}</edit></match>`;
    return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${join(FOLDER, name)}</dir>
<dir>${join(FOLDER, "fallback")}</dir>
<cachedir>${join(FOLDER, "cache")}</cachedir>
<match>
<test name="family"><string>monospace</string></test>
<edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans Mono</string></edit>
</match>
<match><edit name="family" mode="append_last">${families}</edit></match>
${fixed("antialias", "<bool>true</bool>")}
${fixed("hintstyle", "<const>hintslight</const>")}
${fixed("rgba", "<const>none</const>")}
</fontconfig>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
