//! The columns of a history table, a row each. Sums come before ratios, so the total is a row like
//! any other.

use wallboard_domain::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, Counter, Counters, Metric,
    ServiceLevelFormula, TargetInForce,
};
use wallboard_history::report::{AdherenceFigures, RowFigures};
use wallboard_texts::Texts;

use super::number::HistoryNumber;

/// How ratios are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RatioRules {
    pub(super) formula: ServiceLevelFormula,
    pub(super) count_by: CountBy,
}

/// One column: what it's called, and how it's computed.
struct ColumnRow {
    /// Its name in addresses and files.
    key: &'static str,
    heading: ColumnHeading,
    calls: LinkedCalls,
    value: ColumnValue,
}

/// The name of a column, in any language.
enum ColumnHeading {
    Text(fn(&Texts) -> &str),
    /// As the live metric on pages.
    Live(Metric),
    /// With its number in the text.
    Written(fn(&Texts) -> String),
    /// The label of the service level.
    Level,
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
    Schedule(fn(&AdherenceFigures) -> Option<HistoryNumber>),
    /// Of calls with a reason or type.
    Coded(fn(&Counters) -> Option<HistoryNumber>),
    /// The row itself has it.
    OfRow,
}

/// Declares the columns, a row each.
macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident: $key:literal, $heading:expr, $calls:expr, $value:expr;)*) => {
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
                value: $value,
            },)*];
        }
    };
}

use ColumnHeading::{Level, Live, Text, Written};
use ColumnValue::{Agent, Coded, OfRow, Queue, Schedule};
use LinkedCalls::{All, Of, Unlinked};

const ANSWERED: LinkedCalls = Of("answered");

