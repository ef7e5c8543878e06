//! The rates of series: messages that come again and again, such as those of one rule about what flaps.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::send_rate::SendRate;

/// At most so many messages of a series are accepted in any hour, beside those that may not wait.
pub const SERIES_HOURLY_MAX: u32 = 6;

/// The series of a message: a channel gets so many of one in an hour, and a digest of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSeries {
    pub name: String,
    /// The subject of the message, also in other threads: a digest names the newest about it.
    pub about: String,
    /// Whether it waits for the rate of its series; one that doesn't uses the rate up all the same.
    pub may_wait: bool,
}

/// The messages that a channel has left of each series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SeriesRates(BTreeMap<String, SendRate>);

impl SeriesRates {
    /// When all of these have a message left; `None`: at any time.
    pub(super) fn next_at<'n>(&self, names: impl Iterator<Item = &'n String>) -> Option<Timestamp> {
        let rates = names.filter_map(|name| self.0.get(name));
        rates
            .filter_map(|rate| rate.next_at(SERIES_HOURLY_MAX))
            .max()
    }

    /// Whether all of these have a message left.
    pub(super) fn allow<'n>(
        &self,
        names: impl Iterator<Item = &'n String>,
        now: Timestamp,
    ) -> bool {
        self.next_at(names).is_none_or(|next| next <= now)
    }

    pub(super) fn available(&self, name: &str, now: Timestamp) -> i64 {
        let rate = self.0.get(name).copied().unwrap_or_default();
        rate.available(SERIES_HOURLY_MAX, now)
    }

    /// Takes a message. Returns whether one was left.
    pub(super) fn take(&mut self, name: &str, now: Timestamp) -> bool {
        let is_left = 0 < self.available(name, now);
        if is_left {
            let rate = self.0.entry(name.to_owned()).or_default();
            rate.take(SERIES_HOURLY_MAX, now);
        }
        is_left
    }

    /// Gives back one that wasn't accepted.
    pub(super) fn give_back(&mut self, name: &str) {
        if let Some(rate) = self.0.get_mut(name) {
            rate.give_back(SERIES_HOURLY_MAX);
        }
    }

    /// Forgets the series that have everything left.
    pub(super) fn drop_unused(&mut self, now: Timestamp) {
        self.0.retain(|_, rate| !rate.is_full(now));
    }
}
