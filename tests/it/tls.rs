//! HTTPS and secure `WebSockets` by the product itself, and its certificate renewed
//! under the eyes of viewers.

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
    house::{House, Plan},
    ports, until,
};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn health_is_asked_over_https_by_whom_the_name_on_the_certificate_tells_nothing() {
    let scene = Scene::open().await;
    let mut health = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    let url = format!("https://{}", scene.house.address);

    let output = block_in_place(|| health.args(["health", "--url", &url]).output().unwrap());

    assert_eq!(output.stdout, b"ready\n", "{output:?}");
}

struct Scene {
    house: House,
    tls: TlsServer,
    certificates: Certificates,
    _dir: tempfile::TempDir,
}

impl Scene {
    async fn open() -> Self {
        Self::with(Duration::from_secs(30)).await
    }

    /// One where a handshake and the head of a request may take so long.
    async fn with(head: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let certificates = Certificates::write_to(dir.path());
        let pair = CertificateFiles {
            cert: certificates.server.cert.clone(),
            key: certificates.server.key.clone(),
        };
        let tls = TlsServer::open(pair, CertificateExpiry::default()).unwrap();
        let plan = Plan {
            tls: Some(tls.clone()),
            http: http_server::HttpLimits {
                head_timeout: head,
                ..http_server::HttpLimits::default()
            },
            ..Plan::default()
        };
        Self {
            house: House::open(plan).await,
            tls,
            certificates,
            _dir: dir,
        }
    }

    /// A line to the house, by one who trusts `ca`.
    async fn dial(
        &self,
        ca: &[u8],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<TlsStream<TcpStream>, io::Error> {
        dial(self.house.address, ca, versions).await
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
    let line = TcpStream::connect(address).await?;
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, line)
        .await
}

async fn ask<T: AsyncReadExt + AsyncWriteExt + Unpin>(line: &mut T) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    line.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn pages_are_served_by_both_versions_of_tls() {
    let scene = Scene::open().await;

    for version in [&version::TLS12, &version::TLS13] {
        let mut line = scene.dial(&scene.ca(), &[version]).await.unwrap();
        assert_eq!(line.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = ask(&mut line).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn a_viewer_over_tls_keeps_its_line_while_the_certificate_is_renewed() {
    let scene = Scene::open().await;
    let old_ca = scene.ca();
    let line = scene.dial(&old_ca, rustls::ALL_VERSIONS).await.unwrap();
    let address = "wss://localhost/boards/queues/live"
        .into_client_request()
        .unwrap();
    let (mut socket, _) = client_async(address, line).await.unwrap();

    // Another authority: whoever trusts only the old one is refused from now on.
    let dir = scene.certificates.ca.parent().unwrap();
    Certificates::write_to(dir);
    scene.tls.reload_if_changed().await;
    let refused = scene.dial(&old_ca, rustls::ALL_VERSIONS).await;
    let mut renewed = scene.dial(&scene.ca(), rustls::ALL_VERSIONS).await.unwrap();

    assert!(refused.is_err());
    assert!(ask(&mut renewed).await.starts_with("HTTP/1.1 200"));
    scene.house.load(1, 41).await;
    let mut seen = String::new();
    while !seen.contains("41") {
        let frame = timeout(Duration::from_secs(15), socket.next()).await;
        seen = frame
            .unwrap()
            .unwrap()
            .unwrap()
            .into_text()
            .unwrap()
            .to_string();
    }
}

/// The program itself, with the pages of a browser: they say where they come from.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_renews_its_certificate_at_a_sighup_and_keeps_its_viewers() {
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
    let lets_in = async |ca: &[u8]| {
        until("it is trusted", SOON, async || {
            let versions = rustls::ALL_VERSIONS;
            dial(address, ca, versions).await.map_err(|e| e.to_string())
        })
        .await
    };
    let view = async |line, from: &str| {
        let mut address = format!("wss://localhost:{}/boards/queues/live", address.port())
            .into_client_request()
            .unwrap();
        let headers = address.headers_mut();
        headers.insert("Origin", from.parse().unwrap());
        client_async(address, line).await
    };
    let home = format!("https://localhost:{}", address.port());

    let old = ca();
    let line = lets_in(&old).await;
    let (mut viewer, _) = view(line, &home).await.unwrap();
    let stranger = view(lets_in(&old).await, "https://elsewhere.example").await;
    fs::write(&certificates.server.key, "nothing").unwrap();
    running.signal("-HUP");
    // The broken pair was passed over if this one still shows.
    let still = lets_in(&old).await;
    Certificates::write_to(dir.path());
    running.signal("-HUP");
    let renewed = lets_in(&ca()).await;
    let refused = dial(address, &old, rustls::ALL_VERSIONS).await;

    assert!(refused.is_err());
    assert!(stranger.is_err(), "a page of another site is let in");
    for mut line in [still, renewed] {
        assert!(ask(&mut line).await.starts_with("HTTP/1.1 200"));
    }
    // At least every 10 s something is said to who is still there.
    for _ in 0..2 {
        let frame = timeout(SOON, viewer.next()).await.unwrap().unwrap();
        assert!(!frame.unwrap().is_close());
    }
}

/// One source that nobody answers for.
fn configuration(dir: &Path, address: SocketAddr) -> PathBuf {
    let file = dir.join("wallboard.toml");
    let text = format!(
        "[server]\nlisten = \"{address}\"\npublic_url = \"https://localhost:{}\"\n\
         tls = {{ cert = \"localhost.pem\", key = \"localhost-key.pem\" }}\n\
         [access]\nmode = \"open\"\n[store]\nurl = \"sqlite:wallboard.db\"\n\
         [sources.chat]\nkind = \"vngage\"\nurl = \"amqp://nobody@127.0.0.1:{}/\"\n\
         exchange = \"integration\"\n",
        address.port(),
        ports::free(),
    );
    fs::write(&file, text).unwrap();
    file
}

#[tokio::test]
async fn who_speaks_plain_http_is_sent_to_https() {
    let scene = Scene::open().await;
    let mut line = TcpStream::connect(scene.house.address).await.unwrap();

    let answer = ask(&mut line).await;

    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(
        answer.contains("Location: https://localhost/healthz\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn who_never_finishes_the_handshake_is_let_go_and_keeps_nobody_out() {
    let scene = Scene::with(Duration::from_secs(3)).await;
    let half = |first: &'static [u8], address: SocketAddr| async move {
        let mut line = TcpStream::connect(address).await.unwrap();
        line.write_all(first).await.unwrap();
        line
    };
    let mut lines = vec![
        half(b"", scene.house.address).await,
        half(b"\x16\x03\x01", scene.house.address).await,
        half(b"GET / HT", scene.house.address).await,
        half(b"\0\0\0\0", scene.house.address).await,
    ];

    let mut line = scene.dial(&scene.ca(), rustls::ALL_VERSIONS).await.unwrap();
    assert!(ask(&mut line).await.starts_with("HTTP/1.1 200"));
    for line in &mut lines {
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(10), line.read_to_end(&mut rest));
        // A reset is as good an end.
        ended.await.unwrap().unwrap_or_default();
    }
}
