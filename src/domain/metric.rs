//! The figures the product knows, by the names of the contract.

use super::Value;

/// What kind of value a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Percent,
}

/// A figure of a queue, an agent or the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    Waiting,
    InConversation,
    LongestWait,
    AverageWait,
    AgentsAvailable,
    Offered,
    Answered,
    Abandoned,
    ShortAbandoned,
    FlowOuts,
    AbandonRate,
    ServiceLevel,
    AverageSpeedOfAnswer,
    AverageHandleTime,
    FirstResponseTime,
    Transferred,
    OutcomePositive,
    OutcomeNegative,
    OutcomeNeutral,
    OutcomeUnresolved,
    Cases,
    Handled,
}

/// Name, unit, and whether it counts over the business day, in the order of [`Metric`].
const TABLE: &[(Metric, &str, Unit, bool)] = &[
    (Metric::Waiting, "waiting", Unit::Count, false),
    (
        Metric::InConversation,
        "in_conversation",
        Unit::Count,
        false,
    ),
    (Metric::LongestWait, "longest_wait", Unit::Seconds, false),
    (Metric::AverageWait, "average_wait", Unit::Seconds, false),
    (
        Metric::AgentsAvailable,
        "agents_available",
        Unit::Count,
        false,
    ),
    (Metric::Offered, "offered", Unit::Count, true),
    (Metric::Answered, "answered", Unit::Count, true),
    (Metric::Abandoned, "abandoned", Unit::Count, true),
    (Metric::ShortAbandoned, "short_abandoned", Unit::Count, true),
    (Metric::FlowOuts, "flow_outs", Unit::Count, true),
    (Metric::AbandonRate, "abandon_rate", Unit::Percent, true),
    (Metric::ServiceLevel, "service_level", Unit::Percent, true),
    (
        Metric::AverageSpeedOfAnswer,
        "average_speed_of_answer",
        Unit::Seconds,
        true,
    ),
    (
        Metric::AverageHandleTime,
        "average_handle_time",
        Unit::Seconds,
        true,
    ),
    (
        Metric::FirstResponseTime,
        "first_response_time",
        Unit::Seconds,
        true,
    ),
    (Metric::Transferred, "transferred", Unit::Count, true),
    (
        Metric::OutcomePositive,
        "outcome_positive",
        Unit::Count,
        true,
    ),
    (
        Metric::OutcomeNegative,
        "outcome_negative",
        Unit::Count,
        true,
    ),
    (Metric::OutcomeNeutral, "outcome_neutral", Unit::Count, true),
    (
        Metric::OutcomeUnresolved,
        "outcome_unresolved",
        Unit::Count,
        true,
    ),
    (Metric::Cases, "cases", Unit::Count, false),
    (Metric::Handled, "handled", Unit::Count, true),
];

impl Metric {
    pub fn all() -> impl Iterator<Item = Metric> {
        TABLE.iter().map(|row| row.0)
    }

    /// The name in JSON and in board files.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    pub fn from_name(name: &str) -> Option<Metric> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    pub fn unit(self) -> Unit {
        TABLE[self as usize].2
    }

    /// A bare number as a value of this metric.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates, and no count is negative"
    )]
    pub fn value(self, number: f64) -> Value {
        match self.unit() {
            Unit::Count => Value::Count(number.round() as u64),
            Unit::Seconds => Value::Seconds(number),
            Unit::Percent => Value::Percent(number),
        }
    }

    /// Whether the figure counts over the business day (and so carries `since`,
    /// `complete` and `gaps`) or is of now.
    pub fn is_of_the_day(self) -> bool {
        TABLE[self as usize].3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for (place, metric) in Metric::all().enumerate() {
            assert_eq!(metric as usize, place);
            assert_eq!(Metric::from_name(metric.name()), Some(metric));
        }
    }
}
