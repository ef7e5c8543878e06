//! The level of an alert: that of its subject now, the highest that it had, and the one that was told.

use jiff::Timestamp;

use crate::{Alert, AlertLevel, ending::CALM_FOR};

impl Alert {
    /// The highest level that it had.
    pub fn level_max(&self) -> AlertLevel {
        let earlier = self.earlier_level_max;
        earlier.map_or(self.level, |earlier| earlier.max(self.level))
    }

    /// Sets the level that its subject has now. Returns whether it's another one.
    pub(crate) fn set_level(&mut self, level: AlertLevel, now: Timestamp) -> bool {
        if level == self.level {
            return false;
        }
        self.earlier_level_max = Some(self.level_max());
        (self.level, self.level_since) = (level, Some(now));
        true
    }

    /// Whether it was critical before it was less than that.
    pub(crate) fn was_critical(&self) -> bool {
        self.earlier_level_max == Some(AlertLevel::Critical)
    }

    /// Forgets a higher level once the alert has been lower for a while, so that people are told when it returns.
    /// Not while somebody has the alert or snoozed it. Returns whether it did.
    pub(crate) fn lower_told_level(&mut self, now: Timestamp) -> bool {
        let is_lower = self.told_level.is_some_and(|told| self.level < told);
        let has_lasted = self
            .level_since
            .is_some_and(|since| CALM_FOR <= now.duration_since(since));
        let is_lowered = is_lower && has_lasted && self.owner.is_none() && !self.is_snoozed(now);
        if is_lowered {
            self.told_level = Some(self.level);
        }
        is_lowered
    }
}
