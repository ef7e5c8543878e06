//! The receiver of a channel over HTTP.

use std::{net::SocketAddr, time::Duration};

use jiff::Timestamp;
use reqwest::{Client, Request, Response, Url, header};

use wallboard_domain::RedactedText;
use wallboard_runtime::https;

use crate::{Message, MessageId, SendError, network_address::resolve_host};

use super::{http_answer::judge_answer, slack, teams, webhook};

/// For everything that belongs to one request.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer that are read.
pub(super) const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Where a channel's requests go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpReceiver<'c> {
    pub(crate) kind: ReceiverKind<'c>,
    pub(crate) url: &'c RedactedText,
    pub(crate) allow_private: bool,
    /// Whether the outcome has the receiver's own words.
    pub(crate) shows_words: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum ReceiverKind<'c> {
    Teams,
    Slack,
    Webhook { secret: &'c RedactedText },
}

impl ReceiverKind<'_> {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Teams => "Teams",
            Self::Slack => "Slack",
            Self::Webhook { .. } => "The webhook",
        }
    }
}

impl HttpReceiver<'_> {
    /// Sends a message. Returns the answer's status, for people.
    pub(crate) async fn send(
        &self,
        id: &MessageId,
        message: &Message,
    ) -> Result<String, SendError> {
        let body = match self.kind {
            ReceiverKind::Teams => teams::card_body(message),
            ReceiverKind::Slack => slack::blocks_body(message),
            ReceiverKind::Webhook { .. } => webhook::message_body(id, message),
        };
        self.post(id, body.to_string()).await
    }

    /// Sends a body. Returns the answer's status, for people.
    pub(crate) async fn post(&self, id: &MessageId, body: String) -> Result<String, SendError> {
        let host = self.url()?.host_str().unwrap_or_default().to_owned();
        let response = async {
            let (client, request) = self.prepare(id, body).await?;
            let sent = client.execute(request).await;
            self.read_answer(sent.map_err(|error| unreachable_host(&host, &error))?)
                .await
        };
        match tokio::time::timeout(TIMEOUT, response).await {
            Ok(answer) => answer,
            Err(_) => Err(SendError::temporary(format!(
                "{host} didn't answer within {} s. Check the address in the channel, and any firewalls in between.",
                TIMEOUT.as_secs()
            ))),
        }
    }

    fn url(&self) -> Result<Url, SendError> {
        let url = Url::parse(&self.url.0).ok();
        let url = url.filter(|url| url.host_str().is_some());
        url.ok_or_else(|| {
            SendError::permanent("The channel's `url` isn't an address. Set it again.")
        })
    }

    /// Returns the addresses of the host, each of which may be called.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, SendError> {
        let url = self.url()?;
        let port = url.port_or_known_default().unwrap_or(443);
        let host = url.host_str().unwrap_or_default();
        let found = resolve_host(host, port, self.allow_private).await;
        found.map_err(|fault| fault.of_channel(host))
    }

    /// Returns a client that reaches only addresses that were checked, and the request.
    async fn prepare(&self, id: &MessageId, body: String) -> Result<(Client, Request), SendError> {
        let url = self.url()?;
        let host = url.host_str().unwrap_or_default();
        let addresses = self.resolve().await?;
        // A proxy would look the name up again, and might reach another address.
        let client = https::client_builder()
            .no_proxy()
            .resolve_to_addrs(host, &addresses);
        let unusable =
            |_| SendError::permanent("The request can't be made. Set the channel's `url` again.");
        let client = client.build().map_err(unusable)?;
        let mut request = client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json");
        if let ReceiverKind::Webhook { secret } = self.kind {
            let (token, time) = (id.as_token(), Timestamp::now().as_second());
            let signature = webhook::sign(secret, &token, time, &body);
            request = request
                .header("webhook-id", token)
                .header("webhook-timestamp", time)
                .header("webhook-signature", signature);
        }
        let request = request.body(body).build().map_err(unusable)?;
        Ok((client, request))
    }

    async fn read_answer(&self, response: Response) -> Result<String, SendError> {
        let (status, url) = (response.status(), response.url().clone());
        let headers = response.headers().clone();
        let body = https::read_body(response, ANSWER_BYTES_MAX).await;
        let body = body.ok().flatten().unwrap_or_default();
        let (words, redirect) = if self.shows_words {
            let words = self.mask_secrets(&String::from_utf8_lossy(&body));
            (
                words,
                https::redirect_target(&url, status.as_u16(), &headers),
            )
        } else {
            (String::new(), None)
        };
        let pause = https::retry_after(&headers, Timestamp::now());
        judge_answer(self.kind, status, &words, redirect.as_deref(), pause)
    }

    /// Receivers may repeat anything of the request.
    fn mask_secrets(&self, words: &str) -> String {
        let mut masked = self.url.mask_in(words);
        if let Ok(url) = self.url() {
            let parts = [url.path(), url.query().unwrap_or_default()];
            for part in parts {
                masked = RedactedText(part.to_owned()).mask_in(&masked);
            }
        }
        match self.kind {
            ReceiverKind::Webhook { secret } => secret.mask_in(&masked),
            _ => masked,
        }
    }
}

fn unreachable_host(host: &str, error: &reqwest::Error) -> SendError {
    let advice = explain_without_file(error);
    SendError::temporary(format!("Can't reach {host}: {advice}."))
}

/// Explains a failed connection for a channel that has no `ca_file`.
fn explain_without_file(error: &reqwest::Error) -> String {
    let advice = https::explain_unreachable(error);
    let file = advice.split_once("set `ca_file`");
    let other = file.and_then(|(before, rest)| Some((before, rest.split_once("that key, or ")?.1)));
    other.map_or_else(
        || advice.to_owned(),
        |(before, after)| format!("{before}{after}"),
    )
}
