//! What GMS says is what stands at the API: numbers, states, names that are hard to
//! write, and how old a value is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Gms, Wallboard, gms, ports, until};

/// An interval, and a little.
pub const SOON: Duration = Duration::from_secs(8);

/// The wallboard with `source` as lines of `[sources.gms]`, and statistics.
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

/// Lines of a source at these nodes, with the stand-in's credentials.
pub fn signed_in(nodes: &[&Gms]) -> String {
    let urls: Vec<_> = nodes.iter().map(|node| node.url()).collect();
    format!(
        "base_url = {urls:?}\nusername = {:?}\npassword = {{ env = \"GMS_PASSWORD\" }}\n",
        gms::USER
    )
}

/// An entry of `statistics` of queues.
pub fn waiting_in(objects: &[&str]) -> String {
    format!(
        "[[sources.gms.statistics]]\nmetric = \"waiting\"\nstat = \"CurrNumberWaitingCalls\"\n\
         object_type = \"Queue\"\nobjects = {objects:?}\ntenant = \"Environment\"\n"
    )
}

pub fn waiting(object: &str) -> String {
    format!("CurrNumberWaitingCalls;Queue;{object};Environment")
}

/// A queue or agent of the API's answer at `path`.
pub async fn one(wallboard: &Wallboard, list: &str, id: &str) -> Result<Value, String> {
    let all = wallboard.get(&format!("/api/v1/{list}")).await?;
    let found = all[list].as_array().into_iter().flatten();
    let found = found.clone().find(|one| one["external_id"] == id);
    found.cloned().ok_or_else(|| format!("no {id} in {all}"))
}

/// Waits until a queue's figure has this value and is fresh.
pub async fn becomes(
    wallboard: &Wallboard,
    queue: &str,
    metric: &str,
    value: Value,
    within: Duration,
) {
    let what = format!("{metric} of {queue} becomes {value}");
    until(&what, within, async || {
        let queue = one(wallboard, "queues", queue).await?;
        let figure = &queue["metrics"][metric];
        let is_so = match (figure["value"].as_f64(), value.as_f64()) {
            (Some(one), Some(other)) => (one - other).abs() < 1e-9,
            _ => figure["value"] == value,
        };
        if is_so && figure["stale"] == false {
            Ok(())
        } else {
            Err(figure.to_string())
        }
    })
    .await;
}

/// Nothing secret stands in the log.
pub fn keeps_the_secret(wallboard: &Wallboard) {
    let log = wallboard.log();
    for secret in [gms::PASSWORD, gms::BASIC, "sesame"] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_those_of_gms_whatever_the_names() {
    let gms = Gms::start().await;
    let names = [
        "9002@SIP_Switch",
        "a;b@switch",
        "Sales & Service + 50 %",
        "Köln=1",
        "x/y?z#1",
    ];
    for (place, name) in names.iter().enumerate() {
        gms.set(&waiting(name), place + 3);
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

    wallboard.becomes("live", SOON).await;
    for (place, name) in names.iter().enumerate() {
        becomes(&wallboard, name, "waiting", json!(place + 3), SOON).await;
    }
    let queue = "9002@SIP_Switch";
    becomes(&wallboard, queue, "service_level", json!(87.5), SOON).await;
    becomes(&wallboard, queue, "agents_available", json!(4), SOON).await;
    becomes(&wallboard, queue, "expected_wait", Value::Null, SOON).await;
    let agent = one(&wallboard, "agents", "KSippola").await.unwrap();
    assert_eq!(agent["state"], "not_ready", "{agent}");
    assert_eq!(
        agent["metrics"]["logged_in_time"]["value"], 1025.0,
        "{agent}"
    );

    gms.set(&waiting(queue), 11);
    gms.set("ExpectedWaitTime;Queue;9002@SIP_Switch;Environment", 95);
    becomes(&wallboard, queue, "waiting", json!(11), SOON).await;
    becomes(&wallboard, queue, "expected_wait", json!(95), SOON).await;

    let world = gms.world();
    for asked in &world.log {
        assert_eq!(asked.cache_control.as_deref(), Some("max-age=2"));
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(asked.content_type.as_deref(), form);
    }
    assert_eq!(world.most_under_way, 1);
    let alone = world
        .log
        .iter()
        .filter(|asked| asked.path.ends_with("/statistic"));
    assert!(
        alone
            .clone()
            .any(|asked| asked.statistics == [waiting("a;b@switch")])
    );
    drop(world);
    keeps_the_secret(&wallboard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_gms_calls_old_is_stale_and_one_without_an_age_is_not() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 5);
    let source = format!("base_url = {:?}\n", [gms.url()]) + &waiting_in(&["9001"]);
    let wallboard = serve(&source).await;
    becomes(&wallboard, "9001", "waiting", json!(5), SOON).await;

    gms.world().age = Some(90);
    let stale = async || {
        let queue = one(&wallboard, "queues", "9001").await?;
        let figure = &queue["metrics"]["waiting"];
        if figure["stale"] == true {
            Ok(())
        } else {
            Err(figure.to_string())
        }
    };
    // One that is older than what was said before is not said: what was said before
    // is trusted for 3 × `max_age` and `interval`.
    until("it is stale", Duration::from_secs(15), stale).await;

    gms.world().age = None;
    gms.set(&waiting("9001"), 6);
    becomes(&wallboard, "9001", "waiting", json!(6), SOON).await;

    let world = gms.world();
    let is_internal = |asked: &gms::Asked| asked.path == "/genesys/1/internal_statistic";
    assert!(world.log.iter().all(is_internal));
    assert!(world.log.iter().all(|asked| asked.authorization.is_none()));
}
