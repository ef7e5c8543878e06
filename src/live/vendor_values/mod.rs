//! What vendors reckon themselves: statements of queues and agents. Their sources have
//! put them in order; here what is said last holds, until it is over or its line broke.

mod agent_values;
mod provided_subjects;
mod queue_values;
mod status_clock;
mod vendor_day;

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{
    MetricSubject, MetricValue, Moment, MonotonicTime, Update, ValueAge, VendorReport, moment,
};

pub(super) use status_clock::StatusClock;

use super::{
    live_state::LiveState,
    metric_reading::MetricReading,
    snapshot::{ReportStamp, SourceSnapshot},
    source_state::{OUTLIER_LIMIT, SourceState},
};

/// Whole seconds, and the ways that two statistics go, make one beginning look like
/// two by less, in milliseconds.
const JITTER: i64 = 1_500;

impl LiveState {
    pub(super) fn apply_vendor_report(
        &mut self,
        update: &Update,
        subject: &MetricSubject,
        statement: &VendorReport,
        now: Moment,
    ) {
        let (Some(source), Some(feed)) = (
            self.snapshot.sources.get_mut(&update.source),
            self.source_states.get_mut(&update.source),
        ) else {
            return;
        };
        let starts = self.cases.days.today_start();
        let word = ReportContext {
            at: update.at,
            age: statement.age,
            valid_until: statement
                .valid_for_ms
                .map(|holds| now.monotonic.plus_millis(holds)),
            offset: feed.clock_offset.as_millis(),
            generation: source.generation,
            is_live: source.is_live(),
            day_start: starts,
            now,
        };
        // What is no longer configured, a source may still speak of for a moment.
        let taught = match subject {
            MetricSubject::Queue(id) => {
                let queue = self.snapshot.queues.get_mut(id);
                queue.and_then(|queue| word.apply_to_queue(queue, &statement.value))
            }
            MetricSubject::Agent(id) => {
                let agent = self.snapshot.agents.get_mut(id);
                agent.and_then(|agent| word.apply_to_agent(agent, &statement.value))
            }
        };
        let was_known = feed.clock_offset.is_learned();
        if let Some(at) = taught {
            learn_clock(source, feed, at, self.ingest_delay_ms, now);
        }
        if !was_known && feed.clock_offset.is_learned() {
            self.reapply_clock_offset(&update.source, now);
        }
    }
}

/// Learns a source's clock from something that was said as soon as it held.
pub(super) fn learn_clock(
    source: &mut SourceSnapshot,
    feed: &mut SourceState,
    at: Timestamp,
    waited: i64,
    now: Moment,
) {
    let late = moment::millis_between(at, now.wall);
    feed.clock_offset.record_difference(late, now.monotonic);
    source.clock_offset_ms = feed.clock_offset.as_millis();
    source.is_clock_known = true;
    let lag = (late - source.clock_offset_ms + waited).max(0);
    source
        .lag
        .record_duration(Duration::from_millis(lag.unsigned_abs()));
}

/// When and how a statement was heard.
struct ReportContext {
    at: Option<Timestamp>,
    age: ValueAge,
    valid_until: Option<MonotonicTime>,
    /// Our clock minus the source's, as learned.
    offset: i64,
    generation: u32,
    is_live: bool,
    /// When the business day began.
    day_start: Option<Timestamp>,
    now: Moment,
}

impl ReportContext {
    /// The time that it teaches our clock by: its own, unless it is told again or late.
    fn clock_sample(&self, before: Option<Timestamp>) -> Option<Timestamp> {
        self.at
            .filter(|at| self.is_live && self.age == ValueAge::Immediate && before != Some(*at))
    }

    /// The source's own time, or when it held by its age.
    fn reported_at(&self) -> Option<Timestamp> {
        match (self.at, self.age) {
            (Some(at), _) => Some(at),
            (None, ValueAge::Known(age)) => Some(moment::plus_millis(self.now.wall, -age)),
            (None, ValueAge::Immediate | ValueAge::Unknown) => None,
        }
    }

    /// When something was heard, on our wall clock of now.
    fn to_wall_time(&self, heard: MonotonicTime) -> Timestamp {
        moment::plus_millis(self.now.wall, -self.now.monotonic.millis_since(heard))
    }

    /// By how much its time is later than the clocks explain, in milliseconds.
    fn lateness(&self, at: Timestamp) -> i64 {
        moment::millis_between(at, self.now.wall) - self.offset
    }

    /// When it held, on our clock. A time that is far off tells of a clock, not of us.
    fn effective_at(&self) -> Timestamp {
        match (self.at, self.age) {
            (Some(at), _) if self.lateness(at).abs() <= OUTLIER_LIMIT => {
                moment::plus_millis(at, self.offset).min(self.now.wall)
            }
            (None, ValueAge::Known(age)) => moment::plus_millis(self.now.wall, -age.max(0)),
            _ => self.now.wall,
        }
    }

    /// Where what has lasted so many seconds began, on our clock.
    fn started_at(&self, lasted: f64, before: Option<Timestamp>) -> Timestamp {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast of a float saturates"
        )]
        let lasted = (lasted * 1000.0) as i64;
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

    /// Its vendor has no valid value: what was said is kept, and not shown.
    fn build_invalid(&self, before: Option<&MetricReading>) -> MetricReading {
        let value = before.and_then(|before| before.value);
        MetricReading {
            is_invalid: true,
            ..self.build_reading(value, before.and_then(|before| before.since))
        }
    }

    fn build_stamp(&self, invalid: bool) -> ReportStamp {
        ReportStamp {
            at: self.reported_at(),
            received_at: self.now.monotonic,
            generation: self.generation,
            valid_until: self.valid_until,
            is_age_unknown: self.age == ValueAge::Unknown,
            is_invalid: invalid,
        }
    }
}

/// Whether two sayings of when something began mean the same.
fn is_same_start(began: Timestamp, other: Timestamp) -> bool {
    moment::millis_between(began, other).abs() <= JITTER
}
