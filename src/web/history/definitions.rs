//! How the figures of a history page are computed.

use wallboard_domain::Metric;

use crate::web::parts::clock::UNKNOWN;

use super::{
    choice::HistoryView, history_data::HistoryData, plan_rows::has_reforecast, scope::HistoryScope,
    summary,
};

/// How the figures are computed; `formula` says how the service level is.
pub(super) fn list_definitions(
    scope: &HistoryScope,
    data: &HistoryData,
    formula: String,
) -> Vec<(&'static str, String)> {
    let (terms, texts) = (&data.terms, scope.texts);
    if scope.query.view == HistoryView::Adherence {
        return list_adherence_definitions(scope);
    }
    let counted_by = summary::describe_count_by(texts, terms.rules.count_by).to_owned();
    let mut rows = vec![
        (texts.service_level(), formula),
        (
            texts.answer_target_term(),
            summary::write_target(texts, &terms.target),
        ),
        (texts.counted_by_term(), counted_by),
        (texts.zone_choice(), scope.zone_name.clone()),
    ];
    if let Some((window, _)) = &scope.before {
        rows.push((texts.compared_with_term(), window.describe(texts)));
        let gaps: Vec<_> = data.gaps.all().collect();
        if !gaps.is_empty() {
            rows.push((texts.not_compared_term(), gaps.join("; ")));
        }
    }
    if scope.query.view == HistoryView::Plan {
        let words = texts.deviation_meaning();
        rows.push((texts.column_deviation(), words.to_owned()));
        if has_reforecast(&data.times) {
            let words = texts.reforecast_meaning();
            rows.push((texts.column_reforecast(), words.to_owned()));
        }
    }
    if scope.query.view == HistoryView::Breakdown {
        let words = texts.breakdown_by_start();
        rows.push((texts.view_breakdown(), words.to_owned()));
    } else if scope.query.rows.code_dimension().is_some() {
        let words = texts.handle_time_meaning();
        let label = &texts.metric(Metric::AverageHandleTime).page_label;
        rows.push((label, words.to_owned()));
    }
    if scope.leaves_out_closed() {
        let words = texts.opening_hours_meaning();
        rows.push((texts.opening_hours_term(), words.to_owned()));
    }
    let imported_until = data.known.imported_until(scope);
    if !imported_until.is_empty() {
        rows.push((texts.data_through_term(), imported_until));
    }
    rows.push((UNKNOWN, texts.unknown_meaning().to_owned()));
    rows
}

fn list_adherence_definitions(scope: &HistoryScope) -> Vec<(&'static str, String)> {
    let texts = scope.texts;
    let rows = [
        (texts.column_scheduled_time(), texts.scheduled_meaning()),
        (texts.column_adherence(), texts.adherence_meaning()),
        (texts.column_conformance(), texts.conformance_meaning()),
        (texts.zone_choice(), scope.zone_name.as_str()),
        (UNKNOWN, texts.unknown_meaning()),
    ];
    rows.map(|(term, text)| (term, text.to_owned())).into()
}
