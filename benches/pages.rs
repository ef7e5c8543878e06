//! Requests per second of the desk pages: 32 connections that each ask again as soon as they have the
//! page, from the demo, which changes many times a second. The baseline is a board's page: bytes that
//! are rendered once for everyone.
//!
//! The demo and the connections are processes of their own, each on its own core.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
};

const CONNECTIONS: usize = 32;
const MEASURE_TIME: Duration = Duration::from_secs(10);
/// After the demo has imported its past, which takes a core.
const SETTLE_TIME: Duration = Duration::from_secs(10);
/// The fewest requests per second of a page.
const TARGET: f64 = 5_000.0;
const BOARD: &str = "/boards/queues";
/// Pages with their paths; `*`: as the gallery's first link that begins so.
const PAGES: [(&str, &str); 7] = [
    ("gallery", "/"),
    ("queue, chat", "/queues/chat/*"),
    ("queue, voice", "/queues/voice/*"),
    ("queue group", "/queues/group/*"),
    ("cases", "/cases"),
    ("what happened", "/shift"),
    ("data sources", "/sources"),
];

/// Argument that makes this program the connections: the address of the server, and a path.
const ROLE: &str = "WALLBOARD_BENCH_ROLE";

fn main() {
    let role = env::var(ROLE).unwrap_or_default();
    if let Some((address, path)) = role.split_once(' ') {
        return run_connections(address, path);
    }
    let demo = Demo::start();
    println!("{CONNECTIONS} connections, server on one core");
    let board = demo.measure(BOARD);
    println!("{:<16} {board}", "a board");
    let gallery = request_once(&demo.address, "/");
    for (name, path) in PAGES {
        let page = demo.measure(match path.strip_suffix('*') {
            Some(start) => (gallery.split('"'))
                .find(|text| text.starts_with(start))
                .expect("the demo has such a queue"),
            None => path,
        });
        let ratio = board.per_second / page.per_second;
        let verdict = if TARGET <= page.per_second {
            "met"
        } else {
            "MISSED"
        };
        println!(
            "{name:<16} {page}, a board’s is {ratio:.1} times as fast (at least {TARGET}/s: {verdict})"
        );
    }
}

struct PageSpeed {
    per_second: f64,
    /// Of the response, in milliseconds.
    p99: f64,
    /// Of the server per request, in microseconds.
    processor: f64,
}

impl std::fmt::Display for PageSpeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            per_second,
            p99,
            processor,
        } = self;
        write!(
            f,
            "{per_second:>8.0} requests/s, p99 {p99:>5.1} ms, {processor:>4.0} µs of processor"
        )
    }
}

/// `wallboard demo` on the first core.
struct Demo {
    process: Child,
    address: String,
}

impl Demo {
    fn start() -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", "0", env!("CARGO_BIN_EXE_wallboard"), "demo"]);
        command.args(["--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("taskset is installed");
        let mut lines = BufReader::new(process.stderr.take().expect("piped above")).lines();
        let mut line = || {
            lines
                .next()
                .expect("the demo runs")
                .expect("it prints text")
        };
        let address = loop {
            if let Some((_, rest)) = line().split_once("address=") {
                break rest.split(' ').next().unwrap_or_default().to_owned();
            }
        };
        for _ in ["chats", "calls"] {
            while !line().contains("Imported new files") {}
        }
        thread::spawn(move || lines.for_each(drop));
        thread::sleep(SETTLE_TIME);
        Self { process, address }
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    fn measure(&self, path: &str) -> PageSpeed {
        let program = env::current_exe().expect("the running program has a path");
        let mut command = Command::new("taskset");
        command.args(["-c", "1"]).arg(program);
        let before = self.processor_time();
        let output = command
            .env(ROLE, format!("{} {path}", self.address))
            .output();
        let used = self.processor_time().saturating_sub(before);
        let output = output.expect("this program can be started again").stdout;
        let mut micros: Vec<u32> = String::from_utf8_lossy(&output)
            .lines()
            .map(|line| line.parse().expect("a number of microseconds"))
            .collect();
        micros.sort_unstable();
        let p99 = micros.get(micros.len() * 99 / 100).copied();
        PageSpeed {
            per_second: micros.len() as f64 / MEASURE_TIME.as_secs_f64(),
            p99: f64::from(p99.expect("the server answered")) / 1000.0,
            processor: used.as_secs_f64() * 1e6 / micros.len() as f64,
        }
    }

    /// Processor time of all threads.
    fn processor_time(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.process.id()));
        let tasks = tasks.expect("/proc lists the process").flatten();
        let times = tasks.filter_map(|task| {
            // A thread may have ended.
            let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
            times.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(times.sum())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The body of a page.
fn request_once(address: &str, path: &str) -> String {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    runtime.block_on(async { Connection::open(address, path).await.request().await })
}

/// Prints the microseconds of each response.
fn run_connections(address: &str, path: &str) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let connections = (0..CONNECTIONS).map(async |_| {
        let mut connection = Connection::open(address, path).await;
        let began = Instant::now();
        let mut micros = Vec::new();
        while began.elapsed() < MEASURE_TIME {
            let sent = Instant::now();
            connection.request().await;
            micros.push(sent.elapsed().as_micros());
        }
        micros
    });
    let micros = runtime.block_on(join_all(connections));
    let lines: Vec<String> = micros.iter().flatten().map(u128::to_string).collect();
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", lines.join("\n")).expect("standard output is open");
}

struct Connection {
    stream: tokio::io::BufReader<TcpStream>,
    request: String,
}

impl Connection {
    async fn open(address: &str, path: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the demo listens");
        Self {
            stream: tokio::io::BufReader::with_capacity(256 * 1024, stream),
            request: format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n"),
        }
    }

    async fn request(&mut self) -> String {
        let sent = self.stream.write_all(self.request.as_bytes()).await;
        sent.expect("the connection is open");
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            let read = self.stream.read_line(&mut line).await;
            read.expect("the connection is open");
            assert!(
                !line.starts_with("HTTP/1.1") || line.contains("200"),
                "{line}"
            );
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().expect("a number"),
                None if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        let read = self.stream.read_exact(&mut body).await;
        read.expect("the connection is open");
        String::from_utf8(body).expect("pages are UTF-8")
    }
}
