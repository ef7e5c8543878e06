//! Transcripts that wait. How they get to a receiver is in `tests/it/transcripts.rs`.

use std::{fs, path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use wallboard_domain::{CaseId, error_chain};
use wallboard_runtime::transcripts::{
    ReceivedTranscript, TranscriptInbox, TranscriptReceipt, transcript_path,
};
use wallboard_store::TranscriptStore;
use wallboard_toml_reader::SecretKey;

use super::{
    CaseRecordDeliveries, CaseRecordPlan, TranscriptOutbox, TranscriptPlan, check_key,
    store_transcripts,
};

const WORDS: &str = "the very own words";

struct TranscriptSite {
    folder: tempfile::TempDir,
}

impl TranscriptSite {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("secret.key")
    }

    fn outbox_with(&self, key_file: PathBuf) -> TranscriptOutbox {
        let store = TranscriptStore::open(&self.folder.path().join("w.db")).unwrap();
        TranscriptOutbox::new(store, key_file)
    }

    fn outbox(&self) -> TranscriptOutbox {
        self.outbox_with(self.key_file())
    }

    /// Whether any file has the words.
    fn has_words(&self) -> bool {
        let mut files = fs::read_dir(self.folder.path()).unwrap();
        files.any(|file| {
            let content = fs::read(file.unwrap().path()).unwrap();
            String::from_utf8_lossy(&content).contains(WORDS)
        })
    }
}

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// Passes transcripts of cases on. The first has a time.
fn pass(cases: &[&str]) -> (TranscriptInbox, Vec<TranscriptReceipt>) {
    let (sink, inbox) = transcript_path();
    let receipts = cases.iter().enumerate().map(|(n, case)| {
        let at = (n == 0).then(|| "2026-11-20T11:59:59.5Z".parse().unwrap());
        let json = json!({ "messages": [WORDS] }).to_string();
        sink.pass(CaseId::new(&"chat".into(), case), at, json)
    });
    let receipts = receipts.collect();
    (inbox, receipts)
}

fn received(cases: &[&str]) -> Vec<ReceivedTranscript> {
    let (mut inbox, _) = pass(cases);
    std::iter::from_fn(|| inbox.try_recv().ok()).collect()
}

#[tokio::test]
async fn what_waits_is_sealed_and_a_batch_is_whole() {
    let site = TranscriptSite::new();
    let outbox = site.outbox();
    assert!(outbox.next_batch().await.unwrap().is_none());
    outbox.add(&received(&["c1", "c2"]), noon()).await.unwrap();
    assert!(!site.has_words());
    let batch = outbox.next_batch().await.unwrap().unwrap();
    assert_eq!(batch.damaged, 0);
    let body: Value = serde_json::from_str(&batch.body.unwrap().0).unwrap();
    let item = |case: &str, at: Value, id: &str| json!({"id": id, "case": case, "at": at, "transcript": {"messages": [WORDS]}});
    let of_first = "2026-11-20T11:59:59.500Z";
    let expected = json!({
        "id": "case-transcripts-2-1795176000000",
        "type": "case_transcripts",
        "time": "2026-11-20T12:00:00.000Z",
        "data": { "transcripts": [
            item("chat/c1", of_first.into(), "chat/c1@2026-11-20T11:59:59.500Z"),
            item("chat/c2", Value::Null, "chat/c2@2026-11-20T12:00:00.000Z"),
        ] },
    });
    assert_eq!(body, expected);
    let again = site.outbox().next_batch().await.unwrap().unwrap();
    assert_eq!(again.id, batch.id);
    outbox.delete_batch().await.unwrap();
    assert_eq!(outbox.count().await.unwrap(), 0);
}

#[tokio::test]
async fn transcripts_wait_for_the_key_that_sealed_them_but_only_a_day() {
    let site = TranscriptSite::new();
    let outbox = site.outbox();
    outbox.add(&received(&["c1"]), noon()).await.unwrap();
    let (key, kept) = (site.key_file(), site.folder.path().join("kept.key"));
    fs::rename(&key, &kept).unwrap();
    let missing = error_chain(&outbox.next_batch().await.unwrap_err());
    assert!(missing.contains("copy the key that sealed it"), "{missing}");
    SecretKey::load_or_create(&key).unwrap();
    let other = error_chain(&outbox.next_batch().await.unwrap_err());
    assert_eq!(other, missing);
    fs::rename(&kept, &key).unwrap();
    assert!(outbox.next_batch().await.unwrap().unwrap().body.is_some());

    let after = |hours| noon() + SignedDuration::from_hours(hours);
    assert_eq!(outbox.expire(after(23)).await.unwrap(), 0);
    assert_eq!(outbox.expire(after(24)).await.unwrap(), 1);
    assert!(outbox.next_batch().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn messages_are_acknowledged_without_transcripts_that_cannot_be_stored() {
    let site = TranscriptSite::new();
    let nowhere = site.folder.path().join("none").join("secret.key");
    let outbox = site.outbox_with(nowhere.clone());
    let deliveries = CaseRecordDeliveries::new(&CaseRecordPlan {
        transcripts: Some(TranscriptPlan {
            channel: "vault".to_owned(),
            key_file: nowhere.clone(),
        }),
        ..CaseRecordPlan::kept_for(Duration::MAX)
    });
    let (inbox, receipts) = pass(&["c1", "c2"]);
    let stop = CancellationToken::new();
    // It ends with the inbox, which nobody else puts anything into.
    store_transcripts(inbox, outbox.clone(), deliveries.clone(), stop.clone()).await;
    for mut receipt in receipts {
        receipt.settled().await;
    }
    let flow = deliveries.transcripts().unwrap();
    assert_eq!((flow.to.as_str(), flow.lost), ("vault", 2));
    let reason = flow.status.failure.unwrap().reason;
    assert!(reason.contains("set secret_key"), "{reason}");
    assert!(check_key(&nowhere).unwrap_err().contains("set secret_key"));
    assert_eq!(check_key(&site.key_file()), Ok(()));

    fs::create_dir(nowhere.parent().unwrap()).unwrap();
    let (inbox, receipts) = pass(&["c3"]);
    store_transcripts(inbox, outbox.clone(), deliveries.clone(), stop).await;
    for mut receipt in receipts {
        receipt.settled().await;
    }
    let flow = deliveries.transcripts().unwrap();
    assert_eq!((flow.status.failure, flow.lost), (None, 2));
    assert_eq!(outbox.count().await.unwrap(), 1);
}
