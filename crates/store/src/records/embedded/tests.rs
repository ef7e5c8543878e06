use std::{ops::ControlFlow, path::Path, time::Duration};

use tokio::time::{sleep, timeout};

use super::*;
use crate::{
    create_backup,
    records::{
        DELETIONS_KEPT, RecordWatch,
        test_suite::{
            check_records, create, id, list_ids, new_records, no_change_of_those_who_race_is_lost,
        },
    },
};

const BOARD: RecordKind = RecordKind::new("board");

fn open(file: &Path) -> EmbeddedRecords {
    EmbeddedRecords::new(Store::open(file).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_records_are_records() {
    let folder = tempfile::tempdir().unwrap();
    check_records(&open(&folder.path().join("wallboard.db"))).await;
}

#[tokio::test]
async fn several_records_are_stored_together_or_none_is() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(&folder.path().join("wallboard.db"));
    create(&records, BOARD, "theirs").await;

    let stored = records.put_all(BOARD, new_records(&["a", "theirs"])).await;

    assert!(stored.failed.is_some());
    assert_eq!(stored.revisions, []);
    let mut large = new_records(&["a", "large"]);
    large[1].document = vec![0; DOCUMENT_SIZE_MAX + 1];
    let stored = records.put_all(BOARD, large).await;
    assert!(
        matches!(stored.failed, Some((1, RecordError::TooLarge(_)))),
        "{stored:?}"
    );
    assert_eq!(list_ids(&records, BOARD).await, ["theirs"]);
}

#[tokio::test]
async fn records_and_the_highest_revision_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let records = open(&file);
    let kept = create(&records, BOARD, "kept").await;
    let last = create(&records, BOARD, "last").await;
    let last = records.delete(BOARD, &id("last"), last).await.unwrap();
    drop(records);
    // As if the deletion were among those that are no longer kept.
    let connection = Connection::open(&file).unwrap();
    let deleted = connection.execute("DELETE FROM record WHERE document IS NULL", []);
    assert_eq!(deleted.unwrap(), 1);

    let records = open(&file);

    let record = records.get(BOARD, &id("kept")).await.unwrap().unwrap();
    assert_eq!((record.revision, &*record.document), (kept, &b"kept"[..]));
    assert!(last < create(&records, BOARD, "new").await);
}

#[tokio::test]
async fn a_backup_has_the_records() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("w.db"), folder.path().join("copy.db"));
    let records = open(&file);
    create(&records, BOARD, "a").await;

    create_backup(&file, &copy, |_, _| ControlFlow::Continue(())).unwrap();

    let restored = open(&copy);
    assert_eq!(
        restored.list(BOARD).await.unwrap(),
        records.list(BOARD).await.unwrap()
    );
    assert_eq!(list_ids(&restored, BOARD).await, ["a"]);
}

#[tokio::test]
async fn a_record_is_synced_to_the_disk_and_other_writes_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let records = open(&file);
    // Notes the mode in which each write is committed.
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE mode (mode INTEGER);
             CREATE TRIGGER note AFTER INSERT ON record
             BEGIN INSERT INTO mode SELECT synchronous FROM pragma_synchronous; END;",
        )
        .unwrap();
    let mode = |connection: &mut Connection| {
        connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))
    };

    let first = create(&records, BOARD, "a").await;
    records
        .put(BOARD, &id("a"), None, vec![])
        .await
        .unwrap_err();
    assert_eq!(records.store.write(mode).await.unwrap(), 1, "not normal");
    records.delete(BOARD, &id("a"), first).await.unwrap();

    let mut modes = connection.prepare("SELECT mode FROM mode").unwrap();
    let modes = modes.query_map([], |row| row.get(0)).unwrap();
    let modes: Vec<i64> = modes.map(Result::unwrap).collect();
    assert_eq!(modes, [2, 2], "not full");
    assert_eq!(records.store.write(mode).await.unwrap(), 1, "not normal");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_of_two_processes_that_race_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let processes = [open(&file), open(&file)];

    no_change_of_those_who_race_is_lost(processes.each_ref()).await;
}

#[tokio::test]
async fn a_change_wakes_the_watches_of_all_clones_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(&folder.path().join("wallboard.db"));
    let (_, watch) = records.clone().watch(BOARD).await.unwrap();
    assert!(!watch.is_woken());

    create(&records, BOARD, "a").await;

    assert!(watch.is_woken());
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_waits_sees_what_another_process_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let (_, mut watch) = open(&file).watch(BOARD).await.unwrap();
    let other = open(&file);
    let waiting = tokio::spawn(async move { watch.next().await });
    // Of the paused clock, which stands still until everything waits.
    sleep(Duration::from_millis(10)).await;

    let revision = create(&other, BOARD, "a").await;

    let change = timeout(Duration::from_secs(10), waiting).await;
    assert_eq!(change.unwrap().unwrap().unwrap().revision(), revision);
}

#[tokio::test]
async fn a_watch_that_missed_deletions_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let records = open(&file);
    let (_, mut fell_behind) = records.watch(BOARD).await.unwrap();
    let kept = create(&records, BOARD, "kept").await;
    delete_many(&file, DELETIONS_KEPT);
    let (_, mut kept_up) = records.watch(BOARD).await.unwrap();

    let deleted = create(&records, BOARD, "deleted").await;
    records
        .delete(BOARD, &id("deleted"), deleted)
        .await
        .unwrap();
    let deleted = create(&records, BOARD, "deleted").await;
    let last = records.delete(BOARD, &id("deleted"), deleted).await;

    let change = kept_up.next().await.unwrap();
    assert_eq!(change.revision(), last.unwrap());
    for _ in 0..2 {
        let error = fell_behind.next().await.unwrap_err();
        assert!(matches!(error, RecordError::FellBehind), "{error}");
    }
    let (existing, _) = records.watch(BOARD).await.unwrap();
    assert_eq!(existing[0].revision, kept);
    assert_eq!(existing.len(), 1);
}

#[tokio::test]
async fn only_the_newest_deletions_of_a_kind_are_kept() {
    const SCREEN: RecordKind = RecordKind::new("screen");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let records = open(&file);
    let screen = create(&records, SCREEN, "a").await;
    records.delete(SCREEN, &id("a"), screen).await.unwrap();
    delete_many(&file, DELETIONS_KEPT + 5);

    let board = create(&records, BOARD, "a").await;
    records.delete(BOARD, &id("a"), board).await.unwrap();

    let connection = Connection::open(&file).unwrap();
    let count = |kind: RecordKind| -> u32 {
        let query = "SELECT count(*) FROM record WHERE kind = ?1";
        let count = connection.query_row(query, [kind.as_str()], |row| row.get(0));
        count.unwrap()
    };
    assert_eq!([count(BOARD), count(SCREEN)], [DELETIONS_KEPT, 1]);
}

/// Leaves deletions of boards, in one write.
fn delete_many(file: &Path, count: u32) {
    let connection = Connection::open(file).unwrap();
    let insert = "
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO record (kind, id) SELECT 'board', 'old-' || n FROM n";
    connection.execute(insert, [count]).unwrap();
}
