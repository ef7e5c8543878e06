use std::sync::mpsc::Receiver;

use wallboard_domain::{EntityKind, EntityProfile, Id, SourceId};

use crate::*;

fn anna_profile() -> EntityProfile {
    let chat = SourceId::from("chat");
    EntityProfile {
        name: Some("anna".into()),
        display_name: Some("Anna \u{202e}Key<b>".into()),
        email: Some("anna@example.org".into()),
        queues: Some([Id::new(&chat, "1"), Id::new(&chat, "2/3")].into()),
        external_ids: Some([("CRM".into(), "a'b".into())].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&chat, "77aa"))
    }
}

#[tokio::test]
async fn profiles_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let queue = EntityProfile::new(EntityKind::Queue, Id::new(&SourceId::from("chat"), "3f2b"));

    let store = Store::open(&file).unwrap();
    store
        .store_profiles(vec![anna_profile(), queue.clone()])
        .await
        .unwrap();
    drop(store);

    let store = Store::open(&file).unwrap();
    assert_eq!(
        store.load_profiles().await.unwrap(),
        [anna_profile(), queue]
    );
}

#[tokio::test]
async fn a_later_profile_replaces_only_the_fields_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    store.store_profiles(vec![anna_profile()]).await.unwrap();

    let renamed = EntityProfile {
        name: Some("anna2".into()),
        queues: Some([].into()),
        ..EntityProfile::new(EntityKind::Agent, anna_profile().id)
    };
    store.store_profiles(vec![renamed]).await.unwrap();

    let expected = EntityProfile {
        name: Some("anna2".into()),
        queues: Some([].into()),
        ..anna_profile()
    };
    assert_eq!(store.load_profiles().await.unwrap(), [expected]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_database_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();

    let files = std::fs::read_dir(folder.path())
        .unwrap()
        .map(Result::unwrap);
    let modes: Vec<_> = files
        .map(|file| file.metadata().unwrap().permissions().mode() & 0o777)
        .collect();

    // The database, its log and the readers' shared memory.
    assert_eq!(modes, [0o600; 3]);
    drop(store);
}

#[test]
fn opening_refuses_a_database_of_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    drop(Store::open(&file).unwrap());
    let connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();

    let error = Store::open(&file).unwrap_err();

    assert!(matches!(error, StoreError::NewerSchema(path) if path == file));
}

#[test]
fn opening_refuses_a_file_that_is_not_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    std::fs::write(&file, "time,queue,offered\n".repeat(100)).unwrap();

    assert!(matches!(Store::open(&file), Err(StoreError::Open(..))));
}

#[test]
fn checking_finds_what_opening_would_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");

    check_database(&file).unwrap();
    assert!(!file.exists());
    drop(Store::open(&file).unwrap());
    check_database(&file).unwrap();

    let connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(
        check_database(&file),
        Err(StoreError::NewerSchema(_))
    ));
    let nowhere = folder.path().join("none").join("wallboard.db");
    assert!(matches!(
        check_database(&nowhere),
        Err(StoreError::Create(..))
    ));
    std::fs::write(&file, "time,queue,offered\n".repeat(100)).unwrap();
    assert!(check_database(&file).is_err());
}

const CALLS: FactTable = FactTable {
    name: "call",
    columns: &["uuid", "time"],
    people: PeopleColumns::Nobody,
    contacts: &[],
};

fn incoming_file(tag: &str) -> IncomingFile {
    IncomingFile {
        source: SourceId::from("calls"),
        key: "a.csv".to_owned(),
        dataset: "call".to_owned(),
        size: 10,
        tag: tag.to_owned(),
        sha256: [7; 32],
        modified: None,
        imported_at: 1_000,
    }
}

/// Rows of lines 2, 3, …, and one rejected row.
fn import_pieces(uuids: &[&str], is_complete: bool) -> Receiver<ImportPiece> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut batch = RowBatch::default();
    for (line, uuid) in (2..).zip(uuids) {
        batch.begin_row(line);
        batch.push_text(uuid);
        batch.push_integer(86_400 * i64::from(line));
    }
    sender.send(ImportPiece::Rows(batch)).unwrap();
    let row = RowRejection {
        line: 9,
        reason: "time is no number".to_owned(),
        text: None,
    };
    sender.send(ImportPiece::Rejected(row)).unwrap();
    if is_complete {
        let summary = FileSummary {
            span: Some((86_400 * 2, 86_400 * 3)),
            days: vec![2, 3],
            notes: "{}".to_owned(),
            ..FileSummary::default()
        };
        sender.send(ImportPiece::End(summary)).unwrap();
    }
    receiver
}

