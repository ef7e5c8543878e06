//! A source's memory between attempts.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use wallboard_domain::Discontinuity;

use super::{GmsError, GmsSettings, NodeError, statistic_health::StatisticHealth};

/// A node that hasn't responded by then is skipped for the next one.
const NODE_TIMEOUT: Duration = Duration::from_secs(4);
/// The timeout if there is only one node.
const ONLY_NODE_TIMEOUT: Duration = Duration::from_secs(10);
const NODE_TIMEOUT_MAX: Duration = Duration::from_secs(30);
/// How long a node that denies access is skipped while another works.
const REFUSED_BACKOFF: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct GmsMemory {
    pub(super) health: StatisticHealth,
    /// In the order of `base_url`.
    pub(super) nodes: Vec<NodeMemory>,
    /// Set if earlier values may be wrong.
    pub(super) discontinuity: Option<Discontinuity>,
    /// How long to wait for a response.
    pub(super) timeout: Duration,
    /// Whether GMS responded but its Stat Server didn't.
    pub(super) is_without_stat_server: bool,
    /// Whether the last round took longer than `interval`.
    pub(super) is_slow: bool,
}

#[derive(Debug)]
pub(super) struct NodeMemory {
    /// Host and port, for people.
    pub(super) address: Arc<str>,
    /// Why and until when not to query it.
    pub(super) backoff: Option<(NodeError, Instant)>,
}

impl GmsMemory {
    pub(super) fn new(settings: &GmsSettings) -> Self {
        let node = |url: &String| NodeMemory {
            address: host_and_port(url).into(),
            backoff: None,
        };
        let mut memory = Self {
            health: StatisticHealth::new(settings),
            nodes: settings.base_urls.iter().map(node).collect(),
            discontinuity: Some(Discontinuity::Start),
            timeout: NODE_TIMEOUT,
            is_without_stat_server: false,
            is_slow: false,
        };
        memory.timeout = memory.initial_timeout();
        memory
    }

    /// Records a node's error and, if needed, its backoff.
    pub(super) fn on_node_error(&mut self, node: usize, error: &NodeError, now: Instant) {
        let backoff = match error {
            NodeError::Refused(_) => REFUSED_BACKOFF,
            NodeError::Busy { wait, .. } => *wait,
            _ => return,
        };
        self.nodes[node].backoff = Some((error.clone(), now + backoff));
    }

    /// The reason not to query a node now, if any.
    pub(super) fn backoff_reason(&self, node: usize, now: Instant) -> Option<&NodeError> {
        let backoff = self.nodes[node].backoff.as_ref();
        backoff
            .filter(|(_, until)| now < *until)
            .map(|(error, _)| error)
    }

    /// The time until which no node can be queried. If all nodes denied access, clears their
    /// backoff: the supervisor already paused, or a user requested a retry.
    pub(super) fn earliest_retry(&mut self, now: Instant) -> Option<Instant> {
        let is_refusal = |error: &NodeError| matches!(error, NodeError::Refused(_));
        let mut reasons = (0..self.nodes.len()).map(|node| self.backoff_reason(node, now));
        if reasons.all(|reason| reason.is_some_and(is_refusal)) {
            for node in &mut self.nodes {
                node.backoff = None;
            }
        }
        let mut until = None;
        for (index, node) in self.nodes.iter().enumerate() {
            self.backoff_reason(index, now)?;
            let (_, end) = node.backoff.as_ref()?;
            until = Some(until.map_or(*end, |until: Instant| until.min(*end)));
        }
        until
    }

    /// Records that no node works.
    pub(super) fn on_loss(&mut self, error: &GmsError) {
        let GmsError::Nodes(nodes) = error else {
            return;
        };
        self.is_without_stat_server = error.is_stat_server_fault();
        let discontinuity = if self.is_without_stat_server {
            Discontinuity::Unavailable
        } else {
            Discontinuity::Upstream
        };
        self.discontinuity.get_or_insert(discontinuity);
        let is_late = |error: &NodeError| matches!(error, NodeError::Timeout(_));
        if nodes.iter().all(|(_, error)| is_late(error)) {
            self.timeout = (self.timeout * 2).min(NODE_TIMEOUT_MAX);
        }
    }

    /// Records a complete round, whose slowest response took `slowest`.
    pub(super) fn on_round(&mut self, slowest: Duration) {
        self.discontinuity = None;
        self.is_without_stat_server = false;
        if slowest < self.initial_timeout() / 2 {
            self.timeout = self.initial_timeout();
        }
    }

    fn initial_timeout(&self) -> Duration {
        match self.nodes.len() {
            0 | 1 => ONLY_NODE_TIMEOUT,
            _ => NODE_TIMEOUT,
        }
    }
}

/// The host and port of an address.
pub(super) fn host_and_port(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use crate::gms::fixture;

    use super::*;

    const REFUSED: NodeError = NodeError::Refused(401);

    fn busy_for(seconds: u64) -> NodeError {
        NodeError::Busy {
            status: 429,
            wait: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn address_is_reduced_to_host_and_port() {
        assert_eq!(host_and_port("http://gms-a:8080/genesys/1"), "gms-a:8080");
        assert_eq!(host_and_port("https://u:p@[::1]:8080/x"), "[::1]:8080");
        assert_eq!(host_and_port("https://gms.example.com"), "gms.example.com");
    }

    #[test]
    fn no_node_is_queried_before_the_first_backoff_ends() {
        let (mut memory, now) = (
            GmsMemory::new(&fixture::test_settings(2, 1)),
            Instant::now(),
        );
        memory.on_node_error(0, &busy_for(30), now);
        assert_eq!(memory.earliest_retry(now), None);

        memory.on_node_error(1, &REFUSED, now);

        let soon = now + Duration::from_secs(30);
        assert_eq!(memory.earliest_retry(now), Some(soon));
        assert_eq!(memory.backoff_reason(1, soon), Some(&REFUSED));
        assert_eq!(memory.earliest_retry(soon), None);
    }

    #[test]
    fn all_nodes_are_retried_after_all_denied_access() {
        let (mut memory, now) = (
            GmsMemory::new(&fixture::test_settings(2, 1)),
            Instant::now(),
        );
        memory.on_node_error(0, &REFUSED, now);
        memory.on_node_error(1, &REFUSED, now);

        assert_eq!(memory.earliest_retry(now), None);
        assert_eq!(memory.backoff_reason(0, now), None);
    }

    #[test]
    fn timeout_grows_while_all_nodes_are_late_and_resets_when_fast() {
        let mut memory = GmsMemory::new(&fixture::test_settings(2, 1));
        let late = GmsError::Nodes(vec![("a".into(), NodeError::Timeout(NODE_TIMEOUT))]);

        memory.on_loss(&late);
        memory.on_round(Duration::from_secs(3));
        assert_eq!(memory.timeout, NODE_TIMEOUT * 2);

        memory.on_round(Duration::from_secs(1));
        assert_eq!(memory.timeout, NODE_TIMEOUT);
    }
}
