//! Highlights of a history page for a supervisor: what needs attention.

use wallboard_boards::figure_text;
use wallboard_domain::{CountBy, Counter, MIN_JUDGED_CONTACTS};
use wallboard_history::report::RowFigures;
use wallboard_texts::Texts;

use super::{
    choice::{RowKind, step_noun},
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
    (table, total): (&HistoryTable, &HistoryRow),
    compared: Option<&ComparedTotals>,
) -> Vec<Finding> {
    let findings = [
        missed_target_finding(scope, &data.terms, (table, total)),
        comparison_finding(scope, data, total, compared),
        abandoned_finding(scope, total),
    ];
    findings.into_iter().flatten().collect()
}

fn missed_target_finding(
    scope: &HistoryScope,
    terms: &TargetTerms,
    (table, total): (&HistoryTable, &HistoryRow),
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
    let percent = terms.target.service_level_percent;
    let threshold = terms.target.miss_limits.and_then(|limits| limits.below);
    let threshold = threshold.filter(|threshold| percent != Some(*threshold));
    let mut missed: Vec<_> = table.missed_rows().collect();
    let noun = match (scope.query.rows, judged) {
        (RowKind::Time, _) => step_noun(scope.step, judged),
        (RowKind::Queue, 1) => "queue",
        (RowKind::Queue, _) => "queues",
        (RowKind::QueueGroup, 1) => "queue group",
        (RowKind::QueueGroup, _) => "queue groups",
        (RowKind::Agent | RowKind::AgentGroup, _) => "agents",
    };
    let text = figure_text::target_percent;
    let target = match (threshold, percent, judged) {
        (Some(threshold), ..) => format!("the threshold of {}", text(threshold)),
        (None, Some(target), _) => format!("the target of {}", text(target)),
        (None, None, 1) => "its own target".to_owned(),
        (None, None, _) => "their own target".to_owned(),
    };
    let rest = describe_not_judged(&with_calls);
    if missed.is_empty() {
        return Some(Finding {
            key: "missed",
            mark: "",
            text: match judged {
                1 => format!("The only {noun} with calls met {target}{rest}."),
                _ => format!("All {judged} {noun} with calls met {target}{rest}."),
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
        links.push((format!("and {more} more"), String::new()));
    }
    if !scope.query.only_missed {
        let words = match missed.len() {
            1 => "Show only missed".to_owned(),
            n => format!("Show only missed ({n})"),
        };
        links.push((words, scope.path_with(|query| query.only_missed = true)));
    }
    let text = if scope.query.only_missed {
        format!("{} {noun} missed {target}:", missed.len())
    } else {
        format!(
            "{} of {judged} {noun} with calls missed {target}{rest}:",
            missed.len()
        )
    };
    Some(Finding {
        key: "missed",
        mark: "▼ Missed",
        text,
        links,
    })
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
        text: "Each queue has its own target.".to_owned(),
        links: vec![("Show which queues missed theirs".to_owned(), href)],
    })
}

/// `, 2 not judged (1 in progress, 1 partly imported)`
fn describe_not_judged(rows: &[&HistoryRow]) -> String {
    let count = |is_so: fn(&HistoryRow) -> bool| rows.iter().filter(|row| is_so(row)).count();
    let reasons = [
        (count(|row| row.is_partial), "in progress".to_owned()),
        (
            count(|row| !row.is_partial && row.is_part),
            "partly imported".to_owned(),
        ),
        (
            count(|row| row.is_complete() && !row.is_judged()),
            format!("fewer than {MIN_JUDGED_CONTACTS} calls"),
        ),
    ];
    let reasons = reasons.into_iter().filter(|(count, _)| 0 < *count);
    let reasons: Vec<_> = reasons.collect();
    let why = match &reasons[..] {
        [] => return String::new(),
        [(_, why)] => why.clone(),
        several => {
            let several = several.iter().map(|(count, why)| format!("{count} {why}"));
            several.collect::<Vec<_>>().join(", ")
        }
    };
    let all: usize = reasons.iter().map(|(count, _)| count).sum();
    format!(", {all} not judged ({why})")
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
    let (_, name) = scope.before.as_ref()?;
    let finding = |text| Finding {
        key: "compared",
        mark: "",
        text,
        links: Vec::new(),
    };
    let gaps: Vec<_> = data.gaps.all().map(|gap| format!(" {gap}.")).collect();
    let gaps = gaps.concat();
    let Some(compared) = compared else {
        // Without figures there is nothing to compare.
        total.figures.as_ref()?;
        let why = match &*gaps {
            "" => " No completed interval has data in both periods.",
            gaps => gaps,
        };
        return Some(finding(format!("Not compared with {name}.{why}")));
    };
    let terms = &data.terms;
    let format_value = |column: HistoryColumn, figures| {
        number::format_or_unknown(column.value(figures, terms.rules))
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
        RowFigures::Count(_) => &[],
    };
    let parts = columns.iter().map(|column| {
        let (now, before) = pair(*column);
        let word = column.heading(&terms.level_label(Texts::english()), "");
        format!("{} {now} ({before})", figure_text::lowercase_label(&word))
    });
    let parts: Vec<_> = parts.collect();
    let part = if compared.is_part {
        " Only completed intervals with data in both periods are compared."
    } else {
        ""
    };
    let parts = parts.join(", ");
    Some(finding(format!("vs {name}: {parts}.{part}{gaps}")))
}

/// Covers the whole range, whatever rows are shown.
fn abandoned_finding(scope: &HistoryScope, total: &HistoryRow) -> Option<Finding> {
    let Some(RowFigures::Contacts(counters)) = &total.figures else {
        return None;
    };
    let count = counters.get(Counter::Abandoned)?;
    let text = match count {
        0 => "No abandoned calls.".to_owned(),
        1 => "1 call was abandoned.".to_owned(),
        n => format!("{} calls were abandoned.", number::group_thousands(n)),
    };
    let href = scope
        .query
        .calls_path((scope.window.from, scope.window.to), Some("abandoned"));
    let is_listed = total.has_calls && !total.is_live && scope.includes_all_times();
    let has_calls = 0 < count && is_listed && scope.query.count_by == CountBy::Start;
    let links = has_calls.then(|| ("View abandoned calls".to_owned(), href));
    Some(Finding {
        key: "abandoned",
        mark: "",
        text,
        links: links.into_iter().collect(),
    })
}
