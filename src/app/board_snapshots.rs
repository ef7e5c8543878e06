//! Records board snapshots of each queue's day every quarter of an hour, at the day's end, and
//! when the app stops, for the history pages.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::{
    BoardSnapshot, DailyValues, Moment, QUARTER_SECONDS, RATIO_COUNTERS, moment,
};
use wallboard_live::{DayDetails, Freshness, LiveHandle, QueueSnapshot, Snapshot};
use wallboard_store::Store;

use super::waiting_peaks;

/// A day's last snapshot is taken this long before midnight, in milliseconds; at midnight its
/// values restart.
const BEFORE_MIDNIGHT_MS: i64 = 500;
/// A day's first snapshot is taken this long after midnight, in milliseconds, when the day has
/// surely changed.
const AFTER_MIDNIGHT_MS: i64 = 1_000;
/// Values this soon after a boundary still count as those of the boundary, in milliseconds.
const LATE_MS: i64 = 20_000;
/// Days for which board snapshots are retained.
const RETENTION_DAYS: i64 = 400;

/// How long the most that waited in a quarter of an hour is retained: what a baseline reads, and a week.
const PEAK_RETENTION_MS: i64 = 9 * 7 * 24 * 3_600_000;

/// When to take a snapshot, and the boundary that it represents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BoardSnapshotTime {
    /// When to take it.
    when: Timestamp,
    /// The boundary that it represents.
    at: Timestamp,
    day: Date,
}

impl BoardSnapshotTime {
    /// Returns the first one after `now`.
    fn next_after(now: Timestamp, zone: &TimeZone) -> Self {
        let second =
            now.as_second().div_euclid(QUARTER_SECONDS) * QUARTER_SECONDS + QUARTER_SECONDS;
        let at = Timestamp::from_second(second).unwrap_or(now);
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let last = moment::plus_millis(at, -BEFORE_MIDNIGHT_MS);
        let (today, next) = (day(last), day(at));
        let (when, day) = match (today == next, now < last) {
            (true, _) => (at, next),
            (false, true) => (last, today),
            (false, false) => (moment::plus_millis(at, AFTER_MIDNIGHT_MS), next),
        };
        Self { when, at, day }
    }

    /// Whether `snapshot` shows that day, at about that time.
    fn is_due(&self, snapshot: &Snapshot, now: Moment) -> bool {
        let day = |at: Timestamp| at.to_zoned(snapshot.site.zone.clone()).date();
        let is_same_day = snapshot.day_start.map(day) == Some(self.day);
        // The machine may have slept, or its clock may have been adjusted.
        is_same_day && (0..LATE_MS).contains(&moment::millis_between(self.when, now.wall))
    }
}

/// Runs until `stop`, then takes a last snapshot. A failing store costs only these snapshots.
pub(super) async fn record_snapshots(live: LiveHandle, store: Store, stop: CancellationToken) {
    let mut is_failing = false;
    let mut pruned_on = None;
    loop {
        let now = live.now().wall;
        let next = live
            .read_snapshot(|snapshot, _| BoardSnapshotTime::next_after(now, &snapshot.site.zone));
        let wait = moment::millis_between(now, next.when).max(0);
        let is_last = tokio::select! {
            () = sleep(Duration::from_millis(wait.unsigned_abs())) => false,
            () = stop.cancelled() => true,
        };

        let snapshots = live.read_snapshot(|snapshot, now| {
            let time = if is_last {
                snapshot_time_at_stop(snapshot, now)
            } else {
                next
            };
            time.is_due(snapshot, now).then(|| {
                // A stop is within a quarter.
                let peaks = (!is_last).then(|| waiting_peaks::read_peaks(snapshot, time.at, now));
                (
                    compute_snapshots(snapshot, time, now),
                    peaks.unwrap_or_default(),
                )
            })
        });
        if let Some((snapshots, peaks)) = snapshots.filter(|(snapshots, _)| !snapshots.is_empty()) {
            let stored = async {
                store.store_board_snapshots(snapshots).await?;
                store.store_waiting_peaks(peaks).await
            };
            match stored.await {
                Ok(()) if is_failing => {
                    info!("Board snapshots are being saved again");
                    is_failing = false;
                }
                Ok(()) => {}
                Err(error) => {
                    if !is_failing {
                        warn!(
                            error = &error as &dyn std::error::Error,
                            "Couldn't save board snapshots; these quarter hours will be missing in History"
                        );
                    }
                    is_failing = true;
                }
            }
        }
        if is_last {
            break;
        }
        if pruned_on != Some(next.day) && !is_failing {
            let before = next.day.saturating_sub(RETENTION_DAYS.days());
            // A failed removal is repeated the next day.
            drop(store.prune_board_snapshots(before).await);
            let before = moment::plus_millis(now, -PEAK_RETENTION_MS);
            drop(store.prune_waiting_peaks(before).await);
            pruned_on = Some(next.day);
        }
    }
}