columns! {
    Offered: "offered", Live(Metric::Offered), All,
        Queue(|figures, _| count(figures, Counter::Offered));
    OfferedBefore: "offered_before", Live(Metric::Offered), Unlinked,
        Queue(|figures, _| count(figures, Counter::Offered));
    Answered: "answered", Live(Metric::Answered), ANSWERED,
        Queue(|figures, _| count(figures, Counter::Answered));
    Abandoned: "abandoned", Live(Metric::Abandoned), Of("abandoned"),
        Queue(|figures, _| count(figures, Counter::Abandoned));
    AbandonRate: "abandon_rate", Text(Texts::column_abandoned_share), All,
        Queue(|figures, rules| percent(match rules.count_by {
            CountBy::Start => figures.abandon_rate(),
            CountBy::Event => figures.abandon_rate_by_event(),
        }));
    Short: "short_abandoned", Live(Metric::ShortAbandoned), Of("short_abandoned"),
        Queue(|figures, _| count(figures, Counter::ShortAbandoned));
    FlowOuts: "flow_outs", Live(Metric::FlowOuts), Of("flow_out"),
        Queue(|figures, _| count(figures, Counter::FlowOuts));
    ServiceLevel: "service_level", Level, All,
        Queue(|figures, rules| percent(figures.service_level(rules.formula)));
    ServiceLevelBefore: "service_level_before", Level, Unlinked,
        Queue(|figures, rules| percent(figures.service_level(rules.formula)));
    /// If queues differ: the threshold and target of each.
    AnswerWithin: "answer_within", Text(Texts::column_answer_within), Unlinked, OfRow;
    Target: "target", Text(Texts::column_target), Unlinked, OfRow;
    /// Of the half-hours that are judged, those that met the target.
    MetHalfHours: "half_hours_met", Text(Texts::column_half_hours_met), Unlinked, OfRow;
    /// The contacts expected, and by how many percent more came.
    Forecast: "forecast", Text(Texts::column_forecast), Unlinked, OfRow;
    /// Those of today by what came so far.
    Reforecast: "reforecast", Text(Texts::column_reforecast), Unlinked, OfRow;
    Deviation: "deviation", Text(Texts::column_deviation), Unlinked, OfRow;
    ForecastHandleTime: "forecast_handle_time", Text(Texts::column_forecast_handle_time), Unlinked, OfRow;
    RequiredAgents: "required_agents", Text(Texts::column_required_agents), Unlinked, OfRow;
    /// By the corrected plan, of times that aren't over.
    ReforecastAgents: "reforecast_required_agents", Text(Texts::column_reforecast_agents), Unlinked, OfRow;
    RequiredTime: "required_time", Text(Texts::column_required_time), Unlinked, OfRow;
    /// Scheduled for contacts.
    ScheduledAgents: "scheduled_agents", Text(Texts::column_scheduled_agents), Unlinked, OfRow;
    ScheduledAgentTime: "scheduled_agent_time", Text(Texts::column_scheduled_agent_time), Unlinked, OfRow;
    /// Of planned times.
    PlanStaffedAgents: "staffed_agents", Text(Texts::column_staffed_agents), Unlinked, OfRow;
    StaffedTime: "staffed_time", Text(Texts::column_staffed_time), Unlinked, OfRow;
    AverageSpeedOfAnswer: "average_speed_of_answer", Live(Metric::AverageSpeedOfAnswer), ANSWERED,
        Queue(|figures, _| seconds(figures.average_speed_of_answer()));
    LongestWait: "longest_wait", Live(Metric::LongestWait), All,
        Queue(|figures, _| seconds(figures.seconds(Counter::LongestWait).map(to_f64)));
    /// The wait that so many percent of answered calls didn't exceed.
    WaitPercentile50: "wait_p50", Text(Texts::column_wait_median), Unlinked,
        Queue(|figures, _| percentile(figures, 50));
    WaitPercentile80: "wait_p80", Written(|texts| texts.column_wait_percentile(80)), Unlinked,
        Queue(|figures, _| percentile(figures, 80));
    WaitPercentile90: "wait_p90", Written(|texts| texts.column_wait_percentile(90)), Unlinked,
        Queue(|figures, _| percentile(figures, 90));
    WaitPercentile95: "wait_p95", Written(|texts| texts.column_wait_percentile(95)), Unlinked,
        Queue(|figures, _| percentile(figures, 95));
    AbandonedWait50: "abandoned_wait_p50", Text(Texts::column_abandoned_wait_median), Unlinked,
        Queue(|figures, _| seconds(figures.abandoned_wait_percentile(50).map(to_f64)));
    Patience: "average_patience", Text(Texts::column_patience), Unlinked,
        Queue(|figures, _| seconds(figures.average_patience()));
    /// The service level if the threshold were so many seconds.
    Within10: "answered_within_10", Written(|texts| texts.column_answered_within("10 s")), Unlinked,
        Queue(|figures, rules| percent(figures.service_level_within(10, rules.formula)));
    Within20: "answered_within_20", Written(|texts| texts.column_answered_within("20 s")), Unlinked,
        Queue(|figures, rules| percent(figures.service_level_within(20, rules.formula)));
    Within30: "answered_within_30", Written(|texts| texts.column_answered_within("30 s")), Unlinked,
        Queue(|figures, rules| percent(figures.service_level_within(30, rules.formula)));
    Within60: "answered_within_60", Written(|texts| texts.column_answered_within("60 s")), Unlinked,
        Queue(|figures, rules| percent(figures.service_level_within(60, rules.formula)));
    Within120: "answered_within_120", Written(|texts| texts.column_answered_within("120 s")), Unlinked,
        Queue(|figures, rules| percent(figures.service_level_within(120, rules.formula)));
    HandleTime: "average_handle_time", Live(Metric::AverageHandleTime), ANSWERED,
        Queue(|figures, _| seconds(figures.average_handle_time()));
    TalkTime: "average_talk_time", Text(|texts| &texts.metric(Metric::AverageTalkTime).label), ANSWERED,
        Queue(|figures, _| seconds(figures.average_talk_time()));
    WrapUp: "average_wrap_up", Live(Metric::WrapUpTime), ANSWERED,
        Queue(|figures, _| seconds(figures.average_wrap_up()));
    TalksWithin: "talks_within", Text(Texts::column_talks_within), ANSWERED,
        Queue(|figures, _| percent(figures.talks_within()));
    Transferred: "transferred", Live(Metric::Transferred), Unlinked,
        Queue(|figures, _| count(figures, Counter::Transferred));
    StaffedAgents: "staffed_agents", Text(Texts::column_staffed_agents), Unlinked,
        Queue(|figures, _| {
            figures.staffing.as_ref()?.staffed_agents().map(HistoryNumber::Mean)
        });
    StaffOccupancy: "occupancy", Text(Texts::occupancy), Unlinked,
        Queue(|figures, _| percent(figures.staffing.as_ref()?.occupancy()));
    Csat: "csat", Text(Texts::column_csat), Unlinked,
        Queue(|figures, _| figures.csat().map(HistoryNumber::Score));
    CsatTop: "csat_top", Text(Texts::column_csat_top), Unlinked, Queue(|figures, _| percent(figures.csat_top()));
    Nps: "nps", Text(Texts::column_nps), Unlinked, Queue(|figures, _| figures.nps().map(HistoryNumber::Net));
    EnterpriseNps: "enterprise_nps", Text(Texts::column_enterprise_nps), Unlinked,
        Queue(|figures, _| figures.enterprise_nps().map(HistoryNumber::Net));
    AgentHandled: "handled", Live(Metric::Handled), ANSWERED,
        Agent(|agent, rules| agent.handled(rules.count_by).map(HistoryNumber::Count));
    AgentMissed: "missed", Live(Metric::Missed), Unlinked,
        Agent(|agent, _| agent.known(AgentCounter::Missed).map(HistoryNumber::Count));
    AgentTransferred: "transferred", Live(Metric::Transferred), Unlinked,
        Agent(|agent, rules| agent.transferred(rules.count_by).map(HistoryNumber::Count));
    AgentHandleTime: "average_handle_time", Live(Metric::AverageHandleTime), ANSWERED,
        Agent(|agent, _| seconds(average_handle_time(agent)));
    LoggedIn: "logged_in_time", Text(Texts::signed_in_time), Unlinked,
        Agent(|agent, _| hours(agent, AgentCounter::LoggedIn));
    Ready: "ready_time", Text(Texts::column_ready), Unlinked,
        Agent(|agent, _| hours(agent, AgentCounter::Ready));
    NotReady: "not_ready_time", Text(Texts::break_time), Unlinked,
        Agent(|agent, _| {
            agent.known(AgentCounter::LoggedIn)?;
            Some(HistoryNumber::Hours(to_f64(agent.not_ready.values().sum())))
        });
    Talk: "talk_time", Text(Texts::state_talking), Unlinked,
        Agent(|agent, _| hours(agent, AgentCounter::Talk));
    AgentWrapUp: "wrap_up_time", Text(Texts::column_wrap_up), Unlinked,
        Agent(|agent, _| hours(agent, AgentCounter::WrapUp));
    OtherCalls: "other_calls", Text(Texts::column_other_calls), Unlinked,
        Agent(|agent, _| hours(agent, AgentCounter::Other));
    Occupancy: "occupancy", Text(Texts::occupancy), Unlinked,
        Agent(|agent, _| percent(agent.occupancy()));
    ScheduledTime: "scheduled_time", Text(Texts::column_scheduled_time), Unlinked,
        Schedule(|figures| time(Some(figures.scheduled)));
    AdherentTime: "adherent_time", Text(Texts::column_adherent_time), Unlinked,
        Schedule(|figures| time(figures.adherent_time()));
    Adherence: "adherence", Text(Texts::column_adherence), Unlinked,
        Schedule(|figures| percent(figures.adherence()));
    ScheduledWork: "scheduled_work_time", Text(Texts::column_scheduled_work), Unlinked,
        Schedule(|figures| time(Some(figures.scheduled_work)));
    WorkedTime: "worked_time", Text(Texts::column_worked_time), Unlinked,
        Schedule(|figures| time(figures.worked_time()));
    Conformance: "conformance", Text(Texts::column_conformance), Unlinked,
        Schedule(|figures| percent(figures.conformance()));
    CodedOffered: "offered", Live(Metric::Offered), All,
        Coded(|counters| counters.get(Counter::Offered).map(HistoryNumber::Count));
    CodedHandled: "handled", Live(Metric::Handled), ANSWERED,
        Coded(|counters| counters.get(Counter::Handled).map(HistoryNumber::Count));
    CodedHandleTime: "average_handle_time", Live(Metric::AverageHandleTime), ANSWERED,
        Coded(|counters| seconds(counters.average_handle_time()));
    CodedTalkTime: "average_talk_time", Text(|texts| &texts.metric(Metric::AverageTalkTime).label), ANSWERED,
        Coded(|counters| seconds(counters.average_talk_time()));
    CodedWrapUp: "average_wrap_up", Live(Metric::WrapUpTime), ANSWERED,
        Coded(|counters| seconds(counters.average_wrap_up()));
    HandleTimeSum: "handle_time", Text(Texts::column_handle_time_sum), Unlinked,
        Coded(|counters| {
            let spent = counters.seconds(Counter::TalkTime).zip(counters.seconds(Counter::WrapUpTime));
            time(spent.map(|(talk, wrap_up)| talk + wrap_up))
        });
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
    HistoryColumn::AbandonedWait50,
    HistoryColumn::Patience,
    HistoryColumn::Within10,
    HistoryColumn::Within20,
    HistoryColumn::Within30,
    HistoryColumn::Within60,
    HistoryColumn::Within120,
];

