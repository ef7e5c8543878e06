//! Keeps what boards show of each queue's day at every quarter of an hour, at the
//! day's end and when the product stops, for the pages of history.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    domain::{BoardSnapshot, DailyValues, Moment, QUARTER_SECONDS, SUMS, moment},
    live::{DayDetails, Freshness, LiveHandle, QueueSnapshot, Snapshot},
    store::Store,
};

/// So long before midnight a day is looked at for the last time, in milliseconds:
/// at midnight its figures begin anew.
const BEFORE_MIDNIGHT_MS: i64 = 500;
/// And so long after it for the first time, when the day has surely turned.
const AFTER_MIDNIGHT_MS: i64 = 1_000;
/// Later than this after a boundary, what stands is no longer what stood then, in
/// milliseconds.
const LATE_MS: i64 = 20_000;
/// For so many days what boards showed is kept.
const RETENTION_DAYS: i64 = 400;

/// When to look, and as what it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BoardSnapshotTime {
    /// When to look.
    when: Timestamp,
    /// The boundary that it stands for.
    at: Timestamp,
    day: Date,
}

impl BoardSnapshotTime {
    /// The first that comes after `now`.
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

    /// Whether `picture` shows that day, at about that time.
    fn is_due(&self, picture: &Snapshot, now: Moment) -> bool {
        let day = |at: Timestamp| at.to_zoned(picture.site.zone.clone()).date();
        let is_of_day = picture.day_start.map(day) == Some(self.day);
        // A machine that slept, or a clock that was put right.
        is_of_day && (0..LATE_MS).contains(&moment::millis_between(self.when, now.wall))
    }
}

