//! The configuration of alerts: rules, and channels to send messages to.

use wallboard_alerts::AlertRule;
use wallboard_notify::Channel;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertPlan {
    pub rules: Vec<AlertRule>,
    pub channels: Vec<Channel>,
    /// Where messages link to.
    pub public_url: Option<String>,
}

impl AlertPlan {
    /// Whether anything is watched.
    pub fn has_enabled_rule(&self) -> bool {
        self.rules.iter().any(|rule| rule.is_enabled)
    }
}
