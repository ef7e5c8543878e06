//! Names of statistics that contact centres are known to have, in the spellings that
//! were seen: for finding those of one that does not know its own.

use std::{collections::HashSet, sync::Arc};

use crate::domain::{Metric, Unit};

use super::{Delivered, Measure, Statistic};

/// What types of objects have in common.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// `Queue`, `RoutePoint`, `GroupQueues`.
    Queue,
    /// `Agent`, `AgentPlace`.
    Agent,
    /// `GroupAgents`, `GroupPlaces`.
    Group,
}

type Names = &'static [&'static str];

/// What a metric is called there, by the type of object that it is of.
struct KnownNames {
    queue: Names,
    group: Names,
    agent: Names,
}

const NONE: KnownNames = KnownNames {
    queue: &[],
    group: &[],
    agent: &[],
};

const fn queue(queue: Names) -> KnownNames {
    KnownNames { queue, ..NONE }
}

const fn agent(agent: Names) -> KnownNames {
    KnownNames { agent, ..NONE }
}

impl KnownNames {
    const fn group(self, group: Names) -> Self {
        Self { group, ..self }
    }

    const fn agent(self, agent: Names) -> Self {
        Self { agent, ..self }
    }

    fn of(&self, class: Class) -> Names {
        match class {
            Class::Queue => self.queue,
            Class::Group => self.group,
            Class::Agent => self.agent,
        }
    }
}

const HANDLE_TIME: Names = &["AverageHandlingTime", "AverHandleTime"];
const TRANSFERRED: Names = &["InteractionTransferred", "InteractionTransfered"];

#[rustfmt::skip]
fn known_names(metric: Metric) -> KnownNames {
    match metric {
        Metric::Waiting => queue(&["CurrNumberWaitingCalls", "CurrentNumberWaitingCalls", "CurrentInQueue", "Current_In_Queue"]).group(&["CurrentInQueueAG"]),
        Metric::LongestWait => queue(&["CurrMaxCallWaitingTime"]).group(&["CurrMaxCallWaitingTimeAG"]),
        Metric::ExpectedWait => queue(&["ExpectedWaitTime", "EstimatedWaitTime"]),
        Metric::AgentsAvailable => queue(&["CurrentReadyAgents"]).group(&["CurrentReadyAgents"]),
        Metric::AgentsLoggedIn => queue(&["CurrentLoggedInAgents"]).group(&["CurrentLoggedInAgents"]),
        Metric::AgentsNotReady => queue(&["CurrentNotReadyAgents"]).group(&["CurrentNotReadyAgents"]),
        Metric::AgentsInConversation => NONE.group(&["CurrentNumberInCall"]),
        Metric::Offered => queue(&["CallsEntered", "TotalNumberInQueue", "Total_Calls_Entered"]),
        Metric::Answered => queue(&["TotalAnswered", "Total_Answered", "TotalNumberAnswered"]).group(&["TotalAnsweredAG"]),
        Metric::Abandoned => queue(&["TotalAbandoned", "Total_Abandoned"]).group(&["TotalAbandonedAG"]),
        Metric::ServiceLevel => queue(&["ServiceLevel", "ServiceFactor", "ServiceFactor1"]),
        Metric::AverageSpeedOfAnswer => queue(&["AverageWaitingTime"]).group(&["AverageWaitingTimeAG"]),
        Metric::AverageHandleTime => queue(HANDLE_TIME).group(HANDLE_TIME).agent(HANDLE_TIME),
        Metric::Transferred => NONE.group(TRANSFERRED).agent(TRANSFERRED),
        Metric::Missed => agent(&["MissedCalls", "RefusedCalls"]),
        Metric::LoggedInTime => agent(&["LoginDuration", "TotalLoginTime"]),
        Metric::ReadyTime => agent(&["ReadyDuration"]),
        Metric::NotReadyTime => agent(&["NotReadyDuration"]),
        Metric::TalkTime => agent(&["TalkDuration"]),
        Metric::HoldTime => agent(&["HoldDuration"]),
        Metric::WrapUpTime => agent(&["WrapDuration"]),
        Metric::InConversation | Metric::AverageWait | Metric::ShortAbandoned | Metric::FlowOuts
        | Metric::AbandonRate | Metric::AverageTalkTime | Metric::AverageWrapUp
        | Metric::FirstResponseTime | Metric::OutcomePositive | Metric::OutcomeNegative
        | Metric::OutcomeNeutral | Metric::OutcomeUnresolved | Metric::Occupancy | Metric::Cases
        | Metric::Handled => NONE,
    }
}

