//! Keeps what sources said of names and configuration in the store, so that
//! boards have them at once after a restart.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    domain::{Class, Profile},
    live::{Live, Picture},
    store::Store,
};

/// Changes come in rounds; one write takes a whole round.
const SETTLE: Duration = Duration::from_secs(2);
/// A full or failed disk is tried again after this.
const AGAIN: Duration = Duration::from_secs(30);

/// Runs until `stop`, and writes once more then. A store that fails harms nobody
/// but the next start.
pub(super) async fn keep(live: Live, store: Store, stop: CancellationToken) {
    let mut bell = live.bell();
    let mut kept = live.read(|picture, _| picture.profiles);
    let mut is_failing = false;
    loop {
        let pause = if is_failing { AGAIN } else { SETTLE };
        let is_last = tokio::select! {
            // Ends only with the live state, which ends with the process.
            _ = bell.changed() => tokio::select! {
                () = sleep(pause) => false,
                () = stop.cancelled() => true,
            },
            () = stop.cancelled() => true,
        };

        let (revision, changed) = live.read(|picture, _| changed(picture, kept));
        if !changed.is_empty() {
            match store.keep_profiles(changed).await {
                Ok(()) => {
                    if is_failing {
                        info!("Names are kept again");
                    }
                    kept = revision;
                    is_failing = false;
                }
                Err(error) => {
                    if !is_failing {
                        warn!(
                            error = &error as &dyn std::error::Error,
                            "Names could not be kept; boards go on, and it is tried again"
                        );
                    }
                    is_failing = true;
                }
            }
        }
        if is_last {
            break;
        }
    }
}

/// Every profile that changed after revision `kept`, and the revision now.
fn changed(picture: &Picture, kept: u64) -> (u64, Vec<Profile>) {
    if picture.profiles <= kept {
        return (kept, Vec::new());
    }
    let queues = picture.queues.values().filter(|queue| kept < queue.profile);
    let queues = queues.map(|queue| Profile {
        name: queue.name.clone(),
        external_ids: Some(queue.external_ids.clone()),
        ..Profile::new(Class::Queue, queue.id.clone())
    });
    let agents = picture.agents.values().filter(|agent| kept < agent.profile);
    let agents = agents.map(|agent| Profile {
        name: agent.name.clone(),
        display_name: agent.display_name.clone(),
        email: agent.email.clone(),
        queues: Some(agent.queues.clone()),
        external_ids: Some(agent.external_ids.clone()),
        ..Profile::new(Class::Agent, agent.id.clone())
    });
    let named = picture.named.values().filter(|named| kept < named.profile);
    let named = named.map(|named| Profile {
        name: named.name.clone(),
        external_ids: Some(named.external_ids.clone()),
        ..Profile::new(named.class, named.id.clone())
    });
    (
        picture.profiles,
        queues.chain(agents).chain(named).collect(),
    )
}