/// A store with a table of calls, and a closure that lists its rows.
fn store_with_calls(file: &Path) -> (Store, impl Fn() -> Vec<String> + use<>) {
    let store = Store::open(file).unwrap();
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch("CREATE TABLE call (id INTEGER PRIMARY KEY, uuid TEXT, time INTEGER)")
        .unwrap();
    let table_rows = move || {
        let mut query = connection
            .prepare("SELECT (id & 4294967295) || ' ' || uuid FROM call ORDER BY id")
            .unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    (store, table_rows)
}

#[tokio::test]
async fn a_file_is_imported_whole_with_its_ledger_entry_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (store, table_rows) = store_with_calls(&folder.path().join("wallboard.db"));
    let calls = SourceId::from("calls");

    let broken = store
        .import_file(incoming_file("1"), &CALLS, import_pieces(&["u1"], false))
        .await
        .unwrap();
    assert_eq!(broken, None);
    assert_eq!(table_rows(), [""; 0]);
    assert_eq!(store.load_files(&calls).await.unwrap(), []);

    let imported = store
        .import_file(
            incoming_file("1"),
            &CALLS,
            import_pieces(&["u1", "u2"], true),
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (imported.rows, imported.rejected_rows, imported.replaced),
        (2, 1, false)
    );
    assert_eq!(table_rows(), ["2 u1", "3 u2"]);
    assert_eq!(store.load_dirty_days(&calls).await.unwrap(), [2, 3]);
    let [file] = &store.load_files(&calls).await.unwrap()[..] else {
        panic!("one file");
    };
    assert_eq!(
        (file.rows, file.rejected_rows, file.id),
        (2, 1, imported.file)
    );
}

#[tokio::test]
async fn importing_a_file_again_replaces_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (store, table_rows) = store_with_calls(&folder.path().join("wallboard.db"));
    for (tag, uuids) in [("1", ["u1", "u2"]), ("2", ["u3", "u4"])] {
        store
            .import_file(incoming_file(tag), &CALLS, import_pieces(&uuids, true))
            .await
            .unwrap();
    }

    assert_eq!(table_rows(), ["2 u3", "3 u4"]);
    let files = store.load_files(&SourceId::from("calls")).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].tag, "2");
}

#[test]
fn a_full_disk_is_recognized() {
    let error_with = |code| {
        let error = rusqlite::ffi::Error::new(code);
        StoreError::Write(rusqlite::Error::SqliteFailure(error, None))
    };

    assert!(error_with(rusqlite::ffi::SQLITE_FULL).is_disk_full());
    assert!(!error_with(rusqlite::ffi::SQLITE_BUSY).is_disk_full());
}

#[test]
fn a_lock_that_cannot_be_acquired_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("wallboard.db");
    fs::create_dir(folder.path().join("wallboard.db.lock")).unwrap();

    let error = lock_for_server(&database).unwrap_err();
    assert!(matches!(error, StoreError::Lock(..)), "{error}");
    assert!(lock_for_server(Path::new("/nowhere/wallboard.db")).is_ok());
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_to_a_database_has_its_lock_and_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let (data, links) = (folder.path().join("data"), folder.path().join("links"));
    fs::create_dir(&data).unwrap();
    fs::create_dir(&links).unwrap();
    let database = data.join("real.db");
    drop(Store::open(&database).unwrap());
    let link = links.join("wallboard.db");
    std::os::unix::fs::symlink(&database, &link).unwrap();

    let _held = lock_for_server(&database).unwrap().unwrap();
    let error = lock_for_server(&link).unwrap_err();
    assert!(matches!(error, StoreError::InUse(..)), "{error}");
    assert_eq!(log_path(&link), log_path(&database));
    assert_eq!(Store::open(&link).unwrap().path(), database);
}
