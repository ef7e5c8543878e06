//! The commands as somebody at a terminal uses them.

use std::{
    collections::BTreeMap,
    fs,
    process::{Command, Output},
    time::{Duration, Instant},
};

use lapin::{ExchangeKind, options::QueueDeclareOptions, types::FieldTable};
use tokio::task::block_in_place;

use crate::support::{
    Broker, Browser, Mess, Vep, Vngage, Wallboard, broker, demo::Demo, equals, ports, until,
};

const SOON: Duration = Duration::from_secs(20);

fn wallboard() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wallboard"))
}

/// What `wallboard check` says of a configuration with this source.
fn check(vngage: &Vngage) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wallboard.toml");
    let port = ports::free();
    fs::write(&file, vngage.configuration(port, port)).unwrap();
    let mut command = wallboard();
    command
        .args(["check", "--config"])
        .arg(file)
        .env("VNGAGE_URL", &vngage.url);
    said(&block_in_place(|| command.output().unwrap()))
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_that_all_is_well() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "check-well", ExchangeKind::Topic, 61).await;

    let (status, text) = check(&Vngage::tls(broker, "check-well"));

    assert_eq!(status, Some(0), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_what_is_not_well_and_keeps_the_secret() {
    let broker = Broker::shared();
    let vngage = Vngage::plain(broker, "check-no-such-exchange");

    let (status, text) = check(&vngage);

    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("check-no-such-exchange"), "{text}");
    assert!(
        !text.contains(broker::PASSWORD) && !text.contains("amqp"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_the_permission_that_is_missing() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "check-onlooker", ExchangeKind::Topic, 62).await;
    let url = broker.plain_url().replace(broker::USER, broker::ONLOOKER);
    let vngage = Vngage {
        url,
        ..Vngage::plain(broker, "check-onlooker")
    };

    let (status, text) = check(&vngage);

    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("the configure permission is missing"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permissions_that_the_docs_ask_for_are_enough_and_check_leaves_no_queue() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "narrow", ExchangeKind::Topic, 63).await;
    let url = broker.plain_url().replace(broker::USER, broker::NARROW);
    let vngage = || Vngage {
        url: url.clone(),
        ..Vngage::plain(broker, "narrow")
    };

    let (status, text) = check(&vngage());

    assert_eq!(status, Some(0), "{text}");
    let line = broker.connect().await;
    let scout = line.create_channel().await.unwrap();
    let passive = QueueDeclareOptions {
        passive: true,
        ..Default::default()
    };
    let look = scout.queue_declare("wallboard narrow".into(), passive, FieldTable::default());
    assert!(look.await.is_err(), "the queue was left behind");
    let wallboard = Wallboard::serve(vngage()).await;
    wallboard.becomes("live", SOON).await;
    let (status, text) = check(&vngage());
    assert_eq!(status, Some(0), "beside one that runs: {text}");
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_file_line_and_key_of_what_is_written_wrong() {
    let vngage = Vngage {
        more: "prefech = 10".into(),
        ..Vngage::plain(Broker::shared(), "check-typo")
    };
    let written = vngage.configuration(1, 1);
    let line = 1 + written
        .lines()
        .position(|line| line.contains("prefech"))
        .unwrap();

    let (status, text) = check(&vngage);

    assert_eq!(status, Some(2), "{text}");
    for word in ["wallboard.toml", &line.to_string(), "prefech", "prefetch"] {
        assert!(text.contains(word), "no {word}: {text}");
    }
}

/// What `check --offline` says of this configuration and this board.
fn read_only(configuration: &str, board: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.toml");
    fs::write(&file, configuration).unwrap();
    fs::create_dir(folder.path().join("boards")).unwrap();
    fs::write(folder.path().join("boards/north.toml"), board).unwrap();
    let output = wallboard()
        .args(["check", "--offline", "--config"])
        .arg(&file)
        .output();
    said(&output.unwrap())
}

const WRITTEN: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:hunter2@h/v\"\nexchange = \"x\"\n";

#[test]
fn check_tells_what_is_wrong_in_board_files_beside_what_is_wrong_in_the_configuration() {
    let (status, text) = read_only(&format!("{WRITTEN}prefech = 1\n"), "colums = 3\n");

    assert_eq!(status, Some(2), "{text}");
    for fault in ["wallboard.toml:7:1: ", "north.toml:1:1: colums: "] {
        assert!(text.contains(fault), "no {fault}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn check_notes_what_is_no_fault_and_can_be_of_nobody() {
    let names = "[names]\n\"caht/1\" = \"Support\"\n";
    let (status, text) = read_only(&format!("{WRITTEN}{names}"), "queues = [\"group/sales\"]\n");

    assert_eq!(status, Some(0), "{text}");
    for note in [
        "note    [names] \"caht/1\": there's no source \"caht\"; did you mean \"chat/1\"?",
        "note    north.toml: queues \"group/sales\": [groups] has no table with this name",
    ] {
        assert!(text.contains(note), "no {note}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_the_demo_prints_its_address_and_its_boards_move_within_two_seconds_of_opening() {
    let demo = Demo::start();

    for board in ["queues", "agents"] {
        let url = format!("{}boards/{board}", demo.address);
        // A machine that is busy for a moment says nothing of the demo: the best of a few counts.
        let mut waits = Vec::new();
        while waits.len() < 5 && waits.iter().all(|wait| *wait >= Duration::from_secs(2)) {
            waits.push(until_it_moves(&url).await);
        }
        assert!(waits.last().unwrap() < &Duration::from_secs(2), "{waits:?}");
    }
}

/// How long a board that was just opened stands still.
async fn until_it_moves(url: &str) -> Duration {
    let browser = Browser::open(url);
    let opened = Instant::now();
    // The number of the frame painted last; a clock that runs by itself is no movement.
    browser.look(
        "new MutationObserver(() => { window.moved = true }).observe(\
         document.body, {attributes: true, attributeFilter: ['data-n']})",
    );
    browser.sees("window.moved === true", SOON).await;
    let wait = opened.elapsed();

    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
    let says_demo = "document.body.innerText.includes('Demo')";
    browser.sees(says_demo, SOON).await;
    wait
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_by_its_exit_status_whether_a_wallboard_can_serve() {
    let demo = Demo::start();
    let ask = |url: &str| {
        let mut health = wallboard();
        health.args(["health", "--url", url]);
        said(&block_in_place(|| health.output().unwrap()))
    };
    let nobody = format!("http://127.0.0.1:{}", ports::free());

    let well = ask(&demo.address);
    let (status, text) = ask(&nobody);

    assert_eq!(well, (Some(0), "ready\n".to_owned()));
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("can't connect to"), "{text}");
    assert_eq!(ask("127.0.0.1").0, Some(1));
}

#[test]
fn the_manual_and_the_completions_know_every_command() {
    let help = said(&wallboard().arg("--help").output().unwrap()).1;
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man");

    let written = wallboard().args(["man", "--to"]).arg(&folder).output();
    let page = said(&wallboard().arg("man").output().unwrap());
    let fish = said(&wallboard().args(["completions", "fish"]).output().unwrap()).1;

    assert_eq!(said(&written.unwrap()), (Some(0), String::new()));
    assert!(page.1.starts_with(".ie"), "{}", page.1);
    let mut count = 0;
    for command in commands.filter(|command| *command != "help") {
        assert!(fish.contains(&format!("\"{command}\"")), "{command}");
        assert!(folder.join(format!("wallboard-{command}.1")).exists());
        count += 1;
    }
    assert!(count > 5 && folder.join("wallboard.1").exists(), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_chat_side_a_telephone_side_and_what_they_are_together() {
    let demo = Demo::start();
    let list = async |name: &str| {
        let answer = reqwest::get(demo.url(&format!("/api/v1/{name}"))).await;
        let answer: serde_json::Value = answer.unwrap().json().await.unwrap();
        let mut of = BTreeMap::new();
        for one in answer[name].as_array().unwrap() {
            let source = one["source"].as_str().unwrap().to_owned();
            *of.entry(source).or_insert(0) += 1;
        }
        of
    };
    let all = |all: &[(&str, i32)]| -> BTreeMap<String, i32> {
        all.iter().map(|(of, n)| ((*of).to_owned(), *n)).collect()
    };

    until("all are there", SOON, async || {
        let found = (list("queues").await, list("agents").await);
        let queues = all(&[("chat", 6), ("group", 1), ("voice", 5)]);
        let agents = all(&[("chat", 24), ("person", 2), ("voice", 20)]);
        if found == (queues, agents) {
            Ok(())
        } else {
            Err(found)
        }
    })
    .await;
}
