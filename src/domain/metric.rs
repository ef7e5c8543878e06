//! The metrics that the product knows: one row each, in `rows.rs`.

mod rows;

use super::{Counter, Counters, MetricValue, ServiceLevelFormula};

pub use rows::Metric;

/// What kind of value a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Percent,
}

/// Which subjects have a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricOwner {
    /// Queues, and the site.
    Queue,
    Agent,
    Both,
}

/// The stretch of time that a figure covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// It describes the present.
    Live,
    /// It only grows until the business day ends: a count or a sum of times.
    DayTotal,
    /// An average or a share over the business day.
    DayRatio,
}

/// How the figures of several queues become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Counts of different contacts add up.
    Sum,
    Longest,
    /// Agents who serve several queues count once.
    DistinctAgents,
    /// An average or a share of several queues is the figure of none of them.
    Never,
}

/// How a figure comes from counters of contacts.
#[derive(Debug)]
enum Calculation {
    /// Only sources report it.
    None,
    Counter(Counter),
    Ratio(fn(&Counters, ServiceLevelFormula) -> Option<f64>),
}

/// Everything that is declared about a metric.
#[derive(Debug)]
struct MetricRow {
    /// The id in JSON and in board files.
    name: &'static str,
    label: &'static str,
    /// The label where there is little room.
    short_label: &'static str,
    unit: Unit,
    whose: MetricOwner,
    window: Window,
    merge: Merge,
    /// What the figure is where its source reports it.
    reported: &'static str,
    /// What it is where Wallboard follows contacts one by one.
    counted: &'static str,
    /// Why it may be unknown there although the source is connected.
    unknown: &'static str,
    calculation: Calculation,
    /// Abandoned contacts are part of it, which are an estimate where no event reports them.
    includes_abandons: bool,
}

impl Metric {
    fn row(self) -> &'static MetricRow {
        &rows::ROWS[self as usize]
    }

    /// The name in JSON and in board files.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub fn from_name(name: &str) -> Option<Metric> {
        Metric::all().find(|metric| metric.name() == name)
    }

    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// The label where there is little room: on boards and at the head of columns.
    pub fn short_label(self) -> &'static str {
        self.row().short_label
    }

    pub fn whose(self) -> MetricOwner {
        self.row().whose
    }

    pub fn unit(self) -> Unit {
        self.row().unit
    }

    pub fn merge(self) -> Merge {
        self.row().merge
    }

    /// What the figure is where its source reports it.
    pub fn reported_meaning(self) -> &'static str {
        self.row().reported
    }

    /// What the figure is where Wallboard follows contacts one by one.
    pub fn counted_meaning(self) -> &'static str {
        self.row().counted
    }

    /// Why the figure may be unknown although its source is connected.
    pub fn unknown_reason(self) -> &'static str {
        self.row().unknown
    }

    /// Whether the figure can be calculated from counters of contacts.
    pub fn is_calculated(self) -> bool {
        !matches!(self.row().calculation, Calculation::None)
    }

    /// The counter that the figure shows as it is.
    pub fn counter(self) -> Option<Counter> {
        match self.row().calculation {
            Calculation::Counter(counter) => Some(counter),
            Calculation::None | Calculation::Ratio(_) => None,
        }
    }

    /// The figure from counters, in the metric's unit; `formula` is that of service level.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn calculate(self, counters: &Counters, formula: ServiceLevelFormula) -> Option<f64> {
        match self.row().calculation {
            Calculation::None => None,
            Calculation::Counter(counter) => counters.get(counter).map(|n| n.max(0) as f64),
            Calculation::Ratio(ratio) => ratio(counters, formula),
        }
    }

    /// Whether abandoned contacts are part of the figure.
    pub fn includes_abandons(self) -> bool {
        self.row().includes_abandons
    }

    /// A bare number as a value of this metric.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates, and no count is negative"
    )]
    pub fn value(self, number: f64) -> MetricValue {
        match self.unit() {
            Unit::Count => MetricValue::Count(number.round() as u64),
            Unit::Seconds => MetricValue::Seconds(number),
            Unit::Percent => MetricValue::Percent(number),
        }
    }

    /// Whether the figure only grows until its day ends: a count or a sum of times. A
    /// total that falls has begun anew.
    pub fn is_total(self) -> bool {
        self.row().window == Window::DayTotal
    }

    /// Whether the figure counts over the business day (and so carries `since`,
    /// `complete` and `gaps`) or is of now.
    pub fn is_of_the_day(self) -> bool {
        self.row().window != Window::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_name_of_its_own() {
        for metric in Metric::all() {
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
    }

    #[test]
    fn each_average_of_waits_has_a_label_of_its_own() {
        assert_eq!(Metric::AverageWait.label(), "Average wait");
        assert_eq!(
            Metric::AverageSpeedOfAnswer.label(),
            "Average speed of answer"
        );
        assert_eq!(Metric::AverageSpeedOfAnswer.short_label(), "ASA");
    }

    #[test]
    fn every_explanation_is_a_sentence() {
        for metric in Metric::all() {
            let texts = [
                metric.reported_meaning(),
                metric.counted_meaning(),
                metric.unknown_reason(),
            ];
            assert!(texts.iter().all(|text| text.ends_with('.')), "{metric:?}");
        }
    }

    #[test]
    fn what_a_telephony_counts_is_not_said_of_visitors() {
        for metric in Metric::all() {
            let words = metric.reported_meaning().to_lowercase();
            let is_of_chats = words.contains("visitor") || words.contains("chat");
            assert!(!is_of_chats, "{}: {words}", metric.name());
        }
        // Who waits is counted in the same words for every kind of source.
        for metric in [Metric::Waiting, Metric::InConversation, Metric::LongestWait] {
            let words = metric.counted_meaning().to_lowercase();
            assert!(!words.contains("visitor"));
        }
    }
}
