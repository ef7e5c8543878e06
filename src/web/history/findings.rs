//! Highlights of a history page for a supervisor: what needs attention.

use wallboard_domain::{CountBy, Counter, MIN_JUDGED_CONTACTS};
use wallboard_history::report::{ReportStep, RowFigures};
use wallboard_texts::Texts;

use super::{
    choice::{HistoryView, Period, RowKind, RowStep},
    column::HistoryColumn,
    history_data::HistoryData,
    history_row::HistoryRow,
    number,
    scope::{HistoryScope, TargetTerms},
    summary::ComparedTotals,
    table::HistoryTable,
};

/// Maximum number of missed rows named.
const NAMED_MAX: usize = 12;

/// A highlight: a sentence with links to the details.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) key: &'static str,
    pub(super) mark: &'static str,
    pub(super) text: String,
    pub(super) links: Vec<(String, String)>,
}

/// The three morning questions: what missed its target, how it compares, who abandoned.
pub(super) fn list_findings(
    scope: &HistoryScope,
    data: &HistoryData,
    table: &HistoryTable,
    total: &HistoryRow,
    compared: Option<&ComparedTotals>,
) -> Vec<Finding> {
    if scope.query.view == HistoryView::Adherence {
        return Vec::new();
    }
    let findings = [
        missed_target_finding(scope, &data.terms, table, total),
        comparison_finding(scope, data, total, compared),
        abandoned_finding(scope, total),
    ];
    findings.into_iter().flatten().collect()
}

fn missed_target_finding(
    scope: &HistoryScope,
    terms: &TargetTerms,
    table: &HistoryTable,
    total: &HistoryRow,
) -> Option<Finding> {
    if scope.query.rows == RowKind::Time && terms.target.miss_limits.is_none() {
        return mixed_targets_finding(scope, total);
    }
    let with_calls: Vec<_> = (table.rows.iter())
        .filter(|row| row.target.miss_limits.is_some() && row.service_level().is_some())
        .collect();
    let judged = with_calls.iter().filter(|row| row.is_judged());
    let judged = judged.count();
    if judged == 0 {
        return None;
    }
    let texts = scope.texts;
    let mut missed: Vec<_> = table.missed_rows().collect();
    let unit = unit_noun(scope, judged);
    let target = describe_target(texts, terms, judged);
    let target = match describe_not_judged(texts, &with_calls) {
        Some(rest) if !scope.query.only_missed || missed.is_empty() => {
            texts.target_and_rest(target, rest)
        }
        _ => target,
    };
    if missed.is_empty() {
        return Some(Finding {
            key: "missed",
            mark: "",
            text: match judged {
                1 => texts.only_one_met(unit, target),
                _ => texts.all_met(judged, unit, target),
            },
            links: Vec::new(),
        });
    }
    // If many missed it, those with the most calls matter most.
    missed.sort_by_key(|row| std::cmp::Reverse(offered_count(row)));
    // "And 1 more" would be as long as its name.
    let named = match missed.len() {
        n if n <= NAMED_MAX + 1 => n,
        _ => NAMED_MAX,
    };
    let mut links: Vec<_> = missed
        .iter()
        .take(named)
        .map(|row| (row.name.clone(), row.href.clone()))
        .collect();
    let more = missed.len() - named;
    if 0 < more {
        links.push((texts.and_more(more), String::new()));
    }
    if !scope.query.only_missed {
        let words = match missed.len() {
            1 => texts.show_only_missed().to_owned(),
            count => texts.show_only_missed_count(count),
        };
        links.push((words, scope.path_with(|query| query.only_missed = true)));
    }
    let text = if scope.query.only_missed {
        texts.listed_missed(missed.len(), unit, target)
    } else {
        texts.some_missed(missed.len(), judged, unit, target)
    };
    Some(Finding {
        key: "missed",
        mark: texts.missed_heading(),
        text,
        links,
    })
}

/// The noun of this many rows.
fn unit_noun(scope: &HistoryScope, count: usize) -> String {
    let texts = scope.texts;
    match scope.query.rows {
        RowKind::Time => match scope.row_step() {
            RowStep::Interval(ReportStep::Quarter) => texts.quarter_hours(count),
            RowStep::Interval(ReportStep::HalfHour) => texts.half_hours(count),
            RowStep::Interval(ReportStep::Hour) => texts.whole_hours(count),
            RowStep::Interval(ReportStep::Day) => texts.whole_days(count),
            RowStep::Period(Period::Week) => texts.whole_weeks(count),
            RowStep::Period(Period::Month) => texts.whole_months(count),
        },
        // Reasons and types aren't judged: they have no target.
        RowKind::Queue | RowKind::Reason | RowKind::Type => texts.judged_queues(count),
        RowKind::QueueGroup => texts.judged_queue_groups(count),
        RowKind::Agent | RowKind::AgentGroup => texts.judged_agents(count),
    }
}

/// The target that rows meet or miss, or the threshold in its place.
fn describe_target(texts: &Texts, terms: &TargetTerms, judged: usize) -> String {
    let percent = terms.target.service_level_percent;
    let threshold = terms.target.miss_limits.and_then(|limits| limits.below);
    let threshold = threshold.filter(|threshold| percent != Some(*threshold));
    match (threshold, percent) {
        (Some(threshold), _) => texts.threshold_of(texts.target_percent(threshold)),
        (None, Some(target)) => texts.target_of(texts.target_percent(target)),
        (None, None) => texts.own_targets(judged),
    }
}

