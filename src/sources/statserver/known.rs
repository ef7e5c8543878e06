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

/// A figure of ours and what it is called there.
struct Row {
    measure: Measure,
    class: Class,
    names: &'static [&'static str],
}

const fn figure(metric: Metric, class: Class, names: &'static [&'static str]) -> Row {
    Row {
        measure: Measure::Figure(metric),
        class,
        names,
    }
}

#[rustfmt::skip]
const TABLE: [Row; 34] = [
    figure(Metric::Waiting, Class::Queue, &["CurrNumberWaitingCalls", "CurrentNumberWaitingCalls", "CurrentInQueue", "Current_In_Queue"]),
    figure(Metric::LongestWait, Class::Queue, &["CurrMaxCallWaitingTime"]),
    figure(Metric::ExpectedWait, Class::Queue, &["ExpectedWaitTime", "EstimatedWaitTime"]),
    figure(Metric::Offered, Class::Queue, &["CallsEntered", "TotalNumberInQueue", "Total_Calls_Entered"]),
    figure(Metric::Answered, Class::Queue, &["TotalAnswered", "Total_Answered", "TotalNumberAnswered"]),
    figure(Metric::Abandoned, Class::Queue, &["TotalAbandoned", "Total_Abandoned"]),
    figure(Metric::ServiceLevel, Class::Queue, &["ServiceLevel", "ServiceFactor", "ServiceFactor1"]),
    figure(Metric::AverageSpeedOfAnswer, Class::Queue, &["AverageWaitingTime"]),
    figure(Metric::AverageHandleTime, Class::Queue, &["AverageHandlingTime", "AverHandleTime"]),
    figure(Metric::AgentsAvailable, Class::Queue, &["CurrentReadyAgents"]),
    figure(Metric::AgentsNotReady, Class::Queue, &["CurrentNotReadyAgents"]),
    figure(Metric::AgentsLoggedIn, Class::Queue, &["CurrentLoggedInAgents"]),
    figure(Metric::Waiting, Class::Group, &["CurrentInQueueAG"]),
    figure(Metric::LongestWait, Class::Group, &["CurrMaxCallWaitingTimeAG"]),
    figure(Metric::Answered, Class::Group, &["TotalAnsweredAG"]),
    figure(Metric::Abandoned, Class::Group, &["TotalAbandonedAG"]),
    figure(Metric::AverageSpeedOfAnswer, Class::Group, &["AverageWaitingTimeAG"]),
    figure(Metric::AverageHandleTime, Class::Group, &["AverageHandlingTime", "AverHandleTime"]),
    figure(Metric::AgentsAvailable, Class::Group, &["CurrentReadyAgents"]),
    figure(Metric::AgentsNotReady, Class::Group, &["CurrentNotReadyAgents"]),
    figure(Metric::AgentsLoggedIn, Class::Group, &["CurrentLoggedInAgents"]),
    figure(Metric::AgentsInConversation, Class::Group, &["CurrentNumberInCall"]),
    figure(Metric::Transferred, Class::Group, &["InteractionTransferred", "InteractionTransfered"]),
    Row { measure: Measure::State, class: Class::Agent, names: &["CurrentAgentState", "CurrentTargetState"] },
    Row { measure: Measure::TimeInState, class: Class::Agent, names: &["TimeInCurrentState"] },
    figure(Metric::AverageHandleTime, Class::Agent, &["AverageHandlingTime", "AverHandleTime"]),
    figure(Metric::Missed, Class::Agent, &["MissedCalls", "RefusedCalls"]),
    figure(Metric::Transferred, Class::Agent, &["InteractionTransferred", "InteractionTransfered"]),
    figure(Metric::LoggedInTime, Class::Agent, &["LoginDuration", "TotalLoginTime"]),
    figure(Metric::ReadyTime, Class::Agent, &["ReadyDuration"]),
    figure(Metric::NotReadyTime, Class::Agent, &["NotReadyDuration"]),
    figure(Metric::TalkTime, Class::Agent, &["TalkDuration"]),
    figure(Metric::HoldTime, Class::Agent, &["HoldDuration"]),
    figure(Metric::WrapUpTime, Class::Agent, &["WrapDuration"]),
];

/// All that is known of the objects that are `given`, each once: to be tried.
pub fn known<'s>(given: impl Iterator<Item = &'s Statistic>) -> Vec<Statistic> {
    let mut seen = HashSet::new();
    let mut known = Vec::new();
    for given in given {
        let object = (given.object_type.to_lowercase(), Arc::clone(&given.object));
        let Some(class) = class(&object.0).filter(|_| seen.insert(object.clone())) else {
            continue;
        };
        for row in TABLE.iter().filter(|row| row.class == class) {
            let statistic = |name: &&str| Statistic {
                name: Arc::from(*name),
                measure: row.measure,
                delivered: usual(row.measure),
                no_estimate_above: None,
                ..given.clone()
            };
            known.extend(row.names.iter().map(statistic));
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
        for row in &TABLE {
            let Measure::Figure(metric) = row.measure else {
                assert!(row.class == Class::Agent);
                continue;
            };
            let other = match row.class {
                Class::Agent => Whose::Queue,
                Class::Queue | Class::Group => Whose::Agent,
            };
            assert!(metric.whose() != other, "{}", metric.name());
        }
    }
}