/// What can be measured of a class of objects, and under which names.
fn measures(class: Class) -> impl Iterator<Item = (Measure, Names)> {
    let states: &[(Measure, Names)] = match class {
        Class::Agent => &[
            (Measure::State, &["CurrentAgentState", "CurrentTargetState"]),
            (Measure::TimeInState, &["TimeInCurrentState"]),
        ],
        Class::Queue | Class::Group => &[],
    };
    let figures =
        Metric::all().map(move |metric| (Measure::Figure(metric), known_names(metric).of(class)));
    states.iter().copied().chain(figures)
}

/// All that is known of the objects that are `given`, each once: to be tried.
pub fn known<'s>(given: impl Iterator<Item = &'s Statistic>) -> Vec<Statistic> {
    let mut seen = HashSet::new();
    let mut known = Vec::new();
    for given in given {
        let object = (given.object_type.to_lowercase(), Arc::clone(&given.object));
        let Some(class) = class(&object.0).filter(|_| seen.insert(object.clone())) else {
            continue;
        };
        for (measure, names) in measures(class) {
            let statistic = |name: &&str| Statistic {
                name: Arc::from(*name),
                measure,
                delivered: usual(measure),
                no_estimate_above: None,
                ..given.clone()
            };
            known.extend(names.iter().map(statistic));
        }
    }
    known
}

/// By the type's name in small letters.
fn class(object_type: &str) -> Option<Class> {
    match object_type {
        "queue" | "routepoint" | "groupqueues" => Some(Class::Queue),
        "agent" | "agentplace" => Some(Class::Agent),
        "groupagents" | "groupplaces" => Some(Class::Group),
        _ => None,
    }
}

/// In what Stat Server gives it.
fn usual(measure: Measure) -> Delivered {
    match measure {
        Measure::State => Delivered::State,
        Measure::TimeInState => Delivered::Seconds,
        Measure::Figure(metric) => match metric.unit() {
            Unit::Count => Delivered::Count,
            Unit::Seconds => Delivered::Seconds,
            Unit::Percent => Delivered::Percent,
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::Whose;

    use super::{super::tests::statistic, *};

    fn of(object_type: &str, object: &str) -> Statistic {
        Statistic {
            object_type: object_type.into(),
            object: object.into(),
            ..statistic(Measure::State, Delivered::State)
        }
    }

    #[test]
    fn each_object_is_asked_once_for_what_is_known_of_its_type() {
        let given = [
            of("QUEUE", "1@S"),
            of("Queue", "1@S"),
            of("Agent", "akl"),
            of("Tenant", "T"),
        ];

        let known = known(given.iter());

        let asked = |object: &str, name: &str| {
            known
                .iter()
                .filter(|s| &*s.object == object && &*s.name == name)
                .count()
        };
        assert_eq!(asked("1@S", "Current_In_Queue"), 1);
        assert_eq!(asked("1@S", "CurrentAgentState"), 0);
        assert_eq!(asked("akl", "CurrentAgentState"), 1);
        assert!(known.iter().all(|s| &*s.object != "T"));
        assert!(known.iter().all(|s| &*s.object_type != "Queue"));
    }

    #[test]
    fn a_figure_is_of_those_who_have_it() {
        for metric in Metric::all() {
            let names = known_names(metric);
            let has_none_of_queues = names.queue.is_empty() && names.group.is_empty();
            assert!(
                has_none_of_queues || metric.whose() != Whose::Agent,
                "{metric:?}"
            );
            let has_none_of_agents = names.agent.is_empty();
            assert!(
                has_none_of_agents || metric.whose() != Whose::Queue,
                "{metric:?}"
            );
        }
    }
}
