//! Following records for as long as a server runs, also when they can't be read for a while.

use std::future::Future;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_domain::error_chain;

use super::{RecordError, RecordStore};

/// The state held in memory of some records, which follows their changes.
pub trait RecordFollower {
    /// The records as the log names them: "users and sessions".
    const RECORDS: &str;

    /// Follows until the records can't be read. Sets `failures`, those in a row, back to 0 once they can.
    fn follow_once(
        &self,
        failures: &mut u32,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
}

impl RecordStore {
    /// Follows until `stop`. What is held in memory stays there while the records can't be read.
    pub async fn keep_following<F: RecordFollower>(&self, follower: &F, stop: &CancellationToken) {
        let following = async {
            let mut failures = 0;
            loop {
                if let Err(error) = follower.follow_once(&mut failures).await {
                    warn!(
                        "Couldn't read {}, trying again: {}",
                        F::RECORDS,
                        error_chain(&error)
                    );
                }
                failures += 1;
                sleep(self.retry_delay(failures)).await;
            }
        };
        stop.run_until_cancelled(Box::pin(following)).await;
    }
}
