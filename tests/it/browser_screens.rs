//! What a screen does besides its figures: remote control, menu, its own settings,
//! and what keeps it well for weeks.

use std::{collections::HashSet, fmt::Debug, future::ready, time::Duration};

use serde_json::json;
use wallboard::boards::board_file;

use crate::support::{
    Browser,
    house::{House, Plan},
    ports, until,
};

const SOON: Duration = Duration::from_secs(20);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live'";
/// Also while the page is being loaded.
const IS_LIVE_AGAIN: &str = "document.getElementById('link')?.dataset.state === 'live'";
const IS_OPEN: &str = "document.getElementById('overlay').open";
const PAGE: &str =
    "[...document.getElementById('pages').children].findIndex(n => n.hasAttribute('aria-current'))";

async fn live(house: &House, path: &str) -> Browser {
    let browser = Browser::open(&house.url(path));
    browser.sees(IS_LIVE, SOON).await;
    browser
}

async fn reload(browser: &Browser) {
    browser.look("window.old = 1, setTimeout(() => location.reload()), null");
    browser
        .sees(&format!("!window.old && {IS_LIVE_AGAIN}"), SOON)
        .await;
}

/// A key of a television, which has a number only.
fn press_number(browser: &Browser, number: u32) {
    browser.look(&format!(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', \
         {{ keyCode: {number}, bubbles: true, cancelable: true }})), null"
    ));
}

/// Lets the page believe that the clock on the wall is `ahead` milliseconds fast.
fn set_clock(browser: &Browser, ahead: usize) {
    browser.look(&format!(
        "window.trueNow = window.trueNow || Date.now, Date.now = () => trueNow() + {ahead}, null"
    ));
}

