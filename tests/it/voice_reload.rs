//! SIGHUP with sources of statistics: what was changed is asked for anew, what was taken
//! out is gone, nobody else is touched, and a refused sign-in is tried again at once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    gms_values::{becomes, one, signed_in, waiting, waiting_in},
    support::{
        Genesys, Gms, Wallboard,
        genesys::Talk,
        gms::{self, Mood},
        ports, until,
        wallboard::house,
    },
};

const SOON: Duration = Duration::from_secs(10);

/// Queues of a source by their ids there.
async fn queues(wallboard: &Wallboard, source: &str) -> Result<Vec<String>, String> {
    let all = wallboard.get("/api/v1/queues").await?;
    let all = all["queues"].as_array().into_iter().flatten();
    let own = all.filter(|queue| queue["source"] == source);
    let id = |queue: &Value| queue["external_id"].as_str().unwrap_or_default().to_owned();
    Ok(own.map(id).collect())
}

async fn source(wallboard: &Wallboard, id: &str) -> Result<Value, String> {
    let all = wallboard.get("/api/v1/sources").await?;
    let all = all["sources"].as_array().into_iter().flatten();
    let found = all.clone().find(|source| source["id"] == id);
    found.cloned().ok_or_else(|| format!("no {id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_come_and_go_with_the_file_and_other_sources_are_not_touched() {
    let genesys = Genesys::start(&json!({}));
    let talk = Talk {
        more: String::new(),
        grant: "password",
        port: genesys.port,
    };
    let voice = genesys.toml(&talk).await;
    let gms = Gms::start().await;
    gms.set(&waiting("9501"), 3);
    gms.set(&waiting("9502"), 4);
    let port = ports::free();
    let with = |voice: &str, queues: &[&str]| {
        let gms = signed_in(&[&gms]) + &waiting_in(queues);
        format!(
            "{}{voice}[sources.gms]\nkind = \"gms\"\n{gms}",
            house(port, port)
        )
    };
    let mut environment = Genesys::environment();
    environment.push(("GMS_PASSWORD", gms::PASSWORD.to_owned()));
    let before = with(&voice, &["9501"]);
    let wallboard = Wallboard::start(&before, port, &[], environment).await;
    becomes(&wallboard, "9501", "waiting", json!(3), SOON).await;
    until("voice is live", SOON, async || {
        let voice = source(&wallboard, "voice").await?;
        (voice["state"] == "live").then_some(()).ok_or(voice)
    })
    .await;
    let handshakes = genesys.seen().await["handshakes"].clone();

    // Of GMS another queue instead: Genesys is not disturbed.
    wallboard.configure(&with(&voice, &["9502"]));
    becomes(&wallboard, "9502", "waiting", json!(4), SOON).await;
    assert_eq!(queues(&wallboard, "gms").await.unwrap(), ["9502"]);
    assert_eq!(genesys.seen().await["handshakes"], handshakes);
    assert_eq!(source(&wallboard, "voice").await.unwrap()["state"], "live");

    genesys.is_content("a reload of another").await;

    // Of Genesys only one statistic: GMS is not disturbed.
    let since = source(&wallboard, "gms").await.unwrap()["since"].clone();
    let (head, _) = voice.split_once("[[sources.voice.statistics]]").unwrap();
    let less = format!(
        "{head}[[sources.voice.statistics]]\nmetric = \"waiting\"\nobject_type = \"Queue\"\n\
         objects = [\"9000@SIP_Switch\"]\nname = \"CurrNumberWaitingCalls\"\n"
    );
    wallboard.configure(&with(&less, &["9502"]));
    until("only one is left, and fresh", SOON, async || {
        let left = queues(&wallboard, "voice").await?;
        let queue = one(&wallboard, "queues", "9000@SIP_Switch").await?;
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
        .sees("one is subscribed to", SOON, |seen| seen["subscribed"] == 1)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gms_that_refused_us_is_asked_again_at_sighup() {
    let gms = Gms::start().await;
    gms.set(&waiting("9001"), 3);
    gms.world().mood = Mood::Refusing;
    let port = ports::free();
    let source = signed_in(&[&gms]) + &waiting_in(&["9001"]);
    let configuration = format!(
        "{}[sources.gms]\nkind = \"gms\"\n{source}",
        house(port, port)
    );
    let environment = vec![("GMS_PASSWORD", gms::PASSWORD.to_owned())];
    let wallboard = Wallboard::start(&configuration, port, &[], environment).await;
    until("it is refused", SOON, async || {
        let source = wallboard.source().await?;
        let is_told = source["last_error"].to_string().contains("401");
        is_told.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;

    gms.world().mood = Mood::Well;
    wallboard.configure(&configuration);

    becomes(&wallboard, "9001", "waiting", json!(3), SOON).await;
}
