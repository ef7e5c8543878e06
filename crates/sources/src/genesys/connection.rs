//! State of a source that outlives its connections: the token, the cookies, the CometD
//! session, and the subscriptions.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use reqwest::{Url, cookie::Jar, header::HeaderMap};
use tokio::time::{Instant, timeout};

use wallboard_domain::SubscriptionStats;
use wallboard_runtime::https;

use super::{
    GenesysMode, GenesysSettings,
    bayeux::{self, BayeuxClient, BayeuxEndpoint, RequestSigner, SessionStart},
    error::GenesysError,
    http,
    job_runner::JobRunner,
    notification,
    rest_client::RestClient,
    subscription_manager::SubscriptionManager,
    token_provider::TokenProvider,
};

/// The channels of the Statistics API.
const CHANNELS: &[&str] = &[notification::SERVICE_CHANNEL, notification::UPDATES_CHANNEL];
/// Consecutive rejections of a new token before the rejection is final.
const REFUSALS_MAX: u32 = 3;
/// Time limit for ending all subscriptions, which leaves time for the connection itself.
const UNSUBSCRIBE_TIMEOUT: Duration = Duration::from_millis(1200);
/// Subscriptions that are ended at once.
const CONCURRENT_UNSUBSCRIBES: usize = 8;

#[derive(Debug)]
pub(super) struct GenesysConnection {
    pub(super) mode: GenesysMode,
    pub(super) tokens: Arc<TokenProvider>,
    pub(super) job_runner: JobRunner,
    pub(super) subscriptions: SubscriptionManager,
    endpoint: BayeuxEndpoint,
    memory: bayeux::BayeuxMemory,
    pub(super) client: Option<BayeuxClient>,
    pub(super) signed_in: Option<Timestamp>,
    /// Consecutive times that notifications were rejected although the token was new.
    refusals: u32,
}

impl GenesysConnection {
    pub(super) fn new(settings: &GenesysSettings) -> Result<Self, GenesysError> {
        let jar = Arc::new(Jar::default());
        let tls = https::tls_config_trusting(settings.ca_file.as_deref())
            .map_err(|error| GenesysError::Settings(error.to_string()))?;
        let http = http::build_client(&settings.api_key, tls.clone(), Arc::clone(&jar))?;
        let tokens = Arc::new(TokenProvider::new(settings.auth.clone(), http.clone()));
        let rest = Arc::new(RestClient::new(
            &settings.base_url,
            settings.api_key.clone(),
            http.clone(),
            Arc::clone(&tokens),
        ));
        let url = format!("{}/notifications", rest.base);
        let url = Url::parse(&url).map_err(|error| {
            GenesysError::Settings(format!("`base_url` isn't a valid address: {error}"))
        })?;
        let signer = BearerSigner {
            rest: Arc::clone(&rest),
            fixed_headers: http::api_key_headers(&settings.api_key)?,
        };
        let endpoint = BayeuxEndpoint {
            source: settings.id.clone(),
            url,
            http,
            tls: tls.into(),
            cookie_jar: jar,
            signer: Arc::new(signer),
            transport: settings.transport,
            channels: CHANNELS,
        };
        let job_runner = JobRunner {
            rest,
            statistics: Arc::clone(&settings.statistics),
            mode: settings.mode,
        };
        Ok(Self {
            mode: settings.mode,
            subscriptions: SubscriptionManager::new(
                settings,
                Arc::clone(&job_runner.statistics),
                Instant::now(),
            ),
            tokens,
            job_runner,
            endpoint,
            memory: bayeux::BayeuxMemory::default(),
            client: None,
            signed_in: None,
            refusals: 0,
        })
    }

    /// Records that the connection is lost or was never there.
    pub(super) fn mark_lost(&mut self) {
        self.client = None;
        self.subscriptions.mark_lost();
        self.tokens.clear_refusal();
    }

    pub(super) async fn open_client(&mut self) -> Result<SessionStart, GenesysError> {
        let mut opened = BayeuxClient::open_session(&self.endpoint, &self.memory).await;
        if matches!(opened, Err(bayeux::BayeuxError::Unauthorized(_))) {
            // Tokens expire: renew it once and try once more.
            self.tokens.expire_token();
            self.tokens.current_token().await?;
            opened = BayeuxClient::open_session(&self.endpoint, &self.memory).await;
        }
        let (client, opened) = opened.map_err(|error| self.interpret_loss(&error))?;
        self.client = Some(client);
        self.refusals = 0;
        Ok(opened)
    }

    /// Translates the end of a CometD connection.
    pub(super) fn interpret_loss(&mut self, error: &bayeux::BayeuxError) -> GenesysError {
        let mut is_refused = matches!(error, bayeux::BayeuxError::Forbidden(_));
        if matches!(error, bayeux::BayeuxError::Unauthorized(_)) {
            self.tokens.expire_token();
            self.refusals += 1;
            is_refused = self.refusals >= REFUSALS_MAX;
        }
        let why = error.to_string();
        GenesysError::Notifications { why, is_refused }
    }

    pub(super) fn subscription_stats(&self) -> SubscriptionStats {
        let transport = match (&self.client, self.mode) {
            (Some(_), _) => self.memory.transport_name(),
            (None, GenesysMode::Poll(_)) => "polling",
            (None, GenesysMode::Subscribe) => "",
        };
        SubscriptionStats {
            signed_in_at: self.signed_in,
            transport,
            address: http::host_and_port(&self.endpoint.url),
            ..self.subscriptions.subscription_stats()
        }
    }

    /// Ends everything at the vendor, as far as that is possible quickly.
    pub(super) async fn close_session(&mut self) {
        let subscriptions = stream::iter(self.subscriptions.release_all());
        let unsubscribe_all =
            subscriptions.for_each_concurrent(CONCURRENT_UNSUBSCRIBES, async |subscription| {
                // The vendor ends by itself what couldn't be ended here.
                self.job_runner.unsubscribe(&subscription).await.ok();
            });
        timeout(UNSUBSCRIBE_TIMEOUT, unsubscribe_all).await.ok();
        if let Some(client) = self.client.take() {
            client.close_session().await;
        }
    }
}

/// Signs each request of the CometD connection.
struct BearerSigner {
    rest: Arc<RestClient>,
    fixed_headers: HeaderMap,
}

impl RequestSigner for BearerSigner {
    fn auth_headers(&self) -> HeaderMap {
        let mut headers = self.fixed_headers.clone();
        if let Some(token) = self.rest.tokens.authorization_header() {
            headers.insert(reqwest::header::AUTHORIZATION, token);
        }
        headers
    }

    fn repeats_secret(&self, words: &str) -> bool {
        self.rest.repeats_secret(words)
    }
}
