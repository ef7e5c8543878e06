//! A thousand viewers on one board over loopback: time from a change to its frame at every viewer,
//! a single change after silence, and the cost of an idle viewer and of a frame. The baseline, in
//! turn: bare tokio-tungstenite sockets, and bun, with similar frames.
//!
//! Then the same measurement of the product while an import runs at full speed, and of ten thousand
//! viewers with a change a second.
//!
//! Servers and viewers are separate processes (this program, started again), each on its own core.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::{broadcast, watch},
};
use tokio_tungstenite::{
    accept_async, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, client::IntoClientRequest, protocol::WebSocketConfig},
};
use tokio_util::sync::CancellationToken;
use wallboard::{
    boards::BoardRegistry,
    domain::{
        ConnectionEvent, Discontinuity, Fact, Id, Input, Metric, MetricSubject, MetricValue,
        SiteConfig, SourceId, SourceSetup, Update,
    },
    history::{
        import::ImportRegistry,
        report::{History, ReportConfig},
    },
    ingest::{self, IngestSender, ProcessClock},
    live::{self, LiveHandle, LiveState},
    push::{self, Hub},
    store::Store,
    web::{
        self, AllowedOrigins, CertificateExpiry, Readiness, WebState, http_server, listening_socket,
    },
};

#[path = "viewers/importing.rs"]
mod importing;

use importing::Export;

const VIEWERS: usize = 1000;
/// Needs as many file descriptors (`ulimit -n`), in each of two processes.
const MANY_VIEWERS: usize = 10_000;
const QUEUES: u64 = 12;
const CHANGES: Pace = Pace(Some(Duration::from_millis(20)));
const LONE: Pace = Pace(Some(Duration::from_millis(700)));
const EACH_SECOND: Pace = Pace(Some(Duration::from_secs(1)));
const QUIET: Pace = Pace(None);
const MEASURE_TIME: Duration = Duration::from_secs(20);
const FLUSH: Duration = Duration::from_millis(100);

/// The role of the server that isn't this program. `scripts/bench` installs it.
const BUN: &str = "bun";
const BUN_PROGRAM: &str = "benches/viewers/node_modules/.bin/bun";
const BUN_SERVER: &str = "benches/viewers/server.js";

/// Argument that makes this program a part of the benchmark.
const ROLE: &str = "WALLBOARD_BENCH_ROLE";

/// Interval between changes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pace(Option<Duration>);

fn main() {
    let role = env::var(ROLE).unwrap_or_default();
    let mut words = role.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("wallboard"), ..) => serve_as(wallboard),
        (Some("bare"), ..) => serve_as(bare),
        (Some("viewers"), Some(target), Some(count)) => {
            watch_as(target, count.parse().expect("a number"));
        }
        _ => compare(),
    }
}

fn compare() {
    let export = Export::generate();
    let (product, bare) = (measure("wallboard", Some(&export)), measure("bare", None));
    let bun = measure(BUN, None);
    println!("{VIEWERS} viewers on one board, 50 changes/s, flush interval 100 ms");
    print_row(
        "change to frame received, p50",
        product.busy.change.0,
        None,
        "ms",
    );
    print_row(
        "change to frame received, p99",
        product.busy.change.1,
        Some(150.0),
        "ms",
    );
    compare_row(
        "publish to frame received, p50",
        product.busy.publish.0,
        bare.busy.publish.0,
        "ms",
    );
    compare_row(
        "publish to frame received, p99",
        product.busy.publish.1,
        bare.busy.publish.1,
        "ms",
    );
    println!("a lone change after quiet");
    print_row(
        "change to frame received, p50",
        product.lone.change.0,
        None,
        "ms",
    );
    print_row(
        "change to frame received, p99",
        product.lone.change.1,
        Some(20.0),
        "ms",
    );
    compare_row(
        "change to frame received, p99",
        product.lone.change.1,
        bare.lone.change.1,
        "ms",
    );
    if let Some(importing) = product.importing {
        println!("50 changes/s while an import runs at full speed");
        for (what, importing, alone) in [
            (
                "change to frame received, p50",
                importing.change.0,
                product.busy.change.0,
            ),
            (
                "change to frame received, p99",
                importing.change.1,
                product.busy.change.1,
            ),
        ] {
            let ratio = importing / alone.max(f64::MIN_POSITIVE);
            println!(
                "  {what:<34} {importing:>8.1} ms beside {alone:.1} ms alone: ratio {ratio:.2}"
            );
        }
    }
    println!("memory of the server's process");
    print_row("per idle viewer", product.idle, Some(16.0), "KiB");
    compare_row("per idle viewer", product.idle, bare.idle, "KiB");
    print_row("per viewer after the busy time", product.used, None, "KiB");
    println!(
        "frames received: {} and {}",
        product.busy.frames, bare.busy.frames
    );
    println!("processor time of the server's process");
    print_row(
        "per frame, 1000 viewers",
        product.busy.cpu_per_frame(),
        Some(20.0),
        "µs",
    );
    compare_row(
        "per frame, 1000 viewers",
        product.busy.cpu_per_frame(),
        bare.busy.cpu_per_frame(),
        "µs",
    );
    compare_with_bun(&product, &bun);
    let (many, many_bun) = (measure_many("wallboard"), measure_many(BUN));
    print_many(&many);
    compare_with_bun(&many, &many_bun);
}

