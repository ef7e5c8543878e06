//! The statistics that the simulated Stat Server keeps of its switch: what they are
//! called, which figures of ours they are, and their values as Genesys writes them.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    domain::{AgentId, Metric, QueueId, SourceId, Subject},
    sources::{
        genesys::{Asked, How},
        statserver::{Delivered, Measure, Statistic},
    },
};

use super::{
    cast::{AGENTS, AgentNo, PAUSES, QUEUES, QueueNo},
    floor::{Doing, mean, seconds},
    switch::Switch,
};

/// Calls that are so many cannot be given an estimate.
const NO_ESTIMATE: f64 = 10_000.0;

/// How a statistic is named, of what, and how often it is told.
#[derive(Debug)]
pub(super) struct Row {
    name: &'static str,
    of: Of,
    measure: Measure,
    delivered: Delivered,
    pub(super) pace: Pace,
}

/// The kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Queue,
    /// The group that serves a queue: booked on the queue.
    GroupAgents,
    Agent,
}

/// The vendor's `notificationMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Whenever it changes.
    Immediate,
    /// Whenever it changes otherwise than by time, and every ten seconds.
    Growing,
    /// Every thirty seconds.
    Periodical,
}

/// One statistic of one object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) row: &'static Row,
    whose: Whose,
}

/// What a statistic stands at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// There is nothing to reckon it of.
    None,
    Number(f64),
    /// What an agent does, counted in changes.
    State(AgentNo, u32),
}

#[derive(Clone, Copy, Debug)]
enum Whose {
    Queue(QueueNo),
    Agent(AgentNo),
}

const fn row(name: &'static str, of: Of, metric: Metric, delivered: Delivered, pace: Pace) -> Row {
    Row {
        name,
        of,
        measure: Measure::Figure(metric),
        delivered,
        pace,
    }
}

#[rustfmt::skip]
const OF_QUEUES: [Row; 16] = {
    use Delivered::{Count, Percent, Ratio, Seconds};
    use Of::{GroupAgents, Queue};
    use Pace::{Growing, Immediate, Periodical};
    [
        row("CurrNumberWaitingCalls", Queue, Metric::Waiting, Count, Immediate),
        row("CurrMaxCallWaitingTime", Queue, Metric::LongestWait, Seconds, Growing),
        row("ExpectedWaitTime", Queue, Metric::ExpectedWait, Seconds, Immediate),
        row("CurrNumberCallsInProgress", Queue, Metric::InConversation, Count, Immediate),
        row("CurrentReadyAgents", GroupAgents, Metric::AgentsAvailable, Count, Immediate),
        row("CurrentLoggedInAgents", GroupAgents, Metric::AgentsLoggedIn, Count, Immediate),
        row("CurrentNotReadyAgents", GroupAgents, Metric::AgentsNotReady, Count, Immediate),
        row("CurrentNumberInCall", GroupAgents, Metric::AgentsInConversation, Count, Immediate),
        row("CallsEntered", Queue, Metric::Offered, Count, Immediate),
        row("TotalAnswered", Queue, Metric::Answered, Count, Immediate),
        row("TotalAbandoned", Queue, Metric::Abandoned, Count, Immediate),
        row("AbandonedRatio", Queue, Metric::AbandonRate, Ratio, Immediate),
        row("ServiceLevel", Queue, Metric::ServiceLevel, Percent, Immediate),
        row("AverageWaitingTime", Queue, Metric::AverageSpeedOfAnswer, Seconds, Immediate),
        row("AverageHandlingTime", Queue, Metric::AverageHandleTime, Seconds, Periodical),
        row("AverageWrapTime", Queue, Metric::AverageWrapUp, Seconds, Periodical),
    ]
};

#[rustfmt::skip]
const OF_AGENTS: [Row; 11] = {
    use Delivered::{Count, Percent, Seconds};
    use Of::Agent;
    use Pace::{Immediate, Periodical};
    [
        Row { measure: Measure::State, ..row("CurrentAgentState", Agent, Metric::Cases, Delivered::State, Immediate) },
        row("InboundCalls", Agent, Metric::Handled, Count, Immediate),
        row("MissedCalls", Agent, Metric::Missed, Count, Immediate),
        row("AverageHandlingTime", Agent, Metric::AverageHandleTime, Seconds, Periodical),
        row("LoginDuration", Agent, Metric::LoggedInTime, Seconds, Periodical),
        row("ReadyDuration", Agent, Metric::ReadyTime, Seconds, Periodical),
        row("NotReadyDuration", Agent, Metric::NotReadyTime, Seconds, Periodical),
        row("TalkDuration", Agent, Metric::TalkTime, Seconds, Periodical),
        row("HoldDuration", Agent, Metric::HoldTime, Seconds, Periodical),
        row("WrapDuration", Agent, Metric::WrapUpTime, Seconds, Periodical),
        row("Productivity", Agent, Metric::Occupancy, Percent, Periodical),
    ]
};

