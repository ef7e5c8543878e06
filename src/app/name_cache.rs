//! Keeps what sources said of names and configuration in the store, so that
//! boards have them at once after a restart.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    domain::{EntityKind, EntityProfile},
    live::{LiveHandle, Snapshot},
    store::Store,
};

/// Changes come in rounds; one write takes a whole round.
const WRITE_DELAY: Duration = Duration::from_secs(2);
/// A full or failed disk is tried again after this.
const RETRY_PAUSE: Duration = Duration::from_secs(30);

/// Runs until `stop`, and writes once more then. The store has all up to revision
/// `kept` already. A store that fails harms nobody but the next start.
pub(super) async fn run_name_cache(
    live: LiveHandle,
    store: Store,
    mut kept: u64,
    stop: CancellationToken,
) {
    let mut bell = live.subscribe_changes();
    let mut is_failing = false;
    loop {
        let pause = if is_failing { RETRY_PAUSE } else { WRITE_DELAY };
        let is_last = tokio::select! {
            // Ends only with the live state, which ends with the process.
            _ = bell.changed() => tokio::select! {
                () = sleep(pause) => false,
                () = stop.cancelled() => true,
            },
            () = stop.cancelled() => true,
        };

        let (revision, changed) = live.read_snapshot(|picture, _| changed_profiles(picture, kept));
        if !changed.is_empty() {
            match store.store_profiles(changed).await {
                Ok(()) => {
                    if is_failing {
                        info!("Names are being saved again");
                    }
                    kept = revision;
                    is_failing = false;
                }
                Err(error) => {
                    if !is_failing {
                        warn!(
                            error = &error as &dyn std::error::Error,
                            "Couldn't save names; boards aren't affected, retrying"
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
fn changed_profiles(picture: &Snapshot, kept: u64) -> (u64, Vec<EntityProfile>) {
    if picture.profile_revision <= kept {
        return (kept, Vec::new());
    }
    let queues = picture
        .queues
        .values()
        .filter(|queue| kept < queue.profile_revision);
    let queues = queues.map(|queue| EntityProfile {
        name: queue.name.clone(),
        external_ids: Some(queue.external_ids.clone()),
        ..EntityProfile::new(EntityKind::Queue, queue.id.clone())
    });
    let agents = picture
        .agents
        .values()
        .filter(|agent| kept < agent.profile_revision);
    let agents = agents.map(|agent| EntityProfile {
        name: agent.name.clone(),
        display_name: agent.display_name.clone(),
        email: agent.email.clone(),
        queues: Some(agent.queues.clone()),
        external_ids: Some(agent.external_ids.clone()),
        ..EntityProfile::new(EntityKind::Agent, agent.id.clone())
    });
    let named = picture
        .entities
        .values()
        .filter(|named| kept < named.profile_revision);
    let named = named.map(|named| EntityProfile {
        name: named.name.clone(),
        external_ids: Some(named.external_ids.clone()),
        ..EntityProfile::new(named.kind, named.id.clone())
    });
    (
        picture.profile_revision,
        queues.chain(agents).chain(named).collect(),
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::{
        domain::{Fact, Id, Input, SiteConfig, SourceSetup, Update},
        ingest::{self, IngestSender, ProcessClock},
        live::{self, LiveState},
    };

    use super::*;

    struct NameCacheFixture {
        live: LiveHandle,
        outlet: IngestSender,
        store: Store,
        folder: tempfile::TempDir,
        stop: CancellationToken,
    }

    async fn name_cache_fixture() -> NameCacheFixture {
        let clock = ProcessClock::start_now();
        let (outlet, inlet) = ingest::ingest_channel(clock);
        let live = LiveHandle::new(clock, LiveState::default());
        tokio::spawn(live::run_live_state(live.clone(), inlet));
        let chat = SourceSetup::new("chat", crate::sources::vngage::KIND);
        let site = SiteConfig {
            sources: vec![chat],
            ..SiteConfig::default()
        };
        outlet
            .send_batch(vec![Input::SiteConfig(site.into())])
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        NameCacheFixture {
            live,
            outlet,
            store,
            folder,
            stop: CancellationToken::new(),
        }
    }

    impl NameCacheFixture {
        fn run_cache(&self) -> impl Future<Output = ()> + Send + 'static {
            let kept = self
                .live
                .read_snapshot(|picture, _| picture.profile_revision);
            run_name_cache(
                self.live.clone(),
                self.store.clone(),
                kept,
                self.stop.clone(),
            )
        }

        async fn send_profile(&self, profile: EntityProfile) {
            let said = Input::Update(Update {
                source: "chat".into(),
                event: "configuration.agent",
                at: None,
                fact: Fact::Profile(profile),
                mistyped: 0,
            });
            let place = self.outlet.send_batch(vec![said]).await.unwrap();
            let mut safe = self.outlet.committed_offset();
            safe.wait_for(|safe| place <= *safe).await.unwrap();
        }

        async fn stored_names(&self) -> Vec<String> {
            let kept = self.store.load_profiles().await.unwrap();
            let names = kept.iter().filter_map(|profile| profile.name.as_deref());
            names.map(str::to_owned).collect()
        }
    }

    fn anna_profile() -> EntityProfile {
        EntityProfile {
            name: Some("anna".into()),
            ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), "1"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_said_last_is_kept_when_the_product_stops() {
        let scene = name_cache_fixture().await;
        let keeping = tokio::spawn(scene.run_cache());
        scene.send_profile(anna_profile()).await;

        scene.stop.cancel();
        keeping.await.unwrap();

        assert_eq!(scene.stored_names().await, ["anna"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_fails_is_tried_again() {
        let scene = name_cache_fixture().await;
        let other = Connection::open(scene.folder.path().join("wallboard.db")).unwrap();
        other
            .execute_batch("ALTER TABLE profile RENAME TO away")
            .unwrap();
        let keeping = tokio::spawn(scene.run_cache());
        scene.send_profile(anna_profile()).await;
        sleep(RETRY_PAUSE).await;

        other
            .execute_batch("ALTER TABLE away RENAME TO profile")
            .unwrap();
        scene.send_profile(anna_profile()).await;
        while scene.stored_names().await.is_empty() {
            sleep(RETRY_PAUSE).await;
        }

        assert!(!keeping.is_finished());
    }
}