/// Bun has uWebSockets inside.
fn compare_with_bun(product: &Measurement, bun: &Measurement) {
    println!("beside bun");
    for (what, product, bun, unit) in [
        (
            "publish to frame received, p50",
            product.busy.publish.0,
            bun.busy.publish.0,
            "ms",
        ),
        (
            "publish to frame received, p99",
            product.busy.publish.1,
            bun.busy.publish.1,
            "ms",
        ),
        (
            "processor time per frame",
            product.busy.cpu_per_frame(),
            bun.busy.cpu_per_frame(),
            "µs",
        ),
        ("memory per idle viewer", product.idle, bun.idle, "KiB"),
    ] {
        let ratio = product / bun.max(f64::MIN_POSITIVE);
        println!("  {what:<34} {product:>8.1} {unit} beside {bun:.1} {unit}: ratio {ratio:.2}");
    }
}

fn print_many(many: &Measurement) {
    println!("{MANY_VIEWERS} viewers on one board, a change a second");
    let (p50, p99) = many.busy.change;
    print_row("change to frame received, p50", p50, None, "ms");
    print_row("change to frame received, p99", p99, Some(500.0), "ms");
    let cores = many.busy.cpu / MEASURE_TIME.as_secs_f64();
    print_row("processors used", cores, Some(0.3), "");
    print_row("per frame", many.busy.cpu_per_frame(), Some(20.0), "µs");
    print_row("memory per idle viewer", many.idle, Some(16.0), "KiB");
}

fn print_row(what: &str, value: f64, target: Option<f64>, unit: &str) {
    let target = target.map_or(String::new(), |most| {
        let verdict = if value <= most { "met" } else { "MISSED" };
        format!("  (at most {most}: {verdict})")
    });
    println!("  {what:<34} {value:>8.1} {unit}{target}");
}

fn compare_row(what: &str, product: f64, bare: f64, unit: &str) {
    let ratio = product / bare.max(f64::MIN_POSITIVE);
    println!("  {what:<34} {product:>8.1} {unit} beside {bare:.1} {unit} bare: ratio {ratio:.2}");
}

#[derive(Debug)]
struct Measurement {
    busy: Latencies,
    /// During an import.
    importing: Option<Latencies>,
    lone: Latencies,
    /// KiB per viewer.
    idle: f64,
    used: f64,
}

/// Milliseconds: median and 99th percentile.
#[derive(Clone, Copy, Debug, Default)]
struct Latencies {
    frames: usize,
    publish: (f64, f64),
    change: (f64, f64),
    /// Processor time of the server, in seconds.
    cpu: f64,
}

impl Latencies {
    /// Microseconds.
    #[expect(clippy::cast_precision_loss, reason = "a count of frames")]
    fn cpu_per_frame(&self) -> f64 {
        self.cpu * 1e6 / self.frames.max(1) as f64
    }
}

