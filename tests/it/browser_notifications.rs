//! Notifications of a browser about alerts: only after somebody turned them on, and until they turn them off.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    alert_messages::{critical_floor, queues},
    alerts::save,
    support::{Browser, Wallboard, assert_throughout, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
/// The page asks every ten seconds.
const PACE_MILLIS: u64 = 10_000;
/// An answer of the server to it arrives.
const A_WHILE: Duration = Duration::from_secs(2);
const NOTIFIED: &str = "window.notified";
const BUTTON: &str = "document.getElementById('notify')";

async fn watch(wallboard: &Wallboard, n: usize, queue: &str) {
    let name = format!("Rule {n}");
    let rule = format!("[alerts.{name:?}]\nqueues = [{queue:?}]\nfor = \"0s\"\n");
    save(wallboard, "alerts", &name, &rule).await;
}

/// Asserts that an expression in the page keeps its value after its time to ask again, twice.
async fn stays(desk: &Browser, what: &str, expression: &str, value: Value) {
    for _ in 0..2 {
        forward(desk);
        assert_throughout(what, A_WHILE, async || {
            let found = desk.evaluate(expression);
            if found == value { Ok(()) } else { Err(found) }
        })
        .await;
    }
}

/// Brings the page's next question forward.
fn forward(desk: &Browser) {
    desk.command(&json!({"do": "forward", "millis": PACE_MILLIS}));
}

/// Waits for an expression in the page while it asks again and again.
async fn wait_for(desk: &Browser, expression: &str) {
    wait_until(expression, SOON, async || {
        forward(desk);
        let found = desk.evaluate(expression);
        if found == true { Ok(()) } else { Err(found) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_notifies_of_new_alerts_only_while_somebody_wants_it() {
    let (_vep, wallboard, _receiver) = critical_floor("notifications").await;
    let queues = queues(&wallboard).await;
    let desk = Browser::start();
    let open = json!({"do": "open", "url": wallboard.url("/alerts"), "watch": "notifications", "clock": true});
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
    wait_for(&desk, "window.notified.length === 2").await;
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
    wait_for(&desk, "window.notified.length === 1").await;

    desk.evaluate("location.href = '/alerts'");
    desk.wait_for(&format!("{BUTTON}?.hidden === false"), SOON)
        .await;
    desk.command(&click("Don’t notify me any longer"));
    watch(&wallboard, 3, &queues[3]).await;
    stays(&desk, "they ended", count, json!(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_notifies_through_a_service_worker() {
    let (_vep, wallboard, _receiver) = critical_floor("phone-notifications").await;
    let queues = queues(&wallboard).await;
    let phone = Browser::start();
    let open = json!({"do": "open", "url": wallboard.url("/alerts"), "watch": "phone_notifications", "clock": true});
    phone.command(&open);
    phone
        .wait_for(&format!("{BUTTON}.hidden === false"), SOON)
        .await;
    let click = |name: &str| json!({"do": "click", "role": "button", "name": name});

    phone.command(&click("Notify me in this browser"));
    phone.wait_for("window.notified.length === 1", SOON).await;
    watch(&wallboard, 0, &queues[0]).await;
    let told = "window.notified.filter((title) => title.includes(' waiting')).length";
    wait_for(&phone, &format!("{told} === 1")).await;
    stays(&phone, "nobody is notified twice", told, json!(1)).await;

    phone.command(&click("Don’t notify me any longer"));
    let last = "window.notified[window.notified.length - 1]";
    phone.wait_for(&format!("{last} === 'closed'"), SOON).await;
    watch(&wallboard, 1, &queues[1]).await;
    stays(&phone, "they ended", told, json!(1)).await;
}
