use super::*;

const DAY: Duration = Duration::from_hours(24);

struct DataFolder {
    folder: tempfile::TempDir,
}

impl DataFolder {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("w.db")
    }

    fn open(&self) -> TranscriptStore {
        TranscriptStore::open(&self.database()).unwrap()
    }

    /// Whether any file has these bytes.
    fn has(&self, bytes: &str) -> bool {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let mut contents = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        contents.any(|content| {
            let mut windows = content.windows(bytes.len());
            windows.any(|window| window == bytes.as_bytes())
        })
    }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_795_165_200 + hour * 3_600).unwrap()
}

fn transcript(id: &str, sealed: &str) -> NewTranscript {
    NewTranscript {
        id: id.to_owned(),
        sealed: sealed.to_owned(),
    }
}

fn ids(batch: &[StoredTranscript]) -> Vec<&str> {
    batch.iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test]
async fn a_batch_stays_the_same_until_it_is_accepted_and_leaves_nothing() {
    let site = DataFolder::new();
    let store = site.open();
    let all = ["a", "b", "c"].map(|id| transcript(id, &format!("sealed-{id}").repeat(3_000)));
    store.store(all.to_vec(), at(0)).await.unwrap();
    // Received again.
    store.store(all[..1].to_vec(), at(1)).await.unwrap();
    assert_eq!(store.count().await.unwrap(), 3);
    assert!(site.has("sealed-asealed-a"));

    let first = store.next_batch(2, usize::MAX).await.unwrap();
    assert_eq!(ids(&first), ["a", "b"]);
    assert_eq!(first[0].received_at, at(0));
    // A process that was killed tries the same again, whatever came meanwhile.
    drop(store);
    let store = site.open();
    store
        .store(vec![transcript("d", "x")], at(1))
        .await
        .unwrap();
    assert_eq!(store.next_batch(9, usize::MAX).await.unwrap(), first);
    store.delete_batch().await.unwrap();
    assert!(!site.has("sealed-a") && !site.has("sealed-b") && site.has("sealed-c"));

    let second = store.next_batch(9, 10).await.unwrap();
    assert_eq!(ids(&second), ["c"], "one, however large");
    store.delete_batch().await.unwrap();
    let third = store.next_batch(9, 10).await.unwrap();
    assert_eq!(ids(&third), ["d"]);
    store.delete_batch().await.unwrap();
    assert_eq!(store.next_batch(9, 10).await.unwrap(), []);
    assert!(!site.has("sealed-"));
    // Its number isn't used again, so that no receiver takes a batch for an earlier one.
    store
        .store(vec![transcript("e", "x")], at(1))
        .await
        .unwrap();
    let fourth = store.next_batch(9, 9).await.unwrap();
    assert!(third[0].seq < fourth[0].seq);
}

#[tokio::test]
async fn what_waited_for_a_day_is_deleted() {
    let site = DataFolder::new();
    let store = site.open();
    let store_at = async |id: &str, hour| {
        let one = transcript(id, &format!("sealed-{id}"));
        store.store(vec![one], at(hour)).await.unwrap();
    };
    store_at("old", 0).await;
    store_at("new", 1).await;
    assert_eq!(ids(&store.next_batch(1, 99).await.unwrap()), ["old"]);
    assert_eq!(store.expire(at(23), DAY).await.unwrap(), 0);
    assert_eq!(store.expire(at(24), DAY).await.unwrap(), 1);
    assert!(!site.has("sealed-old") && site.has("sealed-new"));
    assert_eq!(ids(&store.next_batch(9, 99).await.unwrap()), ["new"]);

    // The clock was a year ahead when it came.
    store_at("ahead", 9_000).await;
    assert_eq!(store.expire(at(24), DAY).await.unwrap(), 0);
    assert_eq!(store.expire(at(48), DAY).await.unwrap(), 2);
    assert!(!site.has("sealed-"));
}

#[tokio::test]
async fn the_file_is_deleted_with_its_receiver_and_replaced_when_damaged() {
    let site = DataFolder::new();
    assert!(!delete_transcripts(&site.database()).unwrap());
    let store = site.open();
    let set = async |name: &str| store.set_receiver(name.to_owned()).await.unwrap();
    assert_eq!(set("crm").await, None);
    assert_eq!(set("crm").await.as_deref(), Some("crm"));
    assert_eq!(set("vault").await.as_deref(), Some("crm"));
    drop(store);
    assert!(delete_transcripts(&site.database()).unwrap());
    assert_eq!(fs::read_dir(site.folder.path()).unwrap().count(), 0);

    let path = transcripts_path(&site.database());
    fs::write(
        &path,
        "not a database, and long enough to be read as one".repeat(99),
    )
    .unwrap();
    let store = site.open();
    assert_eq!(store.count().await.unwrap(), 0);
}
