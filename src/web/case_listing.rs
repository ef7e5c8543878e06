//! Selects the cases to list, paged, for the page and the API.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use strum::EnumCount;

use crate::{
    domain::{AgentId, CaseId, Id, QueueId, SourceId},
    live::{CaseSnapshot, CaseState, Snapshot},
};

/// The requested cases. By default all, by ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CaseFilter {
    /// Empty: all.
    pub(super) states: Vec<CaseState>,
    pub(super) queue: QueueFilter,
    pub(super) agent: Option<AgentId>,
    pub(super) order: CaseOrder,
}

/// The queue to filter by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum QueueFilter {
    #[default]
    Any,
    /// No queue reported yet.
    Unknown,
    In(QueueId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CaseOrder {
    #[default]
    Id,
    Oldest,
    Newest,
}

/// The end of a page, where the next one continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CaseCursor {
    rank: i64,
    id: CaseId,
}

/// A page of cases, and the total count by state.
#[derive(Debug)]
pub(super) struct CaseListing<'a> {
    pub(super) cases: Vec<&'a CaseSnapshot>,
    pub(super) next: Option<CaseCursor>,
    /// In the order of [`CaseState`].
    pub(super) counts: [usize; CaseState::COUNT],
}

/// Lists the first `limit` cases after `after`. Uses memory for one page, however many cases
/// there are. Skips cases in queues that `[hide]` names.
pub(super) fn list_cases<'a>(
    snapshot: &'a Snapshot,
    filter: &CaseFilter,
    after: Option<&CaseCursor>,
    limit: usize,
) -> CaseListing<'a> {
    let mut hidden = HiddenQueues::new(snapshot);
    let after = after.map(|cursor| (cursor.rank, &cursor.id));
    let mut first: BTreeSet<(i64, &CaseId)> = BTreeSet::new();
    let mut is_more = false;
    let mut counts = [0; CaseState::COUNT];
    for (id, case) in &snapshot.cases {
        if !filter.matches_place(case) || hidden.hides_case(case) {
            continue;
        }
        counts[case.state as usize] += 1;
        let position = (filter.order.sort_rank(case), id);
        if !filter.is_in_state(case) || after.is_some_and(|after| position <= after) {
            continue;
        }
        first.insert(position);
        if limit < first.len() {
            first.pop_last();
            is_more = true;
        }
    }
    let last = first.last().filter(|_| is_more);
    CaseListing {
        next: last.map(|(rank, id)| CaseCursor {
            rank: *rank,
            id: (*id).clone(),
        }),
        cases: (first.into_iter())
            .filter_map(|(_, id)| snapshot.cases.get(id))
            .collect(),
        counts,
    }
}

impl CaseFilter {
    fn matches_place(&self, case: &CaseSnapshot) -> bool {
        let is_placed = match &self.queue {
            QueueFilter::Any => true,
            QueueFilter::Unknown => case.queue.is_none(),
            QueueFilter::In(queue) => case.queue.as_ref() == Some(queue),
        };
        is_placed && (self.agent.as_ref()).is_none_or(|agent| case.agent.as_ref() == Some(agent))
    }

    fn is_in_state(&self, case: &CaseSnapshot) -> bool {
        self.states.is_empty() || self.states.contains(&case.state)
    }
}

impl CaseOrder {
    fn sort_rank(self, case: &CaseSnapshot) -> i64 {
        let entered = entered_at(case).map(Timestamp::as_millisecond);
        match self {
            Self::Id => 0,
            Self::Oldest => entered.unwrap_or(i64::MAX),
            Self::Newest => entered.map_or(i64::MAX, |entered| -entered),
        }
    }
}

impl CaseCursor {
    /// Starts after the case with this ID, in order of ID.
    pub(super) fn from_id(id: CaseId) -> Self {
        Self { rank: 0, id }
    }

    pub(super) fn id(&self) -> &CaseId {
        &self.id
    }

    /// `1763629200500~chat/17`; see [`CaseCursor::parse`].
    pub(super) fn to_text(&self) -> String {
        format!("{}~{}", self.rank, self.id)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (rank, rest) = text.split_once('~')?;
        Some(Self {
            rank: rank.parse().ok()?,
            id: parse_id(rest)?,
        })
    }
}

/// When a case was created or entered its state, by its source's clock.
pub(super) fn entered_at(case: &CaseSnapshot) -> Option<Timestamp> {
    match case.state {
        CaseState::Waiting => case.waits_since.or(case.created_at),
        CaseState::Open => case.opened_at.or(case.created_at),
        CaseState::Closed | CaseState::Abandoned | CaseState::Unconfirmed => case.created_at,
    }
}

/// `chat/17`.
pub(super) fn parse_id(text: &str) -> Option<Id> {
    let (source, external) = text.split_once('/')?;
    Some(Id::new(&SourceId::from(source), external))
}

/// Remembers whether each queue is hidden, looked up once.
struct HiddenQueues<'a> {
    snapshot: &'a Snapshot,
    known: HashMap<&'a QueueId, bool>,
}

impl<'a> HiddenQueues<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            known: HashMap::new(),
        }
    }

    fn hides_case(&mut self, case: &'a CaseSnapshot) -> bool {
        let patterns = &self.snapshot.site.hidden_queues;
        let Some(queue) = case.queue.as_ref().filter(|_| !patterns.is_empty()) else {
            return false;
        };
        *(self.known.entry(queue)).or_insert_with(|| {
            let id = queue.to_string();
            patterns.iter().any(|pattern| pattern.matches(&id))
        })
    }
}