/// Queues with different targets have no common one to miss.
fn mixed_targets_finding(scope: &HistoryScope, total: &HistoryRow) -> Option<Finding> {
    total.service_level()?;
    let href = scope.path_with(|query| {
        query.rows = RowKind::Queue;
        query.sort = None;
        query.only_missed = false;
    });
    Some(Finding {
        key: "missed",
        mark: "",
        text: scope.texts.own_target_each().to_owned(),
        links: vec![(scope.texts.show_who_missed().to_owned(), href)],
    })
}

/// `2 not judged (1 in progress, 1 partly imported)`; `None` if all are.
fn describe_not_judged(texts: &Texts, rows: &[&HistoryRow]) -> Option<String> {
    let count = |is_so: fn(&HistoryRow) -> bool| rows.iter().filter(|row| is_so(row)).count();
    let fewest = (rows.iter())
        .filter(|row| !row.is_judged())
        .filter_map(|row| Some(row.target.miss_limits?.min_contacts()))
        .max()
        .unwrap_or(MIN_JUDGED_CONTACTS);
    let reasons = [
        (
            count(|row| row.is_ongoing),
            texts.reason_in_progress().to_owned(),
        ),
        (
            count(|row| !row.is_ongoing && row.is_partial),
            texts.reason_partly_imported().to_owned(),
        ),
        (
            count(|row| row.is_complete() && !row.is_judged()),
            texts.reason_few_calls(fewest),
        ),
    ];
    let reasons = reasons.into_iter().filter(|(count, _)| 0 < *count);
    let reasons: Vec<_> = reasons.collect();
    let why = match &reasons[..] {
        [] => return None,
        [(_, why)] => why.clone(),
        several => {
            let several = several
                .iter()
                .map(|(count, why)| texts.counted_reason(*count, why.as_str()));
            several.collect::<Vec<_>>().join(", ")
        }
    };
    let all: usize = reasons.iter().map(|(count, _)| count).sum();
    Some(texts.not_judged(all, why))
}

fn offered_count(row: &HistoryRow) -> Option<i64> {
    match row.figures.as_ref()? {
        RowFigures::Contacts(counters) => counters.get(Counter::Offered),
        _ => None,
    }
}

fn comparison_finding(
    scope: &HistoryScope,
    data: &HistoryData,
    total: &HistoryRow,
    compared: Option<&ComparedTotals>,
) -> Option<Finding> {
    let texts = scope.texts;
    let (_, name) = scope.before.as_ref()?;
    let finding = |text| Finding {
        key: "compared",
        mark: "",
        text,
        links: Vec::new(),
    };
    let gaps: Vec<_> = data.gaps.all().map(|gap| texts.sentence_of(gap)).collect();
    let Some(compared) = compared else {
        // Without figures there is nothing to compare.
        total.figures.as_ref()?;
        let mut sentences = vec![texts.not_compared_with(name.as_str())];
        if gaps.is_empty() {
            sentences.push(texts.nothing_in_both().to_owned());
        }
        sentences.extend(gaps);
        return Some(finding(sentences.join(" ")));
    };
    let terms = &data.terms;
    let format_value = |column: HistoryColumn, figures| {
        number::format_or_unknown(texts, column.value(figures, terms.rules))
    };
    let pair = |column| {
        (
            format_value(column, &compared.now),
            format_value(column, &compared.before),
        )
    };
    let columns: &[HistoryColumn] = match compared.now {
        RowFigures::Contacts(_) => &[
            HistoryColumn::Offered,
            HistoryColumn::Abandoned,
            HistoryColumn::ServiceLevel,
            HistoryColumn::AverageSpeedOfAnswer,
        ],
        RowFigures::Agent(_) => &[
            HistoryColumn::AgentHandled,
            HistoryColumn::AgentHandleTime,
            HistoryColumn::Occupancy,
        ],
        RowFigures::Coded(_) | RowFigures::Adherence(_) => &[],
    };
    let parts = columns.iter().map(|column| {
        let (now, before) = pair(*column);
        match column {
            HistoryColumn::Offered => texts.compared_offered(now, before),
            HistoryColumn::Abandoned => texts.compared_abandoned(now, before),
            HistoryColumn::AverageSpeedOfAnswer => texts.compared_answer_speed(now, before),
            HistoryColumn::AgentHandled => texts.compared_handled(now, before),
            HistoryColumn::AgentHandleTime => texts.compared_handle_time(now, before),
            HistoryColumn::Occupancy => texts.compared_occupancy(now, before),
            _ => texts.compared_level(terms.inline_level_label(texts), now, before),
        }
    });
    let parts: Vec<_> = parts.collect();
    let mut sentences = vec![texts.compared_figures(name.as_str(), parts.join(", "))];
    if compared.is_partial {
        sentences.push(texts.only_in_both().to_owned());
    }
    sentences.extend(gaps);
    Some(finding(sentences.join(" ")))
}

/// Covers the whole range, whatever rows are shown.
fn abandoned_finding(scope: &HistoryScope, total: &HistoryRow) -> Option<Finding> {
    let Some(RowFigures::Contacts(counters)) = &total.figures else {
        return None;
    };
    let count = counters.get(Counter::Abandoned)?;
    let href = scope
        .query
        .calls_path(scope.window.from, scope.window.to, Some("abandoned"));
    let is_listed = total.has_calls && !total.is_live && scope.includes_all_times();
    let has_calls = 0 < count && is_listed && scope.query.count_by == CountBy::Start;
    let links = has_calls.then(|| (scope.texts.view_abandoned().to_owned(), href));
    Some(Finding {
        key: "abandoned",
        mark: "",
        text: scope.texts.calls_abandoned(count),
        links: links.into_iter().collect(),
    })
}
