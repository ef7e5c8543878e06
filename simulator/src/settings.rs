//! The settings of the simulated contact center.

use jiff::tz::TimeZone;

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
