//! A thread with its own connection that runs work items in order, at a low priority, so
//! that screens never wait for it.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::{StoreError, spawn_background};

type WorkItem = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle on the thread. Cheap to clone; dropping the last one ends the thread, once all
/// work is done.
#[derive(Clone, Debug)]
pub(crate) struct Worker(mpsc::Sender<WorkItem>);

impl Worker {
    /// Starts the thread. Callers wait while `most` work items are queued.
    pub(crate) fn start(
        name: &str,
        mut connection: Connection,
        most: usize,
    ) -> Result<Self, StoreError> {
        let (work, mut queued) = mpsc::channel::<WorkItem>(most);
        let run_all = move || {
            while let Some(work) = queued.blocking_recv() {
                work(&mut connection);
            }
        };
        // Nobody waits for its result.
        spawn_background(name, run_all).map_err(StoreError::Thread)?;
        Ok(Self(work))
    }

    /// Runs `work`, whose errors are failed writes, after the work that is queued already.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_work(|connection| work(connection).map_err(StoreError::Write))
            .await
    }

    pub(crate) async fn run_work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply_sender, reply) = oneshot::channel();
        let work: WorkItem = Box::new(move |connection| {
            // The caller may be gone; the work is done anyway.
            drop(reply_sender.send(work(connection)));
        });
        self.0
            .send(work)
            .await
            .map_err(|_| StoreError::ThreadEnded)?;
        reply.await.map_err(|_| StoreError::ThreadEnded)?
    }
}
