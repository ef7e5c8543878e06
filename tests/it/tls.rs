//! HTTPS and secure `WebSockets` served by the product itself, and a certificate renewed while
//! viewers are connected.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
    version,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::block_in_place,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};
use wallboard::web::{CertificateExpiry, CertificateFiles, TlsServer, http_server};

use crate::support::{
    Process,
    certificates::Certificates,
    ports,
    quiet_site::quiet_source,
    test_server::{ServerOptions, TestServer},
    wait_until,
};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn health_command_ignores_the_certificate_name() {
    let fixture = TlsFixture::open().await;
    let mut health = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    let url = format!("https://{}", fixture.server.address);

    let output = block_in_place(|| health.args(["health", "--url", &url]).output().unwrap());

    assert_eq!(output.stdout, b"ready\n", "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_command_watches_over_tls_if_the_certificate_is_trusted() {
    let fixture = TlsFixture::open().await;
    let port = fixture.server.address.port();
    let bench = |url: &str, authority: &Path| {
        let mut bench = Command::new(env!("CARGO_BIN_EXE_wallboard-bench"));
        bench.args([url, "--viewers", "10", "--for", "1s", "--reconnect"]);
        bench.env("SSL_CERT_FILE", authority);
        let output = block_in_place(|| bench.output().unwrap());
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let certificates = &fixture.certificates;

    let (status, report) = bench(&format!("https://localhost:{port}"), &certificates.ca);
    assert_eq!(status, Some(0), "{report}");
    assert!(report.contains("all had the board again"), "{report}");

    for (url, authority) in [
        (
            format!("https://localhost:{port}"),
            &certificates.foreign_ca,
        ),
        (format!("https://127.0.0.1:{port}"), &certificates.ca),
    ] {
        let (status, text) = bench(&url, authority);
        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains("invalid peer certificate"), "{text}");
        assert!(
            text.contains("Use the name that its certificate is for"),
            "{text}"
        );
    }
    let (status, text) = bench(&format!("http://localhost:{port}"), &certificates.ca);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("https://"), "{text}");
}

struct TlsFixture {
    server: TestServer,
    tls: TlsServer,
    certificates: Certificates,
    _dir: tempfile::TempDir,
}

impl TlsFixture {
    async fn open() -> Self {
        Self::with_timeout(Duration::from_secs(30)).await
    }

    /// With this timeout for a handshake and a request's head.
    async fn with_timeout(head_timeout: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let certificates = Certificates::write_to(dir.path());
        let pair = CertificateFiles {
            cert: certificates.server.cert.clone(),
            key: certificates.server.key.clone(),
        };
        let tls = TlsServer::open(pair, CertificateExpiry::default()).unwrap();
        let options = ServerOptions {
            tls: Some(tls.clone()),
            http: http_server::HttpLimits {
                head_timeout,
                ..http_server::HttpLimits::default()
            },
            ..ServerOptions::default()
        };
        Self {
            server: TestServer::start(options).await,
            tls,
            certificates,
            _dir: dir,
        }
    }

