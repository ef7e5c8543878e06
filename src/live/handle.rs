//! The live state's handle: one task writes, everyone reads.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    domain::{Input, Moment},
    ingest::{IngestReceiver, ProcessClock},
};

use super::{LiveState, Snapshot};

/// A handle on the live state. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LiveHandle {
    clock: ProcessClock,
    state: Arc<RwLock<LiveState>>,
    changes: watch::Sender<u64>,
}

impl LiveHandle {
    pub fn new(clock: ProcessClock, state: LiveState) -> Self {
        Self {
            clock,
            state: Arc::new(RwLock::new(state)),
            changes: watch::Sender::new(0),
        }
    }

    /// Reads a consistent snapshot. `read` must be short, because it blocks the writer.
    pub fn read_snapshot<R>(&self, read: impl FnOnce(&Snapshot, Moment) -> R) -> R {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        read(state.snapshot(), self.clock.now())
    }

    /// Notifies of changes to the snapshot, but not of what changed.
    pub fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Notifies although the snapshot is the same: something derived from it has changed.
    pub fn notify_change(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    fn apply_batch(&self, inputs: &[Input], received_at: Moment) -> Option<Moment> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.ingest_delay_ms = self
            .clock
            .monotonic_now()
            .millis_since(received_at.monotonic);
        let mut changed = false;
        for input in inputs {
            changed |= state.apply_input(input, received_at).changed;
        }
        let due = state.next_due();
        drop(state);

        if changed {
            self.notify_change();
        }
        due
    }
}

/// Applies batches until the channel closes, and ticks when time alone changes something.
pub async fn run_live_state(live: LiveHandle, mut receiver: IngestReceiver) {
    let mut due: Option<Moment> = None;
    loop {
        let wait = due.map(|due| {
            let millis = due
                .monotonic
                .millis_since(live.clock.now().monotonic)
                .max(0);
            Duration::from_millis(millis.unsigned_abs())
        });
        let timer = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            batch = receiver.batches.recv() => {
                let Some(batch) = batch else { break };
                due = live.apply_batch(&batch.inputs, batch.received_at);
                receiver.committed.send_replace(batch.offset);
            }
            () = timer => due = live.apply_batch(&[Input::Tick], live.clock.now()),
        }
    }
}
