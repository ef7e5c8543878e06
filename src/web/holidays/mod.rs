//! Holidays of an iCalendar file (RFC 5545): its whole days in a range of dates. Knows no page.
//!
//! No crate reads it: those for the format tell the time by chrono, recurse as deep as a file nests its parts, or try a
//! hundred thousand dates for one rule.

mod calendar_event;
mod content_line;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod fuzz;
mod holiday_calendar;
#[cfg(test)]
mod tests;
mod yearly_rule;

pub(super) use holiday_calendar::{CalendarFault, read_holidays};
