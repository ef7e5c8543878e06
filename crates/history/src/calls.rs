//! Single calls, as the vendors that have some give them to reports.

use wallboard_store::NameClass;

use crate::intervals::{ContactOutcome, QueueContact};

/// One queue leg of a call.
#[derive(Clone, Debug)]
pub struct StoredCall {
    /// The vendor's ids.
    pub id: i64,
    pub queue: i64,
    pub agent: Option<i64>,
    pub contact: QueueContact,
    pub outcome: ContactOutcome,
    /// The caller's number, if it is stored.
    pub caller: Option<String>,
}

/// A call in a queue, with who called as a number that says it of nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerCall {
    /// The vendor's ID.
    pub queue: i64,
    pub joined: i64,
    /// Equal for all queue legs of one call; `None` of a call without others.
    pub call: Option<u64>,
    /// Equal for all calls of one number; `None` if it isn't known.
    pub caller: Option<u64>,
}

/// Selects calls that joined in `from..to` (Unix seconds).
#[derive(Clone, Debug)]
pub struct CallQuery {
    pub from: i64,
    pub to: i64,
    pub queues: Option<Vec<i64>>,
    pub agents: Option<Vec<i64>>,
    pub outcome: Option<ContactOutcome>,
    /// A code of one of the classes that a queue leg has.
    pub code: Option<(NameClass, i64)>,
    /// Only calls after this one, by join time and id.
    pub after: Option<(i64, i64)>,
    pub limit: usize,
}

impl StoredCall {
    /// The key that calls are sorted by.
    pub fn sort_key(&self) -> (i64, i64) {
        (self.contact.joined, self.id)
    }
}

impl CallQuery {
    /// Whether a call matches, apart from its code.
    pub(crate) fn matches_call(&self, call: &StoredCall) -> bool {
        let is_one = |ids: &Option<Vec<i64>>, id: Option<i64>| match ids {
            Some(ids) => id.is_some_and(|id| ids.contains(&id)),
            None => true,
        };
        is_one(&self.queues, Some(call.queue))
            && is_one(&self.agents, call.agent)
            && self.outcome.is_none_or(|outcome| outcome == call.outcome)
            && self.after.is_none_or(|after| after < call.sort_key())
    }
}
