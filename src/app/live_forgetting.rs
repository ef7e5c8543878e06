//! Takes people who were forgotten in the database out of the live state, by an input: so they stay away
//! after a restart, and on every node.

use std::{collections::HashSet, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_domain::{AgentId, Input, error_chain};
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::IngestSender;
use wallboard_store::{Store, StoreError};

/// How often the database is looked at.
const FOLLOW_INTERVAL: Duration = Duration::from_secs(1);

/// Takes out of the live state everyone whom this process or another one forgets in the database, until
/// the term ends.
pub(super) async fn follow_forgotten(
    live: LiveHandle,
    store: Store,
    sender: IngestSender,
    stop: CancellationToken,
) {
    let mut committed = sender.committed_offset();
    let mut version = None;
    loop {
        tokio::select! {
            () = sleep(FOLLOW_INTERVAL) => {}
            // The term is over.
            _ = committed.wait_for(|_| false) => return,
            () = stop.cancelled() => return,
        }
        let follow = async {
            let current = store.data_version().await?;
            if version.replace(current) == Some(current) {
                return Ok(None);
            }
            forgotten_input(&live, &store).await
        };
        match follow.await {
            Ok(Some(input)) => {
                if sender.send_batch(vec![input]).await.is_err() {
                    return;
                }
            }
            Ok(None) => {}
            Err(error) => {
                let error: StoreError = error;
                version = None;
                warn!(
                    "Couldn't read who was forgotten, retrying: {}",
                    error_chain(&error)
                );
            }
        }
    }
}

/// Returns what takes those out of the live state who were forgotten since it last forgot anybody.
pub(super) async fn forgotten_input(
    live: &LiveHandle,
    store: &Store,
) -> Result<Option<Input>, StoreError> {
    let Some(people) = store.load_forgotten().await? else {
        return Ok(None);
    };
    let until = people.newest();
    let since = live.read_state(LiveState::forgotten_until);
    let since = since.unwrap_or(Timestamp::MIN);
    if until <= since {
        return Ok(None);
    }
    let known: HashSet<AgentId> = live.read_state(|state| {
        let snapshot = state.snapshot();
        let of_cases = snapshot.cases.values().flat_map(|case| {
            let transfers = case.transfers.iter();
            let agents = transfers.filter_map(|transfer| transfer.from_agent.as_ref());
            agents.chain(&case.agent)
        });
        let of_people = snapshot
            .site
            .people
            .iter()
            .flat_map(|person| &person.agents);
        let agents = snapshot.agents.keys();
        agents.chain(of_cases).chain(of_people).cloned().collect()
    });
    let agents = known.into_iter().filter_map(|id| {
        let other = people.replace_agent(&id, since)?;
        Some((id, other))
    });
    Ok(Some(Input::Forgotten {
        agents: agents.collect(),
        until,
    }))
}
