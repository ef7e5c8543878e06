//! The columns of a table of history: what each is called and takes from what was
//! counted. Sums come first and ratios last, so a total is a row like any other.

use crate::domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, Formula};

use super::number::Number;

/// What was counted of queues or of an agent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Counts {
    Queue(Counters),
    Agent(AgentCounters),
}

impl Counts {
    /// Adds those of another row; what is of another kind is no part of it.
    pub(super) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Queue(mine), Self::Queue(theirs)) => mine.merge(theirs),
            (Self::Agent(mine), Self::Agent(theirs)) => mine.merge(theirs),
            _ => {}
        }
    }

    /// Nothing at all happened.
    pub(super) fn is_calm(&self) -> bool {
        match self {
            Self::Queue(counters) => counters.get(Counter::Offered) == Some(0),
            Self::Agent(agent) => agent.known(AgentCounter::LoggedIn) == Some(0),
        }
    }
}

/// By which rules ratios are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) formula: Formula,
    pub(super) count_by: CountBy,
}

/// One figure of each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Offered,
    OfferedBefore,
    Answered,
    Abandoned,
    AbandonRate,
    Short,
    FlowOuts,
    ServiceLevel,
    ServiceLevelBefore,
    /// Of each queue, where they differ: the threshold and the percent to be answered within it.
    AnswerWithin,
    Target,
    AverageSpeedOfAnswer,
    LongestWait,
    HandleTime,
    TalkTime,
    WrapUp,
    TalksWithin,
    Transferred,
    Csat,
    CsatTop,
    Nps,
    AgentHandled,
    AgentMissed,
    AgentTransferred,
    AgentHandleTime,
    LoggedIn,
    Ready,
    NotReady,
    Talk,
    AgentWrapUp,
    OtherCalls,
    Occupancy,
}

/// Beside a chart.
const FEW: &[Column] = &[
    Column::Offered,
    Column::OfferedBefore,
    Column::Answered,
    Column::Abandoned,
    Column::AbandonRate,
    Column::ServiceLevel,
    Column::ServiceLevelBefore,
    Column::AverageSpeedOfAnswer,
    Column::LongestWait,
];
const ALL: &[Column] = &[
    Column::Offered,
    Column::OfferedBefore,
    Column::Answered,
    Column::Abandoned,
    Column::AbandonRate,
    Column::Short,
    Column::FlowOuts,
    Column::ServiceLevel,
    Column::ServiceLevelBefore,
    Column::AverageSpeedOfAnswer,
    Column::LongestWait,
    Column::HandleTime,
    Column::TalkTime,
    Column::WrapUp,
    Column::TalksWithin,
    Column::Transferred,
    Column::Csat,
    Column::CsatTop,
    Column::Nps,
];
const OF_AGENTS: &[Column] = &[
    Column::AgentHandled,
    Column::AgentMissed,
    Column::AgentTransferred,
    Column::AgentHandleTime,
    Column::LoggedIn,
    Column::Ready,
    Column::NotReady,
    Column::Talk,
    Column::AgentWrapUp,
    Column::OtherCalls,
    Column::Occupancy,
];

impl Column {
    pub(super) fn of_agents() -> Vec<Self> {
        OF_AGENTS.to_vec()
    }

    /// Of queues, without what is of the time before where nothing is compared.
    pub(super) fn of_queues(all: bool, compares: bool) -> Vec<Self> {
        let columns = if all { ALL } else { FEW };
        let columns = columns.iter().copied();
        columns
            .filter(|column| compares || !column.is_before())
            .collect()
    }

    pub(super) fn is_before(self) -> bool {
        matches!(self, Self::OfferedBefore | Self::ServiceLevelBefore)
    }

