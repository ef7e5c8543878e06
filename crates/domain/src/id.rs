//! Identifiers of queues, agents and cases. An id is the source's own id, prefixed by the source:
//! `chat/3f2b…`.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// A configured source (`chat`, `voice`): lower-case letters, digits and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceId(pub Arc<str>);

impl SourceId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SourceId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An entity by its source's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Id {
    pub source: SourceId,
    /// The vendor's id, unchanged.
    pub external: Arc<str>,
}

impl Id {
    pub fn new(source: &SourceId, external: &str) -> Self {
        Self {
            source: source.clone(),
            external: external.into(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It's written so often that the formatter's machinery shows.
        f.write_str(&self.source.0)?;
        f.write_str("/")?;
        f.write_str(&self.external)
    }
}

/// A queue; a competence group in Vngage.
pub type QueueId = Id;
/// An agent as one source knows them.
pub type AgentId = Id;
/// A contact: a Vngage case.
pub type CaseId = Id;

/// The subject of a reported value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MetricSubject {
    Queue(QueueId),
    Agent(AgentId),
}
