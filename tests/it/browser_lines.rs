//! Screens while the server or the source is down, and how they reconnect.

use std::{process::Command, time::Duration};

use serde_json::{Value, json};

use tokio::time::Instant;

use crate::{
    board_age::AGE_MAX,
    support::{
        Browser, NetworkCondition, ScriptedSite, assert_throughout, print_measured,
        scripted_site::Queue, tier,
    },
};

const SOON: Duration = Duration::from_secs(20);
const BAND_WITHIN: Duration = Duration::from_secs(30);
/// Until a page shows that its server sends nothing, also if its own clock is set back meanwhile.
const HANG_SHOWN: Duration = Duration::from_secs(10);
/// A source may be silent for so long before anything is marked.
const GRACE: Duration = Duration::from_secs(5);
const BACK_WITHIN: Duration = Duration::from_secs(12);
/// A frame on loopback takes no longer, on a busy machine either.
const ON_ITS_WAY: Duration = Duration::from_secs(2);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live' && \
                       document.getElementById('band').hidden && \
                       !document.body.classList.contains('stale')";
const BAND: &str = "!document.getElementById('band').hidden && \
                    /^Connection lost at .*Showing last known values/.test(document.getElementById('band').textContent)";
const IS_MARKED: &str = "!document.getElementById('band').hidden && \
                         /Showing last known values/.test(document.getElementById('band').textContent)";
const CLOCKS: &str =
    "[...document.querySelectorAll('.row [data-since]')].map(clock => clock.textContent)";

#[tokio::test(flavor = "multi_thread")]
async fn board_survives_a_server_outage_without_reload() {
    let mut site = ScriptedSite::open("browser-killed").await;
    site.change(|script| {
        for (n, name) in ["Sales", "Support"].into_iter().enumerate() {
            let name = name.into();
            script.queues.push(Queue {
                name,
                ..Queue::default()
            });
            script.set_load(n, [3, 1, 2], 45);
        }
    })
    .await;
    site.wait_until_known().await;
    let browser = Browser::open(&site.url("/boards/queues"));
    browser.wait_for(IS_LIVE, SOON).await;
    browser.evaluate("window.mark = 1");
    browser
        .wait_for(&format!("({CLOCKS}).length === 2"), SOON)
        .await;

    let killed = Instant::now();
    site.wallboard.stop("-KILL");
    browser.wait_for(BAND, BAND_WITHIN).await;
    let stopped_clocks = browser.evaluate(CLOCKS);
    let rest = tier(20, 60).saturating_sub(killed.elapsed());
    assert_throughout(
        "the clocks are stopped and the page stays",
        rest,
        async || {
            let clocks = browser.evaluate(CLOCKS);
            let is_same_page = browser.evaluate("window.mark") == 1;
            if clocks == stopped_clocks && is_same_page && browser.evaluate(BAND) == true {
                Ok(())
            } else {
                Err((clocks, is_same_page))
            }
        },
    )
    .await;
    site.wallboard.start_again().await;
    browser.wait_for(IS_LIVE, BACK_WITHIN).await;
    // Figures are back later: the source needs time to reconnect.
    browser
        .wait_for(&format!("({CLOCKS}).length === 2"), SOON)
        .await;

    assert_eq!(browser.evaluate("window.mark"), 1);
    assert_ne!(browser.evaluate(CLOCKS), stopped_clocks);
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_a_server_that_hangs_are_marked_in_time_and_claim_no_calm() {
    let site = ScriptedSite::open("browser-hangs").await;
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".into(),
            ..Queue::default()
        });
        script.set_load(0, [1, 1, 4], 10);
    })
    .await;
    site.wait_until_known().await;
    let board = Browser::open(&site.url("/boards/queues"));
    // The header of a narrower one drops that all is calm first.
    board.command(&json!({"do": "tiles", "width": 2560, "height": 1080}));
    let gallery = Browser::open(&site.url("/"));
    let has = |text: &str| format!("document.body.innerText.includes('{text}')");
    let screens = [
        (&board, has("Nothing needs attention")),
        (&gallery, has("All clear")),
    ];
    board.wait_for(IS_LIVE, SOON).await;
    for (screen, calm) in &screens {
        screen.wait_for(calm, SOON).await;
    }

    site.wallboard.signal("-STOP");
    let hung = Instant::now();
    gallery.evaluate("(now => { Date.now = () => now() - 3_600_000; })(Date.now), null");
    for (screen, calm) in &screens {
        let left = HANG_SHOWN.saturating_sub(hung.elapsed());
        let is_marked = format!("{BAND} && !{calm}");
        screen.wait_for(&is_marked, left).await;
    }
    print_measured("board and gallery marked after", hung.elapsed(), HANG_SHOWN);
    site.wallboard.signal("-CONT");

    board.wait_for(IS_LIVE, SOON).await;
    for (screen, calm) in &screens {
        screen.wait_for(calm, SOON).await;
    }
}

