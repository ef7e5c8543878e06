//! Several nodes: the next one serves while the first one fails.

use std::time::Duration;

use serde_json::json;

use crate::{
    gms_values::{SOON, serve, signed_in, wait_for_value, waiting, waiting_in},
    support::{Gms, NetworkCondition, Proxy, Wallboard, gms::Behavior, wait_until},
};

/// Waits until this node alone receives all requests.
async fn wait_until_serving(node: &Gms, wallboard: &Wallboard, truth: usize, within: Duration) {
    node.set(&waiting("9001"), truth);
    wait_for_value(wallboard, "9001", "waiting", json!(truth), within).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_node_takes_over_in_10_s_and_the_first_returns_in_30_s() {
    let (first, second) = (Gms::start().await, Gms::start().await);
    let statistics = waiting_in(&["9001", "9002"]);
    for node in [&first, &second] {
        node.set(&waiting("9001"), 0);
        node.set(&waiting("9002"), 0);
    }
    let wallboard = serve(&(signed_in(&[&first, &second]) + &statistics)).await;
    wait_until_serving(&first, &wallboard, 1, SOON).await;

    for (behavior, truth) in [
        (Behavior::NoStatServer, 10),
        (Behavior::Hung, 20),
        (Behavior::Html, 30),
    ] {
        first.state().behavior = behavior;
        wait_until_serving(&second, &wallboard, truth, Duration::from_secs(10)).await;
        assert_eq!(
            wallboard.source().await.unwrap()["state"],
            "live",
            "{behavior:?}"
        );

        first.state().behavior = Behavior::Normal;
        wait_until_serving(&first, &wallboard, truth + 1, Duration::from_secs(30)).await;
    }
    assert_eq!(first.state().max_in_flight, 1);
    assert_eq!(second.state().max_in_flight, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_first_node_is_skipped() {
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
    wait_until_serving(&first, &wallboard, 1, SOON).await;

    for (weather, truth) in [
        (NetworkCondition::Silent, 10),
        (NetworkCondition::Refusing, 20),
    ] {
        proxy.set(weather);
        if weather == NetworkCondition::Refusing {
            proxy.cut();
        }
        wait_until_serving(&second, &wallboard, truth, Duration::from_secs(10)).await;

        proxy.set(NetworkCondition::Normal);
        wait_until_serving(&first, &wallboard, truth + 1, Duration::from_secs(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failed_node_is_reported() {
    let (first, second) = (Gms::start().await, Gms::start().await);
    for node in [&first, &second] {
        node.set(&waiting("9001"), 3);
        node.state().behavior = Behavior::NoStatServer;
    }
    second.state().behavior = Behavior::BadGateway;

    let wallboard = serve(&(signed_in(&[&first, &second]) + &waiting_in(&["9001"]))).await;

    wait_until("both are reported", SOON, async || {
        let source = wallboard.source().await?;
        let why = source["last_error"].to_string();
        let is_reported = why.contains("has no Stat Server now") && why.contains("status 502");
        is_reported.then_some(()).ok_or_else(|| source.to_string())
    })
    .await;
    second.state().behavior = Behavior::Normal;
    wait_for_value(
        &wallboard,
        "9001",
        "waiting",
        json!(3),
        Duration::from_secs(6),
    )
    .await;
}
