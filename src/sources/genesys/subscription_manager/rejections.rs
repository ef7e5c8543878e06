//! Statistics that the vendor will not give, why, and when they are asked for again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::sources::genesys::statistic_registry::StatisticIndex;

/// Somebody may have mended it at the vendor.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(1));
/// Where so many are refused, each question costs much.
const MANY: usize = 100;
const RETRY_FACTOR_IF_MANY: u32 = 5;

#[derive(Debug, Default)]
pub(super) struct StatisticRejections(BTreeMap<StatisticIndex, StatisticRejection>);

#[derive(Debug)]
struct StatisticRejection {
    why: Arc<str>,
    /// `None` while it is asked for, and where asking is in vain.
    retry_at: Option<Instant>,
}

impl StatisticRejections {
    /// Whether that is news.
    pub(super) fn add(&mut self, place: StatisticIndex, why: &str, now: Instant) -> bool {
        let pause = rand::random_range(RETRY_PAUSE.0..RETRY_PAUSE.1);
        let pause = if self.0.len() > MANY {
            pause * RETRY_FACTOR_IF_MANY
        } else {
            pause
        };
        self.insert(place, why, Some(now + pause))
    }

    /// It will never be given; whether that is news.
    pub(super) fn add_permanent(&mut self, place: StatisticIndex, why: &str) -> bool {
        self.insert(place, why, None)
    }

    fn insert(&mut self, place: StatisticIndex, why: &str, again: Option<Instant>) -> bool {
        let why = why.into();
        let earlier = self.0.insert(
            place,
            StatisticRejection {
                why,
                retry_at: again,
            },
        );
        earlier.is_none_or(|earlier| *earlier.why != *self.0[&place].why)
    }

    pub(super) fn remove(&mut self, place: StatisticIndex) {
        self.0.remove(&place);
    }

    pub(super) fn contains(&self, place: StatisticIndex) -> bool {
        self.0.contains_key(&place)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (StatisticIndex, Arc<str>)> {
        self.0
            .iter()
            .map(|(place, refusal)| (*place, Arc::clone(&refusal.why)))
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.0.values().filter_map(|refusal| refusal.retry_at).min()
    }

    /// Those to be asked for again, each once.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<StatisticIndex> {
        let due = self.0.iter_mut().filter_map(|(place, refusal)| {
            refusal
                .retry_at
                .take_if(|again| *again <= now)
                .map(|_| *place)
        });
        due.collect()
    }

    /// All but those of which asking is in vain, for `asked_for` each of which that is so.
    pub(super) fn take_all(
        &mut self,
        is_in_vain: impl Fn(StatisticIndex) -> bool,
    ) -> Vec<StatisticIndex> {
        let others = self.0.iter_mut().filter(|(place, _)| !is_in_vain(**place));
        let others = others.map(|(place, refusal)| {
            refusal.retry_at = None;
            *place
        });
        others.collect()
    }
}
