//! All stored cases, their counts, and indexes of their state and agent. A change to a case
//! subtracts its old counts and adds the new ones.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    fast_map::FastMap,
    snapshot::{CaseSnapshot, CaseState},
};
use wallboard_domain::{AgentId, CaseId, Counter, SiteConfig, SourceId};

use super::{
    case_counting,
    case_record::CaseRecord,
    case_timeline::CaseTimeline,
    day_totals::{DayEntry, DayOwner, DayTotals},
    open_conversations::{OpenConversation, OpenConversations},
    stored_cases::StoredCases,
};

/// How long closed cases are stored, in seconds.
const RETENTION_SECONDS: i64 = 48 * 3600;
/// The most cases of one kind (finished or active): two days of a large center. With its snapshot
/// a case takes about 2 kB, so each kind takes up to 100 MB.
const MAX_CASES: usize = 50_000;

/// The parts of the snapshot to refresh after a change.
#[derive(Debug, Default)]
pub(crate) struct CaseChange {
    pub(crate) day_owners: Vec<DayOwner>,
    pub(crate) agents: Vec<AgentId>,
    pub(crate) case: Option<CaseSnapshot>,
}

/// A case's entry in the indexes.
#[derive(Clone, Debug, PartialEq)]
struct CaseIndexEntry {
    state: CaseState,
    agent: Option<AgentId>,
    /// The conversation, if it is or may be open. Few stored cases have one.
    conversation: Option<Box<OpenConversation>>,
    /// The queue entry of a waiting case, else the last event, on our clock.
    sorted_by: Timestamp,
}

/// Everything but `days` and `records` follows from the records: an index of them. Snapshots of
/// the log leave it out.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "StoredCases")]
pub(crate) struct CaseStore {
    pub(crate) days: DayTotals,
    records: FastMap<CaseId, CaseRecord>,
    index: FastMap<CaseId, CaseIndexEntry>,
    /// Cases that count as waiting, the longest first.
    pub(crate) waiting: FastMap<SourceId, BTreeSet<(Timestamp, CaseId)>>,
    pub(crate) conversations: OpenConversations,
    /// Conversations that may continue: of the unconfirmed cases, those that were open.
    pub(crate) unconfirmed_conversations: OpenConversations,
    pub(crate) unconfirmed: FastMap<SourceId, HashSet<CaseId>>,
    finished: BTreeSet<(Timestamp, CaseId)>,
}

impl CaseStore {
    /// Makes a store without indexes.
    pub(super) fn from_records(days: DayTotals, records: FastMap<CaseId, CaseRecord>) -> Self {
        Self {
            days,
            records,
            ..Self::default()
        }
    }

    /// Rebuilds the indexes of a store that has none. Returns all cases.
    pub(crate) fn rebuild_indexes(&mut self, site: &SiteConfig) -> FastMap<CaseId, CaseSnapshot> {
        let records = std::mem::take(&mut self.records);
        let mut cases = FastMap::with_capacity_and_hasher(records.len(), <_>::default());
        self.index.reserve(records.len());
        for (id, record) in &records {
            let timeline = record.build_timeline(&id.source, site);
            let case = build_case(id, record, &timeline);
            self.add_to_indexes(id, &case, record, &timeline);
            cases.insert(id.clone(), case);
        }
        self.records = records;
        cases
    }

    /// Replaces IDs of agents. Returns all cases, if there was one of them.
    pub(crate) fn replace_agents(
        &mut self,
        replace: &mut impl FnMut(&mut AgentId) -> bool,
        site: &SiteConfig,
    ) -> Option<FastMap<CaseId, CaseSnapshot>> {
        self.days.replace_agents(replace);
        let records = self.records.values_mut();
        let events = records.flat_map(|record| &mut record.events);
        let mut has_replaced = false;
        for agent in events.filter_map(|timed| timed.event.agent_mut()) {
            has_replaced |= replace(agent);
        }
        has_replaced.then(|| {
            let Self { days, records, .. } = std::mem::take(self);
            *self = Self::from_records(days, records);
            self.rebuild_indexes(site)
        })
    }

    /// Returns all records, those of ended cases first and in the order of their ends, so that
    /// similar times are close together.
    pub(super) fn records_in_order(&self) -> impl Iterator<Item = (&CaseId, &CaseRecord)> {
        let is_active = |entry: &CaseIndexEntry| {
            !matches!(entry.state, CaseState::Closed | CaseState::Abandoned)
        };
        let active = self.index.iter().filter(move |(_, entry)| is_active(entry));
        let ids = self.finished.iter().map(|(_, id)| id);
        let ids = ids.chain(active.map(|(id, _)| id));
        ids.filter_map(|id| Some((id, self.records.get(id)?)))
    }

