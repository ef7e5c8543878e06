//! An event of an iCalendar file: the whole days that it is.

use jiff::{
    Span, Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::{content_line::ContentLine, yearly_rule::YearlyRule};

/// The most characters of a name.
const NAME_CHARS_MAX: usize = 80;

/// The most days of an event.
const DAYS_MAX: usize = 731;

/// The lines of an event.
#[derive(Clone, Debug)]
pub(super) struct CalendarEvent {
    /// The number of its first line.
    pub(super) line: usize,
    pub(super) properties: Vec<ContentLine>,
}

/// The dates of an event, if it's one of whole days.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EventDays {
    /// The first date of each time that it happens, and how many days it lasts.
    Whole { starts: Vec<Date>, length: usize },
    /// It has times, or repeats in a way that isn't read, and the last date of which that is known.
    Other { until: Option<Date> },
}

/// A line that can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidLine(pub(super) usize);

/// A date, or a time by the clock on the wall.
#[derive(Clone, Copy)]
enum Written {
    Day(Date),
    Time { local: DateTime, is_midnight: bool },
}

impl CalendarEvent {
    fn find(&self, name: &str) -> Option<&ContentLine> {
        self.properties.iter().find(|line| line.name == name)
    }

    pub(super) fn uid(&self) -> Option<&str> {
        Some(&self.find("UID")?.value)
    }

    pub(super) fn is_canceled(&self) -> bool {
        let status = self.find("STATUS");
        // With one L or two.
        status.is_some_and(|status| status.value.to_ascii_uppercase().starts_with("CANCEL"))
    }

    /// "Christmas Day", without line breaks.
    pub(super) fn name(&self) -> String {
        let written = self.find("SUMMARY").map_or("", |line| &line.value);
        let mut name = String::new();
        let mut chars = written.chars();
        while let Some(char) = chars.next() {
            let char = match char {
                '\\' => match chars.next() {
                    Some('n' | 'N') | None => ' ',
                    Some(escaped) => escaped,
                },
                char if char.is_control() => ' ',
                char => char,
            };
            name.push(char);
        }
        name.trim().chars().take(NAME_CHARS_MAX).collect()
    }

    /// The date of the repetition that this event replaces.
    pub(super) fn replaced_date(&self, zone: &TimeZone) -> Option<Date> {
        let written = Written::parse(&self.find("RECURRENCE-ID")?.value, zone)?;
        Some(written.date())
    }

    /// Returns its days from `first` to `last`. Times are those of `zone`, unless midnight is written.
    pub(super) fn days(
        &self,
        zone: &TimeZone,
        first: Date,
        last: Date,
    ) -> Result<EventDays, InvalidLine> {
        let read =
            |line: &ContentLine| Written::parse(&line.value, zone).ok_or(InvalidLine(line.number));
        let start = self.find("DTSTART").ok_or(InvalidLine(self.line))?;
        let start = read(start)?;
        let end = self.find("DTEND").map(read).transpose()?;
        let rule = self.find("RRULE").map(|line| line.value.as_str());
        let date = start.date();
        let Some(length) = self.length(start, end)? else {
            let until = rule.is_none().then_some(date);
            return Ok(EventDays::Other { until });
        };
        // An event of several days may have begun before.
        let before = i64::try_from(length - 1).unwrap_or_default();
        let from = first.saturating_sub(before.days());
        let mut starts = match rule {
            None => vec![date],
            Some(rule) => {
                let read_date = |text: &str| Some(Written::parse(text, zone)?.date());
                let Some(rule) = YearlyRule::parse(rule, read_date) else {
                    return Ok(EventDays::Other { until: None });
                };
                rule.dates(date, from, last)
            }
        };
        starts.extend(self.listed_dates("RDATE", zone)?);
        let excluded = self.listed_dates("EXDATE", zone)?;
        starts.retain(|start| from <= *start && *start <= last && !excluded.contains(start));
        Ok(EventDays::Whole { starts, length })
    }

