//! The statistics of the call center in the simulated Stat Server: their names, their
//! metrics, and their values as Genesys writes them.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    domain::{AgentId, Metric, MetricSubject, QueueId, SourceId},
    sources::{
        genesys::{GenesysStatistic, StatisticReference},
        statserver::{DeliveredUnit, Measure, Statistic},
    },
};

use super::super::{
    call_center::{Activity, CallCenter, mean, seconds},
    roster::{AGENTS, AgentNo, Channel, PAUSES, QUEUES, QueueNo},
};

/// The vendor's value where there is no estimate.
const NO_ESTIMATE: f64 = 10_000.0;
const QUEUE: &str = "Queue";
/// The group of agents that serves a queue.
const GROUP: &str = "GroupAgents";
const AGENT: &str = "Agent";

/// The vendor's `notificationMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotificationMode {
    /// Whenever it changes.
    Immediate,
    /// Whenever it changes other than by time, and every ten seconds.
    Growing,
    /// Every thirty seconds.
    Periodical,
}

#[derive(Debug)]
pub(crate) struct StatisticDefinition {
    name: &'static str,
    object_type: &'static str,
    measure: Measure,
    delivered: DeliveredUnit,
    pub(crate) mode: NotificationMode,
    /// The value of a queue or an agent; for an agent's state, the number of its changes.
    value: fn(&CallCenter, usize) -> Option<f64>,
}

/// One statistic of one object: a queue or an agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimStatistic {
    pub(crate) definition: &'static StatisticDefinition,
    object: usize,
}

const fn row(
    name: &'static str,
    object_type: &'static str,
    metric: Metric,
    delivered: DeliveredUnit,
    mode: NotificationMode,
    value: fn(&CallCenter, usize) -> Option<f64>,
) -> StatisticDefinition {
    let measure = match delivered {
        DeliveredUnit::State => Measure::State,
        _ => Measure::Figure(metric),
    };
    StatisticDefinition {
        name,
        object_type,
        measure,
        delivered,
        mode,
        value,
    }
}

#[rustfmt::skip]
const QUEUE_STATISTICS: [StatisticDefinition; 16] = {
    use DeliveredUnit::{Count, Percent, Ratio, Seconds};
    use NotificationMode::{Growing, Immediate, Periodical};
    [
        row("CurrNumberWaitingCalls", QUEUE, Metric::Waiting, Count, Immediate, |c, q| Some(c.state.count_waiting(q).into())),
        row("CurrMaxCallWaitingTime", QUEUE, Metric::LongestWait, Seconds, Growing, |c, q| Some(longest_wait(c, q))),
        row("ExpectedWaitTime", QUEUE, Metric::ExpectedWait, Seconds, Immediate, |c, q| Some(expected_wait(c, q))),
        row("CurrNumberCallsInProgress", QUEUE, Metric::InConversation, Count, Immediate, |c, q| Some(c.state.talking[q].into())),
        row("CurrentReadyAgents", GROUP, Metric::AgentsAvailable, Count, Immediate, |c, q| Some(count_agents(c, q, |activity| activity == Activity::Ready))),
        row("CurrentLoggedInAgents", GROUP, Metric::AgentsLoggedIn, Count, Immediate, |c, q| Some(count_agents(c, q, |activity| activity != Activity::LoggedOut))),
        row("CurrentNotReadyAgents", GROUP, Metric::AgentsNotReady, Count, Immediate, |c, q| Some(count_agents(c, q, Activity::is_paused))),
        row("CurrentNumberInCall", GROUP, Metric::AgentsInConversation, Count, Immediate, |c, q| Some(count_agents(c, q, Activity::is_on_a_call))),
        row("CallsEntered", QUEUE, Metric::Offered, Count, Immediate, |c, q| Some(c.state.days[q].offered.into())),
        row("TotalAnswered", QUEUE, Metric::Answered, Count, Immediate, |c, q| Some(c.state.days[q].answered.into())),
        row("TotalAbandoned", QUEUE, Metric::Abandoned, Count, Immediate, |c, q| Some(c.state.days[q].abandoned.into())),
        row("AbandonedRatio", QUEUE, Metric::AbandonRate, Ratio, Immediate, |c, q| c.state.days[q].abandoned_ratio()),
        row("ServiceLevel", QUEUE, Metric::ServiceLevel, Percent, Immediate, |c, q| c.state.days[q].service_level()),
        row("AverageWaitingTime", QUEUE, Metric::AverageSpeedOfAnswer, Seconds, Immediate, |c, q| mean(c.state.days[q].waited, c.state.days[q].answered)),
        row("AverageHandlingTime", QUEUE, Metric::AverageHandleTime, Seconds, Periodical, |c, q| mean(c.state.days[q].talked + c.state.days[q].wrapped_up, c.state.days[q].done)),
        row("AverageWrapTime", QUEUE, Metric::AverageWrapUp, Seconds, Periodical, |c, q| mean(c.state.days[q].wrapped_up, c.state.days[q].done)),
    ]
};

