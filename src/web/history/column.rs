//! The columns of a history table: their labels and how they compute from counters. Sums come
//! before ratios, so the total is a row like any other.

use strum::IntoStaticStr;

use wallboard_domain::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, Counter, ServiceLevelFormula, Staffing,
    TargetInForce,
};
use wallboard_history::report::RowFigures;

use super::number::HistoryNumber;

/// How ratios are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RatioRules {
    pub(super) formula: ServiceLevelFormula,
    pub(super) count_by: CountBy,
}

/// A column of the table, with its name in addresses and files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(super) enum HistoryColumn {
    Offered,
    OfferedBefore,
    Answered,
    Abandoned,
    AbandonRate,
    #[strum(serialize = "short_abandoned")]
    Short,
    FlowOuts,
    ServiceLevel,
    ServiceLevelBefore,
    /// If queues differ: the threshold and target of each.
    AnswerWithin,
    Target,
    AverageSpeedOfAnswer,
    LongestWait,
    /// The wait that so many percent of answered calls didn't exceed.
    #[strum(serialize = "wait_p50")]
    WaitPercentile50,
    #[strum(serialize = "wait_p80")]
    WaitPercentile80,
    #[strum(serialize = "wait_p90")]
    WaitPercentile90,
    #[strum(serialize = "wait_p95")]
    WaitPercentile95,
    /// The service level if the threshold were so many seconds.
    #[strum(serialize = "answered_within_10")]
    Within10,
    #[strum(serialize = "answered_within_20")]
    Within20,
    #[strum(serialize = "answered_within_30")]
    Within30,
    #[strum(serialize = "answered_within_60")]
    Within60,
    #[strum(serialize = "answered_within_120")]
    Within120,
    #[strum(serialize = "average_handle_time")]
    HandleTime,
    #[strum(serialize = "average_talk_time")]
    TalkTime,
    #[strum(serialize = "average_wrap_up")]
    WrapUp,
    TalksWithin,
    Transferred,
    StaffedAgents,
    #[strum(serialize = "occupancy")]
    StaffOccupancy,
    Csat,
    CsatTop,
    Nps,
    EnterpriseNps,
    #[strum(serialize = "handled")]
    AgentHandled,
    #[strum(serialize = "missed")]
    AgentMissed,
    #[strum(serialize = "transferred")]
    AgentTransferred,
    #[strum(serialize = "average_handle_time")]
    AgentHandleTime,
    #[strum(serialize = "logged_in_time")]
    LoggedIn,
    #[strum(serialize = "ready_time")]
    Ready,
    #[strum(serialize = "not_ready_time")]
    NotReady,
    #[strum(serialize = "talk_time")]
    Talk,
    #[strum(serialize = "wrap_up_time")]
    AgentWrapUp,
    OtherCalls,
    Occupancy,
}

/// The columns next to a chart.
const DEFAULT_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::Offered,
    HistoryColumn::OfferedBefore,
    HistoryColumn::Answered,
    HistoryColumn::Abandoned,
    HistoryColumn::AbandonRate,
    HistoryColumn::ServiceLevel,
    HistoryColumn::ServiceLevelBefore,
    HistoryColumn::AverageSpeedOfAnswer,
    HistoryColumn::LongestWait,
];
const ALL_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::Offered,
    HistoryColumn::OfferedBefore,
    HistoryColumn::Answered,
    HistoryColumn::Abandoned,
    HistoryColumn::AbandonRate,
    HistoryColumn::Short,
    HistoryColumn::FlowOuts,
    HistoryColumn::ServiceLevel,
    HistoryColumn::ServiceLevelBefore,
    HistoryColumn::AverageSpeedOfAnswer,
    HistoryColumn::LongestWait,
    HistoryColumn::WaitPercentile50,
    HistoryColumn::WaitPercentile80,
    HistoryColumn::WaitPercentile90,
    HistoryColumn::WaitPercentile95,
    HistoryColumn::Within10,
    HistoryColumn::Within20,
    HistoryColumn::Within30,
    HistoryColumn::Within60,
    HistoryColumn::Within120,
    HistoryColumn::HandleTime,
    HistoryColumn::TalkTime,
    HistoryColumn::WrapUp,
    HistoryColumn::TalksWithin,
    HistoryColumn::Transferred,
    HistoryColumn::StaffedAgents,
    HistoryColumn::StaffOccupancy,
    HistoryColumn::Csat,
    HistoryColumn::CsatTop,
    HistoryColumn::Nps,
    HistoryColumn::EnterpriseNps,
];
/// How long callers waited.
pub(super) const WAIT_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::WaitPercentile50,
    HistoryColumn::WaitPercentile80,
    HistoryColumn::WaitPercentile90,
    HistoryColumn::WaitPercentile95,
    HistoryColumn::Within10,
    HistoryColumn::Within20,
    HistoryColumn::Within30,
    HistoryColumn::Within60,
    HistoryColumn::Within120,
];
const AGENT_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::AgentHandled,
    HistoryColumn::AgentMissed,
    HistoryColumn::AgentTransferred,
    HistoryColumn::AgentHandleTime,
    HistoryColumn::LoggedIn,
    HistoryColumn::Ready,
    HistoryColumn::NotReady,
    HistoryColumn::Talk,
    HistoryColumn::AgentWrapUp,
    HistoryColumn::OtherCalls,
    HistoryColumn::Occupancy,
];

