//! Whether a file is still being written: it is whole when its size and its tag have
//! not changed for a while. Remembered from one look to the next; nothing here sleeps.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

/// What was changed longer ago than this, by the far side's clock and ours, is whole at
/// once; clocks are not that wrong.
const LONG_UNCHANGED_SECONDS: i64 = 3_600;

/// What was seen of files that are not yet known to be whole.
#[derive(Debug, Default)]
pub(super) struct StabilityCheck {
    seen: HashMap<String, SeenFile>,
}

#[derive(Debug)]
struct SeenFile {
    size: u64,
    tag: String,
    since: Instant,
    /// In the look that goes on.
    is_in_listing: bool,
}

impl StabilityCheck {
    /// Begins another look: what is not in it is forgotten at its end.
    pub(super) fn begin_listing(&mut self) {
        for seen in self.seen.values_mut() {
            seen.is_in_listing = false;
        }
    }

    /// Whether a file has been as it is for `settle`. `age` is how many seconds ago it
    /// was changed, as the far side says.
    pub(super) fn is_stable(
        &mut self,
        key: &str,
        (size, tag): (u64, &str),
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

    /// It was taken in, or has changed in our hands.
    pub(super) fn remove_file(&mut self, key: &str) {
        self.seen.remove(key);
    }

    /// Ends the look.
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
    async fn a_file_is_whole_when_it_has_not_changed_for_a_while() {
        let mut settling = StabilityCheck::default();
        let mut is_whole = |size| settling.is_stable("a", (size, "t"), Some(3), STABILITY_PERIOD);

        let mut seen = vec![is_whole(1)];
        advance(STABILITY_PERIOD).await;
        seen.push(is_whole(2));
        advance(Duration::from_millis(9_999)).await;
        seen.push(is_whole(2));
        advance(Duration::from_millis(1)).await;
        seen.push(is_whole(2));

        assert_eq!(seen, [false, false, false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_changed_long_ago_is_whole_at_once_and_what_is_gone_is_forgotten() {
        let mut settling = StabilityCheck::default();

        let old = settling.is_stable(
            "old",
            (1, "t"),
            Some(LONG_UNCHANGED_SECONDS + 1),
            STABILITY_PERIOD,
        );
        let new = settling.is_stable("new", (1, "t"), None, STABILITY_PERIOD);
        settling.begin_listing();
        settling.end_listing();

        assert!(old && !new);
        assert!(settling.seen.is_empty());
    }
}
