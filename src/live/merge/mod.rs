//! One figure over several queues, never a wrong one. Who never gives it is left out and
//! named; where one who gives it cannot be trusted now there is a lower bound; what
//! cannot be added is no number, and says why.

mod group;
mod over;
mod people;
mod person;
mod proposal;
mod sum;

use crate::domain::{Metric, Moment, QueueId};

use super::picture::{DayMarks, Figure, Picture, Trust};

pub use over::Over;
pub use person::Presence;

use over::Part;

/// How many queues are named; the rest is counted.
const NAMED: usize = 2;

/// One figure over several queues.
#[derive(Clone, Debug)]
pub struct Merged {
    /// With a `reason`, its value is what it was while all were vouched for.
    pub figure: Figure,
    /// Whose value cannot be had now.
    pub missing: Vec<QueueId>,
    /// Who never gives it.
    pub without: Vec<QueueId>,
    /// Where the longest wait is.
    pub longest: Option<QueueId>,
}

impl Picture {
    /// The figure over these queues; `None` where none of them gives that metric.
    pub fn merged(&self, over: &Over<'_>, metric: Metric, now: Moment) -> Option<Merged> {
        let parts = self.parts(over, metric, now);
        let (given, never): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.figure.is_some());
        if given.iter().all(Part::is_unheard) {
            return None;
        }
        let given: Vec<&Part<'_>> = given.iter().collect();
        let is_sure = |part: &&&Part<'_>| part.is_sure(metric);
        let sure: Vec<&Part<'_>> = given.iter().filter(is_sure).copied().collect();
        let unsure = given.iter().filter(|part| !is_sure(part));
        let missing: Vec<QueueId> = unsure.flat_map(|part| part.ids()).collect();

        let has_all = given.iter().all(|part| part.has_value(metric));
        let mut sum = if has_all {
            self.sum(&given, metric, now)
        } else {
            sum::Sum::default()
        };
        let mut reason = sum.reason.map(str::to_owned);
        if !missing.is_empty() && !sure.is_empty() {
            let least = self.sum(&sure, metric, now);
            sum.low = least.low.or(least.value).filter(|_| sum::has_least(metric));
            sum.high = None;
            (sum.since, sum.longest) = (least.since, least.longest);
            reason = Some(format!("excludes {}", self.named(&missing)));
        }
        Some(Merged {
            figure: Figure {
                trust: trust(&given, sum.value.or(sum.low).is_some() && !sure.is_empty()),
                value: sum.value,
                since: sum.since,
                at: given.iter().filter_map(|part| part.at()).min(),
                of_day: marks(&given, metric),
                age_unknown: given.iter().any(|part| part.is_age_unknown()),
                low: sum.low,
                high: sum.high,
                reason,
            },
            missing,
            without: never.iter().flat_map(Part::ids).collect(),
            longest: sum.longest,
        })
    }

    /// "Sales, Support and 3 more".
    fn named(&self, queues: &[QueueId]) -> String {
        let name = |id: &QueueId| match self.queues.get(id) {
            Some(queue) => self.queue_name(queue),
            None => id.to_string(),
        };
        let names: Vec<_> = queues.iter().take(NAMED).map(name).collect();
        match queues.len().saturating_sub(NAMED) {
            0 => names.join(" and "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}

/// As good as the worst of them; one that was never said takes nothing from the others.
fn trust(given: &[&Part<'_>], is_bound: bool) -> Trust {
    let worst = given.iter().map(|part| part.trust());
    let worst = worst.max_by_key(|trust| match trust {
        Trust::Fresh => 0,
        Trust::Unknown => 1,
        Trust::Lost(_) => 2,
        Trust::Stale => 3,
    });
    match worst.unwrap_or(Trust::Unknown) {
        Trust::Unknown if is_bound => Trust::Fresh,
        trust => trust,
    }
}

/// What a sum of days lacks: what any of them does.
fn marks(given: &[&Part<'_>], metric: Metric) -> Option<DayMarks> {
    let mut marks = given.iter().filter_map(|part| part.marks());
    let mut all = marks.next()?.clone();
    for more in marks {
        all.partly_before |= more.partly_before || all.since != more.since;
        all.since = match (all.since, more.since) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        all.complete &= more.complete;
        all.estimated |= more.estimated;
        all.formula = None;
        for gap in &more.gaps {
            if !all.gaps.contains(gap) {
                all.gaps.push(*gap);
            }
        }
    }
    metric.is_of_the_day().then_some(all)
}
