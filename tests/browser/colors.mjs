// The palette in the real styles: contrast (WCAG 2) and color differences for everyone (CIEDE2000,
// also as color-blind people see them: Machado 2009, severity 1).

import { readFileSync } from "node:fs";

const AA = 4.5; // all text
const AAA = 7; // numbers and names
const MEANING = 3; // graphics that carry meaning
const APART = 10; // any two state colors
const SEVERE = 15; // any two severities
const INKS = ["good", "info", "warn", "crit", "pause", "off"];
const SEVERITIES = ["good", "warn", "crit"];
// The names that desk pages have for boards' tokens.
const DESK_NAMES = { "text-2": "text2", "text-3": "text3", "line-strong": "strong", "warn-fill": "warn-bg" };

// How different eyes see linear light.
const simulate = (matrix) => (color) => {
    const light = linear(color);
    return matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, x, n) => sum + x * light[n], 0))));
};
const EYES = {
    most: linear,
    "red-blind": simulate([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "green-blind": simulate([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]),
    "blue-blind": simulate([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]),
};

// The published test pairs: a formula this long needs verification.
for (const [a, b, is] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425], [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644], [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
]) {
    if (Math.abs(ciede2000(a, b) - is) > 0.0001) throw new Error(`CIEDE2000 is ${ciede2000(a, b)}, not ${is}`);
}

const faults = [];
const palettes = {
    "boards, dark": tokens("board", /:root\s*\{([^}]*)\}/),
    "boards, light": tokens("board", /\[data-theme=light\]\s*\{([^}]*)\}/),
    "desk, light": tokens("desk", /:root\s*\{([^}]*)\}/),
    "desk, dark": tokens("desk", /prefers-color-scheme: dark\)\s*\{\s*:root\s*\{([^}]*)\}/),
};
for (const [name, palette] of Object.entries(palettes)) {
    contrast(name, palette);
    distances(name, palette);
}
for (const fault of faults) console.error(`colors: ${fault}`);
process.exit(faults.length ? 1 : 0);

