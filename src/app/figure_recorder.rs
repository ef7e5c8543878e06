//! Records once a minute what custom figures are, for their pages.

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, civil::Date};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::{CustomValue, Moment, moment};
use wallboard_live::{Evaluator, LiveHandle, ShownFreshness, Snapshot};
use wallboard_store::{FigureChange, FigureSubject, Store};

const MINUTE_MS: i64 = 60_000;
/// A minute that is missing ends a run, in milliseconds.
const PAUSE_MAX_MS: i64 = 90_000;
/// The most figures that are recorded: those of the site before those of queues.
const SUBJECTS_MAX: usize = 2_000;
/// How long values are kept, in milliseconds: as long as board snapshots.
const RETENTION_MS: i64 = 400 * 24 * 60 * MINUTE_MS;

/// The figures that are known, and what they are.
type KnownValues = BTreeMap<FigureSubject, CustomValue>;

/// The state between two minutes.
#[derive(Default)]
struct FigureRecorder {
    /// Begins with the process, and after a pause.
    run: Option<RecordedRun>,
}

/// A time without a pause.
struct RecordedRun {
    start: Timestamp,
    until: Timestamp,
    values: KnownValues,
    /// Values are written again each day, so that removing old ones removes none that holds.
    day: Date,
}

/// Runs until `stop`. A failing store costs only these minutes.
pub(super) async fn record_figures(live: LiveHandle, store: Store, stop: CancellationToken) {
    let mut recorder = FigureRecorder::default();
    let (mut is_failing, mut pruned_on) = (false, None);
    loop {
        let since_minute = live.now().wall.as_millisecond().rem_euclid(MINUTE_MS);
        tokio::select! {
            () = sleep(Duration::from_millis((MINUTE_MS - since_minute).unsigned_abs())) => {}
            () = stop.cancelled() => break,
        }
        let (values, at, day) = live.read_snapshot(|snapshot, now| {
            let at = moment::plus_millis(now.wall, -now.wall.as_millisecond().rem_euclid(1_000));
            let day = now.wall.to_zoned(snapshot.site.zone.clone()).date();
            (read_values(snapshot, now), at, day)
        });
        let Some(values) = values else {
            recorder.run = None;
            continue;
        };
        let (changes, start) = recorder.continue_run(values, at, day);
        let mut stored = store.store_figure_values(changes, start, at).await;
        if stored.is_ok() && pruned_on != Some(day) {
            let before = moment::plus_millis(at, -RETENTION_MS);
            stored = store.prune_figure_values(before).await;
            pruned_on = Some(day);
        }
        match stored {
            Ok(()) if is_failing => {
                info!("Custom figures are being saved again");
                is_failing = false;
            }
            Ok(()) => {}
            Err(error) => {
                if !is_failing {
                    let error = &error as &dyn std::error::Error;
                    warn!(
                        error,
                        "Couldn't save custom figures; these minutes will be missing"
                    );
                }
                is_failing = true;
                recorder.run = None;
            }
        }
    }
}

impl FigureRecorder {
    /// Returns what changed since the minute before, and when the run began.
    fn continue_run(
        &mut self,
        values: KnownValues,
        at: Timestamp,
        day: Date,
    ) -> (Vec<FigureChange>, Timestamp) {
        let before = self.run.take().filter(|run| {
            let pause = moment::millis_between(run.until, at);
            (1..PAUSE_MAX_MS).contains(&pause)
        });
        let known = before.as_ref().map(|run| &run.values);
        let is_same_day = before.as_ref().is_some_and(|run| run.day == day);
        let new_values = values.iter().filter(|(subject, value)| {
            let is_known = known.and_then(|known| known.get(*subject)) == Some(*value);
            !(is_same_day && is_known)
        });
        let new_values = new_values.map(|(subject, value)| FigureChange {
            subject: subject.clone(),
            at,
            value: Some(value.clone()),
        });
        let gone = known.into_iter().flatten();
        let gone = gone.filter(|(subject, _)| !values.contains_key(*subject));
        // Nobody knows when in the last minute.
        let gone_at = before
            .as_ref()
            .map_or(at, |run| moment::plus_millis(run.until, 1_000));
        let gone = gone.map(|(subject, _)| FigureChange {
            subject: subject.clone(),
            at: gone_at,
            value: None,
        });
        let changes = new_values.chain(gone).collect();
        let start = before.map_or(at, |run| run.start);
        self.run = Some(RecordedRun {
            start,
            until: at,
            values,
            day,
        });
        (changes, start)
    }
}

/// Returns the figures that are up to date; `None` if none is declared.
fn read_values(snapshot: &Snapshot, now: Moment) -> Option<KnownValues> {
    let declared = &snapshot.site.custom_figures;
    if declared.is_empty() {
        return None;
    }
    let mut evaluator = Evaluator::new(snapshot, now);
    let of_site = declared.iter().filter(|figure| !figure.is_per_queue);
    let of_queues = declared.iter().filter(|figure| figure.is_per_queue);
    let subjects = of_site.chain(of_queues).flat_map(|figure| {
        let subjects = snapshot.custom_subjects(figure);
        subjects.map(move |queue| (figure, queue))
    });
    let known = subjects.take(SUBJECTS_MAX).filter_map(|(figure, queue)| {
        let evaluated = evaluator.evaluate_custom(figure, queue);
        let is_known = evaluated.freshness == ShownFreshness::UpToDate;
        let value = evaluated.value.filter(|_| is_known)?;
        Some(((figure.id.clone(), queue.cloned()), value))
    });
    Some(known.collect())
}

#[cfg(test)]
mod tests {
    use wallboard_domain::CustomFigureId;

    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}Z").parse().unwrap()
    }

    fn orders(number: f64) -> KnownValues {
        let id = CustomFigureId::parse("orders").unwrap();
        BTreeMap::from([((id, None), CustomValue::Number(number))])
    }

    #[test]
    fn a_change_is_one_row_and_what_is_gone_is_gone_since_it_was_last_known() {
        let mut recorder = FigureRecorder::default();
        let mut day: Date = "2026-11-20".parse().unwrap();
        let mut follow = |values: KnownValues, time: &str, day| {
            let (changes, start) = recorder.continue_run(values, at(time), day);
            let changes = changes.into_iter().map(|change| {
                let number = change.value.map(|value| match value {
                    CustomValue::Number(number) => number,
                    CustomValue::State(word) => panic!("{word}"),
                });
                (change.at, number)
            });
            (changes.collect::<Vec<_>>(), start)
        };
        let first = at("10:00:00");
        let seen = |time: &str, number| vec![(at(time), number)];
        let begun = (seen("10:00:00", Some(4.0)), first);
        assert_eq!(follow(orders(4.0), "10:00:00", day), begun);
        assert_eq!(follow(orders(4.0), "10:01:00", day), (Vec::new(), first));
        let changed = (seen("10:02:00", Some(5.0)), first);
        assert_eq!(follow(orders(5.0), "10:02:00", day), changed);
        let gone = (seen("10:02:01", None), first);
        assert_eq!(follow(KnownValues::new(), "10:03:00", day), gone);
        let back = (seen("10:04:00", Some(5.0)), first);
        assert_eq!(follow(orders(5.0), "10:04:00", day), back);
        day = day.tomorrow().unwrap();
        let again = (seen("10:05:00", Some(5.0)), first);
        assert_eq!(follow(orders(5.0), "10:05:00", day), again);
        // The machine slept, or its clock went back.
        for time in ["10:30:00", "10:07:00"] {
            let begun = (seen(time, Some(5.0)), at(time));
            assert_eq!(follow(orders(5.0), time, day), begun);
        }
    }
}
