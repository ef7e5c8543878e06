use crate::domain::{Class, Id};

use super::*;

fn anna() -> Profile {
    let chat = SourceId::from("chat");
    Profile {
        name: Some("anna".into()),
        display_name: Some("Anna \u{202e}Key<b>".into()),
        email: Some("anna@example.org".into()),
        queues: Some([Id::new(&chat, "1"), Id::new(&chat, "2/3")].into()),
        external_ids: Some([("CRM".into(), "a'b".into())].into()),
        ..Profile::new(Class::Agent, Id::new(&chat, "77aa"))
    }
}

#[tokio::test]
async fn what_is_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let queue = Profile::new(Class::Queue, Id::new(&SourceId::from("chat"), "3f2b"));

    let store = Store::open(&file).unwrap();
    store
        .keep_profiles(vec![anna(), queue.clone()])
        .await
        .unwrap();
    drop(store);

    let store = Store::open(&file).unwrap();
    assert_eq!(store.profiles().await.unwrap(), [anna(), queue]);
}

#[tokio::test]
async fn what_is_said_later_takes_the_place_of_what_was_said_and_of_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    store.keep_profiles(vec![anna()]).await.unwrap();

    let renamed = Profile {
        name: Some("anna2".into()),
        queues: Some([].into()),
        ..Profile::new(Class::Agent, anna().id)
    };
    store.keep_profiles(vec![renamed]).await.unwrap();

    let expected = Profile {
        name: Some("anna2".into()),
        queues: Some([].into()),
        ..anna()
    };
    assert_eq!(store.profiles().await.unwrap(), [expected]);
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();

    let files = std::fs::read_dir(folder.path())
        .unwrap()
        .map(Result::unwrap);
    let modes: Vec<_> = files
        .map(|file| file.metadata().unwrap().permissions().mode() & 0o777)
        .collect();

    // The database, its log and what its readers share.
    assert_eq!(modes, [0o600; 3]);
    drop(store);
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    drop(Store::open(&file).unwrap());
    let connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();

    let refused = Store::open(&file).unwrap_err();

    assert!(matches!(refused, StoreError::Newer(path) if path == file));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    std::fs::write(&file, "time,queue,offered\n".repeat(100)).unwrap();

    assert!(matches!(Store::open(&file), Err(StoreError::Open(..))));
}

#[test]
fn probing_finds_what_opening_would_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");

    probe(&file).unwrap();
    assert!(!file.exists());
    drop(Store::open(&file).unwrap());
    probe(&file).unwrap();

    let connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(probe(&file), Err(StoreError::Newer(_))));
    let nowhere = folder.path().join("none").join("wallboard.db");
    assert!(matches!(probe(&nowhere), Err(StoreError::Create(..))));
    std::fs::write(&file, "time,queue,offered\n".repeat(100)).unwrap();
    assert!(probe(&file).is_err());
}

const CALLS: Table = Table {
    name: "call",
    columns: &[
        Column {
            name: "uuid",
            kind: Kind::Text,
        },
        Column {
            name: "time",
            kind: Kind::Integer,
        },
    ],
};

fn arriving(tag: &str) -> Arriving {
    Arriving {
        source: SourceId::from("calls"),
        key: "a.csv".to_owned(),
        dataset: "call".to_owned(),
        size: 10,
        tag: tag.to_owned(),
        sha256: [7; 32],
        modified: None,
        taken_at: 1_000,
    }
}

/// Rows of lines 2, 3, …, and one that is set aside.
fn pieces(uuids: &[&str], is_whole: bool) -> Receiver<Piece> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut batch = Batch::default();
    for (line, uuid) in (2..).zip(uuids) {
        batch.begin(line);
        batch.text(uuid);
        batch.integer(86_400 * i64::from(line));
    }
    sender.send(Piece::Rows(batch)).unwrap();
    let row = SetAside {
        line: 9,
        reason: "time is no number".to_owned(),
        text: None,
    };
    sender.send(Piece::SetAside(row)).unwrap();
    if is_whole {
        let summary = Summary {
            span: Some((86_400 * 2, 86_400 * 3)),
            days: vec![2, 3],
            notes: "{}".to_owned(),
            ..Summary::default()
        };
        sender.send(Piece::End(summary)).unwrap();
    }
    receiver
}

/// A store with a table of calls, and what the table holds.
fn with_calls(file: &Path) -> (Store, impl Fn() -> Vec<String> + use<>) {
    let store = Store::open(file).unwrap();
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch("CREATE TABLE call (id INTEGER PRIMARY KEY, uuid TEXT, time INTEGER)")
        .unwrap();
    let held = move || {
        let mut query = connection
            .prepare("SELECT (id & 4294967295) || ' ' || uuid FROM call ORDER BY id")
            .unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    (store, held)
}

#[tokio::test]
async fn a_file_is_taken_in_whole_with_its_place_in_the_ledger_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (store, held) = with_calls(&folder.path().join("wallboard.db"));
    let calls = SourceId::from("calls");

    let broken = store
        .take_in(arriving("1"), &CALLS, pieces(&["u1"], false))
        .await
        .unwrap();
    assert_eq!(broken, None);
    assert_eq!(held(), [""; 0]);
    assert_eq!(store.files(&calls).await.unwrap(), []);

    let taken = store
        .take_in(arriving("1"), &CALLS, pieces(&["u1", "u2"], true))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((taken.rows, taken.set_aside, taken.replaced), (2, 1, false));
    assert_eq!(held(), ["2 u1", "3 u2"]);
    assert_eq!(store.dirty(&calls).await.unwrap(), [2, 3]);
    let [file] = &store.files(&calls).await.unwrap()[..] else {
        panic!("one file");
    };
    assert_eq!((file.rows, file.set_aside, file.id), (2, 1, taken.file));
}

#[tokio::test]
async fn what_a_file_brings_anew_takes_the_place_of_what_it_brought_before() {
    let folder = tempfile::tempdir().unwrap();
    let (store, held) = with_calls(&folder.path().join("wallboard.db"));
    for (tag, uuids) in [("1", ["u1", "u2"]), ("2", ["u3", "u4"])] {
        store
            .take_in(arriving(tag), &CALLS, pieces(&uuids, true))
            .await
            .unwrap();
    }

    assert_eq!(held(), ["2 u3", "3 u4"]);
    let files = store.files(&SourceId::from("calls")).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].tag, "2");
}

#[test]
fn a_full_disk_is_known_as_one() {
    let of = |code| {
        let error = rusqlite::ffi::Error::new(code);
        StoreError::Write(rusqlite::Error::SqliteFailure(error, None))
    };

    assert!(of(rusqlite::ffi::SQLITE_FULL).is_full());
    assert!(!of(rusqlite::ffi::SQLITE_BUSY).is_full());
}
