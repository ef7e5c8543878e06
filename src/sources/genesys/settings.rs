//! What a Genesys source needs to know.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use crate::{
    domain::{AgentState, SourceId},
    sources::{Hidden, statserver::Statistic},
};

/// One configured Statistics API.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub id: SourceId,
    /// `https://api.example.com`, without a slash at its end; all is below it.
    pub base_url: String,
    /// Sent as `x-api-key`; empty where none is configured.
    pub api_key: Hidden,
    /// Trusted besides the system's roots.
    pub ca_file: Option<PathBuf>,
    pub mode: Mode,
    pub transport: Transport,
    /// Statistics of one subscription, or of one question when polling.
    pub chunk: usize,
    /// Stat Server's names (in lower case) or numbers to our states, before the built-in table.
    pub states: HashMap<String, AgentState>,
    /// Reason codes in words.
    pub reasons: HashMap<String, String>,
    pub auth: Auth,
    /// Very many: nobody has them twice.
    pub statistics: Arc<[Asked]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Subscribe,
    /// Asks so often.
    Poll(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// WebSocket if the server offers it, else long-polling.
    Auto,
    LongPolling,
    WebSocket,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Auth {
    pub token_url: String,
    pub grant: Grant,
    pub client_id: String,
    pub client_secret: Hidden,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Grant {
    Password { username: String, password: Hidden },
    ClientCredentials,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub statistic: Statistic,
    pub how: How,
}

/// How the vendor knows what is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// Pre-configured there, by the statistic's name.
    Name,
    /// Defined here, as the API wants it; shared by all objects of an entry.
    Definition(Arc<serde_json::Value>),
}
