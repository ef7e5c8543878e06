//! The figures the product knows, by the names of the contract.

use super::Value;

/// What kind of value a metric has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Seconds,
    Percent,
}

/// Whom a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A queue's, and the site's.
    Queue,
    Agent,
    Both,
}

/// A figure of a queue, an agent or the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    Waiting,
    InConversation,
    LongestWait,
    AverageWait,
    ExpectedWait,
    AgentsAvailable,
    AgentsLoggedIn,
    AgentsNotReady,
    AgentsInConversation,
    Offered,
    Answered,
    Abandoned,
    ShortAbandoned,
    FlowOuts,
    AbandonRate,
    ServiceLevel,
    AverageSpeedOfAnswer,
    AverageHandleTime,
    AverageTalkTime,
    AverageWrapUp,
    FirstResponseTime,
    Transferred,
    OutcomePositive,
    OutcomeNegative,
    OutcomeNeutral,
    OutcomeUnresolved,
    Occupancy,
    Cases,
    Handled,
    Missed,
    LoggedInTime,
    ReadyTime,
    NotReadyTime,
    TalkTime,
    HoldTime,
    WrapUpTime,
}

/// What is known of a metric.
struct Row {
    metric: Metric,
    name: &'static str,
    unit: Unit,
    whose: Whose,
    /// Counts over the business day; else it is of now.
    of_day: bool,
}

/// A figure of now.
const fn now(metric: Metric, name: &'static str, unit: Unit, whose: Whose) -> Row {
    Row {
        metric,
        name,
        unit,
        whose,
        of_day: false,
    }
}

/// A figure of the business day.
const fn day(metric: Metric, name: &'static str, unit: Unit, whose: Whose) -> Row {
    let of_day = true;
    Row {
        of_day,
        ..now(metric, name, unit, whose)
    }
}

/// In the order of [`Metric`].
#[rustfmt::skip]
const TABLE: &[Row] = &[
    now(Metric::Waiting, "waiting", Unit::Count, Whose::Queue),
    now(Metric::InConversation, "in_conversation", Unit::Count, Whose::Queue),
    now(Metric::LongestWait, "longest_wait", Unit::Seconds, Whose::Queue),
    now(Metric::AverageWait, "average_wait", Unit::Seconds, Whose::Queue),
    now(Metric::ExpectedWait, "expected_wait", Unit::Seconds, Whose::Queue),
    now(Metric::AgentsAvailable, "agents_available", Unit::Count, Whose::Queue),
    now(Metric::AgentsLoggedIn, "agents_logged_in", Unit::Count, Whose::Queue),
    now(Metric::AgentsNotReady, "agents_not_ready", Unit::Count, Whose::Queue),
    now(Metric::AgentsInConversation, "agents_in_conversation", Unit::Count, Whose::Queue),
    day(Metric::Offered, "offered", Unit::Count, Whose::Queue),
    day(Metric::Answered, "answered", Unit::Count, Whose::Queue),
    day(Metric::Abandoned, "abandoned", Unit::Count, Whose::Queue),
    day(Metric::ShortAbandoned, "short_abandoned", Unit::Count, Whose::Queue),
    day(Metric::FlowOuts, "flow_outs", Unit::Count, Whose::Queue),
    day(Metric::AbandonRate, "abandon_rate", Unit::Percent, Whose::Queue),
    day(Metric::ServiceLevel, "service_level", Unit::Percent, Whose::Queue),
    day(Metric::AverageSpeedOfAnswer, "average_speed_of_answer", Unit::Seconds, Whose::Queue),
    day(Metric::AverageHandleTime, "average_handle_time", Unit::Seconds, Whose::Both),
    day(Metric::AverageTalkTime, "average_talk_time", Unit::Seconds, Whose::Queue),
    day(Metric::AverageWrapUp, "average_wrap_up", Unit::Seconds, Whose::Queue),
    day(Metric::FirstResponseTime, "first_response_time", Unit::Seconds, Whose::Queue),
    day(Metric::Transferred, "transferred", Unit::Count, Whose::Both),
    day(Metric::OutcomePositive, "outcome_positive", Unit::Count, Whose::Queue),
    day(Metric::OutcomeNegative, "outcome_negative", Unit::Count, Whose::Queue),
    day(Metric::OutcomeNeutral, "outcome_neutral", Unit::Count, Whose::Queue),
    day(Metric::OutcomeUnresolved, "outcome_unresolved", Unit::Count, Whose::Queue),
    day(Metric::Occupancy, "occupancy", Unit::Percent, Whose::Both),
    now(Metric::Cases, "cases", Unit::Count, Whose::Agent),
    day(Metric::Handled, "handled", Unit::Count, Whose::Agent),
    day(Metric::Missed, "missed", Unit::Count, Whose::Agent),
    day(Metric::LoggedInTime, "logged_in_time", Unit::Seconds, Whose::Agent),
    day(Metric::ReadyTime, "ready_time", Unit::Seconds, Whose::Agent),
    day(Metric::NotReadyTime, "not_ready_time", Unit::Seconds, Whose::Agent),
    day(Metric::TalkTime, "talk_time", Unit::Seconds, Whose::Agent),
    day(Metric::HoldTime, "hold_time", Unit::Seconds, Whose::Agent),
    day(Metric::WrapUpTime, "wrap_up_time", Unit::Seconds, Whose::Agent),
];

impl Metric {
    pub fn all() -> impl Iterator<Item = Metric> {
        TABLE.iter().map(|row| row.metric)
    }

    /// The name in JSON and in board files.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].name
    }

    pub fn from_name(name: &str) -> Option<Metric> {
        TABLE
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.metric)
    }

    pub fn whose(self) -> Whose {
        TABLE[self as usize].whose
    }

    pub fn unit(self) -> Unit {
        TABLE[self as usize].unit
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

    /// Whether the figure only grows until its day ends: a count or a sum of times. A
    /// total that falls has begun anew.
    pub fn is_total(self) -> bool {
        let is_sum = matches!(
            self,
            Self::LoggedInTime
                | Self::ReadyTime
                | Self::NotReadyTime
                | Self::TalkTime
                | Self::HoldTime
                | Self::WrapUpTime
        );
        self.is_of_the_day() && (is_sum || self.unit() == Unit::Count)
    }

    /// Whether the figure counts over the business day (and so carries `since`,
    /// `complete` and `gaps`) or is of now.
    pub fn is_of_the_day(self) -> bool {
        TABLE[self as usize].of_day
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
