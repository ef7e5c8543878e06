//! Incidents: times when a queue was critical or a source was lost. For the marks along a
//! rewound day, and the summary of a shift.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{Metric, QueueId, SourceId, moment};

use super::{incident_cause::IncidentCause, repeated_figures::repeats_member};

/// The oldest are dropped first.
const ENDED_MAX: usize = 2_000;
/// How much longer than a member's a group's incident may last and still be the same, in milliseconds: a
/// figure that is back ends it up to a minute later.
const SAME_WITHIN: i64 = 60_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncidentSubject {
    /// A queue was critical.
    Queue(QueueId),
    /// A source wasn't connected.
    Source(SourceId),
}

/// Identifies an incident, also after a restart and on every node of a cluster: the number of the
/// change that began it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentId(u64);

/// How many changes of incidents somebody has seen. By default, none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentCursor(u64);

/// A time when something was critical or lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Older logs have none: see `number_all`.
    #[serde(default)]
    pub id: IncidentId,
    /// Its latest change: it began, got worse or ended.
    #[serde(default)]
    changed: IncidentCursor,
    pub subject: IncidentSubject,
    pub from: Timestamp,
    /// `None` while it lasts.
    pub to: Option<Timestamp>,
    /// The metrics of a queue that were critical, with their worst values.
    pub causes: Vec<IncidentCause>,
}

/// All incidents: the open ones, and the latest that ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Incidents {
    open: Vec<Incident>,
    ended: VecDeque<Incident>,
    #[serde(default)]
    latest: IncidentCursor,
    /// All later ones are here.
    #[serde(default)]
    since: Option<Timestamp>,
}

impl Incidents {
    /// Returns where to continue: later changes are after it.
    pub fn cursor(&self) -> IncidentCursor {
        self.latest
    }

    /// Returns those that began, got worse or ended after `cursor`, in that order. A cursor from
    /// before a lost log is after all changes, and then all are new.
    pub fn changed_since(&self, cursor: IncidentCursor) -> Vec<&Incident> {
        let is_known = cursor <= self.latest;
        let all = self.ended.iter().chain(&self.open);
        let mut changed: Vec<_> = all
            .filter(|one| !is_known || cursor < one.changed)
            .collect();
        changed.sort_by_key(|one| one.changed);
        changed
    }

    /// Since when all are known.
    pub fn known_since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Notes that all are known from now on, or from the first one of an older log.
    pub(super) fn begin(&mut self, now: Timestamp) {
        if self.since.is_none() {
            let all = self.ended.iter().chain(&self.open);
            self.since = Some(all.map(|one| one.from).min().unwrap_or(now));
        }
    }

    /// Numbers the incidents of a log from before they had IDs.
    pub(super) fn number_all(&mut self) {
        if self.latest != IncidentCursor::default() {
            return;
        }
        let Self {
            open,
            ended,
            latest,
            ..
        } = self;
        for incident in ended.iter_mut().chain(open) {
            incident.changed = latest.advance();
            incident.id = IncidentId(latest.0);
        }
    }

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
            ..*self
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
            ..*self
        }
    }

    /// Records what is critical about a subject now; `None` if it is fine.
    pub(super) fn record(
        &mut self,
        subject: &IncidentSubject,
        causes: Option<Vec<IncidentCause>>,
        now: Timestamp,
    ) {
        let index = self.open.iter().position(|one| one.subject == *subject);
        match (index, causes) {
            (Some(index), Some(causes)) => {
                if let Some(open) = self.open.get_mut(index)
                    && open.follow(causes, now)
                {
                    open.changed = self.latest.advance();
                }
            }
            (Some(index), None) => self.end(index, now),
            (None, Some(mut causes)) => {
                for cause in &mut causes {
                    cause.from = Some(now);
                }
                let changed = self.latest.advance();
                self.open.push(Incident {
                    id: IncidentId(changed.0),
                    changed,
                    subject: subject.clone(),
                    from: now,
                    to: None,
                    causes,
                });
            }
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
        ended.changed = self.latest.advance();
        self.ended.push_back(ended);
        if ENDED_MAX < self.ended.len()
            && let Some(dropped) = self.ended.pop_front()
        {
            self.since = self.since.max(dropped.to);
        }
    }
}

impl IncidentCursor {
    fn advance(&mut self) -> Self {
        self.0 += 1;
        *self
    }
}

