//! `wallboard-bench` against running servers.

use std::{process::Command, time::Duration};

use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{TestServer, ports, test_server::ServerOptions, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
const QUEUES: u64 = 3;

/// Runs the command. Returns its exit status, and its output of both kinds.
async fn bench(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard-bench"));
    command.args(arguments);
    run(command).await
}

async fn run(mut command: Command) -> (Option<i32>, String) {
    let output = spawn_blocking(move || command.output()).await.unwrap();
    let output = output.unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// Returns what a row of the report says.
fn row<'a>(report: &'a str, name: &str) -> &'a str {
    let mut rows = report
        .lines()
        .filter_map(|line| line.trim().strip_prefix(name));
    rows.next()
        .unwrap_or_else(|| panic!("no {name}: {report}"))
        .trim()
}

/// Returns a row's first number.
fn number(report: &str, name: &str) -> u64 {
    let digits = row(report, name)
        .split([' ', '.'])
        .next()
        .unwrap()
        .replace(',', "");
    digits.parse().unwrap()
}

/// Runs the command on a board that changes all the time.
async fn bench_busy_board(server: &TestServer, arguments: &[&str]) -> (Option<i32>, String) {
    let changing = async {
        for turn in 1.. {
            server.update_all_figures(QUEUES, turn).await;
            sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = changing => unreachable!("it doesn't end"),
        result = bench(arguments) => result,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_counts_what_viewers_of_a_busy_board_receive() {
    let server = TestServer::start(ServerOptions::default()).await;

    let arguments = [
        &server.url(""),
        "--viewers",
        "50",
        "--for",
        "2s",
        "--reconnect",
    ];
    let (status, report) = bench_busy_board(&server, &arguments).await;

    assert_eq!(status, Some(0), "{report}");
    assert!(
        report.starts_with("50 viewers of board queues at http://127.0.0.1:"),
        "{report}"
    );
    let (frames, bytes) = (number(&report, "frames received"), row(&report, "received"));
    assert!(50 < frames, "{report}");
    assert!(bytes.ends_with("KiB per second"), "{report}");
    for (name, expected) in [
        ("missing frames", 0),
        ("lost connections", 0),
        ("25 of them dropped their connections at once", 0),
        ("lost of those who stayed", 0),
    ] {
        let found = row(&report, name);
        assert!(
            found.is_empty() || found == expected.to_string(),
            "{name}: {report}"
        );
    }
    for name in ["delay", "delay of those who stayed"] {
        assert!(row(&report, name).contains("p99"), "{report}");
    }
    row(&report, "all had the board again after");
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_tells_lost_viewers_and_exits_with_1() {
    let server = TestServer::start(ServerOptions::default()).await;
    let url = server.url("");
    let stopping = async {
        wait_until("all viewers are connected", SOON, async || {
            match server.hub.viewer_count() {
                20.. => Ok(()),
                count => Err(count),
            }
        })
        .await;
        // Until the command knows of all of them too.
        sleep(Duration::from_secs(1)).await;
        server.hub.disconnect_viewers().await;
    };

    let arguments = [&*url, "--viewers", "20", "--for", "3s"];
    let ((status, report), ()) = tokio::join!(bench(&arguments), stopping);

    assert_eq!(status, Some(1), "{report}");
    assert_eq!(number(&report, "lost connections"), 20, "{report}");
    assert!(report.contains("20: closed with 1012"), "{report}");
    assert!(report.contains("some viewers weren't served"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_explains_why_it_cannot_begin() {
    let server = TestServer::start(ServerOptions {
        max_viewers: 5,
        ..ServerOptions::default()
    })
    .await;
    let (here, nobody) = (
        server.url(""),
        format!("http://127.0.0.1:{}", ports::free()),
    );
    for (arguments, status, words) in [
        (
            vec![&*here, "--board", "nowhere"],
            1,
            "status 404. It has no such board",
        ),
        (
            vec![&*here, "--viewers", "9"],
            1,
            "status 503. It has no place for more viewers",
        ),
        (
            vec![&*nobody],
            1,
            "Connection refused (os error 111). Check that the server runs",
        ),
        (
            vec!["http://192.0.2.7:8080"],
            2,
            "192.0.2.7 isn't on this machine",
        ),
        (vec!["ws://127.0.0.1:1"], 2, "isn't a wallboard address"),
        (vec![&*here, "--viewers", "18001"], 2, "18000"),
        (vec![&*here, "--for", "11m"], 2, "from 1s to 10m"),
    ] {
        let (found, text) = bench(&arguments).await;
        assert_eq!(found, Some(status), "{arguments:?}: {text}");
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_needs_enough_files() {
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "ulimit -n 200; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_wallboard-bench"),
    ]);
    let server = TestServer::start(ServerOptions::default()).await;
    shell.args([&server.url(""), "--viewers", "500"]);
    let (status, text) = run(shell).await;

    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("need 564 open files, and this process may have 200"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bench_watches_a_server_with_sign_in_by_cookies() {
    let port = ports::free();
    let site = SignInSite::open_at(port, "", &[]).await;
    site.add_user("maria", "supervisor");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cookies");
    let cookie = site.sign_in("maria", PASSWORD).await.unwrap();
    std::fs::write(&file, format!("# of maria\n{cookie}\n")).unwrap();
    let (url, file) = (site.wallboard.url(""), file.to_str().unwrap());

    let bench_with = async |viewers, with_cookie: bool| {
        let mut arguments = vec![&*url, "--viewers", viewers, "--for", "1s"];
        if with_cookie {
            arguments.extend(["--cookie-file", file]);
        }
        bench(&arguments).await
    };
    let (status, text) = bench_with("10", true).await;
    assert_eq!(status, Some(0), "{text}");
    assert_eq!(number(&text, "lost connections"), 0, "{text}");
    let (status, text) = bench_with("101", true).await;
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("need 2 cookies and the file has 1"), "{text}");
    let (status, text) = bench_with("10", false).await;
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("It wants a sign-in"), "{text}");
    std::fs::write(file, "__Host-wallboard=invalid").unwrap();
    let (status, text) = bench_with("10", true).await;
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("It wants a sign-in") && !text.contains("invalid\""),
        "{text}"
    );
}
