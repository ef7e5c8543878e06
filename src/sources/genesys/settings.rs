//! What a Genesys source needs to know.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use crate::{
    domain::{AgentStatus, SourceId},
    sources::{RedactedText, statserver::Statistic},
};

/// One configured Statistics API.
#[derive(Clone, Debug, PartialEq)]
pub struct GenesysSettings {
    pub id: SourceId,
    /// `https://api.example.com`, without a slash at its end; all is below it.
    pub base_url: String,
    /// Sent as `x-api-key`; empty where none is configured.
    pub api_key: RedactedText,
    /// Trusted besides the system's roots.
    pub ca_file: Option<PathBuf>,
    pub mode: GenesysMode,
    pub transport: NotificationTransport,
    /// Statistics of one subscription, or of one question when polling.
    pub chunk: usize,
    /// Stat Server's names (in lower case) or numbers to our states, before the built-in table.
    pub states: HashMap<String, AgentStatus>,
    /// Reason codes in words.
    pub reasons: HashMap<String, String>,
    pub auth: OAuthSettings,
    /// Very many: nobody has them twice.
    pub statistics: Arc<[GenesysStatistic]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenesysMode {
    Subscribe,
    /// Asks so often.
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

/// How the vendor knows what is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticReference {
    /// Pre-configured there, by the statistic's name.
    Name,
    /// Defined here, as the API wants it; shared by all objects of an entry.
    Definition(Arc<serde_json::Value>),
}
