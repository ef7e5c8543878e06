//! The parts of the configuration that people change in the browser.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A table or a key of the configuration, or the folder of boards. Its name is the table's or the key's.
#[derive(
    Clone,
    Copy,
    Debug,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    Eq,
    Hash,
    IntoStaticStr,
    Ord,
    PartialEq,
    PartialOrd,
    Serialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Section {
    // Exported first: no key of the file may follow a table.
    TimeZone,
    Language,
    Boards,
    Thresholds,
    Targets,
    Hours,
    /// Calendars of holidays.
    Holidays,
    Names,
    /// Numbers and states of other systems.
    Figures,
    Groups,
    Links,
    People,
    Hide,
    Brand,
    Privacy,
    /// Where messages are sent.
    Channels,
    /// Rules of alerts.
    Alerts,
    /// Reports by email.
    Reports,
    /// Boards that screens show in turn.
    Playlists,
    /// Data sources, live ones and those of files.
    Sources,
}

impl Section {
    /// Whether the section is one entry, without a name.
    pub fn is_whole(self) -> bool {
        self.is_key() || matches!(self, Self::Brand | Self::Privacy)
    }

    /// Whether it is one key at the top of the file, and no table.
    pub fn is_key(self) -> bool {
        matches!(self, Self::TimeZone | Self::Language)
    }

    /// Whether its entries have secrets, and so forms of their own, which seal them.
    pub fn has_secrets(self) -> bool {
        matches!(self, Self::Channels | Self::Sources)
    }

    /// Whether each entry is one line of its table, and not a table.
    pub fn is_line(self) -> bool {
        matches!(self, Self::Names | Self::Links | Self::Hide)
    }
}
