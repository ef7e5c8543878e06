//! Nodes of a cluster, with the same sources.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::{NatsServer, VngageSource, Wallboard, ports, wait_until};

/// How soon somebody leads, and everybody follows.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// Nodes `n0`, `n1`, ….
#[derive(Debug)]
pub struct Nodes(pub Vec<Wallboard>);

impl Nodes {
    /// Starts nodes, each at its own address of NATS.
    pub async fn start(source: &VngageSource, nats: &[String]) -> Self {
        let sections = nats.iter().enumerate();
        let sections = sections.map(|(number, url)| cluster_section(number, &[url]));
        Self::start_with(source, sections.collect()).await
    }

    /// Starts nodes, each with its own `[cluster]`.
    pub async fn start_with(source: &VngageSource, sections: Vec<String>) -> Self {
        let starting = sections.iter().map(async |section| {
            let port = ports::free();
            let configuration = format!("{}{section}", source.configuration(port, port));
            Wallboard::serve_with(source.clone(), port, &configuration, &[]).await
        });
        let nodes = Self(join_all(starting).await);
        nodes.wait_until_live().await;
        nodes
    }

    /// Waits until each node has what the source reports. What was reported before its queue was declared
    /// is lost.
    pub async fn wait_until_live(&self) {
        self.wait_until_settled().await;
        for node in &self.0 {
            node.wait_for_state("live", SETTLED_WITHIN).await;
        }
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
        let leader = wait_until("another node leads", SETTLED_WITHIN, async || {
            // The former may be paused, and not answer.
            for (number, node) in self.0.iter().enumerate() {
                if number != former && state(node).await == "leader" {
                    return Ok(number);
                }
            }
            Err("nobody leads")
        });
        (leader.await, start.elapsed())
    }
}

/// Returns the section for a node.
pub fn cluster_section(number: usize, urls: &[&String]) -> String {
    format!("[cluster]\nnats = {urls:?}\nsite = \"test\"\nnode = \"n{number}\"\n")
}

/// Returns what a node says that it is.
async fn state(node: &Wallboard) -> String {
    let metrics = node.text("/metrics").await;
    let is = |name: &str| metrics.lines().any(|line| line == format!("{name} 1.0"));
    let state = if is("wallboard_cluster_leader") {
        "leader"
    } else if is("wallboard_cluster_following") {
        "follower"
    } else {
        "disconnected"
    };
    state.to_owned()
}

/// The addresses of one server, for a number of nodes.
pub fn same_server(nats: &NatsServer, nodes: usize) -> Vec<String> {
    vec![nats.url(); nodes]
}
