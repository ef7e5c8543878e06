//! A row of a board: a queue or an agent, with its cells by what they are. Slots, pages and comparisons
//! take the cells in the order of `map`.

use wallboard_live::Severity;

use super::slot_value::{AttributeValue, SlotValue};

/// The attribute with a row's position.
const POSITION: &str = "pos";

/// A queue, an agent or a number, in one place of a list.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// Identifies the row while it is on the board.
    pub key: String,
    pub(super) place: RowPlace,
    pub shape: RowShape,
    pub cells: RowCells,
    /// The source's time of the newest report shown here.
    pub reported_at: Option<i64>,
}

impl BoardRow {
    /// Whether it is marked as a whole.
    pub fn severity(&self) -> Severity {
        self.place.severity
    }

    /// Gives the row its place among all of its list.
    pub(super) fn set_position(&mut self, position: i64) {
        self.place.position = position;
        let position = AttributeValue::Number(position);
        let found = (self.attributes_mut().iter_mut()).find(|one| one.0 == POSITION);
        found.expect("rows begin with their place").1 = position;
    }

    /// Adds something that the style knows of the row.
    pub(super) fn add_attribute(&mut self, name: &'static str, value: AttributeValue) {
        self.attributes_mut().push((name, value));
    }

    fn attributes_mut(&mut self) -> &mut Vec<(&'static str, AttributeValue)> {
        let attributes = match &mut self.cells {
            RowCells::Queue(cells) => &mut cells.attributes,
            RowCells::Agent(cells) => &mut cells.attributes,
        };
        match attributes {
            SlotValue::Attributes(attributes) => attributes,
            SlotValue::Text(_) | SlotValue::Clock { .. } => {
                unreachable!("the first slot of a row has its attributes")
            }
        }
    }

    /// The name that it shows, or that readers hear.
    pub fn name(&self) -> &str {
        let name = match &self.cells {
            RowCells::Queue(cells) => &cells.name,
            RowCells::Agent(cells) => &cells.name,
        };
        name.as_text()
    }
}

/// The place of a row in its list, and whether it is marked as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowPlace {
    pub(super) group: &'static str,
    pub(super) position: i64,
    pub(super) severity: Severity,
}

impl RowPlace {
    /// The first attributes of the row's element.
    pub(super) fn attributes(self) -> Vec<(&'static str, AttributeValue)> {
        vec![
            ("sev", self.severity.into_str().into()),
            (POSITION, AttributeValue::Number(self.position)),
            ("in", self.group.into()),
        ]
    }
}

/// The parts of a row drawn once; when they change, the row is drawn again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowShape {
    /// The "All queues" row.
    pub is_all_queues: bool,
    /// A tile that is no queue.
    pub is_widget: bool,
    /// A picture instead of figures.
    pub picture: Option<PictureShape>,
    /// The link to the details page; empty without one.
    pub href: String,
    pub figures: Vec<FigureShape>,
    /// Whether it has the last hour of its first metric.
    pub has_trend: bool,
}

impl RowShape {
    /// Whether the name is seen, and not only read aloud.
    pub(super) fn has_heading(&self) -> bool {
        (self.picture.as_ref()).is_none_or(|picture| picture.has_heading)
    }
}

/// A picture of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureShape {
    pub address: String,
    pub alt: String,
    /// Whether the name, which is the text for readers, stands above it.
    pub has_heading: bool,
}

/// The parts of a figure drawn once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureShape {
    pub label: String,
    /// The same for a tile with less room: "wait".
    pub short_label: String,
    /// Whether it shows a clock, which explains itself.
    pub is_clock: bool,
    /// The service level, which a tile also draws as a bar.
    pub is_bar: bool,
    /// Whether it is compared with what is usual.
    pub has_normal: bool,
}

/// The cells of a row.
#[derive(Clone, Debug)]
pub enum RowCells<T = SlotValue> {
    Queue(QueueCells<T>),
    Agent(AgentCells<T>),
}

/// The cells of a queue's tile or row.
#[derive(Clone, Debug)]
pub struct QueueCells<T = SlotValue> {
    /// Severity, position, group, and what the style knows of the row.
    pub attributes: T,
    pub name: T,
    pub note: T,
    pub figures: Vec<FigureCells<T>>,
    /// The last hour of the first metric.
    pub trend: Option<T>,
    /// The causes of its severity that are no figure of the row, and one that is a clock.
    pub causes: T,
    pub cause_clock: T,
    pub tile: Option<TileCells<T>>,
}

/// The cells of a figure.
#[derive(Clone, Debug)]
pub struct FigureCells<T = SlotValue> {
    pub attributes: T,
    pub value: T,
    pub note: T,
    /// How it compares with what is usual.
    pub normal: Option<T>,
}

/// The cells that only a tile has.
#[derive(Clone, Debug)]
pub struct TileCells<T = SlotValue> {
    /// "◆ Critical"
    pub mark: T,
    /// The large number in full, if it is shortened.
    pub exact: T,
    /// How old the tile's values are.
    pub age: T,
}

/// The cells of an agent's card.
#[derive(Clone, Debug)]
pub struct AgentCells<T = SlotValue> {
    pub attributes: T,
    pub name: T,
    pub clock: T,
    pub details: T,
    pub activity: T,
    /// Says the clock's mark.
    pub mark: T,
}

impl<T> RowCells<T> {
    pub(super) fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> RowCells<U> {
        match self {
            Self::Queue(cells) => RowCells::Queue(cells.map(make)),
            Self::Agent(cells) => RowCells::Agent(cells.map(make)),
        }
    }

    /// Returns all cells in the order of their slots.
    pub fn list(&self) -> Vec<&T> {
        let mut all = Vec::new();
        self.map(&mut |cell| all.push(cell));
        all
    }
}

impl<T> QueueCells<T> {
    fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> QueueCells<U> {
        QueueCells {
            attributes: make(&self.attributes),
            name: make(&self.name),
            note: make(&self.note),
            figures: (self.figures.iter())
                .map(|figure| figure.map(make))
                .collect(),
            trend: self.trend.as_ref().map(&mut *make),
            causes: make(&self.causes),
            cause_clock: make(&self.cause_clock),
            tile: self.tile.as_ref().map(|tile| TileCells {
                mark: make(&tile.mark),
                exact: make(&tile.exact),
                age: make(&tile.age),
            }),
        }
    }
}

impl<T> FigureCells<T> {
    fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> FigureCells<U> {
        FigureCells {
            attributes: make(&self.attributes),
            value: make(&self.value),
            note: make(&self.note),
            normal: self.normal.as_ref().map(&mut *make),
        }
    }
}

impl<T> AgentCells<T> {
    fn map<'a, U>(&'a self, make: &mut impl FnMut(&'a T) -> U) -> AgentCells<U> {
        AgentCells {
            attributes: make(&self.attributes),
            name: make(&self.name),
            clock: make(&self.clock),
            details: make(&self.details),
            activity: make(&self.activity),
            mark: make(&self.mark),
        }
    }
}
