//! A period of a day by the wall clock.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The minutes of a day of the wall clock.
pub const DAY_MINUTES: i64 = 24 * 60;

/// A period of a day, in minutes since its midnight by the wall clock. One that ends after 1440
/// ends on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpenPeriod {
    pub from_minute: i64,
    pub to_minute: i64,
}

/// A text isn't a period of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPeriod;

/// Reads `08:00-17:00`. A period that ends before it begins ends on the next day.
impl FromStr for OpenPeriod {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let times = text.split_once(['-', '–']);
        let times = times.and_then(|(from, to)| Some((parse_minute(from)?, parse_minute(to)?)));
        let (from_minute, to_minute) = times.ok_or(InvalidPeriod)?;
        if from_minute == DAY_MINUTES || from_minute == to_minute {
            return Err(InvalidPeriod);
        }
        let is_over_midnight = to_minute < from_minute;
        Ok(Self {
            from_minute,
            to_minute: to_minute + if is_over_midnight { DAY_MINUTES } else { 0 },
        })
    }
}

/// Parses a time from `00:00` to `24:00` as minutes since midnight.
fn parse_minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str| {
        let is_plain = text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| is_plain)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|n| *n < 60)?);
    Some(hour * 60 + minute).filter(|total| *total <= DAY_MINUTES)
}

impl OpenPeriod {
    /// Writes "08:00–17:00", with the dash that is wanted.
    pub fn to_text(self, dash: char) -> String {
        let to = self.to_minute;
        let to = if DAY_MINUTES < to {
            to - DAY_MINUTES
        } else {
            to
        };
        format!(
            "{}{dash}{}",
            write_minute(self.from_minute),
            write_minute(to)
        )
    }
}

/// Writes minutes since midnight: "08:00".
pub fn write_minute(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
