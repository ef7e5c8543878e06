//! How fresh a value is shown: its freshness with the time since the disconnect.

use crate::{
    freshness::{GONE_AFTER, GRAY_AFTER},
    snapshot::{Freshness, Outage},
};
use wallboard_domain::MonotonicTime;

use super::Evaluator;

/// The freshness of something that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownFreshness {
    UpToDate,
    /// Disconnected moments ago: clocks stop, nothing is gray yet.
    Reconnecting,
    /// The last known value, out of date.
    OutOfDate,
    /// Too old to be shown.
    Expired,
    /// Never reported.
    Unknown,
}

impl ShownFreshness {
    pub fn is_out_of_date(self) -> bool {
        matches!(self, Self::OutOfDate | Self::Expired)
    }

    /// Whether its value can be judged.
    pub fn is_current(self) -> bool {
        matches!(self, Self::UpToDate | Self::Reconnecting)
    }
}

impl Evaluator<'_> {
    /// Returns how fresh a value last received at `received_at` is shown.
    pub fn shown_freshness(
        &mut self,
        freshness: Freshness,
        received_at: Option<MonotonicTime>,
    ) -> ShownFreshness {
        match freshness {
            Freshness::UpToDate => ShownFreshness::UpToDate,
            Freshness::Unknown => ShownFreshness::Unknown,
            Freshness::Disconnected(Outage { monotonic, .. })
                if self.now.monotonic.millis_since(monotonic) < GRAY_AFTER =>
            {
                self.schedule_change(monotonic.plus_millis(GRAY_AFTER));
                ShownFreshness::Reconnecting
            }
            Freshness::Disconnected(Outage { monotonic, .. }) => {
                self.out_of_date_or_expired(monotonic)
            }
            Freshness::OutOfDate => received_at.map_or(ShownFreshness::OutOfDate, |received_at| {
                self.out_of_date_or_expired(received_at)
            }),
        }
    }

    fn out_of_date_or_expired(&mut self, received_at: MonotonicTime) -> ShownFreshness {
        if self.now.monotonic.millis_since(received_at) < GONE_AFTER {
            self.schedule_change(received_at.plus_millis(GONE_AFTER));
            ShownFreshness::OutOfDate
        } else {
            ShownFreshness::Expired
        }
    }
}
