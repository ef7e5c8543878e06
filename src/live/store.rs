//! The live state's handle: one task writes, everybody reads.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::sync::watch;

use crate::{
    domain::{Input, Moment},
    intake::{Clock, Inlet},
};

use super::{Picture, State};

/// A handle on the live state. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live {
    clock: Clock,
    state: Arc<RwLock<State>>,
    bell: watch::Sender<u64>,
}

impl Live {
    pub fn new(clock: Clock, state: State) -> Self {
        Self {
            clock,
            state: Arc::new(RwLock::new(state)),
            bell: watch::Sender::new(0),
        }
    }

    /// Reads a consistent picture. Keep `read` short: it holds up the intake.
    pub fn read<R>(&self, read: impl FnOnce(&Picture, Moment) -> R) -> R {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        read(state.picture(), self.clock.now())
    }

    /// Rings when the picture has changed. It says that, not what.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Rings although the picture is the same: what is made of it has changed.
    pub fn ring(&self) {
        self.bell.send_modify(|rings| *rings += 1);
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    fn apply(&self, inputs: &[Input], heard: Moment) -> Option<Moment> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.waited = self.clock.mono().since(heard.mono);
        let mut changed = false;
        for input in inputs {
            changed |= state.apply(input, heard).changed;
        }
        let due = state.due();
        drop(state);

        if changed {
            self.ring();
        }
        due
    }
}

/// Takes in batches until the door is closed, and tells time when it is due.
pub async fn keep(live: Live, mut inlet: Inlet) {
    let mut due: Option<Moment> = None;
    loop {
        let wait = due.map(|due| {
            let millis = due.mono.since(live.clock.now().mono).max(0);
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
                due = live.apply(&batch.inputs, batch.heard);
                inlet.safe.send_replace(batch.place);
            }
            () = alarm => due = live.apply(&[Input::Time], live.clock.now()),
        }
    }
}
