//! One row per metric. The macro rejects a metric without a row.

use serde::{Deserialize, Serialize};

use crate::{Counter, Counters, ServiceLevelFormula};

use super::{
    Calculation,
    Merge::{self, DistinctAgents, Longest, Never, Sum},
    MetricOwner::{self, Agent, Both, Queue},
    MetricRow,
    Unit::{self, Count, Percent, Seconds},
    Window,
};

/// Makes the enum and its rows from one list, so that they have the same order.
macro_rules! metrics {
    ($($metric:ident => $row:expr),+ $(,)?) => {
        /// A metric of a queue, an agent or the site.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Metric { $($metric),+ }

        const ALL: &[Metric] = &[$(Metric::$metric),+];

        pub(super) static ROWS: [MetricRow; ALL.len()] = [$($row),+];
    };
}

impl Metric {
    pub fn all() -> impl Iterator<Item = Metric> {
        ALL.iter().copied()
    }
}

/// Defines a metric of the present.
const fn live(name: &'static str, unit: Unit, whose: MetricOwner, merge: Merge) -> MetricRow {
    MetricRow {
        name,
        unit,
        whose,
        window: Window::Live,
        merge,
        calculation: Calculation::None,
        includes_abandons: false,
        is_about_agents: false,
    }
}

/// Defines a count or a sum of times over the business day.
const fn total(name: &'static str, unit: Unit, whose: MetricOwner, merge: Merge) -> MetricRow {
    MetricRow {
        window: Window::DayTotal,
        ..live(name, unit, whose, merge)
    }
}

/// Defines an average or a share over the business day: sums are merged, ratios never.
const fn ratio(name: &'static str, unit: Unit, whose: MetricOwner) -> MetricRow {
    MetricRow {
        window: Window::DayRatio,
        ..live(name, unit, whose, Never)
    }
}

impl MetricRow {
    const fn counter(self, counter: Counter) -> Self {
        let calculation = Calculation::Counter(counter);
        Self {
            calculation,
            ..self
        }
    }

    const fn calculated(self, ratio: fn(&Counters, ServiceLevelFormula) -> Option<f64>) -> Self {
        let calculation = Calculation::Ratio(ratio);
        Self {
            calculation,
            ..self
        }
    }

    const fn including_abandons(self) -> Self {
        Self {
            includes_abandons: true,
            ..self
        }
    }

    const fn about_agents(self) -> Self {
        Self {
            is_about_agents: true,
            ..self
        }
    }
}

metrics! {
    Waiting => live("waiting", Count, Queue, Sum),
    InConversation => live("in_conversation", Count, Queue, Sum).about_agents(),
    LongestWait => live("longest_wait", Seconds, Queue, Longest),
    AverageWait => live("average_wait", Seconds, Queue, Never),
    ExpectedWait => live("expected_wait", Seconds, Queue, Never),
    AgentsAvailable => live("agents_available", Count, Queue, DistinctAgents).about_agents(),
    AgentsLoggedIn => live("agents_logged_in", Count, Queue, DistinctAgents).about_agents(),
    AgentsNotReady => live("agents_not_ready", Count, Queue, DistinctAgents).about_agents(),
    AgentsInConversation => live("agents_in_conversation", Count, Queue, DistinctAgents)
        .about_agents(),
    Offered => total("offered", Count, Queue, Sum).counter(Counter::Offered),
    Answered => total("answered", Count, Queue, Sum).counter(Counter::Answered),
    Abandoned => total("abandoned", Count, Queue, Sum).including_abandons()
        .counter(Counter::Abandoned),
    ShortAbandoned => total("short_abandoned", Count, Queue, Sum).counter(Counter::ShortAbandoned),
    FlowOuts => total("flow_outs", Count, Queue, Sum).counter(Counter::FlowOuts),
    AbandonRate => ratio("abandon_rate", Percent, Queue).including_abandons()
        .calculated(|all, _| all.abandon_rate()),
    ServiceLevel => ratio("service_level", Percent, Queue).including_abandons()
        .calculated(Counters::service_level),
    AverageSpeedOfAnswer => ratio("average_speed_of_answer", Seconds, Queue)
        .calculated(|all, _| all.average_speed_of_answer()),
    AverageHandleTime => ratio("average_handle_time", Seconds, Both).about_agents()
        .calculated(|all, _| all.average_handle_time()),
    AverageTalkTime => ratio("average_talk_time", Seconds, Queue).about_agents(),
    AverageWrapUp => ratio("average_wrap_up", Seconds, Queue).about_agents(),
    FirstResponseTime => ratio("first_response_time", Seconds, Queue).about_agents()
        .calculated(|all, _| all.first_response_time()),
    Transferred => total("transferred", Count, Both, Sum).about_agents()
        .counter(Counter::Transferred),
    OutcomePositive => total("outcome_positive", Count, Queue, Sum).about_agents()
        .counter(Counter::Positive),
    OutcomeNegative => total("outcome_negative", Count, Queue, Sum).about_agents()
        .counter(Counter::Negative),
    OutcomeNeutral => total("outcome_neutral", Count, Queue, Sum).about_agents()
        .counter(Counter::Neutral),
    OutcomeUnresolved => total("outcome_unresolved", Count, Queue, Sum).about_agents()
        .counter(Counter::Unresolved),
    Occupancy => ratio("occupancy", Percent, Both).about_agents(),
    Cases => live("cases", Count, Agent, Never),
    Handled => total("handled", Count, Agent, Sum).counter(Counter::Handled),
    Missed => total("missed", Count, Agent, Sum),
    LoggedInTime => total("logged_in_time", Seconds, Agent, Never),
    ReadyTime => total("ready_time", Seconds, Agent, Never),
    NotReadyTime => total("not_ready_time", Seconds, Agent, Never),
    TalkTime => total("talk_time", Seconds, Agent, Never),
    HoldTime => total("hold_time", Seconds, Agent, Never),
    WrapUpTime => total("wrap_up_time", Seconds, Agent, Never),
}
