//! The rows of a history page by time: one per step, without the calm edges of a day.

use jiff::Timestamp;

use wallboard_history::report::{ClosedTime, ReportRow, RowFigures};

use super::{
    history_row::HistoryRow,
    scope::{HistoryScope, TargetTerms},
};

/// One row per step up to now, without those that are closed. It links to its calls if those are
/// stored, and a list has exactly these.
pub(super) fn time_rows(
    scope: &HistoryScope,
    rows: &[ReportRow],
    terms: &TargetTerms,
    calls_from: Option<Timestamp>,
) -> Vec<HistoryRow> {
    let is_listed = |row: &&ReportRow| row.start < scope.now && row.closed_time != ClosedTime::All;
    let rows = rows.iter().filter(is_listed);
    rows.map(|row| {
        let name = scope.time_label(row.start);
        let is_stored = calls_from.is_some_and(|from| from < row.end);
        let has_closed = row.closed_time != ClosedTime::Nothing;
        let has_calls = row.figures.is_some() && is_stored && !has_closed;
        let calls = || scope.query.calls_path(row.start, row.end, None);
        HistoryRow {
            name: if row.is_utc {
                scope.texts.utc_day(name)
            } else {
                name
            },
            id: scope.instant_label(row.start),
            from: Some(row.start),
            to: Some(row.end),
            is_ongoing: scope.now < row.end,
            is_partial: row.is_partial,
            has_closed,
            rules: terms.rules,
            target: terms.target,
            href: has_calls.then(calls).unwrap_or_default(),
            has_calls,
            figures: row.figures.clone(),
            ..HistoryRow::default()
        }
    })
    .collect()
}

