//! What is said of groups: their loads and timers.

use serde::de::MapAccess;

use crate::domain::{Fact, Id, Metric, Readings, SourceId, Subject, Value};

use super::super::fields::Fields;
use super::{Body, Text, id};

#[derive(Default)]
pub(in super::super) struct GroupLoad<'a> {
    group: Text<'a>,
    available: Option<u64>,
    waiting: Option<u64>,
    talking: Option<u64>,
}

impl<'de> Body<'de> for GroupLoad<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "groupId" => self.group = fields.id()?,
            "numberOfAvailableAgents" => self.available = fields.count()?,
            "numberOfVisitorsInQueue" => self.waiting = fields.count()?,
            "numberOfVisitorsInConversation" => self.talking = fields.count()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let group = id(source, self.group)?;
        let said = [
            (Metric::AgentsAvailable, self.available),
            (Metric::Waiting, self.waiting),
            (Metric::InConversation, self.talking),
        ];
        Some(readings(group, said, Value::Count))
    }
}

#[derive(Default)]
pub(in super::super) struct GroupTimers<'a> {
    group: Text<'a>,
    average: Option<f64>,
    longest: Option<f64>,
}

impl<'de> Body<'de> for GroupTimers<'de> {
    fn take<A: MapAccess<'de>>(
        &mut self,
        key: &str,
        fields: &mut Fields<A>,
    ) -> Result<bool, A::Error> {
        match key {
            "groupId" => self.group = fields.id()?,
            "averageWaitingTime" => self.average = fields.seconds()?,
            "longestWaitingTime" => self.longest = fields.seconds()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn fact(self, source: &SourceId) -> Option<Fact> {
        let group = id(source, self.group)?;
        let said = [
            (Metric::AverageWait, self.average),
            (Metric::LongestWait, self.longest),
        ];
        Some(readings(group, said, Value::Seconds))
    }
}

/// Only what was said: what was not is unchanged.
fn readings<T, const N: usize>(
    group: Id,
    said: [(Metric, Option<T>); N],
    value: impl Fn(T) -> Value,
) -> Fact {
    let mut known = Readings::new();
    for (metric, said) in said {
        if let Some(said) = said {
            known.push((metric, Some(value(said))));
        }
    }
    Fact::Readings(Subject::Queue(group), known)
}
