//! Long polling: each message is the body of a POST, which the server answers when it has
//! something to send.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};

use wallboard_runtime::https;

use super::{
    BayeuxEndpoint, BayeuxError,
    error::ServerReason,
    request::OutgoingRequest,
    transport::{LARGEST, TransportReply},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");

pub(super) struct LongPollingTransport {
    endpoint: BayeuxEndpoint,
    pending: Option<PendingExchange>,
}

type PendingExchange = Pin<Box<dyn Future<Output = Result<Bytes, BayeuxError>> + Send>>;

impl LongPollingTransport {
    pub(super) fn new(endpoint: BayeuxEndpoint) -> Self {
        Self {
            endpoint,
            pending: None,
        }
    }

    pub(super) fn start_exchange(&mut self, outgoing: OutgoingRequest) {
        self.pending = Some(Box::pin(post_request(self.endpoint.clone(), outgoing)));
    }

    pub(super) async fn receive_reply(&mut self) -> Result<TransportReply, BayeuxError> {
        let Some(exchange) = &mut self.pending else {
            return std::future::pending().await;
        };
        let body = exchange.await;
        self.pending = None;
        Ok(TransportReply {
            body: body?,
            is_whole: true,
        })
    }

    /// Uses another connection than the held connect, which it ends.
    pub(super) async fn send_disconnect(mut self, outgoing: OutgoingRequest) {
        let disconnect = post_request(self.endpoint.clone(), outgoing);
        match self.pending.take() {
            // The session is over, however either ends.
            Some(pending) => drop(tokio::join!(disconnect, pending)),
            None => drop(disconnect.await),
        }
    }
}

async fn post_request(
    endpoint: BayeuxEndpoint,
    outgoing: OutgoingRequest,
) -> Result<Bytes, BayeuxError> {
    let mut url = endpoint.url.clone();
    if let Ok(mut path) = url.path_segments_mut()
        && !outgoing.suffix.is_empty()
    {
        path.pop_if_empty().push(outgoing.suffix);
    }
    let request = endpoint
        .http
        .post(url)
        .headers(endpoint.signer.auth_headers())
        .header(CONTENT_TYPE, JSON)
        .body(outgoing.body);
    let response = request
        .send()
        .await
        .map_err(|error| exchange_error(&error))?;
    let status = response.status();
    if let Some(redirect) = endpoint.redirect_error(status.as_u16(), response.headers()) {
        return Err(redirect);
    }
    match status {
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            return Err(BayeuxError::Unauthorized(status.as_u16()));
        }
        // Some servers use HTTP for what belongs in Bayeux.
        StatusCode::PAYMENT_REQUIRED => {
            return Err(BayeuxError::SessionGone(ServerReason::default()));
        }
        status if !status.is_success() => return Err(BayeuxError::Status(status.as_u16())),
        _ => {}
    }
    let body = https::read_body(response, LARGEST).await;
    let body = body.map_err(|error| exchange_error(&error))?;
    Ok(body.ok_or(BayeuxError::TooLarge(LARGEST))?.into())
}

fn exchange_error(error: &reqwest::Error) -> BayeuxError {
    if error.is_connect() {
        BayeuxError::Unreachable(https::explain_unreachable(error))
    } else {
        BayeuxError::Lost
    }
}
