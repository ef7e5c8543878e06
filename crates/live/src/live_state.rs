//! The live state: folds inputs with their times into whole subjects. Pure: no clock, no I/O, no
//! randomness, and it cannot fail.
//!
//! It has two halves: the records that counts and checks need (`cases`, `source_states`), and the
//! snapshot, which is all that others read.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{
    ConnectionEvent, Fact, Input, LogEntry, LogOffset, LogPosition, MetricSubject, Moment,
    MonotonicTime, SiteConfig, SourceId, TermId, Update,
};

use super::{
    breaches::BreachTracker,
    case_tracking::CaseStore,
    ended_cases::EndedCases,
    snapshot::{DaySnapshot, Snapshot, SourceSnapshot},
    source_state::SourceState,
    status_observation::record_statuses,
    subject_changes::ShownConnection,
    sweep::SweepResult,
};

/// How often statuses are recorded, in milliseconds. A shorter status may be missed.
const STATUS_INTERVAL: i64 = 5_000;
/// The effects of inputs are checked within this, in milliseconds.
const SWEEP_DELAY: i64 = 1_000;

/// The effects of applying an input, besides the new snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Something that can be read has changed.
    pub changed: bool,
}

/// The live state. See [`LiveState::apply_input`].
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveState {
    pub(super) snapshot: Snapshot,
    pub(super) source_states: BTreeMap<SourceId, SourceState>,
    pub(super) cases: CaseStore,
    pub(super) breach_tracker: BreachTracker,
    /// The shared day of all subjects without counts.
    pub(super) empty_day: Arc<DaySnapshot>,
    /// When time alone may next change something.
    sweep_due: Option<MonotonicTime>,
    /// When the last sweep ran.
    pub(super) last_sweep: MonotonicTime,
    /// Wall minus monotonic clock, in milliseconds, as last observed.
    pub(super) wall_offset_ms: Option<i64>,
    pub(super) last_input_at: Option<Moment>,
    /// When everyone's status was last recorded.
    statuses_recorded_at: Option<MonotonicTime>,
    /// When the next search for idle subjects is due.
    pub(super) eviction_due: MonotonicTime,
    /// How long ago the current inputs were received, in milliseconds: their wait in the channel.
    /// Affects only the measured lag.
    pub(super) ingest_delay_ms: i64,
    /// How many entries were applied: the log's next offset.
    next_offset: LogOffset,
    /// When a process began without the log of those before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) log_lost_at: Option<Timestamp>,
    /// The cluster's term of the last entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    term: Option<TermId>,
    /// Everyone who was forgotten until then isn't in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forgotten_until: Option<Timestamp>,
    #[serde(skip)]
    pub(super) ended_cases: EndedCases,
    /// When this node of a cluster counts as without the leader that it follows, unless it hears it before.
    #[serde(skip)]
    pub(super) leader_until: Option<MonotonicTime>,
}

impl LiveState {
    /// Applies all inputs of an entry.
    pub fn apply_entry(&mut self, entry: &LogEntry) -> Effects {
        self.ingest_delay_ms = entry.delay_ms;
        if let Some(proof) = &entry.proof {
            self.record_proof(proof, entry.received_at);
        }
        let mut effects = Effects::default();
        for input in &entry.inputs {
            effects.changed |= self.apply_input(input, entry.received_at).changed;
        }
        self.next_offset.0 += 1;
        effects
    }

    /// When the last input was received.
    pub fn last_input_at(&self) -> Option<Moment> {
        self.last_input_at
    }

    /// Continues at an offset although entries before it couldn't be read.
    pub fn skip_to(&mut self, next: LogOffset) {
        self.next_offset = next;
    }

    /// Continues at a position although entries before it are missing.
    pub fn skip_to_position(&mut self, position: LogPosition) {
        (self.term, self.next_offset) = (position.term, position.next);
    }

    /// The offset of the next entry.
    pub fn next_offset(&self) -> LogOffset {
        self.next_offset
    }

    /// The point in the history of the log up to which entries were applied.
    pub fn position(&self) -> LogPosition {
        LogPosition {
            term: self.term,
            next: self.next_offset,
        }
    }

