//! The settings of the simulated contact center.

use jiff::tz::TimeZone;

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The same seed and start give the same day.
    pub seed: u64,
    /// Simulated seconds per second: a greater value gives more and shorter contacts. Above 0.
    pub speed: f64,
    /// The time zone of the daily curve.
    pub zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            speed: 1.0,
            zone: TimeZone::UTC,
        }
    }
}
