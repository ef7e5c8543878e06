//! Viewers that could harm others: oversized messages, foreign pages, half-sent requests, slow
//! readers, too many connections.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt, future::join_all};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};
use wallboard::web::{AllowedOrigins, http_server};

use crate::support::{
    is_nightly,
    page::Element,
    print_measured,
    process::queued_kib,
    test_server::{ServerOptions, TestServer},
    wait_until,
};

type Socket = WebSocketStream<TcpStream>;

const LIVE: &str = "/boards/queues/live";

/// Longer than any pause between two frames.
const FRAME_TIMEOUT: Duration = Duration::from_secs(15);
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn viewer_from_another_epoch_gets_the_whole_board() {
    let server = TestServer::start(ServerOptions::default()).await;
    server.set_waiting(1, 41).await;

    let path = format!("{LIVE}?e=gone&n=1042&v=old");
    let mut socket = dial(server.address, &path, None).await.unwrap();
    let (hello, snapshot) = (frame(&mut socket).await, frame(&mut socket).await);

    assert_eq!(
        (&hello["t"], &hello["resume"]),
        (&"hi".into(), &false.into())
    );
    assert_eq!((&snapshot["t"], &snapshot["n"]), (&"s".into(), &hello["n"]));
    assert_eq!(snapshot["h"].as_array().map(Vec::len), Some(1));
    let board = Element::parse(snapshot["h"][0][1].as_str().unwrap());
    assert!(board.slots().values().any(|slot| slot.text == "41"));
    assert_eq!(snapshot["c"], json!([]));
}

#[tokio::test]
async fn protocol_violations_close_with_1008() {
    let server = TestServer::start(ServerOptions::default()).await;
    let breaches = [
        Message::text("x".repeat(4097)),
        Message::text("x".repeat(200_000)),
        Message::text("{}"),
        Message::binary(vec![0; 10]),
    ];

    for breach in breaches {
        let mut socket = dial(server.address, LIVE, None).await.unwrap();
        socket.send(breach).await.unwrap();
        assert_eq!(close_code(&mut socket).await, Some(1008));
    }
}