/// Runs until `stop`, and looks once more then. A store that fails harms nothing but
/// these figures.
pub(super) async fn record_snapshots(live: LiveHandle, store: Store, stop: CancellationToken) {
    let mut is_failing = false;
    let mut forgotten = None;
    loop {
        let now = live.now().wall;
        let look =
            live.read_snapshot(|picture, _| BoardSnapshotTime::next_after(now, &picture.site.zone));
        let wait = moment::millis_between(now, look.when).max(0);
        let is_last = tokio::select! {
            () = sleep(Duration::from_millis(wait.unsigned_abs())) => false,
            () = stop.cancelled() => true,
        };

        let tallies = live.read_snapshot(|picture, now| {
            let look = if is_last {
                snapshot_time_at_stop(picture, now)
            } else {
                look
            };
            look.is_due(picture, now)
                .then(|| compute_snapshots(picture, look, now))
        });
        if let Some(tallies) = tallies.filter(|tallies| !tallies.is_empty()) {
            match store.store_board_snapshots(tallies).await {
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
        if forgotten != Some(look.day) && !is_failing {
            let before = look.day.saturating_sub(RETENTION_DAYS.days());
            // What cannot be removed now will be tomorrow.
            drop(store.prune_board_snapshots(before).await);
            forgotten = Some(look.day);
        }
    }
}

/// What stands when the product stops.
fn snapshot_time_at_stop(picture: &Snapshot, now: Moment) -> BoardSnapshotTime {
    let second = Timestamp::from_second(now.wall.as_second()).unwrap_or(now.wall);
    BoardSnapshotTime {
        when: now.wall,
        at: second,
        day: now.wall.to_zoned(picture.site.zone.clone()).date(),
    }
}

/// The day so far of every real queue of which something is known.
fn compute_snapshots(
    picture: &Snapshot,
    look: BoardSnapshotTime,
    now: Moment,
) -> Vec<BoardSnapshot> {
    let queues = picture.queues.values();
    let real = queues.filter(|queue| queue.members.is_none() && !queue.hidden);
    real.filter_map(|queue| compute_snapshot(picture, queue, look, now))
        .collect()
}

fn compute_snapshot(
    picture: &Snapshot,
    queue: &QueueSnapshot,
    look: BoardSnapshotTime,
    now: Moment,
) -> Option<BoardSnapshot> {
    let shown: Vec<_> = DailyValues::stored_metrics()
        .filter_map(|metric| Some((metric, picture.queue_figure(queue, metric, now)?)))
        .filter(|(_, figure)| figure.freshness != Freshness::Unknown)
        .collect();
    let values =
        (shown.iter()).filter_map(|(metric, figure)| Some((*metric, figure.value?.as_number())));
    let figures: DailyValues = values.collect();
    if figures.is_empty() {
        return None;
    }
    let marks: Vec<&DayDetails> = (shown.iter())
        .filter_map(|(_, figure)| figure.day_details.as_ref())
        .collect();
    Some(BoardSnapshot {
        queue: queue.id.clone(),
        day: look.day,
        at: look.at,
        until: look.at,
        is_up_to_date: shown
            .iter()
            .all(|(_, figure)| figure.freshness == Freshness::UpToDate),
        is_complete: marks.iter().all(|marks| marks.is_complete),
        is_estimated: marks.iter().any(|marks| marks.is_estimated),
        since: marks.iter().map(|marks| marks.since).max().flatten(),
        missing: (marks.iter())
            .map(|marks| missing_seconds(marks, picture.day_start?, look.at))
            .max()
            .flatten(),
        figures,
        sums: queue
            .provided_metrics
            .is_none()
            .then(|| queue.today.counters.only(&SUMS)),
    })
}

/// Seconds of the day up to `at` that are not in it.
fn missing_seconds(marks: &DayDetails, starts: Timestamp, at: Timestamp) -> Option<i64> {
    let length = |from: Timestamp, to: Timestamp| {
        let (from, to) = (from.max(starts), to.min(at));
        moment::millis_between(from, to).max(0) / 1000
    };
    let before = length(starts, marks.since?);
    let gaps = marks.gaps.iter();
    let gaps: i64 = gaps.map(|gap| length(gap.from, gap.to.unwrap_or(at))).sum();
    Some(before + gaps)
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            CaseEvent, ConnectionEvent, Fact, Id, Input, Metric, SiteConfig, SourceSetup, Update,
        },
        ingest::{self, ProcessClock},
        live::{self, LiveState},
    };

    use super::*;

    fn snapshot_time(now: &str, zone: &str) -> [String; 3] {
        let zone = TimeZone::get(zone).unwrap();
        let look = BoardSnapshotTime::next_after(now.parse().unwrap(), &zone);
        [
            look.when.to_string(),
            look.at.to_string(),
            look.day.to_string(),
        ]
    }

    #[test]
    fn a_day_is_looked_at_every_quarter_of_an_hour_and_just_before_it_ends() {
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

    /// One chat that was opened in a queue.
    async fn send_chat(outlet: &ingest::IngestSender) {
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
        let said = |event| {
            Input::Update(Update {
                source: "chat".into(),
                event: "case",
                at: None,
                fact: Fact::Case(id("c1"), event),
                mistyped: 0,
            })
        };
        let site = SiteConfig {
            sources: vec![SourceSetup::new("chat", crate::sources::vngage::KIND)],
            ..SiteConfig::default()
        };
        let inputs = vec![
            Input::SiteConfig(site.into()),
            Input::Connection("chat".into(), ConnectionEvent::Connected),
            said(created),
            said(opened),
        ];
        let place = outlet.send_batch(inputs).await.unwrap();
        let mut safe = outlet.committed_offset();
        safe.wait_for(|safe| place <= *safe).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_boards_show_is_kept_at_each_boundary_and_when_the_product_stops() {
        let clock = ProcessClock::start_now();
        let (outlet, inlet) = ingest::ingest_channel(clock);
        let live = LiveHandle::new(clock, LiveState::default());
        tokio::spawn(live::run_live_state(live.clone(), inlet));
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        send_chat(&outlet).await;
        let stop = CancellationToken::new();
        let keeping = tokio::spawn(record_snapshots(live.clone(), store.clone(), stop.clone()));
        stop.cancel();
        keeping.await.unwrap();

        let queue = Id::new(&"chat".into(), "1");
        let today = live.now().wall.to_zoned(TimeZone::UTC).date();
        let kept = store
            .last_board_snapshot(queue, today)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept.figures.get(Metric::Answered), Some(1.0));
        assert_eq!(kept.figures.get(Metric::Offered), None);
        assert!(kept.is_up_to_date);
        assert!(kept.sums.is_some());
    }
}
