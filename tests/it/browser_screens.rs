//! Screen features beyond figures: remote control, menu, screen settings, and running well for
//! weeks.

use std::{collections::HashSet, fmt::Debug, future::ready, time::Duration};

use serde_json::json;
use wallboard_domain::{Metric, Pattern, PatternThresholds, Patterns, SeverityLimits};

use crate::support::{
    Browser,
    browser::BOARD_IS_LIVE,
    ports,
    test_server::{ServerOptions, TestServer},
    wait_until,
};

const SOON: Duration = Duration::from_secs(20);
/// Also valid while the page is loading.
const IS_LIVE_AGAIN: &str = "document.getElementById('link')?.dataset.state === 'live'";
const IS_OPEN: &str = "document.getElementById('overlay').open";
const PAGE: &str =
    "[...document.querySelectorAll('#pages .page')].findIndex(n => n.hasAttribute('aria-current'))";

async fn open_live(server: &TestServer, path: &str) -> Browser {
    let browser = Browser::open(&server.url(path));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    browser
}

async fn reload(browser: &Browser) {
    browser.evaluate("window.old = 1, setTimeout(() => location.reload()), null");
    browser
        .wait_for(&format!("!window.old && {IS_LIVE_AGAIN}"), SOON)
        .await;
}

/// Presses a television's key, which has only a number.
fn press_number(browser: &Browser, number: u32) {
    browser.evaluate(&format!(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', \
         {{ keyCode: {number}, bubbles: true, cancelable: true }})), null"
    ));
}

/// Makes the page's clock `ahead` milliseconds fast.
fn set_clock(browser: &Browser, ahead: usize) {
    browser.evaluate(&format!(
        "window.trueNow = window.trueNow || Date.now, Date.now = () => trueNow() + {ahead}, null"
    ));
}

fn check<T: Debug>(is: bool, seen: &T) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{seen:?}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn menu_opens_with_ok_traps_focus_and_returns_it() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues").await;

    browser.press("Enter");
    assert_eq!(browser.evaluate(IS_OPEN), true);
    let is_named = "document.getElementById('overlay').getAttribute('aria-label')";
    assert_eq!(browser.evaluate(is_named), "Screen settings");
    let small = "[...document.querySelectorAll('#overlay .key')].filter(key => key.offsetParent \
                 && key.getBoundingClientRect().height < 0.0799 * innerHeight).length";
    assert_eq!(browser.evaluate(small), 0);
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
        let before = browser.evaluate(focus);
        browser.press(key);
        assert_eq!(browser.evaluate(is_within), true, "{key}");
        assert_ne!(browser.evaluate(focus), before, "{key}");
        assert!(
            browser.evaluate(is_ringed).as_f64().unwrap() >= 4.0,
            "{key}"
        );
    }
    for _ in 0..20 {
        browser.press("Tab");
        assert_eq!(browser.evaluate(is_within), true);
    }

    browser.press("Escape");
    assert_eq!(browser.evaluate(IS_OPEN), false);
    for back in [8, 461, 10009] {
        browser.evaluate("document.querySelector('.tile a').focus()");
        press_number(&browser, u32::from(b'?'));
        browser.press("?");
        assert_eq!(browser.evaluate(IS_OPEN), true);
        press_number(&browser, back);
        assert_eq!(browser.evaluate(IS_OPEN), false, "{back}");
        let is_back = "document.activeElement === document.querySelector('.tile a')";
        assert_eq!(browser.evaluate(is_back), true, "{back}");
    }
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

