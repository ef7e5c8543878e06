//! Vendors that repeat our secrets in their errors, or send us elsewhere.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, task::block_in_place};

use crate::support::{
    Wallboard,
    hostile_vendor::{HostileVendor, Hostility},
    http, ports, wait_until,
    wallboard::base_configuration,
};

const SOON: Duration = Duration::from_mins(1);

/// Every secret that a configuration may have, by its environment variable.
const SECRETS: [(&str, &str); 10] = [
    ("CHAT_PASSWORD", "c4nary-chat-password"),
    ("API_KEY", "c4nary-voice-key"),
    ("CLIENT_SECRET", "c4nary-voice-client"),
    ("VOICE_PASSWORD", "c4nary-voice-password"),
    ("GMS_PASSWORD", "c4nary-gms-password"),
    ("TENANT_PASSWORD", "c4nary-gms-tenant"),
    ("S3_KEY_ID", "c4nary-s3-id"),
    ("S3_SECRET", "c4nary-s3-secret"),
    ("PASSPHRASE", "c4nary-sftp-passphrase"),
    ("POLLED", "Bearer c4nary-polled"),
];
/// `c4nary-azure-key` in Base64.
const AZURE_KEY: &str = "YzRuYXJ5LWF6dXJlLWtleQ==";
/// `default:c4nary-gms-password` in Base64.
const GMS_BASIC: &str = "ZGVmYXVsdDpjNG5hcnktZ21zLXBhc3N3b3Jk";
/// `wallboard:c4nary-voice-client` in Base64.
const VOICE_BASIC: &str = "d2FsbGJvYXJkOmM0bmFyeS12b2ljZS1jbGllbnQ=";
const SOURCES: [&str; 9] = [
    "chat", "voice", "gms", "polled", "s3", "azure", "signed", "plan", "sftp",
];

/// Every place where people or machines read what the product knows.
const PATHS: [&str; 22] = [
    "/",
    "/boards/queues",
    "/boards/agents",
    "/cases",
    "/shift",
    "/history",
    "/history.csv",
    "/history/calls",
    "/history/columns",
    "/sources",
    "/sources/columns",
    "/sources/s3/aside",
    "/sources/nothing/aside",
    "/nothing",
    "/metrics",
    "/healthz",
    "/api/v1/queues",
    "/api/v1/agents",
    "/api/v1/sources",
    "/api/v1/boards",
    "/api/v1/site",
    "/api/v1/openapi.json",
];

