//! The line away for longer than the vendor keeps messages: the longest of the tests,
//! and first by its name so that the others run beside it.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::{
    support::{Broker, Vep, Weather, throughout, until},
    vngage_breaks::{all_stale, fresh_queues, live_behind_a_proxy, no_contradiction},
};

/// Continuity ends 270 s after we last heard.
const TOO_LONG: Duration = Duration::from_secs(275);
const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn after_more_than_270_s_away_nothing_is_fresh_until_it_is_said_anew() {
    let (broker, name) = (Broker::shared(), "too-long");
    let (proxy, vep, wallboard) = live_behind_a_proxy(broker, name, 19).await;
    let generation = async || wallboard.source().await.unwrap()["generation"].clone();
    let before = generation().await;

    proxy.set(Weather::Silent);
    proxy.cut();
    let centre = vep.close().await;
    until("all is stale", Duration::from_secs(2), async || {
        all_stale(&wallboard).await
    })
    .await;
    throughout("all is stale", TOO_LONG, async || {
        all_stale(&wallboard).await
    })
    .await;
    // The vendor says nothing anew for as long as it is mute.
    let vep = Vep::reopen_mute(broker, name, ExchangeKind::Topic, centre).await;
    proxy.set(Weather::Clear);
    wallboard.becomes("live", SOON).await;
    let fresh = fresh_queues(&wallboard).await.unwrap();
    let centre = vep.close().await;
    let vep = Vep::reopen(broker, name, ExchangeKind::Topic, centre).await;

    assert_eq!(fresh, Vec::<serde_json::Value>::new());
    assert_ne!(generation().await, before);
    until("nothing is wrong", SOON, async || {
        // What is said while the bindings are renewed is lost: it is said until it is heard.
        let mut desk = vep.desk().await;
        let all = desk.centre.everything();
        desk.publish(all).await;
        drop(desk);
        tokio::time::sleep(Duration::from_secs(1)).await;
        no_contradiction(&wallboard, &vep).await
    })
    .await;
}
