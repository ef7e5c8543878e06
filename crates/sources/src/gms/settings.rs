//! Settings of a GMS source.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use crate::{RedactedText, statserver::Statistic};
use wallboard_domain::{AgentStatus, SourceId};

/// One configured GMS with one or more nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct GmsSettings {
    pub id: SourceId,
    /// Such as `http://gms-a:8080/genesys/1`, without a trailing slash and credentials. At
    /// least one; the next is tried if one fails.
    pub base_urls: Vec<String>,
    /// With credentials, we query `/statistic` and `/statistics`, otherwise
    /// `/internal_statistic`.
    pub credentials: Option<(String, RedactedText)>,
    /// Authorities to trust in addition to the system's roots.
    pub ca_file: Option<PathBuf>,
    pub interval: Duration,
    pub max_age: Duration,
    /// Maps Stat Server's names (in lowercase) or numbers to our statuses, and overrides the
    /// built-in table.
    pub states: HashMap<String, AgentStatus>,
    /// Descriptions by reason code.
    pub reasons: HashMap<String, String>,
    pub statistics: Vec<GmsStatistic>,
}

impl GmsSettings {
    /// The URL for requesting one statistic from a node.
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
    /// `NoNotification`, `Reset` or `Immediate`; sent if configured.
    pub notification_mode: Option<String>,
}