/// A source of each kind, all of them at one port.
fn configuration(listen: u16, vendor: u16, key_file: &Path) -> String {
    let key_file = key_file.display();
    format!(
        r#"{base}
[sources.chat]
kind = "vngage"
url = {{ env = "CHAT_URL" }}
exchange = "integration"
[sources.voice]
kind = "genesys"
base_url = "http://127.0.0.1:{vendor}"
api_key = {{ env = "API_KEY" }}
auth = {{ client_id = "wallboard", client_secret = {{ env = "CLIENT_SECRET" }}, username = "wall", password = {{ env = "VOICE_PASSWORD" }} }}
[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["9002"]
name = "Waiting"
[sources.gms]
kind = "gms"
base_url = "http://127.0.0.1:{vendor}/genesys/1"
interval = "1s"
username = "default"
password = {{ env = "GMS_PASSWORD" }}
[[sources.gms.statistics]]
metric = "waiting"
stat = "Waiting"
object_type = "Queue"
objects = ["9002"]
tenant = "Environment"
tenant_password = {{ env = "TENANT_PASSWORD" }}
[sources.pushed]
kind = "values"
[sources.polled]
kind = "values"
url = "http://127.0.0.1:{vendor}/values"
authorization = {{ env = "POLLED" }}
[sources.polled.queues]
list = "/queues"
metrics = {{ waiting = "/calls" }}
[sources.s3]
kind = "sangoma-export"
tenant = 1
interval = "1s"
[sources.s3.s3]
bucket = "acme"
endpoint = "http://127.0.0.1:{vendor}"
access_key_id = {{ env = "S3_KEY_ID" }}
secret_access_key = {{ env = "S3_SECRET" }}
[sources.azure]
kind = "sangoma-export"
tenant = 2
interval = "1s"
[sources.azure.azure]
connection_string = {{ env = "AZURE" }}
container = "acme"
[sources.signed]
kind = "sangoma-export"
tenant = 3
interval = "1s"
[sources.signed.azure]
connection_string = {{ env = "AZURE_SIGNED" }}
container = "acme"
[sources.plan]
kind = "plan-csv"
interval = "1s"
columns = {{ time = "Interval", queue = "Queue", volume = "Forecast" }}
[sources.plan.s3]
bucket = "acme"
endpoint = "http://127.0.0.1:{vendor}"
access_key_id = {{ env = "S3_KEY_ID" }}
secret_access_key = {{ env = "S3_SECRET" }}
[sources.sftp]
kind = "vergic-export"
host = "127.0.0.1"
port = {vendor}
username = "acme"
key_file = "{key_file}"
key_passphrase = {{ env = "PASSPHRASE" }}
host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
interval = "1s"
"#,
        base = base_configuration(listen, listen),
    )
}

fn environment(vendor: u16) -> Vec<(&'static str, String)> {
    let chat = format!("amqp://wall:{}@127.0.0.1:{vendor}/v", SECRETS[0].1);
    let azure = format!(
        "AccountName=acme;AccountKey={AZURE_KEY};BlobEndpoint=http://127.0.0.1:{vendor}/acme"
    );
    let signed = format!(
        "SharedAccessSignature=sv=2024-11-04&sig=c4nary%2Fazure%3D;BlobEndpoint=http://127.0.0.1:{vendor}/acme"
    );
    let secrets = SECRETS.map(|(name, value)| (name, value.to_owned()));
    [
        ("CHAT_URL", chat),
        ("AZURE", azure),
        ("AZURE_SIGNED", signed),
    ]
    .into_iter()
    .chain(secrets)
    .collect()
}

/// Makes a private key with the configured passphrase.
fn make_key(folder: &Path) -> std::path::PathBuf {
    let key = folder.join("id_ed25519");
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-q", "-t", "ed25519", "-N", SECRETS[8].1, "-f"])
        .arg(&key);
    assert!(command.status().unwrap().success());
    key
}

/// Everything that would give a secret away.
fn traces() -> Vec<String> {
    let texts = SECRETS.map(|(_, secret)| secret);
    let encoded = [AZURE_KEY, GMS_BASIC, VOICE_BASIC];
    let all = texts.into_iter().chain(encoded).chain(["c4nary"]);
    all.map(str::to_owned).collect()
}

/// Returns which secrets a text has, and where it comes from.
fn find_traces(whence: &str, text: &[u8]) -> Vec<String> {
    let has = |trace: &str| {
        let mut windows = text.windows(trace.len());
        windows.any(|window| window.eq_ignore_ascii_case(trace.as_bytes()))
    };
    let traces = traces().into_iter().filter(|trace| has(trace));
    traces.map(|trace| format!("{trace} in {whence}")).collect()
}

/// Waits until each source has failed at the vendor.
async fn wait_until_all_failed(wallboard: &Wallboard) {
    wait_until("each source has failed", SOON, async || {
        let sources = wallboard.get("/api/v1/sources").await?;
        let sources: Vec<Value> = sources["sources"].as_array().unwrap().clone();
        let failed = sources
            .iter()
            .filter(|source| source["last_error"].is_string());
        if failed.count() == SOURCES.len() {
            Ok(())
        } else {
            Err(format!("{sources:#?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_show_nowhere_even_if_vendors_repeat_them() {
    let folder = tempfile::tempdir().unwrap();
    let key = make_key(folder.path());
    let vendor = HostileVendor::start(Hostility::Repeat).await;
    let (port, environment) = (ports::free(), environment(vendor.server.port));
    let configuration = configuration(port, vendor.server.port, &key);
    let wallboard = Wallboard::start(&configuration, port, &[], environment.clone()).await;
    wait_until_all_failed(&wallboard).await;

    let received = vendor.requests().join("\n");
    for repeated in [
        "c4nary-voice-key",
        "c4nary-voice-token",
        GMS_BASIC,
        "c4nary-gms-tenant",
        "c4nary-polled",
        "c4nary-s3-id",
        "c4nary%2Fazure",
    ] {
        assert!(
            received.contains(repeated),
            "the vendor repeats {repeated}: {received}"
        );
    }
    let sources = wallboard.get("/api/v1/sources").await.unwrap();
    let shown = sources.to_string();
    for told in ["AWS4-HMAC-SHA256", "SharedKey", "Basic …"] {
        assert!(
            shown.contains(told),
            "the vendor's words are shown: {sources:#}"
        );
    }
    let mut found = Vec::new();
    let http = http::client();
    for path in PATHS {
        let answer = http.get(wallboard.url(path)).send().await.unwrap();
        found.extend(find_traces(
            path,
            format!("{:?}", answer.headers()).as_bytes(),
        ));
        found.extend(find_traces(path, &answer.bytes().await.unwrap()));
    }
    for arguments in [
        &["check"][..],
        &["check", "--offline"],
        &["check", "--discover", "voice"],
    ] {
        let mut check = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        check.args(arguments).args(["--log", "trace", "--config"]);
        check
            .arg(wallboard.file("wallboard.toml"))
            .envs(environment.clone());
        let output = block_in_place(|| check.output().unwrap());
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        assert!(!text.is_empty(), "{arguments:?}");
        found.extend(find_traces("check", &text));
    }
    found.extend(find_traces("the log", wallboard.log().as_bytes()));
    for file in fs::read_dir(wallboard.file("")).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            found.extend(find_traces(
                &file.display().to_string(),
                &fs::read(&file).unwrap(),
            ));
        }
    }
    assert_eq!(found, [""; 0]);
}

/// Addresses that lead to this machine or into its network, in every way of writing them.
fn inner_addresses(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST.",
        "wall@127.0.0.1",
        "127.0.0.1%2F",
        "①②⑦.⓪.⓪.①",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[fe80::1]",
        "[fd00::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
    ];
    let schemes = ["//127.0.0.1", "https://127.0.0.1", "http:\\\\127.0.0.1"];
    let addresses = hosts.map(|host| format!("http://{host}:{port}/latest/meta-data/"));
    let others = schemes.map(|scheme| format!("{scheme}:{port}/"));
    addresses.into_iter().chain(others).collect()
}

/// Counts who connects to a port of this machine.
async fn count_connections() -> (u16, Arc<AtomicUsize>) {
    // For both protocols.
    let listener = TcpListener::bind("[::]:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await.unwrap());
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    (port, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let key = make_key(folder.path());
    let (inner, connections) = count_connections().await;
    let targets = inner_addresses(inner);
    assert_eq!(targets.len(), 30);
    let vendor = HostileVendor::start(Hostility::Redirect(targets)).await;
    let (port, environment) = (ports::free(), environment(vendor.server.port));
    let configuration = configuration(port, vendor.server.port, &key);
    let wallboard = Wallboard::start(&configuration, port, &[], environment).await;
    wait_until_all_failed(&wallboard).await;
    // Each source meets many of them.
    wait_until("all redirects were offered", SOON, async || {
        let count = vendor.requests().len();
        if 30 <= count { Ok(()) } else { Err(count) }
    })
    .await;
    let received = vendor.requests().join("\n");
    for path in [
        "/auth/v3/oauth/token",
        "/genesys/1/statistic",
        "/acme/?",
        "comp=list",
    ] {
        assert!(received.contains(path), "{path}: {received}");
    }

    assert_eq!(connections.load(Ordering::Relaxed), 0);
    let sources = wallboard.get("/api/v1/sources").await.unwrap();
    assert!(!sources.to_string().contains("meta-data"), "{sources:#}");
    // Genesys and GMS say where to, if it's an address at all.
    wait_until("both redirects are named", SOON, async || {
        let sources = wallboard.get("/api/v1/sources").await?.to_string();
        match sources.matches("redirects to").count() {
            2.. => Ok(()),
            _ => Err(sources),
        }
    })
    .await;
    tokio::net::TcpStream::connect(("127.0.0.1", inner))
        .await
        .unwrap();
    wait_until("a connection would have been counted", SOON, async || {
        let count = connections.load(Ordering::Relaxed);
        if count == 1 { Ok(()) } else { Err(count) }
    })
    .await;
}
