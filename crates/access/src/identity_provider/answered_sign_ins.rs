//! Sign-ins that were answered at this node: each is answered once. At other nodes, the provider's code
//! and the browser's cookie are what makes a second answer worthless.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;
use parking_lot::Mutex;

use super::pending_sign_in::{SignInId, WAITING_MAX};

/// How many are remembered. The oldest makes way, and then its code has been used all the same.
const COUNT_MAX: usize = 20_000;

/// Answered sign-ins, for as long as their `state` holds.
#[derive(Debug, Default)]
pub(super) struct AnsweredSignIns(Mutex<Answered>);

#[derive(Debug, Default)]
struct Answered {
    known: HashSet<SignInId>,
    in_order: VecDeque<(SignInId, Timestamp)>,
}

impl AnsweredSignIns {
    /// Notes that a sign-in is answered. Returns false if it was before.
    pub(super) fn record(&self, id: SignInId, now: Timestamp) -> bool {
        let mut answered = self.0.lock();
        if !answered.known.insert(id) {
            return false;
        }
        answered.in_order.push_back((id, now));
        answered.forget_old(now);
        true
    }
}

impl Answered {
    fn forget_old(&mut self, now: Timestamp) {
        // A state of a node whose clock is ahead lasts longer.
        let longest = 2 * WAITING_MAX;
        while let Some((id, since)) = self.in_order.front() {
            let age = std::time::Duration::try_from(now.duration_since(*since));
            let is_old = age.is_ok_and(|age| longest < age);
            if !is_old && self.in_order.len() <= COUNT_MAX {
                break;
            }
            self.known.remove(id);
            self.in_order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> SignInId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&n.to_be_bytes());
        id
    }

    #[test]
    fn a_sign_in_is_answered_once_while_its_state_holds() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let answered = AnsweredSignIns::default();
        assert!(answered.record(id(1), at(0)));
        assert!(!answered.record(id(1), at(630)));
        assert!(answered.record(id(2), at(1_201)));
        assert_eq!(answered.0.lock().known.len(), 1);
    }

    #[test]
    fn a_flood_of_answers_takes_bounded_memory() {
        let answered = AnsweredSignIns::default();
        let now = Timestamp::UNIX_EPOCH;
        for n in 0..COUNT_MAX as u64 + 500 {
            assert!(answered.record(id(n), now));
        }
        let state = answered.0.lock();
        assert_eq!(
            (state.known.len(), state.in_order.len()),
            (COUNT_MAX, COUNT_MAX)
        );
        drop(state);
        assert!(
            !answered.record(id(COUNT_MAX as u64), now),
            "the newest stay"
        );
    }
}
