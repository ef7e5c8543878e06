//! What was sent to viewers and how they left, in numbers that only rise.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::domain::Histogram;

use super::session::End;

/// Counters of all channels and viewers since the start.
#[derive(Debug, Default)]
pub struct Traffic {
    frames: AtomicU64,
    bytes: AtomicU64,
    resumed: AtomicU64,
    snapshots: AtomicU64,
    resyncs: AtomicU64,
    gone: AtomicU64,
    restarting: AtomicU64,
    overload: AtomicU64,
    breach: AtomicU64,
    /// One per frame of a channel, however many watch.
    broadcast: Mutex<Histogram>,
}

/// How a viewer that knew where it stood went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// With the frames it lacked.
    Resumed,
    /// With the whole board.
    Snapshot,
    /// With the whole board, because it found a gap.
    Resync,
}

impl Traffic {
    pub(super) fn on_sent(&self, frames: u64, bytes: u64) {
        add(&self.frames, frames);
        add(&self.bytes, bytes);
    }

    pub(super) fn on_recovery(&self, recovery: Recovery) {
        let counter = match recovery {
            Recovery::Resumed => &self.resumed,
            Recovery::Snapshot => &self.snapshots,
            Recovery::Resync => &self.resyncs,
        };
        add(counter, 1);
    }

    pub(super) fn on_end(&self, end: &End) {
        use super::protocol::Close;
        let counter = match end {
            End::Gone => &self.gone,
            End::Closed(Close::Restarting, _) => &self.restarting,
            End::Closed(Close::Overload, _) => &self.overload,
            End::Closed(Close::Breach, _) => &self.breach,
        };
        add(counter, 1);
    }

    pub(super) fn on_broadcast(&self, took: Duration) {
        let mut broadcast = self
            .broadcast
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        broadcast.count(took);
    }

    /// Frames handed to viewers' sockets.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Their bytes, before WebSocket and TLS.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// By how a viewer that knew where it stood went on.
    pub fn recoveries(&self) -> [(&'static str, u64); 3] {
        [
            ("resumed", &self.resumed),
            ("snapshot", &self.snapshots),
            ("resync", &self.resyncs),
        ]
        .map(|(result, counter)| (result, counter.load(Ordering::Relaxed)))
    }

    /// By close code; `gone` where the viewer went or its line broke.
    pub fn disconnects(&self) -> [(&'static str, u64); 4] {
        [
            ("gone", &self.gone),
            ("1008", &self.breach),
            ("1012", &self.restarting),
            ("1013", &self.overload),
        ]
        .map(|(code, counter)| (code, counter.load(Ordering::Relaxed)))
    }

    /// From the change that a channel heard of to its frame being handed out.
    pub fn broadcast(&self) -> Histogram {
        *self
            .broadcast
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
