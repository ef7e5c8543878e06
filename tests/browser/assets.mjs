// Boards' scripts must parse as ES2018, and their styles must do without what televisions of the
// last six model years lack: one unknown word drops a whole rule or file. No script of ours, desk
// pages included, may use an undeclared name.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "acorn";

const FOLDER = "static/board";
const PAGES = ["static/desk", "static/edit"];
// Joined in one script each (src/web/server/bundles.rs), in one scope.
const BUNDLES = [["list_fit.js", "fit.js"], ["agent_fit.js", "fit.js"]];
const CLASSIC = ["screen.js", "fallback.js"];
const PAST = "static/past.js";
// Newer than Chrome 68, or parsed only by newer engines.
const REFUSED = [
    [/(^|[\s;{])inset\s*:/m, "inset (87): use top, right, bottom, left"],
    [/:(is|where|has)\(/, ":is, :where (88), :has (105)"],
    [/@(container|layer|scope|starting-style)\b/, "container queries (105), layers (99), scope (118)"],
    [/(^|[\s;{])aspect-ratio\s*:/m, "aspect-ratio (88), except of the screen, in a media query"],
    [/\b(color-mix|oklch|oklab|lch|lab)\(/, "color-mix, oklch (111)"],
    [/\b\d*\.?\d+(dvh|svh|lvh|dvw|svw|lvw|cqw|cqh|cqmin)\b/, "dynamic and container units (108)"],
    [/(^|[{};])\s*&/m, "nesting (120)"],
    [/\b(backdrop-filter|filter|box-shadow|text-shadow)\s*:/, "blur, shadow and filter: televisions paint them slowly"],
    [/@font-face/, "font files"],
    [/@import/, "imports: one more wait on a slow line"],
];
const GAP = /(^|[\s;{])(row-|column-)?gap\s*:/;

// Browser globals that our scripts use.
const GLOBALS = new Set(`addEventListener AbortSignal Array Boolean CSS DOMParser Date Error Event FormData Infinity Intl JSON Map Math
    MutationObserver Node Notification Number Object Promise ResizeObserver Set String URL URLSearchParams WeakMap WebSocket XMLHttpRequest cancelAnimationFrame
    CSSStyleSheet clearTimeout dispatchEvent document encodeURIComponent fetch innerHeight innerWidth isNaN localStorage location
    matchMedia navigator performance requestAnimationFrame self sessionStorage setInterval setTimeout undefined
    window`.split(/\s+/));

const faults = [];
for (const name of existsSync(FOLDER) ? readdirSync(FOLDER).sort() : []) {
    const path = join(FOLDER, name);
    const text = readFileSync(path, "utf8");
    if (/\.m?js$/.test(name)) judgeScript(path, text);
    else if (name.endsWith(".css")) judgeStyle(path, text);
}
judgeScript(PAST, readFileSync(PAST, "utf8"));
BUNDLES.forEach(judgeBundle);
for (const folder of PAGES) {
    for (const name of readdirSync(folder).sort()) {
        const path = join(folder, name);
        // A label is in the reader's language.
        if (name.endsWith(".css") && /\[data-label=/.test(readFileSync(path, "utf8"))) faults.push(`${path}: chooses by a label's text, which is translated`);
        if (name.endsWith(".js")) judgeNames(path, parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", locations: true }));
    }
}
for (const fault of faults) console.error(`assets: ${fault}`);
if (faults.length === 0) console.log("assets: fit for televisions");
process.exit(faults.length === 0 ? 0 : 1);

// No two modules of a bundle may have one name.
function judgeBundle(own) {
    const others = BUNDLES.flat().filter((name) => !own.includes(name));
    const names = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && ![...others, ...CLASSIC].includes(name));
    const owners = new Map();
    for (const path of [...names.map((name) => join(FOLDER, name)), PAST]) {
        const tree = parse(readFileSync(path, "utf8"), { ecmaVersion: 2018, sourceType: "module" });
        for (const name of topLevelNames(tree)) {
            if (owners.has(name)) faults.push(`${path}: ${name} is also in ${owners.get(name)}`);
            owners.set(name, path);
        }
    }
}

function topLevelNames(tree) {
    const statements = tree.body.map((node) => (node.type === "ExportNamedDeclaration" ? node.declaration : node));
    return statements.flatMap((node) => {
        if (node.type === "FunctionDeclaration") return [node.id.name];
        return node.type === "VariableDeclaration" ? node.declarations.map(({ id }) => id.name) : [];
    });
}

function judgeScript(path, text) {
    try {
        judgeNames(path, parse(text, { ecmaVersion: 2018, sourceType: "module", locations: true }));
    } catch (error) {
        faults.push(`${path}: not ES2018: ${error.message}`);
    }
}

// A declaration anywhere in the file is enough: this looks for names forgotten when code moved, and
// those are declared nowhere.
function judgeNames(path, tree) {
    const declared = new Set();
    const used = [];
    for (const [node, parent, role] of nodes(tree)) {
        if (node.type !== "Identifier") continue;
        const isNamed = parent.type === "MemberExpression" && role === "property" && !parent.computed;
        const isKey = role === "key" && !parent.computed;
        if (isNamed || isKey || role === "imported" || role === "exported" || role === "label") continue;
        if (declares(parent, role)) declared.add(node.name);
        else used.push(node);
    }
    // Served scripts have short names: a name has one meaning.
    for (const name of declared) {
        if (GLOBALS.has(name)) faults.push(`${path}: ${name} is also the browser's`);
    }
    for (const { name, loc } of used) {
        if (!declared.has(name) && !GLOBALS.has(name)) faults.push(`${path}:${loc.start.line}: ${name} is from nowhere`);
    }
}

// Default values in patterns count as declared too, which only makes the check more lenient.
function declares(parent, role) {
    switch (parent.type) {
        case "VariableDeclarator": return role === "id";
        case "FunctionDeclaration": case "FunctionExpression": case "ArrowFunctionExpression": return role === "id" || role === "params";
        case "ClassDeclaration": return role === "id";
        case "CatchClause": return role === "param";
        case "ImportSpecifier": case "ImportDefaultSpecifier": case "ImportNamespaceSpecifier": return role === "local";
        default: return parent.pattern === true;
    }
}

function* nodes(node, pattern = false) {
    for (const [role, value] of Object.entries(node)) {
        for (const child of Array.isArray(value) ? value : [value]) {
            if (!child || typeof child.type !== "string") continue;
            const isPattern = pattern || declares(node, role);
            if (isPattern && /Pattern$|^Property$|^RestElement$/.test(child.type)) child.pattern = true;
            yield [child, node, role];
            yield* nodes(child, isPattern && child.pattern);
        }
    }
}

function judgeStyle(path, text) {
    const style = text.replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
    for (const [pattern, why] of REFUSED) {
        const found = pattern.exec(style);
        if (found) faults.push(`${path}:${lineOf(style, found.index)}: ${why}`);
    }
    for (const { selector, body, at } of rules(style)) {
        if (GAP.test(body) && /display\s*:\s*(inline-)?flex/.test(body)) {
            faults.push(`${path}:${lineOf(style, at)}: flex with gap (84): use grid`);
        }
        // One unknown selector invalidates the whole selector list.
        if (selector.includes(",") && selector.includes(":focus-visible")) {
            faults.push(`${path}:${lineOf(style, at)}: :focus-visible (86) in a list of selectors`);
        }
    }
}

function* rules(style) {
    for (const found of style.matchAll(/([^{};]+)\{([^{}]*)\}/g)) {
        yield { selector: found[1].trim(), body: found[2], at: found.index };
    }
}

function lineOf(text, at) {
    return text.slice(0, at).split("\n").length;
}
