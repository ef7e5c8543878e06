//! Messages about groups: load and timers.

use wallboard_domain::{Fact, Id, Metric, MetricSubject, MetricValue, ReportedValues, SourceId};

use super::{BorrowedId, MessageBody, make_id};

#[derive(Default)]
pub(in super::super) struct GroupLoad<'a> {
    group: BorrowedId<'a>,
    available: Option<u64>,
    waiting: Option<u64>,
    talking: Option<u64>,
}

impl<'de> MessageBody<'de> for GroupLoad<'de> {
    read_fields!(self, fields, {
        "groupId" => self.group = fields.read_id()?,
        "numberOfAvailableAgents" => self.available = fields.read_count()?,
        "numberOfVisitorsInQueue" => self.waiting = fields.read_count()?,
        "numberOfVisitorsInConversation" => self.talking = fields.read_count()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let group = make_id(source, self.group)?;
        let readings = [
            (Metric::AgentsAvailable, self.available),
            (Metric::Waiting, self.waiting),
            (Metric::InConversation, self.talking),
        ];
        Some(known_readings(group, readings, MetricValue::Count))
    }
}

#[derive(Default)]
pub(in super::super) struct GroupTimers<'a> {
    group: BorrowedId<'a>,
    average: Option<f64>,
    longest: Option<f64>,
}

impl<'de> MessageBody<'de> for GroupTimers<'de> {
    read_fields!(self, fields, {
        "groupId" => self.group = fields.read_id()?,
        "averageWaitingTime" => self.average = fields.read_seconds()?,
        "longestWaitingTime" => self.longest = fields.read_seconds()?,
    });

    fn into_fact(self, source: &SourceId) -> Option<Fact> {
        let group = make_id(source, self.group)?;
        let readings = [
            (Metric::AverageWait, self.average),
            (Metric::LongestWait, self.longest),
        ];
        Some(known_readings(group, readings, MetricValue::Seconds))
    }
}

/// Includes only reported values; the others are unchanged.
fn known_readings<T, const N: usize>(
    group: Id,
    readings: [(Metric, Option<T>); N],
    value: impl Fn(T) -> MetricValue,
) -> Fact {
    let mut known = ReportedValues::new();
    for (metric, reading) in readings {
        if let Some(reading) = reading {
            known.push((metric, Some(value(reading))));
        }
    }
    Fact::EventReadings(MetricSubject::Queue(group), known)
}
