//! Clients that mean harm: floods, endless messages, half-open and smuggled requests, forged
//! addresses. Others must not notice, and the server must not grow.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use futures_util::future::join_all;
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout},
};
use wallboard::web::{TrustedProxies, http_server::HttpLimits};

use crate::{
    sign_in::SignInSite,
    support::{
        Process, QuietSite, http, print_measured,
        process::{queued_kib, status_of},
        raw_socket::{
            BINARY, CONTINUATION, DEFLATED, End, FIN, PING, RawSocket, TEXT, deflate, frame,
            unmasked_frame,
        },
        test_server::{ServerOptions, TestServer},
    },
};

const LIVE: &str = "/boards/queues/live";
const STATUS: &[u8] = br#"{"t":"st","n":1}"#;
const SOON: Duration = Duration::from_secs(30);
/// Half-open requests are closed by then.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);
/// The most that one of them may cost, in KiB.
const COST_MAX: u64 = 256;

/// A name, the first bytes, bytes that are repeated how often, and how it ends.
type Case = (&'static str, Vec<u8>, Vec<u8>, usize, End);

/// A board that nobody changes, in a process of its own, so that its memory can be measured.
async fn start_quiet_site() -> (QuietSite, Process) {
    let site = QuietSite::new();
    let mut command = site.command(&[]);
    let server = Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
    site.wait_until_ready().await;
    (site, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_viewers_are_closed_and_cost_little_memory() {
    /// One message of 64 MiB.
    const PARTS: usize = 16 * 1024;
    let (site, server) = start_quiet_site().await;
    let address = SocketAddr::from(([127, 0, 0, 1], site.port));
    let open = || RawSocket::open_deflating(address, LIVE);
    let mut witness = open().await;
    let warm = server.status("VmRSS");

    let violation = End::Closed(1008);
    let part = vec![b' '; 4096];
    let bomb = deflate(&vec![b' '; 3 << 20]);
    let cases: [Case; 9] = [
        (
            "a long message",
            frame(FIN | TEXT, &[b' '; 4097]),
            Vec::new(),
            0,
            violation,
        ),
        (
            "3 MiB in a deflated message",
            frame(FIN | DEFLATED | TEXT, &bomb),
            Vec::new(),
            0,
            violation,
        ),
        (
            "1,000 messages",
            Vec::new(),
            frame(FIN | TEXT, STATUS),
            1_000,
            violation,
        ),
        (
            "1,000 pings",
            Vec::new(),
            frame(FIN | PING, b""),
            1_000,
            violation,
        ),
        (
            "1,000 empty fragments",
            frame(TEXT, b""),
            frame(CONTINUATION, b""),
            1_000,
            violation,
        ),
        (
            "64 MiB in fragments",
            frame(TEXT, b""),
            frame(CONTINUATION, &part),
            PARTS,
            violation,
        ),
        (
            "64 MiB of binary",
            frame(BINARY, b""),
            frame(CONTINUATION, &part),
            PARTS,
            violation,
        ),
        (
            "bytes that aren't UTF-8",
            frame(FIN | TEXT, b"\xff"),
            Vec::new(),
            0,
            End::Closed(1007),
        ),
        (
            "an unmasked frame",
            unmasked_frame(FIN | TEXT, STATUS),
            Vec::new(),
            0,
            End::Closed(1002),
        ),
    ];
    for (what, first, repeated, times, end) in cases {
        let ends = join_all((0..20).map(|_| async {
            let mut socket = open().await;
            socket.send(&first).await;
            let ends_early = async {
                for _ in 0..times {
                    if !socket.send(&repeated).await {
                        return;
                    }
                }
            };
            timeout(SOON, ends_early)
                .await
                .expect("the server hangs up");
            socket.end().await
        }));
        for found in ends.await {
            // Those who still send when the server hangs up may lose its last frame.
            let is_lost = found == End::Cut && 0 < times;
            assert!(found == end || is_lost, "{what}: {found:?}");
        }
    }
    let grown = server.status("VmHWM").saturating_sub(warm);
    print_measured("KiB grown under 180 hostile viewers", grown, 10 * 1024);
    assert!(grown <= 10 * 1024, "{grown} KiB");
    witness.send(&frame(FIN | PING, b"here")).await;
    assert!(witness.pongs_until(b"here").await.is_empty());
}

/// The cost of half-open requests of a kind.
struct HalfOpen {
    /// The longest time until one was closed.
    closed: Duration,
    /// Memory of the server and of the kernel for it, in KiB for each.
    cost: u64,
    /// The longest time that somebody else waited meanwhile.
    waited: Duration,
}

/// Leaves this many requests half-open, and asks for a page meanwhile.
async fn leave_half_open(port: u16, process: u32, count: u64, first: &[u8]) -> HalfOpen {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let before = status_of(process, "VmRSS");
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(first).await.unwrap();
        streams.push((stream, Instant::now()));
    }
    let http = http::client();
    let (mut waited, mut cost) = (Duration::ZERO, 0);
    for _ in 0..20 {
        let asked = Instant::now();
        let page = http.get(format!("http://{address}/login")).send().await;
        assert_eq!(page.unwrap().status(), 200);
        waited = waited.max(asked.elapsed());
        let memory = status_of(process, "VmRSS").saturating_sub(before);
        cost = cost.max(memory + queued_kib(port));
    }
    let closings = streams.into_iter().map(async |(mut stream, since)| {
        let mut answer = Vec::new();
        let read = timeout(SOON, stream.read_to_end(&mut answer)).await;
        // A reset is as good an end.
        read.expect("it is closed").unwrap_or_default();
        since.elapsed()
    });
    let closed = join_all(closings).await.into_iter().max().unwrap();
    let cost = cost.div_ceil(count);
    HalfOpen {
        closed,
        cost,
        waited,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousand_half_open_requests_cost_little_and_harm_nobody() {
    let site = SignInSite::open().await;
    let (port, process) = (site.wallboard.port, site.wallboard.id());
    let head = format!("GET / HTTP/1.1\r\nHost: wall\r\nX: {}", "x".repeat(15_000));
    let body = format!(
        "POST /login HTTP/1.1\r\nHost: wall\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nname={}",
        "x".repeat(50_000)
    );
    for (what, first) in [("heads", head), ("bodies", body)] {
        let found = leave_half_open(port, process, 500, first.as_bytes()).await;
        print_measured(
            &format!("500 half-open {what} are closed"),
            found.closed,
            CLOSED_WITHIN,
        );
        print_measured(
            &format!("KiB for each of 500 half-open {what}"),
            found.cost,
            COST_MAX,
        );
        let meanwhile = format!("a page among 500 half-open {what}");
        print_measured(&meanwhile, found.waited, "1s");
        assert!(found.closed <= CLOSED_WITHIN, "{what}: {:?}", found.closed);
        assert!(found.cost <= COST_MAX, "{what}: {} KiB", found.cost);
        assert!(
            found.waited <= Duration::from_secs(1),
            "{what}: {:?}",
            found.waited
        );
    }
}

/// Sends bytes, and returns all responses on the connection.
async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .unwrap();
    // A reset after the answer is as good an end.
    read.unwrap_or_default();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn requests_that_two_servers_may_read_differently_are_refused() {
    let server = TestServer::start(ServerOptions::default()).await;
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: wall\r\n\r\n";
    let length = smuggled.len() + 5;
    for lines in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
        "Transfer-Encoding: chunked".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
        "Transfer-Encoding: identity".to_owned(),
        "Transfer-Encoding: xchunked".to_owned(),
        "Transfer-Encoding : chunked".to_owned(),
        "Transfer-Encoding:\x0bchunked".to_owned(),
        " Transfer-Encoding: chunked".to_owned(),
        "X: y\r\n Transfer-Encoding: chunked".to_owned(),
        format!("Content-Length: 5\r\nContent-Length: {length}"),
        "Content-Length: 5\r\ncontent-length: 5".to_owned(),
        format!("Content-Length: 5, {length}"),
        "X: y\nContent-Length: 5".to_owned(),
        "X: y\n\n".to_owned(),
        "Content-Length: +5".to_owned(),
        "Content-Length: 0x5".to_owned(),
        "Content-Length: -1".to_owned(),
        "Content-Length: 99999999999999999999".to_owned(),
        "Host: elsewhere".to_owned(),
    ] {
        let request =
            format!("POST / HTTP/1.1\r\nHost: wall\r\n{lines}\r\n\r\n0\r\n\r\n{smuggled}");
        let answers = exchange(server.address, &request).await;
        assert!(answers.starts_with("HTTP/1.1 4"), "{lines}: {answers}");
        let count = answers.matches("HTTP/1.1 ").count();
        assert_eq!(count, 1, "{lines}: the rest is no request: {answers}");
    }
    for request in [
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET /healthz HTTP/1.1\nHost: wall\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: wall\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: wall\r\n\n",
    ] {
        let answer = exchange(server.address, request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{request:?}: {answer}");
    }
    let two = "GET /healthz HTTP/1.1\r\nHost: wall\r\nContent-Length: 5\r\n\r\na\nb\r\nGET /healthz HTTP/1.0\r\n\r\n";
    let answers = exchange(server.address, two).await;
    assert_eq!(answers.matches(" 200 OK").count(), 2, "{answers}");
    let chunked = exchange(
        server.address,
        "POST / HTTP/1.0\r\nHost: wall\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    assert!(chunked.await.contains(" 400 "), "HTTP/1.0 has no chunks");
}

#[tokio::test]
async fn unknown_methods_and_endless_heads_are_refused() {
    let server = TestServer::start(ServerOptions::default()).await;
    for method in [
        "FOO", "TRACE", "CONNECT", "PROPFIND", "PUT", "DELETE", "PATCH", "OPTIONS", "get",
    ] {
        for path in ["/", LIVE, "/api/v1/queues", "/nothing"] {
            let request = format!("{method} {path} HTTP/1.1\r\nHost: wall\r\n\r\n");
            let answer = exchange(server.address, &request).await;
            assert!(
                answer.starts_with("HTTP/1.1 4"),
                "{method} {path}: {answer}"
            );
        }
    }
    let many = "X: y\r\n".repeat(100);
    for (what, request) in [
        (
            "one long header",
            format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(64 * 1024)),
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nHost: wall\r\n{many}\r\n"),
        ),
        (
            "a long address",
            format!(
                "GET /{} HTTP/1.1\r\nHost: wall\r\n\r\n",
                "x".repeat(64 * 1024)
            ),
        ),
        ("no HTTP", "\u{16}\u{3}\u{1}\0\0".to_owned()),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        (
            "a control character",
            "GET /\u{1} HTTP/1.1\r\nHost: wall\r\n\r\n".to_owned(),
        ),
    ] {
        let answer = exchange(server.address, &request).await;
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{what}: {answer}");
    }
}

const TRIES: usize = 40;
/// Attempts that one address has at once, and the seconds in which it gets another.
const ATTEMPTS: usize = 30;
const SECONDS_PER_ATTEMPT: u64 = 5;

/// Tries wrong passwords of different people. Returns how many attempts were let through, and how many one address
/// may have had in that time: never all.
async fn guess(site: &SignInSite, forwarded: impl Fn(usize) -> String) -> (usize, usize) {
    let http = http::client_without_redirects();
    let (mut taken, began_at) = (0, Instant::now());
    for n in 0..TRIES {
        let name = format!("person-{n}");
        let form = [("name", name.as_str()), ("password", "a wrong password")];
        let request = http.post(site.wallboard.url("/login")).form(&form);
        let request = request.header("sec-fetch-site", "same-origin");
        let answer = request.header("x-forwarded-for", forwarded(n)).send().await;
        match answer.unwrap().status() {
            StatusCode::UNPROCESSABLE_ENTITY => taken += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    let regained = began_at.elapsed().as_secs() / SECONDS_PER_ATTEMPT;
    let most = ATTEMPTS + usize::try_from(regained).unwrap();
    (taken, most.min(TRIES - 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_address_counts_only_from_a_trusted_proxy() {
    let others = |n: usize| format!("192.0.2.{n}");
    let site = SignInSite::open().await;
    let (taken, most) = guess(&site, others).await;
    assert!(
        (ATTEMPTS..=most).contains(&taken),
        "nobody forges addresses: {taken} of {most}"
    );
    assert!(!site.wallboard.log().contains("192.0.2."));

    let behind_proxy = || SignInSite::open_with("trusted_proxies = [\"127.0.0.0/8\"]\n");
    let site = behind_proxy().await;
    let (taken, _) = guess(&site, others).await;
    assert_eq!(taken, TRIES, "each person has attempts of their own");
    assert!(site.wallboard.log().contains("192.0.2.7"));

    // The proxy appends where it was connected from; the client forged what is left of it.
    let site = behind_proxy().await;
    let (taken, most) = guess(&site, |n| format!("192.0.2.{n}, 198.51.100.7")).await;
    assert!(
        (ATTEMPTS..=most).contains(&taken),
        "nobody forges addresses: {taken} of {most}"
    );
    let log = site.wallboard.log();
    assert!(
        log.contains("198.51.100.7") && !log.contains("192.0.2."),
        "{log}"
    );
}

/// Connects from an address of this machine.
async fn connect_from(address: [u8; 4], server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::from(address), 0).into()).unwrap();
    socket.connect(server).await.unwrap()
}

#[tokio::test]
async fn one_address_leaves_half_of_the_connections_to_others() {
    let start = |proxies: &[&str]| {
        let networks: Vec<_> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        TestServer::start(ServerOptions {
            http: HttpLimits {
                connections_max: 8,
                ..HttpLimits::default()
            },
            proxies: TrustedProxies::new(&networks),
            ..ServerOptions::default()
        })
    };
    let is_answered = async |mut stream: TcpStream| {
        let request = b"GET /healthz HTTP/1.1\r\nHost: wall\r\nConnection: close\r\n\r\n";
        // A refused connection is reset.
        stream.write_all(request).await.ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        answer.starts_with(b"HTTP/1.1 200")
    };

    let server = start(&[]).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(connect_from([127, 0, 0, 2], server.address).await);
    }
    assert!(!is_answered(connect_from([127, 0, 0, 2], server.address).await).await);
    assert!(is_answered(connect_from([127, 0, 0, 3], server.address).await).await);

    let behind_proxy = start(&["127.0.0.2/32"]).await;
    for _ in 0..7 {
        held.push(connect_from([127, 0, 0, 2], behind_proxy.address).await);
    }
    assert!(is_answered(connect_from([127, 0, 0, 2], behind_proxy.address).await).await);
}
