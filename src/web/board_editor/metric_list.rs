//! The metrics of a board in its form, with the custom figures among them, and what can be added.

use wallboard_boards::ShownFigure;
use wallboard_domain::{CustomFigureId, Metric, MetricOwner, Unit};
use wallboard_texts::Texts;

use crate::web::board_editor::{
    choices::BoardChoices,
    widget_fields::{custom_value, parse_custom},
};

/// The list of what a board shows of each queue.
pub(super) const SHOWN: &str = "show";

/// A list of metrics in the form.
pub(super) struct MetricList {
    pub(super) name: &'static str,
    pub(super) rows: Vec<MetricRow>,
    /// Value and label of the metrics that aren't in it.
    pub(super) others: Vec<(&'static str, String)>,
    /// The same of custom figures.
    pub(super) other_figures: Vec<(String, String)>,
}

pub(super) struct MetricRow {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) definition: String,
    /// Whether tiles draw it large.
    pub(super) is_large: bool,
}

impl MetricList {
    pub(super) fn new(choices: &BoardChoices, name: &'static str, listed: &[ShownFigure]) -> Self {
        let texts = choices.texts;
        let is_listed = |figure: &CustomFigureId| {
            let mut listed = listed.iter();
            listed.any(|one| one.custom() == Some(figure))
        };
        let figures = choices.figures.iter();
        // A header has no custom figures.
        let figures =
            figures.filter(|figure| name == SHOWN && figure.is_per_queue && !is_listed(&figure.id));
        let figures = figures.map(|figure| {
            let label = choices.figure_label(&figure.id);
            (custom_value(&figure.id), label.to_owned())
        });
        let mut other_figures: Vec<_> = figures.collect();
        other_figures.sort_by(|a, b| a.1.cmp(&b.1));
        let large = listed.iter().position(|one| one.metric().is_some());
        let large = large.filter(|_| name == SHOWN);
        let rows = listed.iter().enumerate().map(|(at, figure)| MetricRow {
            value: figure_value(figure),
            name: figure_label(choices, figure),
            definition: match figure {
                ShownFigure::Metric(metric) => definition(texts, *metric),
                ShownFigure::Custom(_) => texts.custom_figures().to_owned(),
            },
            is_large: large == Some(at),
        });
        Self {
            name,
            rows: rows.collect(),
            others: other_metrics(texts, |metric| listed.iter().any(|one| *one == metric)),
            other_figures,
        }
    }
}

/// Value and label of each metric of queues, but those that are listed.
pub(super) fn other_metrics(
    texts: &Texts,
    is_listed: impl Fn(Metric) -> bool,
) -> Vec<(&'static str, String)> {
    let others =
        Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent && !is_listed(*metric));
    let mut others: Vec<_> = others
        .map(|metric| {
            let label = texts.metric(metric).page_label.as_str();
            let unit: &str = unit_name(metric);
            (metric.name(), texts.metric_in_unit(label, unit))
        })
        .collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    others
}

/// The value of a figure in the form's fields.
pub(super) fn figure_value(figure: &ShownFigure) -> String {
    match figure {
        ShownFigure::Metric(metric) => metric.name().to_owned(),
        ShownFigure::Custom(id) => custom_value(id),
    }
}

/// Parses such a value.
pub(super) fn parse_figure(value: &str) -> Option<ShownFigure> {
    let metric = Metric::from_name(value).map(ShownFigure::Metric);
    metric.or_else(|| parse_custom(value).map(ShownFigure::Custom))
}

pub(super) fn figure_label(choices: &BoardChoices, figure: &ShownFigure) -> String {
    match figure {
        ShownFigure::Metric(metric) => choices.texts.metric(*metric).page_label.clone(),
        ShownFigure::Custom(id) => choices.figure_label(id).to_owned(),
    }
}

/// A unit, as messages choose by it.
fn unit_name(metric: Metric) -> &'static str {
    match metric.unit() {
        Unit::Count => "count",
        Unit::Seconds => "seconds",
        Unit::Percent => "percent",
    }
}

fn definition(texts: &Texts, metric: Metric) -> String {
    let of_metric = texts.metric(metric);
    let meaning = [&of_metric.reported, &of_metric.counted].into_iter();
    let meaning = meaning.map(String::as_str).find(|text| !text.is_empty());
    let unit = match metric.unit() {
        Unit::Count => texts.unit_count(),
        Unit::Seconds => texts.unit_seconds(),
        Unit::Percent => texts.unit_percent(),
    };
    format!("{} {unit}", meaning.unwrap_or_default())
}
