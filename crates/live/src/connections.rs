//! The connection, generation and counters of a source.

use jiff::Timestamp;

use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Moment, SourceDiagnostic, SourceId, Update,
};

use super::{
    case_tracking::{DayChange, SurplusDetector},
    incidents::IncidentSubject,
    live_state::LiveState,
    snapshot::{ConnectionState, CountingGap, MessageCounts, Snapshot, SourceSnapshot},
    source_state::{OUTLIER_LIMIT, ProfileResync, SourceState},
    vendor_values::learn_clock,
};

/// Kinds of messages that are counted by name. Others are counted under `other`.
const MAX_EVENT_KINDS: usize = 50;
/// The reason for rejecting a message that exceeds the limit of subjects.
const TOO_MANY: &str = "too_many_ids";
/// Gaps of a day that are stored separately. Later ones are joined to the last.
const MAX_GAPS: usize = 20;

impl LiveState {
    /// Counts a message that could be decoded, and learns the source's clock from it. `false`:
    /// the source is not configured.
    pub(super) fn record_message(&mut self, update: &Update, now: Moment) -> bool {
        let (Some(source), Some(source_state)) = (
            self.snapshot.sources.get_mut(&update.source),
            self.source_states.get_mut(&update.source),
        ) else {
            return false;
        };
        let mistyped = u64::from(update.mistyped);
        count_message(source, update.event, |counts| {
            counts.received += 1;
            counts.applied += 1;
            counts.mistyped += mistyped;
        });
        source.last_message_at = Some(now.wall);
        source.last_received_at = Some(now.monotonic);

        source_state
            .decode_quality
            .record_message(0 < mistyped, now.monotonic);
        // Messages that waited in a backlog are late and don't reveal the clock offset. Neither
        // do vendor values, which vendors repeat.
        let is_vendor_value = matches!(update.fact, Fact::VendorFigure(..) | Fact::CustomFigure(_));
        if let (Some(at), false) = (update.at, is_vendor_value) {
            if !matches!(update.fact, Fact::Profile(_)) {
                source_state.record_first_event(at, now);
            }
            if source.connection == ConnectionState::Connected {
                let (was_known, offset) = (source.is_clock_known, source.clock_offset_ms);
                learn_clock(source, source_state, at, self.ingest_delay_ms, now);
                let step = source.clock_offset_ms - offset;
                // By a larger step, its clock was set: what began before did so by the old one.
                if step != 0 && (!was_known || step.abs() <= OUTLIER_LIMIT) {
                    self.correct_conversation_starts(&update.source);
                }
                if !was_known {
                    self.reapply_clock_offset(&update.source, now);
                    self.record_recent_series(&update.source, now);
                    // Its waits are known from here on, and may be past a threshold.
                    self.sweep_by(Some(now.monotonic));
                }
            }
        }
        true
    }

    /// Counts a message as rejected instead of applied: it exceeds the limit of subjects.
    pub(super) fn reject_message(&mut self, update: &Update) {
        let (Some(source), Some(source_state)) = (
            self.snapshot.sources.get_mut(&update.source),
            self.source_states.get_mut(&update.source),
        ) else {
            return;
        };
        count_message(source, update.event, |counts| {
            counts.applied -= 1;
            counts.rejected += 1;
        });
        *source.rejections_by_reason.entry(TOO_MANY).or_default() += 1;
        source_state.decode_quality.record_fault();
    }

