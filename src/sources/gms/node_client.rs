//! One question to one node of GMS, over HTTP.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder,
    header::{ACCEPT, AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER},
};

use crate::https;

use super::{
    GmsError, GmsRequest, GmsSettings, NodeError, form,
    reply::{self, GmsReply, ReplyShape, ReplyVerdict},
};

/// Shorter than servers usually keep a connection that says nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// A longer reply is no reply. In bytes.
const REPLY_BYTES_MAX: usize = 1024 * 1024;
/// Shorter passwords are ordinary words.
const PASSWORD_LENGTH_MIN: usize = 4;

/// Whoever can be asked.
pub(super) trait NodeClient: Send + Sync + 'static {
    /// Asks the node at this place of `base_url`, and waits for `patience`.
    fn query_node(
        &self,
        node: usize,
        question: &GmsRequest,
        patience: Duration,
    ) -> impl Future<Output = ReplyVerdict> + Send;
}

#[derive(Debug)]
pub(super) struct HttpNodeClient {
    client: Client,
    settings: Arc<GmsSettings>,
}

impl HttpNodeClient {
    pub(super) fn new(settings: Arc<GmsSettings>) -> Result<Self, GmsError> {
        let tls = https::tls_config_trusting(settings.ca_file.as_deref())?;
        let client = https::client_builder_with(tls)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build();
        let client = client.map_err(|error| GmsError::Client(error.to_string()))?;
        Ok(Self { client, settings })
    }

    fn build_request(&self, node: usize, question: &GmsRequest) -> RequestBuilder {
        let settings = &self.settings;
        let asked = |member: &usize| &settings.statistics[*member];
        let (url, form) = match question {
            GmsRequest::Batch(members) => (
                format!("{}/statistics", settings.base_urls[node]),
                form::encode_batch(members.iter().map(asked)),
            ),
            GmsRequest::Single(member) => (
                settings.single_url(node),
                form::encode_single(asked(member)),
            ),
        };
        let max_age = format!("max-age={}", settings.max_age.as_secs());
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            // Without it GMS gives what it has, however old.
            .header(CACHE_CONTROL, max_age)
            .body(form);
        match &settings.credentials {
            Some((user, password)) => request.basic_auth(user, Some(&password.0)),
            None => request,
        }
    }

    fn interpret_reply(
        &self,
        question: &GmsRequest,
        headers: &HeaderMap,
        status: u16,
        body: &[u8],
    ) -> ReplyVerdict {
        let members = question.members().iter();
        let names: Vec<&str> = members
            .flat_map(|member| {
                let asked = &self.settings.statistics[*member];
                [
                    &*asked.statistic.name,
                    &asked.statistic.object,
                    &asked.tenant,
                ]
            })
            .collect();
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let reply = GmsReply {
            status,
            age: text(AGE),
            retry_after: text(RETRY_AFTER),
            body,
        };
        let shape = match question {
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

    /// A vendor that repeats what it was sent does not make us tell it.
    fn without_secrets(&self, mut text: String) -> String {
        let settings = &self.settings;
        let password = settings.credentials.iter().map(|(_, password)| password);
        let tenants = settings
            .statistics
            .iter()
            .map(|asked| &asked.tenant_password);
        for secret in password.chain(tenants) {
            if PASSWORD_LENGTH_MIN <= secret.0.len() && text.contains(&secret.0) {
                text = text.replace(&secret.0, "…");
            }
        }
        text
    }
}

impl NodeClient for HttpNodeClient {
    async fn query_node(
        &self,
        node: usize,
        question: &GmsRequest,
        patience: Duration,
    ) -> ReplyVerdict {
        let exchange = async {
            let response = match self.build_request(node, question).send().await {
                // A connection kept from the last question may have been closed just
                // now: that says nothing of the node.
                Err(error) if !error.is_connect() => {
                    self.build_request(node, question).send().await
                }
                sent => sent,
            };
            let response = response.map_err(|error| node_error(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = https::read_body(response, REPLY_BYTES_MAX).await;
            Ok(match body.map_err(|_| NodeError::Broken)? {
                Some(body) => self.interpret_reply(question, &headers, status, &body),
                None => ReplyVerdict::Ambiguous("a response of more than 1 MiB".to_owned()),
            })
        };
        match tokio::time::timeout(patience, exchange).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(trouble)) => ReplyVerdict::Failed(trouble),
            Err(_) => ReplyVerdict::Failed(NodeError::Timeout(patience)),
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
