//! The published view of a board. Page, snapshot and frames all come from here, at one `n`.
//! Frames are encoded once for all viewers.

use std::time::Duration;

use bytes::Bytes;

use super::{
    frame_batch::FrameBatch,
    frame_ring::FrameRing,
    protocol::{self, FrameStamp, ViewerPosition},
    publisher::PAUSE_MIN,
    renderer::{BoardEnd, Renderer},
    wire_frame::WireFrame,
};

/// How long a snapshot or page may be reused while `n` stays the same: its clocks are as of when
/// it was made.
const CACHE_LIFETIME: Duration = Duration::from_secs(1);

/// A backlog larger than this is compared with a snapshot. On a line of 64 kbit/s it takes a second.
const MAX_BACKLOG_BYTES: usize = 8 * 1024;

#[derive(Debug)]
pub(super) struct PublishedView {
    epoch: String,
    n: u64,
    /// The frame at which the structure last changed. Viewers from before it need the root's
    /// HTML.
    structure_changed_at: u64,
    /// The first frame after this process was stopped. What earlier ones show was out of date
    /// meanwhile, so nobody resumes from them.
    resumable_from: u64,
    renderer: Box<dyn Renderer>,
    ring: FrameRing,
    /// When the publisher last rendered or sent a heartbeat. It's time since boot, like all times here.
    awake_at: Duration,
    heartbeat: WireFrame,
    cells: CachedValue<WireFrame>,
    snapshot: CachedValue<WireFrame>,
    page: CachedValue<Bytes>,
}

/// The frames that a viewer lacks, to be written in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CatchUp {
    pub(super) frames: Vec<WireFrame>,
    /// The viewer's position once it has them.
    pub(super) n: u64,
    /// Whether they resume from its position. If not, they are a snapshot.
    pub(super) is_resumed: bool,
}

/// A value made from the published view, with its frame number, the age that it states, and its time.
#[derive(Debug)]
struct CachedValue<T>(Option<((u64, Option<u64>), Duration, T)>);

impl PublishedView {
    pub(super) fn new(epoch: String, mut renderer: Box<dyn Renderer>) -> (Self, Option<Duration>) {
        let due = renderer.render_next().due;
        let published = Self {
            epoch,
            n: 1,
            structure_changed_at: 1,
            resumable_from: 1,
            ring: FrameRing::starting_at(1),
            awake_at: renderer.since_boot(),
            renderer,
            heartbeat: WireFrame::default(),
            cells: CachedValue(None),
            snapshot: CachedValue(None),
            page: CachedValue(None),
        };
        (published, due)
    }

    pub(super) fn page_id(&self) -> String {
        self.renderer.page_id().to_owned()
    }

    pub(super) fn frame_number(&self) -> u64 {
        self.n
    }

    /// Renders the next view and publishes its changes. Returns when time alone will change it
    /// next, or why it ended.
    pub(super) fn publish_next(&mut self) -> Result<Option<Duration>, BoardEnd> {
        let now = self.renderer.since_boot();
        let is_after_pause = self.is_after_pause(now);
        self.awake_at = now;
        let update = self.renderer.render_next();
        if let Some(patch) = update.patch {
            self.n += 1;
            if !patch.regions.is_empty() {
                self.structure_changed_at = self.n;
            }
            let frame = protocol::encode_delta(self.frame_stamp(), &patch);
            self.ring.push(frame.into(), now);
        }
        if is_after_pause {
            self.resumable_from = self.n;
        }
        update.end.map_or(Ok(update.due), Err)
    }

    /// Renders once more if the board was changed, so that nobody who saved it sees it as before. Fails if it
    /// can't continue with that.
    pub(super) fn follow_definition(&mut self) -> Result<(), BoardEnd> {
        if self.renderer.is_redefined() {
            self.publish_next()?;
        }
        Ok(())
    }

    /// Renders once more if this process was stopped: what was published before is old, whatever
    /// happens first now.
    fn refresh_after_pause(&mut self) {
        let now = self.renderer.since_boot();
        if self.is_after_pause(now) {
            // The publisher renders too, and ends if the board has.
            self.publish_next().ok();
        }
        self.ring.evict_old(now);
    }

    fn is_after_pause(&self, now: Duration) -> bool {
        PAUSE_MIN < now.saturating_sub(self.awake_at)
    }

    /// Encodes a new heartbeat for when nothing changes.
    pub(super) fn update_heartbeat(&mut self) {
        self.refresh_after_pause();
        self.awake_at = self.renderer.since_boot();
        let ages = self.renderer.source_ages();
        self.heartbeat = protocol::encode_heartbeat(self.frame_stamp(), &ages).into();
    }

    #[cfg(test)]
    pub(super) fn heartbeat_frame(&self) -> WireFrame {
        self.heartbeat.clone()
    }

