//! A vendor's nightly run, and the days that its files cover.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{civil::Date, tz::TimeZone};

/// The days that files cover, by dataset.
pub(crate) type DaysByDataset = BTreeMap<String, BTreeSet<Date>>;

/// A vendor's nightly run.
#[derive(Clone, Debug)]
pub struct NightlyRun {
    pub zone: TimeZone,
    /// The hour by which it has ended.
    pub end_hour: i8,
    /// The dataset that covers its days: without it there are no call metrics.
    pub calls: &'static str,
}
