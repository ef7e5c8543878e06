//! The live state's handle: one task writes, everybody reads.

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

    /// Reads a consistent picture. Keep `read` short: it holds up the intake.
    pub fn read_snapshot<R>(&self, read: impl FnOnce(&Snapshot, Moment) -> R) -> R {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        read(state.snapshot(), self.clock.now())
    }

    /// Rings when the picture has changed. It says that, not what.
    pub fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Rings although the picture is the same: what is made of it has changed.
    pub fn notify_change(&self) {
        self.changes.send_modify(|rings| *rings += 1);
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    fn apply_batch(&self, inputs: &[Input], heard: Moment) -> Option<Moment> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.ingest_delay_ms = self.clock.monotonic_now().millis_since(heard.monotonic);
        let mut changed = false;
        for input in inputs {
            changed |= state.apply_input(input, heard).changed;
        }
        let due = state.next_due();
        drop(state);

        if changed {
            self.notify_change();
        }
        due
    }
}

/// Takes in batches until the door is closed, and tells time when it is due.
pub async fn run_live_state(live: LiveHandle, mut inlet: IngestReceiver) {
    let mut due: Option<Moment> = None;
    loop {
        let wait = due.map(|due| {
            let millis = due
                .monotonic
                .millis_since(live.clock.now().monotonic)
                .max(0);
            Duration::from_millis(millis.unsigned_abs())
        });
        let alarm = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            batch = inlet.batches.recv() => {
                let Some(batch) = batch else { break };
                due = live.apply_batch(&batch.inputs, batch.received_at);
                inlet.committed.send_replace(batch.offset);
            }
            () = alarm => due = live.apply_batch(&[Input::Tick], live.clock.now()),
        }
    }
}
