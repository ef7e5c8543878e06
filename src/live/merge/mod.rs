//! One figure over several queues, never a wrong one. Who never gives it is left out and
//! named; where one who gives it cannot be trusted now there is a lower bound; what
//! cannot be added is no number, and says why.

mod agent_counts;
mod agent_presence;
mod merged_value;
mod person_suggestions;
mod queue_group;
mod queue_selection;

use crate::domain::{Metric, Moment, QueueId};

use super::snapshot::{DayDetails, Freshness, MetricFigure, Snapshot};

pub use agent_presence::AgentPresence;
pub use queue_selection::QueueSelection;

use queue_selection::MergePart;

/// How many queues are named; the rest is counted.
const MAX_NAMED_QUEUES: usize = 2;

/// One figure over several queues.
#[derive(Clone, Debug)]
pub struct MergedFigure {
    /// With a `reason`, its value is what it was while all were vouched for.
    pub figure: MetricFigure,
    /// Whose value cannot be had now.
    pub missing: Vec<QueueId>,
    /// Who never gives it.
    pub without: Vec<QueueId>,
    /// Where the longest wait is.
    pub longest: Option<QueueId>,
}

impl Snapshot {
    /// The figure over these queues; `None` where none of them gives that metric.
    pub fn merge_figure(
        &self,
        over: &QueueSelection<'_>,
        metric: Metric,
        now: Moment,
    ) -> Option<MergedFigure> {
        let parts = self.collect_parts(over, metric, now);
        let (given, never): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.figure.is_some());
        if given.iter().all(MergePart::is_unknown_queue) {
            return None;
        }
        let given: Vec<&MergePart<'_>> = given.iter().collect();
        let is_sure = |part: &&&MergePart<'_>| part.is_up_to_date(metric);
        let sure: Vec<&MergePart<'_>> = given.iter().filter(is_sure).copied().collect();
        let unsure = given.iter().filter(|part| !is_sure(part));
        let missing: Vec<QueueId> = unsure.flat_map(|part| part.queue_ids()).collect();

        let has_all = given.iter().all(|part| part.has_value(metric));
        let mut sum = if has_all {
            self.merge_parts(&given, metric, now)
        } else {
            merged_value::MergedValue::default()
        };
        let mut reason = sum.reason.map(str::to_owned);
        if !missing.is_empty() && !sure.is_empty() {
            let least = self.merge_parts(&sure, metric, now);
            sum.low = least
                .low
                .or(least.value)
                .filter(|_| merged_value::has_lower_bound(metric));
            sum.high = None;
            (sum.since, sum.longest) = (least.since, least.longest);
            reason = Some(format!("excludes {}", self.format_queue_names(&missing)));
        }
        Some(MergedFigure {
            figure: MetricFigure {
                freshness: merge_freshness(
                    &given,
                    sum.value.or(sum.low).is_some() && !sure.is_empty(),
                ),
                value: sum.value,
                since: sum.since,
                at: given.iter().filter_map(|part| part.reported_at()).min(),
                day_details: merge_day_details(&given, metric),
                is_age_unknown: given.iter().any(|part| part.is_age_unknown()),
                low: sum.low,
                high: sum.high,
                reason,
            },
            missing,
            without: never.iter().flat_map(MergePart::queue_ids).collect(),
            longest: sum.longest,
        })
    }

    /// "Sales, Support and 3 more".
    fn format_queue_names(&self, queues: &[QueueId]) -> String {
        let name = |id: &QueueId| match self.queues.get(id) {
            Some(queue) => self.queue_name(queue),
            None => id.to_string(),
        };
        let names: Vec<_> = queues.iter().take(MAX_NAMED_QUEUES).map(name).collect();
        match queues.len().saturating_sub(MAX_NAMED_QUEUES) {
            0 => names.join(" and "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

/// As good as the worst of them; one that was never said takes nothing from the others.
fn merge_freshness(given: &[&MergePart<'_>], is_bound: bool) -> Freshness {
    let worst = given.iter().map(|part| part.figure_freshness());
    let worst = worst.max_by_key(|trust| match trust {
        Freshness::UpToDate => 0,
        Freshness::Unknown => 1,
        Freshness::Disconnected(_) => 2,
        Freshness::OutOfDate => 3,
    });
    match worst.unwrap_or(Freshness::Unknown) {
        Freshness::Unknown if is_bound => Freshness::UpToDate,
        trust => trust,
    }
}

/// What a sum of days lacks: what any of them does.
fn merge_day_details(given: &[&MergePart<'_>], metric: Metric) -> Option<DayDetails> {
    let mut marks = given.iter().filter_map(|part| part.day_details());
    let mut all = marks.next()?.clone();
    for more in marks {
        all.partly_before |= more.partly_before || all.since != more.since;
        all.since = match (all.since, more.since) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        all.is_complete &= more.is_complete;
        all.is_estimated |= more.is_estimated;
        all.formula = None;
        for gap in &more.gaps {
            if !all.gaps.contains(gap) {
                all.gaps.push(*gap);
            }
        }
    }
    metric.is_of_the_day().then_some(all)
}