fn measure(server: &str, export: Option<&Export>) -> Measurement {
    let mut server = Part::start(server);
    let address = server.line();
    thread::sleep(Duration::from_secs(1));
    let before = server.memory();
    let mut viewers = Part::start(&format!("viewers {address} {VIEWERS}"));
    viewers.line();
    thread::sleep(Duration::from_secs(12));
    let idle = server.memory();

    server.send(&CHANGES.to_string());
    let busy = viewers.latencies(&server);
    let used = server.memory();
    server.send(&LONE.to_string());
    let lone = viewers.latencies(&server);
    server.send(&CHANGES.to_string());
    let importing = export.map(|export| {
        let _importing = export.import();
        viewers.latencies(&server)
    });
    server.send(&QUIET.to_string());
    Measurement {
        busy,
        importing,
        lone,
        idle: per_viewer(before, idle, VIEWERS),
        used: per_viewer(before, used, VIEWERS),
    }
}

fn measure_many(server: &str) -> Measurement {
    let mut server = Part::start(server);
    let address = server.line();
    thread::sleep(Duration::from_secs(1));
    let before = server.memory();
    let mut viewers = Part::start(&format!("viewers {address} {MANY_VIEWERS}"));
    viewers.line();
    thread::sleep(Duration::from_secs(12));
    let idle = server.memory();
    server.send(&EACH_SECOND.to_string());
    let busy = viewers.latencies(&server);
    Measurement {
        busy,
        importing: None,
        lone: Latencies::default(),
        idle: per_viewer(before, idle, MANY_VIEWERS),
        used: per_viewer(before, server.memory(), MANY_VIEWERS),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a process has less than 2^52 KiB"
)]
fn per_viewer(before: u64, after: u64, viewers: usize) -> f64 {
    after.saturating_sub(before) as f64 / viewers as f64
}

impl std::fmt::Display for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.map_or(0, |every| every.as_millis()))
    }
}

/// A process of the benchmark. It ends with us, because its standard input does.
struct Part {
    process: Child,
    output: BufReader<ChildStdout>,
    input: ChildStdin,
}

impl Part {
    fn start(role: &str) -> Self {
        let program = env::current_exe().expect("the running program has a path");
        // The viewers have a core of their own.
        let core = if role.starts_with("viewers") {
            "1"
        } else {
            "0"
        };
        let mut command = Command::new("taskset");
        command.args(["-c", core]);
        match role {
            BUN => command.args([BUN_PROGRAM, BUN_SERVER]),
            _ => command.arg(program),
        };
        let mut process = command
            .env(ROLE, role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the running program can be started again");
        Self {
            output: BufReader::new(process.stdout.take().expect("piped above")),
            input: process.stdin.take().expect("piped above"),
            process,
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output
            .read_line(&mut line)
            .expect("a pipe can be read");
        line.trim().to_owned()
    }

    fn send(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("the part is running");
    }

    /// Resident memory in KiB.
    fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).expect("/proc lists the process");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|kib| kib.trim().strip_suffix(" kB"));
        resident
            .and_then(|kib| kib.parse().ok())
            .expect("a number of KiB")
    }

    /// Processor time of all threads, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "years are less than 2^52 ns")]
    fn cpu(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let tasks = tasks.expect("/proc lists the process").flatten();
        let times = tasks.filter_map(|task| {
            // A thread may have ended.
            let times = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        });
        times.sum::<u64>() as f64 / 1e9
    }

    fn latencies(&mut self, server: &Part) -> Latencies {
        thread::sleep(Duration::from_secs(2));
        self.send("forget");
        let before = server.cpu();
        thread::sleep(MEASURE_TIME);
        let cpu = server.cpu() - before;
        self.send("tell");
        let line = self.line();
        let mut numbers = line.split(' ').map(|n| n.parse::<f64>().expect("a number"));
        let mut next = || numbers.next().expect("five numbers");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count, written as one"
        )]
        Latencies {
            frames: next() as usize,
            publish: (next(), next()),
            change: (next(), next()),
            cpu,
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Already gone is fine.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Runs a server that takes its pace from standard input, until that ends.
fn serve_as<F: Future<Output = ()> + Send + 'static>(
    server: impl FnOnce(TcpListener, watch::Receiver<Pace>) -> F,
) {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads can be started");
    let guard = runtime.enter();
    let listener = listening_socket::bind_listener(SocketAddr::from(([127, 0, 0, 1], 0)))
        .expect("a free port");
    println!("{}", listener.local_addr().expect("it is bound"));
    let (pace, pace_receiver) = watch::channel(QUIET);
    runtime.spawn(server(listener, pace_receiver));
    drop(guard);
    for line in std::io::stdin().lines().map_while(Result::ok) {
        let millis = line.parse().expect("a number of milliseconds");
        let every = (millis != 0).then(|| Duration::from_millis(millis));
        pace.send_replace(Pace(every));
    }
}

