//! The figures end up correct with everything that the vendor may do: only changes sent, events
//! duplicated, late or out of order, unreadable bodies.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard, print_measured, tier, wait_until_correct,
    wait_until_fully_correct,
};

const SOON: Duration = Duration::from_secs(20);
/// Time to become correct once the traffic is over.
const SETTLED: Duration = Duration::from_secs(10);
/// That an agent has no case is known once loads and cases have matched for three intervals, at
/// least 30 s.
const ACCOUNTED: Duration = Duration::from_secs(45);

/// Asserts that traffic of `rate` events per second, read over `vngage`, ends with correct figures.
async fn check_figures(vngage: VngageSource, kind: ExchangeKind, rate: u32, time: Duration) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, &vngage.exchange, kind, u64::from(rate)).await;
    let wallboard = Wallboard::serve(vngage).await;
    wallboard.wait_for_state("live", SOON).await;

    vep.run(rate, time, Disorder::HIGH).await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_correct_at_80_events_per_second_topic() {
    let vngage = VngageSource::plain(Broker::shared(), "topic-80");
    check_figures(vngage, ExchangeKind::Topic, 80, tier(15, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_correct_at_200_events_per_second_direct_tls() {
    let vngage = VngageSource::tls(Broker::shared(), "tls-direct-200");
    check_figures(vngage, ExchangeKind::Direct, 200, tier(10, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_correct_at_600_events_per_second_topic_tls() {
    let vngage = VngageSource::tls(Broker::shared(), "tls-topic-600");
    check_figures(vngage, ExchangeKind::Topic, 600, tier(8, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_correct_at_600_events_per_second_direct() {
    let vngage = VngageSource::plain(Broker::shared(), "direct-600");
    check_figures(vngage, ExchangeKind::Direct, 600, tier(8, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flood_ends_correctly_within_bounded_memory() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "flood", ExchangeKind::Topic, 3).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "flood")).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let before = wallboard.peak_memory();

    // As fast as the broker accepts them: loads of the same groups, over and over.
    {
        let mut state = vep.state().await;
        for _ in 0..2_000 {
            let all = state.center.full_state();
            state.publish(all).await;
        }
    }
    vep.drain().await;

    wait_until_correct(&wallboard, &vep, Duration::from_mins(1)).await;
    let grown = wallboard.peak_memory().saturating_sub(before);
    let received = &wallboard.source().await.unwrap()["received"];
    print_measured(
        &format!("KiB of memory for {received} messages"),
        grown,
        64 * 1024,
    );
    assert!(grown < 64 * 1024, "{grown} KiB more than before the flood");
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_messages_among_traffic_affect_only_themselves() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "poison", ExchangeKind::Topic, 5).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "poison")).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let before = wallboard.peak_memory();

    // Half messages, bytes that aren't text, 10,000 brackets; and each second 10 MB.
    let poison = Disorder {
        malformed: 0.01,
        ..Disorder::NONE
    };
    for _ in 0..tier(10, 60).as_secs() {
        vep.run(100, Duration::from_secs(1), poison).await;
        let huge = b"x".repeat(10 * 1024 * 1024);
        vep.state().await.send("case.opened", &huge).await;
    }
    vep.drain().await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let rejected = wallboard.source().await.unwrap()["rejected"].as_u64();
    let grown = wallboard.peak_memory().saturating_sub(before);
    print_measured("KiB of memory for unreadable messages", grown, 64 * 1024);
    assert!(
        tier(10, 60).as_secs() < rejected.unwrap(),
        "{rejected:?} rejected"
    );
    assert!(grown < 64 * 1024, "{grown} KiB more than before");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_over_a_mebibyte_are_rejected_and_counted() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "large", ExchangeKind::Topic, 4).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "large")).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    let rejected = async || {
        wallboard.source().await.unwrap()["rejected"]
            .as_u64()
            .unwrap()
    };
    let before = rejected().await;

    let group = vep.state().await.center.groups[0].id.clone();
    let padded = |size: usize| {
        let head = format!("{{\"groupId\":\"{group}\",\"padding\":\"");
        [head.as_bytes(), &b"x".repeat(size - head.len() - 2), b"\"}"].concat()
    };
    vep.state()
        .await
        .send("group.loadChanged", &padded(1024 * 1024))
        .await;
    vep.state()
        .await
        .send("group.loadChanged", &padded(1024 * 1024 + 1))
        .await;
    vep.state()
        .await
        .send("group.loadChanged", &padded(10 * 1024 * 1024))
        .await;
    vep.drain().await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    assert_eq!(rejected().await - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_messages_are_counted_by_type_and_isolated() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "poison-counted", ExchangeKind::Topic, 5).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "poison-counted")).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let before = wallboard.source().await.unwrap();

    let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
    let poison: [(&str, &[u8]); 5] = [
        ("group.loadChanged", b"{\"groupId\":"),
        ("case.opened", b"\xff\xfe{}"),
        ("case.closed", &deep),
        ("configuration.agent", b""),
        ("configuration.group", b"{\"groupName\":\"nobody\"}"),
    ];
    for (key, body) in poison {
        vep.state().await.send(key, body).await;
    }
    vep.drain().await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;

    wait_until_correct(&wallboard, &vep, SETTLED).await;
    let after = wallboard.source().await.unwrap();
    for (key, _) in poison {
        let rejected = |source: &serde_json::Value| {
            source["events"][key]["rejected"]
                .as_u64()
                .unwrap_or_default()
        };
        assert_eq!(rejected(&after) - rejected(&before), 1, "{key}: {after}");
    }
}
