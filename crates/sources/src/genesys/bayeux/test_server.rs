//! A small Bayeux server that behaves, unless a test has scripted a response.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response},
};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, stream};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use reqwest::{Url, cookie::Jar};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, broadcast, mpsc},
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::{self, handshake::server};
use tokio_util::task::AbortOnDropHandle;

use crate::genesys::NotificationTransport;
use wallboard_runtime::https;

use super::{BayeuxEndpoint, RequestSigner, message};

pub(super) const UPDATES: &str = "/statistics/v3/updates";
pub(super) const SERVICE: &str = "/statistics/v3/service";

pub(super) struct BayeuxTestServer {
    pub(super) server: Arc<TestServerState>,
    address: String,
    _accepts: AbortOnDropHandle<()>,
}

pub(super) struct TestServerState {
    requests: Mutex<Vec<ReceivedRequest>>,
    scripted: Mutex<Vec<(&'static str, VecDeque<ScriptedAnswer>)>>,
    /// Notified when a request arrives or a response is scripted.
    changed: Notify,
    pub(super) upgrades: AtomicUsize,
    pub(super) refuses_upgrades: AtomicBool,
    /// Where upgrades are redirected to, and POSTs as long as no WebSocket is offered. Empty: nowhere.
    pub(super) redirect: Mutex<&'static str>,
    pub(super) offers_websocket: AtomicBool,
    connects_held: AtomicUsize,
    pub(super) most_connects_held: AtomicUsize,
    /// Sent on every WebSocket.
    pub(super) pushes: broadcast::Sender<String>,
}

/// One request, by either transport.
#[derive(Clone, Debug)]
pub(super) struct ReceivedRequest {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) messages: Vec<Value>,
}

impl ReceivedRequest {
    pub(super) fn channel(&self) -> &str {
        self.messages[0]["channel"].as_str().unwrap()
    }

    pub(super) fn is_listening(&self) -> bool {
        let hold = self.messages[0]["advice"]["timeout"].as_u64();
        self.channel() == message::CONNECT && hold.is_none_or(|hold| 1_000 <= hold)
    }
}

