//! From a queue that becomes critical to its message at a webhook, beside 1,000 viewers of a busy board, whose
//! frames are measured with and without alerts in turn.
//!
//! The server has one core; this process sends values, watches as all viewers, and is the webhook.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{MissedTickBehavior, interval, sleep};
use wallboard_bench::{LoadFigures, LoadPlan, LoadTarget, TargetChoice, ViewerCrowd};

#[path = "../tests/it/support/ports.rs"]
#[allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "made for tests"
)]
mod ports;

const VIEWERS: usize = 1_000;
/// Queues of the board, which change but need nobody.
const CALM_QUEUES: u32 = 12;
const CHANGES_PER_SECOND: u32 = 10;
/// Queues that become critical, one after another.
const ALERTS: u32 = 200;
const ALERTS_PER_SECOND: u32 = 4;
const TARGET: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    let webhook = Webhook::start();
    let server = Server::start(webhook.port).await;
    let url = format!("http://127.0.0.1:{}", server.port);
    let choice = TargetChoice {
        url: &url,
        board: "calm",
        origin: None,
        is_host_mine: false,
    };
    let plan = LoadPlan {
        target: LoadTarget::find(choice).await.expect("the server listens"),
        viewers: VIEWERS,
        returning: 0,
        cookies: Vec::new(),
    };
    let crowd = ViewerCrowd::connect(plan, || ()).await;
    let crowd = crowd.expect("the server has places");
    // Until memory and caches that connecting took are as they stay.
    send_values(&server, 0..40, None).await;
    let steps = 0..ALERTS * CHANGES_PER_SECOND / ALERTS_PER_SECOND;
    crowd.start_over();
    send_values(&server, steps.clone(), None).await;
    let alone = crowd.figures();
    crowd.start_over();
    let critical = send_values(&server, steps, Some(ALERTS)).await;
    let beside = crowd.figures();
    sleep(TARGET * 2).await;
    print_messages(&critical, &webhook.arrivals());
    print_frames(&beside, &alone);
}

