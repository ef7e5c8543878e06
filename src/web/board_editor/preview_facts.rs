//! Facts about a preview that the eye can't tell: its pages, and what has no data.

use wallboard_boards::{BoardPreview, MissingFigure, MissingWidget, WidgetGap};
use wallboard_texts::Texts;

use super::{choices::BoardChoices, metric_list::figure_label};

/// Queues named in a sentence.
const NAMES_MAX: usize = 3;

/// Says how many pages it takes.
pub(super) fn preview_facts(texts: &Texts, preview: &BoardPreview) -> Vec<String> {
    vec![match preview.pages {
        1 => texts.preview_fits(preview.rows),
        pages => texts.preview_takes(preview.rows, pages),
    }]
}

/// Says what has no data, and why.
pub(super) fn missing_sentences(choices: &BoardChoices, preview: &BoardPreview) -> Vec<String> {
    let figures = preview.missing.iter();
    let figures = figures.map(|missing| missing_sentence(choices, missing));
    let widgets = preview.missing_widgets.iter();
    let widgets = widgets.map(|missing| widget_gap_sentence(choices.texts, missing));
    figures.chain(widgets).collect()
}

fn widget_gap_sentence(texts: &Texts, missing: &MissingWidget) -> String {
    let name = missing.name.as_str();
    match missing.gap {
        WidgetGap::NoQueue => texts.missing_queue_of(name),
        WidgetGap::NoHours => texts.missing_hours_of(name),
        WidgetGap::NoReport => texts.missing_report_of(name),
        WidgetGap::NoData(metric) => {
            let of_metric = texts.metric(metric);
            let sentence = texts.missing_figure_of(name, of_metric.page_label.as_str());
            with_reason(&sentence, &of_metric.unknown)
        }
    }
}

/// Adds why a metric may be unknown.
fn with_reason(sentence: &str, reason: &str) -> String {
    format!("{sentence} {reason}").trim_end().to_owned()
}

fn missing_sentence(choices: &BoardChoices, missing: &MissingFigure) -> String {
    let texts = choices.texts;
    let label = figure_label(choices, &missing.figure);
    let sentence = if missing.is_everywhere {
        texts.missing_everywhere(label.as_str())
    } else {
        let named = missing.queues.iter().take(NAMES_MAX).cloned();
        let named = named.collect::<Vec<_>>().join(", ");
        let queues = match missing.queues.len().saturating_sub(NAMES_MAX) {
            0 => named,
            more => texts.names_and_more(named, more),
        };
        texts.missing_for(label.as_str(), queues)
    };
    let reason = missing.figure.metric();
    let reason = reason.map_or("", |metric| texts.metric(metric).unknown.as_str());
    with_reason(&sentence, reason)
}
