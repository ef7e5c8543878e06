//! Observes the statuses of everyone, for their history.

use wallboard_domain::{AgentStatus, Moment};

use super::{
    merge::AgentPresence,
    snapshot::{Freshness, Snapshot},
    status_history::{ObservedStatus, StatusHistory},
};

/// Records what everyone does now, and forgets what ended before today.
pub(super) fn record_statuses(history: &mut StatusHistory, snapshot: &Snapshot, now: Moment) {
    history.forget_before(snapshot.day_start.unwrap_or(now.wall));
    let mut record = |presence: &AgentPresence<'_>| {
        if let Some(status) = observe(presence) {
            history.record(presence.id, status, presence.since, now.wall);
        }
    };
    for presence in snapshot.all_presences(now) {
        record(&presence);
        // Each agent of a person has a page of its own.
        for agent in presence.agents.iter().filter(|_| presence.is_person()) {
            record(&snapshot.agent_presence(agent, now));
        }
    }
}

/// `None` if it is unknown or out of date.
fn observe(presence: &AgentPresence<'_>) -> Option<ObservedStatus> {
    if presence.freshness != Freshness::UpToDate {
        return None;
    }
    match presence.status {
        AgentStatus::Unknown if presence.has_reported_status() => None,
        AgentStatus::Unknown => (presence.is_reconciled() && presence.open_cases() == Some(0))
            .then_some(ObservedStatus::NoCases),
        status => Some(ObservedStatus::Reported(status)),
    }
}