    /// The heartbeat, for viewers that have every frame.
    pub(super) fn heartbeat_batch(&mut self) -> FrameBatch {
        self.refresh_after_pause();
        FrameBatch::new(self.n, self.n, vec![self.heartbeat.clone()])
    }

    /// The frames after `from`, as one write.
    pub(super) fn batch_after(&mut self, from: u64) -> FrameBatch {
        self.refresh_after_pause();
        let frames = self.ring.frames_after(from).unwrap_or_default();
        FrameBatch::new(from, self.n, frames)
    }

    /// Returns what a reconnecting viewer with this position lacks.
    pub(super) fn catch_up_from(&mut self, from: Option<&ViewerPosition>) -> CatchUp {
        self.refresh_after_pause();
        match from {
            // Earlier frames say how long a source had been silent then.
            Some(from)
                if from.epoch == self.epoch
                    && self.resumable_from <= from.n
                    && self.renderer.age_seconds().is_none() =>
            {
                self.catch_up_after(from.n)
            }
            _ => {
                let snapshot = self.snapshot_frame(from);
                self.build_catch_up(vec![snapshot], false)
            }
        }
    }

    /// Returns what a viewer at `n` lacks. One that has fallen far behind skips to a snapshot if
    /// that is smaller.
    pub(super) fn catch_up_after(&mut self, n: u64) -> CatchUp {
        self.refresh_after_pause();
        let frames = self.ring.frames_after(n);
        let backlog: usize = frames.iter().flatten().map(|frame| frame.len()).sum();
        let frames = match frames {
            Some(frames) if frames.len() <= 1 || backlog <= MAX_BACKLOG_BYTES => {
                return self.build_catch_up(frames, true);
            }
            other => other,
        };
        let from = ViewerPosition {
            epoch: self.epoch.clone(),
            n,
        };
        let snapshot = self.snapshot_frame(Some(&from));
        match frames {
            Some(frames) if backlog <= snapshot.len() => self.build_catch_up(frames, true),
            _ => self.build_catch_up(vec![snapshot], false),
        }
    }

    /// Answers a viewer that found a gap. Returns the whole board, since it may have missed more
    /// than it knows.
    pub(super) fn resync_from(&mut self, from: &ViewerPosition) -> CatchUp {
        self.refresh_after_pause();
        let snapshot = self.snapshot_frame(Some(from));
        self.build_catch_up(vec![snapshot], false)
    }

    /// Returns the whole board, with its HTML unless the viewer has this structure.
    fn snapshot_frame(&mut self, from: Option<&ViewerPosition>) -> WireFrame {
        let (renderer, n, now) = (&self.renderer, self.n, self.renderer.since_boot());
        let stamp = FrameStamp {
            epoch: &self.epoch,
            n,
            sent_at: renderer.wall_clock_ms(),
            age: renderer.age_seconds(),
        };
        let key = (n, stamp.age);
        let has_structure = from.is_some_and(|from| {
            from.epoch == self.epoch && (self.structure_changed_at..=n).contains(&from.n)
        });
        if has_structure {
            let make = || protocol::encode_snapshot(stamp, &renderer.all_cells(), None).into();
            self.cells.get_or_make(key, now, make)
        } else {
            // The HTML has every value.
            let make =
                || protocol::encode_snapshot(stamp, &[], Some(&renderer.render_root())).into();
            self.snapshot.get_or_make(key, now, make)
        }
    }

    pub(super) fn cached_page(&mut self) -> Bytes {
        self.refresh_after_pause();
        let (renderer, epoch, n) = (&self.renderer, &self.epoch, self.n);
        let (key, now) = ((n, renderer.age_seconds()), renderer.since_boot());
        self.page
            .get_or_make(key, now, || renderer.render_page(epoch, n).into())
    }

    pub(super) fn unmarked_age(&self) -> Duration {
        self.renderer.unmarked_age()
    }

    pub(super) fn wall_clock_ms(&self) -> i64 {
        self.renderer.wall_clock_ms()
    }

    fn frame_stamp(&self) -> FrameStamp<'_> {
        FrameStamp {
            epoch: &self.epoch,
            n: self.n,
            sent_at: self.renderer.wall_clock_ms(),
            age: self.renderer.age_seconds(),
        }
    }

    fn build_catch_up(&self, frames: Vec<WireFrame>, is_resumed: bool) -> CatchUp {
        CatchUp {
            frames,
            n: self.n,
            is_resumed,
        }
    }
}

impl<T: Clone> CachedValue<T> {
    fn get_or_make(
        &mut self,
        key: (u64, Option<u64>),
        now: Duration,
        make: impl FnOnce() -> T,
    ) -> T {
        match &self.0 {
            Some((made_for, at, value))
                if *made_for == key && now.saturating_sub(*at) < CACHE_LIFETIME =>
            {
                value.clone()
            }
            _ => {
                let value = make();
                self.0 = Some((key, now, value.clone()));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests;
