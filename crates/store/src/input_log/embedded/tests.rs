use super::*;

fn batch(first: u64, count: u64, second: i64) -> LogBatch {
    LogBatch {
        first: LogOffset(first),
        count,
        received_at: Timestamp::from_second(second).unwrap(),
        format: 1,
        bytes: vec![7; 100],
    }
}

fn snapshot(next: u64, second: i64) -> LogSnapshot {
    LogSnapshot {
        next: LogOffset(next),
        taken_at: Timestamp::from_second(second).unwrap(),
        format: 1,
        bytes: vec![9; 100],
    }
}

async fn firsts(log: &EmbeddedLog, from: u64) -> Vec<u64> {
    let batches = log.read_batches(LogOffset(from), 100).await.unwrap();
    batches.iter().map(|batch| batch.first.0).collect()
}

const KEEP_ALL: LogLimits = LogLimits {
    oldest: Timestamp::UNIX_EPOCH,
    size: u64::MAX,
};

#[tokio::test]
async fn batches_are_read_from_the_one_that_contains_an_offset() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("wallboard.db");
    let log = EmbeddedLog::open(&database).unwrap();
    for (first, count) in [(0, 3), (3, 1), (4, 2)] {
        log.append(batch(first, count, 10)).await.unwrap();
    }

    assert_eq!(firsts(&log, 0).await, [0, 3, 4]);
    assert_eq!(firsts(&log, 2).await, [0, 3, 4]);
    assert_eq!(firsts(&log, 5).await, [4]);
    assert_eq!(firsts(&log, 6).await, [0; 0]);
    assert!(folder.path().join("wallboard-log.db").exists());
    check_log(&database).unwrap();
}

#[tokio::test]
async fn snapshots_are_found_by_time_and_format() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    for (next, second) in [(5, 10), (9, 20)] {
        log.put_snapshot(snapshot(next, second)).await.unwrap();
    }
    let find = async |format, second| {
        let until = Timestamp::from_second(second).unwrap();
        let found = log.find_snapshot(format, until).await.unwrap();
        found.map(|snapshot| snapshot.next.0)
    };

    assert_eq!(find(1, 25).await, Some(9));
    assert_eq!(find(1, 19).await, Some(5));
    assert_eq!(find(1, 9).await, None);
    assert_eq!(find(2, 25).await, None);
}

#[tokio::test]
async fn cut_removes_what_follows_an_offset() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    for first in [0, 1, 2] {
        log.append(batch(first, 1, 10)).await.unwrap();
        log.put_snapshot(snapshot(first + 1, 10)).await.unwrap();
    }

    log.cut(LogOffset(1)).await.unwrap();

    assert_eq!(firsts(&log, 0).await, [0]);
    let newest = log.find_snapshot(1, Timestamp::MAX).await.unwrap().unwrap();
    assert_eq!(newest.next, LogOffset(1));
}

#[tokio::test]
async fn trim_keeps_the_newest_within_age_and_size() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    for second in 0..5_000 {
        log.append(batch(second, 1, i64::try_from(second).unwrap()))
            .await
            .unwrap();
    }
    log.put_snapshot(snapshot(1_000, 1_000)).await.unwrap();
    log.put_snapshot(snapshot(4_000, 4_000)).await.unwrap();
    let before = log.trim(KEEP_ALL).await.unwrap();

    let by_age = LogLimits {
        oldest: Timestamp::from_second(2_000).unwrap(),
        ..KEEP_ALL
    };
    let after = log.trim(by_age).await.unwrap();
    let small = LogLimits {
        size: after.bytes / 2,
        ..KEEP_ALL
    };
    let smallest = log.trim(small).await.unwrap();

    assert_eq!(before.snapshots, 2);
    assert_eq!(after.snapshots, 1, "the first leads nowhere");
    assert!(smallest.bytes <= small.size, "{smallest:?}");
    assert_eq!(smallest.snapshots, 1, "the newest stays");
    assert_eq!(firsts(&log, 4_999).await, [4_999]);
}

#[tokio::test]
async fn snapshots_are_thinned_after_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    log.append(batch(0, 1, 10)).await.unwrap();
    for n in 0..60 {
        let taken = 10 + i64::try_from(n).unwrap() * 100;
        log.put_snapshot(snapshot(1 + n * 50_000, taken))
            .await
            .unwrap();
    }

    let size = log.trim(KEEP_ALL).await.unwrap();

    // Of the first 23, taken more than an hour before the last, one in eight minutes is left.
    assert_eq!(size.snapshots, 5 + 37);
}

#[tokio::test]
async fn snapshots_of_a_site_with_50_updates_a_second_all_stay() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    log.append(batch(0, 1, 10)).await.unwrap();
    for n in 0..60 {
        let taken = 10 + i64::try_from(n).unwrap() * 500;
        log.put_snapshot(snapshot(1 + n * 25_000, taken))
            .await
            .unwrap();
    }

    assert_eq!(log.trim(KEEP_ALL).await.unwrap().snapshots, 60);
}

#[tokio::test]
async fn batch_takes_the_place_of_those_with_its_entries_only() {
    let folder = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
    for first in 0..6 {
        log.append(batch(first, 1, 10)).await.unwrap();
    }

    log.replace(vec![batch(1, 2, 10), batch(3, 2, 10)])
        .await
        .unwrap();

    assert_eq!(firsts(&log, 0).await, [0, 1, 3, 5]);
    assert_eq!(firsts(&log, 4).await, [3, 5]);
}

#[tokio::test]
async fn mark_tells_an_interrupted_log_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let log = EmbeddedLog::open(&database).unwrap();
    assert!(
        log.noted_end().is_none(),
        "a new log has no entries to rely on"
    );
    log.mark_complete().unwrap();
    drop(log);

    let log = EmbeddedLog::open(&database).unwrap();
    assert!(log.noted_end().is_some());
    log.mark_interrupted();
    assert!(EmbeddedLog::open(&database).unwrap().noted_end().is_none());
}

#[tokio::test]
async fn restored_backup_is_not_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (database, copy) = (folder.path().join("w.db"), folder.path().join("copy.db"));
    let log = EmbeddedLog::open(&database).unwrap();
    log.append(batch(0, 1, 10)).await.unwrap();
    log.mark_complete().unwrap();
    let going_on = |_, _| std::ops::ControlFlow::Continue(());
    backup::create_backup(&log_path(&database), &log_path(&copy), going_on).unwrap();
    drop(log);
    for suffix in ["", "-wal", "-shm"] {
        let mut name = log_path(&database).into_os_string();
        name.push(suffix);
        fs::remove_file(name).ok();
    }
    fs::copy(log_path(&copy), log_path(&database)).unwrap();

    let restored = EmbeddedLog::open(&database).unwrap();

    assert!(restored.noted_end().is_none());
    assert_eq!(firsts(&restored, 0).await, [0]);
}

#[test]
fn log_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    drop(EmbeddedLog::open(&database).unwrap());
    let connection = Connection::open(log_path(&database)).unwrap();
    let next = tables::SCHEMA_VERSION + 1;
    connection
        .pragma_update(None, "user_version", next)
        .unwrap();

    assert!(matches!(
        EmbeddedLog::open(&database),
        Err(StoreError::NewerSchema(_))
    ));
    assert!(matches!(
        check_log(&database),
        Err(StoreError::NewerSchema(_))
    ));
}
