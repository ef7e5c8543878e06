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

const NOT_REPORTED: &str = "No value from the source yet.";
const NOTHING_YET: &str = "No contacts to calculate from yet today.";
const ENTRIES_UNKNOWN: &str = "Not available per queue: Vngage assigns a queue only when an agent opens the contact. If a solution always leads to one queue, set queue_of in the configuration.";

/// Defines a metric of the present.
const fn live(
    name: &'static str,
    label: &'static str,
    unit: Unit,
    whose: MetricOwner,
    merge: Merge,
    reported: &'static str,
) -> MetricRow {
    MetricRow {
        name,
        label,
        short_label: label,
        unit,
        whose,
        window: Window::Live,
        merge,
        reported,
        counted: reported,
        unknown: NOT_REPORTED,
        calculation: Calculation::None,
        includes_abandons: false,
        is_about_agents: false,
    }
}

/// Defines a count or a sum of times over the business day.
const fn total(
    name: &'static str,
    label: &'static str,
    unit: Unit,
    whose: MetricOwner,
    merge: Merge,
    reported: &'static str,
) -> MetricRow {
    MetricRow {
        window: Window::DayTotal,
        ..live(name, label, unit, whose, merge, reported)
    }
}

/// Defines an average or a share over the business day: sums are merged, ratios never.
const fn ratio(
    name: &'static str,
    label: &'static str,
    unit: Unit,
    whose: MetricOwner,
    reported: &'static str,
) -> MetricRow {
    MetricRow {
        window: Window::DayRatio,
        unknown: NOTHING_YET,
        ..live(name, label, unit, whose, Never, reported)
    }
}

impl MetricRow {
    const fn short(self, short_label: &'static str) -> Self {
        Self {
            short_label,
            ..self
        }
    }

    /// Sets the meaning where Wallboard tracks individual contacts.
    const fn counted(self, counted: &'static str) -> Self {
        Self { counted, ..self }
    }

