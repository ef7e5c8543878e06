// Finds the parts of a board that stand out from five meters: those filled or framed, and the largest texts.

const LARGEST = 5;

export function prominence(stage) {
    return {
        // Returns the rows with something filled or framed, and the largest texts.
        async prominence() {
            return stage.page.evaluate(readProminence, LARGEST);
        },
    };
}

// Runs in the page.
function readProminence(count) {
    const probe = document.body.appendChild(document.createElement("i"));
    const colorOf = (token) => {
        probe.style.color = `var(--${token})`;
        return getComputedStyle(probe).color;
    };
    const fills = ["crit", "warn-bg"].map(colorOf);
    const frames = ["crit", "warn-line", "warn"].map(colorOf);
    probe.remove();

    const isFramed = (style) => ["Top", "Right", "Bottom", "Left"].some((side) =>
        parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && frames.includes(style[`border${side}Color`]));
    const marked = new Map(); // row or element to its visible text
    for (const el of document.querySelectorAll("body *")) {
        if (!el.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const styles = [getComputedStyle(el), ...["::before", "::after"].map((part) => getComputedStyle(el, part)).filter((style) => style.content !== "none")];
        if (!styles.some((style) => fills.includes(style.backgroundColor) || isFramed(style))) continue;
        // A shape in a mark's own color belongs to its text.
        if (!el.textContent.trim()) continue;
        const row = el.closest(".row") || el;
        marked.set(row, visibleText(row));
    }
    const sizes = texts(document.body).map((node) => [parseFloat(getComputedStyle(node.parentElement).fontSize), node.nodeValue.trim()]);
    sizes.sort((a, b) => b[0] - a[0]);
    return { marked: [...marked.values()], largest: sizes.slice(0, count).map(([, text]) => text) };

    function visibleText(el) {
        return texts(el).map((node) => node.nodeValue.trim()).join(" ");
    }

    function texts(root) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const el = walker.currentNode.parentElement;
            if (!walker.currentNode.nodeValue.trim() || el.closest(".unseen, script, style, noscript")) continue;
            if (el.checkVisibility({ visibilityProperty: true, opacityProperty: true })) found.push(walker.currentNode);
        }
        return found;
    }
}
