//! Whether this node's clock is right: compared with the clocks of the other nodes and of the NATS
//! servers, by the times of all reports. A node with a wrong clock doesn't lead.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use wallboard_runtime::ingest::ProcessClock;

use super::cluster_view::NodeEntry;

/// A node whose clock is further off, in milliseconds, doesn't lead: half of how far a follower's may differ from
/// the leader's, which may be off to the other side.
const LEADER_MAX: i64 = 2_500;
/// How long a node that has just started waits for the first comparison. Without one, it may lead.
const KNOWN_WITHIN: Duration = Duration::from_secs(2);

/// How far this machine's clock is ahead of most others, in milliseconds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct NodeClock {
    ahead_ms: watch::Sender<Option<i64>>,
    known_by: Instant,
    /// Goes by the machine's clock only as far as that is right.
    process: ProcessClock,
}

impl NodeClock {
    pub fn new(process: ProcessClock) -> Self {
        Self {
            ahead_ms: watch::Sender::default(),
            known_by: Instant::now() + KNOWN_WITHIN,
            process,
        }
    }

    /// Returns how far it is ahead; `None` before the first comparison.
    pub fn ahead_ms(&self) -> Option<i64> {
        *self.ahead_ms.borrow()
    }

    /// Notes a comparison of the time that this node reported when its machine's wall clock was set like that.
    pub(super) fn set(&self, ahead_ms: Option<i64>, wall_at_boot: i64) {
        if ahead_ms.is_some_and(|ahead| !is_wrong(ahead)) {
            self.process.set_wall_at_boot(wall_at_boot);
        }
        self.ahead_ms.send_replace(ahead_ms);
    }

    /// Returns how far it is ahead if that's too far to lead.
    pub(super) async fn find_fault(&self) -> Option<i64> {
        let mut comparisons = self.ahead_ms.subscribe();
        let known = timeout_at(self.known_by, comparisons.wait_for(Option::is_some));
        known.await.ok();
        self.ahead_ms().filter(|ahead| is_wrong(*ahead))
    }

    /// Waits until it's too far off to lead, and returns how far.
    pub(super) async fn wait_until_wrong(&self) -> i64 {
        let mut comparisons = self.ahead_ms.subscribe();
        let is_so = |ahead: &Option<i64>| ahead.is_some_and(is_wrong);
        let found = comparisons.wait_for(is_so).await.ok();
        match found.and_then(|ahead| *ahead) {
            Some(ahead) => ahead,
            // The sender is ours.
            None => std::future::pending().await,
        }
    }
}

fn is_wrong(ahead_ms: i64) -> bool {
    LEADER_MAX < ahead_ms.abs()
}

/// Returns how far a node's clock is ahead of most others; `None` without its report. `slack`: how long
/// storing that took, in milliseconds. Of two clocks that differ, that of the servers is right.
pub(super) fn compare_clocks(entries: &[NodeEntry], name: &str, slack: i64) -> Option<i64> {
    let own = entries.iter().find(|entry| entry.name == name)?;
    // All times are those of the server that stored the reports, whose own clock may be the wrong one:
    // it runs on the machine of a node.
    let mut ahead: Vec<_> = entries.iter().map(NodeEntry::ahead_ms).collect();
    if ahead.len() < 2 {
        ahead.clear();
    }
    if ahead.len().is_multiple_of(2) {
        ahead.push(0);
    }
    ahead.sort_unstable();
    let difference = own.ahead_ms() - ahead[ahead.len() / 2];
    Some(difference.signum() * (difference.abs() - slack).max(0))
}

/// Says how far the clock is off: "3600 s ahead of".
pub(super) fn describe_offset(ahead_ms: i64) -> String {
    let side = if 0 < ahead_ms { "ahead of" } else { "behind" };
    format!("{} s {side}", ahead_ms.unsigned_abs() / 1_000)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::cluster::{NodeIdentity, NodeStatus, node_report::NodeReport};
    use wallboard_runtime::ingest::machine_wall_at_boot;

    /// Entries of nodes whose clocks differ by so many seconds from that of the servers.
    fn compare(ahead: &[i64], node: usize) -> Option<i64> {
        let stored_at = Timestamp::UNIX_EPOCH;
        let entry = |(number, ahead): (usize, &i64)| {
            let clock = stored_at + SignedDuration::from_secs(*ahead);
            let identity = NodeIdentity::of_test(&format!("n{number}"));
            NodeEntry {
                report: NodeReport::new(&identity, 1, &NodeStatus::default(), clock),
                name: identity.name,
                stored_at,
            }
        };
        let entries: Vec<_> = ahead.iter().enumerate().map(entry).collect();
        compare_clocks(&entries, &format!("n{node}"), 200).map(|millis| millis / 1_000)
    }

    #[test]
    fn the_clock_that_differs_from_most_is_the_wrong_one() {
        for (ahead, expected) in [
            (&[0, 0, 3_600][..], [0, 0, 3_599]),
            // The server that stored the reports is on the machine with the wrong clock.
            (&[0, -3_600, -3_600], [3_599, 0, 0]),
            (&[1, 2, 3], [0, 0, 0]),
        ] {
            for (node, expected) in expected.into_iter().enumerate() {
                assert_eq!(compare(ahead, node), Some(expected), "{ahead:?} {node}");
            }
        }
    }

    #[test]
    fn of_two_clocks_that_of_the_servers_is_right() {
        assert_eq!(compare(&[-3_600], 0), Some(-3_599));
        assert_eq!(compare(&[-3_600, 0], 0), Some(-3_599));
        assert_eq!(compare(&[-3_600, 0], 1), Some(0));
        assert_eq!(compare(&[], 0), None);
    }

    #[tokio::test]
    async fn two_clocks_that_may_lead_differ_by_no_more_than_a_follower_accepts() {
        let clock = NodeClock::new(ProcessClock::start_now());
        for ahead in [2_400, -2_400] {
            clock.set(Some(ahead), 0);
            assert_eq!(clock.find_fault().await, None);
        }
        for ahead in [2_600, -3_000] {
            clock.set(Some(ahead), 0);
            assert_eq!(clock.find_fault().await, Some(ahead));
            assert_eq!(clock.wait_until_wrong().await, ahead);
        }
    }

    #[test]
    fn times_go_by_the_machines_clock_once_that_is_right() {
        let process = ProcessClock::start_now().holding_wall();
        let clock = NodeClock::new(process.clone());
        let off_by = || {
            let difference = process.now().wall.duration_since(Timestamp::now());
            difference.as_secs_f64().round()
        };
        let set_by_an_hour = machine_wall_at_boot() + 3_600_000_000_000;
        for (ahead, expected) in [
            (None, 0.0),
            (Some(3_600_000), 0.0),
            (Some(40), 3_600.0),
            (Some(-3_600_000), 3_600.0),
        ] {
            clock.set(ahead, set_by_an_hour);
            assert!((off_by() - expected).abs() < f64::EPSILON, "{ahead:?}");
        }
    }

    #[test]
    fn offset_names_its_side() {
        assert_eq!(describe_offset(3_600_040), "3600 s ahead of");
        assert_eq!(describe_offset(-5_960), "5 s behind");
    }
}
