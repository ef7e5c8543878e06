//! Rows of weeks and months: those of their days, added up.

use jiff::{ToSpan, civil::Date};

use wallboard_history::report::ReportStep;

use super::{
    choice::{Period, RowStep},
    history_row::HistoryRow,
    range::{self, TimeRange},
    scope::HistoryScope,
};

impl Period {
    /// The first day of the period that a day belongs to.
    fn first_day(self, day: Date) -> Date {
        match self {
            Self::Week => {
                let since_monday = day.weekday().to_monday_zero_offset();
                day.saturating_sub(i64::from(since_monday).days())
            }
            Self::Month => day.first_of_month(),
        }
    }
}

/// Adds up the days of each period. A row is named after the days that it has, and leads to them.
pub(super) fn merge_days(
    scope: &HistoryScope,
    period: Period,
    days: &[HistoryRow],
) -> Vec<HistoryRow> {
    let date = |row: &HistoryRow| row.from.map(|from| scope.local_date(from));
    let period_of = |row: &HistoryRow| date(row).map(|date| period.first_day(date));
    let periods = days.chunk_by(|one, next| period_of(one) == period_of(next));
    let row = |days: &[HistoryRow]| {
        let (first, last) = (days.first()?, days.last()?);
        let (first_day, last_day) = (date(first)?, date(last)?);
        let sum = HistoryRow::sum_rows(days, first.rules);
        let has_gap = days.iter().any(|day| day.figures.is_none());
        Some(HistoryRow {
            name: write_name(scope, period, first_day, last_day),
            id: first.id.clone(),
            target: first.target,
            is_ongoing: days.iter().any(|day| day.is_ongoing),
            is_partial: sum.is_partial || has_gap,
            has_closed: days.iter().any(|day| day.has_closed),
            href: scope.path_with(|query| {
                query.range = TimeRange::Days(first_day, last_day);
                query.step = Some(RowStep::Interval(ReportStep::Day));
            }),
            has_calls: sum.has_calls && scope.includes_all_times(),
            ..sum
        })
    };
    periods.filter_map(row).collect()
}

/// `16–22 Nov`; `November 2026` for a whole month.
fn write_name(scope: &HistoryScope, period: Period, first: Date, last: Date) -> String {
    let is_whole = first == first.first_of_month() && last == last.last_of_month();
    if period == Period::Month && is_whole {
        let month = scope.texts.month(first.month());
        return scope.texts.month_of_year(month, first.year().to_string());
    }
    range::write_days(scope.texts, first, last, |days, _| days)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::web::history::{query::HistoryQuery, scope::TargetTerms, time_rows::time_rows};
    use wallboard_domain::{Counter, Counters};
    use wallboard_history::report::{ClosedTime, ReportRow, RowFigures};
    use wallboard_texts::Texts;

    use super::*;

    /// A contact a day; nothing is known of 5 November.
    fn rows_of(period: Period, first: &str, days: i64) -> Vec<HistoryRow> {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let first: Date = first.parse().unwrap();
        let last = first.saturating_add((days - 1).days());
        let query = HistoryQuery {
            range: TimeRange::Days(first, last),
            step: Some(RowStep::Period(period)),
            ..HistoryQuery::default()
        };
        let now = "2026-11-20T13:27:00Z".parse().unwrap();
        let scope = HistoryScope::new(&query, now, &zone, Texts::english());
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 1);
        let start = |date: Date| date.to_zoned(zone.clone()).unwrap().timestamp();
        let row = |day: i64| {
            let date = first.saturating_add(day.days());
            let is_known = date.to_string() != "2026-11-05";
            ReportRow {
                start: start(date),
                end: start(date.tomorrow().unwrap()),
                figures: is_known.then(|| RowFigures::Contacts(counters.into())),
                is_partial: false,
                missing_sources: Vec::new(),
                is_utc: false,
                closed_time: ClosedTime::Nothing,
            }
        };
        let days: Vec<_> = (0..days).map(row).collect();
        let days = time_rows(&scope, &days, &TargetTerms::default(), None);
        merge_days(&scope, period, &days)
    }

    fn offered(row: &HistoryRow) -> Option<i64> {
        match &row.figures {
            Some(RowFigures::Contacts(contacts)) => contacts.get(Counter::Offered),
            _ => None,
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_are_named_after_the_days_that_they_have() {
        let rows = rows_of(Period::Week, "2026-10-23", 29);

        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        let expected = [
            "23–25 Oct",
            "26 Oct – 1 Nov",
            "2–8 Nov",
            "9–15 Nov",
            "16–20 Nov",
        ];
        assert_eq!(names, expected);
        let counts: Vec<_> = rows.iter().map(offered).collect();
        assert_eq!(counts, [Some(3), Some(7), Some(6), Some(7), Some(5)]);
        let marks = |pick: fn(&HistoryRow) -> bool| rows.iter().map(pick).collect::<Vec<_>>();
        // A day isn't known, and the last one isn't over.
        assert_eq!(
            marks(|row| row.is_partial),
            [false, false, true, false, false]
        );
        assert_eq!(
            marks(|row| row.is_ongoing),
            [false, false, false, false, true]
        );
        assert_eq!(
            rows[2].href,
            "/history?range=days&from=2026-11-02&to=2026-11-08&step=1d"
        );
    }

    #[test]
    fn a_whole_month_has_its_name_and_a_cut_one_its_days() {
        let rows = rows_of(Period::Month, "2026-09-15", 67);

        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["15–30 Sep", "October 2026", "1–20 Nov"]);
        assert_eq!(offered(&rows[1]), Some(31));
    }
}
