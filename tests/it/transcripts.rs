//! Transcripts on their way from a broker to their receiver: each arrives, and afterwards its words are nowhere here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use lapin::ExchangeKind;
use serde_json::Value;
use tokio::{task::block_in_place, time::sleep};

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard,
    history_fixture::list_files,
    ports, print_measured,
    record_receiver::{ReceivedRecords, RecordAnswer, RecordReceiver},
    tier, wait_until,
};

const SOON: Duration = Duration::from_secs(20);
/// Until a receiver that failed is tried again.
const RETRIED: Duration = Duration::from_mins(1);
/// The customers' own.
const WORDS: &str = "secret words";

/// The requests with transcripts.
fn requests(receiver: &RecordReceiver) -> Vec<ReceivedRecords> {
    let all = receiver.received().into_iter();
    let transcripts = all.filter(|one| one.body["type"] == "case_transcripts");
    transcripts.collect()
}

fn items(body: &Value) -> &[Value] {
    body["data"]["transcripts"].as_array().unwrap()
}

/// The transcripts that were accepted, by their ID.
fn accepted(receiver: &RecordReceiver) -> BTreeMap<String, Value> {
    let accepted = requests(receiver).into_iter().filter(|one| one.is_accepted);
    let all = accepted.flat_map(|one| items(&one.body).to_vec());
    let by_id = all.map(|one| (one["id"].as_str().unwrap().to_owned(), one));
    by_id.collect()
}

