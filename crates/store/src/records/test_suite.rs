//! Tests that every implementation of [`Records`] must pass. Each function has kinds of its own, so
//! that all can use the same records.

use tokio::task::JoinSet;

use super::*;

/// Runs everything.
pub(super) async fn check_records<R: Records>(records: &R) {
    a_record_is_created_only_once(records).await;
    a_wrong_revision_is_a_conflict_and_changes_nothing(records).await;
    several_records_are_stored_up_to_the_first_that_is_a_conflict(records).await;
    a_deleted_record_can_be_created_again(records).await;
    the_revision_of_a_deletion_creates_the_record_again(records).await;
    revisions_rise_over_all_kinds(records).await;
    records_are_listed_in_the_order_of_their_revisions(records).await;
    a_document_is_any_bytes_up_to_the_limit(records).await;
    one_of_those_who_race_to_create_a_record_wins(records).await;
    no_change_of_those_who_race_is_lost([records, records]).await;
    a_watch_begins_with_a_list_and_goes_on_with_changes(records).await;
    a_slow_watch_gets_the_last_change_of_each_record(records).await;
    a_watch_that_begins_during_changes_misses_none(records).await;
}

/// An ID.
pub(super) fn id(text: &str) -> RecordId {
    RecordId::parse(text).unwrap()
}

/// Creates a record whose document is its ID.
pub(super) async fn create(records: &impl Records, kind: RecordKind, text: &str) -> Revision {
    let created = records.put(kind, &id(text), None, text.into()).await;
    created.unwrap()
}

/// The IDs of all records of a kind.
pub(super) async fn list_ids(records: &impl Records, kind: RecordKind) -> Vec<String> {
    let listed = records.list(kind).await.unwrap();
    listed.iter().map(|record| record.id.to_string()).collect()
}

/// The current revision that a conflict reports.
fn conflict<T: std::fmt::Debug>(result: Result<T, RecordError>) -> Option<Revision> {
    match result {
        Err(RecordError::Conflict { current }) => current,
        other => panic!("not a conflict: {other:?}"),
    }
}

async fn a_record_is_created_only_once(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("created-once");
    assert_eq!(records.get(KIND, &id("a")).await.unwrap(), None);

    let revision = records.put(KIND, &id("a"), None, b"1".into()).await;
    let revision = revision.unwrap();
    let again = records.put(KIND, &id("a"), None, b"2".into()).await;

    assert_eq!(conflict(again), Some(revision));
    let record = Record {
        id: id("a"),
        revision,
        document: b"1".into(),
    };
    assert_eq!(records.get(KIND, &id("a")).await.unwrap(), Some(record));
}

async fn a_wrong_revision_is_a_conflict_and_changes_nothing(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("wrong-revision");
    let first = create(records, KIND, "a").await;
    let other = create(records, KIND, "b").await;
    let second = records.put(KIND, &id("a"), Some(first), b"2".into()).await;
    let second = second.unwrap();
    assert!(other < second);

    for wrong in [first, other, Revision(0), Revision(second.0 + 1)] {
        let put = records.put(KIND, &id("a"), Some(wrong), b"3".into()).await;
        assert_eq!(conflict(put), Some(second), "{wrong:?}");
        let deleted = records.delete(KIND, &id("a"), wrong).await;
        assert_eq!(conflict(deleted), Some(second), "{wrong:?}");
    }
    // For NATS, 0 is a key that never was.
    for missing in [second, Revision(0)] {
        let put = records
            .put(KIND, &id("c"), Some(missing), b"3".into())
            .await;
        assert_eq!(conflict(put), None);
        let deleted = records.delete(KIND, &id("c"), missing).await;
        assert_eq!(conflict(deleted), None);
    }

    let stored = records.get(KIND, &id("a")).await.unwrap().unwrap();
    assert_eq!((stored.revision, &*stored.document), (second, &b"2"[..]));
    assert_eq!(list_ids(records, KIND).await, ["b", "a"]);
}

/// New records of these IDs.
pub(super) fn new_records(ids: &[&str]) -> Vec<NewRecord> {
    let records = ids.iter().map(|text| NewRecord {
        id: id(text),
        expected: None,
        document: (*text).into(),
    });
    records.collect()
}

