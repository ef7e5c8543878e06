//! The cells of a board outside its rows: of its header and of its groups.

use super::slot_value::SlotValue;

/// The cells of a header.
#[derive(Clone, Debug)]
pub struct HeadCells<T = SlotValue> {
    /// "6 queues".
    pub count: T,
    pub calm: T,
    /// The gaps of the day that all queues share.
    pub day_note: T,
    pub status: NewsCells<T>,
    pub band: NewsCells<T>,
    /// An announcement.
    pub news: NewsCells<T>,
    pub omitted: T,
    /// The queues outside their opening hours.
    pub closed: T,
    /// The state of the whole board: `night`, `empty`, or neither.
    pub phase: T,
    /// In place of rows: why there are none, since when, and who to call.
    pub empty: T,
    pub detail: T,
    pub contact: T,
    pub site: Vec<SiteCells<T>>,
}

/// Whether the board is live, or why it isn't; or an announcement.
#[derive(Clone, Debug)]
pub struct NewsCells<T = SlotValue> {
    pub attributes: T,
    pub text: T,
    /// Of the status: completes it for those who don't see the band. Of an announcement: whose it is.
    pub detail: T,
}

/// A figure of the site.
#[derive(Clone, Debug)]
pub struct SiteCells<T = SlotValue> {
    pub attributes: T,
    pub label: T,
    pub value: T,
    pub note: T,
}

/// The cells of a group of rows.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupCells<T = SlotValue> {
    /// The grid of tiles.
    Tiles(T),
    /// Below a table.
    Footnote(T),
    /// How many agents, and two notes on them.
    Agents {
        attributes: T,
        count: T,
        too_long: T,
        counted: T,
    },
}

impl<T> HeadCells<T> {
    pub(super) fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> HeadCells<U> {
        HeadCells {
            count: make(&self.count),
            calm: make(&self.calm),
            day_note: make(&self.day_note),
            status: self.status.map(make),
            band: self.band.map(make),
            news: self.news.map(make),
            omitted: make(&self.omitted),
            closed: make(&self.closed),
            phase: make(&self.phase),
            empty: make(&self.empty),
            detail: make(&self.detail),
            contact: make(&self.contact),
            site: self.site.iter().map(|item| item.map(make)).collect(),
        }
    }

    /// Returns all cells in the order of their slots.
    pub fn list(&self) -> Vec<&T> {
        let mut all = Vec::new();
        self.map(&mut |cell| all.push(cell));
        all
    }
}

impl<T> NewsCells<T> {
    fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> NewsCells<U> {
        NewsCells {
            attributes: make(&self.attributes),
            text: make(&self.text),
            detail: make(&self.detail),
        }
    }
}

impl<T> SiteCells<T> {
    fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> SiteCells<U> {
        SiteCells {
            attributes: make(&self.attributes),
            label: make(&self.label),
            value: make(&self.value),
            note: make(&self.note),
        }
    }
}

impl<T> GroupCells<T> {
    pub(super) fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> GroupCells<U> {
        match self {
            Self::Tiles(grid) => GroupCells::Tiles(make(grid)),
            Self::Footnote(text) => GroupCells::Footnote(make(text)),
            Self::Agents {
                attributes,
                count,
                too_long,
                counted,
            } => GroupCells::Agents {
                attributes: make(attributes),
                count: make(count),
                too_long: make(too_long),
                counted: make(counted),
            },
        }
    }

    /// Returns all cells in the order of their slots.
    pub fn list(&self) -> Vec<&T> {
        let mut all = Vec::new();
        self.map(&mut |cell| all.push(cell));
        all
    }
}