function tokens(folder, block) {
    // The states of agents have a style of their own.
    const files = folder === "board" ? ["board", "agents"] : [folder];
    const blocks = files.map((file) => {
        const text = readFileSync(new URL(`../../static/${folder}/${file}.css`, import.meta.url), "utf8");
        const found = block.exec(text.replace(/\/\*[^]*?\*\//g, ""));
        if (!found) throw new Error(`${file}.css has no ${block}`);
        return found[1];
    });
    const values = Object.fromEntries([...blocks.join(";").matchAll(/--([\w-]+)\s*:\s*([^;]+)/g)].map(([, name, value]) => [name, value.trim()]));
    const solve = (value) => {
        const other = /^var\(--([\w-]+)\)$/.exec(value || "");
        return other ? solve(values[other[1]]) : value;
    };
    const colors = Object.keys(values).map((name) => [name, solve(values[name])]);
    return Object.fromEntries(colors.filter(([, value]) => /^#[0-9a-f]{3,6}$/i.test(value)).map(([name, value]) => [DESK_NAMES[name] || name, rgb(value)]));
}

function contrast(name, palette) {
    const pairs = [
        ["text", ["bg", "tile", "raised", "sunk"], AAA],
        ["text2", ["bg", "tile", "raised", "sunk"], AA],
        ["text3", ["bg", "tile"], AA],
        ["accent", ["bg", "tile"], AA],
        ["focus", ["bg", "tile"], MEANING],
        ["strong", ["tile"], MEANING],
        ["zero", ["tile"], MEANING], // digits four times the size of large text
        ["dim", ["tile"], MEANING],
        ["bar", ["tile"], MEANING],
        ["old", ["tile"], AA],
        ["warn-line", ["tile"], MEANING],
        ["warn", ["raised"], AA], // a missed target in every other row
        ...INKS.map((ink) => [ink, ["bg", "tile"], AA]),
        ["crit-ink", ["crit"], AAA],
        ["warn-ink", ["warn-bg"], AAA],
    ];
    let least = [Infinity];
    for (const [ink, grounds, floor] of pairs) {
        for (const ground of grounds) {
            if (!palette[ink] || !palette[ground]) continue;
            const found = ratio(palette[ink], palette[ground]);
            if (found / floor < least[0]) least = [found / floor, `${ink} on ${ground} ${found.toFixed(1)}`];
            if (found < floor) faults.push(`${name}: ${ink} on ${ground} is ${found.toFixed(2)}, not ${floor}`);
        }
    }
    for (const must of ["text", "text2", "text3", "tile", "bg", "warn", "crit", "crit-ink"]) {
        if (!palette[must]) faults.push(`${name}: no --${must}`);
    }
    console.log(`${name}: nearest to its floor is ${least[1]}`);
}

function distances(name, palette) {
    for (const [what, set, floor] of [["inks", INKS, APART], ["severities", SEVERITIES, SEVERE]]) {
        const inks = set.filter((ink) => palette[ink]);
        judgeApart(`${name}, ${what}`, inks.map((ink) => [ink, palette[ink]]), floor);
    }
    // As drawn: a calm tile, the warning color, the critical fill.
    const fills = [["tile", palette.tile], ["warn", palette["warn-bg"] || palette.warn], ["crit", palette.crit]];
    judgeApart(`${name}, severities as drawn`, fills, SEVERE);
}

function judgeApart(name, inks, floor) {
    let least = [Infinity];
    for (const [n, [one, a]] of inks.entries()) {
        for (const [two, b] of inks.slice(n + 1)) {
            for (const [eyes, see] of Object.entries(EYES)) {
                const found = ciede2000(lab(see(a)), lab(see(b)));
                if (found < least[0]) least = [found, `${one} and ${two} to ${eyes} eyes`];
                if (found < floor) faults.push(`${name}: ${one} and ${two} are ${found.toFixed(1)} apart to ${eyes} eyes, not ${floor}`);
            }
        }
    }
    console.log(`${name}: least apart are ${least[1]}: ${least[0].toFixed(1)}`);
}

function rgb(hex) {
    const long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
    return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16) / 255);
}

function linear(color) {
    return color.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
}

function luminance(color) {
    const [r, g, b] = linear(color);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
}

function lab(lin) {
    const [r, g, b] = lin;
    const x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047;
    const y = 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
    const z = (0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883;
    const f = (t) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 * t + 16) / 116);
    return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

// Sharma, Wu and Dalal 2005.
function ciede2000([l1, a1, b1], [l2, a2, b2]) {
    const rad = Math.PI / 180;
    const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
    const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
    const [p1, p2] = [(1 + g) * a1, (1 + g) * a2];
    const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
    const hue = (b, a) => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / rad + 360) % 360);
    const [h1, h2] = [hue(b1, p1), hue(b2, p2)];
    const grey = c1 * c2 === 0;
    let dh = h2 - h1;
    if (grey) dh = 0;
    else if (dh > 180) dh -= 360;
    else if (dh < -180) dh += 360;
    const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * rad);
    const [dl, dc] = [l2 - l1, c2 - c1];
    const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
    let h = h1 + h2;
    if (!grey) {
        if (Math.abs(h1 - h2) <= 180) h /= 2;
        else h = h < 360 ? (h + 360) / 2 : (h - 360) / 2;
    }
    const t = 1 - 0.17 * Math.cos((h - 30) * rad) + 0.24 * Math.cos(2 * h * rad) +
        0.32 * Math.cos((3 * h + 6) * rad) - 0.2 * Math.cos((4 * h - 63) * rad);
    const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
    const sc = 1 + 0.045 * c;
    const sh = 1 + 0.015 * c * t;
    const turn = 30 * Math.exp(-(((h - 275) / 25) ** 2));
    const rt = -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * Math.sin(2 * turn * rad);
    return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh));
}
