//! Rows of calls by their reason or type, with the time that they took. What no code covers is a row
//! of its own.

use std::collections::BTreeMap;

use wallboard_domain::{Counter, Counters};
use wallboard_history::report::{
    History, ReportDimension, ReportError, ReportRow, ReportSeries, RowFigures,
};
use wallboard_store::CODED_COUNTERS;

use crate::web::parts::case_listing;

use super::{
    breakdown::{CallLinks, covered_subject, load_series, split_by_coverage},
    choice::{Choice, RowKind},
    column::RatioRules,
    history_row::HistoryRow,
    scope::HistoryScope,
    subject_rows::SubjectRows,
    subjects::HistorySubjects,
};

/// Loads one row per reason or type, most calls first. Its figures are partial if `times`, the rows of
/// the page's queues, aren't whole.
pub(super) async fn load_coded_rows(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
    times: &[HistoryRow],
    rules: RatioRules,
) -> Result<SubjectRows, ReportError> {
    let texts = scope.texts;
    let Some(by) = scope.query.rows.code_dimension() else {
        return Ok(SubjectRows::default());
    };
    let (covered, uncovered) = split_by_coverage(history, scope, known);
    let exports = uncovered.join(", ");
    if covered.is_empty() {
        return Ok(SubjectRows {
            uncovered: Some(texts.export_without_breakdown(exports)),
            ..SubjectRows::default()
        });
    }
    let links = CallLinks::new(scope, known, &covered);
    let subject = covered_subject(scope, covered, &uncovered);
    let all = load_series(history, scope, subject.clone(), None).await?;
    let coded = load_series(history, scope, subject, Some(by)).await?;
    let is_partial = times.iter().any(|row| !row.is_ongoing && !row.is_whole());
    let row = |id: String, name: String, counters: Counters| HistoryRow {
        name,
        from: Some(scope.window.from),
        to: Some(scope.window.to.min(scope.now)),
        figures: Some(RowFigures::Coded(counters)),
        rules,
        is_ongoing: scope.is_ongoing(),
        is_partial,
        has_calls: !links.call_list_path(by, &id).is_empty(),
        id,
        ..HistoryRow::default()
    };
    let sums = sum_codes(&coded);
    let rest = sum_contacts(&all).and_then(|all| remainder(&all, sums.values()));
    let word = scope.query.rows.word(texts);
    let mut rows: Vec<_> = sums
        .into_iter()
        .map(|((name, id), counters)| {
            let name = match case_listing::parse_id(id) {
                // The export has no name for it.
                Some(code) if *code.external == *name => texts.unnamed_value(word, name),
                _ => name.to_owned(),
            };
            row(id.to_owned(), name, counters)
        })
        .collect();
    let offered = |row: &HistoryRow| match &row.figures {
        Some(RowFigures::Coded(counters)) => counters.get(Counter::Offered),
        _ => None,
    };
    rows.sort_by(|a, b| {
        let most_first = offered(b).cmp(&offered(a));
        most_first.then_with(|| a.compare_names(b))
    });
    let rest = rest.map(|rest| row(String::new(), texts.not_recorded().to_owned(), rest));
    rows.extend(rest);
    Ok(SubjectRows {
        listed: rows,
        uncovered: (!exports.is_empty()).then(|| texts.calls_in_no_row(exports)),
        ..SubjectRows::default()
    })
}

impl RowKind {
    /// The code that its rows are of.
    pub(super) fn code_dimension(self) -> Option<ReportDimension> {
        match self {
            Self::Reason => Some(ReportDimension::Reason),
            Self::Type => Some(ReportDimension::Type),
            _ => None,
        }
    }
}

/// The counters of each code that any call has, by its name and ID.
fn sum_codes(series: &[ReportSeries]) -> BTreeMap<(&str, &str), Counters> {
    let mut sums: BTreeMap<(&str, &str), Counters> = BTreeMap::new();
    for one in series {
        for counters in one.rows.iter().filter_map(ReportRow::coded) {
            let sum = sums.entry((&one.name, &one.id));
            sum.and_modify(|sum| sum.merge(counters))
                .or_insert(*counters);
        }
    }
    sums.retain(|_, sum| 0 < sum.count(Counter::Offered));
    sums
}

/// The same counters of all calls; `None` of times that weren't imported.
fn sum_contacts(series: &[ReportSeries]) -> Option<Counters> {
    let rows = series.iter().flat_map(|one| &one.rows);
    let counters = rows.filter_map(ReportRow::contact_figures);
    let counters = counters.map(|figures| figures.counters.only(&CODED_COUNTERS));
    counters.reduce(|mut sum, more| {
        sum.merge(&more);
        sum
    })
}

/// The contacts without a code; `None` if there are none. What isn't known of a code isn't known of the
/// rest.
fn remainder<'a>(all: &Counters, coded: impl Iterator<Item = &'a Counters>) -> Option<Counters> {
    let mut sum = Counters::default().only(&CODED_COUNTERS);
    coded.for_each(|counters| sum.merge(counters));
    let mut rest = Counters::UNKNOWN;
    for counter in CODED_COUNTERS {
        let difference = all.get(counter).zip(sum.get(counter));
        rest.set(counter, difference.map(|(all, sum)| all - sum));
    }
    (0 < rest.count(Counter::Offered)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(values: [Option<i64>; 4]) -> Counters {
        let mut counters = Counters::UNKNOWN;
        for (counter, value) in CODED_COUNTERS.into_iter().zip(values) {
            counters.set(counter, value);
        }
        counters
    }

    #[test]
    fn calls_without_a_code_are_what_the_codes_leave_and_unknown_where_one_is() {
        let all = counters([Some(10), Some(8), Some(900), Some(80)]);
        let invoice = counters([Some(4), Some(3), Some(500), Some(50)]);
        let older = counters([Some(2), None, None, None]);

        let rest = remainder(&all, [invoice].iter());
        assert_eq!(
            rest,
            Some(counters([Some(6), Some(5), Some(400), Some(30)]))
        );
        let rest = remainder(&all, [invoice, older].iter());
        assert_eq!(rest, Some(counters([Some(4), None, None, None])));
        assert_eq!(remainder(&all, [all].iter()), None);
    }
}
