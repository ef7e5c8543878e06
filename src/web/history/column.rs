//! The columns of a history table, a row each. Sums come before ratios, so the total is a row like
//! any other.

use wallboard_domain::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, Counter, ServiceLevelFormula,
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

/// One column: what it's called, what it means, and how it's computed.
struct ColumnRow {
    /// Its name in addresses and files.
    key: &'static str,
    heading: &'static str,
    calls: LinkedCalls,
    /// The definition next to its figure, if it has one.
    meaning: &'static str,
    value: ColumnValue,
}

/// The calls that a column's values link to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LinkedCalls {
    Unlinked,
    All,
    /// Those of one outcome.
    Of(&'static str),
}

/// How a column computes from the figures of a row.
enum ColumnValue {
    Queue(fn(&ContactFigures, RatioRules) -> Option<HistoryNumber>),
    Agent(fn(&AgentCounters, RatioRules) -> Option<HistoryNumber>),
    /// The row itself has it.
    OfRow,
}

/// Declares the columns, a row each.
macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident: $key:literal, $heading:literal, $calls:expr, $meaning:literal, $value:expr;)*) => {
        /// A column of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum HistoryColumn {
            $($(#[$doc])* $column,)*
        }

        impl HistoryColumn {
            const ALL: &[Self] = &[$(Self::$column,)*];

            const ROWS: &[ColumnRow] = &[$(ColumnRow {
                key: $key,
                heading: $heading,
                calls: $calls,
                meaning: $meaning,
                value: $value,
            },)*];
        }
    };
}

use ColumnValue::{Agent, OfRow, Queue};
use LinkedCalls::{All, Of, Unlinked};

const ANSWERED: LinkedCalls = Of("answered");

