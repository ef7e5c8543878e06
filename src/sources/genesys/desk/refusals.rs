//! Statistics that the vendor will not give, why, and when they are asked for again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::sources::genesys::book::Place;

/// Somebody may have mended it at the vendor.
const AGAIN: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(1));
/// Where so many are refused, each question costs much.
const MANY: usize = 100;
const AGAIN_IF_MANY: u32 = 5;

#[derive(Debug, Default)]
pub(super) struct Refusals(BTreeMap<Place, Refusal>);

#[derive(Debug)]
struct Refusal {
    why: Arc<str>,
    /// `None` while it is asked for, and where asking is in vain.
    again: Option<Instant>,
}

impl Refusals {
    /// Whether that is news.
    pub(super) fn add(&mut self, place: Place, why: &str, now: Instant) -> bool {
        let pause = rand::random_range(AGAIN.0..AGAIN.1);
        let pause = if self.0.len() > MANY {
            pause * AGAIN_IF_MANY
        } else {
            pause
        };
        self.insert(place, why, Some(now + pause))
    }

    /// It will never be given; whether that is news.
    pub(super) fn add_for_good(&mut self, place: Place, why: &str) -> bool {
        self.insert(place, why, None)
    }

    fn insert(&mut self, place: Place, why: &str, again: Option<Instant>) -> bool {
        let why = why.into();
        let earlier = self.0.insert(place, Refusal { why, again });
        earlier.is_none_or(|earlier| *earlier.why != *self.0[&place].why)
    }

    pub(super) fn remove(&mut self, place: Place) {
        self.0.remove(&place);
    }

    pub(super) fn contains(&self, place: Place) -> bool {
        self.0.contains_key(&place)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, Arc<str>)> {
        self.0
            .iter()
            .map(|(place, refusal)| (*place, Arc::clone(&refusal.why)))
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().filter_map(|refusal| refusal.again).min()
    }

    /// Those to be asked for again, each once.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<Place> {
        let due = self.0.iter_mut().filter_map(|(place, refusal)| {
            refusal.again.take_if(|again| *again <= now).map(|_| *place)
        });
        due.collect()
    }

    /// All but those of which asking is in vain, for `asked_for` each of which that is so.
    pub(super) fn take_all(&mut self, is_in_vain: impl Fn(Place) -> bool) -> Vec<Place> {
        let others = self.0.iter_mut().filter(|(place, _)| !is_in_vain(**place));
        let others = others.map(|(place, refusal)| {
            refusal.again = None;
            *place
        });
        others.collect()
    }
}
