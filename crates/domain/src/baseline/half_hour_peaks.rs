//! The most that waited in each half hour of a queue's sampled days.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{PercentileBand, STEPS_PER_DAY, half_hour_index};

/// A half hour is known by both of its quarters.
const QUARTERS: u8 = 2;

#[derive(Clone, Debug, Default)]
pub(super) struct HalfHourPeaks {
    /// The known quarters and the most in them.
    days: HashMap<Date, [(u8, u32); STEPS_PER_DAY]>,
}

impl HalfHourPeaks {
    /// Adds the quarter of an hour that begins at `start`.
    pub(super) fn add_quarter(&mut self, start: Timestamp, waiting: u32, zone: &TimeZone) {
        let time = start.to_zoned(zone.clone());
        let day = self.days.entry(time.date());
        let steps = day.or_insert([(0, 0); STEPS_PER_DAY]);
        let (quarters, most) = &mut steps[half_hour_index(&time)];
        *quarters = quarters.saturating_add(1);
        *most = waiting.max(*most);
    }

    /// Returns the upper end of each half hour's band.
    pub(super) fn usual_peaks(&self) -> Box<[Option<f64>; STEPS_PER_DAY]> {
        let usual = std::array::from_fn(|step| {
            let days = self.days.values().map(|steps| steps[step]);
            let known = days.filter(|(quarters, _)| QUARTERS <= *quarters);
            let band = PercentileBand::from_values(known.map(|(_, most)| most.into()).collect());
            band.map(|band| band.high)
        });
        Box::new(usual)
    }
}
