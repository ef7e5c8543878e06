//! The API shows what GMS reports: numbers, states, names that are hard to encode, and each value's
//! age.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Gms, Wallboard, gms, ports, wait_until};

/// An interval plus a margin.
pub const SOON: Duration = Duration::from_secs(8);

/// Starts the wallboard with `source` as lines of `[sources.gms]`, including statistics.
pub async fn serve(source: &str) -> Wallboard {
    let port = ports::free();
    let configuration = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         [store]\nurl = \"sqlite:wallboard.db\"\n[access]\nmode = \"open\"\n\
         [sources.gms]\nkind = \"gms\"\n{source}"
    );
    let environment = vec![("GMS_PASSWORD", gms::PASSWORD.to_owned())];
    Wallboard::start(&configuration, port, &[], environment).await
}

/// Returns a source's lines for these nodes, with the test server's credentials.
pub fn signed_in(nodes: &[&Gms]) -> String {
    let urls: Vec<_> = nodes.iter().map(|node| node.url()).collect();
    format!(
        "base_url = {urls:?}\nusername = {:?}\npassword = {{ env = \"GMS_PASSWORD\" }}\n",
        gms::USER
    )
}

/// Returns an entry of `statistics` for queues.
pub fn waiting_in(objects: &[&str]) -> String {
    format!(
        "[[sources.gms.statistics]]\nmetric = \"waiting\"\nstat = \"CurrNumberWaitingCalls\"\n\
         object_type = \"Queue\"\nobjects = {objects:?}\ntenant = \"Environment\"\n"
    )
}

pub fn waiting(object: &str) -> String {
    format!("CurrNumberWaitingCalls;Queue;{object};Environment")
}

/// Returns a queue or agent from the API's response.
pub async fn find_row(wallboard: &Wallboard, list: &str, id: &str) -> Result<Value, String> {
    let all = wallboard.get(&format!("/api/v1/{list}")).await?;
    let found = all[list].as_array().into_iter().flatten();
    let found = found.clone().find(|row| row["external_id"] == id);
    found.cloned().ok_or_else(|| format!("no {id} in {all}"))
}

/// Waits until a queue's figure has this value and is up to date.
pub async fn wait_for_value(
    wallboard: &Wallboard,
    queue: &str,
    metric: &str,
    value: Value,
    within: Duration,
) {
    let what = format!("{metric} of {queue} becomes {value}");
    wait_until(&what, within, async || {
        let queue = find_row(wallboard, "queues", queue).await?;
        let figure = &queue["metrics"][metric];
        let is_correct = match (figure["value"].as_f64(), value.as_f64()) {
            (Some(actual), Some(expected)) => (actual - expected).abs() < 1e-9,
            _ => figure["value"] == value,
        };
        if is_correct && figure["stale"] == false {
            Ok(())
        } else {
            Err(figure.to_string())
        }
    })
    .await;
}

/// Asserts that no secret is in the log.
pub fn assert_no_secrets(wallboard: &Wallboard) {
    let log = wallboard.log();
    for secret in [gms::PASSWORD, gms::BASIC, "sesame"] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_match_gms_for_any_name() {
    let gms = Gms::start().await;
    let names = [
        "9002@SIP_Switch",
        "a;b@switch",
        "Sales & Service + 50 %",
        "Köln=1",
        "x/y?z#1",
    ];
    for (index, name) in names.iter().enumerate() {
        gms.set(&waiting(name), index + 3);
    }
    gms.set("ExpectedWaitTime;Queue;9002@SIP_Switch;Environment", 10_000);
    gms.set("ServiceLevel;Queue;9002@SIP_Switch;Environment", "\"87.5\"");
    gms.set("CurrentReadyAgents;GroupAgents;Voice team;Environment", 4);
    gms.set(
        "CurrentAgentState;Agent;KSippola;Environment",
        "\"NotReadyForNextCall\"",
    );
    gms.set("TotalLoginTime;Agent;KSippola;Environment", 1025);
    let more = r#"
[[sources.gms.statistics]]
metric = "expected_wait"
stat = "ExpectedWaitTime"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
no_estimate_above = 10000
[[sources.gms.statistics]]
metric = "service_level"
stat = "ServiceLevel"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
[[sources.gms.statistics]]
metric = "agents_available"
stat = "CurrentReadyAgents"
object_type = "GroupAgents"
objects = ["Voice team"]
queue = "9002@SIP_Switch"
[[sources.gms.statistics]]
metric = "state"
stat = "CurrentAgentState"
object_type = "Agent"
objects = ["KSippola"]
[[sources.gms.statistics]]
metric = "logged_in_time"
stat = "TotalLoginTime"
object_type = "Agent"
objects = ["KSippola"]
"#;
    let source = signed_in(&[&gms]) + &waiting_in(&names) + more;

    let wallboard = serve(&source).await;

    wallboard.wait_for_state("live", SOON).await;
    for (index, name) in names.iter().enumerate() {
        wait_for_value(&wallboard, name, "waiting", json!(index + 3), SOON).await;
    }
    let queue = "9002@SIP_Switch";
    wait_for_value(&wallboard, queue, "service_level", json!(87.5), SOON).await;
    wait_for_value(&wallboard, queue, "agents_available", json!(4), SOON).await;
    wait_for_value(&wallboard, queue, "expected_wait", Value::Null, SOON).await;
    let agent = find_row(&wallboard, "agents", "KSippola").await.unwrap();
    assert_eq!(agent["state"], "not_ready", "{agent}");
    assert_eq!(
        agent["metrics"]["logged_in_time"]["value"], 1025.0,
        "{agent}"
    );

    gms.set(&waiting(queue), 11);
    gms.set("ExpectedWaitTime;Queue;9002@SIP_Switch;Environment", 95);
    wait_for_value(&wallboard, queue, "waiting", json!(11), SOON).await;
    wait_for_value(&wallboard, queue, "expected_wait", json!(95), SOON).await;

    let state = gms.state();
    for request in &state.requests {
        assert_eq!(request.cache_control.as_deref(), Some("max-age=2"));
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(request.content_type.as_deref(), form);
    }
    assert_eq!(state.max_in_flight, 1);
    let alone = state
        .requests
        .iter()
        .filter(|request| request.path.ends_with("/statistic"));
    assert!(
        alone
            .clone()
            .any(|request| request.statistics == [waiting("a;b@switch")])
    );
    drop(state);
    assert_no_secrets(&wallboard);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_values_are_stale_and_values_without_age_are_not() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 5);
    let source = format!("base_url = {:?}\n", [gms.url()]) + &waiting_in(&["9001"]);
    let wallboard = serve(&source).await;
    wait_for_value(&wallboard, "9001", "waiting", json!(5), SOON).await;

    gms.state().age = Some(90);
    let stale = async || {
        let queue = find_row(&wallboard, "queues", "9001").await?;
        let figure = &queue["metrics"]["waiting"];
        if figure["stale"] == true {
            Ok(())
        } else {
            Err(figure.to_string())
        }
    };
    // A value older than the previous one is ignored. The previous one stays up to date for 3 ×
    // `max_age` and `interval`.
    wait_until("the value is stale", Duration::from_secs(15), stale).await;

    gms.state().age = None;
    gms.set(&waiting("9001"), 6);
    wait_for_value(&wallboard, "9001", "waiting", json!(6), SOON).await;

    let observed = gms.state();
    let is_internal =
        |request: &gms::ReceivedRequest| request.path == "/genesys/1/internal_statistic";
    assert!(observed.requests.iter().all(is_internal));
    assert!(
        observed
            .requests
            .iter()
            .all(|request| request.authorization.is_none())
    );
}
