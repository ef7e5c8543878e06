//! Alerts at a real server: from a queue in need to somebody who has it, also after a kill; and a source that
//! is lost, which neither raises nor clears the alerts of its queues.

use std::{collections::BTreeMap, time::Duration};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    support::{Broker, Wallboard, http, proxy::NetworkCondition, wait_until},
    vngage_breaks::start_behind_proxy,
};

const SOON: Duration = Duration::from_secs(20);
/// Signs of life, the shortest dwell, and a loaded machine.
const LOST_WITHIN: Duration = Duration::from_secs(40);

pub async fn post(wallboard: &Wallboard, path: &str, form: &[(&str, &str)]) -> String {
    let request = http::client_without_redirects().post(wallboard.url(path));
    let request = request.header("sec-fetch-site", "same-origin").form(form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{form:?}");
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// Saves an entry, as its text editor does.
pub async fn save(wallboard: &Wallboard, section: &str, name: &str, toml: &str) {
    let form = [("name", name), ("toml", toml), ("action", "save")];
    post(wallboard, &format!("/settings/{section}"), &form).await;
}

/// Makes every queue critical, and says who watches: somebody is alerted of queues at once.
async fn watch_queues(wallboard: &Wallboard) {
    let rule = "[alerts.\"Queue in need\"]\nqueues = [\"chat/*\"]\nfor = \"0s\"\n";
    save(wallboard, "alerts", "Queue in need", rule).await;
    let threshold = "[thresholds.\"*\"]\nwaiting = { crit = 0 }\n";
    save(wallboard, "thresholds", "*", threshold).await;
}

/// The alerts, by their subjects.
pub async fn alerts(wallboard: &Wallboard, state: &str) -> BTreeMap<String, Value> {
    let answer = wallboard
        .get(&format!("/api/v1/alerts?state={state}"))
        .await;
    let mut answer = answer.unwrap();
    let Value::Array(alerts) = answer["alerts"].take() else {
        panic!("{answer}");
    };
    let by_subject = alerts.into_iter().map(|alert| {
        let subject = alert["subject"].as_str().unwrap().to_owned();
        (subject, alert)
    });
    by_subject.collect()
}

async fn wait_for_alerts(
    wallboard: &Wallboard,
    what: &str,
    within: Duration,
    is_so: impl Fn(&BTreeMap<String, Value>) -> bool,
) -> BTreeMap<String, Value> {
    wait_until(what, within, async || {
        let open = alerts(wallboard, "open").await;
        if is_so(&open) { Ok(open) } else { Err(open) }
    })
    .await
}

/// The IDs and owners.
fn kept(alerts: &BTreeMap<String, Value>) -> Vec<(&Value, &Value)> {
    let kept = alerts.values();
    kept.map(|alert| (&alert["id"], &alert["owner"])).collect()
}

/// Rehearses a rule that isn't saved. Returns how often it would have fired.
async fn rehearse(wallboard: &Wallboard) -> usize {
    let request = http::client_without_redirects().post(wallboard.url("/alerts/rule"));
    let request = request.header("sec-fetch-site", "same-origin").form(&[
        ("watch", "queues"),
        ("queue chat/*", "on"),
        ("severity", "critical"),
        ("for", "0s"),
        ("notify_end", "on"),
        ("action", "rehearse"),
    ]);
    let page = request.send().await.unwrap().text().await.unwrap();
    let sentence = page.split_once("It would have fired ");
    let (_, rest) = sentence.unwrap_or_else(|| panic!("{page}"));
    let count = rest.split([' ', '.']).next().unwrap();
    let count = if count == "once" { "1" } else { count };
    let rules = wallboard.text("/alerts").await;
    assert!(!rules.contains("New rule</th>"), "{rules}");
    count.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_takes_a_queue_in_need_and_has_it_after_a_kill() {
    let (_proxy, vep, mut wallboard) = start_behind_proxy(Broker::shared(), "alerts", 75).await;
    assert!(alerts(&wallboard, "open").await.is_empty());
    let began = Instant::now();
    watch_queues(&wallboard).await;
    let open = wait_for_alerts(&wallboard, "an alert is open", SOON, |open| {
        !open.is_empty()
    });
    let open = open.await;
    println!("measured: {} open after {:?}", open.len(), began.elapsed());

    let (subject, alert) = open.first_key_value().unwrap();
    assert_eq!(alert["severity"], "critical");
    assert_eq!(alert["figures"][0]["metric"], "waiting");
    let id = alert["id"].as_str().unwrap();
    let page = wallboard.text("/alerts").await;
    assert!(
        page.contains(id) && page.contains("Nobody has it yet."),
        "{page}"
    );
    let taken = post(&wallboard, "/alerts/act", &[("id", id), ("act", "take")]).await;
    assert_eq!(taken, "/alerts?done=taken");
    wait_until("the board says who has it", SOON, async || {
        let board = wallboard.text("/boards/queues").await;
        let says = board.contains("Somebody has it");
        if says { Ok(()) } else { Err(board) }
    })
    .await;
    let note = [("id", id), ("act", "note"), ("text", "Two <b>back</b>")];
    post(&wallboard, "/alerts/act", &note).await;
    let page = wallboard.text("/alerts").await;
    assert!(page.contains("Two &#60;b&#62;back"), "{page}");

    let before = alerts(&wallboard, "open").await;
    assert_eq!(before[subject]["owner"], "Somebody");
    assert!(open.len() <= rehearse(&wallboard).await);
    wallboard.restart("-KILL").await;
    let after = alerts(&wallboard, "open").await;
    assert_eq!(kept(&after), kept(&before));
    vep.run(50, Duration::from_secs(1), crate::support::Disorder::NONE)
        .await;

    let snooze = http::client()
        .post(wallboard.url(&format!("/api/v1/alerts/{id}/snooze")))
        .json(&serde_json::json!({ "minutes": 30 }));
    let of_another_site = snooze.try_clone().unwrap();
    let refused = of_another_site.header("origin", "https://elsewhere.example");
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let snoozed: Value = snooze.send().await.unwrap().json().await.unwrap();
    assert!(snoozed["snoozed_until"].is_string(), "{snoozed}");
    let closed = post(&wallboard, "/alerts/act", &[("id", id), ("act", "close")]).await;
    assert_eq!(closed, "/alerts?done=closed");
    let ended = alerts(&wallboard, "closed").await;
    assert_eq!(ended[subject]["closed_by"], "Somebody");
    let again = post(&wallboard, "/alerts/act", &[("id", id), ("act", "take")]).await;
    assert_eq!(again, "/alerts?done=over");
    // It needs somebody all the same, and stays closed.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!alerts(&wallboard, "open").await.contains_key(subject));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_source_is_one_alert_and_leaves_those_of_its_queues_unconfirmed() {
    let (proxy, _vep, wallboard) = start_behind_proxy(Broker::shared(), "alert-lost", 76).await;
    watch_queues(&wallboard).await;
    let rule = "[alerts.Lost]\nsources = [\"*\"]\nfor = \"10s\"\n";
    save(&wallboard, "alerts", "Lost", rule).await;
    let open = wait_for_alerts(&wallboard, "an alert is open", SOON, |open| {
        !open.is_empty()
    });
    let before = open.await;
    assert!(!before.contains_key("chat"));

    proxy.set(NetworkCondition::Silent);
    let lost = wait_for_alerts(&wallboard, "the source is an alert", LOST_WITHIN, |open| {
        open.contains_key("chat")
    });
    let mut lost = lost.await;
    let source = lost.remove("chat").unwrap();
    assert_eq!(source["unconfirmed_since"], Value::Null);
    let unconfirmed = lost
        .values()
        .filter(|one| !one["unconfirmed_since"].is_null());
    assert_eq!(unconfirmed.count(), lost.len());
    assert!(before.keys().all(|subject| lost.contains_key(subject)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_turned_off_ends_its_alerts_and_opens_none() {
    let (_proxy, _vep, wallboard) = start_behind_proxy(Broker::shared(), "alert-off", 79).await;
    watch_queues(&wallboard).await;
    wait_for_alerts(&wallboard, "an alert is open", SOON, |open| {
        !open.is_empty()
    })
    .await;
    let turn = async |turn: &str| {
        let form = [("name", "Queue in need"), ("turn", turn)];
        post(&wallboard, "/alerts/rule/switch", &form).await
    };

    assert_eq!(turn("off").await, "/alerts?done=rule-off");
    wait_for_alerts(&wallboard, "no alert is open", LOST_WITHIN, |open| {
        open.is_empty()
    })
    .await;
    let page = wallboard.text("/alerts").await;
    assert!(page.contains("No rule, so nobody is alerted."), "{page}");
    assert_eq!(turn("on").await, "/alerts?done=rule-on");
    wait_for_alerts(&wallboard, "an alert is open again", SOON, |open| {
        !open.is_empty()
    })
    .await;
}
