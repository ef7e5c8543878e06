//! A notice: what to tell about an alert, on which channels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Alert, AlertId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    Opened,
    /// It was a warning, and is critical now.
    Worsened,
    /// Nobody has taken it for a while.
    Repeated,
    Over,
}

/// A notice for channels. The alert is as it is at that moment.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertNotice {
    pub kind: NoticeKind,
    pub alert: Alert,
    /// The names of channels, each with the first rule by which it is told.
    pub channels: BTreeMap<String, String>,
    /// Its subject comes and goes, or nobody takes it: the rule's rate may hold it back.
    pub may_wait: bool,
}

impl AlertNotice {
    pub fn alert(&self) -> AlertId {
        self.alert.id
    }

    /// The same for each attempt to send it to a channel, so that receivers can drop repeats.
    pub fn message_id(&self, channel: &str) -> String {
        format!(
            "{}-{}-{channel}",
            self.alert.id.0.simple(),
            self.alert.notices
        )
    }
}
