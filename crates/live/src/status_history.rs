//! The statuses of each agent and person over the day, as observed every few seconds. A time
//! without an up-to-date observation is a gap: whatever happened there is unknown.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::{AgentId, AgentStatus, moment};

use super::fast_map::FastMap;

/// Observations further apart than this, in milliseconds, leave a gap.
const GAP_AFTER: i64 = 20_000;
/// The oldest are dropped first.
const SPANS_MAX: usize = 1_000;

/// An agent's status as it was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ObservedStatus {
    Reported(AgentStatus),
    /// The source reports only cases, and there was none.
    NoCases,
}

/// A status and how long it lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSpan {
    pub status: ObservedStatus,
    pub from: Timestamp,
    /// The last observation, or the start of the next status.
    pub to: Timestamp,
}

/// The statuses of everyone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatusHistory(FastMap<AgentId, Vec<StatusSpan>>);

impl StatusHistory {
    /// Forgets what ended before today.
    pub(super) fn forget_before(&mut self, day_start: Timestamp) {
        for spans in self.0.values_mut() {
            spans.retain(|span| day_start < span.to);
        }
        self.0.retain(|_, spans| !spans.is_empty());
    }

    /// Records a status that somebody has now. `since` is its start, if known.
    pub(super) fn record(
        &mut self,
        id: &AgentId,
        status: ObservedStatus,
        since: Option<Timestamp>,
        now: Timestamp,
    ) {
        let spans = self.0.entry(id.clone()).or_default();
        record_status(spans, status, since, now);
    }

    /// Replaces IDs of agents and people, and joins their statuses with what the other ID has.
    pub(super) fn replace_agents(&mut self, replace: &mut impl FnMut(&mut AgentId) -> bool) {
        for mut id in self.0.keys().cloned().collect::<Vec<_>>() {
            let Some(mut spans) = self.0.remove(&id) else {
                continue;
            };
            replace(&mut id);
            let known = self.0.entry(id).or_default();
            known.append(&mut spans);
            known.sort_by_key(|span| span.from);
        }
    }

    /// Returns those of these agents and people.
    pub(super) fn of_agents(&self, is_included: impl Fn(&AgentId) -> bool) -> Self {
        let spans = self.0.iter().filter(|(id, _)| is_included(id));
        Self(
            spans
                .map(|(id, spans)| (id.clone(), spans.clone()))
                .collect(),
        )
    }

    /// Returns a status of today at a time; `None` if nobody observed it then.
    pub fn status_at(&self, id: &AgentId, at: Timestamp) -> Option<ObservedStatus> {
        let mut spans = self.0.get(id).into_iter().flatten();
        let span = spans.find(|span| span.from <= at && at <= span.to)?;
        Some(span.status)
    }

    /// Returns today's statuses, the oldest first.
    pub fn spans(&self, id: &AgentId, day_start: Timestamp) -> Vec<StatusSpan> {
        let spans = self.0.get(id).into_iter().flatten();
        let of_today = spans.filter(|span| day_start < span.to);
        let clipped = of_today.map(|span| StatusSpan {
            from: span.from.max(day_start),
            ..*span
        });
        clipped.collect()
    }
}

/// `since` is the start of the status, if known.
fn record_status(
    spans: &mut Vec<StatusSpan>,
    status: ObservedStatus,
    since: Option<Timestamp>,
    now: Timestamp,
) {
    let since = since.filter(|since| *since <= now).unwrap_or(now);
    let Some(last) = spans.last_mut() else {
        spans.push(StatusSpan {
            status,
            from: since,
            to: now,
        });
        return;
    };
    let is_observed = moment::millis_between(last.to, now) <= GAP_AFTER;
    if last.status == status && (is_observed || since <= last.to) {
        last.to = last.to.max(now);
        return;
    }
    // A status may have begun a little before it was first observed, but not before the last one.
    let from = since.max(last.from);
    if is_observed || from < last.to {
        last.to = from;
    }
    if last.from == last.to {
        spans.pop();
    }
    spans.push(StatusSpan {
        status,
        from,
        to: now,
    });
    if SPANS_MAX < spans.len() {
        spans.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALKING: ObservedStatus = ObservedStatus::Reported(AgentStatus::Talking);
    const AVAILABLE: ObservedStatus = ObservedStatus::Reported(AgentStatus::Available);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_763_629_200 + seconds).unwrap()
    }

    /// Records a status with its start at each time, in seconds.
    fn recorded(observations: &[(i64, ObservedStatus, i64)]) -> Vec<(ObservedStatus, i64, i64)> {
        let mut spans = Vec::new();
        for (seconds, status, since) in observations {
            record_status(&mut spans, *status, Some(at(*since)), at(*seconds));
        }
        let seconds = |time: Timestamp| time.as_second() - at(0).as_second();
        (spans.iter())
            .map(|span| (span.status, seconds(span.from), seconds(span.to)))
            .collect()
    }

    #[test]
    fn a_status_is_known_only_for_times_when_it_was_observed() {
        let id = AgentId::new(&"voice".into(), "anna");
        let span = |status, from, to| StatusSpan {
            status,
            from: at(from),
            to: at(to),
        };
        let spans = vec![span(AVAILABLE, 0, 10), span(TALKING, 60, 90)];
        let history = StatusHistory([(id.clone(), spans)].into_iter().collect());

        let known = [5, 30, 60, 91].map(|seconds| history.status_at(&id, at(seconds)));

        assert_eq!(known, [Some(AVAILABLE), None, Some(TALKING), None]);
    }

    #[test]
    fn statuses_follow_each_other_by_their_own_start() {
        let spans = recorded(&[
            (10, AVAILABLE, 4),
            (15, AVAILABLE, 4),
            (20, TALKING, 17),
            (25, TALKING, 17),
        ]);

        assert_eq!(spans, [(AVAILABLE, 4, 17), (TALKING, 17, 25)]);
    }

    #[test]
    fn time_without_observations_is_a_gap_unless_the_status_lasted_through_it() {
        let unknown = recorded(&[(10, AVAILABLE, 4), (600, AVAILABLE, 590)]);
        let lasting = recorded(&[(10, AVAILABLE, 4), (600, AVAILABLE, 4)]);
        let other = recorded(&[(10, AVAILABLE, 4), (600, TALKING, 300)]);

        assert_eq!(unknown, [(AVAILABLE, 4, 10), (AVAILABLE, 590, 600)]);
        assert_eq!(lasting, [(AVAILABLE, 4, 600)]);
        assert_eq!(other, [(AVAILABLE, 4, 10), (TALKING, 300, 600)]);
    }
}
