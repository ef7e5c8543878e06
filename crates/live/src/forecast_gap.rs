//! Whether a queue can have a forecast now.

use wallboard_domain::{ForecastGap, Metric, Moment};

use super::snapshot::{Freshness, QueueSnapshot, Snapshot};

impl Snapshot {
    /// Finds why a queue or a group can't have a forecast now, whatever its history has.
    pub fn find_forecast_gap(&self, queue: &QueueSnapshot, now: Moment) -> Option<ForecastGap> {
        if self.withholds_of(&queue.id, Metric::AgentsLoggedIn) {
            return Some(ForecastGap::SmallTeam);
        }
        if self.queue_hours(queue, now.wall).is_closed {
            return Some(ForecastGap::Closed);
        }
        let is_current = self.queue_freshness(queue, now) == Freshness::UpToDate;
        (!is_current).then_some(ForecastGap::OutOfDate)
    }
}
