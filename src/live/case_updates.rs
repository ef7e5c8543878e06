//! Cases on the picture: their steps go to the ledger, and what that changes is
//! shown.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
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
        let feed = self.source_states.entry(id.source.clone()).or_default();
        let offset = feed.clock_offset.as_millis();
        let is_ahead = |at: &Timestamp| {
            let difference = moment::millis_between(*at, now.wall);
            feed.clock_offset.is_surely_ahead(difference)
        };
        let arrival = moment::plus_millis(now.wall, -offset);
        // A time that orders nothing leaves it to the arrival.
        let at = update.at.filter(|at| !is_ahead(at)).unwrap_or(arrival);
        let step = TimedCaseEvent {
            reported_at: update.at.unwrap_or(at),
            at,
            local_at: moment::plus_millis(at, offset).min(now.wall),
            event: self.snapshot.intern_event(&id.source, event),
        };
        let is_new_stay = matches!(event, CaseEvent::Transferred { .. });
        let goes_on = !matches!(event, CaseEvent::Transcript(_));
        let id = self.snapshot.intern_case(id);
        let proved = self.predates_reconciliation(&id.source, step.at);
        let before = proved.then(|| self.reconciled_queues(&id));
        self.change_case(&id, |file| {
            if !insert_event(&mut file.events, step) {
                return false;
            }
            if goes_on {
                file.assessment.unconfirmed = false;
                file.assessment.abandoned = false;
                file.presumed_ended = false;
            }
            if is_new_stay {
                file.assessment.late_in_queue = false;
            }
            true
        });
        self.register_subjects(event, now);
        if let Some(before) = before {
            self.recheck_reconciliation(&id, &before);
        }
    }

    /// Whether all that a case's event speaks of is known or may be.
    pub(super) fn has_capacity_for(&mut self, event: &CaseEvent) -> bool {
        let (agent, queues) = mentioned_subjects(event);
        let mut queues = queues.into_iter().flatten();
        agent.is_none_or(|id| self.has_capacity(EntityKind::Agent, id))
            && queues.all(|id| self.has_capacity(EntityKind::Queue, id))
    }

    /// An agent or a queue heard of in a case is known from now on.
    fn register_subjects(&mut self, event: &CaseEvent, now: Moment) {
        let (agent, queues) = mentioned_subjects(event);
        if let Some(id) = agent {
            self.agent_mut(id).hidden = false;
            self.record_receipt(EntityKind::Agent, id, now);
        }
        for id in queues.into_iter().flatten() {
            if !self.snapshot.queues.contains_key(id) {
                self.add_queue(id);
            }
            self.record_receipt(EntityKind::Queue, id, now);
        }
    }

    fn record_receipt(&mut self, class: EntityKind, id: &Id, now: Moment) {
        if let Some(feed) = self.source_states.get_mut(&id.source) {
            let profile = feed.profiles.entry((class, id.clone())).or_default();
            profile.received_at = now.monotonic;
        }
    }

    pub(super) fn change_case(
        &mut self,
        id: &CaseId,
        change: impl FnOnce(&mut CaseRecord) -> bool,
    ) {
        let site = self.snapshot.site.clone();
        let touched = self.cases.update_case(id, &site, change);
        self.refresh_case(id, touched);
    }

    fn refresh_case(&mut self, id: &CaseId, touched: CaseChange) {
        let Some(case) = touched.case else { return };
        self.snapshot.cases.insert(id.clone(), case);
        for agent in &touched.agents {
            self.refresh_agent(agent);
        }
        for key in &touched.day_owners {
            self.refresh_day(key);
        }
    }

    /// Who has which cases, from all of them.
    fn refresh_agent(&mut self, id: &AgentId) {
        let hand = self.cases.conversations.find_agent(id);
        let cases = hand.map_or(0, AgentConversations::case_count);
        let queues = hand
            .into_iter()
            .flat_map(AgentConversations::queues)
            .cloned()
            .collect();
        let since = hand.and_then(AgentConversations::longest_since);
        let generation = self.source_generation(&id.source);
        let is_doubted = self
            .cases
            .unconfirmed_conversations
            .find_agent(id)
            .is_some();
        let agent = self.agent_mut(id);
        agent.is_reconciled &= !is_doubted;
        agent.cases = u32::try_from(cases).unwrap_or(u32::MAX);
        agent.case_queues = queues;
        agent.generation = generation;
        agent.status = if cases == 0 {
            AgentStatus::Unknown
        } else {
            AgentStatus::Talking
        };
        agent.since = since.map(|since| stabilize_start(agent.since, since));
    }

    /// After a break, cases that went on are in no count until something is heard of them.
    pub(super) fn mark_cases_unconfirmed(&mut self, source: &SourceId) {
        for id in self.cases.active_cases(source) {
            self.mark_case_unconfirmed(&id);
        }
    }

    /// Takes a case out of all counts until something is heard of it.
    pub(super) fn mark_case_unconfirmed(&mut self, id: &CaseId) {
        let case = self.snapshot.cases.get(id);
        let queue = case.and_then(|case| case.queue.clone());
        let goes_on = |state| matches!(state, CaseState::Waiting | CaseState::Open);
        if !case.is_some_and(|case| goes_on(case.state)) {
            return;
        }
        self.change_case(id, |file| {
            file.assessment.unconfirmed = true;
            true
        });
        let feed = self.source_states.get_mut(&id.source);
        if let Some(known) = queue.and_then(|queue| feed?.queues.get_mut(&queue)) {
            // Its load counted what is counted no more.
            known.reconciled_load = None;
            known.matching_loads = 0;
            known.matching_since = None;
        }
    }

    pub(super) fn refresh_day(&mut self, key: &DayOwner) {
        let day = |state: &Self, source: &SourceId, entries_known| {
            state.build_day(key, [source].into_iter(), entries_known)
        };
        match key {
            DayOwner::Site => {
                let setups = self.snapshot.site.sources.iter();
                let told = setups.filter(|setup| setup.vendor.reports_contacts);
                self.snapshot.today = self.build_day(key, told.map(|setup| &setup.id), true);
            }
            DayOwner::Queue(id) => {
                let known = self.entries_known(&id.source);
                let day = day(self, &id.source, known);
                if let Some(queue) = self.snapshot.queues.get_mut(id) {
                    store_day(&mut queue.today, day, &mut self.empty_day);
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

    /// Where it is no longer known who entered where (or is again), all of the
    /// source's queues must say so.
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

    /// Shows every day anew: another day, a line, or settings have changed.
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
            let Some(feed) = self.source_states.get(source) else {
                continue;
            };
            // Counted from the later of the two: the day's start, and our own.
            since = since.max(
                feed.counting_since
                    .max(start)
                    .filter(|_| feed.counting_since.is_some()),
            );
            gaps.extend(
                feed.gaps
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

/// A day where nothing is counted is one with all that are like it.
fn store_day(known: &mut Arc<DaySnapshot>, day: DaySnapshot, blank: &mut Arc<DaySnapshot>) {
    if day.counters == Counters::LIVE {
        if **blank != day {
            *blank = Arc::new(day);
        }
        *known = Arc::clone(blank);
    } else if let Some(known) = Arc::get_mut(known) {
        *known = day;
    } else {
        *known = Arc::new(day);
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
