//! Vendor values: figures that vendors compute for queues and agents. Their sources put them in
//! order. The last value holds until it expires or the connection is lost.

mod agent_values;
mod provided_subjects;
mod pushed_subjects;
mod queue_values;
mod report_context;
mod status_clock;
mod vendor_day;

use std::time::Duration;

use jiff::Timestamp;

use wallboard_domain::{MetricSubject, Moment, Update, VendorFigure, moment};

pub(super) use status_clock::StatusClock;

use super::{live_state::LiveState, snapshot::SourceSnapshot, source_state::SourceState};

use report_context::ReportContext;

impl LiveState {
    pub(super) fn apply_vendor_figure(
        &mut self,
        update: &Update,
        subject: &MetricSubject,
        report: &VendorFigure,
        now: Moment,
    ) {
        if self.is_pushed(&update.source)
            && !self.admit_pushed_value(update, subject, &report.value, now)
        {
            return;
        }
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
