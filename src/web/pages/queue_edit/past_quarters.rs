//! The weeks before those of the log: in how many quarters of an hour so many waited, by the most of each.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tracing::warn;

use wallboard_domain::{OpeningHours, QUARTER_SECONDS, QueueId, error_chain};
use wallboard_history::intervals::quarter_start;
use wallboard_texts::Texts;

use crate::web::WebState;

/// The days to look back.
const DAYS: i64 = 28;

/// The quarters of the open time of which all is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PastQuarters {
    from: Timestamp,
    to: Timestamp,
    known: usize,
    reached: usize,
}

/// Counts those before `until` in which at least `limit` waited; `None` if none is known. A group's most is taken for
/// the sum of its queues', as on boards.
pub(super) async fn count_past_quarters(
    web: &WebState,
    id: &QueueId,
    limit: f64,
    hours: Option<&OpeningHours>,
    until: Timestamp,
    now: Timestamp,
) -> Option<PastQuarters> {
    let queues = web.live.read_snapshot(|snapshot, _| {
        let members = snapshot.queues.get(id)?.members.clone();
        Some(members.map_or_else(|| vec![id.clone()], |members| members.to_vec()))
    })?;
    let until = quarter_of(until);
    let from = quarter_of(now - SignedDuration::from_hours(24 * DAYS));
    let mut sums: BTreeMap<Timestamp, (usize, u64)> = BTreeMap::new();
    for queue in &queues {
        let peaks = web.history.waiting_peaks(queue.clone(), from, until);
        let peaks = match peaks.await {
            Ok(peaks) => peaks,
            Err(error) => {
                warn!(
                    "Couldn't read the most that waited: {}",
                    error_chain(&error)
                );
                return None;
            }
        };
        for peak in peaks {
            let (count, sum) = sums.entry(peak.start).or_default();
            *count += 1;
            *sum += u64::from(peak.waiting);
        }
    }
    let known = sums
        .into_iter()
        .filter(|(_, (count, _))| *count == queues.len());
    let known = known.map(|(start, (_, waiting))| (start, waiting));
    PastQuarters::count(known, limit, hours)
}

fn quarter_of(at: Timestamp) -> Timestamp {
    Timestamp::from_second(quarter_start(at.as_second())).unwrap_or(at)
}

impl PastQuarters {
    fn count(
        quarters: impl Iterator<Item = (Timestamp, u64)>,
        limit: f64,
        hours: Option<&OpeningHours>,
    ) -> Option<Self> {
        let is_open = |at| hours.is_none_or(|hours| hours.is_open(at));
        let mut open = quarters.filter(|(start, _)| is_open(*start)).peekable();
        let (from, _) = *open.peek()?;
        let mut counted = Self {
            from,
            to: from,
            known: 0,
            reached: 0,
        };
        for (start, waiting) in open {
            #[expect(clippy::cast_precision_loss, reason = "nobody counts so many")]
            let waiting = waiting as f64;
            counted.to = start + SignedDuration::from_secs(QUARTER_SECONDS);
            counted.known += 1;
            counted.reached += usize::from(0.0 < waiting && limit <= waiting);
        }
        Some(counted)
    }

    /// "From 1 Nov 08:00 to 19 Nov 18:00, at least 20 waited in 14 of 1,900 quarters of an hour."
    pub(super) fn sentence(
        &self,
        texts: &Texts,
        limit: f64,
        now: Timestamp,
        zone: &TimeZone,
    ) -> String {
        let count = |number: usize| texts.count(u64::try_from(number).unwrap_or(u64::MAX));
        texts.rehearsal_quarters(
            texts.time_or_day(self.from, now, zone),
            texts.time_or_day(self.to, now, zone),
            texts.decimal(limit),
            count(self.reached),
            count(self.known),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editing::always_open;

    #[test]
    fn only_known_quarters_of_the_open_time_count() {
        let start: Timestamp = "2026-11-02T07:30:00Z".parse().unwrap();
        let quarters = (0..6).map(|at| {
            let quarter = SignedDuration::from_secs(QUARTER_SECONDS * at);
            (start + quarter, u64::try_from(at).unwrap())
        });
        let mut hours = always_open(&TimeZone::UTC);
        hours.week[0][0].from_minute = 8 * 60;
        let counted = PastQuarters::count(quarters.clone(), 4.0, Some(&hours)).unwrap();
        assert_eq!((counted.known, counted.reached), (4, 2));
        assert_eq!(counted.from, "2026-11-02T08:00:00Z".parse().unwrap());
        assert_eq!(counted.to, "2026-11-02T09:00:00Z".parse().unwrap());
        // Nobody is never too many.
        let all = PastQuarters::count(quarters, 0.0, None).unwrap();
        assert_eq!((all.known, all.reached), (6, 5));
        assert_eq!(PastQuarters::count([].into_iter(), 4.0, None), None);
    }
}