/// All that is kept, in the order in which it is asked for.
pub(super) fn all() -> impl Iterator<Item = Kept> {
    let queues = (0..QUEUES.len()).flat_map(|queue| {
        OF_QUEUES.iter().map(move |row| Kept {
            row,
            whose: Whose::Queue(queue),
        })
    });
    let agents = (0..AGENTS.len()).flat_map(|agent| {
        OF_AGENTS.iter().map(move |row| Kept {
            row,
            whose: Whose::Agent(agent),
        })
    });
    queues.chain(agents)
}

impl Kept {
    /// As a configuration would ask for it.
    pub(super) fn asked(self, source: &SourceId) -> Asked {
        let subject = match self.whose {
            Whose::Queue(no) => Subject::Queue(QueueId::new(source, QUEUES[no].object)),
            Whose::Agent(no) => Subject::Agent(AgentId::new(source, AGENTS[no].object)),
        };
        let statistic = Statistic {
            name: self.row.name.into(),
            object_type: self.object_type().into(),
            object: Arc::from(self.object()),
            subject,
            measure: self.row.measure,
            delivered: self.row.delivered,
            no_estimate_above: (self.row.measure == Measure::Figure(Metric::ExpectedWait))
                .then_some(NO_ESTIMATE),
        };
        Asked {
            statistic,
            how: How::Name,
        }
    }

    /// Whether that is what a question names.
    pub(super) fn is_named(self, name: &str, object_type: &str, object: &str) -> bool {
        self.row.name == name
            && self.object_type().eq_ignore_ascii_case(object_type)
            && self.object() == object
    }

    fn object_type(self) -> &'static str {
        match self.row.of {
            Of::Queue => "Queue",
            Of::GroupAgents => "GroupAgents",
            Of::Agent => "Agent",
        }
    }

    fn object(self) -> &'static str {
        match (self.whose, self.row.of) {
            (Whose::Queue(no), Of::GroupAgents) => QUEUES[no].agents,
            (Whose::Queue(no), _) => QUEUES[no].object,
            (Whose::Agent(no), _) => AGENTS[no].object,
        }
    }

    /// Its value now.
    pub(super) fn standing(self, switch: &Switch) -> Standing {
        let number = match (self.whose, self.row.measure) {
            (Whose::Queue(queue), Measure::Figure(metric)) => of_queue(switch, queue, metric),
            (Whose::Agent(agent), Measure::Figure(metric)) => of_agent(switch, agent, metric),
            (Whose::Agent(agent), _) => {
                return Standing::State(agent, switch.floor.desks[agent].turn);
            }
            (Whose::Queue(_), _) => None,
        };
        number.map_or(Standing::None, |number| match self.row.delivered {
            Delivered::Ratio => Standing::Number(number / 100.0),
            _ => Standing::Number(number),
        })
    }

    /// Since when it grows, for what grows by time alone.
    pub(super) fn grows_since(self, switch: &Switch) -> Option<Timestamp> {
        match self.whose {
            Whose::Queue(queue) => switch.floor.oldest(queue),
            Whose::Agent(_) => None,
        }
    }
}

impl Standing {
    /// As the vendor writes it.
    pub(super) fn written(&self, switch: &Switch) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Number(number) => written(*number, switch.now),
            Self::State(agent, _) => state(switch, *agent),
        }
    }
}

fn of_queue(switch: &Switch, queue: QueueNo, metric: Metric) -> Option<f64> {
    let (floor, now) = (&switch.floor, switch.now);
    let day = &floor.days[queue];
    let agents = |is: fn(Doing) -> bool| Some(f64::from(floor.serving(queue, is)));
    let waiting = f64::from(super::count(floor.waiting[queue].len()));
    match metric {
        Metric::Waiting => Some(waiting),
        Metric::LongestWait => {
            let oldest = floor.oldest(queue);
            Some(oldest.map_or(0.0, |oldest| seconds(oldest, now).floor()))
        }
        Metric::ExpectedWait => Some(expected_wait(switch, queue, waiting)),
        Metric::InConversation => Some(f64::from(floor.talking(queue))),
        Metric::AgentsAvailable => agents(|doing| doing == Doing::Ready),
        Metric::AgentsLoggedIn => agents(|doing| doing != Doing::Out),
        Metric::AgentsNotReady => agents(Doing::is_paused),
        Metric::AgentsInConversation => agents(Doing::is_on_a_call),
        Metric::Offered => Some(day.offered.into()),
        Metric::Answered => Some(day.answered.into()),
        Metric::Abandoned => Some(day.abandoned.into()),
        Metric::AbandonRate => day.abandon_rate(),
        Metric::ServiceLevel => day.service_level(),
        Metric::AverageSpeedOfAnswer => mean(day.waited, day.answered),
        Metric::AverageHandleTime => mean(day.talked + day.wrapped_up, day.done),
        Metric::AverageWrapUp => mean(day.wrapped_up, day.done),
        _ => None,
    }
}

