//! Vendor values: figures that vendors compute for queues and agents. Their sources put them in
//! order. The last value holds until it expires or the connection is lost.

mod agent_values;
mod provided_subjects;
mod queue_values;
mod status_clock;
mod vendor_day;

use std::time::Duration;

use jiff::Timestamp;

use wallboard_domain::{
    MetricSubject, MetricValue, Moment, MonotonicTime, Update, ValueAge, VendorFigure, moment,
};

pub(super) use status_clock::StatusClock;

use super::{
    live_state::LiveState,
    metric_reading::MetricReading,
    snapshot::{ReportStamp, SourceSnapshot},
    source_state::{OUTLIER_LIMIT, SourceState},
};

/// Two reported starts closer than this are the same, in milliseconds. Whole seconds and the
/// different paths of two statistics cause smaller differences.
const JITTER: i64 = 1_500;

impl LiveState {
    pub(super) fn apply_vendor_figure(
        &mut self,
        update: &Update,
        subject: &MetricSubject,
        report: &VendorFigure,
        now: Moment,
    ) {
        let (Some(source), Some(source_state)) = (
            self.snapshot.sources.get_mut(&update.source),
            self.source_states.get_mut(&update.source),
        ) else {
            return;
        };
        let day_start = self.cases.days.today_start();
        let context = ReportContext {
            at: update.at,
            age: report.age,
            valid_until: report
                .valid_for_ms
                .map(|millis| now.monotonic.plus_millis(millis)),
            offset: source_state.clock_offset.as_millis(),
            generation: source.generation,
            is_live: source.is_live(),
            day_start,
            now,
        };
        // A source may still report a subject for a moment after it left the configuration.
        let clock_sample = match subject {
            MetricSubject::Queue(id) => {
                let queue = self.snapshot.queues.get_mut(id);
                queue.and_then(|queue| context.apply_to_queue(queue, &report.value))
            }
            MetricSubject::Agent(id) => {
                let agent = self.snapshot.agents.get_mut(id);
                agent.and_then(|agent| context.apply_to_agent(agent, &report.value))
            }
        };
        let was_known = source_state.clock_offset.is_learned();
        if let Some(at) = clock_sample {
            learn_clock(source, source_state, at, self.ingest_delay_ms, now);
        }
        if !was_known && source_state.clock_offset.is_learned() {
            self.reapply_clock_offset(&update.source, now);
        }
    }
}

/// Learns a source's clock from a value that was reported as soon as it applied.
pub(super) fn learn_clock(
    source: &mut SourceSnapshot,
    source_state: &mut SourceState,
    at: Timestamp,
    ingest_delay: i64,
    now: Moment,
) {
    let difference = moment::millis_between(at, now.wall);
    source_state
        .clock_offset
        .record_difference(difference, now.monotonic);
    source.clock_offset_ms = source_state.clock_offset.as_millis();
    source.is_clock_known = true;
    let lag = (difference - source.clock_offset_ms + ingest_delay).max(0);
    source
        .lag
        .record_duration(Duration::from_millis(lag.unsigned_abs()));
}

/// The times and validity of a vendor report.
struct ReportContext {
    at: Option<Timestamp>,
    age: ValueAge,
    valid_until: Option<MonotonicTime>,
    /// Our clock minus the source's, as measured.
    offset: i64,
    generation: u32,
    is_live: bool,
    /// When the business day began.
    day_start: Option<Timestamp>,
    now: Moment,
}

impl ReportContext {
    /// Returns the time to learn the source's clock from: the report's own, unless it is repeated
    /// or late.
    fn clock_sample(&self, before: Option<Timestamp>) -> Option<Timestamp> {
        self.at
            .filter(|at| self.is_live && self.age == ValueAge::Immediate && before != Some(*at))
    }

    /// Returns the source's own time, or computes it from the value's age.
    fn reported_at(&self) -> Option<Timestamp> {
        match (self.at, self.age) {
            (Some(at), _) => Some(at),
            (None, ValueAge::Known(age)) => Some(moment::plus_millis(self.now.wall, -age)),
            (None, ValueAge::Immediate | ValueAge::Unknown) => None,
        }
    }

    /// Converts the time of receipt to our current wall clock.
    fn to_wall_time(&self, received_at: MonotonicTime) -> Timestamp {
        moment::plus_millis(self.now.wall, -self.now.monotonic.millis_since(received_at))
    }

    /// Returns the delay that the clock offset doesn't explain, in milliseconds.
    fn lateness(&self, at: Timestamp) -> i64 {
        moment::millis_between(at, self.now.wall) - self.offset
    }

    /// Returns when the value applied, on our clock. A time that is far off shows a wrong clock,
    /// so it is ignored.
    fn effective_at(&self) -> Timestamp {
        match (self.at, self.age) {
            (Some(at), _) if self.lateness(at).abs() <= OUTLIER_LIMIT => {
                moment::plus_millis(at, self.offset).min(self.now.wall)
            }
            (None, ValueAge::Known(age)) => moment::plus_millis(self.now.wall, -age.max(0)),
            _ => self.now.wall,
        }
    }

    /// Returns when a period of that many seconds began, on our clock.
    fn started_at(&self, seconds: f64, before: Option<Timestamp>) -> Timestamp {
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

    fn build_reading(&self, value: Option<MetricValue>, since: Option<Timestamp>) -> MetricReading {
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
    fn build_invalid(&self, before: Option<&MetricReading>) -> MetricReading {
        let value = before.and_then(|before| before.value);
        MetricReading {
            is_invalid: true,
            ..self.build_reading(value, before.and_then(|before| before.since))
        }
    }

    fn build_stamp(&self, is_invalid: bool) -> ReportStamp {
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
fn is_same_start(start: Timestamp, other: Timestamp) -> bool {
    moment::millis_between(start, other).abs() <= JITTER
}
