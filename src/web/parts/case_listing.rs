//! Selects the cases to list, sorted and paged, for the page and the API.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use strum::EnumCount;

use wallboard_domain::{AgentId, CaseId, Id, NaturalOrder, QueueId, SourceId};
use wallboard_live::{CaseSnapshot, CaseState, Snapshot};

/// The requested cases. By default all, by ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct CaseFilter {
    /// Empty: all.
    pub(in crate::web) states: Vec<CaseState>,
    pub(in crate::web) queue: QueueFilter,
    pub(in crate::web) agent: Option<AgentId>,
    pub(in crate::web) order: CaseOrder,
}

/// The queue to filter by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web) enum QueueFilter {
    #[default]
    Any,
    /// No queue reported yet.
    Unknown,
    In(QueueId),
}

/// The order of cases. Ties: the longest in its state first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::web) enum CaseOrder {
    #[default]
    Id,
    /// The longest in its state first.
    Oldest,
    Newest,
    /// In the order of [`CaseState`]: waiting first.
    State,
    CreatedFirst,
    CreatedLast,
    /// By name; cases without one last.
    Queue,
    Agent,
}

/// The place in the order, then the time in the state.
type CaseRank = (i64, i64);

/// The end of a page, where the next one continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct CaseCursor {
    rank: CaseRank,
    id: CaseId,
}

/// A page of cases, and the total count by state.
#[derive(Debug)]
pub(in crate::web) struct CaseListing<'a> {
    pub(in crate::web) cases: Vec<&'a CaseSnapshot>,
    pub(in crate::web) next: Option<CaseCursor>,
    /// In the order of [`CaseState`].
    pub(in crate::web) counts: [usize; CaseState::COUNT],
}

/// Lists the first `limit` cases after `after`. Uses memory for one page, however many cases
/// there are. Skips cases in queues that `[hide]` names.
pub(in crate::web) fn list_cases<'a>(
    snapshot: &'a Snapshot,
    filter: &CaseFilter,
    after: Option<&CaseCursor>,
    limit: usize,
) -> CaseListing<'a> {
    let mut hidden = HiddenQueues::new(snapshot);
    let after = after.map(|cursor| (cursor.rank, &cursor.id));
    let names = NameRanks::new(snapshot, filter.order);
    let mut first: BTreeSet<(CaseRank, &CaseId)> = BTreeSet::new();
    let mut is_more = false;
    let mut counts = [0; CaseState::COUNT];
    for (id, case) in &snapshot.cases {
        if !filter.matches_place(case) || hidden.hides_case(case) {
            continue;
        }
        counts[case.state as usize] += 1;
        let position = (filter.order.sort_rank(case, &names), id);
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
    fn sort_rank(self, case: &CaseSnapshot, names: &NameRanks<'_>) -> CaseRank {
        let oldest = |at: Option<Timestamp>| at.map_or(i64::MAX, Timestamp::as_millisecond);
        let newest = |at: Option<Timestamp>| at.map_or(i64::MAX, |at| -at.as_millisecond());
        let entered = entered_at(case);
        let place = match self {
            Self::Id => return (0, 0),
            Self::Newest => return (0, newest(entered)),
            Self::Oldest => 0,
            Self::State => case.state as i64,
            Self::CreatedFirst => oldest(case.created_at),
            Self::CreatedLast => newest(case.created_at),
            Self::Queue => names.rank(case.queue.as_ref()),
            Self::Agent => names.rank(case.agent.as_ref()),
        };
        (place, oldest(entered))
    }
}

/// The place of each queue or agent in the order of names; empty if the order doesn't need it.
struct NameRanks<'a>(HashMap<&'a Id, i64>);

impl<'a> NameRanks<'a> {
    fn new(snapshot: &'a Snapshot, order: CaseOrder) -> Self {
        let mut names: Vec<(NaturalOrder<String>, &Id)> = match order {
            CaseOrder::Queue => (snapshot.queues.values())
                .map(|queue| (NaturalOrder(snapshot.queue_name(queue)), &queue.id))
                .collect(),
            CaseOrder::Agent => (snapshot.agents.values())
                .map(|agent| {
                    let name = snapshot.site.format_name(&snapshot.agent_name(agent));
                    (NaturalOrder(name), &agent.id)
                })
                .collect(),
            _ => Vec::new(),
        };
        names.sort();
        Self((0..).zip(names).map(|(rank, (_, id))| (id, rank)).collect())
    }

    fn rank(&self, id: Option<&Id>) -> i64 {
        let rank = id.and_then(|id| self.0.get(id));
        rank.copied().unwrap_or(i64::MAX)
    }
}

impl CaseCursor {
    /// Starts after the case with this ID, in order of ID.
    pub(in crate::web) fn from_id(id: CaseId) -> Self {
        Self { rank: (0, 0), id }
    }

    pub(in crate::web) fn id(&self) -> &CaseId {
        &self.id
    }

    /// `0~1763629200500~chat/17`; see [`CaseCursor::parse`].
    pub(in crate::web) fn to_text(&self) -> String {
        let (place, entered) = self.rank;
        format!("{place}~{entered}~{}", self.id)
    }

    pub(in crate::web) fn parse(text: &str) -> Option<Self> {
        let (place, rest) = text.split_once('~')?;
        let (entered, id) = rest.split_once('~')?;
        Some(Self {
            rank: (place.parse().ok()?, entered.parse().ok()?),
            id: parse_id(id)?,
        })
    }
}

/// When a case was created or entered its state, by its source's clock.
pub(in crate::web) fn entered_at(case: &CaseSnapshot) -> Option<Timestamp> {
    match case.state {
        CaseState::Waiting => case.waits_since.or(case.created_at),
        CaseState::Open => case.opened_at.or(case.created_at),
        CaseState::Closed | CaseState::Abandoned | CaseState::Unconfirmed => case.created_at,
    }
}

/// `chat/17`.
pub(in crate::web) fn parse_id(text: &str) -> Option<Id> {
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
        let site = &self.snapshot.site;
        let Some(queue) = &case.queue else {
            return false;
        };
        *(self.known.entry(queue)).or_insert_with(|| site.hides_queue(queue))
    }
}
