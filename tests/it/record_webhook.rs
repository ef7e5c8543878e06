//! Case records to a webhook that fails in every way: each arrives at least once, in order, and a repeat is the same.

use std::{fs, process::Command, time::Duration};

use lapin::ExchangeKind;
use serde_json::Value;

use crate::support::{
    Broker, Disorder, Vep, VngageSource, Wallboard,
    past_records::store_past_records,
    ports, print_measured,
    record_receiver::{RecordAnswer, RecordReceiver, record_ids},
    wait_until,
    wallboard::base_configuration,
};

const SOON: Duration = Duration::from_secs(20);
/// Until a case has ended long enough, was read from the log, and an attempt was due.
const RECORDED: Duration = Duration::from_mins(1);
const TABLE: &str = "[case_records]\nwebhook = \"crm\"\n";

/// The IDs of all records, in the API's order.
async fn api_ids(wallboard: &Wallboard) -> Result<Vec<String>, String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = (wallboard.get(&format!("/api/v1/case-records?limit=1000{after}"))).await?;
        let data = serde_json::json!({ "data": page });
        let more = record_ids(&data);
        if more.is_empty() {
            return Ok(ids);
        }
        ids.extend(more);
        after = format!("&after={}", page["next"].as_str().unwrap());
    }
}

/// Waits until the receiver has accepted exactly the API's records, in their order.
async fn wait_until_delivered(wallboard: &Wallboard, receiver: &RecordReceiver, more_than: usize) {
    wait_until("every record is accepted", RECORDED, async || {
        let (ids, accepted) = (api_ids(wallboard).await?, receiver.accepted_ids());
        if more_than < ids.len() && ids == accepted {
            Ok(())
        } else {
            Err(format!("{} of {}", accepted.len(), ids.len()))
        }
    })
    .await;
}

/// Panics if a batch differs from an earlier one with its ID.
fn check_repeats(receiver: &RecordReceiver) -> usize {
    let batches = receiver.received();
    let mut repeats = 0;
    for (n, one) in batches.iter().enumerate() {
        let mut earlier = batches[..n].iter();
        if let Some(first) = earlier.find(|first| first.body["id"] == one.body["id"]) {
            assert_eq!(record_ids(&first.body), record_ids(&one.body));
            repeats += 1;
        }
    }
    repeats
}

