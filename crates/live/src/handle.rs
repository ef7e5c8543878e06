//! The live state's handle: one task writes, everyone reads.

use std::{sync::Arc, time::Duration};

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::{
    sync::{mpsc, watch},
    time::MissedTickBehavior,
};

use wallboard_domain::{DataScope, Input, LogEntry, LogOffset, Moment, MonotonicTime, ResumeProof};
use wallboard_runtime::ingest::{BatchOffset, IngestReceiver, InputBatch, ProcessClock};

use super::{
    LiveState, Snapshot,
    standstill::{AWAKE_INTERVAL, StandstillWatch},
    subject_changes::SubjectChanges,
    subscriptions::{ChangeCollector, Subscription, Subscriptions},
};

/// A handle on the live state. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LiveHandle {
    clock: ProcessClock,
    state: Arc<RwLock<LiveState>>,
    pub(super) standstill: Arc<StandstillWatch>,
    changes: watch::Sender<u64>,
    subscriptions: Subscriptions,
    /// The queues and agents in snapshots; `None`: all.
    scope: Option<Arc<DataScope>>,
    /// Whether snapshots withhold figures about the agents of small teams.
    withholds_small_teams: bool,
}

impl LiveHandle {
    pub fn new(clock: ProcessClock, state: LiveState) -> Self {
        Self {
            clock,
            state: Arc::new(RwLock::new(state)),
            standstill: Arc::default(),
            changes: watch::Sender::new(0),
            subscriptions: Subscriptions::default(),
            scope: None,
            withholds_small_teams: false,
        }
    }

    /// Returns a handle whose snapshots have nothing beyond a scope.
    #[must_use]
    pub fn within(&self, scope: Arc<DataScope>) -> Self {
        Self {
            scope: Some(scope),
            ..self.clone()
        }
    }

    /// Returns a handle whose snapshots withhold figures about the agents of small teams.
    #[must_use]
    pub fn without_small_teams(&self) -> Self {
        Self {
            withholds_small_teams: true,
            ..self.clone()
        }
    }

    /// Reads a consistent snapshot. `read` must be short, because it blocks the writer.
    pub fn read_snapshot<R>(&self, read: impl FnOnce(&Snapshot, Moment) -> R) -> R {
        let state = self.read_unless_overdue();
        let withheld = |snapshot: &Snapshot| {
            let copy = self
                .withholds_small_teams
                .then(|| snapshot.withhold_small_teams());
            copy.flatten()
        };
        let copy = match &self.scope {
            None => withheld(state.snapshot()),
            Some(scope) => {
                let narrowed = state.snapshot().narrow_to(scope);
                withheld(&narrowed).or(Some(narrowed))
            }
        };
        let now = state.uncorrected_moment(self.clock.now());
        let Some(copy) = copy else {
            return read(state.snapshot(), now);
        };
        drop(state);
        read(&copy, now)
    }

