//! Requests to the vendor, and what they leave behind.

use std::collections::BTreeSet;

use super::{
    super::{envelope::SubscriptionId, statistic_registry::StatisticIndex},
    batches::StatisticBatch,
    value_refresh::ValueRefresh,
};

/// A request to the vendor.
#[derive(Clone, Debug)]
pub(in crate::genesys) enum ApiJob {
    /// A subscription, or a request for values when polling.
    Request(StatisticBatch),
    Refresh(ValueRefresh),
    Unsubscribe(SubscriptionId),
}

/// Identifies a running job and the epoch in which it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::genesys) struct JobTicket {
    pub(super) epoch: u64,
    pub(super) number: u64,
}

/// A subscription that the vendor has confirmed.
#[derive(Debug)]
pub(super) struct ConfirmedSubscription {
    pub(super) id: SubscriptionId,
    pub(super) members: BTreeSet<StatisticIndex>,
}