    /// Its name in addresses and files.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::OfferedBefore => "offered_before",
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::AbandonRate => "abandon_rate",
            Self::Short => "short_abandoned",
            Self::FlowOuts => "flow_outs",
            Self::ServiceLevel => "service_level",
            Self::ServiceLevelBefore => "service_level_before",
            Self::AnswerWithin => "answer_within",
            Self::Target => "target",
            Self::AverageSpeedOfAnswer => "average_speed_of_answer",
            Self::LongestWait => "longest_wait",
            Self::HandleTime | Self::AgentHandleTime => "average_handle_time",
            Self::TalkTime => "average_talk_time",
            Self::WrapUp => "average_wrap_up",
            Self::TalksWithin => "talks_within",
            Self::Transferred | Self::AgentTransferred => "transferred",
            Self::Csat => "csat",
            Self::CsatTop => "csat_top",
            Self::Nps => "nps",
            Self::AgentHandled => "handled",
            Self::AgentMissed => "missed",
            Self::LoggedIn => "logged_in_time",
            Self::Ready => "ready_time",
            Self::NotReady => "not_ready_time",
            Self::Talk => "talk_time",
            Self::AgentWrapUp => "wrap_up_time",
            Self::OtherCalls => "other_calls",
            Self::Occupancy => "occupancy",
        }
    }

    /// `within` is the threshold in words, `before` the name of what is compared.
    pub(super) fn heading(self, within: &str, before: &str) -> String {
        match self {
            Self::OfferedBefore => format!("Offered, {before}"),
            Self::ServiceLevel => format!("Within {within}"),
            Self::ServiceLevelBefore => format!("Within {within}, {before}"),
            Self::AnswerWithin => "Answer within".to_owned(),
            Self::Target => "Target".to_owned(),
            Self::Offered => "Offered".to_owned(),
            Self::Answered => "Answered".to_owned(),
            Self::Abandoned => "Abandoned".to_owned(),
            Self::AbandonRate => "Abandoned %".to_owned(),
            Self::Short => "Short abandons".to_owned(),
            Self::FlowOuts => "Overflowed".to_owned(),
            Self::AverageSpeedOfAnswer => "Average speed of answer".to_owned(),
            Self::LongestWait => "Longest wait".to_owned(),
            Self::HandleTime | Self::AgentHandleTime => "Average handle time".to_owned(),
            Self::TalkTime => "Talk time".to_owned(),
            Self::WrapUp => "Wrap-up time".to_owned(),
            Self::TalksWithin => "Talks within limit".to_owned(),
            Self::Transferred | Self::AgentTransferred => "Transferred".to_owned(),
            Self::Csat => "CSAT".to_owned(),
            Self::CsatTop => "CSAT 4–5".to_owned(),
            Self::Nps => "NPS".to_owned(),
            Self::AgentHandled => "Handled".to_owned(),
            Self::AgentMissed => "Missed".to_owned(),
            Self::LoggedIn => "Signed in".to_owned(),
            Self::Ready => "Ready".to_owned(),
            Self::NotReady => "On break".to_owned(),
            Self::Talk => "In conversation".to_owned(),
            Self::AgentWrapUp => "Wrap-up".to_owned(),
            Self::OtherCalls => "Other calls".to_owned(),
            Self::Occupancy => "Occupancy".to_owned(),
        }
    }

    /// Its figure of a row; of the time before, of `before`.
    pub(super) fn of(
        self,
        now: Option<&Counts>,
        before: Option<&Counts>,
        rules: Rules,
    ) -> Option<Number> {
        let counts = if self.is_before() { before } else { now };
        match counts? {
            Counts::Queue(counters) => self.of_queue(counters, rules),
            Counts::Agent(agent) => self.of_agent(agent, rules),
        }
    }

    fn of_queue(self, counters: &Counters, rules: Rules) -> Option<Number> {
        let count = |counter| counters.get(counter).map(Number::Count);
        let percent = |percent: Option<f64>| percent.map(Number::Percent);
        let seconds = |seconds: Option<f64>| seconds.map(Number::Seconds);
        match self {
            Self::Offered | Self::OfferedBefore => count(Counter::Offered),
            Self::Answered => count(Counter::Answered),
            Self::Abandoned => count(Counter::Abandoned),
            Self::Short => count(Counter::ShortAbandoned),
            Self::FlowOuts => count(Counter::FlowOuts),
            Self::Transferred => count(Counter::Transferred),
            Self::AbandonRate => percent(counters.abandon_rate()),
            Self::ServiceLevel | Self::ServiceLevelBefore => {
                percent(counters.service_level(rules.formula))
            }
            Self::TalksWithin => percent(counters.talks_within()),
            Self::CsatTop => percent(counters.csat_top()),
            Self::AverageSpeedOfAnswer => seconds(counters.average_speed_of_answer()),
            Self::HandleTime => seconds(counters.average_handle_time()),
            Self::TalkTime => seconds(counters.average_talk_time()),
            Self::WrapUp => seconds(counters.average_wrap_up()),
            Self::LongestWait => seconds(counters.seconds(Counter::LongestWait).map(float)),
            Self::Csat => counters.csat().map(Number::Score),
            Self::Nps => counters.nps().map(Number::Net),
            _ => None,
        }
    }

    fn of_agent(self, agent: &AgentCounters, rules: Rules) -> Option<Number> {
        let time = |counter| agent.known(counter).map(|n| Number::Hours(float(n)));
        Some(match self {
            Self::AgentHandled => Number::Count(agent.handled(rules.count_by)?),
            Self::AgentMissed => Number::Count(agent.known(AgentCounter::Missed)?),
            Self::AgentTransferred => Number::Count(agent.transferred(rules.count_by)?),
            Self::AgentHandleTime => Number::Seconds(handle_time(agent)?),
            Self::LoggedIn => time(AgentCounter::LoggedIn)?,
            Self::Ready => time(AgentCounter::Ready)?,
            Self::NotReady if agent.known(AgentCounter::LoggedIn).is_none() => return None,
            Self::NotReady => Number::Hours(float(agent.not_ready.values().sum())),
            Self::Talk => time(AgentCounter::Talk)?,
            Self::AgentWrapUp => time(AgentCounter::WrapUp)?,
            Self::OtherCalls => time(AgentCounter::Other)?,
            Self::Occupancy => Number::Percent(agent.occupancy()?),
            _ => return None,
        })
    }
}

/// Seconds of talk and wrap-up per contact. Time is cut at the edges of a row, so the
/// contacts that ended in it are what it is divided by.
pub(super) fn handle_time(agent: &AgentCounters) -> Option<f64> {
    let handled = agent.known(AgentCounter::HandledByEvent)?;
    let talk = agent.known(AgentCounter::Talk);
    let parts = talk.zip(agent.known(AgentCounter::WrapUp));
    // Some exports tell only both together.
    let spent = parts.map(|(talk, wrap_up)| talk + wrap_up);
    let spent = spent.or(agent.known(AgentCounter::Busy))?;
    (0 < handled).then(|| float(spent) / float(handled))
}

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52")]
pub(super) fn float(n: i64) -> f64 {
    n as f64
}
