use crate::domain::{Class, Id, SourceId};

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
