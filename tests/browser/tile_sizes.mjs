// The sizes of a board's tiles, in percent of the screen's shorter side. Runs in the page.

export function tileSizes() {
    const vmin = Math.min(innerWidth, innerHeight) / 100;
    const size = (el) => parseFloat(getComputedStyle(el).fontSize) / vmin;
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((el) => el.checkVisibility() && el.textContent.trim() && el.getClientRects().length);
    const round = (number) => Math.round(number * 10) / 10;
    const least = (elements) => (elements.length ? round(Math.min(...elements.map(size))) : null);
    const heroes = shown(".row:not(.off) .hero .num").filter((el) => /^[\d.]+$/.test(el.textContent));
    const texts = shown("h1, .sub span, .site dt, .site .num, .site bdi, .status, .clock, .tile .name, .tile dt span, .tile dd > *, .say > *, .peak text, .pages > span, .band b");
    const [smallest] = texts.filter((el) => !el.closest(".unseen, .exact")).sort((a, b) => size(a) - size(b));
    const ground = shown(".row.tile:not(.off)").map(emptyShare);
    return {
        hero: least(heroes.filter((el) => el.textContent.length <= 2 && !el.nextSibling.textContent)),
        // Of the smallest large number to the largest.
        ratio: heroes.length ? Math.min(...heroes.map(size)) / Math.max(...heroes.map(size)) : 1,
        figures: least(shown(".row:not(.off) .figs .num")),
        labels: least(shown(".row:not(.off) dt > *")),
        names: least(shown(".row:not(.off) .name")),
        empty: Math.round(Math.max(...ground) * 100),
        least: round(size(smallest)),
        smallest: smallest.textContent.trim(),
        covered: shown(".row.tile:not(.off)").filter(coversName).map((el) => el.querySelector(".name").textContent.trim()),
    };

    // Whether a tile's large number lies over its name: its line has no height, so its box is as high as its digits.
    function coversName(tile) {
        const [hero, name] = [".hero dd", ".name"].map((selector) => tile.querySelector(selector));
        if (!hero || !hero.checkVisibility() || innerWidth < 640) return false;
        return hero.getBoundingClientRect().top + 1 < name.getBoundingClientRect().bottom;
    }

    // The share of a tile's height and width without text or curve, in a grid of 20 by 20 cells.
    function emptyShare(tile) {
        const box = tile.getBoundingClientRect();
        const parts = [...tile.querySelectorAll("h2 bdi, .num, small, dt > *, .say > *, .hour, .bar")].flatMap((el) => [...el.getClientRects()]);
        let empty = 0;
        for (let cell = 0; cell < 400; cell++) {
            const x = box.left + ((cell % 20) + 0.5) * box.width / 20;
            const y = box.top + (Math.floor(cell / 20) + 0.5) * box.height / 20;
            if (!parts.some((part) => part.left <= x && x <= part.right && part.top <= y && y <= part.bottom)) empty++;
        }
        return empty / 400;
    }
}