/// Waits for the next change at the current pace.
async fn next_change(pace: &mut watch::Receiver<Pace>) {
    loop {
        let every = *pace.borrow_and_update();
        match every.0 {
            Some(every) => {
                if tokio::time::timeout(every, pace.changed()).await.is_err() {
                    return;
                }
            }
            None => pace.changed().await.expect("the pace outlives its users"),
        }
    }
}

/// The product, without an upstream: changes go straight into the ingest channel.
async fn wallboard(listener: TcpListener, mut pace: watch::Receiver<Pace>) {
    let clock = ProcessClock::start_now();
    let (sender, receiver) = ingest::ingest_channel(clock);
    let live = LiveHandle::new(clock, LiveState::default());
    tokio::spawn(live::run_live_state(live.clone(), receiver, None));
    let source = SourceId::from("chat");
    connect_source(&sender, &source).await;
    let boards = BoardRegistry::new(&live, Vec::new());
    let limits = push::HubLimits {
        max_viewers: MANY_VIEWERS * 2,
        flush_interval: FLUSH,
        build: web::build_id().into(),
    };
    let router = web::build_router(WebState {
        sign_in: None,
        setup_code: None,
        live,
        boards: boards.clone(),
        rewind: None,
        hub: Hub::new(boards, limits),
        origins: AllowedOrigins {
            public: None,
            has_sessions: false,
        },
        data_origin: web::DataOrigin::default(),
        readiness: Readiness::default(),
        server_info: web::ServerInfo::default(),
        imports: ImportRegistry::default(),
        history: History::new(store(), ReportConfig::default()),
        recent_days: web::RecentDaysCache::default(),
        store: store(),
        certificate_expiry: CertificateExpiry::default(),
    });
    let stop = CancellationToken::new();
    let http_listener = http_server::HttpListener {
        listener,
        tls: None,
        limits: http_server::HttpLimits::default(),
        proxies: web::TrustedProxies::default(),
    };
    tokio::spawn(http_server::serve_http(http_listener, router, stop));

    for change in 0.. {
        next_change(&mut pace).await;
        let load = load(&source, change % QUEUES, change);
        sender
            .send_batch(vec![load])
            .await
            .expect("the live state keeps running");
    }
}

async fn connect_source(sender: &IngestSender, source: &SourceId) {
    let site = SiteConfig {
        sources: vec![SourceSetup::new(
            source.clone(),
            wallboard::sources::vngage::KIND,
        )],
        ..SiteConfig::default()
    };
    let discontinuity = Some(Discontinuity::Start);
    let mut inputs = vec![
        Input::SiteConfig(Arc::new(site)),
        Input::Connection(
            source.clone(),
            ConnectionEvent::CatchingUp { discontinuity },
        ),
        Input::Connection(source.clone(), ConnectionEvent::Connected),
    ];
    inputs.extend((0..QUEUES).map(|queue| load(source, queue, 0)));
    sender
        .send_batch(inputs)
        .await
        .expect("the live state keeps running");
}

/// Nobody waits, so that no timers are missed and nothing becomes stale.
fn load(source: &SourceId, queue: u64, available: u64) -> Input {
    let queue = Id::new(source, &format!("queue-{queue}"));
    let readings = [
        (Metric::Waiting, Some(MetricValue::Count(0))),
        (
            Metric::AgentsAvailable,
            Some(MetricValue::Count(available % 97)),
        ),
    ];
    Input::Update(Update {
        source: source.clone(),
        event: "group.loadChanged",
        at: Some(Timestamp::now()),
        fact: Fact::Readings(MetricSubject::Queue(queue), readings.into_iter().collect()),
        mistyped: 0,
    })
}

