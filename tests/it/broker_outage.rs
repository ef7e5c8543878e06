//! A connection lost for longer than the vendor retains messages. Only in `scripts/nightly`: it waits for that long.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::{
    support::{Broker, NetworkCondition, Vep, assert_throughout, is_nightly, wait_until},
    vngage_breaks::{check_all_stale, check_no_contradiction, fresh_queues, start_behind_proxy},
};

/// Continuity ends 270 s after the last received message.
const TOO_LONG: Duration = Duration::from_secs(275);
const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn values_stay_stale_after_270_s_offline_until_reported_again() {
    if !is_nightly() {
        return;
    }
    let (broker, name) = (Broker::shared(), "too-long");
    let (proxy, vep, wallboard) = start_behind_proxy(broker, name, 19).await;
    let generation = async || wallboard.source().await.unwrap()["generation"].clone();
    let before = generation().await;

    proxy.set(NetworkCondition::Silent);
    proxy.cut();
    let center = vep.close().await;
    wait_until("everything is stale", Duration::from_secs(2), async || {
        check_all_stale(&wallboard).await
    })
    .await;
    assert_throughout("everything is stale", TOO_LONG, async || {
        check_all_stale(&wallboard).await
    })
    .await;
    // The silent vendor doesn't republish anything.
    let vep = Vep::reopen_silent(broker, name, ExchangeKind::Topic, center).await;
    proxy.set(NetworkCondition::Normal);
    wallboard.wait_for_state("live", SOON).await;
    let fresh = fresh_queues(&wallboard).await.unwrap();
    let center = vep.close().await;
    let vep = Vep::reopen(broker, name, ExchangeKind::Topic, center).await;

    assert_eq!(fresh, Vec::<serde_json::Value>::new());
    assert_ne!(generation().await, before);
    wait_until("nothing is wrong", SOON, async || {
        // Messages sent while the bindings are renewed are lost: publish until they arrive, and
        // leave each publication a second to arrive.
        let mut state = vep.state().await;
        let all = state.center.full_state();
        state.publish(all).await;
        drop(state);
        tokio::time::sleep(Duration::from_secs(1)).await;
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}