#[tokio::test]
async fn message_flood_closes_with_1008() {
    let server = TestServer::start(ServerOptions::default()).await;
    let mut socket = dial(server.address, LIVE, None).await.unwrap();

    for _ in 0..1000 {
        let status = Message::text(r#"{"t":"st","n":1}"#);
        // The server may have hung up before the last of them.
        if socket.send(status).await.is_err() {
            break;
        }
    }

    assert_eq!(close_code(&mut socket).await, Some(1008));
}

#[tokio::test]
async fn foreign_origin_is_rejected_at_the_upgrade() {
    let origins = AllowedOrigins {
        public: Some("https://wall.example.org".into()),
        has_sessions: true,
    };
    let server = TestServer::start(ServerOptions {
        origins,
        ..ServerOptions::default()
    })
    .await;
    let own_origin = format!("http://{}", server.address);

    let mut answers = Vec::new();
    for origin in [
        None,
        Some("https://evil.example"),
        Some("null"),
        Some("https://wall.example.org.evil.com"),
        Some("http://wall.example.org"),
        Some("https://wall.example.org:444"),
        Some("https://wall.example.org"),
        Some(own_origin.as_str()),
    ] {
        answers.push(dial(server.address, LIVE, origin).await.err());
    }

    let refused = Some(403);
    assert_eq!(
        answers,
        [
            refused, refused, refused, refused, refused, refused, None, refused
        ]
    );
}

#[tokio::test]
async fn unknown_board_or_missing_upgrade_gets_an_error_status() {
    let server = TestServer::start(ServerOptions::default()).await;

    let unknown = dial(server.address, "/boards/nowhere/live", None)
        .await
        .err();
    let page = reqwest::get(server.url("/boards/nowhere")).await.unwrap();
    let plain = reqwest::get(server.url(LIVE)).await.unwrap();

    assert_eq!(unknown, Some(404));
    assert_eq!(page.status(), 404);
    assert_eq!(plain.status(), 426);
}

#[tokio::test]
async fn viewer_over_the_limit_is_rejected_until_a_place_is_free() {
    let server = TestServer::start(ServerOptions {
        max_viewers: 2,
        ..ServerOptions::default()
    })
    .await;
    let mut first = dial(server.address, LIVE, None).await.unwrap();
    let _second = dial(server.address, LIVE, None).await.unwrap();

    assert_eq!(dial(server.address, LIVE, None).await.err(), Some(503));
    first.close(None).await.unwrap();

    wait_until("a place is free again", SOON, async || {
        dial(server.address, LIVE, None).await.map(drop)
    })
    .await;
}

#[tokio::test]
async fn slowly_sent_requests_time_out_and_block_nobody() {
    assert!(http_server::HttpLimits::default().head_timeout <= Duration::from_secs(10));
    let server = TestServer::start(ServerOptions::default()).await;
    let head = "GET /boards/queues HTTP/1.1\r\nHo";
    let body = "POST /boards/queues HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n";
    let send = |first| tokio::spawn(send_slowly(server.address, first));
    let heads: Vec<_> = (0..500).map(|_| send(head)).collect();
    let bodies: Vec<_> = (0..500).map(|_| send(body)).collect();

    let opened = Instant::now();
    let mut socket = dial(server.address, LIVE, None).await.unwrap();
    frame(&mut socket).await;
    print_measured("a new viewer's first frame", opened.elapsed(), SOON);
    assert!(!heads.iter().any(JoinHandle::is_finished));

    let longest = async |sending: Vec<JoinHandle<Duration>>| {
        let ended = timeout(SOON, join_all(sending)).await.unwrap();
        ended.into_iter().map(Result::unwrap).max().unwrap()
    };
    let (head, body) = (longest(heads).await, longest(bodies).await);
    print_measured("500 slow heads are cut", head, SOON);
    print_measured("500 slow bodies are cut", body, SOON);
}

/// Sends the first part of a request, then a byte a second. Returns when the server has closed the
/// connection, with the time until then.
async fn send_slowly(address: SocketAddr, first: &str) -> Duration {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(first.as_bytes()).await.unwrap();
    let began = Instant::now();
    let (mut reader, mut writer) = stream.split();
    let mut answer = Vec::new();
    let sending = async {
        while writer.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        // A reset is as good an end.
        ended = reader.read_to_end(&mut answer) => ended.map_or((), drop),
        () = sending => {}
    }
    began.elapsed()
}

#[tokio::test]
async fn large_head_is_rejected() {
    let server = TestServer::start(ServerOptions::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "x".repeat(64 * 1024)
    );

    // The server may respond and hang up before everything is sent.
    stream.write_all(head.as_bytes()).await.unwrap_or_default();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();

    assert_eq!(answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let server = TestServer::start(ServerOptions::default()).await;

    for path in [
        "/boards/queues",
        "/api/v1/queues",
        "/healthz",
        "/nowhere",
        LIVE,
    ] {
        let response = reqwest::get(server.url(path)).await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn stuck_viewers_are_disconnected_and_delay_nobody() {
    const QUEUES: u64 = 150;
    let server = TestServer::start(ServerOptions {
        queues: QUEUES,
        ..ServerOptions::default()
    })
    .await;
    let mut healthy = dial(server.address, LIVE, None).await.unwrap();
    let mut stuck = Vec::new();
    for _ in 0..if is_nightly() { 400 } else { 50 } {
        stuck.push(connect_slow_reader(&server).await);
    }

    let opened = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut queued = 0;
    let disconnected = async {
        let mut waiting = 0;
        while 1 < server.hub.viewer_count() {
            waiting += 1;
            server.set_all_waiting(QUEUES, waiting).await;
            // Less than the 10 s for which a stuck viewer's write may wait.
            let changed = Instant::now();
            let frame = timeout(Duration::from_secs(5), frame(&mut healthy)).await;
            assert!(frame.is_ok(), "a stuck viewer delays a healthy one");
            slowest = slowest.max(changed.elapsed());
            queued = queued.max(queued_kib(server.address.port()));
        }
    };
    timeout(SOON * 2, disconnected).await.unwrap();
    let closed = format!("{} stuck viewers are closed", stuck.len());
    print_measured(&closed, opened.elapsed(), SOON * 2);
    print_measured("a healthy viewer's slowest frame", slowest, "5s");
    let queued = queued.div_ceil(stuck.len() as u64);
    print_measured("KiB in the kernel for each", queued, 256);
    assert!(queued <= 256, "{queued} KiB");
}

#[tokio::test]
async fn slow_viewer_skips_to_a_snapshot() {
    const QUEUES: u64 = 150;
    let server = TestServer::start(ServerOptions {
        queues: QUEUES,
        ..ServerOptions::default()
    })
    .await;
    let mut healthy = dial(server.address, LIVE, None).await.unwrap();
    let mut slow = connect_slow_reader(&server).await;
    let mut newest = Value::Null;
    for waiting in 1..200 {
        server.set_all_waiting(QUEUES, waiting).await;
        newest = frame(&mut healthy).await;
    }

    let mut kinds = Vec::new();
    loop {
        let frame = frame(&mut slow).await;
        kinds.push(frame["t"].clone());
        if newest["n"].as_u64() <= frame["n"].as_u64() {
            break;
        }
    }

    assert!(kinds.iter().skip(2).any(|kind| kind == "s"), "{kinds:?}");
    assert!(kinds.len() < 100, "{kinds:?}");
}

#[tokio::test]
async fn stopping_tells_viewers_to_reconnect() {
    let server = TestServer::start(ServerOptions::default()).await;
    let mut viewer = dial(server.address, LIVE, None).await.unwrap();
    frame(&mut viewer).await;
    let snapshot = frame(&mut viewer).await;
    let _stuck = connect_slow_reader(&server).await;
    let address = server.address;

    let stopping = tokio::spawn(server.stop());
    let bye = frame(&mut viewer).await;
    let code = close_code(&mut viewer).await;
    timeout(SOON, stopping).await.unwrap().unwrap();

    assert_eq!(snapshot["t"], "s");
    assert_eq!((&bye["t"], code), (&"bye".into(), Some(1012)));
    assert!(bye["retry"].as_u64().is_some());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn client_that_connected_just_before_a_stop_gets_its_page() {
    let server = TestServer::start(ServerOptions::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut viewer = dial(server.address, LIVE, None).await.unwrap();

    let stopping = tokio::spawn(server.stop());
    close_code(&mut viewer).await;
    let request = b"GET /boards/queues HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    timeout(SOON, stopping).await.unwrap().unwrap();

    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.trim_end().ends_with("</html>"), "{answer}");
}

/// Connects a viewer with a small receive buffer that, so far, reads nothing.
async fn connect_slow_reader(server: &TestServer) -> Socket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2048).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    dial_on(stream, LIVE, None).await.unwrap()
}

/// Opens a socket, or returns the status of the rejection.
async fn dial(address: SocketAddr, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
    dial_on(TcpStream::connect(address).await.unwrap(), path, origin).await
}

async fn dial_on(stream: TcpStream, path: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let address = stream.peer_addr().unwrap();
    let mut request = format!("ws://{address}{path}")
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    let protocol = HeaderValue::from_static("wallboard.v1");
    headers.insert("Sec-WebSocket-Protocol", protocol);
    if let Some(origin) = origin {
        headers.insert("Origin", origin.parse().unwrap());
    }
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn frame(socket: &mut Socket) -> Value {
    let message = timeout(FRAME_TIMEOUT, socket.next()).await.unwrap();
    let text = message.unwrap().unwrap().into_text().unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the server's close code, skipping everything it sends before.
async fn close_code(socket: &mut Socket) -> Option<u16> {
    let closing = async {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| frame.code.into());
            }
        }
        None
    };
    timeout(FRAME_TIMEOUT, closing).await.unwrap()
}