/// Chromium, too, reports a pointer that nobody moves, at the window's corner, when a page's layout changes.
#[tokio::test(flavor = "multi_thread")]
async fn pointer_brings_the_controls_once_it_moves() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues").await;
    let seen_after = "[0, 0, 1].map(screenX => { dispatchEvent(new MouseEvent('mousemove', { screenX })); \
                      return getComputedStyle(document.getElementById('controls')).visibility; })";
    assert_eq!(
        browser.evaluate(seen_after),
        json!(["hidden", "hidden", "visible"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn arrows_turn_pages_space_pauses_and_reload_keeps_the_page() {
    let options = ServerOptions {
        queues: 30,
        ..ServerOptions::default()
    };
    let server = TestServer::start(options).await;
    let browser = open_live(&server, "/boards/queues").await;
    assert_eq!(browser.evaluate(PAGE), 0);

    browser.press("Space");
    let is_paused = "document.getElementById('pages').innerText.includes('Paused')";
    assert_eq!(browser.evaluate(is_paused), true);

    browser.press("ArrowRight");
    browser.press("ArrowRight");
    assert_eq!(browser.evaluate(PAGE), 2);
    browser.press("ArrowRight");
    assert_eq!(browser.evaluate(PAGE), 0);
    browser.press("ArrowLeft");
    browser.press("ArrowLeft");
    assert_eq!(browser.evaluate(PAGE), 1);

    reload(&browser).await;
    assert_eq!(browser.evaluate(PAGE), 1);
    let shown = "document.querySelectorAll('.tile:not(.off):not([hidden])').length";
    assert_eq!(browser.evaluate(shown), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn up_and_down_switch_boards() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues?theme=light").await;

    browser.press("ArrowDown");

    let is_there = "location.pathname + location.search === '/boards/agents?theme=light'";
    browser.wait_for(is_there, SOON).await;
    browser.wait_for(IS_LIVE_AGAIN, SOON).await;
    browser.press("ArrowUp");
    browser
        .wait_for("location.pathname === '/boards/queues'", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screen_settings_override_the_url_and_survive_reload() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues?theme=light").await;
    let theme = "document.body.dataset.theme";
    let inset = "document.querySelector('.top').getBoundingClientRect().left / innerHeight * 100";
    assert_eq!(browser.evaluate(theme), "light");

    browser.press("t");
    browser.press("Enter");
    for _ in 0..5 {
        browser.evaluate("document.querySelector('[data-do=edge][data-by=\"0.5\"]').click()");
    }
    assert_eq!(browser.evaluate(theme), "dark");
    let at = browser.evaluate(inset).as_f64().unwrap();
    // The pixel shift moves the board by up to 0.3.
    assert!((at - 5.5).abs() < 0.5, "{at}");

    reload(&browser).await;
    assert_eq!(browser.evaluate(theme), "dark");
    let at = browser.evaluate(inset).as_f64().unwrap();
    assert!((at - 5.5).abs() < 0.5, "{at}");
    // If settings can't be saved, the change lasts until the next load.
    browser.evaluate("Storage.prototype.setItem = () => { throw new Error() }, null");
    browser.press("t");
    assert_eq!(browser.evaluate(theme), "light");
    assert_eq!(browser.evaluate("document.cookie"), "");
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn pixel_shift_moves_the_board_slightly() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues").await;

    let (mut seen, mut evaluations) = (HashSet::new(), 0);
    wait_until("eight positions", Duration::from_mins(1), || {
        seen.insert(
            browser
                .evaluate("document.body.style.transform")
                .to_string(),
        );
        evaluations += 1;
        set_clock(&browser, evaluations % 8 * 180_000);
        ready(check(seen.len() == 8, &seen))
    })
    .await;

    let far = "Math.max(...new DOMMatrix(document.body.style.transform).toFloat64Array().slice(12, 14).map(Math.abs))";
    assert!(browser.evaluate(far).as_f64().unwrap() <= 4.0);
    // Never animated, because that would draw the eye.
    assert_eq!(
        browser.evaluate("getComputedStyle(document.body).transitionDuration"),
        "0s"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn screen_care_swaps_edges_and_outlines_lasting_fills() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues").await;
    let is_above = "document.querySelector('.top').getBoundingClientRect().top < innerHeight / 2";
    browser.press("Enter");
    browser.evaluate("document.querySelector('[data-do=care]').click()");
    browser.press("Escape");

    // The header moves to the other edge each half hour.
    let (mut seen, mut evaluations) = (Vec::new(), 0);
    wait_until("both edges", Duration::from_mins(1), || {
        let at = browser.evaluate(is_above);
        if seen.last() != Some(&at) {
            seen.push(at);
        }
        evaluations += 1;
        set_clock(&browser, evaluations % 2 * 1_800_000);
        ready(check(3 < seen.len(), &seen))
    })
    .await;

    // Filled for ten minutes, by the monotonic clock.
    let is_outline = "document.querySelector('.tile').classList.contains('worn')";
    browser.evaluate("document.querySelector('.tile').dataset.sev = 'crit', null");
    assert_eq!(browser.evaluate(is_outline), false);
    browser.evaluate(
        "(now => { performance.now = () => now() + 601000 })(performance.now.bind(performance)), null",
    );
    browser.wait_for(is_outline, SOON).await;
    browser.evaluate("document.querySelector('[data-do=care]').click()");
    let is_as_before = format!(
        "{is_above} && getComputedStyle(document.querySelector('.tile')).outlineStyle === 'none'"
    );
    browser.wait_for(&is_as_before, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_and_pointer_show_only_while_in_use() {
    let server = TestServer::start(ServerOptions::default()).await;
    let browser = open_live(&server, "/boards/queues").await;
    let is_seen = "getComputedStyle(document.getElementById('controls')).visibility === 'visible'";
    browser.wait_for(&format!("!({is_seen})"), SOON).await;

    browser.press("Shift");

    assert_eq!(browser.evaluate(is_seen), true);
    let cursor = "getComputedStyle(document.body).cursor === 'none'";
    assert_eq!(browser.evaluate(cursor), false);
    browser.wait_for(cursor, SOON).await;
    browser.wait_for(&format!("!({is_seen})"), SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_reloads_once_the_server_responds_with_a_new_build() {
    let port = ports::free();
    let options = |build: &str| ServerOptions {
        port,
        build: build.to_owned(),
        ..ServerOptions::default()
    };
    let server = TestServer::start(options("old")).await;
    let browser = open_live(&server, "/boards/queues").await;
    // Screens reload one by one within a minute: this one is the first.
    browser.evaluate("window.mark = 1, Math.random = () => 0, null");
    let health_requests =
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/healthz')).length";
    server.stop().await;

    // Its sockets announce a version that its health endpoint doesn't know.
    let server = TestServer::start(options("another")).await;
    browser
        .wait_for(&format!("{health_requests} > 0 && {BOARD_IS_LIVE}"), SOON)
        .await;
    assert_eq!(browser.evaluate("window.mark"), 1);
    server.stop().await;
    let _server = TestServer::start(options(wallboard::web::build_id())).await;

    let is_new = json!(wallboard::web::build_id());
    let reloaded = format!(
        "window.mark !== 1 && document.body?.dataset.v === {is_new} && document.getElementById('link')?.dataset.state === 'live'"
    );
    browser.wait_for(&reloaded, Duration::from_secs(40)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn critical_queue_on_another_page_is_shown_once_unless_paused() {
    let limits = SeverityLimits {
        critical: Some(50.0),
        ..SeverityLimits::default()
    };
    let thresholds = PatternThresholds {
        metrics: vec![(Metric::Waiting, limits)],
        ..PatternThresholds::default()
    };
    let server = TestServer::start(ServerOptions {
        queues: 30,
        thresholds: Patterns(vec![(Pattern("*".to_owned()), thresholds)]),
        ..ServerOptions::default()
    })
    .await;
    let browser = open_live(&server, "/boards/queues").await;
    let elsewhere = "+document.querySelector('.tile.off h2').textContent.split('-')[1]";
    let is_seen = "document.querySelector('.tile[data-sev=crit]:not(.off)') !== null";

    let queue = browser.evaluate(elsewhere).as_u64().unwrap();
    server.set_waiting(queue, 60).await;
    browser.wait_for(is_seen, SOON).await;
    // Filled by one of thirty seconds, not of fifteen.
    let is_first_of_30 =
        "document.querySelector('.pages [aria-current] span').style.width.startsWith('3.33')";
    browser.wait_for(is_first_of_30, SOON).await;

    server.set_waiting(queue, 0).await;
    browser.wait_for(&format!("!({is_seen})"), SOON).await;
    browser.press("p");
    let page = browser.evaluate(PAGE);
    let queue = browser.evaluate(elsewhere).as_u64().unwrap();
    server.set_waiting(queue, 60).await;
    let is_there = "document.querySelector('.tile[data-sev=crit].off') !== null";
    browser.wait_for(is_there, SOON).await;
    assert_eq!(browser.evaluate(PAGE), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn page_reloads_nightly_and_keeps_its_position() {
    let options = ServerOptions {
        queues: 30,
        ..ServerOptions::default()
    };
    let server = TestServer::start(options).await;
    let browser = open_live(&server, "/boards/queues").await;
    browser.press("p");
    browser.press("ArrowRight");
    browser.evaluate("window.old = 1");

    // A quarter past four tomorrow, in the site's zone. Advances the clock again only once the page
    // has shown the result. The page may be gone between two evaluations.
    let night = "(() => { const clock = document.getElementById('clock'); \
                 if (window.old !== 1 || clock === null) return; \
                 const shown = clock.textContent; \
                 if (window.shown === shown) return; \
                 window.shown = shown; \
                 const [h, m] = shown.split(':'); \
                 const now = Date.now, ahead = ((255 - h * 60 - m + 1440) % 1440 + 1440) * 60000; \
                 Date.now = () => now() + ahead })(), null";
    wait_until("reloaded", SOON, || {
        browser.evaluate(night);
        ready(check(browser.evaluate("window.old !== 1") == true, &()))
    })
    .await;

    browser.wait_for(IS_LIVE_AGAIN, SOON).await;
    assert_eq!(browser.evaluate(PAGE), 1);
}
