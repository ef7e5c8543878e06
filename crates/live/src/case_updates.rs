//! Case events: adds them to the case's record and refreshes what they change in the snapshot.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{
    AgentId, AgentStatus, CaseEvent, CaseId, Counters, EntityKind, Id, Moment, QueueId,
    QueueTarget, SourceId, Update, moment,
};

use super::{
    case_tracking::{
        AgentConversations, CaseChange, CaseRecord, DayOwner, TimedCaseEvent, insert_event,
    },
    live_state::LiveState,
    metric_reading::stabilize_start,
    snapshot::{CaseState, DaySnapshot},
};

impl LiveState {
    pub(super) fn apply_case_event(
        &mut self,
        update: &Update,
        id: &CaseId,
        event: &CaseEvent,
        now: Moment,
    ) {
        let source_state = self.source_states.entry(id.source.clone()).or_default();
        let offset = source_state.clock_offset.as_millis();
        let is_ahead = |at: &Timestamp| {
            let difference = moment::millis_between(*at, now.wall);
            source_state.clock_offset.is_surely_ahead(difference)
        };
        // A time in the future can't order events, so the arrival does.
        let at = update.at.filter(|at| !is_ahead(at));
        let at = at.unwrap_or_else(|| source_state.arrival_time(now));
        let lost_until = source_state.lost_until(now);
        let mut timed_event = TimedCaseEvent {
            reported_at: update.at.unwrap_or(at),
            at,
            local_at: moment::plus_millis(at, offset).min(now.wall),
            event: self.snapshot.intern_event(&id.source, event),
            is_after_loss: false,
        };
        let is_transfer = matches!(event, CaseEvent::Transferred { .. });
        let id = self.snapshot.intern_case(id);
        let affects_reconciliation = self.predates_reconciliation(&id.source, timed_event.at);
        let before = affects_reconciliation.then(|| self.reconciled_queues(&id));
        self.change_case(&id, |record| {
            let (at, is_activity) = (timed_event.at, timed_event.is_activity());
            timed_event.is_after_loss = record.is_uncertain();
            if !insert_event(&mut record.events, timed_event) {
                return false;
            }
            if is_activity {
                record.on_activity(at, lost_until);
            }
            if is_transfer {
                record.assessment.late_in_queue = false;
            }
            true
        });
        self.register_subjects(event, now);
        if let Some(before) = before {
            self.recheck_reconciliation(&id, &before);
        }
    }

    /// Whether all subjects that a case's event names are known or have room.
    pub(super) fn has_capacity_for(&mut self, event: &CaseEvent) -> bool {
        let (agent, queues) = mentioned_subjects(event);
        let mut queues = queues.into_iter().flatten();
        agent.is_none_or(|id| self.has_capacity(EntityKind::Agent, id))
            && queues.all(|id| self.has_capacity(EntityKind::Queue, id))
    }

    /// Registers the agent and the queues that a case's event names.
    fn register_subjects(&mut self, event: &CaseEvent, now: Moment) {
        let (agent, queues) = mentioned_subjects(event);
        if let Some(id) = agent {
            self.agent_mut(id);
            self.set_hidden(EntityKind::Agent, id, false);
            self.record_receipt(EntityKind::Agent, id, now);
        }
        for id in queues.into_iter().flatten() {
            if !self.snapshot.queues.contains_key(id) {
                self.add_queue(id, Some(now.wall));
            }
            self.record_receipt(EntityKind::Queue, id, now);
        }
    }

    fn record_receipt(&mut self, kind: EntityKind, id: &Id, now: Moment) {
        if let Some(source_state) = self.source_states.get_mut(&id.source) {
            let profile = source_state.profiles.entry((kind, id.clone())).or_default();
            profile.received_at = now.monotonic;
        }
    }

    pub(super) fn change_case(
        &mut self,
        id: &CaseId,
        change: impl FnOnce(&mut CaseRecord) -> bool,
    ) {
        let site = self.snapshot.site.clone();
        let change_result = self.cases.update_case(id, &site, change);
        if let Some(case) = &change_result.case {
            self.ended_cases
                .follow_change(self.snapshot.cases.get(id), case);
        }
        self.refresh_case(id, change_result);
    }

    fn refresh_case(&mut self, id: &CaseId, change: CaseChange) {
        let Some(case) = change.case else { return };
        self.snapshot.cases.insert(id.clone(), case);
        for agent in &change.agents {
            self.refresh_agent(agent);
        }
        for key in &change.day_owners {
            self.refresh_day(key);
        }
    }

