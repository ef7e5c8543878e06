//! The totals at the top of a history page, and how they compare.

use crate::web::parts::{clock::RunningClock, metric_explanation, metric_tile::MetricTile};
use wallboard_boards::figure_text;
use wallboard_domain::CountBy;
use wallboard_history::report::RowFigures;
use wallboard_texts::Texts;

use super::{
    column::{HistoryColumn, RatioRules},
    history_data::HistoryData,
    history_row::HistoryRow,
    number::{self, HistoryNumber},
    scope::{HistoryScope, TargetTerms},
};

/// Both periods, over rows that are known in both and complete.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ComparedTotals {
    pub(super) now: RowFigures,
    pub(super) before: RowFigures,
    /// Rows unknown in one of the two are left out.
    pub(super) is_part: bool,
}

pub(super) fn compare_totals(rows: &[HistoryRow]) -> Option<ComparedTotals> {
    let pairs = rows.iter().filter(|row| !row.is_partial);
    let pairs = pairs.filter_map(|row| row.figures.as_ref().zip(row.before.as_ref()));
    let (now, before): (Vec<_>, Vec<_>) = pairs.unzip();
    Some(ComparedTotals {
        is_part: now.len() < rows.len(),
        now: RowFigures::sum(now)?,
        before: RowFigures::sum(before)?,
    })
}

/// `+6%`, `−3%`, `no change`; `None` if there was nothing before.
pub(super) fn format_change(now: f64, before: f64) -> Option<String> {
    if before <= 0.0 {
        return None;
    }
    let percent = (now - before) / before * 100.0;
    Some(match percent.round() {
        0.0 => "no change".to_owned(),
        percent => format!("{percent:+.0}%").replace('-', "−"),
    })
}

/// The tiles at the top of a page.
pub(super) fn summary_figures(
    scope: &HistoryScope,
    data: &HistoryData,
    total: &HistoryRow,
    compared: Option<&ComparedTotals>,
) -> Vec<MetricTile> {
    let agents = matches!(total.figures, Some(RowFigures::Agent(_)));
    let columns: &[HistoryColumn] = if agents {
        &[
            HistoryColumn::AgentHandled,
            HistoryColumn::AgentHandleTime,
            HistoryColumn::AgentMissed,
            HistoryColumn::LoggedIn,
            HistoryColumn::Occupancy,
        ]
    } else {
        &[
            HistoryColumn::Offered,
            HistoryColumn::Answered,
            HistoryColumn::Abandoned,
            HistoryColumn::ServiceLevel,
            HistoryColumn::AverageSpeedOfAnswer,
            HistoryColumn::LongestWait,
            HistoryColumn::HandleTime,
        ]
    };
    let terms = &data.terms;
    let figure = |column: &HistoryColumn| summary_figure(*column, scope, terms, total, compared);
    let mut tiles: Vec<_> = columns.iter().map(figure).collect();
    if let Some(first) = tiles.first_mut() {
        let missing = data.gaps.missing.iter().filter(|_| !data.is_of_several);
        let gaps = missing.chain(&data.gaps.missing_before);
        first.notes.extend(gaps.cloned());
    }
    tiles
}

fn summary_figure(
    column: HistoryColumn,
    scope: &HistoryScope,
    terms: &TargetTerms,
    total: &HistoryRow,
    compared: Option<&ComparedTotals>,
) -> MetricTile {
    let rules = terms.rules;
    let value = total.value(column);
    let mut notes = Vec::new();
    if column == HistoryColumn::Abandoned
        && let Some(rate) = total.value(HistoryColumn::AbandonRate)
    {
        notes.push(format!("{} abandonment rate", rate.shown()));
    }
    if column == HistoryColumn::ServiceLevel {
        notes.push(describe_target(terms));
    }
    if let (Some(compared), Some((_, name))) = (compared, &scope.before) {
        notes.extend(comparison_text(column, compared, name, rules));
    }
    MetricTile {
        key: column.key(),
        label: column.heading(&terms.level_label(Texts::english()), ""),
        value: RunningClock::stopped(number::format_or_unknown(value)),
        severity: "none",
        mark: "",
        link: None,
        notes,
        explained: explain_figure(column, scope, terms),
        ..MetricTile::default()
    }
}

/// `+6% vs Thu 12 Nov`; for ratios `81%, Thu 12 Nov`.
fn comparison_text(
    column: HistoryColumn,
    compared: &ComparedTotals,
    name: &str,
    rules: RatioRules,
) -> Option<String> {
    let before = column.value(&compared.before, rules)?;
    match (before, column.value(&compared.now, rules)?) {
        (HistoryNumber::Count(before), HistoryNumber::Count(now)) => {
            let change = format_change(
                HistoryNumber::Count(now).value(),
                HistoryNumber::Count(before).value(),
            )?;
            Some(format!("{change} vs {name}"))
        }
        (before, _) => Some(format!("{}, {name}", before.shown())),
    }
}

fn explain_figure(
    column: HistoryColumn,
    scope: &HistoryScope,
    terms: &TargetTerms,
) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Definition", column.meaning().to_owned())];
    if column == HistoryColumn::Abandoned {
        let rate = "abandoned ÷ (answered + abandoned + overflowed): of the calls that ended";
        rows.push(("Abandonment rate", rate.to_owned()));
    }
    if column == HistoryColumn::ServiceLevel {
        rows.push(("Formula", describe_formula(terms)));
        rows.push(("Answer target", describe_threshold(terms)));
    }
    rows.push((
        "Counted by",
        describe_count_by(terms.rules.count_by).to_owned(),
    ));
    rows.push((
        "Time",
        format!("{}, {}", scope.describe_period(), scope.zone_name),
    ));
    rows.push(("Data source", "the vendor’s export, as imported".to_owned()));
    rows
}

/// The formula with its name in the configuration and the API.
pub(super) fn name_formula(terms: &TargetTerms) -> String {
    let words = describe_formula(terms);
    if terms.has_own_formulas {
        words
    } else {
        format!("{}: {words}", terms.rules.formula.into_str())
    }
}

pub(super) fn describe_formula(terms: &TargetTerms) -> String {
    let words = metric_explanation::describe_formula(terms.rules.formula);
    if terms.has_own_formulas {
        format!("each queue’s own formula; totals use {words}")
    } else {
        words.to_owned()
    }
}

fn describe_target(terms: &TargetTerms) -> String {
    match terms.target.service_level_percent {
        None => "each queue’s own target".to_owned(),
        percent => figure_text::target(percent),
    }
}

pub(super) fn describe_threshold(terms: &TargetTerms) -> String {
    let within = match terms.target.threshold_ms {
        Some(threshold_ms) => format!("within {}", figure_text::threshold(threshold_ms)),
        None => "within each queue’s own answer target".to_owned(),
    };
    match terms
        .target
        .service_level_percent
        .map(figure_text::target_percent)
    {
        Some(target) => format!("{within}; the target is {target}"),
        None => format!("{within}; each queue’s own target"),
    }
}

pub(super) fn describe_count_by(by: CountBy) -> &'static str {
    match by {
        CountBy::Start => "call start: everything about a call counts when it joined the queue",
        CountBy::Event => {
            "event time: each count when it happened (offered at joining, answered at the answer, talk at its end)"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_relative_to_the_earlier_period() {
        assert_eq!(format_change(106.0, 100.0).as_deref(), Some("+6%"));
        assert_eq!(format_change(97.0, 100.0).as_deref(), Some("−3%"));
        assert_eq!(format_change(100.2, 100.0).as_deref(), Some("no change"));
        assert_eq!(format_change(4.0, 0.0), None);
    }
}
