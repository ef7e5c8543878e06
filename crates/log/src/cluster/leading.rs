//! Leads: begins a term, holds the sources' channel, and appends what they report, until the lease or the
//! stream says that somebody else does.

use std::{convert::Infallible, future::pending};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::input_log::ENTRIES_MAX;
use wallboard_domain::{Input, LogEntry};
use wallboard_live::{self as live, AppliedEntry};
use wallboard_runtime::ingest;
use wallboard_store::LogStream;

use super::{
    continuity::{self, TermStart},
    leader_clock::LeaderClock,
    leader_log::LeaderLog,
    lease::{Lease, LeaseError},
    node::{ClusterNode, Leadership, SessionError},
    private_state::PrivateState,
    snapshot_upload,
    status::NodeCondition,
};

impl ClusterNode {
    /// Leads from a state on, until that ends or `stop`.
    pub(super) async fn lead(
        &self,
        private: PrivateState,
        stream: &LogStream,
        mut lease: Lease,
        leader_clock: &mut LeaderClock,
        stop: &CancellationToken,
    ) -> Result<(), SessionError> {
        let term = self.run_term(private, stream, &mut lease, leader_clock, stop);
        let result = Box::pin(term).await;
        match result {
            Ok(()) => lease.release().await,
            // Everything is marked first.
            Err(_) => drop(tokio::spawn(lease.release())),
        }
        self.leadership.send_replace(Leadership::Following);
        result
    }

    async fn run_term(
        &self,
        mut private: PrivateState,
        stream: &LogStream,
        lease: &mut Lease,
        leader_clock: &mut LeaderClock,
        stop: &CancellationToken,
    ) -> Result<(), SessionError> {
        let (term, end) = (lease.term(), stream.find_end().await?);
        let start = continuity::plan_term(private.history(), end, term);
        let TermStart {
            after,
            is_log_complete,
        } = start.ok_or(SessionError::Overtaken)?;
        let last_term = private.state.position().term;
        private.state.skip_to_position(after);
        if private.is_stranded {
            private.store_in(&self.copy);
        }
        let mut state = private.state;
        let mut may_resume = false;
        if let Some(last) = state.last_input_at() {
            let behind = last.monotonic.millis_since(self.clock.monotonic_now());
            self.clock.shift_by(behind.max(0));
            may_resume = leader_clock.knows_time_since(last, last_term, end.clock_ahead_ms);
        }
        let started = Input::Started {
            is_log_complete,
            term: Some(term),
        };
        let entry = LogEntry {
            received_at: self.clock.now(),
            delay_ms: 0,
            inputs: vec![started],
            proof: None,
        };
        let first = AppliedEntry {
            offset: after.next,
            entry,
            batch: None,
        };
        state.apply_entry(&first.entry);
        let mut log = LeaderLog {
            stream: stream.clone(),
            copy: self.copy.clone(),
            live: self.live.clone(),
            clock: self.clock.clone(),
            term,
            position: after,
            sequence: end.sequence,
            status: self.status.clone(),
        };
        leader_clock.begin_term(term);
        log.begin(first).await?;
        // A source that resumes believes that what it missed is still upstream.
        let resume_points = may_resume.then(|| state.resume_points());
        self.show(state, NodeCondition::Leading);
        self.status.send_modify(|status| {
            status.terms += 1;
            status.term = Some(term);
        });

        let (sender, receiver) = ingest::ingest_channel(self.clock.clone());
        sender.set_resume_points(resume_points.unwrap_or_default());
        let committed = receiver.committed.clone();
        let (entries, applied) = mpsc::channel(ENTRIES_MAX);
        self.leadership.send_replace(Leadership::Leading(sender));
        let may_apply = || self.validity.is_valid();
        let live_state =
            live::run_live_state_while(may_apply, self.live.clone(), receiver, Some(entries));
        let resign = stop.child_token();
        let mut clock_fault = None;
        let resign_if_wrong = async {
            clock_fault = Some(self.node_clock.wait_until_wrong().await);
            // The others need not wait until they miss it.
            resign.cancel();
            pending::<Infallible>().await
        };
        let ended = tokio::select! {
            result = log.run(applied, committed, resign.clone()) => Ok(result?),
            () = live_state => Err(LeaseError::Expired.into()),
            () = self.validity.expired() => Err(LeaseError::Expired.into()),
            error = lease.keep() => Err(error.into()),
            never = resign_if_wrong => match never {},
            never = snapshot_upload::keep_uploaded(stream, &self.copy, term) => match never {},
        };
        match clock_fault {
            Some(ahead) => Err(LeaseError::WrongClock(ahead).into()),
            None => ended,
        }
    }
}