    pub(crate) fn find_record(&self, id: &CaseId) -> Option<&CaseRecord> {
        self.records.get(id)
    }

    /// Returns the cases that have ended.
    pub(crate) fn ended_ids(&self) -> impl Iterator<Item = &CaseId> {
        self.finished.iter().map(|(_, id)| id)
    }

    /// Changes one case by `change`. If that returns `false`, nothing is recounted.
    pub(crate) fn update_case(
        &mut self,
        id: &CaseId,
        site: &SiteConfig,
        change: impl FnOnce(&mut CaseRecord) -> bool,
    ) -> CaseChange {
        let mut record = self.records.remove(id).unwrap_or_default();
        let before =
            self.count_entries(&record, &record.build_timeline(&id.source, site), id, site);
        if !change(&mut record) {
            if !record.events.is_empty() {
                self.records.insert(id.clone(), record);
            }
            return CaseChange::default();
        }

        for entry in &before {
            self.days.subtract_entry(entry, site);
        }
        let previous_agent = self.remove_from_indexes(id);
        let timeline = record.build_timeline(&id.source, site);
        record.assessment.not_queued = is_not_queued(&timeline, &id.source, site);
        let after = self.count_entries(&record, &timeline, id, site);
        for entry in &after {
            self.days.add_entry(entry, site);
        }
        let case = build_case(id, &record, &timeline);
        let agent = self.add_to_indexes(id, &case, &record, &timeline);
        if matches!(case.state, CaseState::Closed | CaseState::Abandoned) {
            record.events.shrink_to_fit();
        }
        self.records.insert(id.clone(), record);

        CaseChange {
            day_owners: deduplicate(before.into_iter().chain(after).map(|e| e.owner)),
            agents: deduplicate([previous_agent, agent].into_iter().flatten()),
            case: Some(case),
        }
    }

    /// Recounts and reindexes everything after the settings have changed. Late waits are checked
    /// again against the new targets. Cases of removed sources are dropped.
    pub(crate) fn recount_all(&mut self, now: Timestamp, site: &SiteConfig) -> Vec<CaseSnapshot> {
        self.days.clear(now, &site.zone);
        let records = std::mem::take(&mut self.records);
        let mut cases = Vec::with_capacity(records.len());
        for (id, mut record) in records {
            self.remove_from_indexes(&id);
            if site.find_source(&id.source).is_none() {
                continue;
            }
            let timeline = record.build_timeline(&id.source, site);
            record.assessment.not_queued = is_not_queued(&timeline, &id.source, site);
            record.assessment.late_in_queue = false;
            record.assessment.late_on_site = false;
            for entry in self.count_entries(&record, &timeline, &id, site) {
                self.days.add_entry(&entry, site);
            }
            let case = build_case(&id, &record, &timeline);
            self.add_to_indexes(&id, &case, &record, &timeline);
            self.records.insert(id, record);
            cases.push(case);
        }
        cases
    }

    fn count_entries(
        &mut self,
        record: &CaseRecord,
        timeline: &CaseTimeline,
        id: &CaseId,
        site: &SiteConfig,
    ) -> Vec<DayEntry> {
        case_counting::count_case(timeline, record.assessment, &id.source, |key| {
            self.days.target_for(key, site)
        })
    }

    fn add_to_indexes(
        &mut self,
        id: &CaseId,
        case: &CaseSnapshot,
        record: &CaseRecord,
        timeline: &CaseTimeline,
    ) -> Option<AgentId> {
        let last = record
            .last_event()
            .map(|event| event.local_at)
            .unwrap_or_default();
        let entered = timeline.current_wait().and_then(|leg| leg.entered);
        let may_talk = match case.state {
            CaseState::Unconfirmed => !record.assessment.has_left_queue,
            state => state == CaseState::Open,
        };
        let entry = CaseIndexEntry {
            state: case.state,
            agent: case.agent.clone(),
            conversation: OpenConversation::of(timeline)
                .filter(|_| may_talk)
                .map(Box::new),
            sorted_by: entered.unwrap_or(last),
        };
        match entry.state {
            CaseState::Waiting if !record.assessment.not_queued => {
                let waiting = self.waiting.entry(id.source.clone()).or_default();
                waiting.insert((entry.sorted_by, id.clone()));
            }
            CaseState::Open => {
                if let Some(conversation) = &entry.conversation {
                    self.conversations.start_conversation(id, conversation);
                }
            }
            CaseState::Unconfirmed => {
                let set = self.unconfirmed.entry(id.source.clone()).or_default();
                set.insert(id.clone());
                if let Some(conversation) = &entry.conversation {
                    self.unconfirmed_conversations
                        .start_conversation(id, conversation);
                }
            }
            CaseState::Closed | CaseState::Abandoned => {
                self.finished.insert((entry.sorted_by, id.clone()));
            }
            CaseState::Waiting => {}
        }
        let agent = entry.agent.clone();
        self.index.insert(id.clone(), entry);
        agent
    }

