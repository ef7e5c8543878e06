//! Whether a file is still being written: it is whole when its size and its tag have
//! not changed for a while. Remembered from one look to the next; nothing here sleeps.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

/// What was changed longer ago than this, by the far side's clock and ours, is whole at
/// once; clocks are not that wrong.
const LONG_AGO: i64 = 3_600;

/// What was seen of files that are not yet known to be whole.
#[derive(Debug, Default)]
pub(super) struct Settling {
    seen: HashMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    size: u64,
    tag: String,
    since: Instant,
    /// In the look that goes on.
    is_fresh: bool,
}

impl Settling {
    /// Begins another look: what is not in it is forgotten at its end.
    pub(super) fn look(&mut self) {
        for seen in self.seen.values_mut() {
            seen.is_fresh = false;
        }
    }

    /// Whether a file has been as it is for `settle`. `age` is how many seconds ago it
    /// was changed, as the far side says.
    pub(super) fn is_whole(
        &mut self,
        key: &str,
        (size, tag): (u64, &str),
        age: Option<i64>,
        settle: Duration,
    ) -> bool {
        if settle.is_zero() || age.is_some_and(|age| LONG_AGO < age) {
            return true;
        }
        let now = Instant::now();
        let new = || Seen {
            size,
            tag: tag.to_owned(),
            since: now,
            is_fresh: true,
        };
        let seen = self.seen.entry(key.to_owned()).or_insert_with(new);
        if seen.size != size || seen.tag != tag {
            *seen = new();
        }
        seen.is_fresh = true;
        settle <= now - seen.since
    }

    /// It was taken in, or has changed in our hands.
    pub(super) fn forget(&mut self, key: &str) {
        self.seen.remove(key);
    }

    /// Ends the look.
    pub(super) fn end(&mut self) {
        self.seen.retain(|_, seen| seen.is_fresh);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SETTLE: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_file_is_whole_when_it_has_not_changed_for_a_while() {
        let mut settling = Settling::default();
        let mut is_whole = |size| settling.is_whole("a", (size, "t"), Some(3), SETTLE);

        let mut seen = vec![is_whole(1)];
        advance(SETTLE).await;
        seen.push(is_whole(2));
        advance(Duration::from_millis(9_999)).await;
        seen.push(is_whole(2));
        advance(Duration::from_millis(1)).await;
        seen.push(is_whole(2));

        assert_eq!(seen, [false, false, false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_changed_long_ago_is_whole_at_once_and_what_is_gone_is_forgotten() {
        let mut settling = Settling::default();

        let old = settling.is_whole("old", (1, "t"), Some(LONG_AGO + 1), SETTLE);
        let new = settling.is_whole("new", (1, "t"), None, SETTLE);
        settling.look();
        settling.end();

        assert!(old && !new);
        assert!(settling.seen.is_empty());
    }
}