columns! {
    Offered: "offered", "Offered", All,
        "Calls that joined the queue. A call in two queues counts in each.",
        Queue(|figures, _| count(figures, Counter::Offered));
    OfferedBefore: "offered_before", "Offered", Unlinked, "",
        Queue(|figures, _| count(figures, Counter::Offered));
    Answered: "answered", "Answered", ANSWERED, "Of those, calls answered by an agent.",
        Queue(|figures, _| count(figures, Counter::Answered));
    Abandoned: "abandoned", "Abandoned", Of("abandoned"),
        "Callers who hung up before an agent answered. Excludes short abandons.",
        Queue(|figures, _| count(figures, Counter::Abandoned));
    AbandonRate: "abandon_rate", "Abandoned %", All, "",
        Queue(|figures, rules| percent(match rules.count_by {
            CountBy::Start => figures.abandon_rate(),
            CountBy::Event => figures.abandon_rate_by_event(),
        }));
    Short: "short_abandoned", "Short abandons", Of("short_abandoned"), "",
        Queue(|figures, _| count(figures, Counter::ShortAbandoned));
    FlowOuts: "flow_outs", "Overflowed", Of("flow_out"), "",
        Queue(|figures, _| count(figures, Counter::FlowOuts));
    /// Its heading is the label of the service level.
    ServiceLevel: "service_level", "", All, "The share of counted calls answered in time.",
        Queue(|figures, rules| percent(figures.service_level(rules.formula)));
    ServiceLevelBefore: "service_level_before", "", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level(rules.formula)));
    /// If queues differ: the threshold and target of each.
    AnswerWithin: "answer_within", "Answer within", Unlinked, "", OfRow;
    Target: "target", "Target", Unlinked, "", OfRow;
    AverageSpeedOfAnswer: "average_speed_of_answer", "Average speed of answer", ANSWERED,
        "Average time from joining the queue to an agent’s answer, for answered calls.",
        Queue(|figures, _| seconds(figures.average_speed_of_answer()));
    LongestWait: "longest_wait", "Longest wait", All, "The longest wait, answered or not.",
        Queue(|figures, _| seconds(figures.seconds(Counter::LongestWait).map(to_f64)));
    /// The wait that so many percent of answered calls didn't exceed.
    WaitPercentile50: "wait_p50", "Wait, median", Unlinked, "",
        Queue(|figures, _| percentile(figures, 50));
    WaitPercentile80: "wait_p80", "Wait, 80th percentile", Unlinked, "",
        Queue(|figures, _| percentile(figures, 80));
    WaitPercentile90: "wait_p90", "Wait, 90th percentile", Unlinked, "",
        Queue(|figures, _| percentile(figures, 90));
    WaitPercentile95: "wait_p95", "Wait, 95th percentile", Unlinked, "",
        Queue(|figures, _| percentile(figures, 95));
    /// The service level if the threshold were so many seconds.
    Within10: "answered_within_10", "Answered within 10 s", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level_within(10, rules.formula)));
    Within20: "answered_within_20", "Answered within 20 s", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level_within(20, rules.formula)));
    Within30: "answered_within_30", "Answered within 30 s", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level_within(30, rules.formula)));
    Within60: "answered_within_60", "Answered within 60 s", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level_within(60, rules.formula)));
    Within120: "answered_within_120", "Answered within 120 s", Unlinked, "",
        Queue(|figures, rules| percent(figures.service_level_within(120, rules.formula)));
    HandleTime: "average_handle_time", "Average handle time", ANSWERED,
        "Average talk and wrap-up time of answered calls that have ended.",
        Queue(|figures, _| seconds(figures.average_handle_time()));
    TalkTime: "average_talk_time", "Talk time", ANSWERED, "",
        Queue(|figures, _| seconds(figures.average_talk_time()));
    WrapUp: "average_wrap_up", "Wrap-up time", ANSWERED, "",
        Queue(|figures, _| seconds(figures.average_wrap_up()));
    TalksWithin: "talks_within", "Talks within limit", ANSWERED, "",
        Queue(|figures, _| percent(figures.talks_within()));
    Transferred: "transferred", "Transferred", Unlinked, "",
        Queue(|figures, _| count(figures, Counter::Transferred));
    StaffedAgents: "staffed_agents", "Staffed agents", Unlinked, "",
        Queue(|figures, _| {
            figures.staffing.as_ref()?.staffed_agents().map(HistoryNumber::Mean)
        });
    StaffOccupancy: "occupancy", "Occupancy", Unlinked, "",
        Queue(|figures, _| percent(figures.staffing.as_ref()?.occupancy()));
    Csat: "csat", "CSAT", Unlinked, "",
        Queue(|figures, _| figures.csat().map(HistoryNumber::Score));
    CsatTop: "csat_top", "CSAT 4–5", Unlinked, "", Queue(|figures, _| percent(figures.csat_top()));
    Nps: "nps", "NPS", Unlinked, "", Queue(|figures, _| figures.nps().map(HistoryNumber::Net));
    EnterpriseNps: "enterprise_nps", "Enterprise NPS", Unlinked, "",
        Queue(|figures, _| figures.enterprise_nps().map(HistoryNumber::Net));
    AgentHandled: "handled", "Handled", ANSWERED, "Calls this agent answered and finished.",
        Agent(|agent, rules| agent.handled(rules.count_by).map(HistoryNumber::Count));
    AgentMissed: "missed", "Missed", Unlinked,
        "Calls that rang but weren’t answered, with a reason in the export.",
        Agent(|agent, _| agent.known(AgentCounter::Missed).map(HistoryNumber::Count));
    AgentTransferred: "transferred", "Transferred", Unlinked, "",
        Agent(|agent, rules| agent.transferred(rules.count_by).map(HistoryNumber::Count));
    AgentHandleTime: "average_handle_time", "Average handle time", ANSWERED,
        "Average talk and wrap-up time of calls that ended in this period.",
        Agent(|agent, _| seconds(average_handle_time(agent)));
    LoggedIn: "logged_in_time", "Signed in", Unlinked,
        "Time signed in. Overlapping times count once.",
        Agent(|agent, _| hours(agent, AgentCounter::LoggedIn));
    Ready: "ready_time", "Ready", Unlinked, "",
        Agent(|agent, _| hours(agent, AgentCounter::Ready));
    NotReady: "not_ready_time", "On break", Unlinked, "",
        Agent(|agent, _| {
            agent.known(AgentCounter::LoggedIn)?;
            Some(HistoryNumber::Hours(to_f64(agent.not_ready.values().sum())))
        });
    Talk: "talk_time", "In conversation", Unlinked, "",
        Agent(|agent, _| hours(agent, AgentCounter::Talk));
    AgentWrapUp: "wrap_up_time", "Wrap-up", Unlinked, "",
        Agent(|agent, _| hours(agent, AgentCounter::WrapUp));
    OtherCalls: "other_calls", "Other calls", Unlinked, "",
        Agent(|agent, _| hours(agent, AgentCounter::Other));
    Occupancy: "occupancy", "Occupancy", Unlinked,
        "Busy time (talk, wrap-up, other calls) ÷ busy, ringing and ready time.",
        Agent(|agent, _| percent(agent.occupancy()));
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
        let all = Self::ALL.iter().copied();
        all.filter(|column| matches!(column.row().value, Agent(_)))
            .collect()
    }

    /// Columns of what an agent handled in a queue.
    pub(super) fn handled_columns() -> Vec<Self> {
        HANDLED_COLUMNS.to_vec()
    }

    /// Queue columns, without those of the earlier period if nothing is compared.
    pub(super) fn queue_columns(all: bool, compares: bool) -> Vec<Self> {
        let is_included = |column: &Self| {
            matches!(column.row().value, Queue(_))
                && (all || DEFAULT_COLUMNS.contains(column))
                && (compares || !column.is_comparison())
        };
        Self::ALL.iter().copied().filter(is_included).collect()
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

    fn row(self) -> &'static ColumnRow {
        &Self::ROWS[self as usize]
    }

    /// Its name in addresses and files.
    pub(super) fn key(self) -> &'static str {
        self.row().key
    }

    /// The definition next to its figure; empty if it has none.
    pub(super) fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// `level` is the label of the service level, `before` the name of the earlier period.
    pub(super) fn heading(self, level: &str, before: &str) -> String {
        let heading = match self {
            Self::ServiceLevel | Self::ServiceLevelBefore => level,
            _ => self.row().heading,
        };
        if self.is_comparison() {
            format!("{heading}, {before}")
        } else {
            heading.to_owned()
        }
    }

    /// Whether its values link to calls.
    pub(super) fn is_call_count(self) -> bool {
        self.row().calls != Unlinked
    }

    /// The outcome that all its calls share.
    pub(super) fn call_outcome(self) -> Option<&'static str> {
        match self.row().calls {
            Of(outcome) => Some(outcome),
            All | Unlinked => None,
        }
    }

    pub(super) fn value(self, figures: &RowFigures, rules: RatioRules) -> Option<HistoryNumber> {
        match (&self.row().value, figures) {
            (Queue(value), RowFigures::Contacts(figures)) => value(figures, rules),
            (Agent(value), RowFigures::Agent(agent)) => value(agent, rules),
            _ => None,
        }
    }
}

fn count(figures: &ContactFigures, counter: Counter) -> Option<HistoryNumber> {
    figures.get(counter).map(HistoryNumber::Count)
}

fn percent(percent: Option<f64>) -> Option<HistoryNumber> {
    percent.map(HistoryNumber::Percent)
}

fn seconds(seconds: Option<f64>) -> Option<HistoryNumber> {
    seconds.map(HistoryNumber::Seconds)
}

fn percentile(figures: &ContactFigures, percent: u8) -> Option<HistoryNumber> {
    seconds(figures.wait_percentile(percent).map(to_f64))
}

fn hours(agent: &AgentCounters, counter: AgentCounter) -> Option<HistoryNumber> {
    let seconds = agent.known(counter)?;
    Some(HistoryNumber::Hours(to_f64(seconds)))
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
