//! The last days of queues in steps, from the log: loaded in the background, and kept for a while.

use std::{collections::HashMap, slice, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};
use tracing::warn;

use wallboard_domain::{QueueId, error_chain};
use wallboard_live::SeriesStep;
use wallboard_log::input_log;
use wallboard_store as store;

use super::Rewind;

/// The days to look back.
const DAYS: i64 = 28;
/// How long a page waits for what isn't loaded yet.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// How long a queue's steps are used.
const LIFETIME: Duration = Duration::from_mins(10);
/// A queue's last four weeks are some 200 KB.
const QUEUES_MAX: usize = 32;

/// Loaded steps, by queue. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct StoredSeries(Arc<Mutex<HashMap<QueueId, LoadedSteps>>>);

#[derive(Clone, Debug)]
struct LoadedSteps {
    at: Instant,
    steps: Arc<Vec<SeriesStep>>,
}

impl StoredSeries {
    fn find(&self, queue: &QueueId) -> Option<Arc<Vec<SeriesStep>>> {
        let loaded = self.0.lock();
        let found = loaded.get(queue)?;
        (found.at.elapsed() < LIFETIME).then(|| Arc::clone(&found.steps))
    }

    fn list_missing(&self, queues: &[QueueId]) -> Vec<QueueId> {
        let missing = queues.iter().filter(|queue| self.find(queue).is_none());
        missing.cloned().collect()
    }

    fn insert(&self, queue: QueueId, steps: Arc<Vec<SeriesStep>>) {
        let mut loaded = self.0.lock();
        loaded.retain(|_, steps| steps.at.elapsed() < LIFETIME);
        if QUEUES_MAX <= loaded.len() {
            let oldest = loaded.iter().min_by_key(|(_, steps)| steps.at);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                loaded.remove(&oldest);
            }
        }
        let at = Instant::now();
        loaded.insert(queue, LoadedSteps { at, steps });
    }
}

impl Rewind {
    /// Returns the stored steps of a queue's last four weeks; `None` while they are being loaded.
    pub(in crate::web) async fn stored_steps(
        &self,
        queue: &QueueId,
        now: Timestamp,
    ) -> Option<Arc<Vec<SeriesStep>>> {
        let loaded = self.stored_steps_of(slice::from_ref(queue), now);
        loaded.await?.pop()
    }

    /// Returns those of several queues, in their order; `None` while any are being loaded.
    pub(in crate::web) async fn stored_steps_of(
        &self,
        queues: &[QueueId],
        now: Timestamp,
    ) -> Option<Vec<Arc<Vec<SeriesStep>>>> {
        let missing = self.series.list_missing(queues);
        if !missing.is_empty() {
            let rewind = self.clone();
            let loading = tokio::spawn(async move { rewind.load_steps(missing, now).await });
            timeout(WAIT_MAX, loading).await.ok()?.ok()?;
        }
        queues.iter().map(|queue| self.series.find(queue)).collect()
    }

    async fn load_steps(self, queues: Vec<QueueId>, now: Timestamp) {
        let _permit = self.permits.acquire().await;
        // Others may have asked for the same queues meanwhile.
        let queues = self.series.list_missing(&queues);
        let from = now - SignedDuration::from_hours(24 * DAYS);
        let (log, runtime, ids) = (self.log.clone(), Handle::current(), queues.clone());
        let load = move || runtime.block_on(input_log::load_series(&log, &ids, from, now));
        let loaded = match store::spawn_background("series", load) {
            Ok(loading) => match loading.await {
                Ok(Ok(loaded)) => loaded,
                Ok(Err(error)) => {
                    warn!(
                        "Couldn't read the last weeks of queues from the log: {}",
                        error_chain(&error)
                    );
                    Vec::new()
                }
                Err(_) => Vec::new(),
            },
            Err(error) => {
                warn!("Couldn't start reading the log: {error}");
                Vec::new()
            }
        };
        let mut loaded = loaded.into_iter();
        for queue in queues {
            let steps = loaded.next().unwrap_or_default();
            self.series.insert(queue, Arc::new(steps));
        }
    }
}
