// Arranges many pictures on few sheets, for a quick overview: sheets.mjs FOLDER. Pictures are named
// PAGE.STATE.SIZE.THEME.FONT.png.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = process.argv[2];
const HIGH = 270; // of a picture on a sheet

const pictures = readdirSync(folder).flatMap((name) => {
    const [page, state, size, theme, font, kind] = name.split(".");
    return kind === "png" ? [{ name, page, state, size, look: `${theme}.${font}` }] : [];
});
const SIZES = ["1920x1080", "1280x900", "1280x720", "960x540", "3840x2160", "1080x1920", "390x844"];
const sizes = SIZES.filter((size) => pictures.some((one) => one.size === size));
const distinct = (key) => [...new Set(pictures.map((one) => one[key]))].sort();

// Of pictures only those in view; of a sheet all, because it's a picture itself.
const all = distinct("page").map(section).join("").replace(/<img /g, '<img loading="lazy" ');
writeFileSync(join(folder, "index.html"), page("All pictures", all));
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
for (const name of distinct("page")) {
    for (const look of looks(name)) {
        const sheet = join(folder, `sheet.${name}.${look}.html`);
        writeFileSync(sheet, page(`${name}, ${look}`, table(name, look)));
        const tab = await browser.newPage({ viewport: { width: 2600, height: 1000 } });
        await tab.goto(pathToFileURL(sheet).href);
        await tab.evaluate(() => Promise.all([...document.images].map((one) => one.decode())));
        await tab.screenshot({ path: sheet.replace(/html$/, "png"), fullPage: true });
        await tab.close();
    }
}
await browser.close();

function section(name) {
    return `<h1>${name}</h1>` + looks(name).map((look) => table(name, look)).join("");
}

// The themes and fonts in which there are pictures of a page.
function looks(name) {
    return distinct("look").filter((look) => pictures.some((one) => one.page === name && one.look === look));
}

function table(name, look) {
    const here = pictures.filter((one) => one.page === name && one.look === look);
    const states = [...new Set(here.map((one) => one.state))];
    const cell = (state, size) => {
        const found = here.find((one) => one.state === state && one.size === size);
        return found ? `<td><a href="${found.name}"><img src="${found.name}" alt="${found.name}"></a>` : "<td>";
    };
    const row = (state) => `<tr><th>${state}${sizes.map((size) => cell(state, size)).join("")}`;
    return `<table><tr><th>${name}<br>${look}${sizes.map((size) => `<th>${size}`).join("")}${states.map(row).join("")}</table>`;
}

function page(title, body) {
    return `<!doctype html><meta charset="utf-8"><title>${title}</title><style>
        body { background: #777; font: 16px sans-serif; margin: 8px }
        img { height: ${HIGH}px; max-width: 500px; object-fit: cover; object-position: top; display: block }
        th { text-align: left; vertical-align: top } td { padding: 2px }
    </style>${body}`;
}
