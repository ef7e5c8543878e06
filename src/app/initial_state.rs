//! The inputs of the live state before the sources start.

use std::sync::Arc;

use wallboard_domain::{Input, SiteConfig, SourceId};
use wallboard_live::LiveHandle;
use wallboard_runtime::ingest::{IngestClosed, IngestSender};
use wallboard_store::{Store, StoreError};

use super::{AppError, live_forgetting::forgotten_input};

/// Sends a restart, who was forgotten, the site configuration and the stored names to the live state,
/// and waits until they are applied.
pub(super) async fn load_initial_state(
    sender: &IngestSender,
    restart: Option<Input>,
    site: &SiteConfig,
    live: &LiveHandle,
    store: &Store,
) -> Result<(), AppError> {
    let sources: Vec<_> = site.sources.iter().map(|setup| setup.id.clone()).collect();
    let mut inputs: Vec<Input> = restart.into_iter().collect();
    inputs.extend(forgotten_input(live, store).await?);
    inputs.push(Input::SiteConfig(Arc::new(site.clone())));
    inputs.extend(stored_profiles(store, &sources).await?);
    send_and_wait(sender, inputs).await
}

/// Returns the stored names of these sources.
pub(super) async fn stored_profiles(
    store: &Store,
    sources: &[SourceId],
) -> Result<Vec<Input>, StoreError> {
    let profiles = store.load_profiles().await?.into_iter();
    let profiles = profiles.filter(|profile| sources.contains(&profile.id.source));
    Ok(profiles.map(Input::StoredProfile).collect())
}

/// Sends inputs and waits until they are applied.
pub(super) async fn send_and_wait(
    sender: &IngestSender,
    inputs: Vec<Input>,
) -> Result<(), AppError> {
    let offset = sender.send_batch(inputs).await?;
    let applied = sender
        .committed_offset()
        .wait_for(|committed| offset <= *committed)
        .await
        .is_ok();
    if applied {
        Ok(())
    } else {
        Err(IngestClosed.into())
    }
}
