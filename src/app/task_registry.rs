//! The tasks that sources run in, each with the orders that it obeys: single ones can be
//! stopped and started while the rest goes on.

use std::collections::{HashMap, HashSet};

use tokio::{sync::watch, task::Id};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{domain::SourceId, ingest::IngestSender, retry::TaskSignals, sources::SourceConfig};

#[derive(Debug, Default)]
pub(super) struct TaskRegistry {
    running: HashMap<SourceId, RunningTask>,
    /// Tasks that were told to stop and have not been seen to end.
    stopped: HashSet<Id>,
}

#[derive(Debug)]
struct RunningTask {
    stop: CancellationToken,
    retry: watch::Sender<()>,
    /// What runs it, once it does.
    task: Option<Id>,
    /// Fires when the task has let go of all that it held.
    ended: CancellationToken,
}

/// What a task obeys. Dropped, it says that the task has ended: also where that panics,
/// so that nobody waits for it in vain.
#[derive(Debug)]
pub(super) struct TaskHandle {
    pub(super) orders: TaskSignals,
    _ended: DropGuard,
}

impl TaskHandle {
    /// Runs a source until it is told to stop.
    pub(super) async fn supervise(self, source: SourceConfig, outlet: IngestSender) {
        source.supervise(outlet, self.orders).await;
    }
}

impl TaskRegistry {
    /// Makes room for a source's task, which `all` stops too.
    pub(super) fn register_task(&mut self, id: &SourceId, all: &CancellationToken) -> TaskHandle {
        let running = RunningTask {
            stop: all.child_token(),
            retry: watch::Sender::new(()),
            task: None,
            ended: CancellationToken::new(),
        };
        let member = TaskHandle {
            orders: TaskSignals {
                stop: running.stop.clone(),
                retry: running.retry.subscribe(),
            },
            _ended: running.ended.clone().drop_guard(),
        };
        self.running.insert(id.clone(), running);
        member
    }

    /// Says which task runs a source.
    pub(super) fn set_task_id(&mut self, id: &SourceId, task: Id) {
        if let Some(running) = self.running.get_mut(id) {
            running.task = Some(task);
        }
    }

    /// Stops one and waits until it has let go of what it held.
    pub(super) async fn stop_task(&mut self, id: &SourceId) {
        let Some(running) = self.running.remove(id) else {
            return;
        };
        self.stopped.extend(running.task);
        running.stop.cancel();
        running.ended.cancelled().await;
    }

    /// Whoever waits before the next try or run goes on at once.
    pub(super) fn retry_all(&self) {
        for running in self.running.values() {
            running.retry.send_replace(());
        }
    }

    /// Whether a task that ended well was told to.
    pub(super) fn expects_end(&mut self, task: Id) -> bool {
        self.stopped.remove(&task)
    }
}
