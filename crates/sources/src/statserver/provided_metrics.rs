//! Queues and agents, and the metrics that statistics provide for them.

use std::{collections::HashMap, sync::Arc};

use wallboard_domain::{Metric, MetricSubject, ProvidedMetrics};

use super::{Measure, Statistic};

/// Lists each queue or agent once, with its metrics, in the order of the configuration.
pub fn provided_metrics<'s>(
    statistics: impl Iterator<Item = &'s Statistic>,
) -> Vec<ProvidedMetrics> {
    let mut provided: Vec<ProvidedMetrics> = Vec::new();
    let mut indices: HashMap<&MetricSubject, usize> = HashMap::new();
    for statistic in statistics {
        let index = *indices.entry(&statistic.subject).or_insert(provided.len());
        if index == provided.len() {
            provided.push(ProvidedMetrics {
                subject: statistic.subject.clone(),
                metrics: Vec::new(),
                statistics: Vec::new(),
                includes_status: false,
            });
        }
        match statistic.measure {
            Measure::Figure(metric) => {
                provided[index].metrics.push(metric);
                let description = (metric, describe_statistic(statistic, metric));
                provided[index].statistics.push(description);
            }
            Measure::State => provided[index].includes_status = true,
            Measure::TimeInState => {}
        }
    }
    provided
}

/// `CurrNumberWaitingCalls of Queue 9002@SIP_Switch`
fn describe_statistic(statistic: &Statistic, metric: Metric) -> Arc<str> {
    let name = match &*statistic.name {
        // A definition is named after the metric it provides.
        name if name == metric.name() => "Configured definition",
        name => name,
    };
    format!("{name} of {} {}", statistic.object_type, statistic.object).into()
}
