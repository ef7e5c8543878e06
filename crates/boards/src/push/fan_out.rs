//! Writes each frame to all viewers of a board that keep up, one after the other: a viewer costs a
//! system call, and no task has to wake up for it. One task per processor core.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use parking_lot::{Mutex, MutexGuard};
use tokio::{
    sync::watch,
    task::{coop::unconstrained, yield_now},
};

use wallboard_live::elapsed_since_boot;

use super::{
    frame_batch::FrameBatch,
    publisher::{PAUSE_MIN, PublishTick, Publisher},
    viewer_socket::{FollowingViewer, Offered},
};

/// After so many viewers, other tasks of the core get their turn: it takes about a millisecond. With
/// shorter turns, viewers who stayed would wait while thousands reconnect.
const VIEWERS_PER_TURN: usize = 256;

type SharedViewer = Arc<dyn FollowingViewer>;

/// All viewers of a board, in as many parts as tasks write.
#[derive(Debug)]
pub(super) struct FanOut {
    parts: Box<[Mutex<Vec<SharedViewer>>]>,
    next: AtomicUsize,
}

impl FanOut {
    pub(super) fn new() -> Self {
        let count = thread::available_parallelism().map_or(1, usize::from);
        Self {
            parts: (0..count).map(|_| Mutex::default()).collect(),
            next: AtomicUsize::new(0),
        }
    }

    pub(super) fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// Adds a viewer. It's dropped at the first frame after its end.
    pub(super) fn add_viewer(&self, viewer: SharedViewer) {
        let part = self.next.fetch_add(1, Ordering::Relaxed) % self.part_count();
        self.lock_part(part).push(viewer);
    }

    /// Offers a batch to the viewers of a part. Returns how many took it.
    async fn offer_batch(&self, part: usize, batch: &FrameBatch) -> u64 {
        let (mut from, mut taken, mut has_ended) = (0, 0, false);
        let begun = elapsed_since_boot();
        // After a pause of this process the batch is old: the others' sessions catch up.
        while elapsed_since_boot() < begun + PAUSE_MIN {
            // Viewers come and go meanwhile, but only this task moves them.
            let viewers: Vec<_> = {
                let all = self.lock_part(part);
                let to = all.len().min(from + VIEWERS_PER_TURN);
                all.get(from..to).unwrap_or_default().to_vec()
            };
            if viewers.is_empty() {
                break;
            }
            from += viewers.len();
            for viewer in viewers {
                match viewer.offer(batch) {
                    Offered::Taken => taken += 1,
                    Offered::Skipped => {}
                    Offered::Ended => has_ended = true,
                }
            }
            yield_now().await;
        }
        if has_ended {
            self.lock_part(part).retain(|viewer| !viewer.has_ended());
        }
        taken
    }

    fn lock_part(&self, part: usize) -> MutexGuard<'_, Vec<SharedViewer>> {
        self.parts[part].lock()
    }
}

/// Writes frames and heartbeats to the viewers of one part, as the publisher announces them.
pub(super) async fn run_part(
    publisher: Arc<Publisher>,
    part: usize,
    mut ticks: watch::Receiver<PublishTick>,
) {
    let PublishTick { mut n, mut beats } = *ticks.borrow_and_update();
    // The writes of many viewers are one task's work, which its turns divide.
    unconstrained(async {
        while ticks.changed().await.is_ok() {
            let tick = *ticks.borrow_and_update();
            let has_new_beat = beats < tick.beats;
            beats = tick.beats;
            let batch = if n < tick.n {
                publisher.batch_after(n)
            } else if has_new_beat {
                publisher.heartbeat_batch()
            } else {
                continue;
            };
            n = batch.to;
            let taken = publisher.fan_out.offer_batch(part, &batch).await;
            let frames = taken * batch.frame_count();
            publisher
                .traffic
                .record_sent(frames, taken * batch.text_bytes());
        }
    })
    .await;
}
