//! All cases that are remembered, what each has been counted as, and who has
//! which. Changing a case takes back what it had counted and counts it anew.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;

use crate::domain::{AgentId, CaseId, Counter, QueueId, SiteConfig, SourceId};
use crate::live::snapshot::{CaseSnapshot, CaseState, FastMap};

use super::{
    case_counting::{self, CaseAssessment},
    case_timeline::{CaseConversation, CaseTimeline},
    day_totals::{DayEntry, DayOwner, DayTotals},
    open_conversations::OpenConversations,
    timed_case_event::TimedCaseEvent,
};

/// Closed cases are remembered for this long, in seconds …
const RETENTION_SECONDS: i64 = 48 * 3600;
/// … and cases of one kind (settled, or going on) up to this many: two days of a large
/// center. With what the picture shows of it a case takes about 2 kB, so each kind up to 100 MB.
const MAX_CASES: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct CaseRecord {
    pub(crate) events: Vec<TimedCaseEvent>,
    pub(crate) assessment: CaseAssessment,
    /// It must have ended unseen: its queue talks to nobody.
    pub(crate) presumed_ended: bool,
}

impl CaseRecord {
    pub(crate) fn build_timeline(&self, source: &SourceId, site: &SiteConfig) -> CaseTimeline {
        let setup = site.find_source(source);
        CaseTimeline::from_events(&self.events, |life| {
            let map = &setup?.entry_queues;
            let to = [&life.solution, &life.case_type]
                .into_iter()
                .flatten()
                .find_map(|id| map.get(id.as_ref()))?;
            Some(QueueId::new(source, to))
        })
    }

    pub(crate) fn last_event(&self) -> Option<&TimedCaseEvent> {
        self.events.last()
    }

    pub(crate) fn resolve_state(&self, life: &CaseTimeline) -> CaseState {
        match life.case_state() {
            CaseState::Waiting | CaseState::Open if self.presumed_ended => CaseState::Closed,
            CaseState::Waiting | CaseState::Open if self.assessment.unconfirmed => {
                CaseState::Unconfirmed
            }
            CaseState::Waiting if self.assessment.abandoned => CaseState::Abandoned,
            state => state,
        }
    }
}

/// What a change touched, to be shown.
#[derive(Debug, Default)]
pub(crate) struct CaseChange {
    pub(crate) day_owners: Vec<DayOwner>,
    pub(crate) agents: Vec<AgentId>,
    pub(crate) case: Option<CaseSnapshot>,
}

/// Where a case stands in the indexes.
#[derive(Clone, Debug)]
struct CaseIndexEntry {
    state: CaseState,
    agent: Option<AgentId>,
    /// Who talks with it, where it is open or may be; few of those remembered are.
    conversation: Option<Box<CaseConversation>>,
    /// Queue entry of who waits, else the last event; on our clock.
    sorted_by: Timestamp,
}

#[derive(Debug, Default)]
pub(crate) struct CaseStore {
    pub(crate) days: DayTotals,
    records: FastMap<CaseId, CaseRecord>,
    index: FastMap<CaseId, CaseIndexEntry>,
    /// Who waits and counts as waiting, the longest first.
    pub(crate) waiting: FastMap<SourceId, BTreeSet<(Timestamp, CaseId)>>,
    pub(crate) conversations: OpenConversations,
    /// Who may talk still: of the unconfirmed, those that were open.
    pub(crate) unconfirmed_conversations: OpenConversations,
    pub(crate) unconfirmed: FastMap<SourceId, HashSet<CaseId>>,
    finished: BTreeSet<(Timestamp, CaseId)>,
}

impl CaseStore {
    pub(crate) fn find_record(&self, id: &CaseId) -> Option<&CaseRecord> {
        self.records.get(id)
    }

