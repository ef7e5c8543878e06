//! Where a source resumes after a restart of the product, and the proof that nobody else consumed
//! since.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SourceId;

/// The point from which a source may resume without a discontinuity. Times are on our wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumePoint {
    /// When its connection last proved alive.
    pub alive_at: Timestamp,
    /// The message that the source held unacknowledged, if it held one.
    #[serde(default)]
    pub held: Option<HeldMessage>,
    /// The sentinels of which one must be upstream.
    #[serde(default)]
    pub sentinels: Option<[SentinelId; 2]>,
    /// Whether the whole configuration was ever requested.
    #[serde(default)]
    pub is_configuration_requested: bool,
}

/// The newest message of a log. The source holds it unacknowledged, so it must be delivered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMessage {
    pub digest: MessageDigest,
    /// When it arrived; `None` if it had waited upstream for nobody knows how long.
    pub since: Option<Timestamp>,
}

/// A digest of a message, by which it's recognized when it is delivered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageDigest(pub u64);

/// The restart sentinel of one consumer, by a random number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SentinelId(pub u32);

/// The state that a later process must find upstream to continue from the log. It's logged with what
/// was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeProof {
    pub source: SourceId,
    /// The newest message, which stays unacknowledged until a newer one is in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<MessageDigest>,
    /// The sentinel that was found, and the one that replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentinels: Option<[SentinelId; 2]>,
}