#[rustfmt::skip]
const AGENT_STATISTICS: [StatisticDefinition; 11] = {
    use DeliveredUnit::{Count, Percent, Seconds, State};
    use NotificationMode::{Immediate, Periodical};
    [
        row("CurrentAgentState", AGENT, Metric::Cases, State, Immediate, |c, a| Some(c.state.agents[a].turn.into())),
        row("InboundCalls", AGENT, Metric::Handled, Count, Immediate, |c, a| Some(c.state.agents[a].handled.into())),
        row("MissedCalls", AGENT, Metric::Missed, Count, Immediate, |c, a| Some(c.state.agents[a].missed.into())),
        row("AverageHandlingTime", AGENT, Metric::AverageHandleTime, Seconds, Periodical, |c, a| mean(c.time_spent(a).busy(), c.state.agents[a].handled)),
        row("LoginDuration", AGENT, Metric::LoggedInTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).logged_in().floor())),
        row("ReadyDuration", AGENT, Metric::ReadyTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).ready.floor())),
        row("NotReadyDuration", AGENT, Metric::NotReadyTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).paused.floor())),
        row("TalkDuration", AGENT, Metric::TalkTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).talk.floor())),
        row("HoldDuration", AGENT, Metric::HoldTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).hold.floor())),
        row("WrapDuration", AGENT, Metric::WrapUpTime, Seconds, Periodical, |c, a| Some(c.time_spent(a).wrap_up.floor())),
        row("Productivity", AGENT, Metric::Occupancy, Percent, Periodical, occupancy),
    ]
};

/// All statistics, in the order in which they are subscribed to.
pub(crate) fn all() -> impl Iterator<Item = SimStatistic> {
    let statistics_of = |definitions: &'static [StatisticDefinition]| {
        move |object| {
            (definitions.iter()).map(move |definition| SimStatistic { definition, object })
        }
    };
    let queues = Channel::Phone
        .queues()
        .flat_map(statistics_of(&QUEUE_STATISTICS));
    queues.chain(
        Channel::Phone
            .agents()
            .flat_map(statistics_of(&AGENT_STATISTICS)),
    )
}

impl SimStatistic {
    /// The statistic as a configuration names it.
    pub(crate) fn configured(self, source: &SourceId) -> GenesysStatistic {
        let definition = self.definition;
        let subject = match definition.object_type {
            AGENT => MetricSubject::Agent(AgentId::new(source, AGENTS[self.object].key)),
            _ => MetricSubject::Queue(QueueId::new(source, QUEUES[self.object].object)),
        };
        let is_estimate = definition.measure == Measure::Figure(Metric::ExpectedWait);
        let statistic = Statistic {
            name: definition.name.into(),
            object_type: definition.object_type.into(),
            object: Arc::from(self.object_id()),
            subject,
            measure: definition.measure,
            delivered: definition.delivered,
            no_estimate_above: is_estimate.then_some(NO_ESTIMATE),
        };
        let reference = StatisticReference::Name;
        GenesysStatistic {
            statistic,
            reference,
        }
    }

    /// Whether a subscription's item names this statistic.
    pub(crate) fn matches(self, name: &str, object_type: &str, object: &str) -> bool {
        self.definition.name == name
            && self
                .definition
                .object_type
                .eq_ignore_ascii_case(object_type)
            && self.object_id() == object
    }