    pub(super) fn apply_diagnostic(
        &mut self,
        id: &SourceId,
        diagnostic: &SourceDiagnostic,
        now: Moment,
    ) {
        let Some(source) = self.snapshot.sources.get_mut(id) else {
            return;
        };
        let source_state = self.source_states.entry(id.clone()).or_default();
        match diagnostic {
            SourceDiagnostic::Ignored { event } => {
                count_message(source, event, |counts| {
                    counts.received += 1;
                    counts.ignored += 1;
                });
                source.last_message_at = Some(now.wall);
                source.last_received_at = Some(now.monotonic);
                source_state
                    .decode_quality
                    .record_message(false, now.monotonic);
            }
            SourceDiagnostic::Rejected { event, why, .. } => {
                count_message(source, event, |counts| {
                    counts.received += 1;
                    counts.rejected += 1;
                });
                *source.rejections_by_reason.entry(why).or_default() += 1;
                source.last_message_at = Some(now.wall);
                source.last_received_at = Some(now.monotonic);
                source_state
                    .decode_quality
                    .record_message(true, now.monotonic);
            }
            SourceDiagnostic::Failed { why } => {
                source.last_error = Some((now.wall, why.clone()));
                source.failures += 1;
            }
            SourceDiagnostic::Recovered { why } => {
                source.last_error.take_if(|(_, last)| last == why);
            }
            SourceDiagnostic::DiscontinuityFound(cause) => {
                let pending = &mut source_state.pending_discontinuity;
                // The upstream knows us, and we know nothing.
                if *cause == Discontinuity::Start
                    && pending.is_none()
                    && source_state.counting_since.is_none()
                {
                    self.log_lost_at = Some(now.wall);
                }
                pending.get_or_insert(*cause);
            }
            SourceDiagnostic::SubscriptionStats(stats) => {
                source.subscription_stats = Some(stats.clone());
            }
            SourceDiagnostic::ResyncRequested => {
                source_state.profile_resync = Some(ProfileResync::default());
                source_state.bindings_renewed_at = Some(now.monotonic);
            }
        }
        source.is_degraded = source_state.decode_quality.is_degraded(now.monotonic);
        if let SourceDiagnostic::Rejected {
            case: Some(case), ..
        } = diagnostic
        {
            self.mark_case_unconfirmed(case);
        }
    }

    pub(super) fn apply_connection_event(
        &mut self,
        id: &SourceId,
        event: &ConnectionEvent,
        now: Moment,
    ) {
        let Some(source) = self.snapshot.sources.get_mut(id) else {
            return;
        };
        let (state, discontinuity) = match event {
            ConnectionEvent::CatchingUp { discontinuity } => {
                (ConnectionState::CatchingUp, *discontinuity)
            }
            ConnectionEvent::Connected => (ConnectionState::Connected, None),
            ConnectionEvent::Disconnected { .. } => (ConnectionState::Disconnected, None),
            ConnectionEvent::Silent => (ConnectionState::Silent, None),
            ConnectionEvent::Alive { as_of } => return source.note_alive(*as_of, now),
        };
        let was_connected = source.connection == ConnectionState::Connected;
        if source.connection != state {
            source.connection = state;
            source.since = now.wall;
        }
        match state {
            ConnectionState::Connected => {
                source.outage = None;
                source.suspend_if_overdue(now.monotonic);
            }
            // It was lost at its last sign of life, not when we noticed it.
            _ if was_connected && source.outage.is_none() => {
                source.outage = Some(source.alive_at.unwrap_or(now).into());
            }
            _ => {}
        }
        if state == ConnectionState::CatchingUp {
            // Proofs of an earlier connection say nothing about this one, which may give none.
            source.alive_at = None;
        }
        if let ConnectionEvent::Disconnected { why } = event {
            source.last_error = Some((now.wall, why.clone()));
        }

        // A silence began with the last message, not when we noticed it.
        let outage = source
            .outage
            .filter(|_| discontinuity != Some(Discontinuity::Silence));
        let lost_at = outage.map(|outage| outage.at).or(source.last_message_at);
        if let Some(discontinuity) = discontinuity {
            self.apply_discontinuity(id, discontinuity, lost_at, now);
        }
        if state == ConnectionState::Connected {
            let source_state = self.source_states.entry(id.clone()).or_default();
            source_state.pending_discontinuity = None;
            source_state.abandon_detector.resume(now.monotonic);
            if source_state.counting_since.is_none() {
                let since = source_state.first_events.iter().flatten().max();
                let since = since.copied().unwrap_or(now.wall);
                source_state.counting_since = Some(since);
                let day_start = self.cases.days.today_start();
                let is_lost =
                    |start: &Timestamp| Some(*start) <= self.log_lost_at && *start < since;
                if let Some(start) = day_start.filter(is_lost) {
                    add_gap(source_state, start, since);
                }
            }
        }
        self.record_recent_series(id, now);
        self.refresh_days();
    }