/// The baseline without the product: sockets, and similar frames at a similar pace.
async fn bare(listener: TcpListener, mut pace: watch::Receiver<Pace>) {
    let (frames, _) = broadcast::channel::<Utf8Bytes>(64);
    let publisher = frames.clone();
    tokio::spawn(async move {
        for n in 0_u64.. {
            next_change(&mut pace).await;
            let now = now();
            let changes = pace.borrow().0.map_or(1, |every| {
                FLUSH.as_millis().div_ceil(every.as_millis().max(1))
            });
            if changes != 1 {
                tokio::time::sleep(FLUSH).await;
            }
            let cells: Vec<_> = (0..changes)
                .map(|k| format!("[{k},\"{n}\"],[{k},{{\"sev\":\"ok\"}}]"))
                .collect();
            let cells = cells.join(",");
            let frame = format!(
                r#"{{"t":"d","e":"b7b7b7b7b7b7","n":{n},"ts":{},"o":{now},"c":[{cells}]}}"#,
                self::now()
            );
            // No viewer yet.
            publisher.send(frame.into()).ok();
        }
    });
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let mut frames = frames.subscribe();
        tokio::spawn(async move {
            stream.set_nodelay(true).ok();
            let Ok(mut socket) = accept_async(stream).await else {
                return;
            };
            while let Ok(frame) = frames.recv().await {
                if socket.send(Message::Text(frame)).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// Runs all viewers; reports their latencies when asked on standard input.
fn watch_as(address: &str, count: usize) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime without threads can be made");
    let samples = Arc::new(Mutex::new(Samples::default()));
    let shared_samples = Arc::clone(&samples);
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let mut samples = shared_samples.lock().expect("the lock isn't poisoned");
            if line == "tell" {
                println!("{samples}");
            }
            *samples = Samples::default();
        }
        std::process::exit(0);
    });
    runtime.block_on(async {
        let mut sockets = Vec::new();
        for _ in 0..count {
            sockets.push(connect(address).await);
        }
        println!("all connected");
        for mut socket in sockets {
            let samples = Arc::clone(&samples);
            tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    if let Message::Text(frame) = message {
                        samples
                            .lock()
                            .expect("the lock isn't poisoned")
                            .record(&frame);
                    }
                }
            });
        }
        std::future::pending::<()>().await;
    });
}

async fn connect(address: &str) -> tokio_tungstenite::WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let mut request = format!("ws://{address}/boards/queues/live")
        .into_client_request()
        .expect("a valid address");
    let origin = format!("http://{address}").parse().expect("visible ASCII");
    request.headers_mut().insert("Origin", origin);
    let config = WebSocketConfig::default().read_buffer_size(4096);
    let connected = client_async_with_config(request, stream, Some(config)).await;
    connected.expect("the server accepts viewers").0
}

/// Milliseconds from a frame's `ts` and `o` to its arrival.
#[derive(Default)]
struct Samples {
    publish: Vec<i64>,
    change: Vec<i64>,
}

impl Samples {
    fn record(&mut self, frame: &str) {
        if !frame.starts_with(r#"{"t":"d""#) {
            return;
        }
        let now = now();
        self.publish
            .extend(number(frame, "\"ts\":").map(|at| now - at));
        self.change
            .extend(number(frame, "\"o\":").map(|at| now - at));
    }
}

impl std::fmt::Display for Samples {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percentiles = |samples: &[i64]| {
            let mut sorted = samples.to_vec();
            sorted.sort_unstable();
            let at = |hundredth: usize| {
                let index = (sorted.len() * hundredth / 100).min(sorted.len().saturating_sub(1));
                sorted.get(index).copied().unwrap_or(0)
            };
            format!("{} {}", at(50), at(99))
        };
        let frames = self.publish.len();
        write!(
            f,
            "{frames} {} {}",
            percentiles(&self.publish),
            percentiles(&self.change)
        )
    }
}

fn number(frame: &str, key: &str) -> Option<i64> {
    let (_, rest) = frame.split_once(key)?;
    rest.split([',', '}']).next()?.parse().ok()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    i64::try_from(millis).unwrap_or(i64::MAX)
}

/// Returns an empty store.
fn store() -> Store {
    let folder = tempfile::tempdir().expect("a folder can be made");
    Store::open(&folder.path().join("wallboard.db")).expect("a database can be made")
}
