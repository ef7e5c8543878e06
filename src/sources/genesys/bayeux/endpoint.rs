//! Where a Bayeux server is, and how one speaks to it.

use std::{fmt, sync::Arc};

use reqwest::{Url, cookie::Jar, header::HeaderMap};
use rustls::ClientConfig;

use crate::{domain::SourceId, sources::genesys::NotificationTransport};

/// The Bayeux server of one source.
#[derive(Clone)]
pub(crate) struct BayeuxEndpoint {
    /// Named in logs.
    pub(crate) source: SourceId,
    /// `{base_url}/statistics/v3/notifications`; the kind of a message is appended.
    pub(crate) url: Url,
    /// Keeps its cookies in `jar`, and has no time limit on a whole request.
    pub(crate) http: reqwest::Client,
    /// Whom a WebSocket trusts.
    pub(crate) tls: Arc<ClientConfig>,
    /// Shared with everything else that this source asks of the vendor.
    pub(crate) cookie_jar: Arc<Jar>,
    pub(crate) signer: Arc<dyn RequestSigner>,
    pub(crate) transport: NotificationTransport,
    /// The channels to subscribe to; whatever comes on another is ignored.
    pub(crate) channels: &'static [&'static str],
}

/// What proves to the vendor who asks.
pub(crate) trait RequestSigner: Send + Sync {
    /// Asked anew for each request: a token may be renewed while a session lives.
    fn auth_headers(&self) -> HeaderMap;
}

impl fmt::Debug for BayeuxEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("source", &self.source)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
