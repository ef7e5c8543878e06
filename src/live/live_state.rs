//! The live state: folds inputs with their times into whole subjects. Pure: no clock, no I/O, no
//! randomness, and it cannot fail.
//!
//! It has two halves: the records that counts and checks need (`cases`, `source_states`), and the
//! snapshot, which is all that others read.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    Fact, Histogram, Input, Metric, MetricSubject, Moment, MonotonicTime, SiteConfig, SourceId,
    SourceSetup, Update, moment,
};

use super::{
    case_tracking::CaseStore,
    snapshot::{ConnectionState, DaySnapshot, Snapshot, SourceSnapshot},
    source_state::SourceState,
};

/// A larger step of the wall clock against the monotonic one, in milliseconds, is a correction
/// and not jitter.
const WALL_STEP: i64 = 2_000;
/// The effects of inputs are checked within this, in milliseconds.
const SWEEP_DELAY: i64 = 1_000;

/// The effects of applying an input, besides the new snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Something that can be read has changed.
    pub changed: bool,
}

/// The live state. See [`LiveState::apply_input`].
#[derive(Debug, Default)]
pub struct LiveState {
    pub(super) snapshot: Snapshot,
    pub(super) source_states: BTreeMap<SourceId, SourceState>,
    pub(super) cases: CaseStore,
    /// The shared day of all subjects without counts.
    pub(super) empty_day: Arc<DaySnapshot>,
    /// When time alone may next change something.
    sweep_due: Option<MonotonicTime>,
    /// When the last sweep ran.
    pub(super) last_sweep: MonotonicTime,
    /// Wall minus monotonic clock, in milliseconds, as last observed.
    wall_offset_ms: Option<i64>,
    pub(super) last_input_at: Option<Moment>,
    /// When the next search for idle subjects is due.
    pub(super) eviction_due: MonotonicTime,
    /// How long ago the current inputs were received, in milliseconds: their wait in the channel.
    /// Affects only the measured lag.
    pub(super) ingest_delay_ms: i64,
}

impl LiveState {
    /// Applies one input that was received at `now`.
    pub fn apply_input(&mut self, input: &Input, now: Moment) -> Effects {
        self.follow_wall_clock(now);
        self.last_input_at = Some(now);
        let is_next_day = self.roll_over_day(now);
        let mut effects = Effects { changed: true };
        match input {
            Input::Update(update) => self.apply_update(update, now),
            Input::Connection(source, event) => self.apply_connection_event(source, event, now),
            Input::Diagnostic(source, diagnostic) => self.apply_diagnostic(source, diagnostic, now),
            Input::StoredProfile(profile) => self.apply_stored_profile(profile),
            Input::SiteConfig(site) => self.apply_site_config(site, now),
            Input::Tick => effects.changed = is_next_day,
        }

        let is_due = self.sweep_due.is_none_or(|due| due <= now.monotonic);
        if is_due || matches!(input, Input::Tick) {
            let next = self.sweep_all(now);
            effects.changed |= next.changed;
            self.sweep_due = next.due;
            self.last_sweep = now.monotonic;
        }
        if !matches!(input, Input::Tick) {
            let soon = now.monotonic.plus_millis(SWEEP_DELAY);
            self.sweep_due = Some(self.sweep_due.map_or(soon, |due| due.min(soon)));
        }
        effects
    }

    /// When time alone will next change something.
    pub fn next_due(&self) -> Option<Moment> {
        let (last, due) = (self.last_input_at?, self.sweep_due?);
        Some(last.plus_millis(due.millis_since(last.monotonic).max(0)))
    }

    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn apply_site_config(&mut self, site: &Arc<SiteConfig>, now: Moment) {
        self.snapshot.site = site.clone();
        self.remove_unconfigured(site);
        for setup in &site.sources {
            let source = self
                .snapshot
                .sources
                .entry(setup.id.clone())
                .or_insert_with(|| connecting_source(setup, now));
            source.vendor = setup.vendor;
            source.demo = setup.demo;
            self.source_states.entry(setup.id.clone()).or_default();
        }
        self.register_provided(site);
        self.register_groups(site);
        for case in self.cases.recount_all(now.wall, site) {
            self.snapshot.cases.insert(case.id.clone(), case);
        }
        self.snapshot.day_start = self.cases.days.today_start();
        self.refresh_days();
        self.sweep_due = None;
    }