/// The rows of one day without the edges before the first call and after the last, and the times
/// of those edges.
pub(super) fn without_calm_edges(
    scope: &HistoryScope,
    mut times: Vec<HistoryRow>,
) -> (Vec<HistoryRow>, Vec<String>) {
    let is_calm = |row: &HistoryRow| {
        row.figures.as_ref().is_some_and(RowFigures::is_zero)
            && row.before.as_ref().is_none_or(RowFigures::is_zero)
            && !row.is_ongoing
    };
    let first = times.iter().position(|row| !is_calm(row));
    let last = times.iter().rposition(|row| !is_calm(row));
    let (Some(first), Some(last)) = (first, last) else {
        return (times, Vec::new());
    };
    if 1 < scope.window.day_count() {
        return (times, Vec::new());
    }
    let after = times.split_off(last + 1);
    let rest = times.split_off(first);
    let words = |calm: &[HistoryRow]| {
        let (from, to) = (calm.first()?.from?, calm.last()?.to?);
        Some(scope.range_label(from, to))
    };
    let calm = [&times, &after].into_iter();
    let runs = calm.flat_map(|calm| calm.chunk_by(HistoryRow::is_followed_by));
    (rest, runs.filter_map(words).collect())
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, tz::TimeZone};

    use crate::web::history::{
        choice::RowStep,
        comparison::{self, ComparedSource},
        query::HistoryQuery,
        range::TimeRange,
    };
    use wallboard_domain::{Counter, Counters};
    use wallboard_history::report::{ReportSeries, ReportStep};
    use wallboard_texts::Texts;

    use super::*;

    /// One call per hour for a whole day.
    fn series(start: &str, hours: i64) -> ReportSeries {
        let start: Timestamp = start.parse().unwrap();
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 1);
        let row = |hour: i64| ReportRow {
            start: start + SignedDuration::from_hours(hour),
            end: start + SignedDuration::from_hours(hour + 1),
            figures: Some(RowFigures::Contacts(counters.into())),
            is_partial: false,
            missing_sources: Vec::new(),
            is_utc: false,
            closed_time: ClosedTime::Nothing,
        };
        ReportSeries {
            id: "site".to_owned(),
            name: String::new(),
            target: None,
            is_disabled: false,
            rows: (0..hours).map(row).collect(),
        }
    }

    fn compared_rows(day: &str, now: &ReportSeries, before: &ReportSeries) -> Vec<bool> {
        let day = day.parse().unwrap();
        let query = HistoryQuery {
            range: TimeRange::Days(day, day),
            step: Some(RowStep::Interval(ReportStep::Hour)),
            ..HistoryQuery::default()
        };
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scope = HistoryScope::new(
            &query,
            "2026-11-20T13:27:00Z".parse().unwrap(),
            &zone,
            Texts::english(),
        );
        let mut rows = time_rows(&scope, &now.rows, &TargetTerms::default(), None);
        let (now, before) = (now.rows.clone(), before.rows.clone());
        let source = ComparedSource::new(&scope, "Calls".to_owned(), now, before);
        comparison::compare_rows(&scope, vec![source], &mut rows);
        rows.iter().map(|row| row.before.is_some()).collect()
    }

    #[test]
    fn a_repeated_hour_is_compared_once_and_a_skipped_one_never() {
        let now = series("2026-10-24T22:00:00Z", 25);
        let before = series("2026-10-17T22:00:00Z", 24);
        let longer = compared_rows("2026-10-25", &now, &before);
        assert_eq!(longer.len(), 25);
        assert_eq!(longer.iter().filter(|known| **known).count(), 24);
        assert!(longer[2] && !longer[3]);

        let now = series("2026-03-28T23:00:00Z", 23);
        let before = series("2026-03-21T23:00:00Z", 24);
        assert_eq!(compared_rows("2026-03-29", &now, &before), [true; 23]);
    }

    #[test]
    fn a_time_of_which_another_part_was_closed_is_not_compared() {
        let now = series("2026-11-11T23:00:00Z", 24);
        let mut before = series("2026-11-04T23:00:00Z", 24);
        before.rows[9].closed_time = ClosedTime::Part;
        let mut both = now.clone();
        both.rows[9].closed_time = ClosedTime::Part;

        let one = compared_rows("2026-11-12", &now, &before);
        let same = compared_rows("2026-11-12", &both, &before);

        assert!(!one[9] && one.iter().filter(|is_compared| **is_compared).count() == 23);
        assert!(same.iter().all(|is_compared| *is_compared));
    }

    #[test]
    fn a_source_without_a_file_of_today_is_named_and_not_compared() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let query = HistoryQuery {
            step: Some(RowStep::Interval(ReportStep::Hour)),
            ..HistoryQuery::default()
        };
        let scope = HistoryScope::new(
            &query,
            "2026-11-20T13:27:00Z".parse().unwrap(),
            &zone,
            Texts::english(),
        );
        let day = |start| series(start, 24).rows;
        let (chats, before) = (day("2026-11-19T23:00:00Z"), day("2026-11-12T23:00:00Z"));
        let mut calls = chats.clone();
        for row in &mut calls {
            row.figures = None;
        }
        let mut rows = time_rows(&scope, &chats, &TargetTerms::default(), None);
        let source =
            |name: &str, now| ComparedSource::new(&scope, name.to_owned(), now, before.clone());
        let sources = vec![source("Chat", chats), source("Voice", calls)];

        let gaps = comparison::compare_rows(&scope, sources, &mut rows);

        assert_eq!(gaps.missing, ["Voice: no data for today yet"]);
        assert_eq!(gaps.missing_before, [""; 0]);
        // One chat an hour in both periods, without the calls of the earlier one.
        for row in rows.iter().filter(|row| !row.is_ongoing) {
            assert_eq!(row.before, row.figures, "{}", row.name);
        }
        assert_eq!(rows.iter().filter(|row| row.before.is_some()).count(), 14);
    }

    #[test]
    fn today_has_rows_up_to_now_only() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scope = HistoryScope::new(
            &HistoryQuery::default(),
            "2026-11-20T13:27:00Z".parse().unwrap(),
            &zone,
            Texts::english(),
        );
        let mut today = series("2026-11-19T23:00:00Z", 24);
        for row in &mut today.rows[10..] {
            row.figures = None;
        }

        let rows = time_rows(&scope, &today.rows, &TargetTerms::default(), None);

        let last: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.is_ongoing))
            .collect();
        assert_eq!(last.len(), 15);
        assert_eq!(last[13..], [("13:00", false), ("14:00", true)]);
    }
}