    /// Returns a time of a source by our clock, as corrected so far, and never one in the future.
    pub(super) fn to_local_time(&self, source: &SourceId, at: Timestamp) -> Timestamp {
        let source_state = self.source_states.get(source);
        let offset = source_state.map_or(0, |state| state.clock_offset.as_millis());
        let at = moment::plus_millis(at, offset);
        self.last_input_at.map_or(at, |now| at.min(now.wall))
    }

    /// Recomputes an agent's cases from all of them.
    pub(super) fn refresh_agent(&mut self, id: &AgentId) {
        let conversations = self.cases.conversations.find_agent(id);
        let cases = conversations.map_or(0, AgentConversations::case_count);
        let queues = conversations
            .into_iter()
            .flat_map(AgentConversations::queues)
            .cloned()
            .collect();
        let since = conversations.and_then(|own| self.conversation_start(id, own));
        let generation = self.source_generation(&id.source);
        let is_unconfirmed = self
            .cases
            .unconfirmed_conversations
            .find_agent(id)
            .is_some();
        let agent = self.agent_mut(id);
        agent.is_reconciled &= !is_unconfirmed;
        agent.cases = u32::try_from(cases).unwrap_or(u32::MAX);
        agent.case_queues = queues;
        agent.generation = generation;
        agent.status = if cases == 0 {
            AgentStatus::Unknown
        } else {
            AgentStatus::Talking
        };
        agent.since = since;
    }

    /// When an agent's longest conversation began, by our clock.
    fn conversation_start(&self, id: &AgentId, own: &AgentConversations) -> Option<Timestamp> {
        let since = self.to_local_time(&id.source, own.longest_since()?);
        let before = self.snapshot.agents.get(id).and_then(|agent| agent.since);
        Some(stabilize_start(before, since))
    }

    /// Corrects when conversations began, after more became known of their source's clock: its first messages
    /// may have been late.
    pub(super) fn correct_conversation_starts(&mut self, source: &SourceId) {
        let agents = self.snapshot.agents.values();
        let agents = agents.filter(|agent| agent.id.source == *source);
        let corrected = agents.filter_map(|agent| {
            let own = self.cases.conversations.find_agent(&agent.id)?;
            let since = self.conversation_start(&agent.id, own);
            (since != agent.since).then(|| (agent.id.clone(), since))
        });
        for (id, since) in corrected.collect::<Vec<_>>() {
            self.agent_mut(&id).since = since;
        }
    }

    /// After a discontinuity, leaves open cases out of all counts until they are reported again.
    pub(super) fn mark_cases_unconfirmed(&mut self, source: &SourceId) {
        for id in self.cases.active_cases(source) {
            self.mark_case_unconfirmed(&id);
        }
    }

    /// Leaves a case out of all counts until it is reported again.
    pub(super) fn mark_case_unconfirmed(&mut self, id: &CaseId) {
        let case = self.snapshot.cases.get(id);
        let queue = case.and_then(|case| case.queue.clone());
        let is_active = |state| matches!(state, CaseState::Waiting | CaseState::Open);
        if !case.is_some_and(|case| is_active(case.state)) {
            return;
        }
        self.change_case(id, |record| {
            record.assessment.unconfirmed = true;
            true
        });
        let source_state = self.source_states.get_mut(&id.source);
        if let Some(queue_state) = queue.and_then(|queue| source_state?.queues.get_mut(&queue)) {
            // Its load includes a case that no longer counts.
            queue_state.reconciled_load = None;
            queue_state.matching_loads = 0;
            queue_state.matching_since = None;
        }
    }

    pub(super) fn refresh_day(&mut self, key: &DayOwner) {
        let day = |state: &Self, source: &SourceId, entries_known| {
            state.build_day(key, [source].into_iter(), entries_known)
        };
        match key {
            DayOwner::Site => {
                let setups = self.snapshot.site.sources.iter();
                let reporting = setups.filter(|setup| setup.vendor.reports_contacts);
                self.snapshot.today = self.build_day(key, reporting.map(|setup| &setup.id), true);
            }
            DayOwner::Queue(id) => {
                let known = self.entries_known(&id.source);
                let day = day(self, &id.source, known);
                if let Some(queue) = self.snapshot.queues.get_mut(id) {
                    let were_known = queue.today.entries_known;
                    store_day(&mut queue.today, day, &mut self.empty_day);
                    if known != were_known {
                        // Boards choose their metrics by what any queue knows.
                        self.snapshot.queues.mark_all();
                    }
                }
            }
            DayOwner::Agent(id) => {
                let day = day(self, &id.source, true);
                if let Some(agent) = self.snapshot.agents.get_mut(id) {
                    store_day(&mut agent.today, day, &mut self.empty_day);
                }
            }
            DayOwner::Unassigned(source) => self.refresh_entries(source),
        }
    }

