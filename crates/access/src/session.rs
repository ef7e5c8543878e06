//! Sessions: what a browser proves who it is with after sign-in.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_store::RecordKind;

use super::UserId;

/// The records of sessions, under the hash of their token.
pub(super) const SESSIONS: RecordKind = RecordKind::new("session");

/// A session ends when nobody used it for this long, even before it expires.
pub(super) const IDLE_MAX: SignedDuration = SignedDuration::from_mins(90);
/// How precisely the last use is stored: in a cluster, each time is a write that every node reads. After
/// a restart or at another node, an unused session ends this much earlier at most.
pub(super) const USE_STORED_EVERY: SignedDuration = SignedDuration::from_mins(45);

/// A sign-in that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: UserId,
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// As stored: the real one may be up to `USE_STORED_EVERY` later.
    pub last_used_at: Timestamp,
    /// Which browser it is, as people say it.
    pub device: String,
    pub address: IpAddr,
}

impl Session {
    /// Whether it holds if it was last used at that time.
    pub(super) fn is_valid(&self, last_used: Timestamp, now: Timestamp) -> bool {
        now < self.expires_at && now.duration_since(last_used) < IDLE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ends_when_unused_or_expired() {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        let session = Session {
            user: UserId::of_name("a"),
            created_at: at(0),
            expires_at: at(720),
            last_used_at: at(0),
            device: String::new(),
            address: [127, 0, 0, 1].into(),
        };
        assert!(session.is_valid(at(0), at(89)));
        assert!(!session.is_valid(at(0), at(90)));
        assert!(session.is_valid(at(700), at(719)));
        assert!(!session.is_valid(at(719), at(720)));
    }
}
