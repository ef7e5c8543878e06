//! The last frames of a publisher, so that a viewer that reconnects at once can catch up without
//! a snapshot. Bounded by age, number and size, whichever is least.

use std::{collections::VecDeque, time::Duration};

use super::wire_frame::WireFrame;

/// A viewer that resumes shows what it has as live before the first frame arrives, so it may not
/// lack an older one.
const MAX_AGE: Duration = Duration::from_secs(6);
const MAX_FRAMES: usize = 512;
const MAX_BYTES: usize = 1 << 20;

#[derive(Debug)]
struct StoredFrame {
    published_at: Duration,
    frame: WireFrame,
}

/// Frames with consecutive numbers, the newest of which is `last`.
#[derive(Debug)]
pub(super) struct FrameRing {
    frames: VecDeque<StoredFrame>,
    bytes: usize,
    last: u64,
}

impl FrameRing {
    /// Creates an empty ring that starts at the number of the first published view.
    pub(super) fn starting_at(last: u64) -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            last,
        }
    }

    /// Adds the frame after `last`.
    pub(super) fn push(&mut self, frame: WireFrame, at: Duration) {
        self.last += 1;
        self.bytes += frame.len();
        self.frames.push_back(StoredFrame {
            published_at: at,
            frame,
        });
        self.evict_old(at);
    }

    /// Drops frames that are too old, too many or too large.
    pub(super) fn evict_old(&mut self, now: Duration) {
        while let Some(oldest) = self.frames.front() {
            let is_within_limits = self.frames.len() <= MAX_FRAMES
                && self.bytes <= MAX_BYTES
                && now.saturating_sub(oldest.published_at) <= MAX_AGE;
            if is_within_limits {
                break;
            }
            self.bytes -= oldest.frame.len();
            self.frames.pop_front();
        }
    }

    /// Returns all frames after `n`, or `None` when some are no longer, or not yet, in the ring.
    pub(super) fn frames_after(&self, n: u64) -> Option<Vec<WireFrame>> {
        let missing = usize::try_from(self.last.checked_sub(n)?).ok()?;
        let from = self.frames.len().checked_sub(missing)?;
        Some(
            self.frames
                .range(from..)
                .map(|stored| stored.frame.clone())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::Utf8Bytes;

    use super::*;

    #[test]
    fn a_viewer_resumes_only_from_a_frame_in_the_ring() {
        let ring = filled_ring(10, 3, |n| format!("frame {n}"));

        assert_eq!(frame_texts(&ring, 13), Some(vec![]));
        assert_eq!(
            frame_texts(&ring, 11),
            Some(vec!["frame 12".into(), "frame 13".into()])
        );
        assert_eq!(frame_texts(&ring, 10).map(|all| all.len()), Some(3));
        assert_eq!(frame_texts(&ring, 9), None);
        assert_eq!(frame_texts(&ring, 14), None);
    }

    #[test]
    fn the_ring_holds_512_frames_1_mib_and_6_s_whichever_is_least() {
        let many = filled_ring(0, 600, |_| "x".into());
        let large = filled_ring(0, 100, |_| "x".repeat(100_000));
        let huge = filled_ring(0, 1, |_| "x".repeat(MAX_BYTES + 1));
        let mut old = filled_ring(0, 3, |_| "x".into());
        old.push(text_frame("new"), MAX_AGE + Duration::from_millis(1));

        assert_eq!(
            (many.frames.len(), many.frames_after(88).is_some()),
            (MAX_FRAMES, true)
        );
        assert!(many.frames_after(87).is_none());
        assert_eq!((large.frames.len(), large.bytes), (10, 1_000_000));
        assert_eq!((huge.frames.len(), huge.bytes), (0, 0));
        assert_eq!(frame_texts(&old, 3), Some(vec!["new".into()]));
        assert_eq!(frame_texts(&old, 2), None);
    }

    fn filled_ring(start: u64, count: u64, text: impl Fn(u64) -> String) -> FrameRing {
        let mut ring = FrameRing::starting_at(start);
        for n in start + 1..=start + count {
            ring.push(text_frame(&text(n)), Duration::ZERO);
        }
        ring
    }

    fn text_frame(text: &str) -> WireFrame {
        Utf8Bytes::from(text).into()
    }

    fn frame_texts(ring: &FrameRing, n: u64) -> Option<Vec<String>> {
        let frames = ring.frames_after(n)?;
        Some(frames.iter().map(|frame| frame.to_string()).collect())
    }
}
