//! The chart of a report's email.

use wallboard_domain::Metric;

use super::{
    chart_picture::{ABANDONED, ANSWERED, OTHERS, css_color, draw_picture},
    history_data::HistoryData,
    page,
    scope::HistoryScope,
};

/// The chart: its picture, and the words around it.
pub(super) struct MailChart {
    pub(super) picture: Vec<u8>,
    /// "40 calls": the top of its scale.
    pub(super) most: String,
    /// Colors and what they are.
    pub(super) keys: Vec<(String, String)>,
    pub(super) first: String,
    pub(super) last: String,
}

impl MailChart {
    /// `None` with a single time, or nothing to draw.
    pub(super) fn draw(scope: &HistoryScope, data: &HistoryData) -> Option<Self> {
        let texts = scope.texts;
        let chart = page::draw_chart(scope, data)?;
        let times = data.shown_times();
        let [first, .., last] = times.as_slice() else {
            return None;
        };
        let mut keys = vec![
            (ANSWERED, texts.metric(Metric::Answered).page_label.clone()),
            (
                ABANDONED,
                texts.metric(Metric::Abandoned).page_label.clone(),
            ),
        ];
        if chart.has_others {
            keys.push((OTHERS, texts.other_outcomes().to_owned()));
        }
        Some(Self {
            picture: draw_picture(&chart)?,
            most: texts.calls_scale(chart.most.as_str()),
            keys: (keys.into_iter())
                .map(|(color, label)| (css_color(color), label))
                .collect(),
            first: first.name.clone(),
            last: last.name.clone(),
        })
    }
}