impl Incident {
    /// Whether a group's incident is its member's: at the same time, with the same figures.
    pub fn repeats(&self, member: &Self) -> bool {
        let figures = |incident: &Self| -> Vec<_> {
            let causes = incident.causes.iter();
            causes.map(|cause| (cause.metric, cause.worst)).collect()
        };
        let began = moment::plus_millis(member.from, -SAME_WITHIN);
        let has_ended = match (self.to, member.to) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(end), Some(theirs)) => end <= moment::plus_millis(theirs, SAME_WITHIN),
        };
        let is_during = began <= self.from && has_ended;
        is_during && !self.causes.is_empty() && repeats_member(figures(self), &figures(member))
    }

    /// Notes what is critical now. Returns whether it got worse.
    fn follow(&mut self, causes: Vec<IncidentCause>, now: Timestamp) -> bool {
        for old in &mut self.causes {
            if causes.iter().any(|cause| cause.metric == old.metric) {
                old.to = None;
            } else {
                old.to.get_or_insert(now);
            }
        }
        let mut is_worse = false;
        for cause in causes {
            let known = self.causes.iter_mut();
            match known.into_iter().find(|old| old.metric == cause.metric) {
                Some(old) if cause.is_worse_than(old) => {
                    *old = IncidentCause {
                        from: old.from,
                        ..cause
                    }
                }
                Some(_) => continue,
                None => self.causes.push(IncidentCause {
                    from: Some(now),
                    ..cause
                }),
            }
            is_worse = true;
        }
        is_worse
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::MetricValue;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_763_629_200 + seconds).unwrap()
    }

    fn waiting(worst: u64) -> Vec<IncidentCause> {
        vec![IncidentCause {
            metric: Metric::Waiting,
            is_low: false,
            worst: MetricValue::Count(worst),
            from: None,
            to: None,
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
        let cause = IncidentCause {
            from: Some(at(0)),
            ..waiting(14)[0]
        };
        assert_eq!(all[0].causes, [cause]);
        assert!(incidents.between(at(60), at(100)).is_empty());
        assert!(incidents.between(at(-10), at(0)).is_empty());
    }

    #[test]
    fn each_cause_has_its_time_in_an_incident() {
        let sales = IncidentSubject::Queue(QueueId::new(&SourceId::from("chat"), "sales"));
        let cause = |metric| IncidentCause {
            metric,
            ..waiting(10)[0]
        };
        let mut incidents = Incidents::default();
        incidents.begin(at(-60));
        for (seconds, metrics) in [
            (0, &[Metric::Waiting][..]),
            (5, &[Metric::Waiting, Metric::LongestWait]),
            (9, &[Metric::LongestWait]),
            (30, &[Metric::LongestWait]),
        ] {
            let causes = metrics.iter().copied().map(cause).collect();
            incidents.record(&sales, Some(causes), at(seconds));
        }
        incidents.record(&sales, None, at(60));

        let causes = &incidents.between(at(0), at(60))[0].causes;
        let times: Vec<_> = causes.iter().map(|cause| (cause.from, cause.to)).collect();
        let expected = [(Some(at(0)), Some(at(9))), (Some(at(5)), None)];
        assert_eq!(times, expected);
        assert_eq!(incidents.known_since(), Some(at(-60)));
    }

    #[test]
    fn a_group_repeats_a_member_with_the_same_figures_at_the_same_time() {
        let incident = |seconds: (i64, Option<i64>), worst| Incident {
            id: IncidentId::default(),
            changed: IncidentCursor::default(),
            subject: IncidentSubject::Queue(QueueId::new(&SourceId::from("chat"), "sales")),
            from: at(seconds.0),
            to: seconds.1.map(at),
            causes: waiting(worst),
        };
        let member = incident((0, Some(100)), 10);
        let open = incident((0, None), 10);

        assert!(incident((0, Some(100)), 10).repeats(&member));
        assert!(incident((-30, Some(150)), 10).repeats(&member));
        assert!(incident((20, None), 10).repeats(&open));
        // The sum of several queues, another time, or longer.
        assert!(!incident((0, Some(100)), 14).repeats(&member));
        assert!(!incident((0, Some(300)), 10).repeats(&member));
        assert!(!incident((0, None), 10).repeats(&member));
        assert!(!incident((-300, Some(-200)), 10).repeats(&member));
    }

    #[test]
    fn a_watcher_learns_each_change_once_and_by_the_same_id() {
        let sales = IncidentSubject::Queue(QueueId::new(&SourceId::from("chat"), "sales"));
        let mut incidents = Incidents::default();
        let mut cursor = incidents.cursor();
        let mut changes = |incidents: &Incidents| {
            let changed = incidents.changed_since(cursor).into_iter();
            let changed: Vec<_> = changed.map(|one| (one.id, one.to)).collect();
            cursor = incidents.cursor();
            changed
        };

        incidents.record(&sales, Some(waiting(10)), at(0));
        let begun = changes(&incidents);
        incidents.record(&sales, Some(waiting(9)), at(5));
        let same = changes(&incidents);
        incidents.record(&sales, Some(waiting(14)), at(9));
        let worse = changes(&incidents);
        incidents.record(&sales, None, at(60));
        incidents.record(&sales, Some(waiting(10)), at(90));
        let next = changes(&incidents);

        assert_eq!((begun.len(), same.len()), (1, 0));
        assert_eq!(worse, begun);
        assert_eq!((next.len(), next[0]), (2, (begun[0].0, Some(at(60)))));
        assert!(begun[0].0 < next[1].0);
        assert!(changes(&incidents).is_empty());
    }

    #[test]
    fn incidents_of_an_older_log_get_ids_once() {
        let queue = |name: &str| {
            let id = QueueId::new(&SourceId::from("chat"), name);
            IncidentSubject::Queue(id)
        };
        let mut incidents = Incidents::default();
        incidents.record(&queue("sales"), Some(waiting(10)), at(0));
        incidents.record(&queue("support"), Some(waiting(10)), at(5));
        incidents.record(&queue("sales"), None, at(60));
        incidents.latest = IncidentCursor::default();
        for one in incidents.ended.iter_mut().chain(&mut incidents.open) {
            (one.id, one.changed) = Default::default();
        }

        incidents.number_all();
        let numbered = incidents.clone();
        incidents.number_all();

        assert_eq!(incidents, numbered);
        let all = incidents.changed_since(IncidentCursor::default());
        let ids: Vec<_> = all.iter().map(|one| one.id.0).collect();
        assert_eq!(ids, [1, 2]);
        // Somebody who watched a log that was lost sees all of them.
        assert_eq!(incidents.changed_since(IncidentCursor(900)).len(), 2);
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
        // The last one that was dropped ended then.
        assert_eq!(incidents.known_since(), Some(at(9)));
    }
}
