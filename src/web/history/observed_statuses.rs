//! Statuses of agents that live sources reported, for times of which exports have no sign-ins: today's
//! from the live state, those of earlier days from the log.

use std::error::Error;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tracing::warn;

use wallboard_domain::{AgentId, AgentStatus};
use wallboard_history::{
    intervals::split_into_days,
    report::{ObservedTime, SiteSchedule},
};
use wallboard_live::{ObservedStatus, Snapshot, StatusSpan};

use crate::web::{WebState, rewind::RewindFailure};

/// Each is read from the log, whose default is to keep eight.
const DAYS_MAX: usize = 8;

/// Adds what live sources reported of scheduled time that is over and unknown otherwise.
pub(super) async fn complete_observed(
    web: &WebState,
    schedule: &mut SiteSchedule,
    now: Timestamp,
    zone: &TimeZone,
) {
    let unknown = schedule.agents.values();
    let unknown = unknown.flat_map(|one| one.compare(now, zone).unknown());
    let mut days: Vec<(i64, i64)> = unknown
        .flat_map(|(from, to)| split_into_days(from, to, zone))
        .map(|day| (day.start, day.end))
        .collect();
    days.sort_unstable();
    days.dedup();
    for (from, to) in days.into_iter().rev().take(DAYS_MAX) {
        let (Ok(from), Ok(to)) = (Timestamp::from_second(from), Timestamp::from_second(to)) else {
            continue;
        };
        if now < to {
            web.live
                .read_snapshot(|snapshot, _| add_statuses(schedule, snapshot, from, now));
            continue;
        }
        let Some(rewind) = &web.rewind else {
            return;
        };
        let last = to - SignedDuration::from_millis(1);
        match rewind.rewind_to(&web.store, last).await {
            Ok(rewound) => add_statuses(schedule, rewound.state().snapshot(), from, to),
            // Neither has it earlier days.
            Err(RewindFailure::NotInLog) => return,
            Err(error) => {
                let error = &error as &dyn Error;
                warn!(
                    error,
                    "Couldn't read agents' statuses of a day from the log"
                );
                return;
            }
        }
    }
}

fn add_statuses(schedule: &mut SiteSchedule, snapshot: &Snapshot, from: Timestamp, to: Timestamp) {
    for agent in schedule.agents.values_mut() {
        let observe = |id: &AgentId| observe_agent(snapshot, id, from, to);
        agent.observed.complete_with(observe);
    }
}

/// Returns the known times of an agent's day. An agent whose source only reports cases may work
/// without one, so nothing is known of them, also while they have one.
fn observe_agent(
    snapshot: &Snapshot,
    id: &AgentId,
    from: Timestamp,
    to: Timestamp,
) -> ObservedTime {
    let agent = snapshot.agents.get(id);
    let report = agent.and_then(|agent| agent.report.as_ref());
    if !report.is_some_and(|report| report.provides_status) {
        return ObservedTime::default();
    }
    let spans = snapshot.status_history.spans(id, from);
    let range = |span: &StatusSpan| (span.from.as_second(), span.to.min(to).as_second());
    let known = spans.iter().filter(|span| is_known(span.status));
    let working = spans.iter().filter(|span| is_work(span.status));
    ObservedTime::new(known.map(range).collect(), working.map(range).collect())
}

fn is_known(status: ObservedStatus) -> bool {
    !matches!(
        status,
        ObservedStatus::Reported(AgentStatus::Unknown) | ObservedStatus::NoCases
    )
}

fn is_work(status: ObservedStatus) -> bool {
    match status {
        ObservedStatus::Reported(status) => !matches!(
            status,
            AgentStatus::LoggedOut | AgentStatus::NotReady | AgentStatus::Unknown
        ),
        ObservedStatus::NoCases => false,
    }
}
