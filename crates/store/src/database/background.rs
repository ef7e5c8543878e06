//! A reader for long work in steps. It has its own thread, which reuses the memory of one
//! step for the next. On the runtime's threads, each would hold on to as much.

use crate::{
    Store, StoreError, StoreView,
    database::{readers, worker::Worker},
};

/// A reader with its own thread, which ends once this is dropped and its last step is done.
#[derive(Debug)]
pub struct BackgroundReader(Worker);

impl Store {
    pub fn background_reader(&self) -> Result<BackgroundReader, StoreError> {
        let connection = self.readers.open_connection()?;
        Worker::start("store-read", connection, 1).map(BackgroundReader)
    }
}

impl BackgroundReader {
    /// Reads one state of the database, whatever is written meanwhile.
    pub async fn with_view<T: Send + 'static>(
        &self,
        work: impl FnOnce(&StoreView<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let step = |connection: &mut _| {
            let result =
                readers::with_snapshot(connection, |connection| Ok(work(&StoreView(connection))));
            result.map_err(StoreError::Read)?
        };
        self.0.run_work(step).await
    }
}
