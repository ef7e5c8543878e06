//! Health of the statistics that a source requests from its vendor, for the sources page.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StaticText;

/// Reported by the source on every change. Times are by our clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionStats {
    /// When we signed in.
    pub signed_in_at: Option<Timestamp>,
    /// `long-polling`, `websocket` or `polling`.
    #[serde(deserialize_with = "super::static_text::deserialize")]
    pub transport: StaticText,
    /// Host and port that we're connected to.
    pub address: String,
    pub subscriptions: usize,
    /// The number of requested statistics.
    pub statistics: usize,
    /// Of those: the number without a valid value now, by the vendor's report.
    pub invalid: usize,
    /// Of those: the rejected ones, each with the reason. At most
    /// [`SubscriptionStats::MAX_REJECTED`].
    pub rejected: Vec<(Arc<str>, Arc<str>)>,
    /// The number of all rejected statistics.
    pub rejected_count: usize,
    /// When the vendor last pushed a value or answered with some.
    pub last_value_at: Option<Timestamp>,
}

impl SubscriptionStats {
    pub const MAX_REJECTED: usize = 50;
}
