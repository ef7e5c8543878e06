//! The settings of the simulated contact center.

use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The same seed and start give the same day.
    pub seed: u64,
    /// Simulated seconds per second: a greater value gives more and shorter contacts. Above 0.
    pub speed: f64,
    /// The time zone of its days.
    pub zone: TimeZone,
    /// The time zone of its customers, which says when it's busy, open and staffed; by default the
    /// same.
    pub customer_zone: Option<TimeZone>,
}

impl Settings {
    pub fn customer_zone(&self) -> &TimeZone {
        self.customer_zone.as_ref().unwrap_or(&self.zone)
    }

    /// Returns a time zone with early afternoon at night: its customers keep the center busy whenever
    /// the demo starts, and every time is true. `None` by day.
    pub fn daytime_zone(zone: &TimeZone, now: Timestamp) -> Option<TimeZone> {
        const DAY: Range<i8> = 8..18;
        const AFTERNOON: i8 = 14;
        if DAY.contains(&now.to_zoned(zone.clone()).hour()) {
            return None;
        }
        let ahead = AFTERNOON - now.to_zoned(TimeZone::UTC).hour();
        let offset = (ahead + 12).rem_euclid(24) - 12;
        // Its name has the sign reversed.
        TimeZone::get(&format!("Etc/GMT{:+}", -offset)).ok()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: 1.0,
            zone: TimeZone::UTC,
            customer_zone: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_awake_whenever_the_demo_starts() {
        for name in [
            "UTC",
            "Asia/Kolkata",
            "America/New_York",
            "Pacific/Kiritimati",
        ] {
            let zone = TimeZone::get(name).unwrap();
            for hour in 0..24 {
                let now: Timestamp = format!("2026-11-24T{hour:02}:30:00Z").parse().unwrap();
                let customers = Settings::daytime_zone(&zone, now).unwrap_or(zone.clone());
                let their_hour = now.to_zoned(customers).hour();
                assert!((8..18).contains(&their_hour), "{their_hour}, {name}, {now}");
            }
        }
    }
}
