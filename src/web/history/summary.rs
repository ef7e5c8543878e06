//! The totals at the top of a history page, and how they compare.

use crate::web::parts::{clock::RunningClock, metric_explanation, metric_tile::MetricTile};
use wallboard_boards::figure_text;
use wallboard_domain::{CountBy, Metric, TargetInForce};
use wallboard_history::report::RowFigures;
use wallboard_texts::Texts;

use super::{
    choice::HistoryView,
    column::{HistoryColumn, RatioRules},
    column_meaning::describe_column,
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
    pub(super) is_partial: bool,
}

pub(super) fn compare_totals(rows: &[HistoryRow]) -> Option<ComparedTotals> {
    let pairs = rows.iter().filter(|row| !row.is_ongoing);
    let pairs = pairs.filter_map(|row| row.figures.as_ref().zip(row.before.as_ref()));
    let (now, before): (Vec<_>, Vec<_>) = pairs.unzip();
    Some(ComparedTotals {
        is_partial: now.len() < rows.len(),
        now: RowFigures::sum(now)?,
        before: RowFigures::sum(before)?,
    })
}

/// `+6%`, `−3%`, `no change`; `None` if there was nothing before.
pub(super) fn format_change(texts: &Texts, now: f64, before: f64) -> Option<String> {
    if before <= 0.0 {
        return None;
    }
    let percent = ((now - before) / before * 100.0).round();
    let sign = match percent {
        0.0 => return Some(texts.no_change().to_owned()),
        ..0.0 => '−',
        _ => '+',
    };
    Some(format!(
        "{sign}{}",
        texts.percent_of(&percent.abs().to_string())
    ))
}

/// The tiles at the top of a page.
pub(super) fn summary_figures(
    scope: &HistoryScope,
    data: &HistoryData,
    total: &HistoryRow,
    compared: Option<&ComparedTotals>,
) -> Vec<MetricTile> {
    let agents = matches!(total.figures, Some(RowFigures::Agent(_)));
    let columns: &[HistoryColumn] = if scope.query.view == HistoryView::Adherence {
        &[
            HistoryColumn::ScheduledTime,
            HistoryColumn::Adherence,
            HistoryColumn::Conformance,
        ]
    } else if agents {
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
    let texts = scope.texts;
    let value = total.value(column);
    let mut notes = Vec::new();
    if column == HistoryColumn::Abandoned
        && let Some(rate) = total.value(HistoryColumn::AbandonRate)
    {
        notes.push(texts.rate_abandoned(rate.write(texts)));
    }
    if column == HistoryColumn::ServiceLevel {
        notes.push(match terms.target.service_level_percent {
            None => texts.target_of_each().to_owned(),
            Some(percent) => figure_text::write_target(texts, [percent]),
        });
    }
    if let (Some(compared), Some((_, name))) = (compared, &scope.before) {
        notes.extend(comparison_text(texts, column, compared, name, terms.rules));
    }
    MetricTile {
        key: column.key(),
        label: column.heading(texts, &terms.level_label(texts), ""),
        value: RunningClock::stopped(number::format_or_unknown(texts, value)),
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
    texts: &Texts,
    column: HistoryColumn,
    compared: &ComparedTotals,
    name: &str,
    rules: RatioRules,
) -> Option<String> {
    let before = column.value(&compared.before, rules)?;
    match (before, column.value(&compared.now, rules)?) {
        (HistoryNumber::Count(before), HistoryNumber::Count(now)) => {
            let change = format_change(
                texts,
                HistoryNumber::Count(now).value(),
                HistoryNumber::Count(before).value(),
            )?;
            Some(texts.change_versus(change, name))
        }
        (before, _) => Some(texts.value_of_period(before.write(texts), name)),
    }
}

fn explain_figure(
    column: HistoryColumn,
    scope: &HistoryScope,
    terms: &TargetTerms,
) -> Vec<(&'static str, String)> {
    let texts = scope.texts;
    let meaning = describe_column(texts, column).to_owned();
    let mut rows = vec![(texts.definition_term(), meaning)];
    if column == HistoryColumn::Abandoned {
        let rate = &texts.metric(Metric::AbandonRate).page_label;
        rows.push((rate, texts.abandon_rate_meaning().to_owned()));
    }
    if column == HistoryColumn::ServiceLevel {
        rows.push((texts.formula_term(), describe_formula(texts, terms)));
        let target = write_target(texts, &terms.target);
        rows.push((texts.answer_target_term(), target));
    }
    let period = texts.period_in_zone(scope.describe_period(), scope.zone_name.as_str());
    let period = (texts.rows_time(), period);
    if scope.query.view == HistoryView::Adherence {
        rows.push(period);
        return rows;
    }
    let counted_by = describe_count_by(texts, terms.rules.count_by).to_owned();
    rows.push((texts.counted_by_term(), counted_by));
    rows.push(period);
    rows.push((texts.source_term(), texts.source_is_export().to_owned()));
    rows
}

/// The formula with its name in the configuration and the API.
pub(super) fn name_formula(texts: &Texts, terms: &TargetTerms) -> String {
    let words = describe_formula(texts, terms);
    if terms.has_own_formulas {
        words
    } else {
        format!("{}: {words}", terms.rules.formula.into_str())
    }
}

pub(super) fn describe_formula(texts: &Texts, terms: &TargetTerms) -> String {
    let words = metric_explanation::write_formula(texts, terms.rules.formula);
    if terms.has_own_formulas {
        texts.formula_of_each(words)
    } else {
        words.to_owned()
    }
}

/// "within 20 s; the target is 80%"
pub(super) fn write_target(texts: &Texts, target: &TargetInForce) -> String {
    let limit = (target.threshold_ms).map(|threshold_ms| texts.threshold(threshold_ms));
    let percent = target.service_level_percent;
    match (limit, percent.map(|percent| texts.target_percent(percent))) {
        (Some(limit), Some(percent)) => texts.within_and_target(limit, percent),
        (Some(limit), None) => texts.within_own_target(limit),
        (None, Some(percent)) => texts.own_limit_and_target(percent),
        (None, None) => texts.own_limit_own_target().to_owned(),
    }
}

pub(super) fn describe_count_by(texts: &Texts, by: CountBy) -> &str {
    match by {
        CountBy::Start => texts.start_counts(),
        CountBy::Event => texts.event_counts(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_relative_to_the_earlier_period() {
        assert_eq!(
            format_change(Texts::english(), 106.0, 100.0).as_deref(),
            Some("+6%")
        );
        assert_eq!(
            format_change(Texts::english(), 97.0, 100.0).as_deref(),
            Some("−3%")
        );
        assert_eq!(
            format_change(Texts::english(), 100.2, 100.0).as_deref(),
            Some("no change")
        );
        assert_eq!(format_change(Texts::english(), 4.0, 0.0), None);
    }
}