    /// Changes one case by `change`; nothing is counted again where it says that
    /// nothing changed.
    pub(crate) fn update_case(
        &mut self,
        id: &CaseId,
        site: &SiteConfig,
        change: impl FnOnce(&mut CaseRecord) -> bool,
    ) -> CaseChange {
        let mut file = self.records.remove(id).unwrap_or_default();
        let before = self.count_entries(&file, &file.build_timeline(&id.source, site), id, site);
        if !change(&mut file) {
            if !file.events.is_empty() {
                self.records.insert(id.clone(), file);
            }
            return CaseChange::default();
        }

        for entry in &before {
            self.days.subtract_entry(entry, site);
        }
        let gone = self.remove_from_indexes(id);
        let life = file.build_timeline(&id.source, site);
        file.assessment.not_queued = is_not_queued(&life, &id.source, site);
        let after = self.count_entries(&file, &life, id, site);
        for entry in &after {
            self.days.add_entry(entry, site);
        }
        let case = build_case(id, &file, &life);
        let agent = self.add_to_indexes(id, &case, &file, &life);
        if matches!(case.state, CaseState::Closed | CaseState::Abandoned) {
            file.events.shrink_to_fit();
        }
        self.records.insert(id.clone(), file);

        CaseChange {
            day_owners: deduplicate(before.into_iter().chain(after).map(|e| e.owner)),
            agents: deduplicate([gone, agent].into_iter().flatten()),
            case: Some(case),
        }
    }

    /// Counts and places everything anew, after the settings have changed. Who
    /// waits too long is looked at again by other targets; cases of a source that
    /// is no more are forgotten.
    pub(crate) fn recount_all(&mut self, now: Timestamp, site: &SiteConfig) -> Vec<CaseSnapshot> {
        self.days.clear(now, &site.zone);
        let files = std::mem::take(&mut self.records);
        let mut cases = Vec::with_capacity(files.len());
        for (id, mut file) in files {
            self.remove_from_indexes(&id);
            if site.find_source(&id.source).is_none() {
                continue;
            }
            let life = file.build_timeline(&id.source, site);
            file.assessment.not_queued = is_not_queued(&life, &id.source, site);
            file.assessment.late_in_queue = false;
            file.assessment.late_on_site = false;
            for entry in self.count_entries(&file, &life, &id, site) {
                self.days.add_entry(&entry, site);
            }
            let case = build_case(&id, &file, &life);
            self.add_to_indexes(&id, &case, &file, &life);
            self.records.insert(id, file);
            cases.push(case);
        }
        cases
    }

    fn count_entries(
        &mut self,
        file: &CaseRecord,
        life: &CaseTimeline,
        id: &CaseId,
        site: &SiteConfig,
    ) -> Vec<DayEntry> {
        case_counting::count_case(life, file.assessment, &id.source, |key| {
            self.days.target_for(key, site)
        })
    }

    fn add_to_indexes(
        &mut self,
        id: &CaseId,
        case: &CaseSnapshot,
        file: &CaseRecord,
        life: &CaseTimeline,
    ) -> Option<AgentId> {
        let last = file
            .last_event()
            .map(|step| step.local_at)
            .unwrap_or_default();
        let entered = life.current_wait().and_then(|stay| stay.entered);
        let may_talk = matches!(case.state, CaseState::Open | CaseState::Unconfirmed);
        let standing = CaseIndexEntry {
            state: case.state,
            agent: case.agent.clone(),
            conversation: life
                .current_conversation()
                .filter(|_| may_talk)
                .cloned()
                .map(Box::new),
            sorted_by: entered.unwrap_or(last),
        };
        match standing.state {
            CaseState::Waiting if !file.assessment.not_queued => {
                let waiting = self.waiting.entry(id.source.clone()).or_default();
                waiting.insert((standing.sorted_by, id.clone()));
            }
            CaseState::Open => {
                if let Some(leg) = &standing.conversation {
                    self.conversations.start_conversation(id, leg);
                }
            }
            CaseState::Unconfirmed => {
                let set = self.unconfirmed.entry(id.source.clone()).or_default();
                set.insert(id.clone());
                if let Some(leg) = &standing.conversation {
                    self.unconfirmed_conversations.start_conversation(id, leg);
                }
            }
            CaseState::Closed | CaseState::Abandoned => {
                self.finished.insert((standing.sorted_by, id.clone()));
            }
            CaseState::Waiting => {}
        }
        let agent = standing.agent.clone();
        self.index.insert(id.clone(), standing);
        agent
    }

