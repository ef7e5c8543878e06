//! Known names of statistics, in the spellings seen at contact centers. Used to discover
//! the statistics of a site that doesn't know its own.

use std::{collections::HashSet, sync::Arc};

use wallboard_domain::{Metric, Unit};

use super::{DeliveredUnit, Measure, ObjectClass, Statistic};

type NameList = &'static [&'static str];

/// The vendor's names of a metric, by object class.
struct KnownNames {
    queue: NameList,
    group: NameList,
    agent: NameList,
}

const NONE: KnownNames = KnownNames {
    queue: &[],
    group: &[],
    agent: &[],
};

const fn queue_names(queue: NameList) -> KnownNames {
    KnownNames { queue, ..NONE }
}

const fn agent_names(agent: NameList) -> KnownNames {
    KnownNames { agent, ..NONE }
}

impl KnownNames {
    const fn with_group(self, group: NameList) -> Self {
        Self { group, ..self }
    }

    const fn with_agent(self, agent: NameList) -> Self {
        Self { agent, ..self }
    }

    fn names_for(&self, class: ObjectClass) -> NameList {
        match class {
            ObjectClass::Queue => self.queue,
            ObjectClass::Group => self.group,
            ObjectClass::Agent => self.agent,
            ObjectClass::Other => &[],
        }
    }
}

const HANDLE_TIME: NameList = &["AverageHandlingTime", "AverHandleTime"];
const TRANSFERRED: NameList = &["InteractionTransferred", "InteractionTransfered"];

#[rustfmt::skip]
fn known_names(metric: Metric) -> KnownNames {
    match metric {
        Metric::Waiting => queue_names(&["CurrNumberWaitingCalls", "CurrentNumberWaitingCalls", "CurrentInQueue", "Current_In_Queue"]).with_group(&["CurrentInQueueAG"]),
        Metric::LongestWait => queue_names(&["CurrMaxCallWaitingTime"]).with_group(&["CurrMaxCallWaitingTimeAG"]),
        Metric::ExpectedWait => queue_names(&["ExpectedWaitTime", "EstimatedWaitTime"]),
        Metric::AgentsAvailable => queue_names(&["CurrentReadyAgents"]).with_group(&["CurrentReadyAgents"]),
        Metric::AgentsLoggedIn => queue_names(&["CurrentLoggedInAgents"]).with_group(&["CurrentLoggedInAgents"]),
        Metric::AgentsNotReady => queue_names(&["CurrentNotReadyAgents"]).with_group(&["CurrentNotReadyAgents"]),
        Metric::AgentsInConversation => NONE.with_group(&["CurrentNumberInCall"]),
        Metric::Offered => queue_names(&["CallsEntered", "TotalNumberInQueue", "Total_Calls_Entered"]),
        Metric::Answered => queue_names(&["TotalAnswered", "Total_Answered", "TotalNumberAnswered"]).with_group(&["TotalAnsweredAG"]),
        Metric::Abandoned => queue_names(&["TotalAbandoned", "Total_Abandoned"]).with_group(&["TotalAbandonedAG"]),
        Metric::ServiceLevel => queue_names(&["ServiceLevel", "ServiceFactor", "ServiceFactor1"]),
        Metric::AverageSpeedOfAnswer => queue_names(&["AverageWaitingTime"]).with_group(&["AverageWaitingTimeAG"]),
        Metric::AverageHandleTime => queue_names(HANDLE_TIME).with_group(HANDLE_TIME).with_agent(HANDLE_TIME),
        Metric::Transferred => NONE.with_group(TRANSFERRED).with_agent(TRANSFERRED),
        Metric::Missed => agent_names(&["MissedCalls", "RefusedCalls"]),
        Metric::LoggedInTime => agent_names(&["LoginDuration", "TotalLoginTime"]),
        Metric::ReadyTime => agent_names(&["ReadyDuration"]),
        Metric::NotReadyTime => agent_names(&["NotReadyDuration"]),
        Metric::TalkTime => agent_names(&["TalkDuration"]),
        Metric::HoldTime => agent_names(&["HoldDuration"]),
        Metric::WrapUpTime => agent_names(&["WrapDuration"]),
        Metric::InConversation | Metric::AverageWait | Metric::ShortAbandoned | Metric::FlowOuts
        | Metric::AbandonRate | Metric::AverageTalkTime | Metric::AverageWrapUp
        | Metric::FirstResponseTime | Metric::OutcomePositive | Metric::OutcomeNegative
        | Metric::OutcomeNeutral | Metric::OutcomeUnresolved | Metric::Occupancy | Metric::Cases
        | Metric::Handled => NONE,
    }
}

