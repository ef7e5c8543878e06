//! How many frames a viewer may send.

use std::time::Duration;

use tokio::time::Instant;

/// Frames that a viewer may send at once, and the interval for each one after that. Each costs the
/// same to read, whether it's a message, a part of one, or empty.
const FRAME_BURST: u32 = 30;
const FRAME_INTERVAL: Duration = Duration::from_secs(1);

/// The number of frames that a viewer may still send: a burst, and one more per interval.
#[derive(Debug)]
pub(super) struct FrameAllowance {
    left: u32,
    since: Instant,
}

impl FrameAllowance {
    pub(super) fn new() -> Self {
        Self {
            left: FRAME_BURST,
            since: Instant::now(),
        }
    }

    /// Counts a frame; `false` if it's one too many.
    pub(super) fn try_consume(&mut self) -> bool {
        let earned = self.since.elapsed().as_secs() / FRAME_INTERVAL.as_secs();
        if 0 < earned {
            self.left = FRAME_BURST.min(
                self.left
                    .saturating_add(u32::try_from(earned).unwrap_or(FRAME_BURST)),
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
