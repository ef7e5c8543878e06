//! The sources whose values a view shows without a mark, and how old those may be.

use std::time::Duration;

use wallboard_domain::{ALIVE_FOR_MS, MonotonicTime, SourceId};

use super::{freshness::GRAY_AFTER, snapshot::Snapshot};

/// The sources whose values a view shows without a mark, with their generations.
#[derive(Clone, Debug, Default)]
pub struct UnmarkedSources(Vec<(SourceId, u32)>);

impl UnmarkedSources {
    /// Finds those of the shown sources whose values nothing marks at `now`.
    pub fn find<'a>(
        snapshot: &Snapshot,
        shown: impl IntoIterator<Item = &'a SourceId>,
        now: MonotonicTime,
    ) -> Self {
        let sources = shown.into_iter().filter_map(|id| snapshot.sources.get(id));
        let unmarked = sources.filter(|source| match source.outage {
            Some(outage) => now.millis_since(outage.monotonic) < GRAY_AFTER,
            None => source.is_live(),
        });
        Self(unmarked.map(|s| (s.id.clone(), s.generation)).collect())
    }

    /// Returns how long ago the last sign of life was, of the source that has been silent for longest.
    pub fn age(&self, snapshot: &Snapshot, now: MonotonicTime) -> Duration {
        let ages = self.0.iter().map(|(id, generation)| {
            let source = snapshot.sources.get(id);
            let Some(source) = source.filter(|source| source.generation == *generation) else {
                // Its values are out of date by now.
                return ALIVE_FOR_MS;
            };
            let lost_at = source.outage.map(|outage| outage.monotonic);
            let last = lost_at.or(source.alive_at.map(|alive| alive.monotonic));
            last.map_or(0, |last| now.millis_since(last).max(0))
        });
        Duration::from_millis(ages.max().unwrap_or(0).unsigned_abs())
    }
}
