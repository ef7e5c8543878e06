//! Alerts about agents: fewer at once than of all others, and forgotten sooner.

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::Moment;
use wallboard_live::Snapshot;

use crate::{Alert, AlertBook, AlertSubject, agent_finding::is_gone};

/// The most about agents that are open at once: they never keep one about a queue from opening.
pub const AGENTS_OPEN_MAX: usize = 200;
/// How long one that ended is kept.
const ENDED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl AlertBook {
    /// Drops alerts about agents that ended a day ago, and those of agents who are gone: forgotten, for example.
    /// Returns whether there were some.
    pub fn drop_ended_agents(&mut self, snapshot: &Snapshot, now: Moment) -> bool {
        let before = self.ended.len();
        self.ended.retain(|alert| match &alert.subject {
            AlertSubject::Agent(id) => !is_old(alert, now.wall) && !is_gone(snapshot, id, now),
            _ => true,
        });
        self.ended.len() < before
    }

    /// How many agents need somebody and have no alert, because there are too many.
    pub fn unopened_agents(&self) -> usize {
        self.unopened_agents
    }

    /// Whether there can't be an alert about one more subject. Counts it then.
    pub(crate) fn is_full_for(&mut self, subject: &AlertSubject, open_max: usize) -> bool {
        let is_agent = |alert: &&Alert| alert.subject.is_agent();
        let is_full = open_max <= self.open.len();
        if subject.is_agent() {
            let is_full = is_full || AGENTS_OPEN_MAX <= self.open.iter().filter(is_agent).count();
            self.unopened_agents += usize::from(is_full);
            is_full
        } else {
            self.unopened += usize::from(is_full);
            is_full
        }
    }
}

fn is_old(alert: &Alert, now: Timestamp) -> bool {
    ENDED_FOR <= now.duration_since(alert.end(now))
}
