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

/// Runs until `stop`, and writes once more then. The store has all up to revision
/// `kept` already. A store that fails harms nobody but the next start.
pub(super) async fn keep(live: Live, store: Store, mut kept: u64, stop: CancellationToken) {
    let mut bell = live.bell();
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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::{
        domain::{Fact, Id, Input, Site, SourceSetup, Update},
        intake::{self, Clock, Outlet},
        live::{self, State},
    };

    use super::*;

    struct Scene {
        live: Live,
        outlet: Outlet,
        store: Store,
        folder: tempfile::TempDir,
        stop: CancellationToken,
    }

    async fn scene() -> Scene {
        let clock = Clock::start();
        let (outlet, inlet) = intake::door(clock);
        let live = Live::new(clock, State::default());
        tokio::spawn(live::keep(live.clone(), inlet));
        let chat = SourceSetup::new("chat", crate::sources::vngage::KIND);
        let site = Site {
            sources: vec![chat],
            ..Site::default()
        };
        outlet
            .send(vec![Input::Settings(site.into())])
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        Scene {
            live,
            outlet,
            store,
            folder,
            stop: CancellationToken::new(),
        }
    }

    impl Scene {
        fn keep(&self) -> impl Future<Output = ()> + Send + 'static {
            let kept = self.live.read(|picture, _| picture.profiles);
            keep(
                self.live.clone(),
                self.store.clone(),
                kept,
                self.stop.clone(),
            )
        }

        async fn say(&self, profile: Profile) {
            let said = Input::Update(Update {
                source: "chat".into(),
                event: "configuration.agent",
                at: None,
                fact: Fact::Profile(profile),
                mistyped: 0,
            });
            let place = self.outlet.send(vec![said]).await.unwrap();
            let mut safe = self.outlet.safe();
            safe.wait_for(|safe| place <= *safe).await.unwrap();
        }

        async fn kept(&self) -> Vec<String> {
            let kept = self.store.profiles().await.unwrap();
            let names = kept.iter().filter_map(|profile| profile.name.as_deref());
            names.map(str::to_owned).collect()
        }
    }

    fn anna() -> Profile {
        Profile {
            name: Some("anna".into()),
            ..Profile::new(Class::Agent, Id::new(&"chat".into(), "1"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_said_last_is_kept_when_the_product_stops() {
        let scene = scene().await;
        let keeping = tokio::spawn(scene.keep());
        scene.say(anna()).await;

        scene.stop.cancel();
        keeping.await.unwrap();

        assert_eq!(scene.kept().await, ["anna"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_fails_is_tried_again() {
        let scene = scene().await;
        let other = Connection::open(scene.folder.path().join("wallboard.db")).unwrap();
        other
            .execute_batch("ALTER TABLE profile RENAME TO away")
            .unwrap();
        let keeping = tokio::spawn(scene.keep());
        scene.say(anna()).await;
        sleep(AGAIN).await;

        other
            .execute_batch("ALTER TABLE away RENAME TO profile")
            .unwrap();
        scene.say(anna()).await;
        while scene.kept().await.is_empty() {
            sleep(AGAIN).await;
        }

        assert!(!keeping.is_finished());
    }
}
