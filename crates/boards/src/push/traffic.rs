//! Counters of what was sent to viewers, and how they disconnected.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use parking_lot::Mutex;
use wallboard_domain::Histogram;

use super::viewer_session::SessionEnd;

/// Counters of all publishers and viewers since the start.
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
    violation: AtomicU64,
    invalid_frame: AtomicU64,
    invalid_text: AtomicU64,
    signed_out: AtomicU64,
    not_allowed: AtomicU64,
    /// One per frame of a publisher, regardless of the number of viewers.
    broadcast_latency: Mutex<Histogram>,
}

/// How a viewer with a known position caught up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// With the frames that it lacked.
    Resumed,
    /// With the whole board.
    Snapshot,
    /// With the whole board, because it found a gap.
    Resync,
}

impl Traffic {
    pub(super) fn record_sent(&self, frames: u64, bytes: u64) {
        add_count(&self.frames, frames);
        add_count(&self.bytes, bytes);
    }

    pub(super) fn record_recovery(&self, recovery: Recovery) {
        let counter = match recovery {
            Recovery::Resumed => &self.resumed,
            Recovery::Snapshot => &self.snapshots,
            Recovery::Resync => &self.resyncs,
        };
        add_count(counter, 1);
    }

    pub(super) fn record_end(&self, end: &SessionEnd) {
        use super::protocol::CloseReason;
        let counter = match end {
            SessionEnd::Gone => &self.gone,
            SessionEnd::Closed(CloseReason::Restarting, _) => &self.restarting,
            SessionEnd::Closed(CloseReason::Overload, _) => &self.overload,
            SessionEnd::Closed(CloseReason::Violation, _) => &self.violation,
            SessionEnd::Closed(CloseReason::InvalidFrame, _) => &self.invalid_frame,
            SessionEnd::Closed(CloseReason::InvalidText, _) => &self.invalid_text,
            SessionEnd::Closed(CloseReason::SignedOut, _) => &self.signed_out,
            SessionEnd::Closed(CloseReason::NotAllowed, _) => &self.not_allowed,
        };
        add_count(counter, 1);
    }

    pub(super) fn record_broadcast(&self, elapsed: Duration) {
        self.broadcast_latency.lock().record_duration(elapsed);
    }

    /// Frames written to viewers' sockets.
    pub fn frames_sent(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// The bytes of these frames, before compression, WebSocket and TLS.
    pub fn bytes_sent(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Counts by how a viewer with a known position caught up.
    pub fn recovery_counts(&self) -> [(&'static str, u64); 3] {
        [
            ("resumed", &self.resumed),
            ("snapshot", &self.snapshots),
            ("resync", &self.resyncs),
        ]
        .map(|(result, counter)| (result, counter.load(Ordering::Relaxed)))
    }

    /// Counts by close code. `gone`: the viewer left or its connection was lost.
    pub fn disconnect_counts(&self) -> [(&'static str, u64); 8] {
        [
            ("gone", &self.gone),
            ("1002", &self.invalid_frame),
            ("1007", &self.invalid_text),
            ("1008", &self.violation),
            ("4401", &self.signed_out),
            ("4403", &self.not_allowed),
            ("1012", &self.restarting),
            ("1013", &self.overload),
        ]
        .map(|(code, counter)| (code, counter.load(Ordering::Relaxed)))
    }

    /// The time from a change's notification to its published frame.
    pub fn broadcast_latency(&self) -> Histogram {
        *self.broadcast_latency.lock()
    }
}

fn add_count(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}
