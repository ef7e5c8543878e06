//! One of the figures that a board shows of each queue: a metric, or a custom figure that queues have.

use toml::de::DeValue;

use wallboard_domain::{CustomFigureId, Metric};
use wallboard_toml_reader::ConfigEntry;

use super::{
    board_file::{find_queue_metric, read_text, unknown_metric_message},
    board_text::quote,
    widget_file::read_figure_key,
};

/// One of the figures that a board shows of each queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownFigure {
    Metric(Metric),
    Custom(CustomFigureId),
}

impl ShownFigure {
    pub fn metric(&self) -> Option<Metric> {
        match self {
            Self::Metric(metric) => Some(*metric),
            Self::Custom(_) => None,
        }
    }

    pub fn custom(&self) -> Option<&CustomFigureId> {
        match self {
            Self::Metric(_) => None,
            Self::Custom(figure) => Some(figure),
        }
    }

    /// Its name in faults.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Metric(metric) => metric.name(),
            Self::Custom(figure) => figure.as_str(),
        }
    }

    /// Reads an item of a list: `"waiting"`, or `{ custom = "orders" }`.
    pub(super) fn read(item: &ConfigEntry<'_, '_>) -> Option<Self> {
        if let DeValue::Table(_) = item.value.get_ref() {
            let section = item.as_section()?;
            let custom = section.entry("custom");
            if custom.is_none() {
                section.record_missing("custom", "write custom = \"orders\", a key of [figures]");
            }
            section.finish_section();
            return Some(Self::Custom(read_figure_key(&custom?)?));
        }
        let name = read_text(item)?;
        let metric = find_queue_metric(&name);
        if metric.is_none() {
            item.report_fault(&unknown_metric_message(&name), "");
        }
        Some(Self::Metric(metric?))
    }

    /// Writes it as in a board's file.
    pub(super) fn to_toml(&self) -> String {
        match self {
            Self::Metric(metric) => quote(metric.name()),
            Self::Custom(figure) => format!("{{ custom = {} }}", quote(figure.as_str())),
        }
    }
}

impl From<Metric> for ShownFigure {
    fn from(metric: Metric) -> Self {
        Self::Metric(metric)
    }
}

impl PartialEq<Metric> for ShownFigure {
    fn eq(&self, metric: &Metric) -> bool {
        self.metric() == Some(*metric)
    }
}
