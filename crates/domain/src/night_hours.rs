//! Night hours of a screen: nobody looks at it, and it needn't shine.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::{OpenPeriod, OpeningHours};

/// When a screen is dark, every night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightHours {
    pub period: OpenPeriod,
    pub look: NightLook,
}

/// The look of a screen at night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NightLook {
    /// Its board with a tenth of the light.
    Dim,
    /// Nothing.
    Black,
}

impl NightHours {
    /// Returns how the screen looks at `now`, by the wall clock of `zone`; `None` by day.
    pub fn look_at(&self, zone: &TimeZone, now: Timestamp) -> Option<NightLook> {
        is_within_daily(self.period, zone, now).then_some(self.look)
    }
}

/// Whether a period of every day contains a moment, by the wall clock of `zone`.
pub fn is_within_daily(period: OpenPeriod, zone: &TimeZone, now: Timestamp) -> bool {
    let days = OpeningHours {
        zone: zone.clone(),
        week: std::array::from_fn(|_| vec![period]),
        dates: BTreeMap::new(),
        holidays: crate::ClosedDays::default(),
    };
    days.is_open(now)
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;

    use super::*;

    #[test]
    fn a_night_crosses_midnight_and_keeps_the_wall_clock_when_clocks_change() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let night = NightHours {
            period: "22:00-06:00".parse().unwrap(),
            look: NightLook::Dim,
        };
        let is_night = |at: &str| {
            let at: DateTime = at.parse().unwrap();
            let at = at.to_zoned(zone.clone()).unwrap().timestamp();
            night.look_at(&zone, at).is_some()
        };
        // 2026-03-29 and 2026-10-25 have 23 and 25 hours.
        for day in ["2026-03-28", "2026-03-29", "2026-10-25", "2026-11-24"] {
            for (time, expected) in [
                ("00:00", true),
                ("05:59", true),
                ("06:00", false),
                ("21:59", false),
                ("22:00", true),
                ("23:59", true),
            ] {
                assert_eq!(is_night(&format!("{day}T{time}")), expected, "{day} {time}");
            }
        }
    }
}
