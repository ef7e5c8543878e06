//! The last changes of a figure, read from the log in the background.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Handle;

use wallboard_domain::{Metric, QueueId};
use wallboard_log::input_log::{self, FigureChange};
use wallboard_store::{self as store, Store, StoreError};

use super::{Rewind, RewindFailure};

impl Rewind {
    /// Returns the last changes of a queue's figure before a time, the newest first, and since when there are no
    /// others. Runs in a thread of low priority.
    pub(in crate::web) async fn figure_changes(
        &self,
        people: &Store,
        queue: QueueId,
        metric: Metric,
        until: Timestamp,
    ) -> Result<(Vec<FigureChange>, Timestamp), RewindFailure> {
        let permit = self.wait_for_permit().await;
        let forgotten = people.load_forgotten().await?.map(Arc::new);
        let (log, runtime) = (self.log.clone(), Handle::current());
        let load = move || {
            let _permit = permit;
            runtime.block_on(input_log::load_figure_changes(
                &log,
                &queue,
                metric,
                until,
                forgotten.as_ref(),
            ))
        };
        let loading = store::spawn_background("changes", load).map_err(StoreError::Thread)?;
        match loading.await {
            Ok(loaded) => Ok(loaded?),
            Err(_) => Err(RewindFailure::Failed),
        }
    }
}
