//! Viewers of edge nodes: those of a node that dies come back on another one, and those of the others
//! don't notice.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{
    Broker, Crowd, Disorder, NatsServer, Nodes, Vep, VngageSource, balancer::Balancer, is_nightly,
    nodes::cluster_section, print_measured, tier, wait_until_fully_correct,
};

const BOARD: &str = "/boards/queues/live";
const GATHERED: Duration = Duration::from_mins(2);
const BACK_WITHIN: Duration = Duration::from_secs(30);
/// Until a change is on the screens of another node, also beside other tests.
const SHOWN_WITHIN: Duration = Duration::from_secs(3);
const ACCOUNTED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn viewers_of_a_killed_edge_node_come_back_on_another_one() {
    let (broker, nats) = (Broker::shared(), NatsServer::start());
    let vep = Vep::open(broker, "cluster edges", ExchangeKind::Topic, 37).await;
    let source = VngageSource::plain(broker, "cluster edges");
    let section = |number| {
        let role = if number == 0 { "all" } else { "edge" };
        cluster_section(number, &[&nats.url()]) + &format!("role = \"{role}\"\n")
    };
    let mut nodes = Nodes::start_with(&source, (0..3).map(section).collect()).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_fully_correct(&nodes.0[2], &vep, ACCOUNTED).await;
    let balancer = Balancer::to(vec![nodes.0[1].port, nodes.0[2].port]).await;
    let count = if is_nightly() { 2_000 } else { 200 };
    let url = format!("http://127.0.0.1:{}{BOARD}", balancer.port);
    let staying = Crowd::connect(&nodes.0[2].url(BOARD), count / 4, GATHERED).await;
    let mut returning = Crowd::connect(&url, count, GATHERED).await;
    // Of 20 s, one frame would be the slowest percent.
    let watched = tier(5, 60);
    staying.take_seen();
    vep.run(50, watched, Disorder::NONE).await;
    let mut before = staying.take_seen();

    nodes.0[1].stop("-KILL");
    let traffic = vep.run(50, watched, Disorder::NONE);
    let back = returning.wait_until_back("the end of their edge node", BACK_WITHIN);
    tokio::join!(traffic, back);
    let mut after = staying.take_seen();

    print_measured(
        "p99 of those who stayed, before",
        before.delay(99),
        SHOWN_WITHIN,
    );
    print_measured(
        "p99 of those who stayed, after",
        after.delay(99),
        SHOWN_WITHIN,
    );
    assert!(after.closed.is_empty(), "{:?}", after.closed);
    assert!(after.delay(99) < SHOWN_WITHIN, "{:?}", after.delay(99));
    wait_until_fully_correct(&nodes.0[2], &vep, ACCOUNTED).await;
}
