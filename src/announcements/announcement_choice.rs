//! The choices for an announcement, and why it can't be made so.

use jiff::{SignedDuration, Timestamp};

use wallboard_access::is_plain;
use wallboard_domain::{Announcement, AnnouncementKind};

/// In characters: two lines on a TV.
pub const TEXT_LENGTH_MAX: usize = 90;
/// A longer one has to be announced again.
const LENGTH_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// People's choices for an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementChoice {
    pub text: String,
    pub kind: AnnouncementKind,
    /// IDs of boards; `None`: all.
    pub boards: Option<Vec<String>>,
    /// The names of paired screens.
    pub screens: Vec<String>,
    /// `None`: now.
    pub from: Option<Timestamp>,
    pub until: Timestamp,
}

/// Why an announcement can't be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceFault {
    #[error("Write what the boards should say, in at most {TEXT_LENGTH_MAX} characters.")]
    Text,
    #[error("The text has a character that isn’t visible. Type it again.")]
    Invisible,
    #[error("That time is over. Choose a later end.")]
    Over,
    #[error("The end is before the beginning. Choose a later end.")]
    Backward,
    #[error("An announcement ends within a week. Choose an earlier end.")]
    TooLong,
    #[error("Choose a board.")]
    NoBoard,
}

impl AnnouncementChoice {
    /// Checks what somebody entered, and returns the announcement as it's stored.
    pub(super) fn into_announcement(
        self,
        by: String,
        now: Timestamp,
    ) -> Result<Announcement, ChoiceFault> {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=TEXT_LENGTH_MAX).contains(&text.chars().count()) {
            return Err(ChoiceFault::Text);
        }
        if !is_plain(&text) {
            return Err(ChoiceFault::Invisible);
        }
        if self.until <= now {
            return Err(ChoiceFault::Over);
        }
        // One that began before begins now.
        let from = self.from.map_or(now, |from| from.max(now));
        if self.until <= from {
            return Err(ChoiceFault::Backward);
        }
        if LENGTH_MAX < self.until.duration_since(now) {
            return Err(ChoiceFault::TooLong);
        }
        if self.screens.is_empty() && self.boards.as_ref().is_some_and(Vec::is_empty) {
            return Err(ChoiceFault::NoBoard);
        }
        Ok(Announcement {
            text,
            kind: self.kind,
            boards: self.boards,
            screens: self.screens,
            from,
            until: self.until,
            by,
        })
    }
}
