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

#[tokio::test(flavor = "multi_thread")]
async fn a_queues_form_has_no_accessibility_violations_found_by_axe() {
    let site = open_site("browser-edit-axe").await;
    let browser = Browser::start();
    let pages = [
        format!("{}/edit", queue_page(0)),
        format!("{}/edit?saved=thresholds", queue_page(0)),
        queue_page(0),
    ];
    let named: Vec<_> = pages.iter().map(|page| (page, page)).collect();
    browser
        .command(&json!({"do": "visit", "base": site.base_url(), "pages": named, "phones": true}));

    let barriers = browser.command(&json!({"do": "axe", "themes": ["dark", "light"]}));

    assert_eq!(barriers, json!([]), "{barriers:#}");
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
