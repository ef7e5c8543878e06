//! How many messages a viewer may send.

use std::time::Duration;

use tokio::time::Instant;

/// Messages that a viewer may send at once, and the interval for each one after that.
const MESSAGE_BURST: u32 = 30;
const MESSAGE_INTERVAL: Duration = Duration::from_secs(1);

/// The number of messages that a viewer may still send: a burst, and one more per interval.
#[derive(Debug)]
pub(super) struct MessageAllowance {
    left: u32,
    since: Instant,
}

impl MessageAllowance {
    pub(super) fn new() -> Self {
        Self {
            left: MESSAGE_BURST,
            since: Instant::now(),
        }
    }

    /// Counts a message; `false` if it's one too many.
    pub(super) fn try_consume(&mut self) -> bool {
        let earned = self.since.elapsed().as_secs() / MESSAGE_INTERVAL.as_secs();
        if 0 < earned {
            self.left = MESSAGE_BURST.min(
                self.left
                    .saturating_add(u32::try_from(earned).unwrap_or(MESSAGE_BURST)),
            );
            self.since = Instant::now();
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}
