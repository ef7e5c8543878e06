//! Removes the hours that queues have of their own from an early closing that is over, so that they follow their
//! patterns again.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::editing::{Editor, SaveError};
use wallboard_access::AuditActor;
use wallboard_domain::error_chain;
use wallboard_live::LiveHandle;

/// How soon after midnight.
const LOOK_INTERVAL: Duration = Duration::from_mins(10);

/// Runs until `stop`.
pub(super) async fn remove_past_closings(
    editor: Editor,
    live: LiveHandle,
    stop: CancellationToken,
) {
    let removing = async {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let site = live.read_snapshot(|snapshot, _| snapshot.site.clone());
            for removal in editor.list_past_closings(&site, Timestamp::now()) {
                let entry = removal.id.to_string();
                match Box::pin(editor.save(removal, &AuditActor::server())).await {
                    Ok(()) => info!(entry, "Removed the hours of an early closing that is over"),
                    // Somebody changed it in this moment.
                    Err(SaveError::Conflict(_)) => {}
                    Err(error) => warn!(
                        entry,
                        "The hours of an early closing that is over aren't removed: {}",
                        error_chain(&error)
                    ),
                }
            }
        }
    };
    stop.run_until_cancelled(removing).await;
}
