//! What needed somebody: times when a queue was critical or a source was lost. For the marks along a
//! rewound day, and the summary of a shift.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Metric, MetricValue, QueueId, SourceId};

use super::{
    live_state::LiveState,
    snapshot::{ConnectionState, Snapshot},
};

/// The oldest are dropped first.
const ENDED_MAX: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncidentSubject {
    /// A queue was critical.
    Queue(QueueId),
    /// A source wasn't connected.
    Source(SourceId),
}

/// A time when something was critical or lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub subject: IncidentSubject,
    pub from: Timestamp,
    /// `None` while it goes on.
    pub to: Option<Timestamp>,
    /// The metrics of a queue that were critical, with their worst values.
    pub causes: Vec<IncidentCause>,
}

/// A metric past its critical limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentCause {
    pub metric: Metric,
    /// The limit is a minimum.
    pub(super) is_low: bool,
    pub worst: MetricValue,
}

/// All incidents: those that go on, and the latest that ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incidents {
    open: Vec<Incident>,
    ended: VecDeque<Incident>,
}

impl Incidents {
    /// Returns all that overlap a time, the earliest first.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Vec<&Incident> {
        let all = self.ended.iter().chain(&self.open);
        let mut found: Vec<_> = all
            .filter(|one| one.from < to && one.to.is_none_or(|end| from < end))
            .collect();
        found.sort_by_key(|one| one.from);
        found
    }

    /// Returns those of sources, and of these queues.
    pub(super) fn of_queues(&self, is_included: impl Fn(&QueueId) -> bool) -> Self {
        let is_kept = |one: &&Incident| match &one.subject {
            IncidentSubject::Queue(id) => is_included(id),
            IncidentSubject::Source(_) => true,
        };
        Self {
            open: self.open.iter().filter(is_kept).cloned().collect(),
            ended: self.ended.iter().filter(is_kept).cloned().collect(),
        }
    }

    /// Returns all with only some causes. Those of queues that have no other cause are left out.
    pub(super) fn of_causes(&self, is_included: impl Fn(&QueueId, Metric) -> bool) -> Self {
        let of_causes = |one: &Incident| match &one.subject {
            IncidentSubject::Source(_) => Some(one.clone()),
            IncidentSubject::Queue(id) => {
                let mut shown = one.clone();
                shown.causes.retain(|cause| is_included(id, cause.metric));
                (!shown.causes.is_empty() || one.causes.is_empty()).then_some(shown)
            }
        };
        Self {
            open: self.open.iter().filter_map(of_causes).collect(),
            ended: self.ended.iter().filter_map(of_causes).collect(),
        }
    }

    /// Records what is critical about a subject now; `None` if it is fine.
    fn record(
        &mut self,
        subject: &IncidentSubject,
        causes: Option<Vec<IncidentCause>>,
        now: Timestamp,
    ) {
        let index = self.open.iter().position(|one| one.subject == *subject);
        match (index, causes) {
            (Some(index), Some(causes)) => {
                if let Some(open) = self.open.get_mut(index) {
                    open.worsen(causes);
                }
            }
            (Some(index), None) => self.end(index, now),
            (None, Some(causes)) => self.open.push(Incident {
                subject: subject.clone(),
                from: now,
                to: None,
                causes,
            }),
            (None, None) => {}
        }
    }

    /// Records what is critical about a queue now. Nearly always nothing is, and then it costs nothing.
    pub(super) fn record_queue(
        &mut self,
        id: &QueueId,
        causes: Option<Vec<IncidentCause>>,
        now: Timestamp,
    ) {
        if causes.is_some() || !self.open.is_empty() {
            self.record(&IncidentSubject::Queue(id.clone()), causes, now);
        }
    }

    pub(super) fn open_queues(&self) -> impl Iterator<Item = &QueueId> {
        self.open.iter().filter_map(|one| match &one.subject {
            IncidentSubject::Queue(id) => Some(id),
            IncidentSubject::Source(_) => None,
        })
    }

    fn end(&mut self, index: usize, now: Timestamp) {
        let mut ended = self.open.remove(index);
        ended.to = Some(now.max(ended.from));
        self.ended.push_back(ended);
        if ENDED_MAX < self.ended.len() {
            self.ended.pop_front();
        }
    }
}

impl Incident {
    fn worsen(&mut self, causes: Vec<IncidentCause>) {
        for cause in causes {
            match self
                .causes
                .iter_mut()
                .find(|old| old.metric == cause.metric)
            {
                Some(old) if cause.is_worse_than(old) => *old = cause,
                Some(_) => {}
                None => self.causes.push(cause),
            }
        }
    }
}

impl IncidentCause {
    fn is_worse_than(&self, other: &Self) -> bool {
        let (ours, others) = (self.worst.as_number(), other.worst.as_number());
        if self.is_low {
            ours < others
        } else {
            others < ours
        }
    }
}

impl LiveState {
    /// Records which sources are lost.
    pub(super) fn record_source_incidents(&mut self, now: Timestamp) {
        let Snapshot {
            sources, incidents, ..
        } = &mut self.snapshot;
        for source in sources.values() {
            let subject = IncidentSubject::Source(source.id.clone());
            match source.connection {
                ConnectionState::Disconnected | ConnectionState::Silent => {
                    incidents.record(&subject, Some(Vec::new()), source.since);
                }
                ConnectionState::Connected => incidents.record(&subject, None, now),
                ConnectionState::Connecting | ConnectionState::CatchingUp => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_763_629_200 + seconds).unwrap()
    }

    fn waiting(worst: u64) -> Vec<IncidentCause> {
        vec![IncidentCause {
            metric: Metric::Waiting,
            is_low: false,
            worst: MetricValue::Count(worst),
        }]
    }

    #[test]
    fn an_incident_lasts_until_all_is_fine_and_keeps_its_worst_value() {
        let sales = IncidentSubject::Queue(QueueId::new(&SourceId::from("chat"), "sales"));
        let mut incidents = Incidents::default();
        for (seconds, causes) in [
            (0, Some(waiting(10))),
            (5, Some(waiting(14))),
            (9, Some(waiting(11))),
            (60, None),
        ] {
            incidents.record(&sales, causes, at(seconds));
        }

        let all = incidents.between(at(-10), at(100));
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].from, all[0].to), (at(0), Some(at(60))));
        assert_eq!(all[0].causes, waiting(14));
        assert!(incidents.between(at(60), at(100)).is_empty());
        assert!(incidents.between(at(-10), at(0)).is_empty());
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut incidents = Incidents::default();
        let source = IncidentSubject::Source(SourceId::from("chat"));
        for n in 0..i64::try_from(ENDED_MAX).unwrap() + 5 {
            incidents.record(&source, Some(Vec::new()), at(2 * n));
            incidents.record(&source, None, at(2 * n + 1));
        }

        let all = incidents.between(Timestamp::MIN, Timestamp::MAX);
        assert_eq!((all.len(), all[0].from), (ENDED_MAX, at(10)));
    }
}
