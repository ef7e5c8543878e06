//! How often each rule fired in the last seven days.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const HOUR_SECONDS: i64 = 3600;

/// The firings of rules by the hour. A rule fires when an alert opens by it, or an open one fulfills it, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFirings {
    /// When counting began.
    since: Option<Timestamp>,
    /// By rule, the count of each hour since 1970, in order.
    hours: BTreeMap<String, Vec<(i64, u32)>>,
}

impl RuleFirings {
    /// How often a rule fired in the last seven days, or since counting began.
    pub fn count(&self, rule: &str, now: Timestamp) -> u32 {
        let hours = self.hours.get(rule).into_iter().flatten();
        let first = first_hour(now);
        let recent = hours.filter(|(hour, _)| first <= *hour);
        recent.map(|(_, count)| count).sum()
    }

    /// When counting began, if that is less than seven days ago.
    pub fn counted_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.since.filter(|since| now.duration_since(*since) < WEEK)
    }

    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.since.get_or_insert(now);
    }

    pub(crate) fn add(&mut self, rule: &str, now: Timestamp) {
        let first = first_hour(now);
        self.hours.retain(|_, hours| {
            hours.retain(|(hour, _)| first <= *hour);
            !hours.is_empty()
        });
        let this = hour_of(now);
        let hours = self.hours.entry(rule.to_owned()).or_default();
        match hours.last_mut() {
            Some((last, count)) if *last == this => *count += 1,
            _ => hours.push((this, 1)),
        }
    }
}

/// The first hour of the last seven days.
fn first_hour(now: Timestamp) -> i64 {
    hour_of(now.saturating_sub(WEEK).unwrap_or(Timestamp::MIN)) + 1
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR_SECONDS)
}
