//! What a GMS source needs to know.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use crate::{
    domain::{AgentStatus, SourceId},
    sources::{RedactedText, statserver::Statistic},
};

/// One configured GMS, which may be several nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct GmsSettings {
    pub id: SourceId,
    /// `http://gms-a:8080/genesys/1`, without a slash at its end and without
    /// credentials; at least one. The next is tried when one fails.
    pub base_urls: Vec<String>,
    /// With it `/statistic` and `/statistics` are asked, without `/internal_statistic`.
    pub credentials: Option<(String, RedactedText)>,
    /// Trusted besides the system's roots.
    pub ca_file: Option<PathBuf>,
    pub interval: Duration,
    pub max_age: Duration,
    /// Stat Server's names (in lower case) or numbers to our states, before the built-in table.
    pub states: HashMap<String, AgentStatus>,
    /// Reason codes in words.
    pub reasons: HashMap<String, String>,
    pub statistics: Vec<GmsStatistic>,
}

impl GmsSettings {
    /// Where a node is asked for one statistic.
    pub(super) fn single_url(&self, node: usize) -> String {
        let path = match self.credentials {
            Some(_) => "statistic",
            None => "internal_statistic",
        };
        format!("{}/{path}", self.base_urls[node])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct GmsStatistic {
    pub statistic: Statistic,
    pub tenant: String,
    pub tenant_password: RedactedText,
    /// `NoNotification`, `Reset` or `Immediate`; sent where configured.
    pub notification_mode: Option<String>,
}