fn enough<T: Debug>(is: bool, seen: &T) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{seen:?}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_opens_at_ok_keeps_the_focus_and_gives_it_back() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues").await;

    browser.press("Enter");
    assert_eq!(browser.look(IS_OPEN), true);
    let is_named = "document.getElementById('overlay').getAttribute('aria-label')";
    assert_eq!(browser.look(is_named), "Screen settings");
    let small = "[...document.querySelectorAll('#overlay .key')].filter(key => key.offsetParent \
                 && key.getBoundingClientRect().height < 0.0799 * innerHeight).length";
    assert_eq!(browser.look(small), 0);
    let focus = "document.activeElement.textContent";
    let is_ringed = "parseFloat(getComputedStyle(document.activeElement).outlineWidth)";
    let is_within = "document.activeElement.closest('#overlay') !== null";
    for key in [
        "Tab",
        "Tab",
        "Shift+Tab",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "ArrowUp",
    ] {
        let before = browser.look(focus);
        browser.press(key);
        assert_eq!(browser.look(is_within), true, "{key}");
        assert_ne!(browser.look(focus), before, "{key}");
        assert!(browser.look(is_ringed).as_f64().unwrap() >= 4.0, "{key}");
    }
    for _ in 0..20 {
        browser.press("Tab");
        assert_eq!(browser.look(is_within), true);
    }

    browser.press("Escape");
    assert_eq!(browser.look(IS_OPEN), false);
    for back in [8, 461, 10009] {
        browser.look("document.querySelector('.tile a').focus()");
        press_number(&browser, u32::from(b'?'));
        browser.press("?");
        assert_eq!(browser.look(IS_OPEN), true);
        press_number(&browser, back);
        assert_eq!(browser.look(IS_OPEN), false, "{back}");
        let is_back = "document.activeElement === document.querySelector('.tile a')";
        assert_eq!(browser.look(is_back), true, "{back}");
    }
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn arrows_turn_pages_space_holds_them_and_a_reload_keeps_them() {
    let plan = Plan {
        queues: 30,
        ..Plan::default()
    };
    let house = House::open(plan).await;
    let browser = live(&house, "/boards/queues").await;
    assert_eq!(browser.look(PAGE), 0);

    browser.press("Space");
    let is_said = "document.getElementById('pages').innerText.includes('Paused')";
    assert_eq!(browser.look(is_said), true);

    browser.press("ArrowRight");
    browser.press("ArrowRight");
    assert_eq!(browser.look(PAGE), 2);
    browser.press("ArrowRight");
    assert_eq!(browser.look(PAGE), 0);
    browser.press("ArrowLeft");
    browser.press("ArrowLeft");
    assert_eq!(browser.look(PAGE), 1);

    reload(&browser).await;
    assert_eq!(browser.look(PAGE), 1);
    let shown = "document.querySelectorAll('.tile:not(.off):not([hidden])').length";
    assert_eq!(browser.look(shown), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn up_and_down_lead_to_the_boards_beside_this_one() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues?theme=light").await;

    browser.press("ArrowDown");

    let is_there = "location.pathname + location.search === '/boards/agents?theme=light'";
    browser.sees(is_there, SOON).await;
    browser.sees(IS_LIVE_AGAIN, SOON).await;
    browser.press("ArrowUp");
    browser
        .sees("location.pathname === '/boards/queues'", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_keeps_its_theme_and_safe_area_over_address_and_board() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues?theme=light").await;
    let theme = "document.body.dataset.theme";
    let inset = "document.querySelector('.bar').getBoundingClientRect().top / innerHeight * 100";
    assert_eq!(browser.look(theme), "light");

    browser.press("t");
    browser.press("Enter");
    for _ in 0..5 {
        browser.look("document.querySelector('[data-do=edge][data-by=\"0.5\"]').click()");
    }
    assert_eq!(browser.look(theme), "dark");
    let at = browser.look(inset).as_f64().unwrap();
    // The board stands up to 0.3 beside it, see the pixel shift.
    assert!((at - 6.0).abs() < 0.5, "{at}");

    reload(&browser).await;
    assert_eq!(browser.look(theme), "dark");
    let at = browser.look(inset).as_f64().unwrap();
    assert!((at - 6.0).abs() < 0.5, "{at}");
    // Where nothing can be kept, it holds until the next load.
    browser.look("Storage.prototype.setItem = () => { throw new Error() }, null");
    browser.press("t");
    assert_eq!(browser.look(theme), "light");
    assert_eq!(browser.look("document.cookie"), "");
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_wanders_by_a_hair_so_that_nothing_burns_in() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues").await;

    let (mut seen, mut glances) = (HashSet::new(), 0);
    until("eight places", Duration::from_mins(1), || {
        seen.insert(browser.look("document.body.style.transform").to_string());
        glances += 1;
        set_clock(&browser, glances % 8 * 180_000);
        ready(enough(seen.len() == 8, &seen))
    })
    .await;

    let far = "Math.max(...new DOMMatrix(document.body.style.transform).toFloat64Array().slice(12, 14).map(Math.abs))";
    assert!(browser.look(far).as_f64().unwrap() <= 4.0);
    // Never animated, or it would draw the eye.
    assert_eq!(
        browser.look("getComputedStyle(document.body).transitionDuration"),
        "0s"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn screen_care_swaps_edges_and_turns_a_lasting_fill_into_an_outline() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues").await;
    let is_above = "document.querySelector('.bar').getBoundingClientRect().top < innerHeight / 2";
    browser.press("Enter");
    browser.look("document.querySelector('[data-do=care]').click()");
    browser.press("Escape");

    // From one half hour to the next the header is at the other edge.
    let (mut seen, mut glances) = (Vec::new(), 0);
    until("both edges", Duration::from_mins(1), || {
        let at = browser.look(is_above);
        if seen.last() != Some(&at) {
            seen.push(at);
        }
        glances += 1;
        set_clock(&browser, glances % 2 * 1_800_000);
        ready(enough(3 < seen.len(), &seen))
    })
    .await;

    // What was filled for ten minutes, by the clock that only goes on.
    let is_outline = "document.querySelector('.tile').classList.contains('worn')";
    browser.look("document.querySelector('.tile').dataset.sev = 'crit', null");
    assert_eq!(browser.look(is_outline), false);
    browser.look(
        "(now => { performance.now = () => now() + 601000 })(performance.now.bind(performance)), null",
    );
    browser.sees(is_outline, SOON).await;
    browser.look("document.querySelector('[data-do=care]').click()");
    let is_as_before = format!(
        "{is_above} && getComputedStyle(document.querySelector('.tile')).outlineStyle === 'none'"
    );
    browser.sees(&is_as_before, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hands_bring_the_controls_and_their_absence_takes_pointer_and_controls() {
    let house = House::open(Plan::default()).await;
    let browser = live(&house, "/boards/queues").await;
    let is_seen = "getComputedStyle(document.getElementById('controls')).visibility === 'visible'";
    browser.sees(&format!("!({is_seen})"), SOON).await;

    browser.press("Shift");

    assert_eq!(browser.look(is_seen), true);
    let cursor = "getComputedStyle(document.body).cursor === 'none'";
    assert_eq!(browser.look(cursor), false);
    browser.sees(cursor, Duration::from_secs(6)).await;
    browser
        .sees(&format!("!({is_seen})"), Duration::from_secs(8))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_loaded_once_the_server_answers_with_it() {
    let port = ports::free();
    let plan = |build: &str| Plan {
        port,
        build: build.to_owned(),
        ..Plan::default()
    };
    let house = House::open(plan("old")).await;
    let browser = live(&house, "/boards/queues").await;
    // Screens come one by one within a minute: this one is the first.
    browser.look("window.mark = 1, Math.random = () => 0, null");
    let asked =
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/healthz')).length";
    house.stop().await;

    // Its sockets speak of a version that its health does not know.
    let house = House::open(plan("another")).await;
    browser
        .sees(&format!("{asked} > 0 && {IS_LIVE}"), SOON)
        .await;
    assert_eq!(browser.look("window.mark"), 1);
    house.stop().await;
    let _house = House::open(plan(wallboard::web::build_id())).await;

    let is_new = json!(wallboard::web::build_id());
    let reloaded = format!(
        "window.mark !== 1 && document.body?.dataset.v === {is_new} && document.getElementById('link')?.dataset.state === 'live'"
    );
    browser.sees(&reloaded, Duration::from_secs(40)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_critical_elsewhere_is_shown_once_twice_as_long_and_not_while_held() {
    let board = "layout = \"queues\"\n[thresholds.\"*\"]\nwaiting = { crit = 50 }";
    let house = House::open(Plan {
        queues: 30,
        boards: vec![board_file::parse_board(board, "limits.toml").unwrap()],
        ..Plan::default()
    })
    .await;
    let browser = live(&house, "/boards/limits").await;
    let elsewhere = "+document.querySelector('.tile.off h2').textContent.split('-')[1]";
    let is_seen = "document.querySelector('.tile[data-sev=crit]:not(.off)') !== null";

    let queue = browser.look(elsewhere).as_u64().unwrap();
    house.load(queue, 60).await;
    browser.sees(is_seen, SOON).await;
    // Filled by one of thirty seconds, not of fifteen.
    let is_first_of_30 =
        "document.querySelector('.pages [aria-current] span').style.width.startsWith('3.33')";
    browser.sees(is_first_of_30, SOON).await;

    house.load(queue, 0).await;
    browser.sees(&format!("!({is_seen})"), SOON).await;
    browser.press("p");
    let page = browser.look(PAGE);
    let queue = browser.look(elsewhere).as_u64().unwrap();
    house.load(queue, 60).await;
    let is_there = "document.querySelector('.tile[data-sev=crit].off') !== null";
    browser.sees(is_there, SOON).await;
    assert_eq!(browser.look(PAGE), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_night_the_page_is_loaded_anew_and_stays_where_it_was() {
    let plan = Plan {
        queues: 30,
        ..Plan::default()
    };
    let house = House::open(plan).await;
    let browser = live(&house, "/boards/queues").await;
    browser.press("p");
    browser.press("ArrowRight");
    browser.look("window.old = 1");

    // A quarter past four on the site, tomorrow; put forward again only once the page has
    // shown what came of it. Between two looks it may be gone.
    let night = "(() => { const clock = document.getElementById('clock'); \
                 if (window.old !== 1 || clock === null) return; \
                 const shown = clock.textContent; \
                 if (window.shown === shown) return; \
                 window.shown = shown; \
                 const [h, m] = shown.split(':'); \
                 const now = Date.now, ahead = ((255 - h * 60 - m + 1440) % 1440 + 1440) * 60000; \
                 Date.now = () => now() + ahead })(), null";
    until("loaded anew", SOON, || {
        browser.look(night);
        ready(enough(browser.look("window.old !== 1") == true, &()))
    })
    .await;

    browser.sees(IS_LIVE_AGAIN, SOON).await;
    assert_eq!(browser.look(PAGE), 1);
}
