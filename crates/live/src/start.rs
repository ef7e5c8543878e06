//! A restart: the last process's state is out of date until its sources report again.

use std::collections::HashMap;

use jiff::Timestamp;

use wallboard_domain::{
    Discontinuity, HeldMessage, Input, Moment, ResumePoint, ResumeProof, SourceId,
};

use super::{
    freshness::GRAY_AFTER,
    live_state::LiveState,
    snapshot::{ConnectionState, Outage, Snapshot, SourceSnapshot},
};

impl LiveState {
    /// Disconnects every source as of the last input of the process `before`. A restored value is
    /// gray at once, however short the restart was.
    pub(super) fn apply_start(
        &mut self,
        is_log_complete: bool,
        before: Option<Moment>,
        now: Moment,
    ) {
        let lost_at = before.unwrap_or(now);
        let sources: Vec<SourceId> = self.snapshot.sources.keys().cloned().collect();
        for id in &sources {
            let (Some(source), Some(source_state)) = (
                self.snapshot.sources.get_mut(id),
                self.source_states.get_mut(id),
            ) else {
                continue;
            };
            // A clock that was set back says nothing about the time since then.
            let alive_at = last_alive_at(source, lost_at).filter(|_| lost_at.wall <= now.wall);
            source_state.resume_point = alive_at.map(|alive_at| ResumePoint {
                alive_at,
                held: source_state.held,
                sentinels: source_state.sentinels,
                is_configuration_requested: source_state.profile_resync.is_some(),
            });
            if !is_log_complete {
                let pending = &mut source_state.pending_discontinuity;
                pending.get_or_insert(Discontinuity::Start);
            }
            source_state.abandon_detector.pause(lost_at.monotonic);
            disconnect(source, lost_at, now);
            self.record_recent_series(id, now);
        }
        self.refresh_days();
    }

    /// Records what must be found upstream to continue from here. A message that waited in a backlog
    /// may expire before it is delivered again.
    pub(super) fn record_proof(&mut self, proof: &ResumeProof, received_at: Moment) {
        let received_at = self.uncorrected_moment(received_at);
        let (Some(source), Some(source_state)) = (
            self.snapshot.sources.get(&proof.source),
            self.source_states.get_mut(&proof.source),
        ) else {
            return;
        };
        if let Some(digest) = proof.held {
            let is_live = matches!(
                source.connection,
                ConnectionState::Connected | ConnectionState::Silent
            );
            source_state.held = Some(HeldMessage {
                digest,
                since: is_live.then_some(received_at.wall),
            });
        }
        source_state.sentinels = proof.sentinels.or(source_state.sentinels);
    }

    /// Disconnects every source because this node of a cluster doesn't hear the leader. A state that
    /// follows it again replaces this one.
    pub fn mark_leader_lost(&mut self, now: Moment) {
        let last_input = self.last_input_at();
        let started = Input::Started {
            is_log_complete: true,
            term: None,
        };
        self.apply_input(&started, now);
        self.snapshot.leader_lost_at = Some(last_input.map_or(now.wall, |last| last.wall));
    }

    /// Whether everything is marked because the leader isn't heard. The log doesn't have that state.
    pub fn has_lost_leader(&self) -> bool {
        self.snapshot.leader_lost_at.is_some()
    }

    /// Returns where sources resume after a restart: those that can't have missed a message.
    pub fn resume_points(&self) -> HashMap<SourceId, ResumePoint> {
        let whole = self.source_states.iter();
        let whole = whole.filter(|(_, state)| state.pending_discontinuity.is_none());
        let points = whole.filter_map(|(id, state)| Some((id.clone(), state.resume_point?)));
        points.collect()
    }
}

impl Snapshot {
    /// Whether a source is only disconnected here, because this node doesn't hear the leader.
    pub fn is_lost_with_leader(&self, source: &SourceSnapshot) -> bool {
        let is_lost = |lost_at| source.outage.is_none_or(|outage| lost_at <= outage.at);
        !source.is_live() && self.leader_lost_at.is_some_and(is_lost)
    }
}

/// When a source's connection last proved alive; `None` if it never was connected.
fn last_alive_at(source: &SourceSnapshot, lost_at: Moment) -> Option<Timestamp> {
    match source.connection {
        ConnectionState::Connecting => None,
        ConnectionState::Disconnected => source.outage.map(|outage| outage.at),
        _ => Some(lost_at.wall),
    }
}

fn disconnect(source: &mut SourceSnapshot, lost_at: Moment, now: Moment) {
    if source.connection == ConnectionState::Connecting {
        return;
    }
    if source.connection != ConnectionState::Disconnected {
        source.connection = ConnectionState::Disconnected;
        source.since = lost_at.wall;
    }
    let outage = source.outage.get_or_insert(Outage {
        at: lost_at.wall,
        monotonic: lost_at.monotonic,
    });
    let gray_since = now.monotonic.plus_millis(-GRAY_AFTER);
    outage.monotonic = outage.monotonic.min(gray_since);
}
