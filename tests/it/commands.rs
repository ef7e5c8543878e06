//! The commands as a person at a terminal uses them.

use std::{
    collections::BTreeMap,
    fs,
    process::{Command, Output, Stdio},
    time::Duration,
};

use lapin::ExchangeKind;
use tokio::task::block_in_place;

use crate::support::{
    Broker, Browser, Disorder, Process, Vep, VngageSource, Wallboard, broker, demo::Demo, http,
    ports, wait_until, wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);

fn wallboard() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wallboard"))
}

/// Runs `wallboard check` on a configuration with this source.
fn check(vngage: &VngageSource) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wallboard.toml");
    let port = ports::free();
    fs::write(&file, vngage.configuration(port, port)).unwrap();
    let mut command = wallboard();
    command
        .args(["check", "--config"])
        .arg(file)
        .env("VNGAGE_URL", &vngage.url);
    status_and_text(&block_in_place(|| command.output().unwrap()))
}

fn status_and_text(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_without_an_option_takes_the_folders_configuration_or_makes_one() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |listen: &str| {
        let mut command = wallboard();
        command.current_dir(folder.path()).arg("serve");
        if !listen.is_empty() {
            command.args(["--listen", listen]);
        }
        command
    };
    let address = format!("127.0.0.1:{}", ports::free());
    let first_run = Process::start(serve(&address).stdout(Stdio::null()).stderr(Stdio::null()));
    let page_at = async |address: &str, words: &str| {
        let url = format!("http://{address}/");
        wait_until(words, SOON, || async {
            let page = http::client().get(&url).send().await;
            let text = page.map_err(|error| error.to_string())?.text().await;
            let text = text.map_err(|error| error.to_string())?;
            text.contains(words).then_some(()).ok_or(text)
        })
        .await;
    };
    page_at(&address, "No users yet").await;
    drop(first_run);

    let file = folder.path().join("wallboard.toml");
    let made = fs::read_to_string(&file).unwrap();
    assert!(made.contains(&format!("listen = {address:?}")), "{made}");
    fs::remove_file(&file).unwrap();
    let for_others = serve("0.0.0.0:0").output().unwrap();
    let (status, text) = status_and_text(&for_others);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("127.0.0.1:8080"), "{text}");
    assert!(!file.exists());
    let configured = format!("127.0.0.1:{}", ports::free());
    let configuration =
        |listen: &str| format!("[server]\nlisten = {listen}\n[access]\nmode = \"open\"\n");
    fs::write(&file, configuration(&format!("{configured:?}"))).unwrap();
    let running = Process::start(serve("").stdout(Stdio::null()).stderr(Stdio::null()));
    page_at(&configured, "Connect a data source").await;
    drop(running);
    let (status, text) = status_and_text(&block_in_place(|| serve(&address).output().unwrap()));
    assert_eq!(status, Some(2), "{text}");
    assert!(
        text.contains("--listen") && text.contains("[server]"),
        "{text}"
    );

    fs::write(&file, configuration("7")).unwrap();
    let (status, text) = status_and_text(&block_in_place(|| serve("").output().unwrap()));
    assert_eq!(status, Some(2), "{text}");
    assert!(
        text.contains("wallboard.toml") && text.contains("listen"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_succeeds_on_a_valid_setup() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "check-well", ExchangeKind::Topic, 61).await;

    let (status, text) = check(&VngageSource::tls(broker, "check-well"));

    assert_eq!(status, Some(0), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_problems_without_revealing_secrets() {
    let broker = Broker::shared();
    let vngage = VngageSource::plain(broker, "check-no-such-exchange");

    let (status, text) = check(&vngage);

    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("check-no-such-exchange"), "{text}");
    assert!(
        !text.contains(broker::PASSWORD) && !text.contains("amqp"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_the_missing_permission() {
    let broker = Broker::shared();
    let _vep = Vep::open(broker, "check-onlooker", ExchangeKind::Topic, 62).await;
    let url = broker.plain_url().replace(broker::USER, broker::ONLOOKER);
    let vngage = VngageSource {
        url,
        ..VngageSource::plain(broker, "check-onlooker")
    };

    let (status, text) = check(&vngage);

    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("the configure permission is missing"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn documented_permissions_suffice_and_check_leaves_no_queue() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "narrow", ExchangeKind::Topic, 63).await;
    let url = broker.plain_url().replace(broker::USER, broker::NARROW);
    let vngage = || VngageSource {
        url: url.clone(),
        ..VngageSource::plain(broker, "narrow")
    };

    let (status, text) = check(&vngage());

    assert_eq!(status, Some(0), "{text}");
    let look = broker.queue_depth("wallboard narrow").await;
    assert!(look.is_err(), "the queue was left behind");
    let wallboard = Wallboard::serve(vngage()).await;
    wallboard.wait_for_state("live", SOON).await;
    let (status, text) = check(&vngage());
    assert_eq!(status, Some(0), "next to a running one: {text}");
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_reports_file_line_and_key_of_mistakes() {
    let vngage = VngageSource {
        extra_toml: "prefech = 10".into(),
        ..VngageSource::plain(Broker::shared(), "check-typo")
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

/// Runs `check --offline` on this configuration and board.
fn check_offline(configuration: &str, board: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.toml");
    fs::write(&file, configuration).unwrap();
    fs::create_dir(folder.path().join("boards")).unwrap();
    fs::write(folder.path().join("boards/north.toml"), board).unwrap();
    let output = wallboard()
        .args(["check", "--offline", "--config"])
        .arg(&file)
        .output();
    status_and_text(&output.unwrap())
}

const CONFIGURATION: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:hunter2@h/v\"\nexchange = \"x\"\n";

#[test]
fn check_reports_board_and_configuration_errors_together() {
    let (status, text) = check_offline(&format!("{CONFIGURATION}prefech = 1\n"), "colums = 3\n");

    assert_eq!(status, Some(2), "{text}");
    for fault in ["wallboard.toml:7:1: ", "north.toml:1:1: colums: "] {
        assert!(text.contains(fault), "no {fault}: {text}");
    }
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn check_notes_references_to_unknown_sources_and_groups() {
    let names = "[names]\n\"caht/1\" = \"Support\"\n";
    let (status, text) = check_offline(
        &format!("{CONFIGURATION}{names}"),
        "queues = [\"group/sales\"]\n",
    );

    assert_eq!(status, Some(0), "{text}");
    for note in [
        "note    [names] \"caht/1\": there's no source \"caht\"; did you mean \"chat/1\"?",
        "note    north.toml: queues \"group/sales\": [groups] has no table with this name",
    ] {
        assert!(text.contains(note), "no {note}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_demo_prints_its_address_and_its_boards_keep_changing() {
    let demo = Demo::start();

    for board in ["queues", "agents"] {
        let browser = Browser::open(&demo.url(&format!("/boards/{board}")));
        // The number of the last painted frame. A running clock is no movement.
        browser.evaluate(
            "new MutationObserver(() => { window.moved = true }).observe(\
             document.body, {attributes: true, attributeFilter: ['data-n']})",
        );
        browser.wait_for("window.moved === true", SOON).await;

        assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
        let says_demo = "document.body.innerText.includes('Demo')";
        browser.wait_for(says_demo, SOON).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_exit_status_tells_whether_a_wallboard_is_ready() {
    let demo = Demo::start();
    let run_health = |url: &str| {
        let mut health = wallboard();
        health.args(["health", "--url", url]);
        status_and_text(&block_in_place(|| health.output().unwrap()))
    };
    let nobody = format!("http://127.0.0.1:{}", ports::free());

    let ready = run_health(&demo.address);
    let (status, text) = run_health(&nobody);

    assert_eq!(ready, (Some(0), "ready\n".to_owned()));
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("can't connect to"), "{text}");
    assert_eq!(run_health("127.0.0.1").0, Some(1));
}

#[test]
fn manual_and_completions_include_every_command() {
    let help = status_and_text(&wallboard().arg("--help").output().unwrap()).1;
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man");

    let written = wallboard().args(["man", "--to"]).arg(&folder).output();
    let page = status_and_text(&wallboard().arg("man").output().unwrap());
    let fish = status_and_text(&wallboard().args(["completions", "fish"]).output().unwrap()).1;

    assert_eq!(status_and_text(&written.unwrap()), (Some(0), String::new()));
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
async fn demo_has_chat_voice_and_combined_entities() {
    let demo = Demo::start();
    let list = async |name: &str| {
        let answer = reqwest::get(demo.url(&format!("/api/v1/{name}"))).await;
        let answer: serde_json::Value = answer.unwrap().json().await.unwrap();
        let mut counts = BTreeMap::new();
        for one in answer[name].as_array().unwrap() {
            let source = one["source"].as_str().unwrap().to_owned();
            *counts.entry(source).or_insert(0) += 1;
        }
        counts
    };
    let all = |all: &[(&str, i32)]| -> BTreeMap<String, i32> {
        all.iter()
            .map(|(source, n)| ((*source).to_owned(), *n))
            .collect()
    };

    wait_until("all entities exist", SOON, async || {
        let found = (list("queues").await, list("agents").await);
        let queues = all(&[("chat", 6), ("group", 1), ("voice", 6)]);
        let agents = all(&[("chat", 28), ("person", 62), ("voice", 36)]);
        if found == (queues, agents) {
            Ok(())
        } else {
            Err(found)
        }
    })
    .await;
    // A TV without a pairing is refused with the page that has its code.
    for (path, status) in [("/tv", 401), ("/pair", 200), ("/screens", 200)] {
        let answer = reqwest::get(demo.url(path)).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
}