    /// Refreshes all of a source's queues when the entry queues become known or unknown.
    fn refresh_entries(&mut self, source: &SourceId) {
        if !self.has_entry_queues(source) {
            return;
        }
        let known = self.entries_known(source);
        let queues = self.snapshot.queues.values();
        let others: Vec<DayOwner> = queues
            .filter(|queue| queue.id.source == *source && queue.today.entries_known != known)
            .map(|queue| DayOwner::Queue(queue.id.clone()))
            .collect();
        for key in &others {
            self.refresh_day(key);
        }
    }

    /// Refreshes every day after a change of the day, a connection or the settings.
    pub(super) fn refresh_days(&mut self) {
        let queues = self.snapshot.queues.values();
        let queues =
            queues.filter(|queue| queue.provided_metrics.is_none() && queue.members.is_none());
        let agents = self.snapshot.agents.values();
        let agents = agents.filter(|agent| agent.report.is_none());
        let keys: Vec<DayOwner> = (queues.map(|queue| DayOwner::Queue(queue.id.clone())))
            .chain(agents.map(|agent| DayOwner::Agent(agent.id.clone())))
            .chain([DayOwner::Site])
            .collect();
        for key in &keys {
            self.refresh_day(key);
        }
    }

    fn build_day<'a>(
        &self,
        key: &DayOwner,
        sources: impl Iterator<Item = &'a SourceId>,
        entries_known: bool,
    ) -> DaySnapshot {
        let start = self.cases.days.today_start();
        let mut since = None;
        let mut gaps = Vec::new();
        for source in sources {
            let Some(source_state) = self.source_states.get(source) else {
                continue;
            };
            // Counted from the later of two times: the day's start, and when we began to count.
            since = since.max(
                source_state
                    .counting_since
                    .max(start)
                    .filter(|_| source_state.counting_since.is_some()),
            );
            gaps.extend(
                source_state
                    .gaps
                    .iter()
                    .filter(|gap| gap.reaches_into(start))
                    .copied(),
            );
        }
        gaps.sort_by_key(|gap| gap.from);
        DaySnapshot {
            counters: self.cases.days.today_totals(key),
            target: self.target_for(key),
            is_complete: since.is_some() && since == start && gaps.is_empty(),
            since,
            gaps,
            entries_known,
        }
    }

    fn target_for(&self, key: &DayOwner) -> QueueTarget {
        let site = &self.snapshot.site;
        match key {
            DayOwner::Queue(id) => site.target_for(&id.to_string()),
            _ => site.target_for("site"),
        }
    }

    /// Whether every contact of a source's day had a known queue when it entered.
    fn entries_known(&self, source: &SourceId) -> bool {
        self.has_entry_queues(source) && self.cases.unassigned_today(source) == 0
    }

    /// Whether some solutions or case types of a source always lead to one queue.
    fn has_entry_queues(&self, source: &SourceId) -> bool {
        let setup = self.snapshot.site.find_source(source);
        setup.is_some_and(|setup| !setup.entry_queues.is_empty())
    }
}

/// Shares one allocation among all days without any counts.
fn store_day(stored: &mut Arc<DaySnapshot>, day: DaySnapshot, empty_day: &mut Arc<DaySnapshot>) {
    if day.counters == Counters::LIVE {
        if **empty_day != day {
            *empty_day = Arc::new(day);
        }
        *stored = Arc::clone(empty_day);
    } else if let Some(stored) = Arc::get_mut(stored) {
        *stored = day;
    } else {
        *stored = Arc::new(day);
    }
}

/// The agent and the queues that a case's event names.
fn mentioned_subjects(event: &CaseEvent) -> (Option<&AgentId>, [Option<&QueueId>; 2]) {
    match event {
        CaseEvent::Opened { agent, queue } => (agent.as_ref(), [queue.as_ref(), None]),
        CaseEvent::Transferred {
            from_agent,
            from_queue,
            to_queue,
        } => (
            from_agent.as_ref(),
            [from_queue.as_ref(), to_queue.as_ref()],
        ),
        CaseEvent::Created { .. } | CaseEvent::Closed { .. } | CaseEvent::Transcript(_) => {
            (None, [None, None])
        }
    }
}
