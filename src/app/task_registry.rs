//! Registry of the tasks of sources, each with its stop and retry signals: single tasks stop and
//! start while the rest runs.

use std::collections::{HashMap, HashSet};

use tokio::{sync::watch, task::Id};
use tokio_util::sync::{CancellationToken, DropGuard};

use wallboard_domain::SourceId;
use wallboard_runtime::{ingest::IngestSender, retry::TaskSignals};
use wallboard_sources::SourceConfig;

#[derive(Debug, Default)]
pub(super) struct TaskRegistry {
    running: HashMap<SourceId, RunningTask>,
    /// Tasks that were stopped and haven't been seen to end.
    stopped: HashSet<Id>,
}

#[derive(Debug)]
struct RunningTask {
    stop: CancellationToken,
    retry: watch::Sender<()>,
    /// The task's id, once it runs.
    task: Option<Id>,
    /// Fires when the task has released everything.
    ended: CancellationToken,
}

/// The signals of a task. Dropping it marks the task as ended, also on a panic, so that nobody
/// waits in vain.
#[derive(Debug)]
pub(super) struct TaskHandle {
    pub(super) orders: TaskSignals,
    _ended: DropGuard,
}

impl TaskHandle {
    /// Runs a source until it is stopped.
    pub(super) async fn supervise(self, source: SourceConfig, sender: IngestSender) {
        source.supervise(sender, self.orders).await;
    }
}

impl TaskRegistry {
    /// Registers a source's task, which `all` stops too.
    pub(super) fn register_task(
        &mut self,
        id: &SourceId,
        stop_all: &CancellationToken,
    ) -> TaskHandle {
        let running = RunningTask {
            stop: stop_all.child_token(),
            retry: watch::Sender::new(()),
            task: None,
            ended: CancellationToken::new(),
        };
        let handle = TaskHandle {
            orders: TaskSignals {
                stop: running.stop.clone(),
                retry: running.retry.subscribe(),
            },
            _ended: running.ended.clone().drop_guard(),
        };
        self.running.insert(id.clone(), running);
        handle
    }

    /// Sets the id of a source's task.
    pub(super) fn set_task_id(&mut self, id: &SourceId, task: Id) {
        if let Some(running) = self.running.get_mut(id) {
            running.task = Some(task);
        }
    }

    /// Stops a task and waits until it has released everything.
    pub(super) async fn stop_task(&mut self, id: &SourceId) {
        let Some(running) = self.running.remove(id) else {
            return;
        };
        self.stopped.extend(running.task);
        running.stop.cancel();
        running.ended.cancelled().await;
    }

    /// Stops tasks together.
    pub(super) async fn stop_tasks(&mut self, ids: Vec<SourceId>) {
        for id in &ids {
            if let Some(running) = self.running.get(id) {
                running.stop.cancel();
            }
        }
        for id in &ids {
            self.stop_task(id).await;
        }
    }

    /// Ends every wait for the next attempt or run.
    pub(super) fn retry_all(&self) {
        for running in self.running.values() {
            running.retry.send_replace(());
        }
    }

    /// Whether a task that ended was stopped on request.
    pub(super) fn expects_end(&mut self, task: Id) -> bool {
        self.stopped.remove(&task)
    }
}
