//! How often what came was within what was forecast.

use jiff::tz::TimeZone;

use wallboard_domain::{BoardSnapshot, Counter, ServiceLevelFormula};
use wallboard_store::StoredForecast;

/// Fewer half hours say nothing.
const HALF_HOURS_MIN: u32 = 20;

/// The half hours of the last weeks whose forecast was compared with what the boards showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    pub contacts: RangeHits,
    pub service_level: RangeHits,
}

/// The outcomes that are known, and those of them within their range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RangeHits {
    pub half_hours: u32,
    pub within: u32,
}

impl Calibration {
    /// Compares the forecasts of a queue with its boards' figures. Leaves out half hours in which
    /// contacts may have been missed, or at whose ends nothing was recorded.
    pub(super) fn compare(
        forecasts: &[StoredForecast],
        snapshots: &[BoardSnapshot],
        formula: ServiceLevelFormula,
        zone: &TimeZone,
    ) -> Self {
        let mut calibration = Self::default();
        for forecast in forecasts {
            let day = forecast.start.to_zoned(zone.clone()).date();
            let on_day = BoardSnapshot::of_day(snapshots, day);
            let ends = [forecast.start, forecast.until];
            let [Some(start), Some(end)] = ends.map(|at| BoardSnapshot::find_at(on_day, day, at))
            else {
                continue;
            };
            let came = end.since(start);
            #[expect(clippy::cast_precision_loss, reason = "the contacts of half an hour")]
            let contacts = came.get(Counter::Offered).map(|offered| offered as f64);
            calibration
                .contacts
                .count(contacts, Some(forecast.contacts));
            let level = came.service_level(formula);
            calibration
                .service_level
                .count(level, forecast.service_level);
        }
        calibration
    }
}

impl RangeHits {
    fn count(&mut self, outcome: Option<f64>, range: Option<[f64; 2]>) {
        let Some((outcome, [low, high])) = outcome.zip(range) else {
            return;
        };
        self.half_hours += 1;
        self.within += u32::from(low <= outcome && outcome <= high);
    }

    /// Percent within the range; `None` of too few.
    pub fn percent(self) -> Option<f64> {
        let percent = f64::from(self.within) * 100.0 / f64::from(self.half_hours);
        (HALF_HOURS_MIN <= self.half_hours).then_some(percent)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan};

    use wallboard_domain::{Counters, Metric, QueueId, RATIO_COUNTERS};

    use super::*;

    fn start() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    fn queue() -> QueueId {
        QueueId::new(&"chat".into(), "1")
    }

    /// The day so far after so many half hours; three of four contacts were answered in time.
    fn snapshot_after(half_hours: i64, offered: i64) -> BoardSnapshot {
        let at = start() + (half_hours * 30).minutes();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let count = offered as f64;
        let figures = [
            (Metric::Offered, count),
            (Metric::Answered, count),
            (Metric::Abandoned, 0.0),
            (Metric::ShortAbandoned, 0.0),
            (Metric::FlowOuts, 0.0),
        ];
        BoardSnapshot {
            queue: queue(),
            day: at.to_zoned(TimeZone::UTC).date(),
            at,
            until: at,
            is_up_to_date: true,
            is_complete: true,
            is_estimated: false,
            since: Some(start()),
            missing: Some(0),
            figures: figures.into_iter().collect(),
            sums: Some(
                Counters::LIVE
                    .only(&RATIO_COUNTERS)
                    .with(Counter::AnsweredWithin, offered * 3 / 4),
            ),
        }
    }

    fn forecast_of(half_hour: i64, service_level: Option<[f64; 2]>) -> StoredForecast {
        let start = start() + (half_hour * 30).minutes();
        StoredForecast {
            slots: None,
            queue: queue(),
            start,
            until: start + 30.minutes(),
            contacts: [4.0, 8.0],
            service_level,
        }
    }

    #[test]
    fn half_hours_are_compared_with_what_came() {
        let level = Some([70.0, 90.0]);
        // 8, 12 and 4 contacts; the last half hour has an outage, and nothing is known of the one before.
        let interrupted = |half_hours, offered| BoardSnapshot {
            missing: Some(120),
            ..snapshot_after(half_hours, offered)
        };
        let snapshots = [
            snapshot_after(0, 0),
            snapshot_after(1, 8),
            snapshot_after(2, 20),
            snapshot_after(3, 24),
            snapshot_after(5, 40),
            interrupted(6, 44),
        ];
        let forecasts = [
            forecast_of(0, level),
            forecast_of(1, Some([80.0, 90.0])),
            forecast_of(2, None),
            forecast_of(3, level),
            forecast_of(5, level),
        ];

        let formula = ServiceLevelFormula::default();
        let compared = Calibration::compare(&forecasts, &snapshots, formula, &TimeZone::UTC);

        let hits = |half_hours, within| RangeHits { half_hours, within };
        assert_eq!(compared.contacts, hits(3, 2));
        assert_eq!(compared.service_level, hits(2, 1));
    }

    #[test]
    fn few_half_hours_have_no_share() {
        let hits = |half_hours, within| RangeHits { half_hours, within };
        assert_eq!(hits(19, 19).percent(), None);
        assert_eq!(hits(20, 16).percent(), Some(80.0));
        assert_eq!(RangeHits::default().percent(), None);
    }
}
