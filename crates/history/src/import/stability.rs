//! Detects whether a file is still being written: it's complete when its size and tag haven't
//! changed for a while. Remembers files between listings; nothing here sleeps.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

/// A file changed longer ago than this, by the remote clock and ours, is complete at once; clock
/// offsets are smaller.
const LONG_UNCHANGED_SECONDS: i64 = 3_600;

/// Tracks files that aren't known to be complete yet.
#[derive(Debug, Default)]
pub(super) struct StabilityCheck {
    seen: HashMap<String, SeenFile>,
}

#[derive(Debug)]
struct SeenFile {
    size: u64,
    tag: String,
    since: Instant,
    /// Whether the current listing has it.
    is_in_listing: bool,
}

impl StabilityCheck {
    /// Begins another listing; files that it lacks are forgotten at its end.
    pub(super) fn begin_listing(&mut self) {
        for seen in self.seen.values_mut() {
            seen.is_in_listing = false;
        }
    }

    /// Whether a file hasn't changed for `settle`. `age` is the seconds since its last change, by
    /// the remote clock.
    pub(super) fn is_stable(
        &mut self,
        key: &str,
        size: u64,
        tag: &str,
        age: Option<i64>,
        settle: Duration,
    ) -> bool {
        if settle.is_zero() || age.is_some_and(|age| LONG_UNCHANGED_SECONDS < age) {
            return true;
        }
        let now = Instant::now();
        let new = || SeenFile {
            size,
            tag: tag.to_owned(),
            since: now,
            is_in_listing: true,
        };
        let seen = self.seen.entry(key.to_owned()).or_insert_with(new);
        if seen.size != size || seen.tag != tag {
            *seen = new();
        }
        seen.is_in_listing = true;
        settle <= now - seen.since
    }

    /// Forgets a file that was imported, or that changed while we read it.
    pub(super) fn remove_file(&mut self, key: &str) {
        self.seen.remove(key);
    }

    /// Ends the listing.
    pub(super) fn end_listing(&mut self) {
        self.seen.retain(|_, seen| seen.is_in_listing);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const STABILITY_PERIOD: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_file_is_stable_when_it_has_not_changed_for_a_while() {
        let mut check = StabilityCheck::default();
        let mut is_stable = |size| check.is_stable("a", size, "t", Some(3), STABILITY_PERIOD);

        let mut seen = vec![is_stable(1)];
        advance(STABILITY_PERIOD).await;
        seen.push(is_stable(2));
        advance(Duration::from_millis(9_999)).await;
        seen.push(is_stable(2));
        advance(Duration::from_millis(1)).await;
        seen.push(is_stable(2));

        assert_eq!(seen, [false, false, false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_file_is_stable_at_once_and_a_missing_one_is_forgotten() {
        let mut check = StabilityCheck::default();

        let old = check.is_stable(
            "old",
            1,
            "t",
            Some(LONG_UNCHANGED_SECONDS + 1),
            STABILITY_PERIOD,
        );
        let new = check.is_stable("new", 1, "t", None, STABILITY_PERIOD);
        check.begin_listing();
        check.end_listing();

        assert!(old && !new);
        assert!(check.seen.is_empty());
    }
}
