//! Queues' last days in steps, from the log's snapshots alone: each has the four hours before it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use wallboard_domain::{QueueId, moment};
use wallboard_live::{SERIES_STEP, SeriesStep};
use wallboard_store::{ReadLog, StoreError};

use super::snapshots;

/// Loads the steps of each queue from `from` to `to`, in order, in one reading of the log. What no snapshot has is left
/// out.
pub async fn load_series<L: ReadLog>(
    log: &L,
    queues: &[QueueId],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Vec<SeriesStep>>, StoreError> {
    let mut loaded = vec![Vec::new(); queues.len()];
    let mut until = to;
    while from < until {
        let state = snapshots::load_newest(log, until).await?;
        let Some(taken) = state.last_input_at() else {
            break;
        };
        let snapshot = state.snapshot();
        let mut first: Option<Timestamp> = None;
        for (queue, steps) in queues.iter().zip(&mut loaded) {
            let known = snapshot.queues.get(queue);
            let series = known.map(|queue| snapshot.recent_steps(queue, taken));
            let series = series.unwrap_or_default();
            // The snapshot before has the rest of the step that its own end cuts.
            let begins = series
                .first()
                .map(|step| moment::plus_millis(step.start, SERIES_STEP));
            first = first.into_iter().chain(begins).min();
            steps.extend(series.into_iter().filter(|step| from <= step.start));
        }
        let before = moment::plus_millis(taken.wall, -SERIES_STEP);
        until = first.map_or(before, |first| first.min(before));
    }
    Ok(loaded.into_iter().map(merge_steps).collect())
}

/// Returns each step once, in order, with the highest values of those that have a part of it.
pub fn merge_steps(all: impl IntoIterator<Item = SeriesStep>) -> Vec<SeriesStep> {
    let mut steps = BTreeMap::new();
    for step in all {
        let merged = steps.entry(step.start).or_insert(step);
        *merged = merge(*merged, step);
    }
    steps.into_values().collect()
}

fn merge(one: SeriesStep, other: SeriesStep) -> SeriesStep {
    let longest = [one.longest_wait, other.longest_wait].into_iter().flatten();
    SeriesStep {
        waiting: one.waiting.max(other.waiting),
        longest_wait: longest.max_by(f64::total_cmp),
        is_partial: one.is_partial && other.is_partial,
        ..one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(minute: i64, waiting: Option<u64>, longest_wait: Option<f64>) -> SeriesStep {
        SeriesStep {
            start: moment::plus_millis(Timestamp::UNIX_EPOCH, minute * 60_000),
            waiting,
            longest_wait,
            is_partial: true,
        }
    }

    #[test]
    fn a_step_that_two_snapshots_have_a_part_of_is_there_once_with_its_highest_values() {
        let later = [step(5, Some(2), None), step(10, Some(1), Some(4.0))];
        let earlier = [step(0, None, None), step(5, Some(1), Some(9.0))];

        let merged = merge_steps(later.into_iter().chain(earlier));

        assert_eq!(
            merged,
            [
                step(0, None, None),
                step(5, Some(2), Some(9.0)),
                step(10, Some(1), Some(4.0))
            ]
        );
    }
}