/// A plan beside the contacts that came; at the end the agents, on average or as their time.
const PLAN_COLUMNS: &[HistoryColumn] = &[
    HistoryColumn::Forecast,
    HistoryColumn::Offered,
    HistoryColumn::Deviation,
    HistoryColumn::ForecastHandleTime,
    HistoryColumn::HandleTime,
    HistoryColumn::ServiceLevel,
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

    /// Columns of schedules beside what agents did.
    pub(super) fn adherence_columns() -> Vec<Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|column| matches!(column.row().value, Schedule(_)))
            .collect()
    }

    /// Columns of calls with a reason or type.
    pub(super) fn coded_columns() -> Vec<Self> {
        let all = Self::ALL.iter().copied();
        all.filter(|column| matches!(column.row().value, Coded(_)))
            .collect()
    }

    /// Columns of what an agent handled in a queue.
    pub(super) fn handled_columns() -> Vec<Self> {
        HANDLED_COLUMNS.to_vec()
    }

    /// Columns of a plan. The agents of longer times, or of several queues, are a sum.
    pub(super) fn plan_columns(has_mean_agents: bool, has_schedules: bool) -> Vec<Self> {
        let [required, scheduled, staffed] = if has_mean_agents {
            [
                Self::RequiredAgents,
                Self::ScheduledAgents,
                Self::PlanStaffedAgents,
            ]
        } else {
            [
                Self::RequiredTime,
                Self::ScheduledAgentTime,
                Self::StaffedTime,
            ]
        };
        let scheduled = has_schedules.then_some(scheduled);
        let agents = [Some(required), scheduled, Some(staffed)];
        let columns = PLAN_COLUMNS.iter().copied();
        columns.chain(agents.into_iter().flatten()).collect()
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
        Self::add_after_level(columns, target_columns.into_iter().flatten());
    }

    /// Adds the plan corrected by what came so far.
    pub(super) fn add_reforecast(columns: &mut Vec<Self>) {
        let forecast = columns.iter().position(|column| *column == Self::Forecast);
        let index = forecast.map_or(columns.len(), |at| at + 1);
        columns.insert(index, Self::Reforecast);
        let required = columns
            .iter()
            .position(|column| *column == Self::RequiredAgents);
        if let Some(at) = required {
            columns.insert(at + 1, Self::ReforecastAgents);
        }
    }

    /// Adds the share of half-hours that met the target.
    pub(super) fn add_half_hours(columns: &mut Vec<Self>) {
        Self::add_after_level(columns, [Self::MetHalfHours]);
    }

    fn add_after_level(columns: &mut Vec<Self>, more: impl IntoIterator<Item = Self>) {
        let is_level =
            |column: &Self| matches!(column, Self::ServiceLevel | Self::ServiceLevelBefore);
        let level = columns.iter().rposition(is_level);
        let index = level.map_or(columns.len(), |at| at + 1);
        columns.splice(index..index, more);
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

    /// `level` is the label of the service level, `before` the name of the earlier period.
    pub(super) fn heading(self, texts: &Texts, level: &str, before: &str) -> String {
        let heading = match &self.row().heading {
            Text(text) => text(texts).to_owned(),
            Live(metric) => texts.metric(*metric).page_label.clone(),
            Written(write) => write(texts),
            Level => level.to_owned(),
        };
        if self.is_comparison() {
            texts.column_of_period(heading, before)
        } else {
            heading
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
            (Schedule(value), RowFigures::Adherence(figures)) => value(figures),
            (Coded(value), RowFigures::Coded(counters)) => value(counters),
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

fn time(seconds: Option<i64>) -> Option<HistoryNumber> {
    seconds.map(|seconds| HistoryNumber::Hours(to_f64(seconds)))
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
