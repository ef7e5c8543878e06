//! How long an agent has been in a status for longer than allowed.

use crate::merge::AgentPresence;
use wallboard_domain::moment;

use super::{Evaluator, ShownFreshness};

impl Evaluator<'_> {
    /// Returns the time beyond the limit for an agent's status, in milliseconds; `None` within it, or
    /// without one. Schedules the moment when the limit is reached.
    pub fn time_over_limit(&mut self, presence: &AgentPresence<'_>) -> Option<i64> {
        let site = &self.snapshot.site;
        let ids = std::iter::once(presence.id).chain(presence.agents.iter().map(|agent| &agent.id));
        let mut limits = ids.filter_map(|id| site.state_limit(id, presence.status));
        let (limit_ms, since) = limits.next().zip(presence.since)?;
        let over_ms = moment::millis_between(since, self.now.wall) - limit_ms;
        match self.shown_freshness(presence.freshness, None) {
            // How long a status lasts is unknown once its source is disconnected.
            ShownFreshness::OutOfDate | ShownFreshness::Expired => None,
            _ if 0 <= over_ms => Some(over_ms),
            ShownFreshness::UpToDate => {
                self.schedule_change(self.now.monotonic.plus_millis(-over_ms));
                None
            }
            ShownFreshness::Reconnecting | ShownFreshness::Unknown => None,
        }
    }
}
