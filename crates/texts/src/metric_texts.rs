//! The texts of metrics: short labels for boards, and what pages say about each.

use wallboard_domain::Metric;

use super::texts::Texts;

/// A metric's label in each place, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricTexts {
    key: String,
    /// "Waiting": by itself.
    pub label: String,
    /// "waiting": after its number, or within a sentence.
    pub inline: String,
    /// "Average speed of answer": on a page.
    pub page_label: String,
    /// The meaning at its source.
    pub reported: String,
    /// The meaning where Wallboard tracks single contacts.
    pub counted: String,
    /// Why it may be unknown although its source is connected.
    pub unknown: String,
}

impl MetricTexts {
    pub(crate) fn load(texts: &Texts, metric: Metric) -> Self {
        let (key, about) = (message_key(metric), about_key(metric));
        let of_page = |name| texts.write_attribute(&about, Some(name), &[]);
        Self {
            label: texts.write(&key, &[]),
            inline: texts.write_attribute(&key, Some("inline"), &[]),
            page_label: of_page("label"),
            reported: texts.write(&about, &[]),
            counted: of_page("counted"),
            unknown: of_page("unknown"),
            key,
        }
    }
}

impl Texts {
    /// `2:11 wait`, `6 waiting`, `0 available`: a figure as the cause of a severity.
    pub fn cause(&self, metric: Metric, value: &str) -> String {
        let key = &self.metric(metric).key;
        self.write_attribute(key, Some("cause"), &[("value", value.into())])
    }
}

/// The key of a metric's message.
pub(crate) fn message_key(metric: Metric) -> String {
    format!("metric_{}", metric.name())
}

/// The key of the message that says what a metric is.
pub(crate) fn about_key(metric: Metric) -> String {
    format!("about_{}", metric.name())
}
