//! A new process takes the address of an old one: with systemd's socket, with `--take-over`, or after
//! a kill. Viewers and pages meanwhile.

use std::{
    net::TcpListener,
    process::{Command, Output, Stdio},
    time::Duration,
};

use futures_util::{StreamExt, future::join_all};
use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, block_in_place},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use crate::support::{Process, QuietSite, http, is_nightly};

const SOON: Duration = Duration::from_secs(30);

/// Connects viewers. Returns when all have the board's picture.
async fn connect_viewers(site: &QuietSite, count: usize) -> Viewers {
    let (sender, pictures) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let live = site.url("/boards/queues/live").replacen("http", "ws", 1);
    let sessions = (0..count).map(|_| {
        let viewing = follow_board(live.clone(), sender.clone());
        let stop = stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(viewing).await })
    });
    drop(sessions.collect::<Vec<_>>());
    let mut viewers = Viewers {
        count,
        pictures,
        _stop: stop.drop_guard(),
    };
    viewers.wait_for_pictures().await;
    viewers
}

/// Requests the board's page over and over, on a new connection each time, until the token
/// is canceled. Returns what went wrong. A page may be late, by 10 s at most.
fn request_pages(site: &QuietSite, stop: CancellationToken) -> JoinHandle<(usize, Vec<String>)> {
    let url = site.url("/boards/queues");
    tokio::spawn(async move {
        let (http, mut count, mut failures) = (http::client(), 0, Vec::new());
        while !stop.is_cancelled() {
            let page = async {
                let response = http.get(&url).send().await?.error_for_status()?;
                response.text().await
            };
            match page.await {
                Ok(page) if page.contains("data-live") => count += 1,
                Ok(page) => failures.push(page),
                Err(error) => failures.push(format!("{error:?}")),
            }
        }
        (count, failures)
    })
}

fn start(command: &mut Command) -> Process {
    Process::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
}

fn start_server(site: &QuietSite, arguments: &[&str]) -> Process {
    start(&mut site.command(arguments))
}

/// Stops a server in the orderly way and waits for its end.
fn stop(mut server: Process) {
    server.signal("-TERM");
    assert!(block_in_place(|| server.wait()).unwrap().success());
}

