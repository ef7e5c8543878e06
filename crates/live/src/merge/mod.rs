//! One figure over several queues, and never a wrong one. Queues that never provide it are left
//! out and listed. If a queue is out of date, there is a lower bound. Metrics that can't be added
//! have no value but a reason.

mod agent_counts;
mod agent_presence;
mod merged_value;
mod person_suggestions;
mod queue_group;
mod queue_selection;

use wallboard_domain::{Metric, Moment, QueueId};

use super::{
    FigureReason, NamedQueues,
    snapshot::{DayDetails, Freshness, MetricFigure, Snapshot},
};

pub use agent_presence::AgentPresence;
pub use queue_selection::QueueSelection;

use queue_selection::MergePart;

/// The number of queues that are named. Others are counted.
const MAX_NAMED_QUEUES: usize = 2;

/// One figure over several queues.
#[derive(Clone, Debug)]
pub struct MergedFigure {
    /// With a `reason`, the value is the last one from when all queues were up to date.
    pub figure: MetricFigure,
    /// The queues without a current value.
    pub missing: Vec<QueueId>,
    /// The queues that never provide it, and those whose figure is withheld.
    pub without: Vec<QueueId>,
    /// The queues whose figure is withheld because few agents serve them.
    pub withheld: Vec<QueueId>,
    /// The queue with the longest wait.
    pub longest: Option<QueueId>,
}

impl Snapshot {
    /// Returns the figure over these queues, or `None` if none of them provides that metric.
    pub fn merge_figure(
        &self,
        selection: &QueueSelection<'_>,
        metric: Metric,
        now: Moment,
    ) -> Option<MergedFigure> {
        let parts = self.collect_parts(selection, metric, now);
        let (provided, not_provided): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.figure.is_some());
        let without = || not_provided.iter().flat_map(MergePart::queue_ids).collect();
        let withheld = not_provided.iter().filter(|part| part.is_withheld());
        let withheld: Vec<QueueId> = withheld.flat_map(MergePart::queue_ids).collect();
        if provided.iter().all(MergePart::is_unknown_queue) {
            return (!withheld.is_empty()).then(|| MergedFigure {
                figure: self.withheld_figure(),
                missing: Vec::new(),
                without: without(),
                withheld,
                longest: None,
            });
        }
        let provided: Vec<&MergePart<'_>> = provided.iter().collect();
        let is_up_to_date = |part: &&&MergePart<'_>| part.is_up_to_date(metric);
        let up_to_date: Vec<&MergePart<'_>> =
            provided.iter().filter(is_up_to_date).copied().collect();
        let outdated = provided.iter().filter(|part| !is_up_to_date(part));
        let missing: Vec<QueueId> = outdated.flat_map(|part| part.queue_ids()).collect();

        let has_all = provided.iter().all(|part| part.has_value(metric));
        let mut merged = if has_all {
            self.merge_parts(&provided, metric, now)
        } else {
            merged_value::MergedValue::default()
        };
        let mut reason = merged.reason.take();
        if !missing.is_empty() && !up_to_date.is_empty() {
            let lower_bound = self.merge_parts(&up_to_date, metric, now);
            merged.low = lower_bound
                .low
                .or(lower_bound.value)
                .filter(|_| merged_value::has_lower_bound(metric));
            merged.high = None;
            (merged.since, merged.longest) = (lower_bound.since, lower_bound.longest);
            reason = Some(FigureReason::Excludes(self.name_queues(&missing)));
        }
        if self.small_teams.is_some() {
            let mut queues = provided.iter().flat_map(|part| part.queue_ids());
            if queues.any(|id| self.withholds(&id, metric)) {
                // A bound may be the figure of one of the small teams.
                (merged.low, merged.high) = (None, None);
            }
        }
        Some(MergedFigure {
            figure: MetricFigure {
                freshness: merge_freshness(
                    &provided,
                    merged.value.or(merged.low).is_some() && !up_to_date.is_empty(),
                ),
                value: merged.value,
                since: merged.since,
                at: provided.iter().filter_map(|part| part.reported_at()).min(),
                day_details: merge_day_details(&provided, metric).map(Box::new),
                is_age_unknown: provided.iter().any(|part| part.is_age_unknown()),
                low: merged.low,
                high: merged.high,
                reason,
                is_withheld: false,
            },
            missing,
            without: without(),
            withheld,
            longest: merged.longest,
        })
    }

    /// Names the first of these queues.
    pub fn name_queues(&self, queues: &[QueueId]) -> NamedQueues {
        let name = |id: &QueueId| match self.queues.get(id) {
            Some(queue) => self.queue_name(queue),
            None => id.to_string(),
        };
        NamedQueues {
            names: queues.iter().take(MAX_NAMED_QUEUES).map(name).collect(),
            more: queues.len().saturating_sub(MAX_NAMED_QUEUES),
        }
    }
}

/// Returns the worst freshness of the parts. With a lower bound, parts without any report don't
/// count.
fn merge_freshness(parts: &[&MergePart<'_>], is_bound: bool) -> Freshness {
    let worst = parts.iter().map(|part| part.figure_freshness());
    let worst = worst.max_by_key(|freshness| match freshness {
        Freshness::UpToDate => 0,
        Freshness::Unknown => 1,
        Freshness::Disconnected(_) => 2,
        Freshness::OutOfDate => 3,
    });
    match worst.unwrap_or(Freshness::Unknown) {
        Freshness::Unknown if is_bound => Freshness::UpToDate,
        freshness => freshness,
    }
}

/// Merges the details of several days: each gap or defect of a part applies to the sum.
fn merge_day_details(parts: &[&MergePart<'_>], metric: Metric) -> Option<DayDetails> {
    let mut details = parts.iter().filter_map(|part| part.day_details());
    let mut merged = details.next()?.clone();
    for other in details {
        merged.is_partly_earlier |= other.is_partly_earlier || merged.since != other.since;
        merged.since = match (merged.since, other.since) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        merged.is_complete &= other.is_complete;
        merged.is_estimated |= other.is_estimated;
        merged.formula = None;
        for gap in &other.gaps {
            if !merged.gaps.contains(gap) {
                merged.gaps.push(*gap);
            }
        }
    }
    metric.is_daily().then_some(merged)
}
