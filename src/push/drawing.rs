//! What a channel shows. The seam at which channels are tested without a
//! contact centre behind them.

use std::{fmt::Debug, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::boards::{
    Board as Definition, Cell, Layout, Patch, Slots, Studio, Theme,
    html::{self, PageFrame},
};

/// A board as `boards` draws it, at one published view.
pub trait Drawing: Debug + Send + 'static {
    /// Draws this moment: the next published view.
    fn redraw(&mut self) -> Redrawn;

    /// Every slot of the published view.
    fn cells(&self) -> Vec<(u32, Cell)>;

    /// The region that holds all others, and its HTML.
    fn root(&self) -> (String, String);

    /// The whole page, as of frame `n` of `epoch`.
    fn page(&self, epoch: &str, n: u64) -> String;

    /// Rings when it may be time to draw again.
    fn bell(&self) -> watch::Receiver<u64>;

    /// Our wall clock, in milliseconds since 1970.
    fn clock(&self) -> i64;

    /// Seconds since each source last said anything.
    fn ages(&self) -> Vec<(String, u64)>;
}

/// What drawing anew brought.
#[derive(Debug, Default)]
pub struct Redrawn {
    pub patch: Option<Patch>,
    /// How long until time alone changes it.
    pub due: Option<Duration>,
    pub ended: Option<Ended>,
}

/// Why what was drawn so far cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There is no such board any more.
    Removed,
    /// Title, theme, layout or time zone are others: these stand outside of all regions,
    /// so that the page must be had anew.
    Reshaped,
}

/// One of the studio's boards.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) studio: Studio,
    pub(super) id: String,
    pub(super) build: Arc<str>,
    pub(super) slots: Slots,
    /// What the page shows outside of all regions.
    pub(super) face: Option<(String, Theme, Layout, TimeZone)>,
}

/// The boards before and after `id`, in the gallery's order, which comes round.
fn neighbours<'a>(boards: &'a [Arc<Definition>], id: &str) -> Option<(&'a str, &'a str)> {
    let at = boards.iter().position(|board| board.id == id)?;
    let count = boards.len();
    let id_at = |at: usize| boards[at % count].id.as_str();
    (1 < count).then(|| (id_at(at + count - 1), id_at(at + 1)))
}

impl Drawing for Board {
    fn redraw(&mut self) -> Redrawn {
        let Some(view) = self.studio.view(&self.id) else {
            return Redrawn {
                ended: Some(Ended::Removed),
                ..Redrawn::default()
            };
        };
        let frame = &view.frame;
        let (title, zone) = (frame.title.clone(), frame.zone.clone());
        let face = (title, frame.theme, frame.layout, zone);
        if *self.face.get_or_insert_with(|| face.clone()) != face {
            return Redrawn {
                ended: Some(Ended::Reshaped),
                ..Redrawn::default()
            };
        }
        let due = view.due.map(|due| {
            let millis = due.mono.since(view.at.mono).max(0);
            Duration::from_millis(millis.unsigned_abs())
        });
        Redrawn {
            patch: self.slots.advance(view),
            due,
            ended: None,
        }
    }

    fn cells(&self) -> Vec<(u32, Cell)> {
        self.slots.cells()
    }

    fn root(&self) -> (String, String) {
        self.slots.root()
    }

    fn page(&self, epoch: &str, n: u64) -> String {
        let boards = self.studio.boards();
        let frame = PageFrame {
            board: &self.id,
            neighbours: neighbours(&boards, &self.id),
            epoch,
            n,
            build: &self.build,
            now: self.studio.now().wall,
        };
        html::page(&frame, &self.slots)
    }

    fn bell(&self) -> watch::Receiver<u64> {
        self.studio.bell()
    }

    fn clock(&self) -> i64 {
        self.studio.now().wall.as_millisecond()
    }

    fn ages(&self) -> Vec<(String, u64)> {
        self.studio.source_ages()
    }
}
