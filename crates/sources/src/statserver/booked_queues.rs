//! Queues that exist only in a statistic's `queue`.

use std::collections::BTreeSet;

use wallboard_domain::{MetricSubject, SourceId};
use wallboard_toml_reader::nearest_word;

use super::Statistic;

/// Warns about such queues with similar names: a typo there would create another queue.
pub(crate) fn booked_queue_notes<'s>(
    source: &SourceId,
    statistics: impl Iterator<Item = &'s Statistic>,
) -> Vec<String> {
    let (booked, direct): (Vec<&Statistic>, Vec<&Statistic>) =
        statistics.partition(|one| one.booked_queue().is_some());
    let is_queue = |one: &&Statistic| matches!(one.subject, MetricSubject::Queue(_));
    let queues: BTreeSet<&str> = (direct.into_iter().filter(is_queue))
        .map(|one| &*one.object)
        .collect();
    let booked = booked.into_iter().filter_map(Statistic::booked_queue);
    let others: BTreeSet<&str> = booked.filter(|queue| !queues.contains(queue)).collect();
    let notes = others.into_iter().filter_map(|queue| {
        let near = nearest_word(queue, queues.iter().copied())?;
        Some(format!(
            "[sources.{source}] queue {queue:?}: no statistic uses it; did you mean {near:?}?"
        ))
    });
    notes.collect()
}
