//! The settings of the demo's phone source: which metric each simulated statistic provides, and
//! in which unit it is delivered.

use std::{collections::HashMap, sync::Arc};

use wallboard_simulator::{
    phone::{SimStatistic, all_statistics},
    roster::PAUSES,
};

use wallboard_domain::{AgentId, Metric, MetricSubject, QueueId, SourceId};
use wallboard_sources::{
    RedactedText,
    genesys::{
        GenesysMode, GenesysSettings, GenesysStatistic, NotificationTransport, OAuthGrant,
        OAuthSettings, StatisticReference,
    },
    statserver::{DeliveredUnit, Measure, NO_ESTIMATE, Statistic},
};

/// Returns the settings, with all statistics.
pub(super) fn voice_settings(id: &SourceId) -> GenesysSettings {
    let reasons = PAUSES.iter();
    let reasons = reasons.map(|pause| (pause.code.to_owned(), pause.description.to_owned()));
    GenesysSettings {
        id: id.clone(),
        base_url: String::new(),
        api_key: RedactedText::default(),
        ca_file: None,
        mode: GenesysMode::Subscribe,
        transport: NotificationTransport::Auto,
        chunk: 100,
        states: HashMap::new(),
        reasons: reasons.collect(),
        auth: OAuthSettings {
            token_url: String::new(),
            grant: OAuthGrant::ClientCredentials,
            client_id: String::new(),
            client_secret: RedactedText::default(),
        },
        statistics: all_statistics()
            .filter_map(|simulated| configured_statistic(id, simulated))
            .collect(),
    }
}

fn configured_statistic(source: &SourceId, simulated: SimStatistic) -> Option<GenesysStatistic> {
    let (measure, delivered) = measure_of(simulated.name())?;
    let object = simulated.object_id();
    let subject = match simulated.queue_id() {
        Some(queue) => MetricSubject::Queue(QueueId::new(source, queue)),
        None => MetricSubject::Agent(AgentId::new(source, object)),
    };
    let is_estimate = measure == Measure::Figure(Metric::ExpectedWait);
    Some(GenesysStatistic {
        statistic: Statistic {
            name: simulated.name().into(),
            object_type: simulated.object_type().into(),
            object: Arc::from(object),
            subject,
            measure,
            delivered,
            no_estimate_above: is_estimate.then_some(NO_ESTIMATE),
        },
        reference: StatisticReference::Name,
    })
}

fn measure_of(statistic: &str) -> Option<(Measure, DeliveredUnit)> {
    use DeliveredUnit::{Count, Percent, Ratio, Seconds, State};

    let (metric, delivered) = match statistic {
        "CurrentAgentState" => return Some((Measure::State, State)),
        "CurrNumberWaitingCalls" => (Metric::Waiting, Count),
        "CurrMaxCallWaitingTime" => (Metric::LongestWait, Seconds),
        "ExpectedWaitTime" => (Metric::ExpectedWait, Seconds),
        "CurrNumberCallsInProgress" => (Metric::InConversation, Count),
        "CurrentReadyAgents" => (Metric::AgentsAvailable, Count),
        "CurrentLoggedInAgents" => (Metric::AgentsLoggedIn, Count),
        "CurrentNotReadyAgents" => (Metric::AgentsNotReady, Count),
        "CurrentNumberInCall" => (Metric::AgentsInConversation, Count),
        "CallsEntered" => (Metric::Offered, Count),
        "TotalAnswered" => (Metric::Answered, Count),
        "TotalAbandoned" => (Metric::Abandoned, Count),
        "AbandonedRatio" => (Metric::AbandonRate, Ratio),
        "ServiceLevel" => (Metric::ServiceLevel, Percent),
        "AverageWaitingTime" => (Metric::AverageSpeedOfAnswer, Seconds),
        "AverageHandlingTime" => (Metric::AverageHandleTime, Seconds),
        "AverageWrapTime" => (Metric::AverageWrapUp, Seconds),
        "InboundCalls" => (Metric::Handled, Count),
        "MissedCalls" => (Metric::Missed, Count),
        "LoginDuration" => (Metric::LoggedInTime, Seconds),
        "ReadyDuration" => (Metric::ReadyTime, Seconds),
        "NotReadyDuration" => (Metric::NotReadyTime, Seconds),
        "TalkDuration" => (Metric::TalkTime, Seconds),
        "HoldDuration" => (Metric::HoldTime, Seconds),
        "WrapDuration" => (Metric::WrapUpTime, Seconds),
        "Productivity" => (Metric::Occupancy, Percent),
        _ => return None,
    };
    Some((Measure::Figure(metric), delivered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_simulated_statistic_provides_a_metric() {
        let settings = voice_settings(&"voice".into());

        assert_eq!(settings.statistics.len(), all_statistics().count());
    }
}