/// Returns the snapshot time for a stop at `now`.
fn snapshot_time_at_stop(snapshot: &Snapshot, now: Moment) -> BoardSnapshotTime {
    let second = Timestamp::from_second(now.wall.as_second()).unwrap_or(now.wall);
    BoardSnapshotTime {
        when: now.wall,
        at: second,
        day: now.wall.to_zoned(snapshot.site.zone.clone()).date(),
    }
}

/// Returns the day so far of every real queue with known values.
fn compute_snapshots(
    snapshot: &Snapshot,
    time: BoardSnapshotTime,
    now: Moment,
) -> Vec<BoardSnapshot> {
    let queues = snapshot.queues.values();
    let real = queues.filter(|queue| queue.members.is_none() && !queue.hidden);
    real.filter_map(|queue| compute_snapshot(snapshot, queue, time, now))
        .collect()
}

fn compute_snapshot(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    time: BoardSnapshotTime,
    now: Moment,
) -> Option<BoardSnapshot> {
    let figures: Vec<_> = DailyValues::stored_metrics()
        .filter_map(|metric| Some((metric, snapshot.queue_figure(queue, metric, now)?)))
        .filter(|(_, figure)| figure.freshness != Freshness::Unknown)
        .collect();
    let values =
        (figures.iter()).filter_map(|(metric, figure)| Some((*metric, figure.value?.as_number())));
    let daily_values: DailyValues = values.collect();
    if daily_values.is_empty() {
        return None;
    }
    let details: Vec<&DayDetails> = (figures.iter())
        .filter_map(|(_, figure)| figure.day_details.as_deref())
        .collect();
    Some(BoardSnapshot {
        queue: queue.id.clone(),
        day: time.day,
        at: time.at,
        until: time.at,
        is_up_to_date: figures
            .iter()
            .all(|(_, figure)| figure.freshness == Freshness::UpToDate),
        is_complete: details.iter().all(|details| details.is_complete),
        is_estimated: details.iter().any(|details| details.is_estimated),
        since: details.iter().map(|details| details.since).max().flatten(),
        missing: (details.iter())
            .map(|details| missing_seconds(details, snapshot.day_start?, time.at))
            .max()
            .flatten(),
        figures: daily_values,
        sums: queue
            .provided_metrics
            .is_none()
            .then(|| queue.today.counters.only(&RATIO_COUNTERS)),
    })
}

