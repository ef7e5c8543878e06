//! Settings of a Genesys source.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use crate::{RedactedText, statserver::Statistic};
use wallboard_domain::{AgentStatus, SourceId};

/// One configured Statistics API.
#[derive(Clone, Debug, PartialEq)]
pub struct GenesysSettings {
    pub id: SourceId,
    /// `https://api.example.com`, without a trailing slash; all requests go below it.
    pub base_url: String,
    /// Sent as `x-api-key`; empty if none is configured.
    pub api_key: RedactedText,
    /// Trusted in addition to the system's root certificates.
    pub ca_file: Option<PathBuf>,
    pub mode: GenesysMode,
    pub transport: NotificationTransport,
    /// Statistics per subscription, or per request when polling.
    pub chunk: usize,
    /// Maps Stat Server's names (in lowercase) or numbers to our states, before the built-in table.
    pub states: HashMap<String, AgentStatus>,
    /// Labels of reason codes.
    pub reasons: HashMap<String, String>,
    pub auth: OAuthSettings,
    /// Shared instead of cloned, because there can be very many.
    pub statistics: Arc<[GenesysStatistic]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesysMode {
    Subscribe,
    /// Polls at this interval.
    Poll(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationTransport {
    /// WebSocket if the server offers it, else long-polling.
    Auto,
    LongPolling,
    WebSocket,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OAuthSettings {
    pub token_url: String,
    pub grant: OAuthGrant,
    pub client_id: String,
    pub client_secret: RedactedText,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OAuthGrant {
    Password {
        username: String,
        password: RedactedText,
    },
    ClientCredentials,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GenesysStatistic {
    pub statistic: Statistic,
    pub reference: StatisticReference,
}

/// The way to identify a statistic to the vendor.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticReference {
    /// Configured at the vendor, under the statistic's name.
    Name,
    /// Defined here in the API's format; shared by all objects of an entry.
    Definition(Arc<serde_json::Value>),
}
