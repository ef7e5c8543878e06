//! What a source remembers from one attempt to the next.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::domain::Discontinuity;

use super::{GmsError, GmsSettings, NodeError, statistic_health::StatisticHealth};

/// Who has not answered after this is passed over for the next node.
const NODE_TIMEOUT: Duration = Duration::from_secs(4);
/// Where there is no other node.
const ONLY_NODE_TIMEOUT: Duration = Duration::from_secs(10);
const NODE_TIMEOUT_MAX: Duration = Duration::from_secs(30);
/// A node that refuses us is not asked sooner while another serves.
const REFUSED_BACKOFF: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct GmsMemory {
    pub(super) health: StatisticHealth,
    /// As in `base_url`.
    pub(super) nodes: Vec<NodeMemory>,
    /// What was said before may be untrue.
    pub(super) discontinuity: Option<Discontinuity>,
    /// For how long an answer is waited for.
    pub(super) timeout: Duration,
    /// GMS answered, and its Stat Server did not.
    pub(super) is_without_stat_server: bool,
    /// The last round took longer than it may.
    pub(super) is_slow: bool,
}

#[derive(Debug)]
pub(super) struct NodeMemory {
    /// Host and port, for people.
    pub(super) address: Arc<str>,
    /// Why it is not to be asked, and until when.
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

    /// Notes what is the matter with a node.
    pub(super) fn on_node_error(&mut self, node: usize, trouble: &NodeError, now: Instant) {
        let rest = match trouble {
            NodeError::Refused(_) => REFUSED_BACKOFF,
            NodeError::Busy { wait, .. } => *wait,
            _ => return,
        };
        self.nodes[node].backoff = Some((trouble.clone(), now + rest));
    }

    /// Why a node is not to be asked now.
    pub(super) fn backoff_reason(&self, node: usize, now: Instant) -> Option<&NodeError> {
        let rest = self.nodes[node].backoff.as_ref();
        rest.filter(|(_, until)| now < *until)
            .map(|(trouble, _)| trouble)
    }

    /// Until when there is nobody to ask. Those who all refused us are asked again:
    /// the pause was made elsewhere, or somebody has asked for it.
    pub(super) fn earliest_retry(&mut self, now: Instant) -> Option<Instant> {
        let is_refusal = |trouble: &NodeError| matches!(trouble, NodeError::Refused(_));
        let mut rests = (0..self.nodes.len()).map(|node| self.backoff_reason(node, now));
        if rests.all(|rest| rest.is_some_and(is_refusal)) {
            for node in &mut self.nodes {
                node.backoff = None;
            }
        }
        let mut until = None;
        for (place, node) in self.nodes.iter().enumerate() {
            self.backoff_reason(place, now)?;
            let (_, end) = node.backoff.as_ref()?;
            until = Some(until.map_or(*end, |until: Instant| until.min(*end)));
        }
        until
    }

    /// No node can be asked.
    pub(super) fn on_loss(&mut self, error: &GmsError) {
        let GmsError::Nodes(nodes) = error else {
            return;
        };
        self.is_without_stat_server = error.is_stat_server_fault();
        let broken = if self.is_without_stat_server {
            Discontinuity::Unavailable
        } else {
            Discontinuity::Upstream
        };
        self.discontinuity.get_or_insert(broken);
        let is_late = |trouble: &NodeError| matches!(trouble, NodeError::Timeout(_));
        if nodes.iter().all(|(_, trouble)| is_late(trouble)) {
            self.timeout = (self.timeout * 2).min(NODE_TIMEOUT_MAX);
        }
    }

    /// A whole round went through, its slowest answer in `slowest`.
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

/// Host and port of an address.
pub(super) fn host_and_port(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use crate::sources::gms::fixture;

    use super::*;

    const REFUSED: NodeError = NodeError::Refused(401);

    fn busy_for(seconds: u64) -> NodeError {
        NodeError::Busy {
            status: 429,
            wait: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn an_address_is_told_without_what_could_be_secret() {
        assert_eq!(host_and_port("http://gms-a:8080/genesys/1"), "gms-a:8080");
        assert_eq!(host_and_port("https://u:p@[::1]:8080/x"), "[::1]:8080");
        assert_eq!(host_and_port("https://gms.example.com"), "gms.example.com");
    }

    #[test]
    fn nobody_is_asked_before_the_first_busy_one_may_be() {
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
    fn where_all_refused_us_all_are_asked_again_when_told_to() {
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
    fn nodes_that_are_all_late_are_given_more_time_until_they_are_quick() {
        let mut memory = GmsMemory::new(&fixture::test_settings(2, 1));
        let late = GmsError::Nodes(vec![("a".into(), NodeError::Timeout(NODE_TIMEOUT))]);

        memory.on_loss(&late);
        memory.on_round(Duration::from_secs(3));
        assert_eq!(memory.timeout, NODE_TIMEOUT * 2);

        memory.on_round(Duration::from_secs(1));
        assert_eq!(memory.timeout, NODE_TIMEOUT);
    }
}