/// Returns the seconds of the day up to `at` that aren't covered.
fn missing_seconds(details: &DayDetails, day_start: Timestamp, at: Timestamp) -> Option<i64> {
    let length = |from: Timestamp, to: Timestamp| {
        let (from, to) = (from.max(day_start), to.min(at));
        moment::millis_between(from, to).max(0) / 1000
    };
    let before = length(day_start, details.since?);
    let gaps = details.gaps.iter();
    let gaps: i64 = gaps.map(|gap| length(gap.from, gap.to.unwrap_or(at))).sum();
    Some(before + gaps)
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{
        CaseEvent, ConnectionEvent, Fact, Id, Input, Metric, SiteConfig, SourceSetup, Update,
    };
    use wallboard_live::{self as live, LiveState};
    use wallboard_runtime::ingest::{self, ProcessClock};

    use super::*;

    fn snapshot_time(now: &str, zone: &str) -> [String; 3] {
        let zone = TimeZone::get(zone).unwrap();
        let time = BoardSnapshotTime::next_after(now.parse().unwrap(), &zone);
        [
            time.when.to_string(),
            time.at.to_string(),
            time.day.to_string(),
        ]
    }

    #[test]
    fn snapshots_are_taken_every_quarter_hour_and_just_before_midnight() {
        let at = |day: &str, time: &str| format!("2026-11-{day}T{time}Z");
        assert_eq!(
            snapshot_time("2026-11-20T10:15:00.2Z", "Europe/Berlin"),
            [
                at("20", "10:30:00"),
                at("20", "10:30:00"),
                "2026-11-20".into()
            ]
        );
        // Midnight in Berlin.
        assert_eq!(
            snapshot_time("2026-11-20T22:45:00Z", "Europe/Berlin"),
            [
                at("20", "22:59:59.5"),
                at("20", "23:00:00"),
                "2026-11-20".into()
            ]
        );
        assert_eq!(
            snapshot_time("2026-11-20T22:59:59.501Z", "Europe/Berlin"),
            [
                at("20", "23:00:01"),
                at("20", "23:00:00"),
                "2026-11-21".into()
            ]
        );
        assert_eq!(
            snapshot_time("2026-11-20T18:10:00Z", "Asia/Kathmandu"),
            [
                at("20", "18:14:59.5"),
                at("20", "18:15:00"),
                "2026-11-20".into()
            ]
        );
    }

    /// Sends one chat, opened in a queue.
    async fn send_chat(sender: &ingest::IngestSender) {
        let id = |external: &str| Id::new(&"chat".into(), external);
        let opened = CaseEvent::Opened {
            agent: Some(id("anna")),
            queue: Some(id("1")),
        };
        let created = CaseEvent::Created {
            opportunity: None,
            solution: None,
            case_type: None,
        };
        let update = |event| {
            Input::Update(Update {
                source: "chat".into(),
                event: "case",
                at: None,
                fact: Fact::Case(id("c1"), event),
                mistyped: 0,
            })
        };
        let site = SiteConfig {
            sources: vec![SourceSetup::new("chat", wallboard_sources::vngage::KIND)],
            ..SiteConfig::default()
        };
        let inputs = vec![
            Input::SiteConfig(site.into()),
            Input::Connection("chat".into(), ConnectionEvent::Connected),
            update(created),
            update(opened),
        ];
        let offset = sender.send_batch(inputs).await.unwrap();
        let mut committed = sender.committed_offset();
        committed
            .wait_for(|committed| offset <= *committed)
            .await
            .unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn snapshots_are_stored_at_boundaries_and_on_stop() {
        let clock = ProcessClock::start_now();
        let (sender, receiver) = ingest::ingest_channel(clock.clone());
        let live = LiveHandle::new(clock, LiveState::default());
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        send_chat(&sender).await;
        let stop = CancellationToken::new();
        let recording = tokio::spawn(record_snapshots(live.clone(), store.clone(), stop.clone()));
        stop.cancel();
        recording.await.unwrap();

        let queue = Id::new(&"chat".into(), "1");
        let today = live.now().wall.to_zoned(TimeZone::UTC).date();
        let stored = store
            .board_snapshots(queue, today, today)
            .await
            .unwrap()
            .pop()
            .unwrap();
        assert_eq!(stored.figures.get(Metric::Answered), Some(1.0));
        assert_eq!(stored.figures.get(Metric::Offered), None);
        assert!(stored.is_up_to_date);
        assert!(stored.sums.is_some());
    }
}
