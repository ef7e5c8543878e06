//! The exchange between the desk and a paired screen, beside its board.

use jiff::Timestamp;

/// An order to one screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenOrder {
    /// Show the screen's name for some seconds, so that somebody finds it.
    Identify { name: String },
    /// Load the page again.
    Reload,
}

/// A screen's report about the page that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenReport {
    pub at: Timestamp,
    /// How long after it was sent the last frame was painted, in milliseconds. `None`: none was.
    pub lag_ms: Option<u32>,
    pub is_visible: bool,
}