/// The line to the source dies first, and the server hangs while everything still looks live.
#[tokio::test(flavor = "multi_thread")]
async fn screens_of_a_server_that_hangs_after_its_source_are_marked_in_time() {
    let site = ScriptedSite::open("browser-both-hang").await;
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".into(),
            ..Queue::default()
        });
        script.set_load(0, [1, 1, 4], 10);
    })
    .await;
    site.wait_until_known().await;
    let board = Browser::open(&site.url("/boards/queues"));
    let gallery = Browser::open(&site.url("/"));
    board.wait_for(IS_LIVE, SOON).await;
    gallery
        .wait_for("document.body.innerText.includes('All clear')", SOON)
        .await;

    site.upstream.set(NetworkCondition::Silent);
    let silent = Instant::now();
    assert_throughout("nothing is marked yet", GRACE, async || {
        let state = board.evaluate(IS_LIVE);
        if state == true { Ok(()) } else { Err(state) }
    })
    .await;
    site.wallboard.signal("-STOP");
    for screen in [&board, &gallery] {
        let left = AGE_MAX.saturating_sub(silent.elapsed());
        screen.wait_for(IS_MARKED, left).await;
    }
    print_measured("board and gallery marked after", silent.elapsed(), AGE_MAX);
    site.wallboard.signal("-CONT");
}

/// Another tab covered the board, and the server hangs when it is visible again.
#[tokio::test(flavor = "multi_thread")]
async fn board_that_was_hidden_is_marked_until_its_values_arrive() {
    let site = ScriptedSite::open("browser-hidden").await;
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".into(),
            ..Queue::default()
        });
        script.set_load(0, [1, 1, 4], 10);
    })
    .await;
    site.wait_until_known().await;
    let board = Browser::open(&site.url("/boards/queues"));
    board.wait_for(IS_LIVE, SOON).await;
    let shows = |is_hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {is_hidden}, configurable: true }}), \
             document.dispatchEvent(new Event('visibilitychange')), {IS_LIVE}"
        )
    };

    assert_eq!(board.evaluate(&shows(true)), true);
    let is_marked = "document.body.classList.contains('stale')";
    board.wait_for(is_marked, SOON).await;
    site.change(|script| script.set_load(0, [3, 1, 4], 10))
        .await;
    site.wait_until_known().await;
    site.wallboard.signal("-STOP");

    // Frames that were on their way have arrived by then, while it's hidden.
    assert_throughout("it stays marked", ON_ITS_WAY, async || {
        let state = board.evaluate(is_marked);
        if state == true { Ok(()) } else { Err(state) }
    })
    .await;

    assert_eq!(board.evaluate(&shows(false)), false);
    assert_eq!(board.evaluate(BAND), true);
    site.wallboard.signal("-CONT");
    board.wait_for(IS_LIVE, SOON).await;
    let has_three = "document.querySelector('.row:not([hidden]) .num').textContent === '3'";
    board.wait_for(has_three, SOON).await;
}

/// Runs the page's own reconnection for 500 screens on a simulated clock.
#[test]
fn reconnecting_screens_spread_their_attempts() {
    let ran = Command::new("node")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/browser/fleet.mjs"
        ))
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let found: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let number = |name: &str| found[name].as_f64().unwrap();

    println!("{found}");
    assert!(number("back") >= 500.0, "all reconnect: {found}");
    assert!(
        number("last_after_s") <= BACK_WITHIN.as_secs_f64(),
        "{found}"
    );
    assert!(number("per_second") <= 50.0, "{found}");
}
