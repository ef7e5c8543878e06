//! Viewers behind `HAProxy` as docs/how-to/cluster.md has it: those of a node that hangs come to another.

use std::time::Duration;

use lapin::ExchangeKind;
use tokio::time::Instant;

use crate::support::{
    Broker, Crowd, NatsServer, Nodes, Vep, VngageSource, haproxy::HaProxy, nodes::same_server,
    openmetrics::Scrape, print_measured,
};

const BOARD: &str = "/boards/queues/live";
const VIEWERS: usize = 60;
const CONNECTED_WITHIN: Duration = Duration::from_mins(1);
/// As soon as a page marks what a hanging server shows.
const BACK_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn viewers_of_a_hung_node_come_to_another_through_haproxy() {
    let (broker, nats) = (Broker::shared(), NatsServer::start());
    let _vep = Vep::open(broker, "cluster balancer", ExchangeKind::Topic, 38).await;
    let source = VngageSource::plain(broker, "cluster balancer");
    let nodes = Nodes::start(&source, &same_server(&nats, 3)).await;
    let leader = nodes.wait_until_settled().await;
    let balancer = HaProxy::start([0, 1, 2].map(|node| nodes.0[node].port));
    let board = format!("http://127.0.0.1:{}{BOARD}", balancer.port);
    let mut viewers = Crowd::connect(&board, VIEWERS, CONNECTED_WITHIN).await;
    let hung = &nodes.0[(leader + 1) % 3];
    let metrics = Scrape::read(&hung.text("/metrics").await);
    let at_hung = usize::try_from(metrics.count("wallboard_viewers")).unwrap();
    assert!(0 < at_hung && at_hung < VIEWERS, "{at_hung}");

    hung.signal("-STOP");
    let stopped = Instant::now();
    viewers.wait_for_pictures(at_hung, BACK_WITHIN).await;
    print_measured("viewers of a hung node", stopped.elapsed(), BACK_WITHIN);

    hung.signal("-CONT");
    nodes.wait_until_settled().await;
    let metrics = reqwest::get(format!("http://127.0.0.1:{}/metrics", balancer.port));
    assert_eq!(metrics.await.unwrap().status(), 403, "not for everybody");
}
