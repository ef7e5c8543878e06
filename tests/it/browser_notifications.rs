//! Notifications of a browser about alerts: only after somebody turned them on, and until they turn them off.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    alert_messages::{critical_floor, queues},
    alerts::save,
    support::{Browser, Wallboard, assert_throughout},
};

const SOON: Duration = Duration::from_secs(20);
/// The page asks every ten seconds.
const ASKED_WITHIN: Duration = Duration::from_secs(15);
const NOTIFIED: &str = "window.notified";
const BUTTON: &str = "document.getElementById('notify')";

async fn watch(wallboard: &Wallboard, n: usize, queue: &str) {
    let name = format!("Rule {n}");
    let rule = format!("[alerts.{name:?}]\nqueues = [{queue:?}]\nfor = \"0s\"\n");
    save(wallboard, "alerts", &name, &rule).await;
}

/// Asserts that an expression in the page keeps its value while the page asks again.
async fn stays(desk: &Browser, what: &str, expression: &str, value: Value) {
    assert_throughout(what, ASKED_WITHIN, async || {
        let found = desk.evaluate(expression);
        if found == value { Ok(()) } else { Err(found) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_notifies_of_new_alerts_only_while_somebody_wants_it() {
    let (_vep, wallboard, _receiver) = critical_floor("notifications").await;
    let queues = queues(&wallboard).await;
    let desk = Browser::start();
    let open = json!({"do": "open", "url": wallboard.url("/alerts"), "watch": "notifications"});
    desk.command(&open);
    desk.wait_for(&format!("{BUTTON}.hidden === false"), SOON)
        .await;
    watch(&wallboard, 0, &queues[0]).await;
    let is_listed = "document.querySelectorAll('[data-key^=alert-]').length === 1";
    desk.wait_for(is_listed, SOON).await;
    stays(&desk, "nobody asked for it", NOTIFIED, json!([])).await;

    let click = |name: &str| json!({"do": "click", "role": "button", "name": name});
    desk.command(&click("Notify me in this browser"));
    let sample = "You’re notified here while Wallboard is open in this tab.";
    desk.wait_for("window.notified.length === 1", SOON).await;
    assert_eq!(desk.evaluate(NOTIFIED), json!([sample]));
    watch(&wallboard, 1, &queues[1]).await;
    desk.wait_for("window.notified.length === 2", ASKED_WITHIN)
        .await;
    let title = desk.evaluate("window.notified[1]");
    assert!(title.as_str().unwrap().contains(" waiting"), "{title}");

    let count = "window.notified.length";
    stays(&desk, "nobody is notified twice", count, json!(2)).await;

    // Another page of the tab notifies too, of what is new, and leads to the alerts.
    desk.evaluate("location.href = '/sources'");
    desk.wait_for(
        "location.pathname === '/sources' && document.readyState === 'complete'",
        SOON,
    )
    .await;
    stays(&desk, "the earlier ones are known", count, json!(0)).await;
    watch(&wallboard, 2, &queues[2]).await;
    desk.wait_for("window.notified.length === 1", ASKED_WITHIN)
        .await;

    desk.evaluate("location.href = '/alerts'");
    desk.wait_for(&format!("{BUTTON}?.hidden === false"), SOON)
        .await;
    desk.command(&click("Don’t notify me any longer"));
    watch(&wallboard, 3, &queues[3]).await;
    stays(&desk, "they ended", count, json!(0)).await;
}