    /// In days; `None` if it isn't of whole days.
    fn length(&self, start: Written, end: Option<Written>) -> Result<Option<usize>, InvalidLine> {
        let days = match end {
            Some(end) if start.is_day_start() && end.is_day_start() => {
                days_between(start.date(), end.date())
            }
            Some(_) => return Ok(None),
            None => match (self.find("DURATION"), start) {
                (Some(line), _) => {
                    let span: Span = (line.value.parse()).map_err(|_| InvalidLine(line.number))?;
                    let days = span
                        .get_weeks()
                        .saturating_mul(7)
                        .saturating_add(span.get_days());
                    let is_whole = span.fieldwise() == days_of_span(span).fieldwise();
                    if !is_whole || !start.is_day_start() {
                        return Ok(None);
                    }
                    days
                }
                (None, Written::Day(_)) => 1,
                (None, Written::Time { .. }) => return Ok(None),
            },
        };
        // Some programs write the last day in place of the one after it. Nothing lasts longer.
        let days = usize::try_from(days).unwrap_or_default();
        Ok(Some(days.clamp(1, DAYS_MAX)))
    }

    fn listed_dates(&self, name: &str, zone: &TimeZone) -> Result<Vec<Date>, InvalidLine> {
        let lines = self.properties.iter().filter(|line| line.name == name);
        let dates = lines.flat_map(|line| {
            let all = line.value.split(',');
            all.map(|one| {
                let written = Written::parse(one.trim(), zone);
                written.map(Written::date).ok_or(InvalidLine(line.number))
            })
        });
        dates.collect()
    }
}

fn days_between(start: Date, end: Date) -> i32 {
    (end - start).get_days()
}

/// Only the weeks and days of a span.
fn days_of_span(span: Span) -> Span {
    Span::new().weeks(span.get_weeks()).days(span.get_days())
}

impl Written {
    /// Parses `20261224`, `20261224T000000`, or with `Z` a time that the zone's clock shows in another way.
    fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let Some((day, time)) = text.split_once(['T', 't']) else {
            return Some(Self::Day(parse_date(text)?));
        };
        let (time, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let [hour, minute, second] = parse_digits([2, 2, 2], time)?;
        let [hour, minute, second] = [hour, minute, second].map(|part| i8::try_from(part).ok());
        // A leap second.
        let second = second?.min(59);
        let local =
            parse_date(day)?.to_datetime(jiff::civil::Time::new(hour?, minute?, second, 0).ok()?);
        if !is_utc {
            let is_midnight = local.time() == jiff::civil::Time::midnight();
            return Some(Self::Time { local, is_midnight });
        }
        let at: Timestamp = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let zoned = at.to_zoned(zone.clone());
        // On some days the clock never shows midnight.
        let is_midnight = zoned.start_of_day().is_ok_and(|start| start == zoned);
        Some(Self::Time {
            local: zoned.datetime(),
            is_midnight,
        })
    }

    fn date(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Time { local, .. } => local.date(),
        }
    }

    fn is_day_start(self) -> bool {
        match self {
            Self::Day(_) => true,
            Self::Time { is_midnight, .. } => is_midnight,
        }
    }
}

fn parse_date(text: &str) -> Option<Date> {
    let [year, month, day] = parse_digits([4, 2, 2], text)?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    // A rule begins there, and each year after it is tried.
    let date = Date::new(year, month, day).ok()?;
    (1900..=2200).contains(&year).then_some(date)
}

/// Parses digits of these lengths, one after another.
fn parse_digits<const N: usize>(lengths: [usize; N], text: &str) -> Option<[i16; N]> {
    let is_all = text.len() == lengths.iter().sum::<usize>();
    if !is_all || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut rest = text;
    let mut numbers = [0; N];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let (digits, further) = rest.split_at(length);
        *number = digits.parse().ok()?;
        rest = further;
    }
    Some(numbers)
}
