//! A calendar of `[holidays]`: its name, and where its days come from.

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{ToSpan, civil::Date};

use wallboard_domain::RedactedText;

/// A calendar that opening hours can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPlan {
    pub name: String,
    pub origin: CalendarOrigin,
}

/// The place of a calendar's days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarOrigin {
    /// Read daily.
    Address {
        url: RedactedText,
        /// Whether it may be in the company's own network.
        allow_private: bool,
    },
    /// Read with the configuration.
    File { path: PathBuf, days: CalendarDays },
}

/// The whole days of a calendar, each with its name.
pub type CalendarDays = BTreeMap<Date, String>;

/// The dates whose holidays are read: those of reports about the past, too.
pub(super) fn date_range(today: Date) -> (Date, Date) {
    let first = today.first_of_year().saturating_sub(2.years());
    (first, today.last_of_year().saturating_add(2.years()))
}