/// The columns of an agent in one queue.
const HANDLED_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::AgentHandled,
    HistoryColumn::AgentTransferred,
    HistoryColumn::AgentHandleTime,
    HistoryColumn::Talk,
    HistoryColumn::AgentWrapUp,
];

impl HistoryColumn {
    pub(super) fn agent_columns() -> Vec<Self> {
        AGENT_COLUMNS.to_vec()
    }

    /// Columns of what an agent handled in a queue.
    pub(super) fn handled_columns() -> Vec<Self> {
        HANDLED_COLUMNS.to_vec()
    }

    /// Queue columns, without those of the earlier period if nothing is compared.
    pub(super) fn queue_columns(all: bool, compares: bool) -> Vec<Self> {
        let columns = if all { ALL_COLUMNS } else { DEFAULT_COLUMNS };
        let columns = columns.iter().copied();
        columns
            .filter(|column| compares || !column.is_comparison())
            .collect()
    }

    /// Adds a target column if queues have different targets.
    pub(super) fn add_targets(columns: &mut Vec<Self>, target: &TargetInForce) {
        let target_columns = [
            (target.threshold_ms.is_none()).then_some(Self::AnswerWithin),
            (target.service_level_percent.is_none()).then_some(Self::Target),
        ];
        let is_level =
            |column: &Self| matches!(column, Self::ServiceLevel | Self::ServiceLevelBefore);
        let level = columns.iter().rposition(is_level);
        let index = level.map_or(columns.len(), |at| at + 1);
        columns.splice(index..index, target_columns.into_iter().flatten());
    }

    pub(super) fn is_comparison(self) -> bool {
        matches!(self, Self::OfferedBefore | Self::ServiceLevelBefore)
    }

    /// `level` is the label of the service level, `before` the name of the earlier period.
    pub(super) fn heading(self, level: &str, before: &str) -> String {
        match self {
            Self::OfferedBefore => format!("Offered, {before}"),
            Self::ServiceLevel => level.to_owned(),
            Self::ServiceLevelBefore => format!("{level}, {before}"),
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
            Self::EnterpriseNps => "Enterprise NPS".to_owned(),
            Self::WaitPercentile50 => "Wait, median".to_owned(),
            Self::WaitPercentile80 => "Wait, 80th percentile".to_owned(),
            Self::WaitPercentile90 => "Wait, 90th percentile".to_owned(),
            Self::WaitPercentile95 => "Wait, 95th percentile".to_owned(),
            Self::Within10 => "Answered within 10 s".to_owned(),
            Self::Within20 => "Answered within 20 s".to_owned(),
            Self::Within30 => "Answered within 30 s".to_owned(),
            Self::Within60 => "Answered within 60 s".to_owned(),
            Self::Within120 => "Answered within 120 s".to_owned(),
            Self::AgentHandled => "Handled".to_owned(),
            Self::AgentMissed => "Missed".to_owned(),
            Self::LoggedIn => "Signed in".to_owned(),
            Self::Ready => "Ready".to_owned(),
            Self::NotReady => "On break".to_owned(),
            Self::Talk => "In conversation".to_owned(),
            Self::AgentWrapUp => "Wrap-up".to_owned(),
            Self::OtherCalls => "Other calls".to_owned(),
            Self::Occupancy | Self::StaffOccupancy => "Occupancy".to_owned(),
            Self::StaffedAgents => "Staffed agents".to_owned(),
        }
    }

    /// Whether its values link to calls.
    pub(super) fn is_call_count(self) -> bool {
        let is_of_all = matches!(
            self,
            Self::Offered | Self::LongestWait | Self::ServiceLevel | Self::AbandonRate
        );
        is_of_all || self.call_outcome().is_some()
    }

