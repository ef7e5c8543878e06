//! SIGHUP with statistics sources: changed statistics are requested again, removed ones disappear,
//! other sources aren't touched, and a rejected sign-in is retried at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    gms_values::{find_row, signed_in, wait_for_value, waiting, waiting_in},
    support::{
        Genesys, Gms, Wallboard,
        genesys::SourceOptions,
        gms::{self, Behavior},
        ports, wait_until,
        wallboard::base_configuration,
    },
};

const SOON: Duration = Duration::from_secs(10);

/// Returns a source's queues by their external ids.
async fn queues(wallboard: &Wallboard, source: &str) -> Result<Vec<String>, String> {
    let all = wallboard.get("/api/v1/queues").await?;
    let all = all["queues"].as_array().into_iter().flatten();
    let source_queues = all.filter(|queue| queue["source"] == source);
    let id = |queue: &Value| queue["external_id"].as_str().unwrap_or_default().to_owned();
    Ok(source_queues.map(id).collect())
}

async fn source(wallboard: &Wallboard, id: &str) -> Result<Value, String> {
    let all = wallboard.get("/api/v1/sources").await?;
    let all = all["sources"].as_array().into_iter().flatten();
    let found = all.clone().find(|source| source["id"] == id);
    found.cloned().ok_or_else(|| format!("no {id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_changes_statistics_without_affecting_other_sources() {
    let genesys = Genesys::start(&json!({}));
    let options = SourceOptions {
        extra_toml: String::new(),
        grant: "password",
        port: genesys.port,
    };
    let voice = genesys.toml(&options).await;
    let gms = Gms::start().await;
    gms.set(&waiting("9501"), 3);
    gms.set(&waiting("9502"), 4);
    let port = ports::free();
    let with = |voice: &str, queues: &[&str]| {
        let gms = signed_in(&[&gms]) + &waiting_in(queues);
        format!(
            "{}{voice}[sources.gms]\nkind = \"gms\"\n{gms}",
            base_configuration(port, port)
        )
    };
    let mut environment = Genesys::environment();
    environment.push(("GMS_PASSWORD", gms::PASSWORD.to_owned()));
    let before = with(&voice, &["9501"]);
    let wallboard = Wallboard::start(&before, port, &[], environment).await;
    wait_for_value(&wallboard, "9501", "waiting", json!(3), SOON).await;
    wait_until("voice is live", SOON, async || {
        let voice = source(&wallboard, "voice").await?;
        (voice["state"] == "live").then_some(()).ok_or(voice)
    })
    .await;
    let handshakes = genesys.activity().await["handshakes"].clone();

    // Another GMS queue instead: Genesys isn't affected.
    wallboard.reload_with(&with(&voice, &["9502"]));
    wait_for_value(&wallboard, "9502", "waiting", json!(4), SOON).await;
    assert_eq!(queues(&wallboard, "gms").await.unwrap(), ["9502"]);
    assert_eq!(genesys.activity().await["handshakes"], handshakes);
    assert_eq!(source(&wallboard, "voice").await.unwrap()["state"], "live");

    genesys.assert_no_broken_rules("a reload of another").await;

    // Only one Genesys statistic: GMS isn't affected.
    let since = source(&wallboard, "gms").await.unwrap()["since"].clone();
    let (head, _) = voice.split_once("[[sources.voice.statistics]]").unwrap();
    let less = format!(
        "{head}[[sources.voice.statistics]]\nmetric = \"waiting\"\nobject_type = \"Queue\"\n\
         objects = [\"9000@SIP_Switch\"]\nname = \"CurrNumberWaitingCalls\"\n"
    );
    wallboard.reload_with(&with(&less, &["9502"]));
    wait_until("only one is left, and up to date", SOON, async || {
        let left = queues(&wallboard, "voice").await?;
        let queue = find_row(&wallboard, "queues", "9000@SIP_Switch").await?;
        let is_fresh = queue["metrics"]["waiting"]["stale"] == false;
        let is_alone = queue["metrics"]
            .as_object()
            .is_some_and(|all| all.len() == 1);
        let agents = wallboard.get("/api/v1/agents").await?;
        let is_empty = agents["agents"].as_array().is_some_and(Vec::is_empty);
        if left == ["9000@SIP_Switch"] && is_fresh && is_alone && is_empty {
            Ok(())
        } else {
            Err(format!("{left:?} {queue}"))
        }
    })
    .await;
    assert_eq!(source(&wallboard, "gms").await.unwrap()["since"], since);
    genesys
        .wait_for("one is subscribed to", SOON, |activity| {
            activity["subscribed"] == 1
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_gms_sign_in_is_retried_at_sighup() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 3);
    gms.state().behavior = Behavior::Refusing;
    let port = ports::free();
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);
    let configuration = format!(
        "{}[sources.gms]\nkind = \"gms\"\n{source}",
        base_configuration(port, port)
    );
    let environment = vec![("GMS_PASSWORD", gms::PASSWORD.to_owned())];
    let wallboard = Wallboard::start(&configuration, port, &[], environment).await;
    wait_until("the sign-in is rejected", SOON, async || {
        let source = wallboard.source().await?;
        let is_reported = source["last_error"].to_string().contains("401");
        is_reported.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;

    gms.state().behavior = Behavior::Normal;
    wallboard.reload_with(&configuration);

    wait_for_value(&wallboard, "9001", "waiting", json!(3), SOON).await;
}
