//! The earlier period that a page's intervals are compared with: only what was imported in both,
//! source by source and time by time. Pure.

use std::collections::HashMap;

use jiff::{Span, Timestamp, civil::DateTime};

use wallboard_history::report::{ClosedTime, ReportRow, RowFigures};

use super::{history_row::HistoryRow, scope::HistoryScope};

/// One source's intervals in both periods.
pub(super) struct ComparedSource {
    name: String,
    now: HashMap<Timestamp, ReportRow>,
    /// By local time; for an hour that occurs twice, the first.
    before: HashMap<DateTime, ReportRow>,
}

/// How much of an interval a source has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Imported {
    Nothing,
    Part,
    Whole,
}

/// The intervals that a source lacks.
#[derive(Debug, Default)]
struct SourceGaps {
    /// Past intervals, and those of them that aren't whole.
    past: usize,
    missing: usize,
    has_any: bool,
    /// The start of the intervals at the end of which it has nothing.
    missing_since: Option<Timestamp>,
    /// Whole intervals whose earlier ones aren't whole, and those without anything.
    uncompared: usize,
    without_before: usize,
}

/// Data of some source that a page lacks, in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ComparisonGaps {
    /// "Voice: no data for today yet"
    pub(super) missing: Vec<String>,
    /// "Voice: no data for Mon 16 Nov"
    pub(super) missing_before: Vec<String>,
}

impl ComparisonGaps {
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.missing.iter().chain(&self.missing_before);
        all.map(String::as_str)
    }
}

impl ComparedSource {
    pub(super) fn new(
        scope: &HistoryScope,
        name: String,
        now: Vec<ReportRow>,
        before: Vec<ReportRow>,
    ) -> Self {
        let mut earlier = HashMap::new();
        for row in before {
            earlier.entry(local_start(scope, row.start)).or_insert(row);
        }
        Self {
            name,
            now: now.into_iter().map(|row| (row.start, row)).collect(),
            before: earlier,
        }
    }
}

/// Sets the earlier figures of each row that can be compared, and says what can't.
pub(super) fn compare_rows(
    scope: &HistoryScope,
    mut sources: Vec<ComparedSource>,
    times: &mut [HistoryRow],
) -> ComparisonGaps {
    let days = Span::new().days(scope.days_back());
    let mut gaps: Vec<_> = sources.iter().map(|_| SourceGaps::default()).collect();
    for row in times {
        let Some((from, to)) = row.from.zip(row.to) else {
            continue;
        };
        let is_over = to <= scope.now;
        let mut is_comparable = is_over;
        let mut before: Option<RowFigures> = None;
        let earlier_start = local_start(scope, from).saturating_sub(days);
        for (source, gaps) in sources.iter_mut().zip(&mut gaps) {
            let now = source.now.get(&from);
            // An hour that occurs twice is compared once.
            let earlier = source.before.remove(&earlier_start);
            if now.is_some_and(|now| now.closed_time == ClosedTime::All) {
                continue;
            }
            let closed_time = |row: Option<&ReportRow>| row.map(|row| row.closed_time);
            let is_equally_open = closed_time(now) == closed_time(earlier.as_ref());
            let imported = measure_import(now);
            let imported_before = measure_import(earlier.as_ref());
            if is_over && !row.is_live {
                gaps.record(from, imported, imported_before);
            }
            match imported {
                // Boards count all sources together.
                _ if row.is_live => {}
                Imported::Nothing => continue,
                Imported::Part => is_comparable = false,
                Imported::Whole => {}
            }
            match earlier.and_then(|row| row.figures) {
                Some(figures) if imported_before == Imported::Whole && is_equally_open => {
                    before = RowFigures::sum(before.iter().chain([&figures]));
                }
                _ => is_comparable = false,
            }
        }
        row.before = before.filter(|_| is_comparable && row.figures.is_some());
    }
    let mut found = ComparisonGaps::default();
    for (source, gaps) in sources.iter().zip(&gaps) {
        let text = |words: String| scope.texts.source_gap(source.name.as_str(), words);
        found.missing.extend(gaps.describe_missing(scope).map(text));
        let before = gaps.describe_missing_before(scope);
        found.missing_before.extend(before.map(text));
    }
    found
}

/// Whether two intervals are of past times, all of both was imported, and as much of both was open.
pub(super) fn is_comparable(now: &ReportRow, before: &ReportRow, at: Timestamp) -> bool {
    let is_whole = |row| measure_import(Some(row)) == Imported::Whole;
    now.end <= at && is_whole(now) && is_whole(before) && now.closed_time == before.closed_time
}

fn measure_import(row: Option<&ReportRow>) -> Imported {
    match row {
        Some(row) if row.figures.is_none() => Imported::Nothing,
        Some(row) if row.is_partial => Imported::Part,
        Some(_) => Imported::Whole,
        None => Imported::Nothing,
    }
}

fn local_start(scope: &HistoryScope, at: Timestamp) -> DateTime {
    at.to_zoned(scope.zone().clone()).datetime()
}

impl SourceGaps {
    fn record(&mut self, at: Timestamp, now: Imported, before: Imported) {
        self.past += 1;
        self.has_any |= now != Imported::Nothing;
        match now {
            Imported::Whole => {
                self.missing_since = None;
                self.uncompared += usize::from(before != Imported::Whole);
                self.without_before += usize::from(before == Imported::Nothing);
            }
            Imported::Nothing => {
                self.missing += 1;
                self.missing_since.get_or_insert(at);
            }
            Imported::Part => {
                self.missing += 1;
                self.missing_since = None;
            }
        }
    }

    fn describe_missing(&self, scope: &HistoryScope) -> Option<String> {
        if self.missing == 0 {
            return None;
        }
        let is_day = scope.window.day_count() == 1;
        let texts = scope.texts;
        Some(match (self.has_any, self.missing_since) {
            (false, _) if !scope.is_ongoing() => texts.gap_of_period().to_owned(),
            (false, _) if is_day => texts.gap_of_today().to_owned(),
            (false, _) => texts.gap_of_period_yet().to_owned(),
            (true, Some(since)) => texts.gap_from(scope.time_label(since)),
            (true, None) => texts.gap_partly().to_owned(),
        })
    }

    fn describe_missing_before(&self, scope: &HistoryScope) -> Option<String> {
        let name = scope.before_name();
        if self.uncompared == 0 || name.is_empty() {
            return None;
        }
        Some(if self.without_before == self.past - self.missing {
            scope.texts.gap_before(name)
        } else {
            scope.texts.gap_before_partly(name)
        })
    }
}
