//! Playlists: boards that a screen shows in turn, by the clock.

mod turn;

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::OpeningHours;

pub(crate) use turn::JUMPS_FOLLOWED;
pub use turn::PlaylistTurn;

/// Boards that screens show in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Playlist {
    /// Identifies it, and is its name for people.
    pub name: String,
    pub items: Vec<PlaylistItem>,
    /// How long a board stays that came out of turn because a queue of it turned critical; `None`: none does.
    pub jump: Option<SignedDuration>,
}

/// A board in a playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistItem {
    /// Its ID. A board that doesn't exist has no turn.
    pub board: String,
    pub dwell: SignedDuration,
    /// When it has a turn; `None`: always.
    pub hours: Option<OpeningHours>,
    /// It has a turn only if a queue of it is critical when that begins.
    pub only_critical: bool,
}

/// A board that can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownBoard {
    /// The number of its queues, if one was critical. Of two boards with the same queue, the one with fewer is
    /// about that queue.
    pub queues: usize,
    /// When they were critical.
    pub critical: Vec<CriticalTime>,
}

/// A time when a queue of a board was critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CriticalTime {
    pub from: Timestamp,
    /// `None` while it lasts.
    pub to: Option<Timestamp>,
    /// The same on every board that has the queue.
    pub number: usize,
}

impl Playlist {
    /// Whether a board is in it.
    pub fn includes(&self, board: &str) -> bool {
        self.items.iter().any(|item| item.board == board)
    }
}

impl CriticalTime {
    fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}
