//! Custom figures in JSON: numbers and states that `[figures]` declares.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{
    CustomFigure, CustomFigureKind, CustomValue, Language, Moment, QueueId, ThresholdLevel,
};
use wallboard_live::{Evaluator, Snapshot};

use super::json::Time;

/// The custom figures of the site or of a queue, by their keys.
pub(super) type CustomFigureMap = BTreeMap<String, CustomFigureJson>;

/// A number or a state of another system
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomFigure)]
pub(super) struct CustomFigureJson {
    /// In the language of the site.
    label: String,
    /// `number`, `percent`, `duration` (in seconds) or `state`.
    kind: &'static str,
    /// Of a number, if it has one.
    #[schema(required = true)]
    unit: Option<String>,
    /// A number or a word; `null` if it isn't known.
    #[schema(required = true)]
    value: Option<CustomValueJson>,
    /// When the value applied.
    #[schema(required = true)]
    at: Option<Time>,
    /// The value is out of date.
    stale: bool,
    /// `warning` or `critical` by the figure's own thresholds.
    #[schema(required = true)]
    severity: Option<&'static str>,
}

/// A number, or the word of a state
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomValue)]
#[serde(untagged)]
pub(super) enum CustomValueJson {
    Number(f64),
    State(String),
}

/// Lists the figures of a queue or a group, or of the site. A queue has those that were reported.
pub(super) fn custom_figures(
    snapshot: &Snapshot,
    queue: Option<&QueueId>,
    now: Moment,
) -> CustomFigureMap {
    let declared = snapshot.site.custom_figures.iter();
    let of_these = declared.filter(|figure| figure.is_per_queue == queue.is_some());
    let figures = of_these.map(|figure| (figure, figure_json(snapshot, figure, queue, now)));
    figures
        .filter(|(_, figure)| queue.is_none() || figure.at.is_some())
        .map(|(figure, json)| (figure.id.to_string(), json))
        .collect()
}

fn figure_json(
    snapshot: &Snapshot,
    figure: &CustomFigure,
    queue: Option<&QueueId>,
    now: Moment,
) -> CustomFigureJson {
    let language = snapshot.site.language;
    let evaluated = Evaluator::new(snapshot, now).evaluate_custom(figure, queue);
    CustomFigureJson {
        label: figure.label.get(language).to_owned(),
        kind: kind_name(&figure.kind),
        unit: unit_name(&figure.kind, language),
        at: evaluated.at.map(Time),
        stale: evaluated.is_out_of_date,
        severity: (evaluated.level)
            .filter(|_| !evaluated.is_out_of_date)
            .map(level_name),
        value: evaluated.value.map(Into::into),
    }
}

impl From<CustomValue> for CustomValueJson {
    fn from(value: CustomValue) -> Self {
        match value {
            CustomValue::Number(number) => Self::Number(number),
            CustomValue::State(word) => Self::State(word.to_string()),
        }
    }
}

fn kind_name(kind: &CustomFigureKind) -> &'static str {
    match kind {
        CustomFigureKind::Number { .. } => "number",
        CustomFigureKind::Percent { .. } => "percent",
        CustomFigureKind::Duration => "duration",
        CustomFigureKind::State(_) => "state",
    }
}

fn unit_name(kind: &CustomFigureKind, language: Language) -> Option<String> {
    match kind {
        CustomFigureKind::Number { unit, .. } if !unit.is_empty() => {
            Some(unit.get(language).to_owned())
        }
        _ => None,
    }
}

fn level_name(level: ThresholdLevel) -> &'static str {
    match level {
        ThresholdLevel::Warning => "warning",
        ThresholdLevel::Critical => "critical",
    }
}
