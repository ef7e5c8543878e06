//! The statistics of the call center in the simulated Stat Server: their names, and their
//! values as Genesys writes them.

use jiff::Timestamp;
use serde_json::{Value, json};

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
/// The statistic that isn't a number.
const AGENT_STATE: &str = "CurrentAgentState";

/// The vendor's `notificationMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotificationMode {
    /// Whenever it changes.
    Immediate,
    /// Whenever it changes other than by time, and every ten seconds.
    Growing,
    /// Every thirty seconds.
    Periodical,
}

#[derive(Debug)]
pub(super) struct StatisticDefinition {
    name: &'static str,
    object_type: &'static str,
    pub(super) mode: NotificationMode,
    /// The value of a queue or an agent; for an agent's state, the number of its changes.
    value: fn(&CallCenter, usize) -> Option<f64>,
}

/// One statistic of one object: a queue or an agent.
#[derive(Clone, Copy, Debug)]
pub struct SimStatistic {
    pub(super) definition: &'static StatisticDefinition,
    object: usize,
}

#[rustfmt::skip]
const fn row(
    name: &'static str, object_type: &'static str, mode: NotificationMode, value: fn(&CallCenter, usize) -> Option<f64>,
) -> StatisticDefinition {
    StatisticDefinition { name, object_type, mode, value }
}

#[rustfmt::skip]
const QUEUE_STATISTICS: [StatisticDefinition; 16] = {
    use NotificationMode::{Growing, Immediate, Periodical};
    [
        row("CurrNumberWaitingCalls", QUEUE, Immediate, |c, q| Some(c.state.count_waiting(q).into())),
        row("CurrMaxCallWaitingTime", QUEUE, Growing, |c, q| Some(longest_wait(c, q))),
        row("ExpectedWaitTime", QUEUE, Immediate, |c, q| Some(expected_wait(c, q))),
        row("CurrNumberCallsInProgress", QUEUE, Immediate, |c, q| Some(c.state.talking[q].into())),
        row("CurrentReadyAgents", GROUP, Immediate, |c, q| Some(count_agents(c, q, |activity| activity == Activity::Ready))),
        row("CurrentLoggedInAgents", GROUP, Immediate, |c, q| Some(count_agents(c, q, |activity| activity != Activity::LoggedOut))),
        row("CurrentNotReadyAgents", GROUP, Immediate, |c, q| Some(count_agents(c, q, Activity::is_paused))),
        row("CurrentNumberInCall", GROUP, Immediate, |c, q| Some(count_agents(c, q, Activity::is_on_a_call))),
        row("CallsEntered", QUEUE, Immediate, |c, q| Some(c.state.days[q].offered.into())),
        row("TotalAnswered", QUEUE, Immediate, |c, q| Some(c.state.days[q].answered.into())),
        row("TotalAbandoned", QUEUE, Immediate, |c, q| Some(c.state.days[q].abandoned.into())),
        row("AbandonedRatio", QUEUE, Immediate, |c, q| c.state.days[q].abandoned_ratio()),
        row("ServiceLevel", QUEUE, Immediate, |c, q| c.state.days[q].service_level()),
        row("AverageWaitingTime", QUEUE, Immediate, |c, q| mean(c.state.days[q].waited, c.state.days[q].answered)),
        row("AverageHandlingTime", QUEUE, Periodical, |c, q| mean(c.state.days[q].talked + c.state.days[q].wrapped_up, c.state.days[q].done)),
        row("AverageWrapTime", QUEUE, Periodical, |c, q| mean(c.state.days[q].wrapped_up, c.state.days[q].done)),
    ]
};

#[rustfmt::skip]
const AGENT_STATISTICS: [StatisticDefinition; 11] = {
    use NotificationMode::{Immediate, Periodical};
    [
        row(AGENT_STATE, AGENT, Immediate, |c, a| Some(c.state.agents[a].turn.into())),
        row("InboundCalls", AGENT, Immediate, |c, a| Some(c.state.agents[a].handled.into())),
        row("MissedCalls", AGENT, Immediate, |c, a| Some(c.state.agents[a].missed.into())),
        row("AverageHandlingTime", AGENT, Periodical, |c, a| mean(c.time_spent(a).busy(), c.state.agents[a].handled)),
        row("LoginDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).logged_in().floor())),
        row("ReadyDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).ready.floor())),
        row("NotReadyDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).paused.floor())),
        row("TalkDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).talk.floor())),
        row("HoldDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).hold.floor())),
        row("WrapDuration", AGENT, Periodical, |c, a| Some(c.time_spent(a).wrap_up.floor())),
        row("Productivity", AGENT, Periodical, occupancy),
    ]
};

/// All statistics, in the order in which they are subscribed to.
pub fn all_statistics() -> impl Iterator<Item = SimStatistic> {
    let statistics_of = |definitions: &'static [StatisticDefinition]| {
        move |object| {
            (definitions.iter()).map(move |definition| SimStatistic { definition, object })
        }
    };
    let (queues, agents) = (Channel::Phone.queues(), Channel::Phone.agents());
    let queues = queues.flat_map(statistics_of(&QUEUE_STATISTICS));
    queues.chain(agents.flat_map(statistics_of(&AGENT_STATISTICS)))
}

impl SimStatistic {
    /// The vendor's name of the statistic.
    pub fn name(self) -> &'static str {
        self.definition.name
    }

    /// `Queue`, `GroupAgents` or `Agent`.
    pub fn object_type(self) -> &'static str {
        self.definition.object_type
    }

    /// The vendor's id of the object.
    pub fn object_id(self) -> &'static str {
        match self.definition.object_type {
            AGENT => AGENTS[self.object].key,
            GROUP => QUEUES[self.object].agent_group,
            _ => QUEUES[self.object].object,
        }
    }

    /// The vendor's id of the queue; for a group of agents, of the one that it serves. An agent
    /// has none.
    pub fn queue_id(self) -> Option<&'static str> {
        (self.object_type() != AGENT).then(|| QUEUES[self.object].object)
    }

    /// Whether a subscription's item names this statistic.
    pub(super) fn matches(self, name: &str, object_type: &str, object: &str) -> bool {
        self.name() == name
            && self.object_type().eq_ignore_ascii_case(object_type)
            && self.object_id() == object
    }

    pub(super) fn value(self, center: &CallCenter) -> Option<f64> {
        (self.definition.value)(center, self.object)
    }

    /// The time since when it grows, if it grows by time alone.
    pub(super) fn grows_since(self, center: &CallCenter) -> Option<Timestamp> {
        let grows = self.definition.mode == NotificationMode::Growing;
        grows.then(|| center.state.oldest_entry(self.object))?
    }

    /// A value as the vendor writes it.
    pub(super) fn to_json(self, value: Option<f64>, center: &CallCenter) -> Value {
        match (self.name(), value) {
            (AGENT_STATE, _) => state_json(center, self.object),
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