/// The usual call's length for each before the next caller, by as many as can answer.
fn expected_wait(switch: &Switch, queue: QueueNo, waiting: f64) -> f64 {
    let floor = &switch.floor;
    if floor.serving(queue, |doing| doing == Doing::Ready) > 0 {
        return 0.0;
    }
    let at_work = |doing: Doing| doing != Doing::Out && !doing.is_paused();
    match floor.serving(queue, at_work) {
        0 => NO_ESTIMATE,
        agents => {
            let usual = QUEUES[queue].talk + QUEUES[queue].wrap_up;
            ((waiting + 1.0) * usual / f64::from(agents)).round()
        }
    }
}

fn of_agent(switch: &Switch, agent: AgentNo, metric: Metric) -> Option<f64> {
    let desk = &switch.floor.desks[agent];
    let spent = switch.floor.spent(agent, switch.now);
    match metric {
        Metric::Handled => Some(desk.handled.into()),
        Metric::Missed => Some(desk.missed.into()),
        Metric::AverageHandleTime => mean(spent.busy(), desk.handled),
        Metric::LoggedInTime => Some(spent.logged_in().floor()),
        Metric::ReadyTime => Some(spent.ready.floor()),
        Metric::NotReadyTime => Some(spent.paused.floor()),
        Metric::TalkTime => Some(spent.talk.floor()),
        Metric::HoldTime => Some(spent.hold.floor()),
        Metric::WrapUpTime => Some(spent.wrap_up.floor()),
        Metric::Occupancy => {
            let at_work = spent.logged_in() - spent.paused;
            (0.0 < at_work).then(|| 100.0 * spent.busy() / at_work)
        }
        _ => None,
    }
}

/// A number: `stringValue` alone has decimals.
fn written(number: f64, now: Timestamp) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is counted here is small"
    )]
    let whole = number.round() as i64;
    let text = if number.fract() == 0.0 {
        whole.to_string()
    } else {
        format!("{number:.4}")
    };
    json!({
        "intervalLength": 0,
        "tag": -1,
        "stringValue": text,
        "timestamp": now.as_millisecond(),
        "intValue": whole,
    })
}

/// An agent with their place, its telephone, and what happens on it. Times in seconds.
fn state(switch: &Switch, agent: AgentNo) -> Value {
    let desk = &switch.floor.desks[agent];
    let employee = AGENTS[agent].object;
    let since = desk.since.as_second();
    let (status, line) = match desk.doing {
        Doing::Out => ("LoggedOut", None),
        Doing::Ready => ("WaitForNextCall", Some("WaitForNextCall")),
        Doing::Ringing(_) => ("CallRinging", Some("CallRinging")),
        Doing::Talking(_) => ("CallInbound", Some("CallInbound")),
        Doing::Holding(_) => ("CallOnHold", Some("CallOnHold")),
        Doing::WrapUp => ("AfterCallWork", Some("AfterCallWork")),
        Doing::Paused(_) => ("NotReadyForNextCall", Some("NotReadyForNextCall")),
    };
    let mut status = json!({ "AgentId": employee, "Status": status, "Time": since });
    if let Some(line) = line {
        status["LoginId"] = format!("L{employee}").into();
        status["Place"] = json!({
            "PlaceId": format!("Place_{employee}"),
            "PlaceStatus": line,
            "Time": since,
            "DnStatuses": [{
                "DnId": format!("7{employee}"),
                "SwitchId": "SIP_Switch",
                "GswDnTypes": "CFGExtension",
                "DnStatus": line,
                "Time": since,
                "Actions": actions(desk.doing, line, since),
            }],
        });
    }
    if let Doing::Paused(why) = desk.doing {
        status["Reasons"] = json!([{ "key": "ReasonCode", "value": PAUSES[why].code }]);
    }
    json!({ "tag": -1, "AgentStatus": status })
}

fn actions(doing: Doing, action: &str, since: i64) -> Value {
    match doing {
        Doing::Ringing(call) | Doing::Talking(call) | Doing::Holding(call) => json!([{
            "Action": action,
            "Time": since,
            "ConnectionId": format!("{call:016x}"),
        }]),
        _ => json!([{ "Action": action, "Time": since }]),
    }
}
