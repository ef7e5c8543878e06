//! With everything that the vendor may do (only changes told, events twice, late, out of
//! order, bodies nobody can read), the figures equal the truth at the end.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{Broker, Mess, Vep, Vngage, Wallboard, equals, equals_in_full, tier};

const SOON: Duration = Duration::from_secs(20);
/// The time to equal the truth once the traffic is over.
const SETTLED: Duration = Duration::from_secs(10);
/// That an agent has no case is known when loads and cases have agreed for three
/// intervals, at least 30 s.
const ACCOUNTED: Duration = Duration::from_secs(45);

/// Traffic of `rate` happenings a second, read over `vngage`, ends in the truth.
async fn ends_in_the_truth(vngage: Vngage, kind: ExchangeKind, rate: u32, time: Duration) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, &vngage.exchange, kind, u64::from(rate)).await;
    let wallboard = Wallboard::serve(vngage).await;
    wallboard.becomes("live", SOON).await;

    vep.run(rate, time, Mess::UNTIDY).await;

    equals(&wallboard, &vep, SETTLED).await;
    equals_in_full(&wallboard, &vep, ACCOUNTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_80_happenings_a_second_over_a_topic_exchange_the_figures_equal_the_truth() {
    let vngage = Vngage::plain(Broker::shared(), "topic-80");
    ends_in_the_truth(vngage, ExchangeKind::Topic, 80, tier(15, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_200_happenings_a_second_over_tls_and_a_direct_exchange_the_figures_equal_the_truth() {
    let vngage = Vngage::tls(Broker::shared(), "tls-direct-200");
    ends_in_the_truth(vngage, ExchangeKind::Direct, 200, tier(10, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_600_happenings_a_second_over_tls_and_a_topic_exchange_the_figures_equal_the_truth() {
    let vngage = Vngage::tls(Broker::shared(), "tls-topic-600");
    ends_in_the_truth(vngage, ExchangeKind::Topic, 600, tier(8, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_600_happenings_a_second_over_a_direct_exchange_the_figures_equal_the_truth() {
    let vngage = Vngage::plain(Broker::shared(), "direct-600");
    ends_in_the_truth(vngage, ExchangeKind::Direct, 600, tier(8, 120)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_ends_in_the_truth_within_bounded_memory() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "flood", ExchangeKind::Topic, 3).await;
    let wallboard = Wallboard::serve(Vngage::plain(broker, "flood")).await;
    wallboard.becomes("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SETTLED).await;
    let before = wallboard.peak_memory();

    // As fast as the broker takes them: loads of the same groups, over and over.
    {
        let mut desk = vep.desk().await;
        for _ in 0..2_000 {
            let all = desk.centre.everything();
            desk.publish(all).await;
        }
    }
    vep.settle().await;

    equals(&wallboard, &vep, Duration::from_mins(1)).await;
    let grown = wallboard.peak_memory().saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more than before the flood");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_up_to_a_mebibyte_are_read_and_larger_ones_refused_and_counted() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "large", ExchangeKind::Topic, 4).await;
    let wallboard = Wallboard::serve(Vngage::plain(broker, "large")).await;
    wallboard.becomes("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    let rejected = async || {
        wallboard.source().await.unwrap()["rejected"]
            .as_u64()
            .unwrap()
    };
    let before = rejected().await;

    let group = vep.desk().await.centre.groups[0].id.clone();
    let padded = |size: usize| {
        let head = format!("{{\"groupId\":\"{group}\",\"padding\":\"");
        [head.as_bytes(), &b"x".repeat(size - head.len() - 2), b"\"}"].concat()
    };
    vep.desk()
        .await
        .send("group.loadChanged", &padded(1024 * 1024))
        .await;
    vep.desk()
        .await
        .send("group.loadChanged", &padded(1024 * 1024 + 1))
        .await;
    vep.desk()
        .await
        .send("group.loadChanged", &padded(10 * 1024 * 1024))
        .await;
    vep.settle().await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;

    equals(&wallboard, &vep, SETTLED).await;
    assert_eq!(rejected().await - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unreadable_message_is_counted_by_kind_and_harms_no_other() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "poison", ExchangeKind::Topic, 5).await;
    let wallboard = Wallboard::serve(Vngage::plain(broker, "poison")).await;
    wallboard.becomes("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SETTLED).await;
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
        vep.desk().await.send(key, body).await;
    }
    vep.settle().await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;

    equals(&wallboard, &vep, SETTLED).await;
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
