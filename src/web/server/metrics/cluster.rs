//! Metrics of a node of a cluster, about itself.

use std::{fmt, time::Duration};

use wallboard_domain::moment;
use wallboard_log::cluster::{ClusterMonitor, NodeCondition, NodeStatus};

use super::{metrics_text::MetricsText, to_float};

/// The data of one scrape.
#[derive(Debug)]
pub(super) struct ClusterSample {
    status: NodeStatus,
    is_connected: bool,
    clock_ahead_ms: Option<i64>,
}

impl ClusterSample {
    pub(super) fn new(monitor: &ClusterMonitor) -> Self {
        Self {
            status: monitor.status(),
            is_connected: monitor.is_connected(),
            clock_ahead_ms: monitor.clock_ahead_ms(),
        }
    }

    pub(super) fn write_metrics(&self, page: &mut MetricsText) -> fmt::Result {
        let status = &self.status;
        let is_leader = status.condition == NodeCondition::Leading;
        page.write_gauge(
            "wallboard_cluster_leader",
            "Whether this node leads.",
            to_gauge(is_leader),
        )?;
        page.write_gauge(
            "wallboard_cluster_following",
            "Whether this node shows what the leader has, or leads.",
            to_gauge(status.condition != NodeCondition::Disconnected),
        )?;
        let behind = status.find_behind_ms();
        if let Some(behind) = behind.and_then(|millis| u64::try_from(millis).ok()) {
            page.write_gauge(
                "wallboard_cluster_behind_seconds",
                "How far this node is behind the leader.",
                Duration::from_millis(behind).as_secs_f64(),
            )?;
        }
        if is_leader {
            page.write_gauge(
                "wallboard_cluster_append_seconds",
                "How long the leader's last append to the log's stream took.",
                status.append_delay.as_secs_f64(),
            )?;
        }
        page.write_counter(
            "wallboard_cluster_terms",
            "How often this node became the leader.",
            status.terms,
        )?;
        page.write_counter(
            "wallboard_cluster_fences",
            "How often this node stopped leading because another node had appended.",
            status.fences,
        )?;
        page.write_counter(
            "wallboard_cluster_disconnections",
            "How often all values were marked out of date because this node lost the leader, or stopped leading.",
            status.disconnections,
        )?;
        page.write_gauge(
            "wallboard_cluster_nats_connected",
            "Whether NATS can be reached.",
            to_gauge(self.is_connected),
        )?;
        page.write_gauge(
            "wallboard_cluster_nats_stores",
            "Whether NATS, if it can be reached, stores what this node writes.",
            to_gauge(!status.is_unstored),
        )?;
        if let Some(ahead) = self.clock_ahead_ms {
            page.write_gauge(
                "wallboard_cluster_clock_ahead_seconds",
                "How far this node's clock is ahead of most others; negative if it's behind.",
                moment::seconds_from(ahead),
            )?;
        }
        page.write_gauge(
            "wallboard_cluster_log_offset",
            "The log offset that this node has reached.",
            to_float(status.position.next.0),
        )
    }
}

fn to_gauge(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}