async fn several_records_are_stored_up_to_the_first_that_is_a_conflict(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("several");
    let stored = records.put_all(KIND, new_records(&["a", "b"])).await;
    assert!(stored.failed.is_none(), "{stored:?}");
    assert!(stored.revisions[0] < stored.revisions[1]);
    let second = records.get(KIND, &id("b")).await.unwrap().unwrap();
    assert_eq!(second.revision, stored.revisions[1]);

    let stored = records.put_all(KIND, new_records(&["c", "b", "d"])).await;
    let Some((1, RecordError::Conflict { current })) = stored.failed else {
        panic!("not a conflict: {stored:?}");
    };
    assert_eq!(current, Some(second.revision));
    let first = records.get(KIND, &id("c")).await.unwrap();
    let revisions: Vec<_> = first.iter().map(|record| record.revision).collect();
    assert_eq!(stored.revisions, revisions, "what is said to be stored is");
    assert_eq!(records.get(KIND, &id("d")).await.unwrap(), None);
}

async fn a_deleted_record_can_be_created_again(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("deleted");
    let first = create(records, KIND, "a").await;

    let deleted = records.delete(KIND, &id("a"), first).await.unwrap();

    assert!(first < deleted);
    assert_eq!(records.get(KIND, &id("a")).await.unwrap(), None);
    assert_eq!(list_ids(records, KIND).await, [""; 0]);
    let late = records
        .put(KIND, &id("a"), Some(first), b"late".into())
        .await;
    assert_eq!(conflict(late), None);
    let late = records.delete(KIND, &id("a"), first).await;
    assert_eq!(conflict(late), None);

    assert!(deleted < create(records, KIND, "a").await);
    assert_eq!(list_ids(records, KIND).await, ["a"]);
}

async fn the_revision_of_a_deletion_creates_the_record_again(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("undone");
    let first = create(records, KIND, "a").await;
    let deleted = records.delete(KIND, &id("a"), first).await.unwrap();

    let undone = records
        .put(KIND, &id("a"), Some(deleted), b"1".into())
        .await;
    let undone = undone.unwrap();

    let late = records
        .put(KIND, &id("a"), Some(deleted), b"2".into())
        .await;
    assert_eq!(conflict(late), Some(undone));
}

async fn revisions_rise_over_all_kinds(records: &impl Records) {
    const KINDS: [RecordKind; 2] = [RecordKind::new("rising"), RecordKind::new("rising-too")];
    let mut revisions = Vec::new();
    for name in ["a", "b"] {
        for kind in KINDS {
            revisions.push(create(records, kind, name).await);
        }
    }

    assert!(revisions.is_sorted_by(|earlier, later| earlier < later));
    assert_eq!(list_ids(records, KINDS[0]).await, ["a", "b"]);
    let [a, _] = &records.list(KINDS[1]).await.unwrap()[..] else {
        panic!("two records");
    };
    assert_eq!(a.revision, revisions[1]);
}

async fn records_are_listed_in_the_order_of_their_revisions(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("listed");
    let first = create(records, KIND, "c").await;
    for name in ["a", "d", "b"] {
        create(records, KIND, name).await;
    }
    let put = records.put(KIND, &id("c"), Some(first), b"2".into()).await;
    put.unwrap();

    assert_eq!(list_ids(records, KIND).await, ["a", "d", "b", "c"]);
}

async fn a_document_is_any_bytes_up_to_the_limit(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("size");
    let largest: Vec<u8> = (0..=u8::MAX).cycle().take(DOCUMENT_SIZE_MAX).collect();
    let too_large = vec![7; DOCUMENT_SIZE_MAX + 1];

    for (name, document) in [("empty", vec![]), ("largest", largest)] {
        let put = records.put(KIND, &id(name), None, document.clone()).await;
        put.unwrap();
        let stored = records.get(KIND, &id(name)).await.unwrap();
        assert!(stored.unwrap().document == document, "{name}");
    }
    let refused = records.put(KIND, &id("over"), None, too_large).await;

    assert!(matches!(refused, Err(RecordError::TooLarge(1_000_001))));
    assert_eq!(list_ids(records, KIND).await, ["empty", "largest"]);
}

async fn one_of_those_who_race_to_create_a_record_wins<R: Records>(records: &R) {
    const KIND: RecordKind = RecordKind::new("race");
    let mut racing = JoinSet::new();
    for racer in 0..8_u8 {
        let records = records.clone();
        racing.spawn(async move { records.put(KIND, &id("a"), None, vec![racer]).await });
    }

    let results = racing.join_all().await;

    let won: Vec<_> = results.iter().filter_map(|put| put.as_ref().ok()).collect();
    let stored = records.get(KIND, &id("a")).await.unwrap().unwrap();
    assert_eq!(won, [&stored.revision]);
    let lost = results.into_iter().filter(Result::is_err);
    assert!(
        lost.map(conflict)
            .all(|current| current == Some(stored.revision))
    );
}

