//! The published view of a channel: page, snapshot and frames all come from
//! here, at one `n`. Frames are encoded once, however many watch.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    drawing::{Drawing, Ended},
    protocol::{self, Position, Stamp},
    ring::Ring,
};

/// How long a snapshot or page may be handed out again while `n` stays: its
/// clocks are as of when it was made.
const AS_GOOD_AS_NEW: Duration = Duration::from_secs(1);

/// A backlog of more than this is worth comparing with a snapshot.
const BACKLOG: usize = 32 * 1024;

#[derive(Debug)]
pub(super) struct Published {
    epoch: String,
    n: u64,
    /// When the structure last changed: viewers from before need the root's HTML.
    structure: u64,
    drawing: Box<dyn Drawing>,
    ring: Ring,
    heartbeat: Utf8Bytes,
    cells: Made<Utf8Bytes>,
    whole: Made<Utf8Bytes>,
    page: Made<Bytes>,
}

/// What a viewer lacks, to be written in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lacking {
    pub(super) frames: Vec<Utf8Bytes>,
    /// Where the viewer stands once it has them.
    pub(super) n: u64,
    /// Whether they go on from where it stood; if not, they are a snapshot.
    pub(super) resumed: bool,
}

/// Something made from the published view, and when.
#[derive(Debug)]
struct Made<T>(Option<(u64, Instant, T)>);

impl Published {
    pub(super) fn new(epoch: String, mut drawing: Box<dyn Drawing>) -> (Self, Option<Duration>) {
        let due = drawing.redraw().due;
        let published = Self {
            epoch,
            n: 1,
            structure: 1,
            drawing,
            ring: Ring::starting_at(1),
            heartbeat: Utf8Bytes::default(),
            cells: Made(None),
            whole: Made(None),
            page: Made(None),
        };
        (published, due)
    }

    pub(super) fn n(&self) -> u64 {
        self.n
    }

    /// Draws the next view and publishes what it changed. Returns when time
    /// alone will change it next, or why there is no next.
    pub(super) fn advance(&mut self, now: Instant) -> Result<Option<Duration>, Ended> {
        let redrawn = self.drawing.redraw();
        if let Some(patch) = redrawn.patch {
            self.n += 1;
            if !patch.regions.is_empty() {
                self.structure = self.n;
            }
            let frame = protocol::delta(self.stamp(), &patch);
            self.ring.push(frame, now);
        }
        redrawn.ended.map_or(Ok(redrawn.due), Err)
    }

    /// Says that all is well where nothing changes.
    pub(super) fn beat(&mut self, now: Instant) {
        self.ring.forget(now);
        self.heartbeat = protocol::heartbeat(self.n, self.drawing.clock(), &self.drawing.ages());
    }

    pub(super) fn heartbeat(&self) -> Utf8Bytes {
        self.heartbeat.clone()
    }

    /// What a viewer lacks that comes from elsewhere and says where it stood.
    pub(super) fn since(&mut self, from: Option<&Position>, now: Instant) -> Lacking {
        let frames = from
            .filter(|from| from.epoch == self.epoch)
            .and_then(|from| self.ring.after(from.n));
        if let Some(frames) = frames {
            return self.lacking(frames, true);
        }
        let snapshot = self.snapshot(from, now);
        self.lacking(vec![snapshot], false)
    }

    /// What a viewer of this channel that stands at `n` lacks. One that has
    /// fallen far behind skips to a snapshot, where that is less to read.
    pub(super) fn after(&mut self, n: u64, now: Instant) -> Lacking {
        let frames = self.ring.after(n);
        let backlog: usize = frames.iter().flatten().map(|frame| frame.len()).sum();
        let frames = match frames {
            Some(frames) if backlog <= BACKLOG => return self.lacking(frames, true),
            other => other,
        };
        let from = Position {
            epoch: self.epoch.clone(),
            n,
        };
        let snapshot = self.snapshot(Some(&from), now);
        match frames {
            Some(frames) if backlog <= snapshot.len() => self.lacking(frames, true),
            _ => self.lacking(vec![snapshot], false),
        }
    }

    /// The answer to a viewer that found a gap: the whole board, since it may
    /// have missed more than it knows.
    pub(super) fn resync(&mut self, from: &Position, now: Instant) -> Lacking {
        let snapshot = self.snapshot(Some(from), now);
        self.lacking(vec![snapshot], false)
    }

    /// The whole board, with its HTML unless the viewer's is of this structure.
    fn snapshot(&mut self, from: Option<&Position>, now: Instant) -> Utf8Bytes {
        let (drawing, n) = (&self.drawing, self.n);
        let stamp = Stamp {
            epoch: &self.epoch,
            n,
            sent: drawing.clock(),
        };
        let has_structure = from
            .is_some_and(|from| from.epoch == self.epoch && (self.structure..=n).contains(&from.n));
        if has_structure {
            let make = || protocol::snapshot(stamp, &drawing.cells(), None);
            self.cells.get(n, now, make)
        } else {
            let make = || protocol::snapshot(stamp, &drawing.cells(), Some(&drawing.root()));
            self.whole.get(n, now, make)
        }
    }

    pub(super) fn page(&mut self, now: Instant) -> Bytes {
        let (drawing, epoch, n) = (&self.drawing, &self.epoch, self.n);
        self.page.get(n, now, || drawing.page(epoch, n).into())
    }

    pub(super) fn clock(&self) -> i64 {
        self.drawing.clock()
    }

    fn stamp(&self) -> Stamp<'_> {
        Stamp {
            epoch: &self.epoch,
            n: self.n,
            sent: self.drawing.clock(),
        }
    }

    fn lacking(&self, frames: Vec<Utf8Bytes>, resumed: bool) -> Lacking {
        Lacking {
            frames,
            n: self.n,
            resumed,
        }
    }
}

impl<T: Clone> Made<T> {
    fn get(&mut self, n: u64, now: Instant, make: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some((of_n, at, thing)) if *of_n == n && now.duration_since(*at) < AS_GOOD_AS_NEW => {
                thing.clone()
            }
            _ => {
                let thing = make();
                self.0 = Some((n, now, thing.clone()));
                thing
            }
        }
    }
}

#[cfg(test)]
mod tests;
