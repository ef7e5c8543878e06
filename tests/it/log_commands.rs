//! `wallboard log export` next to a running wallboard, and `wallboard replay` of its file.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use lapin::ExchangeKind;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::{
    kills::DAY_METRICS,
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, demo::Demo, http, wait_until,
        wait_until_correct,
    },
};

const SOON: Duration = Duration::from_secs(20);
/// How fast the test plays what it saw.
const SPEED: u32 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn slice_of_a_running_wallboard_shows_the_same_figures_without_names() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "slice", ExchangeKind::Topic, 71).await;
    let source = VngageSource::plain(broker, "slice");
    let url = source.url.clone();
    let wallboard = Wallboard::serve(source).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    let from = Timestamp::now();
    vep.run(50, Duration::from_secs(3), Disorder::HIGH).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
    let live = figures(async |path| wallboard.get(path).await)
        .await
        .unwrap();
    let slice = wallboard.file("slice.db");
    let export = |from: Timestamp, to: Timestamp| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        command.args(["log", "export", "--config"]);
        command.arg(wallboard.file("wallboard.toml"));
        command.args(["--from", &from.to_string(), "--to", &to.to_string()]);
        command.arg(&slice).env("VNGAGE_URL", &url);
        status_and_text(&block_in_place(|| command.output().unwrap()))
    };
    let hour = SignedDuration::from_hours(1);

    let (status, early) = export(from - hour, Timestamp::now());
    assert_eq!(status, Some(1), "{early}");
    assert!(early.contains("the log covers 20"), "{early}");
    let (status, text) = export(from, from - hour);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("--to must be later than --from"), "{text}");
    assert!(!slice.exists());
    let (status, text) = export(from, Timestamp::now());
    assert_eq!(status, Some(0), "{text}");
    assert!(text.starts_with("Exported "), "{text}");
    let (status, text) = export(from, Timestamp::now());
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("exists; choose another file"), "{text}");

    let before = fs::read(&slice).unwrap();
    let replay = Demo::replay(&slice, SPEED);
    wait_until("the figures are the live ones", SOON, async || {
        let ours = figures(async |path| get(&replay, path).await).await?;
        let differs = |(key, value): &(&String, &Value)| ours.get(*key) != Some(value);
        match live.iter().find(differs) {
            None => Ok(()),
            Some((key, value)) => Err(format!("{key} is {:?}, not {value}", ours.get(key))),
        }
    })
    .await;
    wait_until("nothing looks live after the end", SOON, async || {
        let queues = get(&replay, "/api/v1/queues").await?;
        let queues = queues["queues"].as_array().ok_or("no list")?;
        let fresh = queues.iter().find(|queue| queue["stale"] == false);
        fresh.map_or(Ok(()), |queue| Err(queue.to_string()))
    })
    .await;
    let agents = get(&replay, "/api/v1/agents").await.unwrap().to_string();
    let known = wallboard.get("/api/v1/agents").await.unwrap().to_string();
    for name in ["ngström", "@example.com"] {
        assert!(known.contains(name) && !agents.contains(name), "{agents}");
    }
    for page in [
        "/",
        "/boards/queues",
        "/cases",
        "/sources",
        "/history",
        "/none",
    ] {
        let text = http::client().get(replay.url(page)).send().await.unwrap();
        let text = text.text().await.unwrap();
        assert!(text.contains(">Replay of "), "{page}: {text}");
    }
    assert!(before == fs::read(&slice).unwrap(), "the file was changed");

    let mut backup = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    backup.args(["backup", "--config"]);
    backup.arg(wallboard.file("wallboard.toml"));
    backup
        .arg(wallboard.file("copy.db"))
        .env("VNGAGE_URL", &url);
    let (status, text) = status_and_text(&block_in_place(|| backup.output().unwrap()));
    assert_eq!(status, Some(0), "{text}");
    let whole = Demo::replay(&wallboard.file("copy-log.db"), 1);
    wait_until("the whole log plays from its begin", SOON, async || {
        let sources = get(&whole, "/api/v1/sources").await?;
        match &sources["sources"][0]["state"] {
            state if state == "live" => Ok(()),
            state => Err(state.to_string()),
        }
    })
    .await;
}

#[test]
fn what_is_not_a_log_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("note.txt"), "not a log").unwrap();
    let other = rusqlite::Connection::open(file("other.db")).unwrap();
    other.execute_batch("CREATE TABLE batch (a)").unwrap();
    let newer = rusqlite::Connection::open(file("newer.db")).unwrap();
    let tables = "CREATE TABLE batch (a); CREATE TABLE snapshot (a); PRAGMA user_version = 99";
    newer.execute_batch(tables).unwrap();
    for (name, sentence) in [
        ("missing.db", "there's no log at "),
        ("note.txt", "isn't a log of Wallboard"),
        ("other.db", "isn't a log of Wallboard"),
        ("newer.db", "was written by a newer version"),
    ] {
        let (status, text) = replay(&file(name), "1");

        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains(sentence) && text.contains(name), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    assert_eq!(replay(&file("note.txt"), "0").0, Some(2));

    let configuration = file("wallboard.toml");
    fs::write(&configuration, "[access]\nmode = \"open\"\n").unwrap();
    let export = |from: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        command.args(["log", "export", "--from", from, "--to", "2026-11-20T11:42"]);
        command.arg("--config").arg(&configuration);
        status_and_text(&command.arg(file("slice.db")).output().unwrap())
    };
    let (status, text) = export("2026-11-20T10:42");
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("there's no log at "), "{text}");
    let (status, text) = export("yesterday");
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("2026-11-20T10:42"), "{text}");
    assert!(!file("slice.db").exists());
}

fn replay(file: &Path, speed: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    command.args(["replay", "--listen", "127.0.0.1:0", "--speed", speed]);
    status_and_text(&command.arg(file).output().unwrap())
}

fn status_and_text(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

pub async fn get(replay: &Demo, path: &str) -> Result<Value, String> {
    let answer = http::client().get(replay.url(path)).send().await;
    let answer = answer.map_err(|error| error.to_string())?;
    answer.json().await.map_err(|error| error.to_string())
}

/// Returns the figures that time alone doesn't change, by "id metric".
pub async fn figures(
    get: impl AsyncFn(&str) -> Result<Value, String>,
) -> Result<BTreeMap<String, Value>, String> {
    let mut figures = BTreeMap::new();
    for (path, list) in [("/api/v1/queues", "queues"), ("/api/v1/agents", "agents")] {
        let rows = get(path).await?;
        for row in rows[list].as_array().ok_or("no list")? {
            let metrics = DAY_METRICS
                .iter()
                .chain(&["waiting", "in_conversation", "cases"]);
            for metric in metrics {
                let value = &row["metrics"][metric]["value"];
                figures.insert(format!("{} {metric}", row["id"]), value.clone());
            }
        }
    }
    let is_known = |value: &&Value| !value.is_null();
    match figures.values().filter(is_known).count() {
        50.. => Ok(figures),
        few => Err(format!("only {few} figures")),
    }
}
