//! What a screen does while what it depends on is away, and how it comes back.

use std::{process::Command, time::Duration};

use serde_json::Value;

use crate::support::{Browser, Play, play::Queue, throughout};

const SOON: Duration = Duration::from_secs(20);
/// The server is away for so long.
const AWAY: Duration = Duration::from_mins(1);
const BAND_WITHIN: Duration = Duration::from_secs(30);
const BACK_WITHIN: Duration = Duration::from_secs(12);
const IS_LIVE: &str = "document.getElementById('link').dataset.state === 'live' && \
                       document.getElementById('band').hidden && \
                       !document.body.classList.contains('stale')";
const BAND: &str = "!document.getElementById('band').hidden && \
                    /^Connection lost at .*Showing last known values/.test(document.getElementById('band').textContent)";
const CLOCKS: &str =
    "[...document.querySelectorAll('.row [data-since]')].map(clock => clock.textContent)";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_away_for_60_s_is_said_and_comes_back_untouched() {
    let mut play = Play::open("browser-killed").await;
    play.change(|cast| {
        for (n, name) in ["Sales", "Support"].into_iter().enumerate() {
            let name = name.into();
            cast.queues.push(Queue {
                name,
                ..Queue::default()
            });
            cast.load(n, [3, 1, 2], 45);
        }
    })
    .await;
    play.is_known().await;
    let browser = Browser::open(&play.url("/boards/queues"));
    browser.sees(IS_LIVE, SOON).await;
    browser.look("window.mark = 1");
    browser
        .sees(&format!("({CLOCKS}).length === 2"), SOON)
        .await;

    let killed = tokio::time::Instant::now();
    play.wallboard.end("-KILL");
    browser.sees(BAND, BAND_WITHIN).await;
    let frozen = browser.look(CLOCKS);
    let rest = AWAY.saturating_sub(killed.elapsed());
    throughout(
        "the clocks stand still and the page stays",
        rest,
        async || {
            let clocks = browser.look(CLOCKS);
            let is_kept = browser.look("window.mark") == 1;
            if clocks == frozen && is_kept && browser.look(BAND) == true {
                Ok(())
            } else {
                Err((clocks, is_kept))
            }
        },
    )
    .await;
    play.wallboard.start_again().await;
    browser.sees(IS_LIVE, BACK_WITHIN).await;
    // Of the figures: the source needs its own time.
    browser
        .sees(&format!("({CLOCKS}).length === 2"), SOON)
        .await;

    assert_eq!(browser.look("window.mark"), 1);
    assert_ne!(browser.look(CLOCKS), frozen);
}

/// The page's own way of coming back, run for 500 screens on a clock of its own.
#[test]
fn screens_that_come_back_to_a_server_do_not_all_come_at_once() {
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
    assert!(number("back") >= 500.0, "all are back: {found}");
    assert!(
        number("last_after_s") <= BACK_WITHIN.as_secs_f64(),
        "{found}"
    );
    assert!(number("per_second") <= 50.0, "{found}");
}
