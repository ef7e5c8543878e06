//! How the statistics fare that a source asks its vendor for: for the sources page.

use std::sync::Arc;

use jiff::Timestamp;

/// Told by the source whenever it changes. Times are on our own clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionStats {
    /// Since when we are signed in.
    pub signed_in_at: Option<Timestamp>,
    /// `long-polling`, `websocket` or `polling`.
    pub transport: &'static str,
    /// Host and port that answer now.
    pub address: String,
    pub subscriptions: usize,
    /// Statistics that are asked for.
    pub statistics: usize,
    /// Of those: how many the vendor says to be without a valid value now.
    pub invalid: usize,
    /// Of those: what the vendor refuses, and why. At most [`Account::MOST_REFUSED`].
    pub rejected: Vec<(Arc<str>, Arc<str>)>,
    /// How many it refuses in all.
    pub rejected_count: usize,
    /// When the vendor last told a value by itself, or answered with some.
    pub last_value_at: Option<Timestamp>,
}

impl SubscriptionStats {
    pub const MAX_REJECTED: usize = 50;
}
