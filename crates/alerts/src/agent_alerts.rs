//! Room for alerts: those about agents are fewer than all others, and forgotten sooner; those about queues leave room for
//! the few about what queues depend on.

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::Moment;
use wallboard_live::Snapshot;

use crate::{Alert, AlertBook, AlertSubject, OPEN_MAX, agent_finding::is_agent_gone};

/// The most about agents that are open at once: they never keep one about a queue from opening.
pub const AGENTS_OPEN_MAX: usize = 200;
/// Places that queues and agents leave to sources, files and screens: in the worst hour, these matter most.
const KEPT_FREE: usize = 100;
/// How long one that ended is kept.
const ENDED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl AlertBook {
    /// Drops alerts about agents that ended a day ago, and those of agents who are gone: forgotten, for example.
    /// Returns whether there were some.
    pub fn drop_ended_agents(&mut self, snapshot: &Snapshot, now: Moment) -> bool {
        let before = self.ended.len();
        self.ended.retain(|alert| match &alert.subject {
            AlertSubject::Agent(id) => {
                !is_old(alert, now.wall) && !is_agent_gone(snapshot, id, now)
            }
            _ => true,
        });
        self.ended.len() < before
    }

    /// How many agents need somebody and have no alert, because there are too many.
    pub fn unopened_agents(&self) -> usize {
        self.unopened_agents
    }

    /// Whether there can't be an alert about one more subject. Counts it then.
    pub(crate) fn is_full_for(&mut self, subject: &AlertSubject) -> bool {
        let is_agent = subject.is_agent();
        let is_one_of_many = is_agent || subject.queue().is_some();
        let open_max = OPEN_MAX - if is_one_of_many { KEPT_FREE } else { 0 };
        let agents = self.open.iter().filter(|alert| alert.subject.is_agent());
        let is_full =
            open_max <= self.open.len() || (is_agent && AGENTS_OPEN_MAX <= agents.count());
        if is_agent {
            self.unopened_agents += usize::from(is_full);
        } else {
            self.unopened += usize::from(is_full);
        }
        is_full
    }
}

fn is_old(alert: &Alert, now: Timestamp) -> bool {
    ENDED_FOR <= now.duration_since(alert.end(now))
}
