//! Where a source goes on after a restart of the product.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a source may go on without a discontinuity. Times are on our wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumePoint {
    /// When its connection last proved alive.
    pub alive_at: Timestamp,
    /// When the message arrived that the source held unacknowledged, if it held one.
    pub held_since: Option<Timestamp>,
}
