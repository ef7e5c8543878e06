//! The short labels of metrics, as boards show them.

use wallboard_domain::Metric;

use super::texts::Texts;

/// A metric's label in each place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricTexts {
    key: String,
    /// "Waiting": by itself.
    pub label: String,
    /// "waiting": after its number, or within a sentence.
    pub inline: String,
}

impl MetricTexts {
    pub(crate) fn load(texts: &Texts, metric: Metric) -> Self {
        let key = message_key(metric);
        Self {
            label: texts.write(&key, &[]),
            inline: texts.write_attribute(&key, Some("inline"), &[]),
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