#[derive(Debug)]
pub(super) enum ScriptedAnswer {
    /// Messages after the successful reply to the request.
    Success(Vec<Value>),
    /// A Bayeux reply that gets the request's id.
    Failed(Value),
    Http(u16, &'static str),
    /// The connection ends in the middle of this.
    Cut(&'static str),
    /// This many blank bytes.
    Long(usize),
    Never,
}

pub(super) async fn start_test_server() -> BayeuxTestServer {
    let server = Arc::new(TestServerState {
        requests: Mutex::default(),
        scripted: Mutex::default(),
        changed: Notify::new(),
        upgrades: AtomicUsize::default(),
        refuses_upgrades: AtomicBool::default(),
        redirect: Mutex::default(),
        offers_websocket: AtomicBool::default(),
        connects_held: AtomicUsize::default(),
        most_connects_held: AtomicUsize::default(),
        pushes: broadcast::channel(64).0,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let accepting = Arc::clone(&server);
    let accepts = tokio::spawn(async move {
        let mut connections = Vec::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let serving = serve_connection(Arc::clone(&accepting), stream);
            connections.push(AbortOnDropHandle::new(tokio::spawn(serving)));
        }
    });
    BayeuxTestServer {
        server,
        address,
        _accepts: AbortOnDropHandle::new(accepts),
    }
}

impl BayeuxTestServer {
    pub(super) fn endpoint(
        &self,
        transport: NotificationTransport,
        signer: Arc<dyn RequestSigner>,
    ) -> BayeuxEndpoint {
        let jar = Arc::new(Jar::default());
        let url = format!("http://{}/statistics/v3/notifications", self.address);
        BayeuxEndpoint {
            source: "voice".into(),
            url: Url::parse(&url).unwrap(),
            tls: https::default_tls_config().into(),
            http: https::client_builder()
                .cookie_provider(Arc::clone(&jar))
                .build()
                .unwrap(),
            cookie_jar: jar,
            signer,
            transport,
            channels: &[SERVICE, UPDATES],
        }
    }

    pub(super) fn script_answer(&self, channel: &'static str, answer: ScriptedAnswer) {
        let mut scripted = self.server.scripted.lock();
        match scripted.iter_mut().find(|(name, _)| *name == channel) {
            Some((_, answers)) => answers.push_back(answer),
            None => scripted.push((channel, VecDeque::from([answer]))),
        }
        drop(scripted);
        self.server.changed.notify_waiters();
    }

    pub(super) fn received_requests(&self) -> Vec<ReceivedRequest> {
        self.server.requests.lock().clone()
    }

    pub(super) fn count_requests(&self, channel: &str) -> usize {
        let requests = self.received_requests();
        requests.iter().filter(|a| a.channel() == channel).count()
    }

    /// Waits until the received requests meet a condition.
    pub(super) async fn wait_until(&self, condition: impl Fn(&[ReceivedRequest]) -> bool) {
        let seen = async {
            loop {
                let notified = self.server.changed.notified();
                if condition(&self.received_requests()) {
                    return;
                }
                notified.await;
            }
        };
        timeout(Duration::from_secs(10), seen)
            .await
            .unwrap_or_else(|_| panic!("received only: {:#?}", self.received_requests()));
    }

    /// Waits until more than `after` listening connects have arrived.
    pub(super) async fn wait_until_listening(&self, after: usize) {
        self.wait_until(|requests| after < requests.iter().filter(|a| a.is_listening()).count())
            .await;
    }
}

async fn serve_connection(server: Arc<TestServerState>, stream: TcpStream) {
    let mut head = vec![0; 4096];
    let is_upgrade = loop {
        let Ok(read) = stream.peek(&mut head).await else {
            return;
        };
        let text = String::from_utf8_lossy(&head[..read]).to_lowercase();
        if text.contains("\r\n\r\n") || read == 0 {
            break text.contains("upgrade: websocket");
        }
        sleep(Duration::from_millis(1)).await;
    };
    server.upgrades.fetch_add(usize::from(is_upgrade), SeqCst);
    if is_upgrade && !server.refuses_upgrades.load(SeqCst) {
        serve_websocket(server, stream).await;
        return;
    }
    let service = service_fn(move |request| respond_to_post(Arc::clone(&server), request));
    let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    serving.await.ok();
}

async fn respond_to_post(
    server: Arc<TestServerState>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let location = *server.redirect.lock();
    let is_upgrade = request.headers().contains_key("upgrade");
    let is_redirected = is_upgrade || !server.offers_websocket.load(SeqCst);
    if is_redirected && !location.is_empty() {
        let mut redirect = build_response(302, "");
        let location = HeaderValue::from_static(location);
        redirect.headers_mut().insert("location", location);
        return Ok(redirect);
    }
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), 1 << 20).await;
    let Ok(messages) = serde_json::from_slice(&body.unwrap()) else {
        return Ok(build_response(400, "what is this?"));
    };
    let received = ReceivedRequest {
        path: head.uri.path().to_owned(),
        headers: head.headers,
        messages,
    };
    let mut response = match next_answer(&server, &received).await {
        ScriptedAnswer::Success(more) => {
            build_response(200, success_reply(&server, &received, more).to_string())
        }
        ScriptedAnswer::Failed(failed) => build_response(200, failed.to_string()),
        ScriptedAnswer::Http(status, body) => build_response(status, body),
        ScriptedAnswer::Cut(body) => {
            let parts = [
                Ok(Bytes::from(body)),
                Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            ];
            Response::new(Body::from_stream(stream::iter(parts)))
        }
        ScriptedAnswer::Long(bytes) => build_response(200, vec![b' '; bytes]),
        ScriptedAnswer::Never => std::future::pending().await,
    };
    let cookie = HeaderValue::from_static("BAYEUX_BROWSER=b1; Path=/; HttpOnly");
    response.headers_mut().append("set-cookie", cookie);
    Ok(response)
}

fn build_response(status: u16, body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder().status(status);
    response.body(body.into()).unwrap()
}

/// Serves one WebSocket.
#[expect(clippy::result_large_err, reason = "tungstenite requires this type")]
async fn serve_websocket(server: Arc<TestServerState>, stream: TcpStream) {
    let mut head = HeaderMap::new();
    let greet = |request: &server::Request, mut response: server::Response| {
        head = request.headers().clone();
        let cookie = HeaderValue::from_static("ROUTE=r1; Path=/");
        response.headers_mut().append("set-cookie", cookie);
        Ok(response)
    };
    let Ok(websocket) = tokio_tungstenite::accept_hdr_async(stream, greet).await else {
        return;
    };
    let (mut sink, mut frames) = websocket.split();
    let (out, mut outgoing) = mpsc::channel::<Option<String>>(64);
    let mut pushes = server.pushes.subscribe();
    let mut answering = Vec::new();
    loop {
        let text = tokio::select! {
            frame = frames.next() => {
                let Some(Ok(frame)) = frame else { return };
                let tungstenite::Message::Text(text) = frame else { continue };
                let received = ReceivedRequest {
                    path: "websocket".into(),
                    headers: head.clone(),
                    messages: serde_json::from_str(&text).unwrap(),
                };
                let (server, out) = (Arc::clone(&server), out.clone());
                answering.push(AbortOnDropHandle::new(tokio::spawn(async move {
                    let text = match next_answer(&server, &received).await {
                        ScriptedAnswer::Success(more) => Some(success_reply(&server, &received, more).to_string()),
                        ScriptedAnswer::Failed(failed) => Some(failed.to_string()),
                        ScriptedAnswer::Http(_, body) => Some(body.to_owned()),
                        ScriptedAnswer::Long(bytes) => Some(" ".repeat(bytes)),
                        ScriptedAnswer::Cut(_) => None,
                        ScriptedAnswer::Never => std::future::pending().await,
                    };
                    out.send(text).await.ok();
                })));
                continue;
            }
            Some(text) = outgoing.recv() => text,
            Ok(text) = pushes.recv() => Some(text),
        };
        let Some(text) = text else { return };
        if sink.send(tungstenite::Message::text(text)).await.is_err() {
            return;
        }
    }
}

/// Returns the scripted response to a request; a listening connect waits for one.
async fn next_answer(server: &TestServerState, request: &ReceivedRequest) -> ScriptedAnswer {
    server.requests.lock().push(request.clone());
    server.changed.notify_waiters();
    let _held = (request.channel() == message::CONNECT).then(|| HeldConnect::begin(server));
    loop {
        let notified = server.changed.notified();
        if let Some(mut answer) = server.next_scripted(request.channel()) {
            if let ScriptedAnswer::Failed(failed) = &mut answer {
                failed[0]["id"] = request.messages[0]["id"].clone();
                failed[0]["channel"] = request.messages[0]["channel"].clone();
            }
            return answer;
        }
        let is_over = server.requests.lock().last().map(ReceivedRequest::channel)
            == Some(message::DISCONNECT);
        if !request.is_listening() || is_over {
            return ScriptedAnswer::Success(Vec::new());
        }
        notified.await;
    }
}

fn success_reply(server: &TestServerState, request: &ReceivedRequest, more: Vec<Value>) -> Value {
    let other = if server.offers_websocket.load(SeqCst) {
        "websocket"
    } else {
        "callback-polling"
    };
    let mut reply: Vec<Value> = request
        .messages
        .iter()
        .map(|message| match message["channel"].as_str().unwrap() {
            message::HANDSHAKE => json!({
                "id": message["id"], "channel": message["channel"], "successful": true,
                "clientId": "a1", "version": "1.0", "supportedConnectionTypes": ["long-polling", other],
                "advice": {"reconnect": "retry", "interval": 0, "timeout": 20_000},
            }),
            _ => json!({
                "id": message["id"], "channel": message["channel"], "successful": true,
                "subscription": message["subscription"],
            }),
        })
        .collect();
    reply.extend(more);
    Value::Array(reply)
}

impl TestServerState {
    fn next_scripted(&self, channel: &str) -> Option<ScriptedAnswer> {
        let mut scripted = self.scripted.lock();
        let (_, answers) = scripted.iter_mut().find(|(name, _)| *name == channel)?;
        answers.pop_front()
    }
}

/// Counts the connects that are being answered.
struct HeldConnect<'a>(&'a TestServerState);

impl<'a> HeldConnect<'a> {
    fn begin(server: &'a TestServerState) -> Self {
        let held = server.connects_held.fetch_add(1, SeqCst) + 1;
        server.most_connects_held.fetch_max(held, SeqCst);
        Self(server)
    }
}

impl Drop for HeldConnect<'_> {
    fn drop(&mut self) {
        self.0.connects_held.fetch_sub(1, SeqCst);
        self.0.changed.notify_waiters();
    }
}

impl BayeuxTestServer {
    /// Waits until no connect is held.
    pub(super) async fn wait_until_none_held(&self) {
        self.wait_until(|_| self.server.connects_held.load(SeqCst) == 0)
            .await;
    }
}