    /// Applies one input that was received at `now`.
    pub fn apply_input(&mut self, input: &Input, now: Moment) -> Effects {
        let is_clock_corrected = self.follow_wall_clock(now);
        let is_suspended = self.suspend_overdue_sources(now.monotonic);
        let before = self.last_input_at.replace(now);
        let is_other_day = self.follow_day(now, before);
        let mut effects = Effects { changed: true };
        let source = source_of(input);
        let shown_before = source.and_then(|id| ShownConnection::of(&self.snapshot, id));
        match input {
            Input::Update(update) => self.apply_update(update, now),
            Input::Connection(source, event) => self.apply_connection_event(source, event, now),
            Input::Diagnostic(source, diagnostic) => self.apply_diagnostic(source, diagnostic, now),
            Input::StoredProfile(profile) => self.apply_stored_profile(profile),
            Input::SiteConfig(site) => self.apply_site_config(site, now),
            Input::Forgotten { agents, until } => {
                self.apply_forgotten(agents);
                self.forgotten_until = Some(*until);
            }
            Input::Tick => effects.changed = is_other_day || is_clock_corrected || is_suspended,
            Input::Started {
                is_log_complete,
                term,
            } => {
                self.term = *term;
                // A new cluster has no log before its first term.
                if before.is_none() && term.is_none() && !is_log_complete {
                    self.log_lost_at = Some(now.wall);
                }
                // All nodes have one monotonic clock. The last leader's wall clock may have been wrong.
                let since = |before: Moment| now.monotonic.millis_since(before.monotonic);
                let before = match term {
                    Some(_) => before.map(|before| now.plus_millis(-since(before))),
                    None => before,
                };
                self.apply_start(*is_log_complete, before, now);
            }
        }
        let shown_after = source.and_then(|id| ShownConnection::of(&self.snapshot, id));
        let is_connection_changed = shown_before != shown_after;
        if is_other_day || is_clock_corrected || concerns_everything(input) || is_connection_changed
        {
            self.mark_everything();
        }

        let is_due = self.is_sweep_due(now.monotonic);
        if is_due || matches!(input, Input::Tick) {
            let next = self.sweep_all(now);
            effects.changed |= next.changed;
            self.sweep_due = next.due;
            self.last_sweep = now.monotonic;
        } else if is_connection_changed {
            // Waits that ran unseen count again, and may reach a limit before the next sweep.
            let mut found = SweepResult::default();
            self.sweep_breaches(now, &mut found);
            effects.changed |= found.changed;
            self.sweep_by(found.due);
        }
        self.record_statuses(now);
        if is_due || !matches!(input, Input::Update(_)) {
            self.record_source_incidents(now.wall);
        }
        if !matches!(input, Input::Tick) {
            let soon = now.monotonic.plus_millis(SWEEP_DELAY);
            self.sweep_due = Some(self.sweep_due.map_or(soon, |due| due.min(soon)));
        }
        effects
    }

    /// Records what everyone does, for the timelines of agents' pages.
    fn record_statuses(&mut self, now: Moment) {
        let recorded = self.statuses_recorded_at;
        if recorded.is_some_and(|at| now.monotonic.millis_since(at) < STATUS_INTERVAL) {
            return;
        }
        self.statuses_recorded_at = Some(now.monotonic);
        let mut history = std::mem::take(&mut self.snapshot.status_history);
        record_statuses(&mut history, &self.snapshot, now);
        self.snapshot.status_history = history;
    }

    /// When time alone will next change something.
    pub fn next_due(&self) -> Option<Moment> {
        let last = self.last_input_at?;
        let statuses_due = self.statuses_recorded_at?.plus_millis(STATUS_INTERVAL);
        let due = self
            .sweep_due
            .map_or(statuses_due, |due| due.min(statuses_due));
        Some(last.plus_millis(due.millis_since(last.monotonic).max(0)))
    }

    /// The time up to which everyone who was forgotten isn't in it.
    pub fn forgotten_until(&self) -> Option<Timestamp> {
        self.forgotten_until
    }

    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Adopts the privacy settings of another configuration. All other settings stay as they were.
    pub fn adopt_privacy(&mut self, other: &SiteConfig) {
        if !self.snapshot.site.has_privacy_of(other) {
            let site = Arc::make_mut(&mut self.snapshot.site);
            site.adopt_privacy(other);
            self.mark_everything();
        }
    }

    fn apply_site_config(&mut self, site: &Arc<SiteConfig>, now: Moment) {
        if self.snapshot.site.has_same_figures(site) {
            self.snapshot.site = site.clone();
            return;
        }
        self.snapshot.site = site.clone();
        self.remove_unconfigured(site);
        for setup in &site.sources {
            let state = self.source_states.entry(setup.id.clone()).or_default();
            let interval = state.report_interval.as_millis();
            let sources = &mut self.snapshot.sources;
            let source = sources
                .entry(setup.id.clone())
                .or_insert_with(|| SourceSnapshot::connecting(setup, now, interval));
            source.vendor = setup.vendor;
            source.demo = setup.demo;
        }
        self.register_provided(site);
        self.register_groups(site);
        // New thresholds and hours apply at once.
        self.breach_tracker = BreachTracker::new(site);
        self.snapshot.breaches.clear();
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
        snapshot.custom_readings.remove_undeclared(site);
        snapshot.held_levels.remove_undeclared(site);
    }

