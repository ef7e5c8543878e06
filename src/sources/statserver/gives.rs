//! Queues and agents that statistics give figures of.

use std::{collections::HashMap, sync::Arc};

use crate::domain::{Given, Metric, Subject};

use super::{Measure, Statistic};

/// Whom these give figures of, each once, in the order of the configuration.
pub fn gives<'s>(statistics: impl Iterator<Item = &'s Statistic>) -> Vec<Given> {
    let mut gives: Vec<Given> = Vec::new();
    let mut places: HashMap<&Subject, usize> = HashMap::new();
    for statistic in statistics {
        let place = *places.entry(&statistic.subject).or_insert(gives.len());
        if place == gives.len() {
            gives.push(Given {
                subject: statistic.subject.clone(),
                metrics: Vec::new(),
                statistics: Vec::new(),
                stance: false,
            });
        }
        match statistic.measure {
            Measure::Figure(metric) => {
                gives[place].metrics.push(metric);
                let words = (metric, called(statistic, metric));
                gives[place].statistics.push(words);
            }
            Measure::State => gives[place].stance = true,
            Measure::TimeInState => {}
        }
    }
    gives
}

/// `CurrNumberWaitingCalls of Queue 9002@SIP_Switch`
fn called(statistic: &Statistic, metric: Metric) -> Arc<str> {
    let name = match &*statistic.name {
        // A definition is called what it gives.
        name if name == metric.name() => "Configured definition",
        name => name,
    };
    format!("{name} of {} {}", statistic.object_type, statistic.object).into()
}
