//! A new process takes the address of an old one: with systemd's socket, or with `--take-over`.
//! Viewers and pages meanwhile.

use std::{
    fs,
    net::TcpListener,
    process::{Command, Output, Stdio},
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{
    task::{JoinHandle, block_in_place},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::support::{Crowd, Process, QuietSite, http, wait_until};

const SOON: Duration = Duration::from_secs(30);
const BOARD: &str = "/boards/queues/live";

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

/// Waits until the lock of the data folder names a server.
async fn wait_until_locked_by(site: &QuietSite, server: &Process) {
    let id = server.id().to_string();
    wait_until("the new server holds the lock", SOON, async || {
        let lock = fs::read_to_string(site.folder().join("wallboard.db.lock")).unwrap();
        if lock.trim() == id { Ok(()) } else { Err(lock) }
    })
    .await;
}

/// How it ended, and what it printed.
fn outcome(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_systemds_socket_a_restart_refuses_nobody() {
    let site = QuietSite::new();
    let socket = site.bind();
    let old = start(&mut site.command_with_socket(&socket));
    site.wait_until_ready().await;
    let mut crowd = Crowd::connect(&site.url(BOARD), 40, SOON).await;
    let done = CancellationToken::new();
    let pages = [(); 3].map(|()| request_pages(&site, done.clone()));

    stop(old);
    // Nobody accepts connections now.
    let waiting = request_pages(&site, done.clone());
    sleep(Duration::from_millis(300)).await;
    let _new = start(&mut site.command_with_socket(&socket));
    crowd
        .wait_until_back("a restart with systemd's socket", SOON)
        .await;
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
    let mut crowd = Crowd::connect(&site.url(BOARD), 40, SOON).await;
    let done = CancellationToken::new();
    let pages = [(); 3].map(|()| request_pages(&site, done.clone()));

    let new = start_server(&site, &["--take-over", &old.id().to_string()]);
    crowd
        .wait_until_back("a restart with --take-over", SOON)
        .await;
    done.cancel();

    assert!(block_in_place(|| old.wait()).unwrap().success());
    wait_until_locked_by(&site, &new).await;
    for requests in join_all(pages).await {
        let (count, failures) = requests.unwrap();
        // The kernel resets a connection that is established just as the old server leaves.
        assert!(failures.len() <= 1, "{failures:?}");
        assert!(!failures.iter().any(|error| error.contains("Refused")));
        assert!(0 < count);
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn data_folder_belongs_to_one_server_at_a_time() {
    let site = QuietSite::new();
    let mut holder = start_server(&site, &[]);
    site.wait_until_ready().await;
    // On another address, only the folder is in the way.
    let mut second = site.command_elsewhere();

    let (status, text) = outcome(&block_in_place(|| second.output()).unwrap());
    assert_eq!(status, Some(1), "{text}");
    let process = format!("process ID {}", holder.id());
    assert!(text.contains(&process), "{text}");

    // The lock dies with its holder, and the file stays.
    holder.signal("-KILL");
    block_in_place(|| holder.wait()).unwrap();
    let second = start(&mut second);
    wait_until_locked_by(&site, &second).await;
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
