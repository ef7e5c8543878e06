//! Merged values: counts add up, the longest wait is the maximum, agents are counted once if
//! possible, and other metrics can't be merged.

use jiff::Timestamp;

use wallboard_domain::{Merge, Metric, MetricValue, Moment, QueueId};

use crate::{FigureReason, snapshot::Snapshot};

use super::queue_selection::MergePart;

/// The result of a merge.
#[derive(Clone, Debug, Default)]
pub(super) struct MergedValue {
    pub(super) value: Option<MetricValue>,
    pub(super) low: Option<MetricValue>,
    pub(super) high: Option<MetricValue>,
    pub(super) since: Option<Timestamp>,
    /// Why there is no single value.
    pub(super) reason: Option<FigureReason>,
    pub(super) longest: Option<QueueId>,
}

/// Whether the value over some queues is a lower bound for all.
pub(super) fn has_lower_bound(metric: Metric) -> bool {
    metric.merge() != Merge::Never
}

pub(super) fn count_value(value: Option<MetricValue>) -> u64 {
    match value {
        Some(MetricValue::Count(n)) => n,
        Some(MetricValue::Seconds(_) | MetricValue::Percent(_)) | None => 0,
    }
}

impl Snapshot {
    pub(super) fn merge_parts(
        &self,
        parts: &[&MergePart<'_>],
        metric: Metric,
        now: Moment,
    ) -> MergedValue {
        let values = || parts.iter().filter_map(|part| part.figure.as_ref());
        match metric.merge() {
            Merge::Sum => MergedValue {
                value: Some(MetricValue::Count(
                    values().map(|f| count_value(f.value)).sum(),
                )),
                ..MergedValue::default()
            },
            Merge::Longest => longest_part(parts),
            Merge::DistinctAgents => self.merge_agent_counts(parts, metric, now),
            Merge::Never if parts.len() == 1 => MergedValue {
                value: values().next().and_then(|figure| figure.value),
                ..MergedValue::default()
            },
            Merge::Never => MergedValue {
                reason: Some(FigureReason::NotAdditive),
                ..MergedValue::default()
            },
        }
    }
}

fn longest_part(parts: &[&MergePart<'_>]) -> MergedValue {
    let waits = parts.iter().filter_map(|part| {
        let figure = part.figure.as_ref()?;
        Some((figure.value?, figure.since, part.single_queue()?))
    });
    let longest = waits.max_by(|a, b| a.0.as_number().total_cmp(&b.0.as_number()));
    let bounds = parts.iter().filter_map(|part| part.figure.as_ref()?.high);
    let unreported = || MergedValue {
        high: bounds.max_by(|a, b| a.as_number().total_cmp(&b.as_number())),
        ..MergedValue::default()
    };
    longest.map_or_else(unreported, |(value, since, queue)| MergedValue {
        value: Some(value),
        since,
        longest: Some(queue.id.clone()),
        ..MergedValue::default()
    })
}
