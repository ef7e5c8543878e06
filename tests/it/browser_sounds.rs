//! Sounds of alerts on a paired screen, in a browser that allows them at once and in one that asks for a tap.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::{
    alert_messages::{critical_floor, queues},
    alerts::{post, save},
    support::{Browser, Wallboard, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
/// The page asks every two seconds.
const SOUNDS_WITHIN: Duration = Duration::from_secs(6);
/// How many notes were played.
const NOTES: &str = "window.notes";
const CHIP: &str = "document.getElementById('sound')";

/// Pairs the browser as the screen "Hall", and makes a rule that sounds there.
async fn pair_hall(wallboard: &Wallboard, autoplay: &str) -> Browser {
    let screen = Browser::start_with(&[&format!("--autoplay-policy={autoplay}")]);
    let url = wallboard.url("/tv");
    screen.command(&json!({"do": "open", "url": url, "watch": "notes"}));
    let code = "document.querySelector('.code')?.textContent";
    screen.wait_for(&format!("!!{code}"), SOON).await;
    let code = screen.evaluate(code);
    let chosen = [
        ("code", code.as_str().unwrap()),
        ("name", "Hall"),
        ("place", ""),
        ("board", "queues"),
    ];
    post(wallboard, "/pair", &chosen).await;
    let board = "document.body?.dataset.live === '/boards/queues/live'";
    screen.wait_for(board, SOON).await;
    let queues = queues(wallboard).await;
    sound_on_hall(wallboard, 0, &queues[0]).await;
    // The board comes into a frame, next to the script.
    screen.wait_for(&format!("!!{CHIP}"), SOON).await;
    screen
}

async fn sound_on_hall(wallboard: &Wallboard, n: usize, queue: &str) {
    let name = format!("Rule {n}");
    let rule =
        format!("[alerts.{name:?}]\nqueues = [{queue:?}]\nfor = \"0s\"\nsound = [\"Hall\"]\n");
    save(wallboard, "alerts", &name, &rule).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_sounds_once_and_not_when_the_page_loads() {
    let (_vep, wallboard, _receiver) = critical_floor("sound").await;
    let screen = pair_hall(&wallboard, "no-user-gesture-required").await;
    sleep(SOUNDS_WITHIN).await;
    // That alert is older than the page.
    assert_eq!(screen.evaluate(NOTES), 0);
    assert_eq!(screen.evaluate(&format!("{CHIP}.hidden")), true);

    let queues = queues(&wallboard).await;
    sound_on_hall(&wallboard, 1, &queues[1]).await;
    screen.wait_for("window.notes === 2", SOUNDS_WITHIN).await;
    sleep(SOUNDS_WITHIN).await;
    assert_eq!(screen.evaluate(NOTES), 2);
    assert!(
        !wallboard
            .text("/screens")
            .await
            .contains("Sound is blocked")
    );

    let desk = Browser::start();
    let url = wallboard.url("/screens");
    desk.command(&json!({"do": "open", "url": url}));
    desk.evaluate("document.querySelector('.screens details').open = true");
    desk.command(&json!({"do": "click", "role": "button", "name": "Play the sound of Hall"}));
    screen.wait_for("window.notes === 4", SOUNDS_WITHIN).await;
    let done = "document.querySelector('.done')?.textContent";
    assert_eq!(
        desk.evaluate(done),
        "The screen plays its sound within a few seconds."
    );
    let errors = screen.console_errors(|error| error.contains("401"));
    assert!(errors.is_empty(), "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_blocks_sound_asks_for_a_tap_and_plays_nothing_old_after_it() {
    let (_vep, wallboard, _receiver) = critical_floor("sound-blocked").await;
    let screen = pair_hall(&wallboard, "document-user-activation-required").await;
    screen
        .wait_for(&format!("{CHIP}.hidden === false"), SOON)
        .await;
    wait_until("the page of screens says it", SOON, async || {
        let page = wallboard.text("/screens").await;
        if page.contains("Sound is blocked") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    let queues = queues(&wallboard).await;
    sound_on_hall(&wallboard, 1, &queues[1]).await;
    sleep(SOUNDS_WITHIN).await;

    let says = screen.evaluate(&format!("{CHIP}.hidden || {CHIP}.textContent"));
    assert_eq!(says, "Tap to allow sound");
    screen.command(&json!({"do": "tap", "at": "#sound"}));
    screen
        .wait_for(&format!("{CHIP}.hidden === true"), SOON)
        .await;
    sleep(SOUNDS_WITHIN).await;
    assert_eq!(screen.evaluate(NOTES), 0, "from earlier than the tap");
    sound_on_hall(&wallboard, 2, &queues[2]).await;
    screen.wait_for("window.notes === 2", SOUNDS_WITHIN).await;
    assert!(
        !wallboard
            .text("/screens")
            .await
            .contains("Sound is blocked")
    );
}