/// The measures of an object class, with their known names.
fn known_measures(class: ObjectClass) -> impl Iterator<Item = (Measure, NameList)> {
    let states: &[(Measure, NameList)] = match class {
        ObjectClass::Agent => &[
            (Measure::State, &["CurrentAgentState", "CurrentTargetState"]),
            (Measure::TimeInState, &["TimeInCurrentState"]),
        ],
        ObjectClass::Queue | ObjectClass::Group | ObjectClass::Other => &[],
    };
    let figures = Metric::all().map(move |metric| {
        (
            Measure::Figure(metric),
            known_names(metric).names_for(class),
        )
    });
    states.iter().copied().chain(figures)
}

/// Returns what a vendor's name measures, if the name is known.
pub(super) fn find_measure(name: &str) -> Option<Measure> {
    [ObjectClass::Queue, ObjectClass::Group, ObjectClass::Agent]
        .into_iter()
        .flat_map(known_measures)
        .find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|(measure, _)| measure)
}

/// All known statistics for the objects of `configured`, each object once.
pub(super) fn known_statistics<'s>(
    configured: impl Iterator<Item = &'s Statistic>,
) -> Vec<Statistic> {
    let mut seen = HashSet::new();
    let mut known = Vec::new();
    for statistic in configured {
        let object_type = statistic.object_type.to_lowercase();
        let class = ObjectClass::from_type(&object_type);
        if !seen.insert((object_type, Arc::clone(&statistic.object))) {
            continue;
        }
        for (measure, names) in known_measures(class) {
            let with_name = |name: &&str| Statistic {
                name: Arc::from(*name),
                measure,
                delivered: default_unit(measure),
                no_estimate_above: None,
                ..statistic.clone()
            };
            known.extend(names.iter().map(with_name));
        }
    }
    known
}

/// The unit in which Stat Server delivers a measure.
fn default_unit(measure: Measure) -> DeliveredUnit {
    match measure {
        Measure::State => DeliveredUnit::State,
        Measure::TimeInState => DeliveredUnit::Seconds,
        Measure::Figure(metric) => match metric.unit() {
            Unit::Count => DeliveredUnit::Count,
            Unit::Seconds => DeliveredUnit::Seconds,
            Unit::Percent => DeliveredUnit::Percent,
        },
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::MetricOwner;

    use super::{super::tests::test_statistic, *};

    fn statistic_for(object_type: &str, object: &str) -> Statistic {
        Statistic {
            object_type: object_type.into(),
            object: object.into(),
            ..test_statistic(Measure::State, DeliveredUnit::State)
        }
    }

    #[test]
    fn each_object_gets_the_known_statistics_of_its_type_once() {
        let configured = [
            statistic_for("QUEUE", "1@S"),
            statistic_for("Queue", "1@S"),
            statistic_for("Agent", "akl"),
            statistic_for("Tenant", "T"),
        ];

        let known = known_statistics(configured.iter());

        let count = |object: &str, name: &str| {
            known
                .iter()
                .filter(|s| &*s.object == object && &*s.name == name)
                .count()
        };
        assert_eq!(count("1@S", "Current_In_Queue"), 1);
        assert_eq!(count("1@S", "CurrentAgentState"), 0);
        assert_eq!(count("akl", "CurrentAgentState"), 1);
        assert!(known.iter().all(|s| &*s.object != "T"));
        assert!(known.iter().all(|s| &*s.object_type != "Queue"));
    }

    #[test]
    fn known_names_match_the_owner_of_each_metric() {
        for metric in Metric::all() {
            let names = known_names(metric);
            let has_none_of_queues = names.queue.is_empty() && names.group.is_empty();
            assert!(
                has_none_of_queues || metric.owner() != MetricOwner::Agent,
                "{metric:?}"
            );
            let has_none_of_agents = names.agent.is_empty();
            assert!(
                has_none_of_agents || metric.owner() != MetricOwner::Queue,
                "{metric:?}"
            );
        }
    }
}
