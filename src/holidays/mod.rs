//! Calendars of holidays: iCalendar files (RFC 5545) and their whole days, read from files, once into a form, or daily
//! at an address. Knows neither pages nor opening hours.
//!
//! No crate reads the format: those for it tell the time by chrono, recurse as deep as a file nests its parts, or try a
//! hundred thousand dates for one rule.

mod calendar_event;
mod calendar_plan;
mod calendar_problem;
mod calendar_request;
mod content_line;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod fuzz;
mod holiday_calendar;
#[expect(
    clippy::module_inception,
    reason = "the handle has the name of what it holds"
)]
mod holidays;
mod reading;
mod stored_calendar;
#[cfg(test)]
mod tests;
mod yearly_rule;

pub use calendar_plan::{CalendarDays, CalendarOrigin, CalendarPlan};
pub use calendar_problem::CalendarProblem;
pub use calendar_request::{read_text, request_calendar};
pub use holiday_calendar::{CalendarFault, HolidayCalendar, read_holidays};
pub use holidays::{HolidayError, Holidays, days_by_calendar};
pub use reading::keep_reading;
pub use stored_calendar::StoredCalendar;
