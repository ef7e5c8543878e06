//! Facts about a preview that the eye can't tell: its pages, and what has no data.

use wallboard_boards::{BoardPreview, MissingMetric, MissingWidget, WidgetGap};
use wallboard_texts::Texts;

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
pub(super) fn missing_sentences(texts: &Texts, preview: &BoardPreview) -> Vec<String> {
    let metrics = preview.missing.iter();
    let metrics = metrics.map(|missing| missing_sentence(texts, missing));
    let widgets = preview.missing_widgets.iter();
    let widgets = widgets.map(|missing| widget_gap_sentence(texts, missing));
    metrics.chain(widgets).collect()
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

fn missing_sentence(texts: &Texts, missing: &MissingMetric) -> String {
    let of_metric = texts.metric(missing.metric);
    let label = of_metric.page_label.as_str();
    let sentence = if missing.is_everywhere {
        texts.missing_everywhere(label)
    } else {
        let named = missing.queues.iter().take(NAMES_MAX).cloned();
        let named = named.collect::<Vec<_>>().join(", ");
        let queues = match missing.queues.len().saturating_sub(NAMES_MAX) {
            0 => named,
            more => texts.names_and_more(named, more),
        };
        texts.missing_for(label, queues)
    };
    with_reason(&sentence, &of_metric.unknown)
}