    const fn unknown_because(self, unknown: &'static str) -> Self {
        Self { unknown, ..self }
    }

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
    Waiting => live(
        "waiting", "Waiting", Count, Queue, Sum,
        "Contacts waiting in the queue.",
    ),
    InConversation => live(
        "in_conversation", "In conversation", Count, Queue, Sum,
        "Contacts in conversation with an agent of this queue.",
    )
    .about_agents(),
    LongestWait => live(
        "longest_wait", "Longest wait", Seconds, Queue, Longest,
        "How long the contact that has waited longest has been in the queue. The source reports it; between reports, the clock runs here.",
    ),
    AverageWait => live(
        "average_wait", "Average wait", Seconds, Queue, Never,
        "The source’s own average of recent waits. Vendors don’t document which waits it includes.",
    )
    .unknown_because("Not updated in the last 15 minutes."),
    ExpectedWait => live(
        "expected_wait", "Expected wait", Seconds, Queue, Never,
        "The source’s estimate for a contact that arrives now. It changes only when the source reports a new one.",
    ),
    AgentsAvailable => live(
        "agents_available", "Available", Count, Queue, DistinctAgents,
        "Agents who could take a contact of this queue. An agent in two queues counts in both.",
    )
    .about_agents(),
    AgentsLoggedIn => live(
        "agents_logged_in", "Signed in", Count, Queue, DistinctAgents,
        "Agents of this queue who are signed in.",
    )
    .about_agents(),
    AgentsNotReady => live(
        "agents_not_ready", "On break", Count, Queue, DistinctAgents,
        "Agents of this queue who are signed in but not ready for contacts.",
    )
    .about_agents(),
    AgentsInConversation => live(
        "agents_in_conversation", "Agents in conversation", Count, Queue, DistinctAgents,
        "Agents of this queue who are in conversation.",
    )
    .about_agents(),
    Offered => total(
        "offered", "Offered", Count, Queue, Sum,
        "Contacts that entered the queue.",
    )
    .counted("Contacts that entered: answered + abandoned + short abandons + overflowed + still waiting.")
    .unknown_because(ENTRIES_UNKNOWN)
    .counter(Counter::Offered),
    Answered => total(
        "answered", "Answered", Count, Queue, Sum,
        "Contacts that an agent answered.",
    )
    .counted("Contacts that an agent has opened. A contact that is opened again after it was closed counts once.")
    .counter(Counter::Answered),
    Abandoned => total(
        "abandoned", "Abandoned", Count, Queue, Sum,
        "Contacts that left before an agent answered.",
    )
    .counted("Contacts that left before an agent opened them. Vngage has no event for it: when unopened cases outnumber the visitors in the queue for a while, the surplus counts as abandoned, the oldest first. A case that is opened after all is taken out again. How long each had waited is not known, so short abandons are included.")
    .unknown_because(ENTRIES_UNKNOWN)
    .including_abandons()
    .counter(Counter::Abandoned),
    ShortAbandoned => total(
        "short_abandoned", "Short abandons", Count, Queue, Sum,
        "Contacts that left sooner than the source’s own limit.",
    )
    .counted("Contacts that left sooner than short_abandon in [targets].")
    .unknown_because("Chat doesn’t report when visitors leave, so their wait isn’t known.")
    .counter(Counter::ShortAbandoned),
    FlowOuts => total(
        "flow_outs", "Overflowed", Count, Queue, Sum,
        "Unanswered contacts sent to another queue, a voicemail or a callback.",
    )
    .counted("Unanswered contacts sent to another queue, a voicemail or a callback.")
    .counter(Counter::FlowOuts),
    AbandonRate => ratio(
        "abandon_rate", "Abandonment rate", Percent, Queue,
        "The share of contacts that left unanswered, as the source calculates it.",
    )
    .counted("Abandoned ÷ (answered + abandoned + overflowed). Excludes short abandons.")
    .unknown_because(ENTRIES_UNKNOWN)
    .including_abandons()
    .calculated(|all, _| all.abandon_rate()),
    ServiceLevel => ratio(
        "service_level", "Service level", Percent, Queue,
        "The share of contacts answered within the vendor’s own answer target, as the source calculates it. The vendor’s statistic defines that time, not [targets].",
    )
    .counted("Contacts answered within the answer target ÷ contacts. The formula defines which contacts count.")
    .including_abandons()
    .calculated(Counters::service_level),
    AverageSpeedOfAnswer => ratio(
        "average_speed_of_answer", "Average speed of answer", Seconds, Queue,
        "How long answered contacts had waited on average, as the source calculates it.",
    )
    .short("ASA")
    .counted("Average time from entering the queue to being opened, for answered contacts with a known wait.")
    .calculated(|all, _| all.average_speed_of_answer()),
    AverageHandleTime => ratio(
        "average_handle_time", "Average handle time", Seconds, Both,
        "Time per contact on average. The source’s statistic defines what it includes: mostly talk, hold and wrap-up.",
    )
    .about_agents()
    .short("AHT")
    .counted("Time from opening to close or transfer ÷ conversations handled. The source does not report wrap-up and hold, so they are not included.")
    .calculated(|all, _| all.average_handle_time()),
    AverageTalkTime => ratio(
        "average_talk_time", "Average talk time", Seconds, Queue,
        "Time in conversation ÷ contacts, as the source calculates it.",
    )
    .about_agents()
    .short("Talk time"),
    AverageWrapUp => ratio(
        "average_wrap_up", "Average wrap-up", Seconds, Queue,
        "Time of work after a contact ÷ contacts, as the source calculates it.",
    )
    .about_agents()
    .short("Wrap-up"),
    FirstResponseTime => ratio(
        "first_response_time", "First response time", Seconds, Queue,
        "Time to the first response on average, as the source calculates it.",
    )
    .about_agents()
    .short("First response")
    .counted("Time from the visitor’s first message to the first message of an agent, on average. Known when a conversation is closed; notes and automatic texts do not count.")
    .calculated(|all, _| all.first_response_time()),
    Transferred => total(
        "transferred", "Transferred", Count, Both, Sum,
        "Transferred contacts.",
    )
    .about_agents()
    .counted("Conversations that an agent transferred to another queue. Back to the same queue isn’t a transfer.")
    .counter(Counter::Transferred),
    OutcomePositive => total(
        "outcome_positive", "Positive", Count, Queue, Sum,
        "Contacts whose last outcome, as the agent set it, is positive.",
    )
    .about_agents()
    .counter(Counter::Positive),
    OutcomeNegative => total(
        "outcome_negative", "Negative", Count, Queue, Sum,
        "Contacts whose last outcome, as the agent set it, is negative.",
    )
    .about_agents()
    .counter(Counter::Negative),
    OutcomeNeutral => total(
        "outcome_neutral", "Neutral", Count, Queue, Sum,
        "Contacts whose last outcome, as the agent set it, is neutral.",
    )
    .about_agents()
    .counter(Counter::Neutral),
    OutcomeUnresolved => total(
        "outcome_unresolved", "Unresolved", Count, Queue, Sum,
        "Contacts whose last outcome, as the agent set it, is unresolved; they may be opened again.",
    )
    .about_agents()
    .counter(Counter::Unresolved),
    Occupancy => ratio(
        "occupancy", "Occupancy", Percent, Both,
        "Time with contacts ÷ time signed in and not on a break, as the source calculates it.",
    )
    .about_agents(),
    Cases => live(
        "cases", "Cases", Count, Agent, Never,
        "Cases opened by, or transferred to, this agent and not closed.",
    )
    .unknown_because("The connection was interrupted, and it is not certain yet that no case was missed."),
    Handled => total(
        "handled", "Handled", Count, Agent, Sum,
        "Contacts this agent answered.",
    )
    .counted("Conversations this agent closed or transferred. A contact that’s reopened and closed again counts twice.")
    .counter(Counter::Handled),
    Missed => total(
        "missed", "Missed", Count, Agent, Sum,
        "Contacts offered to this agent but not answered.",
    ),
    LoggedInTime => total(
        "logged_in_time", "Time signed in", Seconds, Agent, Never,
        "Time signed in today.",
    ),
    ReadyTime => total(
        "ready_time", "Time ready", Seconds, Agent, Never,
        "Time ready for contacts today.",
    ),
    NotReadyTime => total(
        "not_ready_time", "Time on break", Seconds, Agent, Never,
        "Time on breaks and other work today.",
    ),
    TalkTime => total(
        "talk_time", "In conversation for", Seconds, Agent, Never,
        "Time in conversation today.",
    ),
    HoldTime => total(
        "hold_time", "Time on hold", Seconds, Agent, Never,
        "Time with contacts on hold today.",
    ),
    WrapUpTime => total(
        "wrap_up_time", "Wrap-up time", Seconds, Agent, Never,
        "Time of work after contacts today.",
    ),
}