/// Counts with several handles, which may be of several processes.
pub(super) async fn no_change_of_those_who_race_is_lost<R: Records>(handles: [&R; 2]) {
    const KIND: RecordKind = RecordKind::new("count");
    const TIMES: u8 = 20;
    let [first, _] = handles;
    first.put(KIND, &id("a"), None, vec![0]).await.unwrap();

    let mut racing = JoinSet::new();
    for records in handles.map(Clone::clone) {
        racing.spawn(async move {
            for _ in 0..TIMES {
                while !count_up(&records, KIND).await {}
            }
        });
    }
    racing.join_all().await;

    let stored = first.get(KIND, &id("a")).await.unwrap().unwrap();
    assert_eq!(stored.document, [2 * TIMES]);
}

/// Returns false if someone else did meanwhile.
async fn count_up(records: &impl Records, kind: RecordKind) -> bool {
    let record = records.get(kind, &id("a")).await.unwrap().unwrap();
    let next = vec![record.document[0] + 1];
    match records
        .put(kind, &id("a"), Some(record.revision), next)
        .await
    {
        Ok(_) => true,
        Err(RecordError::Conflict { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn a_watch_begins_with_a_list_and_goes_on_with_changes(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("watched");
    const OTHER: RecordKind = RecordKind::new("watched-too");
    let gone = create(records, KIND, "gone").await;
    let first = create(records, KIND, "a").await;
    records.delete(KIND, &id("gone"), gone).await.unwrap();

    let (existing, mut watch) = records.watch(KIND).await.unwrap();

    assert_eq!(existing, records.list(KIND).await.unwrap());
    assert_eq!(existing.len(), 1);
    create(records, OTHER, "b").await;
    let created = create(records, KIND, "b").await;
    let record = Record {
        id: id("b"),
        revision: created,
        document: b"b".into(),
    };
    assert_eq!(watch.next().await.unwrap(), RecordChange::Stored(record));
    for name in ["a", "b"] {
        let expected = if name == "a" { first } else { created };
        let deleted = records.delete(KIND, &id(name), expected).await;
        let deletion = RecordChange::Deleted {
            id: id(name),
            revision: deleted.unwrap(),
        };
        assert_eq!(watch.next().await.unwrap(), deletion);
    }
    let created = create(records, KIND, "a").await;
    let change = watch.next().await.unwrap();
    assert!(matches!(change, RecordChange::Stored(record) if record.revision == created));
}

async fn a_slow_watch_gets_the_last_change_of_each_record(records: &impl Records) {
    const KIND: RecordKind = RecordKind::new("slow");
    let deleted = create(records, KIND, "deleted").await;
    let mut changed = create(records, KIND, "changed").await;
    let (_, mut watch) = records.watch(KIND).await.unwrap();
    records.delete(KIND, &id("deleted"), deleted).await.unwrap();
    for n in 0..50 {
        let put = records
            .put(KIND, &id("changed"), Some(changed), vec![n])
            .await;
        changed = put.unwrap();
    }
    create(records, KIND, "new").await;

    let mut last = std::collections::BTreeMap::new();
    let mut revisions = Vec::new();
    while !last.contains_key("new") {
        let (name, revision, document) = match watch.next().await.unwrap() {
            RecordChange::Stored(record) => (record.id, record.revision, Some(record.document)),
            RecordChange::Deleted { id, revision } => (id, revision, None),
        };
        last.insert(name.to_string(), document);
        revisions.push(revision);
    }

    assert!(revisions.is_sorted_by(|earlier, later| earlier < later));
    assert_eq!(last["deleted"], None);
    assert_eq!(last["changed"], Some(vec![49]));
}

async fn a_watch_that_begins_during_changes_misses_none<R: Records>(records: &R) {
    const KIND: RecordKind = RecordKind::new("during");
    let names: Vec<String> = (0..60).map(|n| n.to_string()).collect();
    create(records, KIND, &names[0]).await;
    let (writing, later) = (records.clone(), names.clone());
    let writer = tokio::spawn(async move {
        for name in &later[1..] {
            create(&writing, KIND, name).await;
        }
    });

    let (existing, mut watch) = records.watch(KIND).await.unwrap();
    let mut seen: Vec<_> = existing
        .iter()
        .map(|record| record.id.to_string())
        .collect();
    while seen.len() < names.len() {
        match watch.next().await.unwrap() {
            RecordChange::Stored(record) => seen.push(record.id.to_string()),
            deleted @ RecordChange::Deleted { .. } => panic!("{deleted:?}"),
        }
    }

    writer.await.unwrap();
    assert_eq!(seen, names);
}
