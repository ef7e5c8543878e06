// Runs in the page and finds text that is cut or overlaps, and unwanted page scrolling.

export function judgeLayout({ isBoard, scrolls }) {
    const SLACK = 1.5; // pixels of rounding tolerance
    const faults = new Set();
    // Each element is asked once: it has many texts below it.
    const styles = new Map();
    const edges = new Map();
    const styleOf = (el) => styles.get(el) ?? keep(styles, el, readStyle(el));
    const edgeOf = (el) => edges.get(el) ?? keep(edges, el, el.getBoundingClientRect());
    const canvas = document.createElement("canvas").getContext("2d");
    const root = document.documentElement;

    // The pixel shift moves a board by a fraction of its size.
    const shift = isBoard && !scrolls ? Math.min(innerWidth, innerHeight) / 200 + 1 : 1;
    if (root.scrollWidth > innerWidth + shift) faults.add(`is ${root.scrollWidth} wide on a screen of ${innerWidth}`);
    if (!scrolls && root.scrollHeight > innerHeight + shift) faults.add(`is ${root.scrollHeight} high on a screen of ${innerHeight}`);
    for (const el of document.querySelectorAll("*")) {
        if (!scrolls && /auto|scroll/.test(getComputedStyle(el).overflowY) && el.scrollHeight > el.clientHeight + 1) {
            faults.add(`${describe(el)} has a scroll bar`);
        }
    }

    const inks = texts().flatMap((node) => judgeLines(inksOf(node)));
    for (const ink of inks) judgeCut(ink);
    judgeOverlaps(inks);
    if (isBoard && !scrolls) judgeHeader();
    if (isBoard && !scrolls) judgeRows(inks);
    return [...faults].slice(0, 12);

    function keep(map, el, value) {
        map.set(el, value);
        return value;
    }

    // The properties of texts' containers that matter here.
    function readStyle(el) {
        const { overflowX, overflowY, clip, position } = getComputedStyle(el);
        return { overflowX, overflowY, clip, position };
    }

    function texts() {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const el = walker.currentNode.parentElement;
            if (!walker.currentNode.nodeValue.trim() || el.closest(".unseen, .skip, script, style, noscript")) continue;
            if (!el.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
            if (isUnseen(el)) continue;
            found.push(walker.currentNode);
        }
        return found;
    }

    // Only for screen readers.
    function isUnseen(el) {
        for (let box = el; box && box !== document.body; box = box.parentElement) {
            if (styleOf(box).clip !== "auto") return true;
        }
        return false;
    }

    // The bounds of the text's ink: line boxes are taller than glyphs.
    function inksOf(node) {
        const el = node.parentElement;
        const style = getComputedStyle(el);
        const text = node.nodeValue.trim();
        const range = document.createRange();
        range.selectNodeContents(node);
        const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5);
        // A mark's shape has its own size.
        const first = getComputedStyle(el, "::first-letter").fontSize;
        const isSplit = first !== style.fontSize && boxes.length > 1;
        return boxes.map((box, n) => {
            const isFirst = isSplit && n === 0;
            canvas.font = `${style.fontWeight} ${isFirst ? first : style.fontSize} ${style.fontFamily}`;
            const measure = canvas.measureText(isFirst ? text[0] : text.slice(isSplit ? 1 : 0));
            const base = box.top + measure.fontBoundingBoxAscent;
            return {
                el, text, base, lines: boxes.length, left: box.left, right: box.right,
                top: base - measure.actualBoundingBoxAscent,
                bottom: base + measure.actualBoundingBoxDescent,
            };
        });
    }

    // Text with so little room that each line holds one or two letters.
    function judgeLines(lines) {
        const [first] = lines;
        if (lines.length > 4 && first.text.length / lines.length < 3) faults.add(`${describe(first.el)} is broken letter by letter`);
        if (lines.length > first?.text.split(" ").length && first.el.matches("thead th, .say > *")) faults.add(`${describe(first.el)} is broken within a word`);
        return lines;
    }

    function judgeCut(ink) {
        if (isBoard && !scrolls && (ink.right > innerWidth + SLACK || ink.bottom > innerHeight + SLACK || ink.left < -SLACK || ink.top < -SLACK)) {
            if (!clippedByName(ink)) faults.add(`${describe(ink.el)} leaves the screen`);
        }
        for (let box = ink.el; box && box !== document.body; box = box.parentElement) {
            const style = styleOf(box);
            const clipsX = /hidden|clip/.test(style.overflowX);
            const clipsY = /hidden|clip/.test(style.overflowY);
            // Scrollable content isn't hidden.
            if (/auto|scroll/.test(style.overflowX)) return;
            if (!clipsX && !clipsY) continue;
            const edge = edgeOf(box);
            // A text without room is left out whole.
            if (box.matches(".tile dl, .tile dd, .tile dt, .say, .note, .site, .sub, .card p") && (ink.top > edge.bottom - SLACK || edge.width < 2)) return;
            const cutX = clipsX && (ink.right > edge.right + SLACK || ink.left < edge.left - SLACK);
            const cutY = clipsY && (ink.bottom > edge.bottom + SLACK || ink.top < edge.top - SLACK);
            if (!cutX && !cutY) continue;
            if (mayBeCut(ink.el, box, cutX)) return;
            faults.add(`${describe(ink.el)} is cut ${cutX ? "at the side" : "above or below"} by ${short(box)}`);
            return;
        }
    }

    // The title is whole, and the first of the site's figures has room.
    function judgeHeader() {
        const title = document.querySelector(".top h1");
        if (title.checkVisibility() && title.scrollWidth > title.clientWidth + 1) faults.add(`${describe(title)} is cut`);
        const first = document.querySelector(".site > div:not([data-off=yes])");
        if (first?.checkVisibility() && first.getBoundingClientRect().top > first.parentElement.getBoundingClientRect().bottom - 5) faults.add(`${describe(first)} has no room`);
    }

    // Rows of a list and agents' cards: large enough, and their texts on common lines.
    function judgeRows(all) {
        const vmin = Math.min(innerWidth, innerHeight) / 100;
        const least = 2.8 * (document.body.dataset.density === "desk" ? 0.62 : 1);
        const lines = new Map(); // what to where its baseline is in the first row
        for (const ink of all) {
            const row = ink.el.closest(".table .row, .card");
            if (!row && !ink.el.closest(".table, .counts")) continue;
            const size = parseFloat(getComputedStyle(ink.el).fontSize);
            if (size < least * vmin - 0.1) faults.add(`${describe(ink.el)} is only ${(size / vmin).toFixed(1)} vmin`);
            const what = row && ["name", "num"].find((one) => ink.el.closest("." + one));
            // A name on two lines, made smaller, or with a note below, has none in common; other scripts have fonts of their own.
            const isSmaller = what === "name" && row.matches(".two");
            const isAboveNote = what === "name" && innerHeight > innerWidth && row.querySelector(".note")?.textContent;
            if (!what || ink.lines > 1 || isSmaller || isAboveNote || !/^[\u0020-\u024f–≥*]*$/.test(ink.text)) continue;
            const key = row.matches(".card") ? what : "row";
            const box = row.getBoundingClientRect();
            const at = ink.base - (box.top + box.bottom) / 2;
            if (!lines.has(key)) lines.set(key, at);
            if (Math.abs(at - lines.get(key)) > SLACK + 0.1 * vmin) faults.add(`${describe(ink.el)} isn't on the line of its neighbors`);
        }
        judgeColumns(vmin);
    }

    function judgeColumns(vmin) {
        const rows = [...document.querySelectorAll(".table .row:not([hidden]):not(.off)")];
        for (const row of rows) {
            const heads = row.closest("table").querySelectorAll("thead th");
            const height = row.getBoundingClientRect().height;
            if (document.body.dataset.density !== "desk" && height < 4.5 * vmin) faults.add(`${describe(row)} is only ${(height / vmin).toFixed(1)} vmin high`);
            for (const [at, cell] of [...row.children].entries()) {
                if (cell.matches(".off") && (/warn|crit/.test(cell.dataset.sev) || cell.dataset.miss === "yes")) faults.add(`${describe(cell)} matters and is dropped`);
                const number = cell.matches(".fig") && cell.querySelector(".num");
                if (!number || cell.matches(".off") || cell.querySelector("small").textContent) continue;
                const padding = /warn|crit/.test(cell.dataset.sev) ? parseFloat(getComputedStyle(number).paddingRight) : 0;
                const right = (el) => el.getBoundingClientRect().right - parseFloat(getComputedStyle(el).paddingRight);
                if (Math.abs(number.getBoundingClientRect().right - padding - right(heads[at])) > SLACK) faults.add(`${describe(number)} isn't below its label`);
            }
        }
    }

    // Names may end in an ellipsis; numbers, labels, state words and a gray tile's reason may not.
    function mayBeCut(el, box, isAtSide) {
        if (el.closest(".note")) return !el.closest(".tile[data-note=why]");
        if (el.closest(".site small, .elsewhere")) return true;
        if (el.closest(".num, dt, dd.note, small, .mark, .count, thead, .clock, .link, .chip, .band")) return false;
        const style = getComputedStyle(box);
        if (style.webkitLineClamp !== "none") return !isAtSide;
        return style.textOverflow === "ellipsis" && (isAtSide ? style.whiteSpace === "nowrap" : true);
    }

    function clippedByName(ink) {
        for (let box = ink.el; box && box !== document.body; box = box.parentElement) {
            if (/hidden|clip/.test(styleOf(box).overflowX)) return true;
        }
        return false;
    }

    function judgeOverlaps(all) {
        const shown = all.map(visiblePart).filter((ink) => ink && ink.right - ink.left > 2 && ink.bottom - ink.top > 2);
        shown.sort((a, b) => a.top - b.top);
        for (let n = 0; n < shown.length; n++) {
            for (let m = n + 1; m < shown.length && shown[m].top < shown[n].bottom - 2; m++) {
                const [a, b] = [shown[n], shown[m]];
                if (a.el === b.el || a.el.closest(".band, .skip, .controls") || b.el.closest(".band, .skip, .controls")) continue;
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - b.top;
                if (wide > 2 && high > 2 && !sticks(a.el) && !sticks(b.el)) faults.add(`${describe(a.el)} and ${describe(b.el)} lie over each other`);
            }
        }
    }

    // A sticky heading while the table scrolls beneath it.
    function sticks(el) {
        for (let box = el; box && box !== document.body; box = box.parentElement) {
            if (/sticky|fixed/.test(styleOf(box).position)) return true;
        }
        return false;
    }

    // Without the parts that its containers hide.
    function visiblePart(ink) {
        const part = { ...ink };
        for (let box = ink.el; box && box !== document.body; box = box.parentElement) {
            const style = styleOf(box);
            if (style.overflowX === "visible" && style.overflowY === "visible") continue;
            const edge = edgeOf(box);
            part.left = Math.max(part.left, edge.left);
            part.right = Math.min(part.right, edge.right);
            part.top = Math.max(part.top, edge.top);
            part.bottom = Math.min(part.bottom, edge.bottom);
        }
        return part.right > part.left && part.bottom > part.top ? part : null;
    }

    function describe(el) {
        return `${short(el)} “${el.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
    }

    function short(el) {
        const selector = (one) => one.tagName.toLowerCase() + [...one.classList].map((name) => "." + name).join("");
        return el.parentElement ? `${selector(el.parentElement)} > ${selector(el)}` : selector(el);
    }
}
