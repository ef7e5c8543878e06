//! WebSocket: messages go both ways on one connection, and events come without
//! waking the connect.

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

use crate::https;

use super::{
    Endpoint, Error,
    message::{self, DISCONNECT},
    request::Outgoing,
    wire::{LARGEST, Reply},
};

/// Name, TCP, TLS and upgrade. A session that waits for it must not be forgotten.
const OPEN_WITHIN: Duration = Duration::from_secs(4);

pub(super) struct WebSocket(WebSocketStream<Box<dyn Stream>>);

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

impl WebSocket {
    pub(super) async fn dial(endpoint: &Endpoint) -> Result<Self, Error> {
        timeout(OPEN_WITHIN, open(endpoint))
            .await
            .unwrap_or(Err(Error::NoWebSocket("no response to the upgrade")))
    }

    pub(super) async fn send(&mut self, outgoing: Outgoing) -> Result<(), Error> {
        let sent = self.0.send(Message::text(outgoing.body)).await;
        sent.map_err(|error| broken(&error))
    }

    pub(super) async fn receive(&mut self) -> Result<Reply, Error> {
        loop {
            let body: Bytes = match self.0.next().await {
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Close(_))) | None => return Err(Error::Lost),
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(broken(&error)),
            };
            return Ok(Reply {
                body,
                is_whole: false,
            });
        }
    }

    pub(super) async fn farewell(mut self, outgoing: Outgoing) -> Result<(), Error> {
        self.send(outgoing).await?;
        loop {
            let reply = self.receive().await?;
            let messages = message::decode(&reply.body)?;
            if messages.iter().any(|message| message.is_on(DISCONNECT)) {
                return self.0.close(None).await.map_err(|error| broken(&error));
            }
        }
    }
}

async fn open(endpoint: &Endpoint) -> Result<WebSocket, Error> {
    let mut url = endpoint.url.clone();
    let is_secret = url.scheme() == "https";
    url.set_scheme(if is_secret { "wss" } else { "ws" })
        .map_err(|()| Error::NoWebSocket("its address isn't an HTTP address"))?;
    let tls = is_secret.then(|| Arc::clone(&endpoint.tls));
    let stream = connect(&url, tls).await?;

    let mut request = url
        .as_str()
        .into_client_request()
        .map_err(|_| Error::NoWebSocket("its address isn't an HTTP address"))?;
    request.headers_mut().extend(endpoint.sign.headers());
    // A jar knows only the addresses of HTTP.
    if let Some(cookies) = endpoint.jar.cookies(&endpoint.url) {
        request.headers_mut().insert(COOKIE, cookies);
    }
    let limits = WebSocketConfig::default()
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    match client_async_with_config(request, stream, Some(limits)).await {
        Ok((line, response)) => {
            keep_cookies(endpoint, response.headers());
            Ok(WebSocket(line))
        }
        Err(tungstenite::Error::Http(response)) => {
            keep_cookies(endpoint, response.headers());
            Err(match response.status().as_u16() {
                status @ (401 | 403) => Error::Unauthorised(status),
                _ => Error::NoWebSocket("it doesn't upgrade the connection"),
            })
        }
        Err(tungstenite::Error::Io(_)) => Err(Error::NoWebSocket(
            "it closes the connection at the upgrade",
        )),
        Err(_) => Err(Error::NoWebSocket("its response to the upgrade is invalid")),
    }
}

async fn connect(url: &Url, tls: Option<Arc<ClientConfig>>) -> Result<Box<dyn Stream>, Error> {
    let away = |error: &std::io::Error| Error::Unreachable(https::why_unreachable(error));
    // Brackets are of the address, not of the name.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or_default();
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(|error| away(&error))?;
    stream.set_nodelay(true).map_err(|error| away(&error))?;
    let Some(tls) = tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| Error::Unreachable("its host name isn't valid for TLS"))?;
    let stream = TlsConnector::from(tls)
        .connect(name, stream)
        .await
        .map_err(|error| away(&error))?;
    Ok(Box::new(stream))
}

fn keep_cookies(endpoint: &Endpoint, headers: &HeaderMap) {
    let mut cookies = headers.get_all(SET_COOKIE).iter();
    endpoint.jar.set_cookies(&mut cookies, &endpoint.url);
}

fn broken(error: &tungstenite::Error) -> Error {
    match error {
        tungstenite::Error::Capacity(_) => Error::TooLarge(LARGEST),
        _ => Error::Lost,
    }
}
