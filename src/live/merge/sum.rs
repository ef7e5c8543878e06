//! Values put together: counts add, a longest wait is the longest, people are told apart
//! as far as can be, and nothing else becomes one number.

use jiff::Timestamp;

use crate::domain::{Merge, Metric, Moment, QueueId, Value};

use crate::live::picture::Picture;

use super::over::Part;

const UNLIKE: &str = "averages and shares can’t be combined across queues";

/// What comes of values put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub(super) value: Option<Value>,
    pub(super) low: Option<Value>,
    pub(super) high: Option<Value>,
    pub(super) since: Option<Timestamp>,
    /// Why it is not one number.
    pub(super) reason: Option<&'static str>,
    pub(super) longest: Option<QueueId>,
}

/// Whether what is known of some is the least that all can have.
pub(super) fn has_least(metric: Metric) -> bool {
    metric.merge() != Merge::Never
}

pub(super) fn count(value: Option<Value>) -> u64 {
    match value {
        Some(Value::Count(n)) => n,
        Some(Value::Seconds(_) | Value::Percent(_)) | None => 0,
    }
}

impl Picture {
    pub(super) fn sum(&self, parts: &[&Part<'_>], metric: Metric, now: Moment) -> Sum {
        let values = || parts.iter().filter_map(|part| part.figure.as_ref());
        match metric.merge() {
            Merge::Sum => Sum {
                value: Some(Value::Count(values().map(|f| count(f.value)).sum())),
                ..Sum::default()
            },
            Merge::Longest => longest(parts),
            Merge::DistinctAgents => self.people(parts, metric, now),
            Merge::Never if parts.len() == 1 => Sum {
                value: values().next().and_then(|figure| figure.value),
                ..Sum::default()
            },
            Merge::Never => Sum {
                reason: Some(UNLIKE),
                ..Sum::default()
            },
        }
    }
}

fn longest(parts: &[&Part<'_>]) -> Sum {
    let waits = parts.iter().filter_map(|part| {
        let figure = part.figure.as_ref()?;
        Some((figure.value?, figure.since, part.queue()?))
    });
    let longest = waits.max_by(|a, b| a.0.number().total_cmp(&b.0.number()));
    longest.map_or_else(Sum::default, |(value, since, queue)| Sum {
        value: Some(value),
        since,
        longest: Some(queue.id.clone()),
        ..Sum::default()
    })
}