    /// Opens a connection to the server as a client that trusts `ca`.
    async fn dial(
        &self,
        ca: &[u8],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<TlsStream<TcpStream>, io::Error> {
        dial(self.server.address, ca, versions).await
    }

    fn ca(&self) -> Vec<u8> {
        fs::read(&self.certificates.ca).unwrap()
    }
}

async fn dial(
    address: SocketAddr,
    ca: &[u8],
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<TlsStream<TcpStream>, io::Error> {
    let mut roots = RootCertStore::empty();
    let cas = CertificateDer::pem_slice_iter(ca);
    roots.add_parsable_certificates(cas.map(Result::unwrap));
    let mut config = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn request_health<T: AsyncReadExt + AsyncWriteExt + Unpin>(stream: &mut T) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn pages_are_served_over_tls_1_2_and_1_3() {
    let fixture = TlsFixture::open().await;

    for version in [&version::TLS12, &version::TLS13] {
        let mut stream = fixture.dial(&fixture.ca(), &[version]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = request_health(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// OpenSSL offers what no client of ours would.
#[tokio::test(flavor = "multi_thread")]
async fn only_tls_1_3_and_authenticated_ciphers_of_1_2_are_spoken() {
    let fixture = TlsFixture::open().await;
    let connect = |options: &[&str]| {
        let mut client = Command::new("openssl");
        client.args(["s_client", "-brief", "-verify_return_error"]);
        client.args(["-servername", "localhost", "-connect"]);
        client.arg(fixture.server.address.to_string());
        client.arg("-CAfile").arg(&fixture.certificates.ca);
        client.args(options).stdin(Stdio::null());
        let output = block_in_place(|| client.output().unwrap());
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        (text.contains("CONNECTION ESTABLISHED"), text)
    };

    let (is_connected, text) = connect(&[]);
    assert!(is_connected && text.contains("TLSv1.3"), "{text}");
    for ciphers in [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    ] {
        let (is_connected, text) = connect(&["-tls1_2", "-cipher", ciphers]);
        assert!(is_connected && text.contains("TLSv1.2"), "{text}");
    }
    for options in [
        &["-tls1", "-cipher", "ALL:@SECLEVEL=0"][..],
        &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
        // Without authenticated encryption, without forward secrecy, without encryption.
        &[
            "-tls1_2",
            "-cipher",
            "ALL:!AESGCM:!CHACHA20:!AESCCM:!ARIAGCM:@SECLEVEL=0",
        ],
        &["-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"],
        &["-tls1_2", "-cipher", "eNULL:@SECLEVEL=0"],
    ] {
        let (is_connected, text) = connect(options);
        assert!(!is_connected, "{options:?}: {text}");
    }
}

#[tokio::test]
async fn tls_viewer_stays_connected_through_certificate_renewal() {
    let fixture = TlsFixture::open().await;
    let old_ca = fixture.ca();
    let stream = fixture.dial(&old_ca, rustls::ALL_VERSIONS).await.unwrap();
    let address = "wss://localhost/boards/queues/live"
        .into_client_request()
        .unwrap();
    let (mut socket, _) = client_async(address, stream).await.unwrap();

    // Another authority: clients that trust only the old one are rejected from now on.
    let dir = fixture.certificates.ca.parent().unwrap();
    Certificates::write_to(dir);
    fixture.tls.reload_if_changed().await;
    let refused = fixture.dial(&old_ca, rustls::ALL_VERSIONS).await;
    let mut renewed = fixture
        .dial(&fixture.ca(), rustls::ALL_VERSIONS)
        .await
        .unwrap();

    assert!(refused.is_err());
    assert!(
        request_health(&mut renewed)
            .await
            .starts_with("HTTP/1.1 200")
    );
    fixture.server.set_waiting(1, 41).await;
    let mut text = String::new();
    while !text.contains("41") {
        let frame = timeout(Duration::from_secs(15), socket.next()).await;
        text = frame
            .unwrap()
            .unwrap()
            .unwrap()
            .into_text()
            .unwrap()
            .to_string();
    }
}

/// The real program, with clients that send an `Origin` as browsers do.
#[tokio::test(flavor = "multi_thread")]
async fn sighup_reloads_the_certificate_and_keeps_viewers() {
    let dir = tempfile::tempdir().unwrap();
    let certificates = Certificates::write_to(dir.path());
    let ca = || fs::read(&certificates.ca).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], ports::free()));
    let running = Process::start(
        Command::new(env!("CARGO_BIN_EXE_wallboard"))
            .args(["serve", "--config"])
            .arg(configuration(dir.path(), address))
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    let connect_trusting = async |ca: &[u8]| {
        wait_until("the certificate is trusted", SOON, async || {
            let versions = rustls::ALL_VERSIONS;
            dial(address, ca, versions).await.map_err(|e| e.to_string())
        })
        .await
    };
    let open_viewer = async |stream, from: &str| {
        let mut address = format!("wss://localhost:{}/boards/queues/live", address.port())
            .into_client_request()
            .unwrap();
        let headers = address.headers_mut();
        headers.insert("Origin", from.parse().unwrap());
        client_async(address, stream).await
    };
    let own_origin = format!("https://localhost:{}", address.port());

    let old = ca();
    let stream = connect_trusting(&old).await;
    let (mut viewer, _) = open_viewer(stream, &own_origin).await.unwrap();
    let stranger = open_viewer(connect_trusting(&old).await, "https://elsewhere.example").await;
    fs::write(&certificates.server.key, "nothing").unwrap();
    running.signal("-HUP");
    // The broken pair was ignored if this one is still served.
    let still = connect_trusting(&old).await;
    Certificates::write_to(dir.path());
    running.signal("-HUP");
    let renewed = connect_trusting(&ca()).await;
    let refused = dial(address, &old, rustls::ALL_VERSIONS).await;

    assert!(refused.is_err());
    assert!(stranger.is_err(), "a page of another site is accepted");
    for mut stream in [still, renewed] {
        assert!(
            request_health(&mut stream)
                .await
                .starts_with("HTTP/1.1 200")
        );
    }
    // Connected viewers receive something at least every 10 s.
    for _ in 0..2 {
        let frame = timeout(SOON, viewer.next()).await.unwrap().unwrap();
        assert!(!frame.unwrap().is_close());
    }
}

/// Configures one source that nobody answers for.
fn configuration(dir: &Path, address: SocketAddr) -> PathBuf {
    let file = dir.join("wallboard.toml");
    let text = format!(
        "[server]\nlisten = \"{address}\"\npublic_url = \"https://localhost:{}\"\n\
         tls = {{ cert = \"localhost.pem\", key = \"localhost-key.pem\" }}\n{}",
        address.port(),
        quiet_source(Path::new("")),
    );
    fs::write(&file, text).unwrap();
    file
}

#[tokio::test]
async fn plain_http_is_redirected_to_https() {
    let fixture = TlsFixture::open().await;
    let mut stream = TcpStream::connect(fixture.server.address).await.unwrap();

    let answer = request_health(&mut stream).await;

    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(
        answer.contains("Location: https://localhost/healthz\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn unfinished_handshakes_time_out_and_block_nobody() {
    let fixture = TlsFixture::with_timeout(Duration::from_secs(3)).await;
    let half = |first: &'static [u8], address: SocketAddr| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(first).await.unwrap();
        stream
    };
    let mut streams = vec![
        half(b"", fixture.server.address).await,
        half(b"\x16\x03\x01", fixture.server.address).await,
        half(b"GET / HT", fixture.server.address).await,
        half(b"\0\0\0\0", fixture.server.address).await,
    ];

    let mut stream = fixture
        .dial(&fixture.ca(), rustls::ALL_VERSIONS)
        .await
        .unwrap();
    assert!(
        request_health(&mut stream)
            .await
            .starts_with("HTTP/1.1 200")
    );
    for stream in &mut streams {
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(10), stream.read_to_end(&mut rest));
        // A reset is as good an end.
        ended.await.unwrap().unwrap_or_default();
    }
}
