//! Sends one request to one GMS node over HTTP.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder,
    header::{
        ACCEPT, AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER,
    },
};

use wallboard_domain::RedactedText;
use wallboard_runtime::https;

use super::{
    GmsError, GmsRequest, GmsSettings, NodeError, form,
    reply::{self, GmsReply, ReplyShape, ReplyVerdict},
};

/// Shorter than the time for which servers usually keep an idle connection open.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// The maximum size of a reply, in bytes.
pub(super) const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// The reason for a longer reply, which a smaller request may avoid.
pub(super) const TOO_LARGE: &str = "a response of more than 1 MiB";

/// A client for GMS nodes, real or fake.
pub(super) trait NodeClient: Send + Sync + 'static {
    /// Queries the node with this index in `base_url`, and waits up to `timeout`.
    fn query_node(
        &self,
        node: usize,
        request: &GmsRequest,
        timeout: Duration,
    ) -> impl Future<Output = ReplyVerdict> + Send;
}

#[derive(Debug)]
pub(super) struct HttpNodeClient {
    client: Client,
    settings: Arc<GmsSettings>,
    /// Secrets that no text of a vendor may repeat.
    secrets: Vec<RedactedText>,
}

impl HttpNodeClient {
    pub(super) fn new(settings: Arc<GmsSettings>) -> Result<Self, GmsError> {
        let tls = https::tls_config_trusting(settings.ca_file.as_deref())?;
        let client = https::client_builder_with(tls)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build();
        let client = client.map_err(|error| GmsError::Client(error.to_string()))?;
        let secrets = list_secrets(&client, &settings);
        Ok(Self {
            client,
            settings,
            secrets,
        })
    }

    fn build_request(&self, node: usize, request: &GmsRequest) -> RequestBuilder {
        let settings = &self.settings;
        let entry = |member: &usize| &settings.statistics[*member];
        let (url, form) = match request {
            GmsRequest::Batch(members) => (
                format!("{}/statistics", settings.base_urls[node]),
                form::encode_batch(members.iter().map(entry)),
            ),
            GmsRequest::Single(member) => (
                settings.single_url(node),
                form::encode_single(entry(member)),
            ),
        };
        let max_age = format!("max-age={}", settings.max_age.as_secs());
        let http_request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            // Without it, GMS returns its cached value, however old.
            .header(CACHE_CONTROL, max_age)
            .body(form);
        match &settings.credentials {
            Some((user, password)) => http_request.basic_auth(user, Some(&password.0)),
            None => http_request,
        }
    }

    fn interpret_reply(
        &self,
        request: &GmsRequest,
        headers: &HeaderMap,
        status: u16,
        body: &[u8],
    ) -> ReplyVerdict {
        let members = request.members().iter();
        let names: Vec<&str> = members
            .flat_map(|member| {
                let entry = &self.settings.statistics[*member];
                [
                    &*entry.statistic.name,
                    &entry.statistic.object,
                    &entry.tenant,
                ]
            })
            .collect();
        // Before it is cut: half of a secret is not found. Values aren't masked.
        let masked;
        let body = if (200..300).contains(&status) {
            body
        } else {
            masked = self.without_secrets(String::from_utf8_lossy(body).into_owned());
            masked.as_bytes()
        };
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let reply = GmsReply {
            status,
            age: text(AGE),
            retry_after: text(RETRY_AFTER),
            body,
        };
        let shape = match request {
            GmsRequest::Batch(members) => ReplyShape::Batch(members.len()),
            GmsRequest::Single(_) => ReplyShape::Single,
        };
        match reply::interpret_reply(reply, shape, &names, Timestamp::now()) {
            ReplyVerdict::Undefined(why) => ReplyVerdict::Undefined(self.without_secrets(why)),
            ReplyVerdict::Ambiguous(why) => ReplyVerdict::Ambiguous(self.without_secrets(why)),
            ReplyVerdict::StatServerUnavailable(why) => {
                ReplyVerdict::StatServerUnavailable(self.without_secrets(why))
            }
            other => other,
        }
    }

    /// Masks credentials in a vendor's text, which may repeat the request.
    fn without_secrets(&self, text: String) -> String {
        let secrets = self.secrets.iter();
        secrets.fold(text, |text, secret| secret.mask_in(&text))
    }
}

/// Returns all secrets of requests, also in the form that their header has.
fn list_secrets(client: &Client, settings: &GmsSettings) -> Vec<RedactedText> {
    let password = settings.credentials.iter();
    let password = password.map(|(_, password)| password.clone());
    let tenants = settings.statistics.iter();
    let tenants = tenants.map(|entry| entry.tenant_password.clone());
    let basic = settings.credentials.as_ref().and_then(|(user, password)| {
        let request = client.get("http://gms").basic_auth(user, Some(&password.0));
        let request = request.build().ok()?;
        let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
        Some(RedactedText(header.strip_prefix("Basic ")?.to_owned()))
    });
    password.chain(tenants).chain(basic).collect()
}

impl NodeClient for HttpNodeClient {
    async fn query_node(
        &self,
        node: usize,
        request: &GmsRequest,
        timeout: Duration,
    ) -> ReplyVerdict {
        let exchange = async {
            let sent = https::send(|| self.build_request(node, request)).await;
            let response = sent.map_err(|error| node_error(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            if let Some(location) = https::redirect_target(response.url(), status, &headers) {
                let location = self.without_secrets(location);
                return Err(NodeError::Redirect { status, location });
            }
            let body = https::read_body(response, REPLY_BYTES_MAX).await;
            Ok(match body.map_err(|_| NodeError::Broken)? {
                Some(body) => self.interpret_reply(request, &headers, status, &body),
                None => ReplyVerdict::Ambiguous(TOO_LARGE.to_owned()),
            })
        };
        match tokio::time::timeout(timeout, exchange).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => ReplyVerdict::Failed(error),
            Err(_) => ReplyVerdict::Failed(NodeError::Timeout(timeout)),
        }
    }
}

fn node_error(error: &reqwest::Error) -> NodeError {
    if error.is_connect() {
        NodeError::Unreachable(https::explain_unreachable(error))
    } else {
        NodeError::Broken
    }
}
