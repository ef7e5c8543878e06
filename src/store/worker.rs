//! A thread with a connection of its own, which does in order what it is handed. It steps
//! back where screens wait.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{StoreError, spawn_background};

type WorkItem = Box<dyn FnOnce(&mut Connection) + Send>;

/// Cheap to clone; the last one to go ends the thread, when all work is done.
#[derive(Clone, Debug)]
pub(super) struct Worker(mpsc::Sender<WorkItem>);

impl Worker {
    /// Where `most` pieces of work wait, whoever brings more has to.
    pub(super) fn start(
        name: &str,
        mut connection: Connection,
        most: usize,
    ) -> Result<Self, StoreError> {
        let (work, mut waiting) = mpsc::channel::<WorkItem>(most);
        let all = move || {
            while let Some(work) = waiting.blocking_recv() {
                work(&mut connection);
            }
        };
        // Nobody waits for its end.
        spawn_background(name, all).map_err(StoreError::Thread)?;
        Ok(Self(work))
    }

    pub(super) async fn run_work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let work: WorkItem = Box::new(move |connection| {
            // Whoever asked may have gone; the work is done all the same.
            drop(answer.send(work(connection)));
        });
        self.0
            .send(work)
            .await
            .map_err(|_| StoreError::ThreadEnded)?;
        answered.await.map_err(|_| StoreError::ThreadEnded)?
    }
}
