//! Which cases are listed, a page at a time. Page and API choose alike.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::{
    domain::{AgentId, CaseId, Id, QueueId, SourceId},
    live::{Case, CaseState, Picture},
};

/// What is asked for. By default every case, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Empty: all.
    pub(super) states: Vec<CaseState>,
    pub(super) place: Place,
    pub(super) agent: Option<AgentId>,
    pub(super) order: Order,
}

/// Where a case is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    #[default]
    Anywhere,
    /// In a queue that nobody has told yet.
    Unknown,
    In(QueueId),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Id,
    Oldest,
    Newest,
}

/// Where a page ended; the next one goes on behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    rank: i64,
    id: CaseId,
}

/// A page of cases, and how many there are of each state in all.
#[derive(Debug)]
pub(super) struct Listing<'a> {
    pub(super) cases: Vec<&'a Case>,
    pub(super) next: Option<Mark>,
    /// In the order of [`CaseState::ALL`].
    pub(super) counts: [usize; CaseState::ALL.len()],
}

/// The first `limit` cases behind `after`. Holds no more than a page, however
/// many cases there are. What is in a queue that `[hide]` names is no case here.
pub(super) fn list<'a>(
    picture: &'a Picture,
    wanted: &Wanted,
    after: Option<&Mark>,
    limit: usize,
) -> Listing<'a> {
    let mut hidden = Hidden::new(picture);
    let after = after.map(|mark| (mark.rank, &mark.id));
    let mut first: BTreeSet<(i64, &CaseId)> = BTreeSet::new();
    let mut is_more = false;
    let mut counts = [0; CaseState::ALL.len()];
    for (id, case) in &picture.cases {
        if !wanted.is_there(case) || hidden.holds(case) {
            continue;
        }
        if let Some(at) = CaseState::ALL.iter().position(|state| *state == case.state) {
            counts[at] += 1;
        }
        let place = (wanted.order.rank(case), id);
        if !wanted.is_in_state(case) || after.is_some_and(|after| place <= after) {
            continue;
        }
        first.insert(place);
        if limit < first.len() {
            first.pop_last();
            is_more = true;
        }
    }
    let last = first.last().filter(|_| is_more);
    Listing {
        next: last.map(|(rank, id)| Mark {
            rank: *rank,
            id: (*id).clone(),
        }),
        cases: (first.into_iter())
            .filter_map(|(_, id)| picture.cases.get(id))
            .collect(),
        counts,
    }
}

impl Wanted {
    fn is_there(&self, case: &Case) -> bool {
        let is_placed = match &self.place {
            Place::Anywhere => true,
            Place::Unknown => case.queue.is_none(),
            Place::In(queue) => case.queue.as_ref() == Some(queue),
        };
        is_placed && (self.agent.as_ref()).is_none_or(|agent| case.agent.as_ref() == Some(agent))
    }

    fn is_in_state(&self, case: &Case) -> bool {
        self.states.is_empty() || self.states.contains(&case.state)
    }
}

impl Order {
    fn rank(self, case: &Case) -> i64 {
        let born = entered(case).map(Timestamp::as_millisecond);
        match self {
            Self::Id => 0,
            Self::Oldest => born.unwrap_or(i64::MAX),
            Self::Newest => born.map_or(i64::MAX, |born| -born),
        }
    }
}

impl Mark {
    /// Behind the case with this id, where they stand by id.
    pub(super) fn of_id(id: CaseId) -> Self {
        Self { rank: 0, id }
    }

    pub(super) fn id(&self) -> &CaseId {
        &self.id
    }

    /// `1763629200500~chat/17`; see [`Mark::parse`].
    pub(super) fn text(&self) -> String {
        format!("{}~{}", self.rank, self.id)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (rank, rest) = text.split_once('~')?;
        Some(Self {
            rank: rank.parse().ok()?,
            id: id(rest)?,
        })
    }
}

/// When a case came, or came to where it is; by its source's clock.
pub(super) fn entered(case: &Case) -> Option<Timestamp> {
    match case.state {
        CaseState::Waiting => case.waits_since.or(case.created_at),
        CaseState::Open => case.opened_at.or(case.created_at),
        CaseState::Closed | CaseState::Abandoned | CaseState::Unconfirmed => case.created_at,
    }
}

/// `waiting`, `open` …
pub(super) fn state(word: &str) -> Option<CaseState> {
    (CaseState::ALL.into_iter()).find(|state| state.name() == word)
}

/// `chat/17`.
pub(super) fn id(text: &str) -> Option<Id> {
    let (source, external) = text.split_once('/')?;
    Some(Id::new(&SourceId::from(source), external))
}

/// Whether a case's queue is one that is not to be seen, looked up once a queue.
struct Hidden<'a> {
    picture: &'a Picture,
    known: HashMap<&'a QueueId, bool>,
}

impl<'a> Hidden<'a> {
    fn new(picture: &'a Picture) -> Self {
        Self {
            picture,
            known: HashMap::new(),
        }
    }

    fn holds(&mut self, case: &'a Case) -> bool {
        let patterns = &self.picture.site.hidden_queues;
        let Some(queue) = case.queue.as_ref().filter(|_| !patterns.is_empty()) else {
            return false;
        };
        *(self.known.entry(queue)).or_insert_with(|| {
            let id = queue.to_string();
            patterns.iter().any(|pattern| pattern.matches(&id))
        })
    }
}