/// Changes the calm queues at each step, and makes the next queue critical at some. Returns when each became so.
async fn send_values(
    server: &Server,
    steps: std::ops::Range<u32>,
    alerts: Option<u32>,
) -> BTreeMap<String, Instant> {
    let mut critical = BTreeMap::new();
    let mut ticks = interval(Duration::from_secs(1) / CHANGES_PER_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for step in steps {
        ticks.tick().await;
        let mut queues: Vec<Value> = (0..CALM_QUEUES)
            .map(|queue| queue_value(&format!("calm-{queue}"), 1 + (step + queue) % 9))
            .collect();
        let due = (step + 1) * ALERTS_PER_SECOND / CHANGES_PER_SECOND;
        let next = u32::try_from(critical.len()).expect("a few hundred");
        if alerts.is_some_and(|count| next < count) && next < due {
            let name = format!("burning-{next}");
            queues.push(queue_value(&name, 50));
            critical.insert(name, Instant::now());
        }
        server.send(&json!({ "queues": queues })).await;
    }
    critical
}

fn queue_value(name: &str, waiting: u32) -> Value {
    json!({ "id": format!("pbx/{name}"), "name": name, "metrics": { "waiting": waiting } })
}

fn print_messages(critical: &BTreeMap<String, Instant>, arrivals: &BTreeMap<String, Instant>) {
    let mut delays: Vec<Duration> = critical
        .iter()
        .filter_map(|(queue, began)| Some(arrivals.get(queue)?.duration_since(*began)))
        .collect();
    delays.sort_unstable();
    assert_eq!(delays.len(), critical.len(), "a message didn't arrive");
    let (median, p99) = (delays[delays.len() / 2], delays[delays.len() * 99 / 100]);
    let verdict = if p99 < TARGET { "met" } else { "MISSED" };
    println!(
        "critical to message accepted, {} alerts beside {VIEWERS} viewers: median {median:.0?}, p99 {p99:.0?} (under {TARGET:.0?}: {verdict})",
        delays.len()
    );
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds to print")]
fn print_frames(beside: &LoadFigures, alone: &LoadFigures) {
    for figures in [beside, alone] {
        assert_eq!((figures.lost_count(), figures.gaps), (0, 0), "{figures:?}");
    }
    let [beside, alone] = [beside, alone].map(|figures| figures.delay.expect("frames came"));
    for (name, beside, alone) in [
        ("median", beside.p50, alone.p50),
        ("p99", beside.p99, alone.p99),
    ] {
        println!(
            "publish to frame received, {name}: {beside} ms with alerts, {alone} ms without: ratio {:.2}",
            beside as f64 / alone.max(1) as f64
        );
    }
}

/// `wallboard serve` on the first core, with a source of values and a rule.
struct Server {
    process: Child,
    port: u16,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Server {
    async fn start(webhook: u16) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), ports::free());
        let configuration = format!(
            "time_zone = \"UTC\"\nboards = \"boards\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
             [access]\nmode = \"open\"\n[sources.pbx]\nkind = \"values\"\n\
             [thresholds.\"*\"]\nwaiting = {{ crit = 20 }}\n\
             [alerts.burning]\nqueues = [\"*\"]\nfor = \"0s\"\nnotify = [\"hook\"]\n\
             [channels.hook]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{webhook}/\"\n\
             secret = \"a-secret-of-the-benchmark\"\nallow_private = true\nhourly_max = 1000\n"
        );
        fs::write(folder.path().join("wallboard.toml"), configuration).expect("a file");
        let boards = folder.path().join("boards");
        fs::create_dir(&boards).expect("a folder");
        let board = "title = \"Calm\"\nqueues = [\"pbx/calm-*\"]\n";
        fs::write(boards.join("calm.toml"), board).expect("a file");
        let mut process = Command::new("taskset")
            .args(["-c", "0", env!("CARGO_BIN_EXE_wallboard"), "serve"])
            .args(["--log", "error", "--config", "wallboard.toml"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("taskset is installed");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = process.try_wait().expect("it's our process");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            sleep(Duration::from_millis(50)).await;
        }
        Self {
            process,
            port,
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            _folder: folder,
        }
    }

    async fn send(&self, values: &Value) {
        let address = format!("http://127.0.0.1:{}/api/v1/values", self.port);
        let response = self.client.post(address).json(values).send().await;
        let response = response.expect("the server responds");
        assert!(
            response.status().is_success(),
            "{:?}",
            response.text().await
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Accepts everything, and has when each queue's first message arrived.
struct Webhook {
    port: u16,
    arrivals: Arc<Mutex<BTreeMap<String, Instant>>>,
}

impl Webhook {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it's bound").port();
        let arrivals: Arc<Mutex<BTreeMap<_, _>>> = Arc::default();
        let shared = Arc::clone(&arrivals);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(queue) = accept_message(stream) else {
                    continue;
                };
                let mut arrivals = shared.lock();
                arrivals.entry(queue).or_insert_with(Instant::now);
            }
        });
        Self { port, arrivals }
    }

    fn arrivals(&self) -> BTreeMap<String, Instant> {
        self.arrivals.lock().clone()
    }
}

/// Reads a message, accepts it, and returns the queue that it names.
fn accept_message(mut stream: TcpStream) -> Option<String> {
    let (mut request, mut bytes) = (Vec::new(), [0; 4096]);
    let body = loop {
        let read = stream.read(&mut bytes).ok().filter(|read| 0 < *read)?;
        request.extend(&bytes[..read]);
        let text = String::from_utf8_lossy(&request);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
        if let Some(Ok(body)) = body.map(serde_json::from_str::<Value>) {
            break body;
        }
    };
    let accepted = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(accepted.as_bytes()).ok()?;
    let headline = body["data"]["headline"].as_str()?;
    let word = headline
        .split_whitespace()
        .find(|word| word.starts_with("burning-"))?;
    Some(word.trim_end_matches([':', ',', '.']).to_owned())
}
