//! Slots: the numbered leaves of a view that change.

/// The value of one slot, as a viewer applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    /// A running clock by its start (milliseconds since 1970 on our wall clock),
    /// or a stopped one by its text.
    Clock {
        since: Option<i64>,
        text: String,
    },
    /// Attributes of an element: severity, a row's place.
    Attrs(Vec<(&'static str, Attr)>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Attr {
    Text(String),
    Number(i64),
}

/// What changed from one published view to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    pub cells: Vec<(u32, Cell)>,
    /// Region id and its new HTML, with new slot numbers; applied before `cells`.
    pub regions: Vec<(String, String)>,
    /// The source's own time of the oldest change folded in, milliseconds since 1970.
    pub oldest: Option<i64>,
}