fn count<T: Ord>(all: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

/// Waits until every transcript that the broker published is accepted.
async fn wait_until_accepted(vep: &Vep, receiver: &RecordReceiver) {
    wait_until("every transcript is accepted", RETRIED, async || {
        let published = count(vep.state().await.center.transcripts.iter().cloned());
        let accepted = accepted(receiver);
        let cases = accepted.values().map(|one| {
            let case = one["case"].as_str().unwrap();
            case.trim_start_matches("chat/").to_owned()
        });
        let (published_count, accepted_count) = (published.values().sum::<usize>(), accepted.len());
        if published == count(cases) {
            Ok(())
        } else {
            Err(format!("{accepted_count} of {published_count}"))
        }
    })
    .await;
}

async fn wait_for_requests(receiver: &RecordReceiver, more_than: usize) {
    wait_until("transcripts are sent", RETRIED, async || {
        let count = requests(receiver).len();
        if more_than < count {
            Ok(())
        } else {
            Err(count)
        }
    })
    .await;
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let files = list_files(folder).into_iter();
    files.map(|(_, path)| path).collect()
}

fn has_text(path: &Path, text: &str) -> bool {
    // SQLite may just have removed it.
    let content = fs::read(path).unwrap_or_default();
    let mut windows = content.windows(text.len());
    windows.any(|window| window == text.as_bytes())
}

/// Panics if any file, page, answer, log line, or a backup made now has the words.
async fn check_nowhere(wallboard: &Wallboard) {
    let folder = wallboard.file(".");
    let backup = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    // It connects to no source.
    command.env("VNGAGE_URL", "amqps://nobody:none@localhost");
    command.args(["backup", "--config"]);
    command.arg(wallboard.file("wallboard.toml"));
    command.arg(backup.path().join("copy.db"));
    let output = block_in_place(|| command.output().unwrap());
    assert!(output.status.success(), "{output:?}");
    let copies = files_below(backup.path());
    assert_eq!(copies.len(), 2, "the database and the log: {copies:?}");
    for path in files_below(&folder).iter().chain(&copies) {
        assert!(!has_text(path, WORDS), "{}", path.display());
    }
    for path in [
        "/",
        "/sources",
        "/metrics",
        "/api/v1/sources",
        "/api/v1/cases",
        "/api/v1/case-records?limit=1000",
    ] {
        assert!(!wallboard.text(path).await.contains(WORDS), "{path}");
    }
}

async fn wait_for_page(wallboard: &Wallboard, words: &str) {
    wait_until(&format!("the page says {words}"), RETRIED, async || {
        let page = wallboard.text("/sources").await;
        if page.contains(words) {
            Ok(())
        } else {
            Err("it doesn't")
        }
    })
    .await;
}

fn schema() -> jsonschema::Validator {
    let schema = include_str!("../../docs/reference/case-transcripts.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn transcripts_reach_their_receiver_and_stay_nowhere() {
    let receiver = RecordReceiver::start();
    let broker = Broker::shared();
    let vep = Vep::open(broker, "transcribed", ExchangeKind::Topic, 43).await;
    let table = "[case_records]\nwebhook = \"crm\"\n";
    let source = VngageSource {
        extra_toml: format!("{}{table}transcripts = \"crm\"\n", receiver.channel()),
        ..VngageSource::plain(broker, "transcribed")
    };
    let port = ports::free();
    let configuration = source.configuration(port, port);
    let mut wallboard = Wallboard::serve_with(source, port, &configuration, &[]).await;
    wallboard.wait_for_state("live", SOON).await;
    let run = async || vep.run(40, Duration::from_secs(4), Disorder::HIGH).await;

    // A receiver that refuses, and repeats what it got.
    receiver.set_answer(RecordAnswer::Echo);
    run().await;
    wait_for_requests(&receiver, 0).await;
    wait_for_page(&wallboard, "Transcripts are passed on to 127.0.0.1").await;
    let refusal = "The webhook answered 400 Bad Request. Check";
    wait_for_page(&wallboard, refusal).await;
    assert!(accepted(&receiver).is_empty());
    check_nowhere(&wallboard).await;
    let waiting = wallboard.file("wallboard-transcripts.db");
    assert!(waiting.exists());
    let audit = "case_records.transcripts = crm";
    let is_audited = async |text: &str| {
        wait_until("the audit trail says it", SOON, async || {
            let files = files_below(&wallboard.file("."));
            let mut databases = files
                .iter()
                .filter(|path| path.to_string_lossy().contains("/wallboard.db"));
            if databases.any(|path| has_text(path, text)) {
                Ok(())
            } else {
                Err(())
            }
        })
        .await;
    };
    is_audited(audit).await;

    // Killed between a request and its answer: the same comes again, with the same ID.
    receiver.set_answer(RecordAnswer::Hang);
    wait_for_requests(&receiver, requests(&receiver).len()).await;
    wallboard.stop("-KILL");
    let killed_at = requests(&receiver).len();
    receiver.set_answer(RecordAnswer::ACCEPT);
    wallboard.start_again().await;
    wait_until_accepted(&vep, &receiver).await;
    let sent = requests(&receiver);
    assert_eq!(sent[killed_at - 1].body, sent[killed_at].body);
    wait_for_page(&wallboard, "127.0.0.1: nothing waits").await;
    check_nowhere(&wallboard).await;

    // Killed at any moment.
    let kills = tier(4, 40).as_secs();
    let killing = async {
        for _ in 0..kills {
            sleep(Duration::from_millis(rand::random_range(500..4_000))).await;
            wallboard.stop("-KILL");
            wallboard.start_again().await;
        }
    };
    vep.run_during(40, Disorder::HIGH, killing).await;
    wait_until_accepted(&vep, &receiver).await;
    wait_for_page(&wallboard, "127.0.0.1: nothing waits").await;
    check_nowhere(&wallboard).await;
    let metrics = wallboard.text("/metrics").await;
    let none_waits = "wallboard_case_records_waiting{to=\"transcripts\"} 0";
    assert!(metrics.contains(none_waits), "{metrics}");
    let validator = schema();
    for one in requests(&receiver) {
        let faults: Vec<_> = validator.iter_errors(&one.body).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    let messages = &accepted(&receiver).pop_first().unwrap().1["transcript"]["messages"];
    assert_eq!(messages[0]["message"], WORDS);

    // Turned off: nothing is sent, held, or anywhere.
    wallboard.stop("-TERM");
    let off = configuration.replace("transcripts = \"crm\"\n", "");
    assert_ne!(off, configuration);
    fs::write(wallboard.file("wallboard.toml"), off).unwrap();
    wallboard.start_again().await;
    wallboard.wait_for_state("live", SOON).await;
    assert!(!waiting.exists());
    let (before, records) = (requests(&receiver).len(), receiver.accepted_ids().len());
    let published = vep.state().await.center.transcripts.len();
    run().await;
    assert!(published < vep.state().await.center.transcripts.len());
    wait_until("records are still delivered", RETRIED, async || {
        let count = receiver.accepted_ids().len();
        if records < count { Ok(()) } else { Err(count) }
    })
    .await;
    assert_eq!(requests(&receiver).len(), before);
    assert!(!wallboard.text("/sources").await.contains("Transcripts"));
    check_nowhere(&wallboard).await;

    print_measured("transcripts accepted", published, "any");
    print_measured("kills", kills + 1, "any");
}

#[test]
fn example_in_the_docs_is_as_the_schema_says() {
    let docs = include_str!("../../docs/how-to/case-records.md");
    let (_, example) = docs.split_once("## Transcripts").unwrap();
    let (_, example) = example.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let mut example: Value = serde_json::from_str(example).unwrap();
    let validator = schema();
    let faults: Vec<_> = validator.iter_errors(&example).collect();
    assert!(faults.is_empty(), "{faults:?}");
    // The schema finds mistakes.
    example["data"]["transcripts"][0]["transcript"] = "words".into();
    assert!(!validator.is_valid(&example));
}
