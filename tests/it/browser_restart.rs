//! A restart in the middle of the day, as seen on a board: before, right after, and once the source
//! is connected again, it is the same day.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Browser, NetworkCondition, ScriptedSite, browser::BOARD_IS_LIVE, scripted_site::Queue,
};

const SOON: Duration = Duration::from_secs(20);
/// The figures of the day in the rows of all queues and of each: the service level and the answered
/// contacts.
const DAY: &str = "[...document.querySelectorAll('.row')].map(row => [...row.querySelectorAll('.fig .num')].slice(-2).map(figure => figure.innerText).join(' '))";
const IS_GRAY: &str = "document.querySelectorAll('.row').length === 3 && \
                       [...document.querySelectorAll('.row')].every(row => row.matches('[data-sev=stale]'))";

#[tokio::test(flavor = "multi_thread")]
async fn board_shows_the_same_day_before_and_after_a_restart() {
    let mut site = ScriptedSite::open("browser-restarted").await;
    site.change(|script| {
        script.agents = ["Anna", "Björn"].map(str::to_owned).into();
        for (n, name) in ["Sales", "Support"].into_iter().enumerate() {
            script.queues.push(Queue {
                name: name.into(),
                ..Queue::default()
            });
            script.set_load(n, [3, 0, 2], 45);
        }
    })
    .await;
    site.answer_contacts(0, 8, 9, true).await;
    site.answer_contacts(1, 5, 90, true).await;
    site.wait_until_known().await;
    let browser = Browser::open(&site.url("/boards/list"));
    browser.wait_for(BOARD_IS_LIVE, SOON).await;
    let before = look(&browser, "before");

    site.upstream.set(NetworkCondition::Refusing);
    site.wallboard.restart("-KILL").await;
    let reopened = Browser::open(&site.url("/boards/list"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let restored = look(&reopened, "restored");
    let is_gray = reopened.evaluate(IS_GRAY);
    site.upstream.set(NetworkCondition::Normal);
    for screen in [&browser, &reopened] {
        screen.wait_for(BOARD_IS_LIVE, SOON).await;
        screen.wait_for(&format!("!({IS_GRAY})"), SOON).await;
    }
    let after = look(&browser, "after");

    assert_eq!(before, json!(["62% 13", "8 of 8 8", "0 of 5 5"]));
    assert_eq!(restored, before);
    assert_eq!(is_gray, true, "restored figures must not look live");
    assert_eq!(after, before);
    assert_eq!(look(&reopened, "reopened"), before);
}

/// Returns the day's figures. With `WALLBOARD_PICTURES=FOLDER` it also saves a picture.
fn look(browser: &Browser, state: &str) -> Value {
    if let Ok(folder) = std::env::var("WALLBOARD_PICTURES") {
        let path = format!("{folder}/restart-{state}.png");
        browser.command(&json!({"do": "screenshot", "path": path}));
    }
    browser.evaluate(DAY)
}
