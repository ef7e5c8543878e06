//! The last frames of a channel, so that a viewer that was away goes on without
//! a snapshot. Bounded by age, number and size, whichever is least.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

const HELD_FOR: Duration = Duration::from_mins(2);
const HELD_FRAMES: usize = 512;
const HELD_BYTES: usize = 1 << 20;

#[derive(Debug)]
struct Frame {
    at: Instant,
    text: Utf8Bytes,
}

/// Frames with consecutive numbers, the newest of which is `last`.
#[derive(Debug)]
pub(super) struct Ring {
    frames: VecDeque<Frame>,
    bytes: usize,
    last: u64,
}

impl Ring {
    /// Empty, at the number of what was published first.
    pub(super) fn starting_at(last: u64) -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            last,
        }
    }

    /// Takes the frame after `last`.
    pub(super) fn push(&mut self, text: Utf8Bytes, at: Instant) {
        self.last += 1;
        self.bytes += text.len();
        self.frames.push_back(Frame { at, text });
        self.forget(at);
    }

    /// Lets go of what is too old or too much.
    pub(super) fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.frames.front() {
            let held = self.frames.len() <= HELD_FRAMES
                && self.bytes <= HELD_BYTES
                && now.duration_since(oldest.at) <= HELD_FOR;
            if held {
                break;
            }
            self.bytes -= oldest.text.len();
            self.frames.pop_front();
        }
    }

    /// All frames after `n`, or `None` where they are no longer (or not yet) held.
    pub(super) fn after(&self, n: u64) -> Option<Vec<Utf8Bytes>> {
        let missing = usize::try_from(self.last.checked_sub(n)?).ok()?;
        let from = self.frames.len().checked_sub(missing)?;
        Some(
            self.frames
                .range(from..)
                .map(|frame| frame.text.clone())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_viewer_goes_on_from_any_frame_that_is_held_and_from_no_other() {
        let ring = filled(10, 3, |n| format!("frame {n}"));

        assert_eq!(texts(&ring, 13), Some(vec![]));
        assert_eq!(
            texts(&ring, 11),
            Some(vec!["frame 12".into(), "frame 13".into()])
        );
        assert_eq!(texts(&ring, 10).map(|all| all.len()), Some(3));
        assert_eq!(texts(&ring, 9), None);
        assert_eq!(texts(&ring, 14), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_ring_holds_512_frames_1_mib_and_120_s_whichever_is_least() {
        let many = filled(0, 600, |_| "x".into());
        let large = filled(0, 100, |_| "x".repeat(100_000));
        let huge = filled(0, 1, |_| "x".repeat(HELD_BYTES + 1));
        let mut old = filled(0, 3, |_| "x".into());
        tokio::time::advance(HELD_FOR + Duration::from_millis(1)).await;
        old.push("new".into(), Instant::now());

        assert_eq!(
            (many.frames.len(), many.after(88).is_some()),
            (HELD_FRAMES, true)
        );
        assert!(many.after(87).is_none());
        assert_eq!((large.frames.len(), large.bytes), (10, 1_000_000));
        assert_eq!((huge.frames.len(), huge.bytes), (0, 0));
        assert_eq!(texts(&old, 3), Some(vec!["new".into()]));
        assert_eq!(texts(&old, 2), None);
    }

    fn filled(start: u64, count: u64, text: impl Fn(u64) -> String) -> Ring {
        let mut ring = Ring::starting_at(start);
        for n in start + 1..=start + count {
            ring.push(text(n).into(), Instant::now());
        }
        ring
    }

    fn texts(ring: &Ring, n: u64) -> Option<Vec<String>> {
        let frames = ring.after(n)?;
        Some(frames.iter().map(ToString::to_string).collect())
    }
}
