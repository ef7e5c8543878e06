//! The most that waited in each quarter of an hour: recorded of each queue, and read as what is usual.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_domain::{
    Baseline, BaselineBuilder, Moment, QUARTER_SECONDS, QueueGroup, QueueId, moment,
};
use wallboard_live::Snapshot;
use wallboard_store::{Store, StoreError, WaitingPeak};

/// Returns the peaks of the quarter that ends at `end`, of each real queue of which all of it is known.
pub(super) fn read_peaks(snapshot: &Snapshot, end: Timestamp, now: Moment) -> Vec<WaitingPeak> {
    let start = moment::plus_millis(end, -1000 * QUARTER_SECONDS);
    let real = (snapshot.queues.values()).filter(|queue| queue.members.is_none());
    let peaks = real.filter_map(|queue| {
        let steps = queue.recent_series.steps(now);
        let steps = steps.filter(|step| (start..end).contains(&step.start));
        let waiting: Option<Vec<u64>> = steps.map(|step| step.waiting).collect();
        let most = waiting?.into_iter().max()?;
        Some(WaitingPeak {
            queue: queue.id.clone(),
            start,
            waiting: u32::try_from(most).unwrap_or(u32::MAX),
        })
    });
    peaks.collect()
}

/// Adds the peaks of a baseline's days. A group's is at most the sum of its queues', as on boards.
pub(super) async fn add_peaks(
    builder: &mut BaselineBuilder,
    store: &Store,
    groups: &[QueueGroup],
    day: Date,
    zone: &TimeZone,
) -> Result<(), StoreError> {
    for date in Baseline::sample_days(day) {
        let next = date.tomorrow().unwrap_or(date);
        let [from, to] = [date, next].map(|date| date.to_zoned(zone.clone()));
        let (Ok(from), Ok(to)) = (from, to) else {
            continue;
        };
        let peaks = store
            .waiting_peaks(from.timestamp(), to.timestamp())
            .await?;
        for quarter in peaks.chunk_by(|one, other| one.start == other.start) {
            let waiting: HashMap<&QueueId, u32> = (quarter.iter())
                .map(|peak| (&peak.queue, peak.waiting))
                .collect();
            for group in groups.iter().filter(|group| !group.queues.is_empty()) {
                let members = group.queues.iter().map(|queue| waiting.get(queue));
                if let Some(sum) = members.sum::<Option<u32>>() {
                    builder.add_peak(group.id.clone(), quarter[0].start, sum);
                }
            }
            for peak in quarter {
                builder.add_peak(peak.queue.clone(), peak.start, peak.waiting);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn id(text: &str) -> QueueId {
        let (source, external) = text.split_once('/').unwrap();
        QueueId::new(&source.into(), external)
    }

    #[tokio::test]
    async fn a_group_has_the_sum_of_its_queues_where_all_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let day: Date = "2026-11-20".parse().unwrap();
        let nine = |date: Date| {
            date.at(9, 0, 0, 0)
                .to_zoned(TimeZone::UTC)
                .unwrap()
                .timestamp()
        };
        for date in Baseline::sample_days(day).take(3) {
            let peak = |queue: &str, quarter: i64, waiting| WaitingPeak {
                queue: id(queue),
                start: nine(date) + (15 * quarter).minutes(),
                waiting,
            };
            let peaks = vec![
                peak("chat/1", 0, 4),
                peak("voice/2", 0, 3),
                peak("chat/1", 1, 1),
                peak("voice/2", 1, 6),
                peak("chat/1", 2, 8),
                peak("chat/1", 3, 8),
            ];
            store.store_waiting_peaks(peaks).await.unwrap();
        }
        let groups = [QueueGroup {
            id: id("group/both"),
            name: "Both".into(),
            queues: vec![id("chat/1"), id("voice/2")],
        }];
        let mut builder = BaselineBuilder::for_day(day, &TimeZone::UTC);

        add_peaks(&mut builder, &store, &groups, day, &TimeZone::UTC)
            .await
            .unwrap();

        let baseline = builder.build();
        let usual = |queue: &str, minutes: i64| {
            let at = nine(day) + minutes.minutes();
            baseline.usual_peak(&id(queue), at)
        };
        assert_eq!(usual("chat/1", 0), Some(4.0));
        assert_eq!(usual("group/both", 29), Some(7.0));
        assert_eq!(usual("chat/1", 30), Some(8.0));
        assert_eq!(usual("group/both", 30), None);
    }
}