    /// Removes everything of sources that are no longer configured.
    fn remove_unconfigured(&mut self, site: &SiteConfig) {
        let is_configured = |id: &SourceId| site.find_source(id).is_some();
        let snapshot = &mut self.snapshot;
        snapshot.sources.retain(|id, _| is_configured(id));
        snapshot.queues.retain(|id, _| is_configured(&id.source));
        snapshot.agents.retain(|id, _| is_configured(&id.source));
        snapshot.cases.retain(|id, _| is_configured(&id.source));
        snapshot
            .entities
            .retain(|(_, id), _| is_configured(&id.source));
        self.source_states.retain(|id, _| is_configured(id));
    }

    fn apply_update(&mut self, update: &Update, now: Moment) {
        if !self.record_message(update, now) {
            return;
        }
        match &update.fact {
            Fact::Readings(MetricSubject::Queue(queue), readings) => {
                self.apply_readings(update, queue, readings, now);
            }
            // Vngage sends no readings of agents. Their cases show what they do.
            Fact::Readings(MetricSubject::Agent(_), _) | Fact::Unused => {}
            Fact::VendorReport(subject, report) => {
                self.apply_vendor_report(update, subject, report, now);
            }
            Fact::Case(_, event) if !self.has_capacity_for(event) => self.reject_message(update),
            Fact::Case(case, event) => self.apply_case_event(update, case, event, now),
            Fact::Profile(profile) if !self.has_capacity(profile.kind, &profile.id) => {
                self.reject_message(update);
            }
            Fact::Profile(profile) => self.apply_profile(update.at, profile, now),
        }
    }

    /// Shifts running clocks when our wall clock was corrected, so that ages don't change.
    fn follow_wall_clock(&mut self, now: Moment) {
        let anchor = now.wall.as_millisecond() - now.monotonic.0;
        let step = anchor - *self.wall_offset_ms.get_or_insert(anchor);
        if step.abs() <= WALL_STEP {
            return;
        }
        self.wall_offset_ms = Some(anchor);
        for source_state in self.source_states.values_mut() {
            source_state.clock_offset.shift_by(step);
            for queue in source_state.queues.values_mut() {
                queue.wait_tracker.shift_by(step);
            }
        }
        for source in self.snapshot.sources.values_mut() {
            if let Some(outage) = &mut source.outage {
                outage.at = moment::plus_millis(outage.at, step);
            }
        }
        for queue in self.snapshot.queues.values_mut() {
            if let Some(longest) = queue.readings.get_mut(Metric::LongestWait) {
                longest.since = longest.since.map(|at| moment::plus_millis(at, step));
            }
            queue.recent_series.shift_by(step);
        }
        for agent in self.snapshot.agents.values_mut() {
            agent.since = agent.since.map(|at| moment::plus_millis(at, step));
            if let Some(report) = &mut agent.report {
                report.clock.shift_by(step);
            }
        }
    }

    fn roll_over_day(&mut self, now: Moment) -> bool {
        let closed = self
            .cases
            .days
            .roll_over(now.wall, &self.snapshot.site.zone);
        if closed {
            self.snapshot.day_start = self.cases.days.today_start();
            self.refresh_days();
        }
        closed
    }
}

fn connecting_source(setup: &SourceSetup, now: Moment) -> SourceSnapshot {
    SourceSnapshot {
        id: setup.id.clone(),
        vendor: setup.vendor,
        demo: setup.demo,
        connection: ConnectionState::Connecting,
        since: now.wall,
        outage: None,
        generation: 0,
        discontinuities: BTreeMap::new(),
        lag: Histogram::default(),
        last_message_at: None,
        last_received_at: None,
        counts: super::snapshot::MessageCounts::default(),
        counts_by_event: BTreeMap::new(),
        rejections_by_reason: BTreeMap::new(),
        last_error: None,
        failures: 0,
        subscription_stats: None,
        is_degraded: false,
        clock_offset_ms: 0,
        is_clock_known: false,
        report_interval_ms: SourceState::default().report_interval.as_millis(),
    }
}
