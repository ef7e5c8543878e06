//! Rules of events that repeat each year: a date, or a weekday such as the fourth Thursday of November.

use jiff::civil::{Date, Weekday};

/// The most dates of a rule with a count; further ones are no holidays of today.
const COUNT_MAX: usize = 1_000;

/// `RRULE` with `FREQ=YEARLY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct YearlyRule {
    /// In years.
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    /// Empty: that of the first date, or each one if there are days of the month.
    months: Vec<i8>,
    /// From 1; from the end, the last one is -1.
    month_days: Vec<i8>,
    weekdays: Vec<RuleWeekday>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RuleWeekday {
    /// 0: each one of the month; from the end, the last one is -1.
    number: i8,
    weekday: Weekday,
}

impl YearlyRule {
    /// Parses a rule; `None` if it isn't one of those that holidays have. `read_date` reads its end.
    pub(super) fn parse(text: &str, read_date: impl Fn(&str) -> Option<Date>) -> Option<Self> {
        let mut rule = Self {
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
        };
        let mut is_yearly = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=')?;
            match key.to_ascii_uppercase().as_str() {
                "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => rule.interval = read_number(value, 1..=100)?,
                "COUNT" => rule.count = Some(read_number(value, 1..=COUNT_MAX)?),
                "UNTIL" => rule.until = Some(read_date(value)?),
                "BYMONTH" => rule.months = read_list(value, |one| read_number(one, 1..=12))?,
                "BYMONTHDAY" => {
                    let read = |one: &str| read_number(one, -31..=31).filter(|day| *day != 0);
                    rule.month_days = read_list(value, read)?;
                }
                "BYDAY" => rule.weekdays = read_list(value, RuleWeekday::parse)?,
                "WKST" => {}
                _ => return None,
            }
        }
        // Weekdays of a whole year are counted in another way, or aren't holidays.
        let is_of_months = !rule.months.is_empty() || rule.weekdays.is_empty();
        (is_yearly && is_of_months).then_some(rule)
    }

    /// Lists the dates from `first` to `last`, in their order. The rule begins at `start`.
    pub(super) fn dates(&self, start: Date, first: Date, last: Date) -> Vec<Date> {
        let mut year = start.year();
        if self.count.is_none() && year < first.year() {
            // Whole intervals.
            let behind = first.year() - year;
            year += behind - behind % self.interval;
        }
        let last = self.until.map_or(last, |until| until.min(last));
        let (mut dates, mut count) = (Vec::new(), 0);
        while year <= last.year() {
            for date in self.dates_of_year(start, year) {
                if date < start || last < date || self.count.is_some_and(|most| most <= count) {
                    continue;
                }
                count += 1;
                if first <= date {
                    dates.push(date);
                }
            }
            year += self.interval;
        }
        dates
    }

    fn dates_of_year(&self, start: Date, year: i16) -> impl Iterator<Item = Date> {
        let has_days = !self.month_days.is_empty();
        let is_month = move |month: &i8| match self.months.as_slice() {
            [] => has_days || *month == start.month(),
            months => months.contains(month),
        };
        let months = (1..=12).filter(is_month);
        let dates = months
            .flat_map(move |month| (1..=31).map_while(move |day| Date::new(year, month, day).ok()));
        dates.filter(move |date| self.has_day(start, *date))
    }

    fn has_day(&self, start: Date, date: Date) -> bool {
        let (day, length) = (date.day(), date.days_in_month());
        if self.month_days.is_empty() && self.weekdays.is_empty() {
            return day == start.day();
        }
        let is_number = |number: &i8| *number == day || *number == day - length - 1;
        let is_weekday = |one: &RuleWeekday| {
            one.weekday == date.weekday()
                && match one.number {
                    0 => true,
                    number if 0 < number => number == (day - 1) / 7 + 1,
                    number => -number == (length - day) / 7 + 1,
                }
        };
        (self.month_days.is_empty() || self.month_days.iter().any(is_number))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(is_weekday))
    }
}

impl RuleWeekday {
    /// Parses `TH`, `4TH` or `-1MO`.
    fn parse(text: &str) -> Option<Self> {
        let at = text.len().checked_sub(2)?;
        let weekday = match text.get(at..)?.to_ascii_uppercase().as_str() {
            "MO" => Weekday::Monday,
            "TU" => Weekday::Tuesday,
            "WE" => Weekday::Wednesday,
            "TH" => Weekday::Thursday,
            "FR" => Weekday::Friday,
            "SA" => Weekday::Saturday,
            "SU" => Weekday::Sunday,
            _ => return None,
        };
        let number = match &text[..at] {
            "" => 0,
            number => read_number(number, -5..=5).filter(|number| *number != 0)?,
        };
        Some(Self { number, weekday })
    }
}

fn read_number<T: std::str::FromStr + PartialOrd>(
    text: &str,
    range: std::ops::RangeInclusive<T>,
) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

fn read_list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(|one| read(one.trim())).collect()
}
