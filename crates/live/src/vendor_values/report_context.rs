//! The context of a vendor's report: its times by our clock, and how long it is valid.

use jiff::Timestamp;

use wallboard_domain::{MetricValue, Moment, MonotonicTime, ValueAge, moment};

use crate::{
    metric_reading::MetricReading, report_stamp::ReportStamp, source_state::OUTLIER_LIMIT,
};

/// Two reported starts closer than this are the same, in milliseconds. Whole seconds and the
/// different paths of two statistics cause smaller differences.
pub(super) const JITTER: i64 = 1_500;

/// The times and validity of a vendor report.
pub(super) struct ReportContext {
    pub(super) at: Option<Timestamp>,
    pub(super) age: ValueAge,
    pub(super) valid_until: Option<MonotonicTime>,
    /// Our clock minus the source's, as measured.
    pub(super) offset: i64,
    pub(super) generation: u32,
    pub(super) is_live: bool,
    /// When the business day began.
    pub(super) day_start: Option<Timestamp>,
    pub(super) now: Moment,
}

impl ReportContext {
    /// Returns the time to learn the source's clock from: the report's own, unless it is repeated
    /// or late.
    pub(super) fn clock_sample(&self, before: Option<Timestamp>) -> Option<Timestamp> {
        self.at
            .filter(|at| self.is_live && self.age == ValueAge::Immediate && before != Some(*at))
    }

    /// Returns the source's own time, or computes it from the value's age.
    pub(super) fn reported_at(&self) -> Option<Timestamp> {
        match (self.at, self.age) {
            (Some(at), _) => Some(at),
            (None, ValueAge::Known(age)) => Some(moment::plus_millis(self.now.wall, -age)),
            (None, ValueAge::Immediate | ValueAge::Unknown) => None,
        }
    }

    /// Converts the time of receipt to our current wall clock.
    pub(super) fn to_wall_time(&self, received_at: MonotonicTime) -> Timestamp {
        moment::plus_millis(self.now.wall, -self.now.monotonic.millis_since(received_at))
    }

    /// Returns the delay that the clock offset doesn't explain, in milliseconds.
    pub(super) fn lateness(&self, at: Timestamp) -> i64 {
        moment::millis_between(at, self.now.wall) - self.offset
    }

    /// Returns when the value applied, on our clock. A time that is far off shows a wrong clock,
    /// so it is ignored.
    pub(super) fn effective_at(&self) -> Timestamp {
        match (self.at, self.age) {
            (_, ValueAge::Known(age)) => moment::plus_millis(self.now.wall, -age.max(0)),
            (Some(at), _) if self.lateness(at).abs() <= OUTLIER_LIMIT => {
                moment::plus_millis(at, self.offset).min(self.now.wall)
            }
            _ => self.now.wall,
        }
    }

    /// Returns when a period of that many seconds began, on our clock.
    pub(super) fn started_at(&self, seconds: f64, before: Option<Timestamp>) -> Timestamp {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float saturates"
        )]
        let lasted = (seconds * 1000.0) as i64;
        let began = moment::plus_millis(self.effective_at(), -lasted).min(self.now.wall);
        before
            .filter(|before| is_same_start(*before, began))
            .unwrap_or(began)
    }

    pub(super) fn build_reading(
        &self,
        value: Option<MetricValue>,
        since: Option<Timestamp>,
    ) -> MetricReading {
        MetricReading {
            value,
            at: self.reported_at(),
            ordered_at: None,
            received_at: self.now.monotonic,
            generation: self.generation,
            since,
            valid_until: self.valid_until,
            is_age_unknown: self.age == ValueAge::Unknown,
            is_invalid: false,
        }
    }

    /// Builds a reading without a valid value: the last value is stored but not shown.
    pub(super) fn build_invalid(&self, before: Option<&MetricReading>) -> MetricReading {
        let value = before.and_then(|before| before.value);
        MetricReading {
            is_invalid: true,
            ..self.build_reading(value, before.and_then(|before| before.since))
        }
    }

    pub(super) fn build_stamp(&self, is_invalid: bool) -> ReportStamp {
        ReportStamp {
            at: self.reported_at(),
            received_at: self.now.monotonic,
            generation: self.generation,
            valid_until: self.valid_until,
            is_age_unknown: self.age == ValueAge::Unknown,
            is_invalid,
        }
    }
}

/// Whether two reported starts are the same.
pub(super) fn is_same_start(start: Timestamp, other: Timestamp) -> bool {
    moment::millis_between(start, other).abs() <= JITTER
}
