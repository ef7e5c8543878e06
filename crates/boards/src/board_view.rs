//! A board at one moment, as plain values: [`BoardFrame`] and labels are drawn once, cells change.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use jiff::tz::TimeZone;

use wallboard_domain::{BoardDensity, BoardTheme, Brand, Moment};
use wallboard_live::{Severity, UnmarkedSources};
use wallboard_texts::Texts;

use super::{
    board_definition::BoardLayout,
    board_row::BoardRow,
    head_cells::{GroupCells, HeadCells},
    queue_table::TableHead,
};

/// A board at one moment.
#[derive(Clone, Debug)]
pub struct BoardView {
    pub frame: BoardFrame,
    pub head: HeadCells,
    pub lists: Vec<RowList>,
    /// Queues of the board without a row.
    pub omitted: Vec<OmittedQueue>,
    /// The moment of this view.
    pub at: Moment,
    /// The sources whose values it shows without a mark.
    pub unmarked: UnmarkedSources,
    /// When time alone will next change the view.
    pub next_change: Option<Moment>,
}

/// A queue without a row, because there are more than the board's pages can show.
#[derive(Clone, Debug)]
pub struct OmittedQueue {
    pub key: String,
    pub severity: Severity,
}

/// The parts that don't change while a board is watched; if one does, everything is drawn again.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardFrame {
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    pub columns: Option<u8>,
    pub density: BoardDensity,
    /// The texts it is written in.
    pub texts: &'static Texts,
    pub zone: TimeZone,
    pub brand: Brand,
    /// The board's note on its data if it isn't real or not live.
    pub note: Option<Arc<str>>,
}

impl BoardFrame {
    /// Identifies what the page shows of it outside of all regions. No patch can change that, so
    /// a page with another id must reload.
    pub fn page_id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        let zone = self.zone.iana_name();
        let own = (
            self.layout,
            self.theme,
            self.density,
            &self.brand,
            self.texts.tag(),
        );
        (&self.title, own, zone).hash(&mut hasher);
        format!("{:012x}", hasher.finish() >> 16)
    }
}

/// Rows of one kind, each in one of its groups.
#[derive(Clone, Debug)]
pub struct RowList {
    /// The prefix of its regions' ids.
    pub id: &'static str,
    pub kind: Kind,
    pub groups: Vec<BoardGroup>,
    pub rows: Vec<BoardRow>,
}

/// The drawing style of a list's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Tiles,
    Table(TableHead),
    Cards,
}

/// A heading with rows below it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardGroup {
    pub key: &'static str,
    pub title: &'static str,
    pub cells: GroupCells,
}
