//! Stores the names and configuration that sources report, so that boards have them at once after
//! a restart.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::{EntityKind, EntityProfile};
use wallboard_live::{LiveHandle, Snapshot};
use wallboard_store::Store;

/// Changes arrive in resyncs; one write covers a whole resync.
const WRITE_DELAY: Duration = Duration::from_secs(2);
/// The pause before retrying after a write fails.
const RETRY_PAUSE: Duration = Duration::from_secs(30);

/// Runs until `stop`, then writes a last time. Profiles up to `stored_revision` are stored
/// already. A failing store affects only the next start.
pub(super) async fn run_name_cache(
    live: LiveHandle,
    store: Store,
    mut stored_revision: u64,
    stop: CancellationToken,
) {
    let mut changes = live.subscribe_changes();
    let mut is_failing = false;
    loop {
        let pause = if is_failing { RETRY_PAUSE } else { WRITE_DELAY };
        let is_last = tokio::select! {
            // Ends only with the live state, which ends with the process.
            _ = changes.changed() => tokio::select! {
                () = sleep(pause) => false,
                () = stop.cancelled() => true,
            },
            () = stop.cancelled() => true,
        };

        let (revision, profiles) =
            live.read_snapshot(|snapshot, _| changed_profiles(snapshot, stored_revision));
        if !profiles.is_empty() {
            match store.store_profiles(profiles).await {
                Ok(()) => {
                    if is_failing {
                        info!("Names are being saved again");
                    }
                    stored_revision = revision;
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

/// Returns every profile that changed after `revision`, and the current revision.
fn changed_profiles(snapshot: &Snapshot, revision: u64) -> (u64, Vec<EntityProfile>) {
    if snapshot.profile_revision <= revision {
        return (revision, Vec::new());
    }
    let queues = snapshot
        .queues
        .values()
        .filter(|queue| revision < queue.profile_revision);
    let queues = queues.map(|queue| EntityProfile {
        name: queue.name.clone(),
        external_ids: Some(queue.external_ids.clone()),
        ..EntityProfile::new(EntityKind::Queue, queue.id.clone())
    });
    let agents = snapshot
        .agents
        .values()
        .filter(|agent| revision < agent.profile_revision);
    let agents = agents.map(|agent| EntityProfile {
        name: agent.name.clone(),
        display_name: agent.display_name.clone(),
        email: agent.email.clone(),
        queues: Some(agent.queues.clone()),
        external_ids: Some(agent.external_ids.clone()),
        ..EntityProfile::new(EntityKind::Agent, agent.id.clone())
    });
    let entities = snapshot
        .entities
        .values()
        .filter(|entity| revision < entity.profile_revision);
    let entities = entities.map(|entity| EntityProfile {
        name: entity.name.clone(),
        external_ids: Some(entity.external_ids.clone()),
        ..EntityProfile::new(entity.kind, entity.id.clone())
    });
    (
        snapshot.profile_revision,
        queues.chain(agents).chain(entities).collect(),
    )
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use wallboard_domain::{Fact, Id, Input, SiteConfig, SourceSetup, Update};
    use wallboard_live::{self as live, LiveState};
    use wallboard_runtime::ingest::{self, IngestSender, ProcessClock};

    use super::*;

    struct NameCacheFixture {
        live: LiveHandle,
        sender: IngestSender,
        store: Store,
        folder: tempfile::TempDir,
        stop: CancellationToken,
    }

    async fn name_cache_fixture() -> NameCacheFixture {
        let clock = ProcessClock::start_now();
        let (sender, receiver) = ingest::ingest_channel(clock.clone());
        let live = LiveHandle::new(clock, LiveState::default());
        tokio::spawn(live::run_live_state(live.clone(), receiver, None));
        let chat = SourceSetup::new("chat", wallboard_sources::vngage::KIND);
        let site = SiteConfig {
            sources: vec![chat],
            ..SiteConfig::default()
        };
        sender
            .send_batch(vec![Input::SiteConfig(site.into())])
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        NameCacheFixture {
            live,
            sender,
            store,
            folder,
            stop: CancellationToken::new(),
        }
    }

    impl NameCacheFixture {
        fn run_cache(&self) -> impl Future<Output = ()> + Send + 'static {
            let revision = self
                .live
                .read_snapshot(|snapshot, _| snapshot.profile_revision);
            run_name_cache(
                self.live.clone(),
                self.store.clone(),
                revision,
                self.stop.clone(),
            )
        }

        async fn send_profile(&self, profile: EntityProfile) {
            let update = Input::Update(Update {
                source: "chat".into(),
                event: "configuration.agent",
                at: None,
                fact: Fact::Profile(profile),
                mistyped: 0,
            });
            let offset = self.sender.send_batch(vec![update]).await.unwrap();
            let mut committed = self.sender.committed_offset();
            committed
                .wait_for(|committed| offset <= *committed)
                .await
                .unwrap();
        }

        async fn stored_names(&self) -> Vec<String> {
            let profiles = self.store.load_profiles().await.unwrap();
            let names = profiles
                .iter()
                .filter_map(|profile| profile.name.as_deref());
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
    async fn last_reported_name_is_stored_on_stop() {
        let fixture = name_cache_fixture().await;
        let running = tokio::spawn(fixture.run_cache());
        fixture.send_profile(anna_profile()).await;

        fixture.stop.cancel();
        running.await.unwrap();

        assert_eq!(fixture.stored_names().await, ["anna"]);
    }

    #[tokio::test(start_paused = true)]
    async fn failing_store_is_retried() {
        let fixture = name_cache_fixture().await;
        let other = Connection::open(fixture.folder.path().join("wallboard.db")).unwrap();
        other
            .execute_batch("ALTER TABLE profile RENAME TO away")
            .unwrap();
        let running = tokio::spawn(fixture.run_cache());
        fixture.send_profile(anna_profile()).await;
        sleep(RETRY_PAUSE).await;

        other
            .execute_batch("ALTER TABLE away RENAME TO profile")
            .unwrap();
        fixture.send_profile(anna_profile()).await;
        while fixture.stored_names().await.is_empty() {
            sleep(RETRY_PAUSE).await;
        }

        assert!(!running.is_finished());
    }
}
