//! The address of a Bayeux server, and the settings of connections to it.

use std::{fmt, sync::Arc};

use reqwest::{Url, cookie::Jar, header::HeaderMap};
use rustls::ClientConfig;

use crate::genesys::NotificationTransport;
use wallboard_domain::SourceId;
use wallboard_runtime::https;

use super::BayeuxError;

/// The Bayeux server of one source.
#[derive(Clone)]
pub(crate) struct BayeuxEndpoint {
    /// The source's name in logs.
    pub(crate) source: SourceId,
    /// `{base_url}/statistics/v3/notifications`; the kind of a message is appended.
    pub(crate) url: Url,
    /// Stores its cookies in `cookie_jar`, and has no time limit on a whole request.
    pub(crate) http: reqwest::Client,
    /// The TLS configuration of a WebSocket.
    pub(crate) tls: Arc<ClientConfig>,
    /// Shared with all other requests of this source to the vendor.
    pub(crate) cookie_jar: Arc<Jar>,
    pub(crate) signer: Arc<dyn RequestSigner>,
    pub(crate) transport: NotificationTransport,
    /// The channels to subscribe to; messages on others are ignored.
    pub(crate) channels: &'static [&'static str],
}

impl BayeuxEndpoint {
    /// Returns the error for a redirect, unless its address repeats a secret.
    pub(super) fn redirect_error(&self, status: u16, headers: &HeaderMap) -> Option<BayeuxError> {
        let location = https::redirect_target(&self.url, status, headers)?;
        let is_safe = !self.signer.repeats_secret(&location);
        is_safe.then_some(BayeuxError::Redirect { status, location })
    }
}

/// Authenticates requests to the vendor.
pub(crate) trait RequestSigner: Send + Sync {
    /// Called for each request: a token may be renewed while a session lives.
    fn auth_headers(&self) -> HeaderMap;

    /// Whether a server's words repeat a secret of ours, and must not be shown.
    fn repeats_secret(&self, words: &str) -> bool;
}

impl fmt::Debug for BayeuxEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("source", &self.source)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
