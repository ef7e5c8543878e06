//! The contacts that may still come today: as many as nine of ten such days bring at most.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use parking_lot::RwLock;

use wallboard_domain::{FORECAST_LIFETIME_MS, Moment, QueueId, moment};
use wallboard_forecast::ExpectedArrivals;
use wallboard_live::{QueueSnapshot, Snapshot};

use super::Forecasts;

/// Fewer contacts aren't expected at all.
const CONTACTS_MIN: f64 = 0.01;

/// The contacts expected of each queue until midnight, as of a time.
#[derive(Clone, Debug, Default)]
pub(super) struct RestsOfDay {
    pub(super) computed_at: Timestamp,
    pub(super) arrivals: HashMap<QueueId, ExpectedArrivals>,
}

/// A handle on them. Cheap to clone.
pub(super) type KeptRests = Arc<RwLock<RestsOfDay>>;

impl Forecasts {
    pub(super) fn replace_rests(&self, rests: RestsOfDay) {
        *self.1.write() = rests;
    }

    /// Returns how many contacts a queue or a group will still have today: the high end of the range that holds 8 of 10
    /// outcomes. `None`: what is usual isn't known, of one of its queues at least.
    pub fn rest_of_day(
        &self,
        snapshot: &Snapshot,
        queue: &QueueSnapshot,
        now: Moment,
    ) -> Option<f64> {
        let rests = self.1.read();
        let age = moment::millis_between(rests.computed_at, now.wall);
        let day = |at: Timestamp| at.to_zoned(snapshot.site.zone.clone()).date();
        if FORECAST_LIFETIME_MS < age || day(rests.computed_at) != day(now.wall) {
            return None;
        }
        let members: Vec<&QueueId> = match &queue.members {
            Some(members) => members.iter().collect(),
            None => vec![&queue.id],
        };
        if members.is_empty() {
            return None;
        }
        let of_members = members
            .into_iter()
            .map(|id| rests.arrivals.get(id).copied());
        let of_members: Option<Vec<_>> = of_members.collect();
        high_end(of_members?)
    }
}

fn high_end(queues: Vec<ExpectedArrivals>) -> Option<f64> {
    let expected = queues.into_iter().filter(|one| CONTACTS_MIN < one.mean);
    let expected: Vec<_> = expected.collect();
    if expected.is_empty() {
        return Some(0.0);
    }
    Some(ExpectedArrivals::sum(expected).range()?.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_end_is_above_the_mean_and_no_queue_adds_nothing() {
        let queue = |mean| ExpectedArrivals { mean, shape: 100.0 };
        let high = high_end(vec![queue(40.0), queue(60.0), queue(0.0)]).unwrap();
        // The mean is 100, the variance 100 + 16 + 36: 1.28 times its root above.
        assert!((112.0..=120.0).contains(&high), "{high}");
        assert_eq!(high_end(vec![queue(0.0)]), Some(0.0));
    }
}
