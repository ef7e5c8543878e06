//! The provider's metadata and keys: fetched once, renewed from time to time, and when a key is unknown.

use std::{sync::Arc, time::Duration};

use openidconnect::{IssuerUrl, core::CoreProviderMetadata};
use parking_lot::RwLock;
use tokio::{sync::Mutex, time::Instant};
use tracing::{info, warn};

use super::{ProviderError, provider_http::ProviderHttp};

/// A provider that couldn't be reached isn't asked again before.
const RETRY_GAP: Duration = Duration::from_secs(2);
/// Tokens with unknown keys cause no more requests than this.
const KEYS_GAP: Duration = Duration::from_secs(30);

/// The latest known metadata of the provider.
#[derive(Debug)]
pub(super) struct MetadataCache {
    issuer: IssuerUrl,
    http: ProviderHttp,
    known: RwLock<Known>,
    /// Held while it's asked.
    asked_at: Mutex<AskedAt>,
}

/// When the provider was last asked.
#[derive(Debug, Default)]
struct AskedAt {
    for_anything: Option<Instant>,
    for_keys: Option<Instant>,
}

#[derive(Debug, Default)]
struct Known {
    metadata: Option<Arc<CoreProviderMetadata>>,
    /// Why the last request failed.
    error: Option<ProviderError>,
}

impl MetadataCache {
    pub(super) fn new(issuer: IssuerUrl, http: ProviderHttp) -> Self {
        Self {
            issuer,
            http,
            known: RwLock::default(),
            asked_at: Mutex::default(),
        }
    }

    /// Returns the metadata, from the provider if there's none yet.
    pub(super) async fn current(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let known = self.read(|known| known.metadata.clone());
        if let Some(metadata) = known {
            return Ok(metadata);
        }
        let mut asked_at = self.asked_at.lock().await;
        if is_over(asked_at.for_anything, RETRY_GAP) {
            self.ask(&mut asked_at).await;
        }
        self.outcome()
    }

    /// Returns the metadata with the keys that the provider has now.
    pub(super) async fn with_new_keys(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut asked_at = self.asked_at.lock().await;
        if is_over(asked_at.for_keys, KEYS_GAP) {
            asked_at.for_keys = Some(Instant::now());
            self.ask(&mut asked_at).await;
        }
        self.outcome()
    }

    /// Asks the provider now.
    pub(super) async fn renew(&self) -> Result<(), ProviderError> {
        let mut asked_at = self.asked_at.lock().await;
        self.ask(&mut asked_at).await;
        self.read(|known| known.error.clone().map_or(Ok(()), Err))
    }

    /// Whether the last request got an answer, or there was none yet.
    pub(super) fn is_reachable(&self) -> bool {
        self.read(|known| known.error.is_none())
    }

    async fn ask(&self, asked_at: &mut AskedAt) {
        let discovered = self.discover().await;
        self.record(discovered);
        asked_at.for_anything = Some(Instant::now());
    }

    /// Returns the known metadata, even if the last request failed.
    fn outcome(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        self.read(|known| match (&known.metadata, &known.error) {
            (Some(metadata), _) => Ok(Arc::clone(metadata)),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(ProviderError::Busy),
        })
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let discovered = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http);
        let metadata = discovered
            .await
            .map_err(|error| ProviderError::of_discovery(&error))?;
        // Secrets and people go only where the issuer's own address leads to.
        let scheme = self.issuer.url().scheme();
        let sign_in = metadata.authorization_endpoint().url().scheme();
        let token = metadata.token_endpoint().map(|url| url.url().scheme());
        if sign_in != scheme || token != Some(scheme) {
            let why = "its metadata must have a sign-in and a token address as safe as `issuer`";
            return Err(ProviderError::InvalidAnswer(why.to_owned()));
        }
        Ok(metadata)
    }

    /// Logs only changes: it's asked again and again.
    fn record(&self, result: Result<CoreProviderMetadata, ProviderError>) {
        let mut known = self.known.write();
        match result {
            Ok(metadata) => {
                if known.error.take().is_some() {
                    info!("The identity provider answers again");
                }
                known.metadata = Some(Arc::new(metadata));
            }
            Err(error) => {
                if known.error.is_none() {
                    warn!("Sign-in through the identity provider doesn't work: {error}");
                }
                known.error = Some(error);
            }
        }
    }

    fn read<T>(&self, read: impl FnOnce(&Known) -> T) -> T {
        read(&self.known.read())
    }
}

fn is_over(since: Option<Instant>, gap: Duration) -> bool {
    since.is_none_or(|since| gap <= since.elapsed())
}