    /// Takes a case out of the indexes; returns who had it.
    fn remove_from_indexes(&mut self, id: &CaseId) -> Option<AgentId> {
        let standing = self.index.remove(id)?;
        let place = (standing.sorted_by, id.clone());
        if let Some(waiting) = self.waiting.get_mut(&id.source) {
            waiting.remove(&place);
        }
        if let Some(set) = self.unconfirmed.get_mut(&id.source) {
            set.remove(id);
        }
        self.finished.remove(&place);
        if let Some(leg) = &standing.conversation {
            let talks = match standing.state {
                CaseState::Unconfirmed => &mut self.unconfirmed_conversations,
                _ => &mut self.conversations,
            };
            talks.end_conversation(id, leg);
        }
        standing.agent
    }

    /// Forgets what is long over, and what is beyond all bounds. What it has
    /// counted stays counted. Returns the cases to take off the picture.
    pub(crate) fn evict_old(&mut self, now: Timestamp) -> Vec<CaseId> {
        let mut gone = Vec::new();
        while let Some((on, _)) = self.finished.first() {
            let old = now.as_second() - on.as_second() > RETENTION_SECONDS;
            if !old && self.finished.len() <= MAX_CASES {
                break;
            }
            gone.extend(self.finished.pop_first().map(|(_, id)| id));
        }
        let going_on = self.records.len() - gone.len() - self.finished.len();
        if going_on > MAX_CASES {
            let mut live: Vec<(Timestamp, CaseId)> = self
                .index
                .iter()
                .filter(|(_, s)| !matches!(s.state, CaseState::Closed | CaseState::Abandoned))
                .map(|(id, s)| (s.sorted_by, id.clone()))
                .collect();
            live.sort_unstable();
            gone.extend(
                live.into_iter()
                    .take(going_on - MAX_CASES)
                    .map(|(_, id)| id),
            );
        }
        for id in &gone {
            self.remove_from_indexes(id);
            self.records.remove(id);
        }
        gone
    }

    /// Contacts of today whose queue was not known when they entered.
    pub(crate) fn unassigned_today(&self, source: &SourceId) -> i64 {
        let unplaced = self
            .days
            .today_totals(&DayOwner::Unassigned(source.clone()));
        unplaced.count(Counter::Offered)
    }

    /// All of a source that go on, confirmed or not.
    pub(crate) fn active_cases(&self, source: &SourceId) -> Vec<CaseId> {
        self.index
            .iter()
            .filter(|(id, standing)| {
                id.source == *source
                    && matches!(standing.state, CaseState::Waiting | CaseState::Open)
            })
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// The few that a change touches, before and after it.
fn deduplicate<T: PartialEq>(touched: impl Iterator<Item = T>) -> Vec<T> {
    let mut once = Vec::new();
    for one in touched {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

fn is_not_queued(life: &CaseTimeline, source: &SourceId, site: &SiteConfig) -> bool {
    let solution = life.solution.as_deref();
    site.find_source(source).is_some_and(|setup| {
        setup
            .unqueued_solutions
            .iter()
            .any(|id| Some(id.as_str()) == solution)
    })
}

fn build_case(id: &CaseId, file: &CaseRecord, life: &CaseTimeline) -> CaseSnapshot {
    let closed_at = if life.case_state() == CaseState::Closed {
        life.closed_at
    } else {
        None
    };
    CaseSnapshot {
        id: id.clone(),
        state: file.resolve_state(life),
        queue: life.current_queue().cloned(),
        agent: life.current_agent().cloned(),
        created_at: life.created_at,
        opened_at: life.first_opening(),
        closed_at,
        outcome: life.outcome,
        closure: life.closure.clone(),
        transfers: life.transfers.clone(),
        waits_since: life.current_wait().and_then(|stay| stay.entered_at),
        reopened: life.reopened,
        opportunity: life.opportunity.clone(),
        solution: life.solution.clone(),
        case_type: life.case_type.clone(),
        transcript: life.transcript,
    }
}
