//! Metrics of the product: one row each, in `rows.rs`.

mod ratio_terms;
mod rows;

pub use ratio_terms::RatioTerms;

use super::{Counter, Counters, MetricValue, ServiceLevelFormula};

pub use rows::Metric;

/// The unit of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Percent,
}

/// The subjects that have a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricOwner {
    /// Queues, and the site.
    Queue,
    Agent,
    Both,
}

/// The period that a metric covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// The present.
    Live,
    /// Grows until the business day ends: a count or a sum of times.
    DayTotal,
    /// An average or a share over the business day.
    DayRatio,
}

/// The rule that merges values of several queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Counts of different contacts are added.
    Sum,
    Longest,
    /// Agents who serve several queues count once.
    DistinctAgents,
    /// The average or share of several queues can't be derived from theirs.
    Never,
}

/// The calculation of a metric from counters of contacts.
#[derive(Debug)]
enum Calculation {
    /// Reported by sources only.
    None,
    Counter(Counter),
    Ratio(fn(&Counters, ServiceLevelFormula) -> Option<f64>),
}

/// The definition of a metric.
#[derive(Debug)]
struct MetricRow {
    /// The id in JSON and in board files.
    name: &'static str,
    unit: Unit,
    whose: MetricOwner,
    window: Window,
    merge: Merge,
    calculation: Calculation,
    /// Whether abandoned contacts are part of it; they are estimated where no event reports them.
    includes_abandons: bool,
    /// Whether it says what agents do, and not only what contacts wait for.
    is_about_agents: bool,
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

    pub fn owner(self) -> MetricOwner {
        self.row().whose
    }

    pub fn unit(self) -> Unit {
        self.row().unit
    }

    pub fn merge(self) -> Merge {
        self.row().merge
    }

    /// Whether it can be calculated from counters of contacts.
    pub fn is_calculated(self) -> bool {
        !matches!(self.row().calculation, Calculation::None)
    }

    /// The counter that the metric shows unchanged.
    pub fn counter(self) -> Option<Counter> {
        match self.row().calculation {
            Calculation::Counter(counter) => Some(counter),
            Calculation::None | Calculation::Ratio(_) => None,
        }
    }

    /// Calculates the value from counters, in the metric's unit; `formula` is for the service
    /// level.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn calculate(self, counters: &Counters, formula: ServiceLevelFormula) -> Option<f64> {
        match self.row().calculation {
            Calculation::None => None,
            Calculation::Counter(counter) => counters.get(counter).map(|n| n.max(0) as f64),
            Calculation::Ratio(ratio) => ratio(counters, formula),
        }
    }

    /// Whether abandoned contacts are part of the metric.
    pub fn includes_abandons(self) -> bool {
        self.row().includes_abandons
    }

    /// Whether a queue's value says what its agents do or how well. If they are few, it's about each of
    /// them, so `[privacy] smallest_team` withholds it.
    pub fn is_about_agents(self) -> bool {
        let row = self.row();
        row.is_about_agents || row.whose == MetricOwner::Agent
    }

    /// Converts a number to a value of this metric.
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

    /// Whether the metric only grows until its day ends: a count or a sum of times. A total that
    /// falls has restarted.
    pub fn is_total(self) -> bool {
        self.row().window == Window::DayTotal
    }

    /// Whether the metric covers the business day (and so carries `since`, `complete` and `gaps`)
    /// instead of the present.
    pub fn is_daily(self) -> bool {
        self.row().window != Window::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_found_by_its_name() {
        for metric in Metric::all() {
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
    }

    #[test]
    fn counters_are_about_agents_if_their_metrics_are() {
        for metric in Metric::all() {
            if let Some(counter) = metric.counter() {
                assert_eq!(
                    metric.is_about_agents(),
                    counter.is_about_agents(),
                    "{metric:?}"
                );
            }
        }
        let about_contacts: Vec<_> = Metric::all()
            .filter(|metric| !metric.is_about_agents())
            .map(Metric::name)
            .collect();
        assert_eq!(
            about_contacts,
            [
                "waiting",
                "longest_wait",
                "average_wait",
                "expected_wait",
                "offered",
                "answered",
                "abandoned",
                "short_abandoned",
                "flow_outs",
                "abandon_rate",
                "service_level",
                "average_speed_of_answer",
            ]
        );
    }
}