#[tokio::test(flavor = "multi_thread")]
async fn records_reach_a_webhook_that_fails_in_every_way() {
    let receiver = RecordReceiver::start();
    let broker = Broker::shared();
    let vep = Vep::open(broker, "record-faults", ExchangeKind::Topic, 41).await;
    let source = VngageSource {
        extra_toml: format!("{}{TABLE}", receiver.channel()),
        ..VngageSource::plain(broker, "record-faults")
    };
    let port = ports::free();
    let configuration = source.configuration(port, port);
    let mut wallboard = Wallboard::serve_with(source, port, &configuration, &[]).await;
    wallboard.wait_for_state("live", SOON).await;
    let run = async || vep.run(40, Duration::from_secs(5), Disorder::NONE).await;
    run().await;
    wait_until_delivered(&wallboard, &receiver, 0).await;

    let wait_for_page = async |words: &str| {
        wait_until(&format!("the page says {words}"), RECORDED, async || {
            let page = wallboard.text("/sources").await;
            assert!(!page.contains("s3cr3t-path"), "the address is a secret");
            if page.contains(words) {
                Ok(())
            } else {
                Err("it doesn't")
            }
        })
        .await;
    };
    let mut expected = api_ids(&wallboard).await.unwrap().len();
    for (answer, words) in [
        (
            RecordAnswer::Status("500 Internal Server Error"),
            "answered 500",
        ),
        (
            RecordAnswer::Status("429 Too Many Requests\r\nretry-after: 1"),
            "answered 429",
        ),
        (RecordAnswer::Hang, "answer within 10 s"),
    ] {
        receiver.set_answer(answer);
        run().await;
        wait_for_page(words).await;
        let metrics = wallboard.text("/metrics").await;
        assert!(metrics.contains("wallboard_case_records_up{to=\"webhook\"} 0"));
        receiver.set_answer(RecordAnswer::ACCEPT);
        wait_until_delivered(&wallboard, &receiver, expected).await;
        expected = api_ids(&wallboard).await.unwrap().len();
    }

    // Nothing that it refuses is given up: another configuration of the channel is tried at once.
    receiver.set_answer(RecordAnswer::Status("410 Gone"));
    run().await;
    wait_for_page("answered 410").await;
    let refused = receiver.received().len();
    receiver.set_answer(RecordAnswer::ACCEPT);
    let other = configuration.replace("[case_records]", "hourly_max = 30\n[case_records]");
    assert_ne!(other, configuration);
    wallboard.reload_with(&other);
    wait_until_delivered(&wallboard, &receiver, expected).await;
    assert!(refused < receiver.received().len());
    wait_for_page("204 No Content").await;
    // The receiver has the last batch before its answer is noted.
    wait_for_page("nothing waits").await;
    let metrics = wallboard.text("/metrics").await;
    assert!(
        metrics.contains("wallboard_case_records_up{to=\"webhook\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("wallboard_case_records_waiting{to=\"webhook\"} 0"),
        "{metrics}"
    );

    // Killed between a request and its answer, several times.
    for _ in 0..3 {
        expected = api_ids(&wallboard).await.unwrap().len();
        receiver.set_answer(RecordAnswer::Hang);
        let before = receiver.received().len();
        run().await;
        wait_until("a request comes", RECORDED, async || {
            let count = receiver.received().len();
            if before < count { Ok(()) } else { Err(count) }
        })
        .await;
        wallboard.stop("-KILL");
        let killed_at = receiver.received().len();
        receiver.set_answer(RecordAnswer::ACCEPT);
        wallboard.start_again().await;
        wait_until_delivered(&wallboard, &receiver, expected).await;
        let batches = receiver.received();
        let [last, next] = [killed_at - 1, killed_at].map(|at| &batches[at].body["id"]);
        assert_eq!(last, next);
    }
    let repeats = check_repeats(&receiver);
    check_schema(&receiver);
    print_measured("records delivered", receiver.accepted_ids().len(), "any");
    print_measured(
        "batches repeated with the same ID and records",
        repeats,
        "any",
    );
}

/// Panics if a batch isn't as its schema says.
fn check_schema(receiver: &RecordReceiver) {
    let validator = schema();
    for one in receiver.received() {
        let faults: Vec<_> = (validator.iter_errors(&one.body))
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert_eq!(faults, [""; 0]);
    }
}

fn schema() -> jsonschema::Validator {
    let schema = include_str!("../../docs/reference/case-records.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn example_in_the_docs_is_as_the_schema_says() {
    let docs = include_str!("../../docs/how-to/case-records.md");
    let (_, example) = docs.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let mut example: Value = serde_json::from_str(example).unwrap();
    let validator = schema();
    let faults: Vec<_> = validator.iter_errors(&example).collect();
    assert!(faults.is_empty(), "{faults:?}");
    // The schema finds mistakes.
    example["data"]["records"][0]["end"] = "ended".into();
    assert!(!validator.is_valid(&example));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_for_long_gets_a_backlog_in_batches() {
    let receiver = RecordReceiver::start();
    let port = ports::free();
    let configuration = format!(
        "{}{}{TABLE}",
        base_configuration(port, port),
        receiver.channel()
    );
    let mut wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    wait_until("records are followed", SOON, async || {
        let page = wallboard.text("/sources").await;
        if page.contains("nothing waits") {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;
    wallboard.stop("-TERM");
    let first = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 5);
    store_past_records(&wallboard, 2_345, first).await;
    receiver.set_answer(RecordAnswer::Status("503 Service Unavailable"));
    wallboard.start_again().await;
    wait_until("the page says what waits", SOON, async || {
        let page = wallboard.text("/sources").await;
        let is_there = page.contains("2,345 records wait") && page.contains("answered 503");
        if is_there { Ok(()) } else { Err(()) }
    })
    .await;
    receiver.set_answer(RecordAnswer::ACCEPT);
    let began = std::time::Instant::now();
    wait_until_delivered(&wallboard, &receiver, 2_344).await;
    print_measured(
        "backlog of 2345 records delivered",
        began.elapsed(),
        RECORDED,
    );
    let accepted = receiver
        .received()
        .into_iter()
        .filter(|one| one.is_accepted);
    assert_eq!(accepted.count(), 24, "batches of 100");

    // Records that expire before they're accepted are a gap in the next batch.
    wallboard.stop("-TERM");
    receiver.set_answer(RecordAnswer::Status("500 Internal Server Error"));
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 4);
    store_past_records(&wallboard, 10, old).await;
    let new = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(2);
    store_past_records(&wallboard, 5, new).await;
    let shorter = format!("{configuration}keep = \"3d\"\n");
    fs::write(wallboard.file("wallboard.toml"), shorter).unwrap();
    wallboard.start_again().await;
    wait_until("the old ones are deleted", SOON, async || {
        let page = wallboard.text("/sources").await;
        if page.contains(": 5 records wait") {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;
    receiver.set_answer(RecordAnswer::ACCEPT);
    let last = wait_until("the rest is accepted", SOON, async || {
        let last = receiver.received().pop().unwrap();
        if last.is_accepted {
            Ok(last.body)
        } else {
            Err(())
        }
    })
    .await;
    assert_eq!(record_ids(&last).len(), 5);
    let expired = serde_json::json!([{"source": null, "from": null, "to": null}]);
    assert_eq!(last["data"]["gaps"], expired);
}

#[test]
fn check_says_whether_records_can_go_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("files")).unwrap();
    let check = |channel: &str| {
        let port = ports::free();
        let text = format!(
            "{}{channel}[case_records]\nwebhook = \"crm\"\ntranscripts = \"crm\"\nfiles = {{ folder = \"files\" }}\n",
            base_configuration(port, port)
        );
        let file = folder.path().join("wallboard.toml");
        fs::write(&file, text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_wallboard"))
            .args(["check", "--config"])
            .arg(&file)
            .output()
            .unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let channel = RecordReceiver::start().channel();
    let fine = check(&channel);
    let rows = fine.lines().filter(|line| line.contains("records"));
    assert_eq!(
        rows.filter(|line| line.starts_with("ok")).count(),
        4,
        "{fine}"
    );
    let private = check(&channel.replace("allow_private = true", ""));
    assert!(
        private.contains("webhook crm: 127.0.0.1 is in your own network"),
        "{private}"
    );
    let missing = check("");
    assert!(missing.contains("There is no channel \"crm\""), "{missing}");
}
