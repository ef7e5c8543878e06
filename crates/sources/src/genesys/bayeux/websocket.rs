//! WebSocket: messages go both ways on one connection, and events come without a reply to
//! the connect.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use reqwest::{
    Url,
    cookie::CookieStore,
    header::{COOKIE, HeaderMap, SET_COOKIE},
};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use wallboard_runtime::https;

use super::{
    BayeuxEndpoint, BayeuxError,
    message::{self, DISCONNECT},
    request::OutgoingRequest,
    transport::{LARGEST, TransportReply},
};

/// Limits name resolution, TCP, TLS and upgrade. It is short, so that the server doesn't
/// forget a waiting session.
const OPEN_WITHIN: Duration = Duration::from_secs(4);

pub(super) struct WebSocketTransport(WebSocketStream<Box<dyn ByteStream>>);

trait ByteStream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> ByteStream for T {}

impl WebSocketTransport {
    pub(super) async fn connect_within(endpoint: &BayeuxEndpoint) -> Result<Self, BayeuxError> {
        timeout(OPEN_WITHIN, open_websocket(endpoint))
            .await
            .unwrap_or(Err(BayeuxError::NoWebSocket("no response to the upgrade")))
    }

    pub(super) async fn send_request(
        &mut self,
        outgoing: OutgoingRequest,
    ) -> Result<(), BayeuxError> {
        let sent = self.0.send(Message::text(outgoing.body)).await;
        sent.map_err(|error| websocket_error(&error))
    }

    pub(super) async fn receive_reply(&mut self) -> Result<TransportReply, BayeuxError> {
        loop {
            let body: Bytes = match self.0.next().await {
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Close(_))) | None => return Err(BayeuxError::Lost),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(websocket_error(&error)),
            };
            return Ok(TransportReply {
                body,
                is_whole: false,
            });
        }
    }

    pub(super) async fn send_disconnect(
        mut self,
        outgoing: OutgoingRequest,
    ) -> Result<(), BayeuxError> {
        self.send_request(outgoing).await?;
        loop {
            let reply = self.receive_reply().await?;
            let messages = message::decode_messages(&reply.body)?;
            if messages.iter().any(|message| message.is_on(DISCONNECT)) {
                return self
                    .0
                    .close(None)
                    .await
                    .map_err(|error| websocket_error(&error));
            }
        }
    }
}

async fn open_websocket(endpoint: &BayeuxEndpoint) -> Result<WebSocketTransport, BayeuxError> {
    let mut url = endpoint.url.clone();
    let is_secure = url.scheme() == "https";
    url.set_scheme(if is_secure { "wss" } else { "ws" })
        .map_err(|()| BayeuxError::NoWebSocket("its address isn't an HTTP address"))?;
    let tls = is_secure.then(|| Arc::clone(&endpoint.tls));
    let stream = open_stream(&url, tls).await?;

    let mut request = url
        .as_str()
        .into_client_request()
        .map_err(|_| BayeuxError::NoWebSocket("its address isn't an HTTP address"))?;
    request.headers_mut().extend(endpoint.signer.auth_headers());
    // A cookie jar knows only HTTP addresses.
    if let Some(cookies) = endpoint.cookie_jar.cookies(&endpoint.url) {
        request.headers_mut().insert(COOKIE, cookies);
    }
    let limits = WebSocketConfig::default()
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((websocket, response)) => {
            store_cookies(endpoint, response.headers());
            Ok(WebSocketTransport(websocket))
        }
        Err(tungstenite::Error::Http(response)) => {
            let (status, headers) = (response.status().as_u16(), response.headers());
            store_cookies(endpoint, headers);
            Err(match endpoint.redirect_error(status, headers) {
                Some(redirect) => redirect,
                None if matches!(status, 401 | 403) => BayeuxError::Unauthorized(status),
                None => BayeuxError::NoWebSocket("it doesn't upgrade the connection"),
            })
        }
        Err(tungstenite::Error::Io(_)) => Err(BayeuxError::NoWebSocket(
            "it closes the connection at the upgrade",
        )),
        Err(_) => Err(BayeuxError::NoWebSocket(
            "its response to the upgrade is invalid",
        )),
    }
}

async fn open_stream(
    url: &Url,
    tls: Option<Arc<ClientConfig>>,
) -> Result<Box<dyn ByteStream>, BayeuxError> {
    let unreachable =
        |error: &std::io::Error| BayeuxError::Unreachable(https::explain_unreachable(error));
    // Brackets belong to the URL, not to the name.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or_default();
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(|error| unreachable(&error))?;
    stream
        .set_nodelay(true)
        .map_err(|error| unreachable(&error))?;
    let Some(tls) = tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| BayeuxError::Unreachable("its host name isn't valid for TLS"))?;
    let stream = TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(|error| unreachable(&error))?;
    Ok(Box::new(stream))
}

fn store_cookies(endpoint: &BayeuxEndpoint, headers: &HeaderMap) {
    let mut cookies = headers.get_all(SET_COOKIE).iter();
    endpoint.cookie_jar.set_cookies(&mut cookies, &endpoint.url);
}

fn websocket_error(error: &tungstenite::Error) -> BayeuxError {
    match error {
        tungstenite::Error::Capacity(_) => BayeuxError::TooLarge(LARGEST),
        _ => BayeuxError::Lost,
    }
}
