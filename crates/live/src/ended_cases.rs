//! The cases that have just ended, for those who write their records. A live state that shows the present
//! doesn't follow them.

use wallboard_domain::{CaseEnd, CaseId};

use super::snapshot::{CaseSnapshot, CaseState};

/// The cases that ended since they were last taken.
#[derive(Debug, Default)]
pub(super) struct EndedCases {
    ids: Vec<CaseId>,
    is_followed: bool,
}

/// A comparison tells nothing about what isn't part of the state.
impl PartialEq for EndedCases {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl EndedCases {
    pub(super) fn follow(&mut self) {
        self.is_followed = true;
    }

    pub(super) fn take(&mut self) -> Vec<CaseId> {
        std::mem::take(&mut self.ids)
    }

    /// Notes that a case has ended. A reported end follows an estimated one, and an earlier one whose reopening
    /// wasn't seen.
    pub(super) fn follow_change(&mut self, before: Option<&CaseSnapshot>, after: &CaseSnapshot) {
        if !self.is_followed {
            return;
        }
        let ended_before = before.and_then(CaseSnapshot::end);
        let is_new = match after.end() {
            None => false,
            Some(CaseEnd::Closed) => {
                ended_before != Some(CaseEnd::Closed)
                    || before.is_some_and(|before| before.closed_at != after.closed_at)
            }
            Some(CaseEnd::Abandoned | CaseEnd::Unseen) => ended_before.is_none(),
        };
        if is_new {
            self.ids.push(after.id.clone());
        }
    }
}

impl CaseSnapshot {
    /// How it ended; `None` if it didn't, or if nothing is known of it but its transcript.
    pub(super) fn end(&self) -> Option<CaseEnd> {
        let was_there = self.opened_at.is_some() || self.waits_since.is_some();
        match self.state {
            CaseState::Waiting | CaseState::Open | CaseState::Unconfirmed => None,
            CaseState::Abandoned => Some(CaseEnd::Abandoned),
            CaseState::Closed if self.closed_at.is_some() => Some(CaseEnd::Closed),
            CaseState::Closed => was_there.then_some(CaseEnd::Unseen),
        }
    }
}
