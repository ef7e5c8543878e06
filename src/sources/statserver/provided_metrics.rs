//! Queues and agents that statistics give figures of.

use std::{collections::HashMap, sync::Arc};

use crate::domain::{Metric, MetricSubject, ProvidedMetrics};

use super::{Measure, Statistic};

/// Whom these give figures of, each once, in the order of the configuration.
pub fn provided_metrics<'s>(
    statistics: impl Iterator<Item = &'s Statistic>,
) -> Vec<ProvidedMetrics> {
    let mut gives: Vec<ProvidedMetrics> = Vec::new();
    let mut places: HashMap<&MetricSubject, usize> = HashMap::new();
    for statistic in statistics {
        let place = *places.entry(&statistic.subject).or_insert(gives.len());
        if place == gives.len() {
            gives.push(ProvidedMetrics {
                subject: statistic.subject.clone(),
                metrics: Vec::new(),
                statistics: Vec::new(),
                includes_status: false,
            });
        }
        match statistic.measure {
            Measure::Figure(metric) => {
                gives[place].metrics.push(metric);
                let words = (metric, describe_statistic(statistic, metric));
                gives[place].statistics.push(words);
            }
            Measure::State => gives[place].includes_status = true,
            Measure::TimeInState => {}
        }
    }
    gives
}

/// `CurrNumberWaitingCalls of Queue 9002@SIP_Switch`
fn describe_statistic(statistic: &Statistic, metric: Metric) -> Arc<str> {
    let name = match &*statistic.name {
        // A definition is called what it gives.
        name if name == metric.name() => "Configured definition",
        name => name,
    };
    format!("{name} of {} {}", statistic.object_type, statistic.object).into()
}
