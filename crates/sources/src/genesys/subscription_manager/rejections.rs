//! Statistics that the vendor rejects, why, and when to request them again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::genesys::statistic_registry::StatisticIndex;

/// Bounds of the pause before a retry: someone may have fixed the cause at the vendor.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(1));
/// With this many rejections, each request is expensive.
const MANY: usize = 100;
const RETRY_FACTOR_IF_MANY: u32 = 5;

#[derive(Debug, Default)]
pub(super) struct StatisticRejections(BTreeMap<StatisticIndex, StatisticRejection>);

#[derive(Debug)]
struct StatisticRejection {
    why: Arc<str>,
    /// `None` while it is requested, and where a retry is pointless.
    retry_at: Option<Instant>,
}

impl StatisticRejections {
    /// Adds a rejection. Returns whether the reason is new.
    pub(super) fn add(&mut self, index: StatisticIndex, why: &str, now: Instant) -> bool {
        let pause = rand::random_range(RETRY_PAUSE.0..RETRY_PAUSE.1);
        let pause = if self.0.len() > MANY {
            pause * RETRY_FACTOR_IF_MANY
        } else {
            pause
        };
        self.insert(index, why, Some(now + pause))
    }

    /// Adds a rejection that is never retried. Returns whether the reason is new.
    pub(super) fn add_permanent(&mut self, index: StatisticIndex, why: &str) -> bool {
        self.insert(index, why, None)
    }

    fn insert(&mut self, index: StatisticIndex, why: &str, retry_at: Option<Instant>) -> bool {
        let why = why.into();
        let earlier = self.0.insert(index, StatisticRejection { why, retry_at });
        earlier.is_none_or(|earlier| *earlier.why != *self.0[&index].why)
    }

    pub(super) fn remove(&mut self, index: StatisticIndex) {
        self.0.remove(&index);
    }

    pub(super) fn contains(&self, index: StatisticIndex) -> bool {
        self.0.contains_key(&index)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (StatisticIndex, Arc<str>)> {
        self.0
            .iter()
            .map(|(index, rejection)| (*index, Arc::clone(&rejection.why)))
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0
            .values()
            .filter_map(|rejection| rejection.retry_at)
            .min()
    }

    /// Takes those that are due for a retry, each once.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<StatisticIndex> {
        let due = self.0.iter_mut().filter_map(|(index, rejection)| {
            rejection
                .retry_at
                .take_if(|retry_at| *retry_at <= now)
                .map(|_| *index)
        });
        due.collect()
    }

    /// Takes all but those for which a retry is pointless.
    pub(super) fn take_all(
        &mut self,
        is_pointless: impl Fn(StatisticIndex) -> bool,
    ) -> Vec<StatisticIndex> {
        let others = self
            .0
            .iter_mut()
            .filter(|(index, _)| !is_pointless(**index));
        let others = others.map(|(index, rejection)| {
            rejection.retry_at = None;
            *index
        });
        others.collect()
    }
}
