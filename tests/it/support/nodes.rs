//! Nodes of a cluster, with the same sources.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{NatsServer, VngageSource, Wallboard, ports, wait_until};

/// How soon somebody leads, and everybody follows.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// Nodes `n0`, `n1`, ….
#[derive(Debug)]
pub struct Nodes(pub Vec<Wallboard>);

impl Nodes {
    /// Starts nodes, each at its own address of NATS.
    pub async fn start(source: &VngageSource, nats: &[String]) -> Self {
        let starting = nats.iter().enumerate().map(async |(number, url)| {
            let port = ports::free();
            let configuration = format!(
                "{}{}",
                source.configuration(port, port),
                cluster_section(&format!("n{number}"), url)
            );
            Wallboard::serve_with(source.clone(), port, &configuration, &[]).await
        });
        let nodes = Self(join_all(starting).await);
        nodes.wait_until_settled().await;
        nodes
    }

    /// Waits until one node leads and all others follow.
    pub async fn wait_until_settled(&self) -> usize {
        wait_until(
            "one node leads and all others follow",
            SETTLED_WITHIN,
            async || {
                let states = join_all(self.0.iter().map(state)).await;
                let leaders: Vec<_> = (0..states.len())
                    .filter(|node| states[*node] == "leader")
                    .collect();
                match leaders.as_slice() {
                    [leader] if states.iter().all(|state| state != "disconnected") => Ok(*leader),
                    _ => Err(states),
                }
            },
        )
        .await
    }

    /// Waits until another node than `former` leads. Returns it, and how long that took.
    pub async fn wait_for_leader_after(&self, former: usize) -> (usize, Duration) {
        let start = Instant::now();
        loop {
            for (number, node) in self.0.iter().enumerate() {
                if number != former && state(node).await == "leader" {
                    return (number, start.elapsed());
                }
            }
            assert!(start.elapsed() < SETTLED_WITHIN, "nobody leads");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Returns the section for a node.
pub fn cluster_section(node: &str, url: &str) -> String {
    format!("[cluster]\nnats = {url:?}\nsite = \"test\"\nnode = {node:?}\n")
}

/// Returns what a node says that it is.
async fn state(node: &Wallboard) -> String {
    let log = node.log();
    let last = log.lines().rev().find_map(|line| {
        [
            ("Leading", "leader"),
            ("Following the leader", "follower"),
            ("doesn't follow", "disconnected"),
            ("Started", "disconnected"),
        ]
        .into_iter()
        .find_map(|(text, state)| line.contains(text).then_some(state))
    });
    last.unwrap_or("disconnected").to_owned()
}

/// The addresses of one server, for a number of nodes.
pub fn same_server(nats: &NatsServer, nodes: usize) -> Vec<String> {
    vec![nats.url(); nodes]
}