/// How it ended, and what it printed.
fn outcome(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

struct Viewers {
    count: usize,
    /// How long each viewer had been without a connection when it received a picture.
    pictures: mpsc::UnboundedReceiver<Duration>,
    _stop: tokio_util::sync::DropGuard,
}

impl Viewers {
    /// Waits until each viewer has received another picture. Returns their gaps, in order.
    async fn wait_for_pictures(&mut self) -> Vec<Duration> {
        let mut gaps = Vec::new();
        let all = async {
            while gaps.len() < self.count {
                gaps.push(self.pictures.recv().await.unwrap());
            }
        };
        let is_complete = timeout(SOON, all).await.is_ok();
        assert!(is_complete, "{} of {} are back", gaps.len(), self.count);
        gaps.sort_unstable();
        gaps
    }

    /// Waits until all are back, and prints how long they were away.
    async fn report_gaps(&mut self, what: &str) {
        let gaps = self.wait_for_pictures().await;
        let percentile = |share: usize| gaps[(gaps.len() - 1) * share / 100].as_millis();
        println!(
            "{what}: {} viewers, gap p50 {} ms, p99 {} ms",
            gaps.len(),
            percentile(50),
            percentile(99),
        );
    }
}

/// Follows a board as docs/protocol.md says. Reports each new picture with the time since the
/// connection was lost.
async fn follow_board(live: String, pictures: mpsc::UnboundedSender<Duration>) {
    let (mut failures, mut lost_at) = (0, Instant::now());
    loop {
        let mut pause_max = 500 << failures.min(4);
        if let Ok((mut socket, _)) = connect_async(&live).await {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else {
                    continue;
                };
                let frame: Value = serde_json::from_str(&text).unwrap();
                failures = 0;
                if frame["t"] == "s" && pictures.send(lost_at.elapsed()).is_err() {
                    return;
                }
                if frame["t"] == "bye" {
                    pause_max = frame["retry"].as_u64().unwrap();
                }
            }
            lost_at = Instant::now();
        }
        failures += 1;
        sleep(Duration::from_millis(rand::random_range(0..pause_max))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_systemds_socket_a_restart_refuses_nobody() {
    let site = QuietSite::new();
    let socket = site.bind();
    let old = start(&mut site.command_with_socket(&socket));
    site.wait_until_ready().await;
    let mut viewers = connect_viewers(&site, 40).await;
    let done = CancellationToken::new();
    let pages = [(); 3].map(|()| request_pages(&site, done.clone()));

    stop(old);
    // Nobody accepts connections now.
    let waiting = request_pages(&site, done.clone());
    sleep(Duration::from_millis(300)).await;
    let _new = start(&mut site.command_with_socket(&socket));
    viewers.report_gaps("Restart with systemd's socket").await;
    done.cancel();

    for requests in join_all(pages.into_iter().chain([waiting])).await {
        let (count, failures) = requests.unwrap();
        assert_eq!(failures, Vec::<String>::new(), "next to {count} pages");
        assert!(0 < count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_server_takes_the_address_over() {
    let site = QuietSite::new();
    let mut old = start_server(&site, &[]);
    site.wait_until_ready().await;
    let mut viewers = connect_viewers(&site, 40).await;
    let done = CancellationToken::new();
    let pages = [(); 3].map(|()| request_pages(&site, done.clone()));

    let _new = start_server(&site, &["--take-over", &old.id().to_string()]);
    viewers.report_gaps("Restart with --take-over").await;
    done.cancel();

    assert!(block_in_place(|| old.wait()).unwrap().success());
    for requests in join_all(pages).await {
        let (count, failures) = requests.unwrap();
        // The kernel resets a connection that is established just as the old server leaves.
        assert!(failures.len() <= 1, "{failures:?}");
        assert!(!failures.iter().any(|error| error.contains("Refused")));
        assert!(0 < count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_return_by_themselves_after_a_kill() {
    let site = QuietSite::new();
    let mut old = start_server(&site, &[]);
    site.wait_until_ready().await;
    let count = if is_nightly() { 5000 } else { 300 };
    let mut viewers = connect_viewers(&site, count).await;

    old.kill().unwrap();
    old.wait().unwrap();
    let _new = start_server(&site, &[]);

    viewers.report_gaps("Restart after kill -9").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn address_in_use_is_only_taken_over_on_request() {
    let site = QuietSite::new();
    let run =
        |arguments: &[&str]| outcome(&block_in_place(|| site.command(arguments).output()).unwrap());
    let mut other = start(Command::new("sleep").arg("60"));
    let no_server = ["--take-over", &other.id().to_string()];

    let foreign = site.bind();
    let foreign_listens = run(&[]);
    drop(foreign);
    let server = start_server(&site, &[]);
    site.wait_until_ready().await;
    let ours_listens = run(&[]);
    let wrong_process = run(&no_server);
    let elsewhere = QuietSite::new();
    let mut misdirected = elsewhere.command(&["--take-over", &server.id().to_string()]);
    let nothing_there = outcome(&block_in_place(|| misdirected.output()).unwrap());
    let foreign = elsewhere.bind();
    let foreign_there = outcome(&block_in_place(|| misdirected.output()).unwrap());
    drop(foreign);

    for (outcome, reason) in [
        (foreign_listens, "stop the program that uses it"),
        (ours_listens, "stop the program that uses it"),
        (wrong_process, "no wallboard runs with process id"),
        (nothing_there, "no server listens on"),
        (foreign_there, "beside the running server"),
    ] {
        assert_eq!(outcome.0, Some(1), "{}", outcome.1);
        assert!(outcome.1.contains(reason), "{}", outcome.1);
    }
    assert!(other.try_wait().unwrap().is_none());
    // It was never stopped.
    stop(server);
}

#[test]
fn systemds_socket_must_have_the_configured_address() {
    let site = QuietSite::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();

    let (status, text) = outcome(&site.command_with_socket(&other).output().unwrap());

    assert_eq!(status, Some(2), "{text}");
    for address in [
        other.local_addr().unwrap(),
        ([127, 0, 0, 1], site.port).into(),
    ] {
        assert!(text.contains(&address.to_string()), "{text}");
    }
    assert!(text.contains("ListenStream="), "{text}");
}