    /// Marks all earlier values of a source as out of date: messages may have been missed.
    fn apply_discontinuity(
        &mut self,
        id: &SourceId,
        cause: Discontinuity,
        lost_at: Option<Timestamp>,
        now: Moment,
    ) {
        if let Some(source) = self.snapshot.sources.get_mut(id) {
            source.generation += 1;
            *source.discontinuities.entry(cause).or_default() += 1;
        }
        let (yesterday, today) = (
            self.cases.days.yesterday_start(),
            self.cases.days.today_start(),
        );
        let source_state = self.source_states.entry(id.clone()).or_default();
        source_state.record_discontinuity(cause, lost_at, now);
        source_state.bindings_renewed_at = Some(now.monotonic);
        // A day that a clock ended too early may be resumed.
        (source_state.gaps).retain(|gap| gap.reaches_into(yesterday));
        if MAX_GAPS <= source_state.gaps.len() {
            source_state.gaps.retain(|gap| gap.reaches_into(today));
        }
        source_state.reconciled_until = None;
        source_state.abandon_detector = SurplusDetector::default();
        for queue in source_state.queues.values_mut() {
            queue.is_reconciled = false;
            queue.matching_since = None;
            queue.matching_loads = 0;
            queue.newest_load_at = None;
            queue.reconciled_load = None;
            queue.excess_detector = SurplusDetector::default();
            queue.short_since = None;
            queue.contradicted_at = None;
            queue.timers_expected_since = None;
        }
        if source_state.counting_since.is_some() {
            add_gap(source_state, lost_at.unwrap_or(now.wall), now.wall);
        }
        self.mark_cases_unconfirmed(id);
        let generation = self.source_generation(id);
        // Vendor values retain the generation in which they were reported.
        for agent in self.snapshot.agents.values_mut() {
            if agent.id.source == *id && agent.report.is_none() {
                agent.is_reconciled = false;
                agent.generation = generation;
            }
        }
    }

    /// Records which sources are lost.
    pub(super) fn record_source_incidents(&mut self, now: Timestamp) {
        let Snapshot {
            sources,
            incidents,
            warnings,
            ..
        } = &mut self.snapshot;
        incidents.begin(now);
        warnings.begin(now);
        for source in sources.values() {
            let subject = IncidentSubject::Source(source.id.clone());
            match source.connection {
                ConnectionState::Disconnected | ConnectionState::Silent => {
                    incidents.record(&subject, Some(Vec::new()), source.since);
                }
                ConnectionState::Connected => incidents.record(&subject, None, now),
                ConnectionState::Connecting | ConnectionState::CatchingUp => {}
            }
        }
    }
}

impl SourceState {
    /// Notes what the day's counts lack after the clock was wrong.
    pub(super) fn follow_day(&mut self, change: DayChange, start: Timestamp, now: Timestamp) {
        let Some(since) = self.counting_since else {
            return;
        };
        match change {
            DayChange::Begun { uncounted_until } => {
                if let Some(until) = uncounted_until {
                    add_gap(self, start, until);
                }
            }
            DayChange::Resumed { is_whole: true } => self.counting_since = Some(since.min(now)),
            DayChange::Resumed { is_whole: false } => self.counting_since = Some(now),
        }
    }
}

/// Adds a gap. Beyond the most that are kept, those become one that have the least between them.
fn add_gap(source_state: &mut SourceState, from: Timestamp, to: Timestamp) {
    // A clock that was set back meanwhile has no other start.
    let from = from.min(to);
    let gaps = &mut source_state.gaps;
    match gaps.last_mut() {
        Some(last) if last.to.is_none_or(|end| from <= end) => {
            last.to = Some(to.max(last.from));
        }
        _ => gaps.push(CountingGap { from, to: Some(to) }),
    }
    if MAX_GAPS < gaps.len() {
        let between = |later: &usize| {
            let before = &gaps[later - 1];
            gaps[*later]
                .from
                .duration_since(before.to.unwrap_or(before.from))
        };
        if let Some(later) = (1..gaps.len()).min_by_key(between) {
            gaps[later - 1].to = gaps.remove(later).to;
        }
    }
}

/// Changes a source's counters, and those of the kind of message.
fn count_message(source: &mut SourceSnapshot, event: &str, count: impl Fn(&mut MessageCounts)) {
    count(&mut source.counts);
    let by_event = &mut source.counts_by_event;
    if let Some(counts) = by_event.get_mut(event) {
        return count(counts);
    }
    // Only a new kind allocates.
    let is_full = by_event.len() >= MAX_EVENT_KINDS;
    let name = if is_full { "other" } else { event };
    count(by_event.entry(name.into()).or_default());
}
