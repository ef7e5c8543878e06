// The sizes of a board's tiles, in percent of the screen's shorter side. Runs in the page.

export function tileSizes() {
    const vmin = Math.min(innerWidth, innerHeight) / 100;
    const size = (el) => parseFloat(getComputedStyle(el).fontSize) / vmin;
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((el) => el.checkVisibility() && el.textContent.trim() && el.getClientRects().length);
    const least = (elements) => Math.min(...elements.map(size));
    const two = shown(".row:not(.off) .hero .num").filter((el) => el.textContent.length <= 2);
    const texts = shown("h1, .sub span, .site dt, .site .num, .site bdi, .status, .clock, .tile .name, .tile dt span, .tile .num, .tile small, .normal, .note, .also .mark, .peak text, .pages > span, .band b");
    const [smallest] = texts.filter((el) => !el.closest(".unseen")).sort((a, b) => size(a) - size(b));
    const round = (number) => Math.round(number * 10) / 10;
    return {
        hero: round(least(two)),
        figures: round(least(shown(".row:not(.off) .fig:not(.hero):not(.level) .num"))),
        names: round(least(shown(".row:not(.off) .name"))),
        least: round(size(smallest)),
        smallest: smallest.textContent.trim(),
    };
}