    fn apply_update(&mut self, update: &Update, now: Moment) {
        if !self.record_message(update, now) {
            return;
        }
        let queue = match &update.fact {
            Fact::EventReadings(MetricSubject::Queue(queue), _)
            | Fact::VendorFigure(MetricSubject::Queue(queue), _) => Some(queue),
            _ => None,
        };
        let mut result = SweepResult::default();
        if let Some(queue) = queue {
            self.track_until_report(queue, now);
        }
        self.apply_fact(update, now);
        if let Some(queue) = queue {
            self.track_breaches(queue, now, &mut result);
        }
        self.sweep_by(result.due);
    }

    /// Whether time alone may have changed something since the last sweep.
    pub(super) fn is_sweep_due(&self, now: MonotonicTime) -> bool {
        self.sweep_due.is_none_or(|due| due <= now)
    }

    /// Sweeps at this time, if nothing is due before.
    pub(super) fn sweep_by(&mut self, due: Option<MonotonicTime>) {
        if let (Some(due), Some(sweep)) = (due, &mut self.sweep_due) {
            *sweep = due.min(*sweep);
        }
    }

    fn apply_fact(&mut self, update: &Update, now: Moment) {
        match &update.fact {
            Fact::EventReadings(MetricSubject::Queue(queue), readings) => {
                self.apply_readings(update, queue, readings, now);
            }
            // Vngage sends no readings of agents. Their cases show what they do.
            Fact::EventReadings(MetricSubject::Agent(_), _) | Fact::Unused => {}
            Fact::VendorFigure(subject, report) => {
                self.apply_vendor_figure(update, subject, report, now);
            }
            Fact::CustomFigure(report) => self.apply_custom_report(update, report, now),
            Fact::Case(_, event) if !self.has_capacity_for(event) => self.reject_message(update),
            Fact::Case(case, event) => self.apply_case_event(update, case, event, now),
            Fact::Profile(profile) if !self.has_capacity(profile.kind, &profile.id) => {
                self.reject_message(update);
            }
            Fact::Profile(profile) => self.apply_profile(update.at, profile, now),
        }
    }

    /// Restores what the snapshots of the log leave out, because it follows from the rest.
    pub(super) fn restore_derived(&mut self) {
        self.snapshot.cases = self.cases.rebuild_indexes(&self.snapshot.site);
        self.snapshot.incidents.number_all();
        self.share_empty_days();
    }

    /// Subjects without counts share one day, which decoding doesn't.
    fn share_empty_days(&mut self) {
        let empty = &self.empty_day;
        let queues = self
            .snapshot
            .queues
            .values_mut()
            .map(|queue| &mut queue.today);
        let agents = self
            .snapshot
            .agents
            .values_mut()
            .map(|agent| &mut agent.today);
        for day in queues.chain(agents) {
            if *day == *empty {
                *day = Arc::clone(empty);
            }
        }
    }

    /// Returns whether the day changed.
    fn follow_day(&mut self, now: Moment, before: Option<Moment>) -> bool {
        let (days, zone) = (&mut self.cases.days, &self.snapshot.site.zone);
        let last = before.map(|before| before.wall);
        let Some(change) = days.follow_day(now.wall, last, zone) else {
            return false;
        };
        let start = days.today_start();
        self.snapshot.day_start = start;
        for source_state in self.source_states.values_mut() {
            source_state.follow_day(change, start.unwrap_or(now.wall), now.wall);
        }
        self.refresh_days();
        true
    }
}

/// The source whose connection an input may change.
fn source_of(input: &Input) -> Option<&SourceId> {
    match input {
        Input::Update(update) => Some(&update.source),
        Input::Connection(source, _) | Input::Diagnostic(source, _) => Some(source),
        Input::StoredProfile(_)
        | Input::SiteConfig(_)
        | Input::Forgotten { .. }
        | Input::Tick
        | Input::Started { .. } => None,
    }
}

/// Whether an input changes more than single queues and agents.
fn concerns_everything(input: &Input) -> bool {
    match input {
        // Names order boards, and profiles say who serves which queue.
        Input::Update(update) => matches!(update.fact, Fact::Profile(_)),
        Input::Connection(_, event) => !matches!(event, ConnectionEvent::Alive { .. }),
        Input::StoredProfile(_)
        | Input::SiteConfig(_)
        | Input::Forgotten { .. }
        | Input::Started { .. } => true,
        Input::Diagnostic(..) | Input::Tick => false,
    }
}
