//! Several nodes: the next one serves while the first is not well.

use std::time::Duration;

use serde_json::json;

use crate::{
    gms_values::{SOON, becomes, serve, signed_in, waiting, waiting_in},
    support::{Gms, Proxy, Wallboard, Weather, gms::Mood, until},
};

/// Waits until this node alone is asked for everything.
async fn serves(node: &Gms, wallboard: &Wallboard, truth: usize, within: Duration) {
    node.set(&waiting("9001"), truth);
    becomes(wallboard, "9001", "waiting", json!(truth), within).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_serves_within_10_s_and_the_first_again_within_30_s() {
    let (first, second) = (Gms::start().await, Gms::start().await);
    let statistics = waiting_in(&["9001", "9002"]);
    for node in [&first, &second] {
        node.set(&waiting("9001"), 0);
        node.set(&waiting("9002"), 0);
    }
    let wallboard = serve(&(signed_in(&[&first, &second]) + &statistics)).await;
    serves(&first, &wallboard, 1, SOON).await;

    for (mood, truth) in [(Mood::NoStatServer, 10), (Mood::Hung, 20), (Mood::Html, 30)] {
        first.world().mood = mood;
        serves(&second, &wallboard, truth, Duration::from_secs(10)).await;
        assert_eq!(
            wallboard.source().await.unwrap()["state"],
            "live",
            "{mood:?}"
        );

        first.world().mood = Mood::Well;
        serves(&first, &wallboard, truth + 1, Duration::from_secs(30)).await;
    }
    assert_eq!(first.world().most_under_way, 1);
    assert_eq!(second.world().most_under_way, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_node_that_refuses_connections_or_falls_silent_is_passed_over() {
    let (first, second) = (Gms::start().await, Gms::start().await);
    let proxy = Proxy::to(first.port).await;
    for node in [&first, &second] {
        node.set(&waiting("9001"), 0);
    }
    let urls = [
        format!("http://127.0.0.1:{}/genesys/1", proxy.port),
        second.url(),
    ];
    let source =
        signed_in(&[&second]).replace(&format!("{:?}", [second.url()]), &format!("{urls:?}"));
    let wallboard = serve(&(source + &waiting_in(&["9001"]))).await;
    serves(&first, &wallboard, 1, SOON).await;

    for (weather, truth) in [(Weather::Silent, 10), (Weather::Refusing, 20)] {
        proxy.set(weather);
        if weather == Weather::Refusing {
            proxy.cut();
        }
        serves(&second, &wallboard, truth, Duration::from_secs(10)).await;

        proxy.set(Weather::Clear);
        serves(&first, &wallboard, truth + 1, Duration::from_secs(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_none_is_well_each_says_what_is_the_matter() {
    let (first, second) = (Gms::start().await, Gms::start().await);
    for node in [&first, &second] {
        node.set(&waiting("9001"), 3);
        node.world().mood = Mood::NoStatServer;
    }
    second.world().mood = Mood::BadGateway;

    let wallboard = serve(&(signed_in(&[&first, &second]) + &waiting_in(&["9001"]))).await;

    until("both are told", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].to_string();
        let is_told = why.contains("has no Stat Server now") && why.contains("status 502");
        is_told.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    second.world().mood = Mood::Well;
    becomes(
        &wallboard,
        "9001",
        "waiting",
        json!(3),
        Duration::from_secs(6),
    )
    .await;
}
