//! A restart: the state of the last process is of before, until its sources speak again.

use std::collections::HashMap;

use crate::domain::{Discontinuity, Input, Moment, ResumePoint, SourceId};

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
            source_state.resume_point =
                find_resume_point(source, lost_at).or(source_state.resume_point);
            if !is_log_complete {
                let pending = &mut source_state.pending_discontinuity;
                pending.get_or_insert(Discontinuity::Start);
            }
            disconnect(source, lost_at, now);
            self.record_recent_series(id, now);
        }
        self.refresh_days();
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

    /// Returns where sources go on after a restart: those that can't have missed a message.
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

fn find_resume_point(source: &SourceSnapshot, lost_at: Moment) -> Option<ResumePoint> {
    let is_connected = matches!(
        source.connection,
        ConnectionState::Connected | ConnectionState::Silent
    );
    let alive_at = match source.connection {
        ConnectionState::Connecting => return None,
        ConnectionState::Disconnected => source.outage?.at,
        _ => lost_at.wall,
    };
    // While it catches up, a source holds nothing.
    let held_since = source
        .last_message_at
        .filter(|at| is_connected && source.since < *at);
    Some(ResumePoint {
        alive_at,
        held_since,
    })
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
