//! Announcements: what somebody tells everyone who looks at a board, until a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

/// How urgent an announcement is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    EnumString,
    VariantNames,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum AnnouncementKind {
    #[default]
    Info,
    Important,
    /// Takes the whole board.
    Emergency,
}

/// An announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    pub text: String,
    pub kind: AnnouncementKind,
    /// IDs of the boards that show it; `None`: all.
    #[serde(default)]
    pub boards: Option<Vec<String>>,
    /// The names of paired screens that show it beside the boards, whatever board they have.
    #[serde(default)]
    pub screens: Vec<String>,
    pub from: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// The name of whose it is; empty with open access.
    #[serde(default)]
    pub by: String,
}

impl Announcement {
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.until <= at
    }

    /// Whether a board shows it at one time.
    pub fn is_shown(&self, board: &str, at: Timestamp) -> bool {
        self.is_for(board) && self.from <= at && !self.is_over(at)
    }

    /// Whether a paired screen is one of those that show it.
    pub fn is_for_screen(&self, screen: &str) -> bool {
        self.screens.iter().any(|name| name == screen)
    }

    /// Whether a board is one of those that show it.
    pub fn is_for(&self, board: &str) -> bool {
        (self.boards.as_ref()).is_none_or(|boards| boards.iter().any(|id| id == board))
    }
}