    /// The outcome that all its calls share.
    pub(super) fn call_outcome(self) -> Option<&'static str> {
        match self {
            Self::Answered
            | Self::AverageSpeedOfAnswer
            | Self::HandleTime
            | Self::TalkTime
            | Self::WrapUp
            | Self::TalksWithin
            | Self::AgentHandled
            | Self::AgentHandleTime => Some("answered"),
            Self::Abandoned => Some("abandoned"),
            Self::Short => Some("short_abandoned"),
            Self::FlowOuts => Some("flow_out"),
            _ => None,
        }
    }

    pub(super) fn value(self, figures: &RowFigures, rules: RatioRules) -> Option<HistoryNumber> {
        match figures {
            RowFigures::Contacts(counters) => self.queue_value(counters, rules),
            RowFigures::Agent(agent) => self.agent_value(agent, rules),
            RowFigures::Count(_) => None,
        }
    }

    fn queue_value(self, counters: &ContactFigures, rules: RatioRules) -> Option<HistoryNumber> {
        let count = |counter| counters.get(counter).map(HistoryNumber::Count);
        let percent = |percent: Option<f64>| percent.map(HistoryNumber::Percent);
        let seconds = |seconds: Option<f64>| seconds.map(HistoryNumber::Seconds);
        let percentile = |percent| seconds(counters.wait_percentile(percent).map(to_f64));
        let share_within = |seconds| percent(counters.service_level_within(seconds, rules.formula));
        match self {
            Self::Offered | Self::OfferedBefore => count(Counter::Offered),
            Self::Answered => count(Counter::Answered),
            Self::Abandoned => count(Counter::Abandoned),
            Self::Short => count(Counter::ShortAbandoned),
            Self::FlowOuts => count(Counter::FlowOuts),
            Self::Transferred => count(Counter::Transferred),
            Self::AbandonRate => percent(match rules.count_by {
                CountBy::Start => counters.abandon_rate(),
                CountBy::Event => counters.abandon_rate_by_event(),
            }),
            Self::ServiceLevel | Self::ServiceLevelBefore => {
                percent(counters.service_level(rules.formula))
            }
            Self::TalksWithin => percent(counters.talks_within()),
            Self::CsatTop => percent(counters.csat_top()),
            Self::AverageSpeedOfAnswer => seconds(counters.average_speed_of_answer()),
            Self::HandleTime => seconds(counters.average_handle_time()),
            Self::TalkTime => seconds(counters.average_talk_time()),
            Self::WrapUp => seconds(counters.average_wrap_up()),
            Self::LongestWait => seconds(counters.seconds(Counter::LongestWait).map(to_f64)),
            Self::StaffedAgents => {
                let agents = counters
                    .staffing
                    .as_ref()
                    .and_then(Staffing::staffed_agents);
                agents.map(HistoryNumber::Mean)
            }
            Self::StaffOccupancy => {
                percent(counters.staffing.as_ref().and_then(Staffing::occupancy))
            }
            Self::Csat => counters.csat().map(HistoryNumber::Score),
            Self::Nps => counters.nps().map(HistoryNumber::Net),
            Self::EnterpriseNps => counters.enterprise_nps().map(HistoryNumber::Net),
            Self::WaitPercentile50 => percentile(50),
            Self::WaitPercentile80 => percentile(80),
            Self::WaitPercentile90 => percentile(90),
            Self::WaitPercentile95 => percentile(95),
            Self::Within10 => share_within(10),
            Self::Within20 => share_within(20),
            Self::Within30 => share_within(30),
            Self::Within60 => share_within(60),
            Self::Within120 => share_within(120),
            _ => None,
        }
    }

    fn agent_value(self, agent: &AgentCounters, rules: RatioRules) -> Option<HistoryNumber> {
        let time = |counter| {
            agent
                .known(counter)
                .map(|n| HistoryNumber::Hours(to_f64(n)))
        };
        Some(match self {
            Self::AgentHandled => HistoryNumber::Count(agent.handled(rules.count_by)?),
            Self::AgentMissed => HistoryNumber::Count(agent.known(AgentCounter::Missed)?),
            Self::AgentTransferred => HistoryNumber::Count(agent.transferred(rules.count_by)?),
            Self::AgentHandleTime => HistoryNumber::Seconds(average_handle_time(agent)?),
            Self::LoggedIn => time(AgentCounter::LoggedIn)?,
            Self::Ready => time(AgentCounter::Ready)?,
            Self::NotReady if agent.known(AgentCounter::LoggedIn).is_none() => return None,
            Self::NotReady => HistoryNumber::Hours(to_f64(agent.not_ready.values().sum())),
            Self::Talk => time(AgentCounter::Talk)?,
            Self::AgentWrapUp => time(AgentCounter::WrapUp)?,
            Self::OtherCalls => time(AgentCounter::Other)?,
            Self::Occupancy => HistoryNumber::Percent(agent.occupancy()?),
            _ => return None,
        })
    }
}

/// Seconds of talk and wrap-up per contact. Time is cut at interval edges, so the divisor is the
/// contacts that ended in the interval.
fn average_handle_time(agent: &AgentCounters) -> Option<f64> {
    let handled = agent.known(AgentCounter::HandledByEvent)?;
    let talk = agent.known(AgentCounter::Talk);
    let parts = talk.zip(agent.known(AgentCounter::WrapUp));
    // Some exports only report the sum of both.
    let spent = parts.map(|(talk, wrap_up)| talk + wrap_up);
    let spent = spent.or(agent.known(AgentCounter::Busy))?;
    (0 < handled).then(|| to_f64(spent) / to_f64(handled))
}

#[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^52")]
pub(super) fn to_f64(n: i64) -> f64 {
    n as f64
}