    /// Removes a case from the indexes. Returns its agent.
    fn remove_from_indexes(&mut self, id: &CaseId) -> Option<AgentId> {
        let entry = self.index.remove(id)?;
        let key = (entry.sorted_by, id.clone());
        if let Some(waiting) = self.waiting.get_mut(&id.source) {
            waiting.remove(&key);
            if waiting.is_empty() {
                self.waiting.remove(&id.source);
            }
        }
        if let Some(set) = self.unconfirmed.get_mut(&id.source) {
            set.remove(id);
            if set.is_empty() {
                self.unconfirmed.remove(&id.source);
            }
        }
        self.finished.remove(&key);
        if let Some(conversation) = &entry.conversation {
            let conversations = match entry.state {
                CaseState::Unconfirmed => &mut self.unconfirmed_conversations,
                _ => &mut self.conversations,
            };
            conversations.end_conversation(id, conversation);
        }
        entry.agent
    }

    /// Evicts cases that ended long ago or exceed the limit. Their counts remain. Returns the
    /// cases to remove from the snapshot.
    pub(crate) fn evict_old(&mut self, now: Timestamp) -> Vec<CaseId> {
        let mut evicted = Vec::new();
        while let Some((ended_at, _)) = self.finished.first() {
            let is_old = now.as_second() - ended_at.as_second() > RETENTION_SECONDS;
            if !is_old && self.finished.len() <= MAX_CASES {
                break;
            }
            evicted.extend(self.finished.pop_first().map(|(_, id)| id));
        }
        let active_count = self.records.len() - evicted.len() - self.finished.len();
        if active_count > MAX_CASES {
            let mut active: Vec<(Timestamp, CaseId)> = self
                .index
                .iter()
                .filter(|(_, s)| !matches!(s.state, CaseState::Closed | CaseState::Abandoned))
                .map(|(id, s)| (s.sorted_by, id.clone()))
                .collect();
            active.sort_unstable();
            evicted.extend(
                active
                    .into_iter()
                    .take(active_count - MAX_CASES)
                    .map(|(_, id)| id),
            );
        }
        for id in &evicted {
            self.remove_from_indexes(id);
            self.records.remove(id);
        }
        evicted
    }

    /// Counts today's contacts whose queue was unknown when they entered.
    pub(crate) fn unassigned_today(&self, source: &SourceId) -> i64 {
        let unassigned = self
            .days
            .today_totals(&DayOwner::Unassigned(source.clone()));
        unassigned.count(Counter::Offered)
    }

    /// Returns all active cases of a source. They exclude unconfirmed ones.
    pub(crate) fn active_cases(&self, source: &SourceId) -> Vec<CaseId> {
        self.index
            .iter()
            .filter(|(id, entry)| {
                id.source == *source && matches!(entry.state, CaseState::Waiting | CaseState::Open)
            })
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// Removes duplicates from the few items that a change touches.
fn deduplicate<T: PartialEq>(touched: impl Iterator<Item = T>) -> Vec<T> {
    let mut unique = Vec::new();
    for item in touched {
        if !unique.contains(&item) {
            unique.push(item);
        }
    }
    unique
}

fn is_not_queued(timeline: &CaseTimeline, source: &SourceId, site: &SiteConfig) -> bool {
    let solution = timeline.solution.as_deref();
    site.find_source(source).is_some_and(|setup| {
        setup
            .unqueued_solutions
            .iter()
            .any(|id| Some(id.as_str()) == solution)
    })
}

fn build_case(id: &CaseId, record: &CaseRecord, timeline: &CaseTimeline) -> CaseSnapshot {
    let closed_at = if timeline.case_state() == CaseState::Closed {
        timeline.closed_at
    } else {
        None
    };
    CaseSnapshot {
        id: id.clone(),
        state: record.resolve_state(timeline),
        queue: timeline.current_queue().cloned(),
        agent: timeline.current_agent().cloned(),
        created_at: timeline.created_at,
        opened_at: timeline.first_opening(),
        closed_at,
        outcome: timeline.outcome,
        closure: timeline.closure.clone(),
        transfers: timeline.transfers.clone(),
        waits_since: timeline.current_wait().and_then(|leg| leg.entered_at),
        reopened: timeline.reopened,
        opportunity: timeline.opportunity.clone(),
        solution: timeline.solution.clone(),
        case_type: timeline.case_type.clone(),
        transcript: timeline.transcript,
    }
}