    fn object_id(self) -> &'static str {
        match self.definition.object_type {
            AGENT => AGENTS[self.object].key,
            GROUP => QUEUES[self.object].agent_group,
            _ => QUEUES[self.object].object,
        }
    }

    pub(crate) fn value(self, center: &CallCenter) -> Option<f64> {
        (self.definition.value)(center, self.object)
    }

    /// The time since when it grows, if it grows by time alone.
    pub(crate) fn grows_since(self, center: &CallCenter) -> Option<Timestamp> {
        let grows = self.definition.mode == NotificationMode::Growing;
        grows.then(|| center.state.oldest_entry(self.object))?
    }

    /// A value as the vendor writes it.
    pub(crate) fn to_json(self, value: Option<f64>, center: &CallCenter) -> Value {
        match (self.definition.delivered, value) {
            (DeliveredUnit::State, _) => state_json(center, self.object),
            (_, Some(number)) => number_json(number, center.now),
            (_, None) => Value::Null,
        }
    }
}

fn longest_wait(center: &CallCenter, queue: QueueNo) -> f64 {
    let oldest = center.state.oldest_entry(queue);
    oldest.map_or(0.0, |oldest| seconds(oldest, center.now).floor())
}

/// The usual length of a call for each caller before the next one, shared by all agents who
/// can answer.
fn expected_wait(center: &CallCenter, queue: QueueNo) -> f64 {
    let state = &center.state;
    if state.count_free(queue) > 0 {
        return 0.0;
    }
    let at_work = |activity: Activity| activity != Activity::LoggedOut && !activity.is_paused();
    match state.count_agents(queue, at_work) {
        0 => NO_ESTIMATE,
        agents => {
            let usual = QUEUES[queue].talk + QUEUES[queue].wrap_up;
            let callers = f64::from(state.count_waiting(queue) + 1);
            (callers * usual / f64::from(agents)).round()
        }
    }
}

fn count_agents(center: &CallCenter, queue: QueueNo, matches: fn(Activity) -> bool) -> f64 {
    center.state.count_agents(queue, matches).into()
}

fn occupancy(center: &CallCenter, agent: AgentNo) -> Option<f64> {
    let spent = center.time_spent(agent);
    let at_work = spent.logged_in() - spent.paused;
    (0.0 < at_work).then(|| 100.0 * spent.busy() / at_work)
}

/// Formats a number. Only `stringValue` has decimals.
fn number_json(number: f64, now: Timestamp) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is counted here is small"
    )]
    let whole = number.round() as i64;
    let text = match number.fract() {
        0.0 => whole.to_string(),
        _ => format!("{number:.4}"),
    };
    json!({
        "intervalLength": 0,
        "tag": -1,
        "stringValue": text,
        "timestamp": now.as_millisecond(),
        "intValue": whole,
    })
}

/// Formats an agent with the place, its phone, and the calls on it. Times in seconds.
fn state_json(center: &CallCenter, agent: AgentNo) -> Value {
    let state = &center.state.agents[agent];
    let employee = AGENTS[agent].key;
    let since = state.since.as_second();
    let (status, call) = match state.activity {
        Activity::LoggedOut => {
            let status = json!({ "AgentId": employee, "Status": "LoggedOut", "Time": since });
            return json!({ "tag": -1, "AgentStatus": status });
        }
        Activity::Ready => ("WaitForNextCall", None),
        Activity::Ringing(call) => ("CallRinging", Some(call)),
        Activity::Talking(call) => ("CallInbound", Some(call)),
        Activity::Holding(call) => ("CallOnHold", Some(call)),
        Activity::WrapUp => ("AfterCallWork", None),
        Activity::Paused(_) => ("NotReadyForNextCall", None),
    };
    let mut action = json!({ "Action": status, "Time": since });
    if let Some(call) = call {
        action["ConnectionId"] = format!("{call:016x}").into();
    }
    let mut json = json!({
        "AgentId": employee,
        "Status": status,
        "Time": since,
        "LoginId": format!("L{employee}"),
        "Place": {
            "PlaceId": format!("Place_{employee}"),
            "PlaceStatus": status,
            "Time": since,
            "DnStatuses": [{
                "DnId": format!("7{employee}"),
                "SwitchId": "SIP_Switch",
                "GswDnTypes": "CFGExtension",
                "DnStatus": status,
                "Time": since,
                "Actions": [action],
            }],
        },
    });
    if let Activity::Paused(reason) = state.activity {
        json["Reasons"] = json!([{ "key": "ReasonCode", "value": PAUSES[reason].code }]);
    }
    json!({ "tag": -1, "AgentStatus": json })
}
