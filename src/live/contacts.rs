//! Cases on the picture: their steps go to the ledger, and what that changes is
//! shown.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    AgentId, AgentState, CaseEvent, CaseId, Class, Counters, Id, Moment, QueueId, SourceId, Target,
    Update, moment,
};

use super::{
    ledger::{File, Hand, Key, Step, Touched, insert},
    picture::{CaseState, Day},
    reading::settled,
    state::State,
};

impl State {
    pub(super) fn on_case(&mut self, update: &Update, id: &CaseId, event: &CaseEvent, now: Moment) {
        let feed = self.feeds.entry(id.source.clone()).or_default();
        let offset = feed.offset.millis();
        let is_ahead = |at: &Timestamp| {
            let difference = moment::millis_between(*at, now.wall);
            feed.offset.is_surely_ahead(difference)
        };
        let arrival = moment::plus_millis(now.wall, -offset);
        // A time that orders nothing leaves it to the arrival.
        let at = update.at.filter(|at| !is_ahead(at)).unwrap_or(arrival);
        let step = Step {
            said: update.at.unwrap_or(at),
            at,
            placed: moment::plus_millis(at, offset).min(now.wall),
            event: self.picture.own_event(&id.source, event),
        };
        let is_new_stay = matches!(event, CaseEvent::Transferred { .. });
        let goes_on = !matches!(event, CaseEvent::Transcript(_));
        let id = self.picture.own_case(id);
        let proved = self.is_before_proof(&id.source, step.at);
        let before = proved.then(|| self.witnessed(&id));
        self.change_case(&id, |file| {
            if !insert(&mut file.steps, step) {
                return false;
            }
            if goes_on {
                file.verdict.unconfirmed = false;
                file.verdict.abandoned = false;
                file.presumed_ended = false;
            }
            if is_new_stay {
                file.verdict.late_in_queue = false;
            }
            true
        });
        self.meet(event, now);
        if let Some(before) = before {
            self.weigh_again(&id, &before);
        }
    }

    /// Whether all that a case's event speaks of is known or may be.
    pub(super) fn has_room_for(&mut self, event: &CaseEvent) -> bool {
        let (agent, queues) = spoken_of(event);
        let mut queues = queues.into_iter().flatten();
        agent.is_none_or(|id| self.has_room(Class::Agent, id))
            && queues.all(|id| self.has_room(Class::Queue, id))
    }

    /// An agent or a queue heard of in a case is known from now on.
    fn meet(&mut self, event: &CaseEvent, now: Moment) {
        let (agent, queues) = spoken_of(event);
        if let Some(id) = agent {
            self.agent(id).hidden = false;
            self.note_heard(Class::Agent, id, now);
        }
        for id in queues.into_iter().flatten() {
            if !self.picture.queues.contains_key(id) {
                self.add_queue(id);
            }
            self.note_heard(Class::Queue, id, now);
        }
    }

    fn note_heard(&mut self, class: Class, id: &Id, now: Moment) {
        if let Some(feed) = self.feeds.get_mut(&id.source) {
            let profile = feed.profiles.entry((class, id.clone())).or_default();
            profile.heard = now.mono;
        }
    }

    pub(super) fn change_case(&mut self, id: &CaseId, change: impl FnOnce(&mut File) -> bool) {
        let site = self.picture.site.clone();
        let touched = self.cases.change(id, &site, change);
        self.show(id, touched);
    }

    fn show(&mut self, id: &CaseId, touched: Touched) {
        let Some(case) = touched.case else { return };
        self.picture.cases.insert(id.clone(), case);
        for agent in &touched.agents {
            self.show_agent(agent);
        }
        for key in &touched.books {
            self.show_day(key);
        }
    }

    /// Who has which cases, from all of them.
    fn show_agent(&mut self, id: &AgentId) {
        let hand = self.cases.talks.of(id);
        let cases = hand.map_or(0, Hand::cases);
        let queues = hand.into_iter().flat_map(Hand::queues).cloned().collect();
        let since = hand.and_then(Hand::since);
        let generation = self.generation(&id.source);
        let is_doubted = self.cases.doubted.of(id).is_some();
        let agent = self.agent(id);
        agent.accounted &= !is_doubted;
        agent.cases = u32::try_from(cases).unwrap_or(u32::MAX);
        agent.case_queues = queues;
        agent.generation = generation;
        agent.state = if cases == 0 {
            AgentState::Unknown
        } else {
            AgentState::Talking
        };
        agent.since = since.map(|since| settled(agent.since, since));
    }

    /// After a break, cases that went on are in no count until something is heard of them.
    pub(super) fn doubt_cases(&mut self, source: &SourceId) {
        for id in self.cases.going_on(source) {
            self.doubt_case(&id);
        }
    }