    /// Reads the state after sources, or a cluster's leader, without a sign of life in time are suspended:
    /// after this process was stopped, nobody else has noticed yet.
    fn read_unless_overdue(&self) -> RwLockReadGuard<'_, LiveState> {
        let state = self.state.read();
        let now = self.clock.now();
        if !state.is_overdue(now.monotonic) && self.standstill.standstill().is_none() {
            return state;
        }
        drop(state);
        self.mark_what_is_overdue()
    }

    /// Marks it, and reads on before an older input can say otherwise: it may have waited for the lock.
    fn mark_what_is_overdue(&self) -> RwLockReadGuard<'_, LiveState> {
        let mut state = self.state.write();
        let now = self.clock.now();
        state.suspend_overdue_sources(now.monotonic);
        state.mark_leader_lost_if_overdue(now);
        self.standstill.apply(&mut state, now);
        let changes = state.take_changes();
        let state = RwLockWriteGuard::downgrade(state);
        if !changes.is_empty() {
            self.notify_readers(&changes);
        }
        state
    }

    /// Notes that the live state's task runs, and marks what is overdue after it stood still.
    pub(super) fn note_awake(&self) {
        if self.standstill.standstill().is_some() || self.standstill.is_trust_due() {
            drop(self.mark_what_is_overdue());
        }
        self.standstill.note_awake();
    }

    /// Notifies of changes to the snapshot, but not of what changed.
    pub fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Returns a subscription that notifies only of changes to what its reader shows.
    pub fn subscribe(&self) -> Subscription {
        self.subscriptions.subscribe()
    }

    /// Returns a collector of what changes from now on.
    pub fn collect_changes(&self) -> ChangeCollector {
        self.subscriptions.collect()
    }

    /// Notifies although the snapshot is the same: something derived from it has changed.
    pub fn notify_change(&self) {
        self.notify_readers(&SubjectChanges::Everything);
    }

    fn notify_readers(&self, changes: &SubjectChanges) {
        self.changes.send_modify(|count| *count += 1);
        self.subscriptions.notify(changes);
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// How long to wait until the clock shows a time; `None` if it never will.
    pub fn time_until(&self, due: MonotonicTime) -> Option<Duration> {
        self.clock.time_until(due)
    }

    /// Changes the state of a past: applies what the log has, or replaces it.
    pub fn replay<R>(&self, change: impl FnOnce(&mut LiveState) -> R) -> R {
        let changed = change(&mut self.state.write());
        self.notify_change();
        changed
    }

    /// Reads the whole live state, like `read_snapshot`.
    pub fn read_state<R>(&self, read: impl FnOnce(&LiveState) -> R) -> R {
        read(&self.state.read())
    }

    /// Applies entries that the leader of a cluster has appended to the log. Without further ones, readers find
    /// everything marked after `leader_until`.
    pub fn apply_entries(&self, entries: &[LogEntry], leader_until: MonotonicTime) {
        let mut state = self.state.write();
        state.hear_leader(leader_until);
        let mut has_changed = false;
        for entry in entries {
            has_changed |= state.apply_entry(entry).changed;
        }
        let changes = state.take_changes();
        drop(state);
        if has_changed || !changes.is_empty() {
            self.notify_readers(&changes);
        }
    }

    fn apply_batch(&self, batch: InputBatch) -> (AppliedEntry, Option<Moment>) {
        self.apply_inputs(
            batch.inputs,
            batch.proof,
            batch.received_at,
            Some(batch.offset),
        )
    }

    /// Applies inputs. Returns them as an entry, and when time alone may next change something.
    fn apply_inputs(
        &self,
        inputs: Vec<Input>,
        proof: Option<ResumeProof>,
        received_at: Moment,
        batch: Option<BatchOffset>,
    ) -> (AppliedEntry, Option<Moment>) {
        let mut state = self.state.write();
        let applied_at = self.clock.monotonic_now();
        let entry = LogEntry {
            received_at,
            delay_ms: applied_at.millis_since(received_at.monotonic),
            inputs,
            proof,
        };
        let offset = state.next_offset();
        let has_changed = state.apply_entry(&entry).changed;
        let changes = state.take_changes();
        let due = state.next_due();
        drop(state);

        if has_changed || !changes.is_empty() {
            self.notify_readers(&changes);
        }
        let applied = AppliedEntry {
            offset,
            entry,
            batch,
        };
        (applied, due)
    }
}

/// The live state's task, as long as it runs.
struct AwakeTask<'l>(&'l LiveHandle);

impl Drop for AwakeTask<'_> {
    fn drop(&mut self) {
        self.0.standstill.stop();
    }
}

/// An entry that the live state has applied.
#[derive(Debug)]
pub struct AppliedEntry {
    pub offset: LogOffset,
    pub entry: LogEntry,
    /// The batch that it was; `None` for a tick.
    pub batch: Option<BatchOffset>,
}

/// Applies batches until the channel closes, and ticks when time alone changes something.
/// With a `log`, that commits what was applied; without one, applied is committed.
pub async fn run_live_state(
    live: LiveHandle,
    receiver: IngestReceiver,
    log: Option<mpsc::Sender<AppliedEntry>>,
) {
    run_live_state_while(|| true, live, receiver, log).await;
}

/// Does the same, for as long as it `may_apply`.
pub async fn run_live_state_while(
    may_apply: impl Fn() -> bool,
    live: LiveHandle,
    mut receiver: IngestReceiver,
    log: Option<mpsc::Sender<AppliedEntry>>,
) {
    let commit = |applied: AppliedEntry| match (&log, applied.batch) {
        // An entry that finds the log full is left out, because screens never wait for a disk. The
        // log notices the missing offset.
        (Some(log), _) => drop(log.try_send(applied)),
        (None, Some(batch)) => drop(receiver.committed.send_replace(batch)),
        (None, None) => {}
    };
    let mut due: Option<Moment> = None;
    let _awake = AwakeTask(&live);
    let mut awake = tokio::time::interval(AWAKE_INTERVAL);
    awake.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        live.note_awake();
        let wait = due.and_then(|due| live.clock.time_until(due.monotonic));
        let timer = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            batch = receiver.batches.recv() => {
                let Some(batch) = batch.filter(|_| may_apply()) else { break };
                let (applied, next) = live.apply_batch(batch);
                commit(applied);
                due = next;
            }
            () = timer => {
                if !may_apply() {
                    break;
                }
                let (applied, next) = live.apply_inputs(vec![Input::Tick], None, live.clock.now(), None);
                commit(applied);
                due = next;
            }
            _ = awake.tick() => {}
        }
    }
}
