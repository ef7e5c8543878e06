//! A calendar of holidays in words: its next days, when it was read, and why it can't be.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use wallboard_texts::Texts;

use crate::holidays::{CalendarOrigin, CalendarPlan, CalendarProblem, Holidays, StoredCalendar};

/// The days that are listed.
const NEXT_MAX: usize = 6;

/// A calendar for people.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct CalendarText {
    /// The next days: date and name.
    pub(in crate::web) next: Vec<(String, String)>,
    /// "Read Thu 27 Nov 04:00."
    pub(in crate::web) about: String,
    /// Why the last attempt failed; empty if it didn't.
    pub(in crate::web) problem: String,
}

impl CalendarText {
    pub(in crate::web) fn new(
        texts: &Texts,
        holidays: &Holidays,
        plan: &CalendarPlan,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let next = |days: &crate::holidays::CalendarDays| {
            let next = days.range(today..).take(NEXT_MAX);
            next.map(|(date, name)| (write_date(texts, *date), name.clone()))
                .collect()
        };
        match &plan.origin {
            CalendarOrigin::File { path, days } => Self {
                next: next(days),
                about: texts.calendar_of_file(path.display().to_string()),
                problem: String::new(),
            },
            CalendarOrigin::Address { .. } => match holidays.find(plan) {
                Some(stored) => Self {
                    next: next(&stored.days),
                    ..Self::of_stored(texts, &stored, now, zone)
                },
                None => Self {
                    about: texts.calendar_not_read().to_owned(),
                    ..Self::default()
                },
            },
        }
    }

    fn of_stored(texts: &Texts, stored: &StoredCalendar, now: Timestamp, zone: &TimeZone) -> Self {
        let mut about = match stored.read_at {
            Some(at) => texts.calendar_read_at(texts.time_or_day(at, now, zone)),
            None => texts.calendar_not_read().to_owned(),
        };
        if !stored.skipped.is_empty() {
            let named = stored.skipped.join(", ");
            let skipped = texts.calendar_skipped(stored.skipped.len(), named);
            about = format!("{about} {skipped}");
        }
        let why = stored.problem.as_ref();
        let why = why.map(|problem| describe_problem(texts, problem));
        Self {
            about,
            problem: match (why, stored.read_at) {
                (None, _) => String::new(),
                (Some(why), Some(_)) => texts.calendar_problem(why),
                (Some(why), None) => texts.calendar_never_read(why),
            },
            ..Self::default()
        }
    }

    /// The next day, and when the calendar was read.
    pub(in crate::web) fn line(&self, texts: &Texts) -> String {
        match self.next.first() {
            Some((date, name)) => {
                let next = texts.calendar_next(date.as_str(), name.as_str());
                format!("{next} {}", self.about)
            }
            None => self.about.clone(),
        }
    }
}

/// "Thu 24 Dec"
pub(in crate::web) fn write_date(texts: &Texts, date: Date) -> String {
    match date.to_zoned(TimeZone::UTC) {
        Ok(midnight) => texts.date_of(midnight.timestamp(), &TimeZone::UTC),
        Err(_) => date.to_string(),
    }
}

fn describe_problem(texts: &Texts, problem: &CalendarProblem) -> String {
    match problem {
        CalendarProblem::InvalidAddress => texts.problem_address().to_owned(),
        CalendarProblem::NoSuchHost { host } => texts.problem_no_host(host.as_str()),
        CalendarProblem::PrivateAddress { host } => texts.problem_private(host.as_str()),
        CalendarProblem::Unreachable { host, advice } => {
            texts.problem_unreachable(host.as_str(), advice.as_str())
        }
        CalendarProblem::TooSlow { host, seconds } => {
            texts.problem_slow(host.as_str(), seconds.to_string())
        }
        CalendarProblem::Status { host, status } => {
            texts.problem_status(host.as_str(), status.to_string())
        }
        CalendarProblem::Redirect { target } => texts.problem_redirect(target.as_str()),
        CalendarProblem::TooLarge => texts.problem_large().to_owned(),
        CalendarProblem::NotACalendar => texts.calendar_not_one().to_owned(),
        CalendarProblem::CutOff => texts.problem_cut_off().to_owned(),
        CalendarProblem::TooManyEvents => texts.problem_events().to_owned(),
        CalendarProblem::InvalidLine { number } => texts.problem_line(number.to_string()),
        CalendarProblem::NoDays => texts.problem_no_days().to_owned(),
    }
}
