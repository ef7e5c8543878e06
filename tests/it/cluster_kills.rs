//! A cluster whose leader is killed at any moment of the traffic: another node leads, the numbers on all
//! nodes are true or marked, and the day continues.

use std::time::Duration;

use futures_util::future::join_all;
use lapin::ExchangeKind;
use tokio::time::{Instant, sleep};

use crate::{
    kills::wait_until_day_equals,
    support::{
        Broker, Disorder, NatsServer, Nodes, Vep, VngageSource, Wallboard, nodes::same_server,
        print_measured, tier, wait_until_fully_correct,
    },
    vngage_breaks::{check_fresh_values_true_within, fresh_queues},
};

/// A change is shown again within this time of a leader's death.
pub const NEXT_UPDATE_WITHIN: Duration = Duration::from_secs(12);
pub const MARKED_WITHIN: Duration = Duration::from_secs(5);
/// Leaves the processor to those that are looked at.
const LOOK_INTERVAL: Duration = Duration::from_millis(40);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn killed_leader_is_replaced_and_no_node_shows_a_wrong_number() {
    let broker = Broker::shared();
    let nats = NatsServer::start();
    let vep = Vep::open(broker, "cluster kills", ExchangeKind::Topic, 23).await;
    let source = VngageSource::plain(broker, "cluster kills");
    let witness = Wallboard::serve(VngageSource {
        queue: "wallboard cluster witness".into(),
        ..source.clone()
    })
    .await;
    witness.wait_for_state("live", ACCOUNTED).await;
    let mut nodes = Nodes::start(&source, &same_server(&nats, 3)).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    for node in &nodes.0 {
        wait_until_fully_correct(node, &vep, ACCOUNTED).await;
    }
    let kills = tier(3, 20).as_secs();

    let (mut looks, mut marked, mut live) = (0, Duration::ZERO, Duration::ZERO);
    let killing = async {
        for _ in 0..kills {
            let leader = nodes.wait_until_settled().await;
            looks += look_for(Duration::from_secs(1), &nodes, &vep).await;
            nodes.0[leader].stop("-KILL");
            let killed_at = Instant::now();
            let survivors = nodes
                .0
                .iter()
                .enumerate()
                .filter(|(node, _)| *node != leader);
            let survivors: Vec<_> = survivors.map(|(_, node)| node).collect();
            looks += look_until(false, &survivors, &vep).await;
            marked = marked.max(killed_at.elapsed());
            looks += look_until(true, &survivors, &vep).await;
            live = live.max(killed_at.elapsed());
            nodes.0[leader].start_again().await;
        }
        nodes.wait_until_settled().await;
    };
    vep.run_during(80, Disorder::HIGH, killing).await;
    println!("{kills} kills, {looks} looks without an unmarked wrong value");
    print_measured("everything is marked", marked, MARKED_WITHIN);
    print_measured("the next update is shown", live, NEXT_UPDATE_WITHIN);

    assert!(marked < MARKED_WITHIN, "{marked:?}");
    assert!(live < NEXT_UPDATE_WITHIN, "{live:?}");
    for node in &nodes.0 {
        wait_until_fully_correct(node, &vep, ACCOUNTED).await;
        wait_until_day_equals(node, &witness).await;
    }
}

/// Whether a node shows a value as up to date.
async fn is_any_live(nodes: &[&Wallboard]) -> bool {
    let fresh = join_all(nodes.iter().map(|node| fresh_queues(node))).await;
    fresh
        .iter()
        .any(|fresh| fresh.as_ref().is_ok_and(|fresh| !fresh.is_empty()))
}

/// Looks until a value is shown as up to date, or none.
pub async fn look_until(is_live: bool, nodes: &[&Wallboard], vep: &Vep) -> u32 {
    let mut looks = 0;
    while is_any_live(nodes).await != is_live {
        looks += look(nodes, vep).await;
    }
    looks
}

/// Looks once at each node, and waits.
pub async fn look(nodes: &[&Wallboard], vep: &Vep) -> u32 {
    for node in nodes {
        let checked = check_fresh_values_true_within(MARKED_WITHIN, node, vep).await;
        checked.unwrap_or_else(|wrong| panic!("up to date but wrong: {wrong}"));
    }
    sleep(LOOK_INTERVAL).await;
    u32::try_from(nodes.len()).unwrap()
}

/// Looks at all nodes for a time, and asserts that nothing is wrong without a mark.
pub async fn look_for(time: Duration, nodes: &Nodes, vep: &Vep) -> u32 {
    let all: Vec<_> = nodes.0.iter().collect();
    let (end, mut looks) = (Instant::now() + time, 0);
    while Instant::now() < end {
        looks += look(&all, vep).await;
    }
    looks
}
