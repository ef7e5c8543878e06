//! A queue's form in a browser: without barriers, and by keyboard alone.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Browser, ScriptedSite,
    scripted_site::{Queue, queue_page},
    wait_until,
};

const SOON: Duration = Duration::from_secs(20);

async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open(name).await;
    site.change(|script| {
        for name in ["Sales", "Support"] {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
        }
        script.set_load(0, [3, 1, 0], 60);
        script.set_load(1, [0, 1, 2], 0);
    })
    .await;
    site.wait_until_known().await;
    site
}

/// The pages on which settings are changed, with an entry of the file, a new one, and a fault; announcements and alerts.
fn pages() -> Vec<String> {
    let fixed = [
        "/settings",
        "/settings/changes",
        "/settings/thresholds",
        "/settings/thresholds?name=%2A",
        "/settings/thresholds?name=chat%2F1",
        "/announcements?start=0",
        "/alerts?done=empty-note",
        "/alerts/rule",
    ];
    let edit = format!("{}/edit", queue_page(0));
    let saved = format!("{edit}?saved=thresholds");
    let fixed = fixed.into_iter().map(str::to_owned);
    fixed.chain([edit, saved, queue_page(0)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_settings_fit_and_have_no_barriers() {
    let site = open_site("browser-edit-pages").await;
    let browser = Browser::start();
    browser.check_pages_and_keyboard(&site.base_url(), &pages(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_closed_in_two_taps_on_a_phone_and_opened_by_undo() {
    let site = open_site("browser-edit-close").await;
    let browser = Browser::start();
    let url = site.url(&queue_page(0));
    browser.command(&json!({"do": "open", "url": url, "width": 390, "height": 844}));
    let tap = |selector: &str| {
        let element = format!("document.querySelector('{selector}')");
        let is_in_sight = format!(
            "(({{ left, right, height }}) => 0 <= left && right <= 390 && 28 <= height)({element}.getBoundingClientRect())"
        );
        assert_eq!(browser.evaluate(&is_in_sight), true, "{selector}");
        browser.evaluate(&format!("{element}.click()"));
    };
    tap(".close-early > summary");
    tap(".close-early button[value=now]");
    let is_closed = "document.querySelector('.acts .done')?.textContent.startsWith('Closed today')";
    browser.wait_for(is_closed, SOON).await;
    tap(".acts .done button");
    browser
        .wait_for("document.querySelector('.close-early') !== null", SOON)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_is_changed_and_undone_by_keyboard_alone() {
    let site = open_site("browser-edit-keys").await;
    let browser = Browser::open(&site.url(&format!("{}/edit", queue_page(0))));
    browser
        .wait_for("document.readyState === 'complete'", SOON)
        .await;
    for _ in 0..60 {
        browser.press("Tab");
        if browser.evaluate("document.activeElement.name") == "waiting.crit" {
            break;
        }
    }
    assert_eq!(browser.evaluate("document.activeElement.value"), "10");
    browser.evaluate("document.activeElement.select()");
    browser.press("6");
    browser.press("Enter");

    let is_saved = "location.search === '?saved=thresholds' && document.querySelector('.done')?.textContent.startsWith('Saved.')";
    browser.wait_for(is_saved, SOON).await;
    assert_eq!(
        browser.evaluate("document.querySelector('[name=\"waiting.crit\"]').value"),
        "6"
    );
    browser.evaluate("document.querySelector('.done button').focus()");
    browser.press("Enter");
    let is_undone = "document.querySelector('[name=\"waiting.crit\"]')?.value === '10'";
    browser.wait_for(is_undone, SOON).await;
    wait_until("the change and its undoing are listed", SOON, async || {
        let changes = site.wallboard.text("/settings/changes").await;
        if changes.contains("deleted") {
            Ok(())
        } else {
            Err(changes)
        }
    })
    .await;
}