    /// Takes a case out of all counts until something is heard of it.
    pub(super) fn doubt_case(&mut self, id: &CaseId) {
        let case = self.picture.cases.get(id);
        let queue = case.and_then(|case| case.queue.clone());
        let goes_on = |state| matches!(state, CaseState::Waiting | CaseState::Open);
        if !case.is_some_and(|case| goes_on(case.state)) {
            return;
        }
        self.change_case(id, |file| {
            file.verdict.unconfirmed = true;
            true
        });
        let feed = self.feeds.get_mut(&id.source);
        if let Some(known) = queue.and_then(|queue| feed?.queues.get_mut(&queue)) {
            // Its load counted what is counted no more.
            known.witness = None;
            known.agrees = 0;
            known.agrees_since = None;
        }
    }

    pub(super) fn show_day(&mut self, key: &Key) {
        let day = |state: &Self, source: &SourceId, entries_known| {
            state.day(key, [source].into_iter(), entries_known)
        };
        match key {
            Key::Site => {
                let setups = self.picture.site.sources.iter();
                let told = setups.filter(|setup| setup.kind.reports_contacts);
                self.picture.today = self.day(key, told.map(|setup| &setup.id), true);
            }
            Key::Queue(id) => {
                let known = self.entries_known(&id.source);
                let day = day(self, &id.source, known);
                if let Some(queue) = self.picture.queues.get_mut(id) {
                    keep_day(&mut queue.today, day, &mut self.blank);
                }
            }
            Key::Agent(id) => {
                let day = day(self, &id.source, true);
                if let Some(agent) = self.picture.agents.get_mut(id) {
                    keep_day(&mut agent.today, day, &mut self.blank);
                }
            }
            Key::Unplaced(source) => self.show_entries(source),
        }
    }

    /// Where it is no longer known who entered where (or is again), all of the
    /// source's queues must say so.
    fn show_entries(&mut self, source: &SourceId) {
        if !self.is_mapped(source) {
            return;
        }
        let known = self.entries_known(source);
        let queues = self.picture.queues.values();
        let others: Vec<Key> = queues
            .filter(|queue| queue.id.source == *source && queue.today.entries_known != known)
            .map(|queue| Key::Queue(queue.id.clone()))
            .collect();
        for key in &others {
            self.show_day(key);
        }
    }

    /// Shows every day anew: another day, a line, or settings have changed.
    pub(super) fn show_days(&mut self) {
        let queues = self.picture.queues.values();
        let queues = queues.filter(|queue| queue.gives.is_none() && queue.members.is_none());
        let agents = self.picture.agents.values();
        let agents = agents.filter(|agent| agent.stated.is_none());
        let keys: Vec<Key> = (queues.map(|queue| Key::Queue(queue.id.clone())))
            .chain(agents.map(|agent| Key::Agent(agent.id.clone())))
            .chain([Key::Site])
            .collect();
        for key in &keys {
            self.show_day(key);
        }
    }

    fn day<'a>(
        &self,
        key: &Key,
        sources: impl Iterator<Item = &'a SourceId>,
        entries_known: bool,
    ) -> Day {
        let start = self.cases.days.today_starts();
        let mut since = None;
        let mut gaps = Vec::new();
        for source in sources {
            let Some(feed) = self.feeds.get(source) else {
                continue;
            };
            // Counted from the later of the two: the day's start, and our own.
            since = since.max(
                feed.counting_since
                    .max(start)
                    .filter(|_| feed.counting_since.is_some()),
            );
            gaps.extend(feed.gaps.iter().filter(|gap| gap.reaches(start)).copied());
        }
        gaps.sort_by_key(|gap| gap.from);
        Day {
            counters: self.cases.days.today(key),
            target: self.target(key),
            complete: since.is_some() && since == start && gaps.is_empty(),
            since,
            gaps,
            entries_known,
        }
    }

    fn target(&self, key: &Key) -> Target {
        let site = &self.picture.site;
        match key {
            Key::Queue(id) => site.target(&id.to_string()),
            _ => site.target("site"),
        }
    }

    /// Whether every contact of a source's day had a known queue when it entered.
    fn entries_known(&self, source: &SourceId) -> bool {
        self.is_mapped(source) && self.cases.unplaced_today(source) == 0
    }

    /// Whether some solutions or case types of a source always lead to one queue.
    fn is_mapped(&self, source: &SourceId) -> bool {
        let setup = self.picture.site.source(source);
        setup.is_some_and(|setup| !setup.queue_of.is_empty())
    }
}

/// A day where nothing is counted is one with all that are like it.
fn keep_day(known: &mut Arc<Day>, day: Day, blank: &mut Arc<Day>) {
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
fn spoken_of(event: &CaseEvent) -> (Option<&AgentId>, [Option<&QueueId>; 2]) {
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
