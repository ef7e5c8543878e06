use std::ops::ControlFlow;

use jiff::ToSpan;

use wallboard_domain::{CaseEnd, FinishedConversation};

use super::*;
use crate::{AuditEntry, CaseRecordBatch, DataKind, FactForgetter, ForgottenPerson, create_backup};

fn chat(external: &str) -> Id {
    Id::new(&SourceId::from("chat"), external)
}

fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    start + minute.minutes()
}

fn ended(case: &str, minute: i64) -> CaseRecordEntry {
    CaseRecordEntry::Case(Box::new(FinishedCase {
        id: chat(case),
        end: CaseEnd::Closed,
        ended_at: Some(at(minute)),
        noticed_at: at(minute),
        created_at: None,
        queue_legs: Vec::new(),
        conversations: vec![FinishedConversation {
            agent: Some(chat("anna")),
            queue: Some(chat("sales")),
            opened_at: at(minute - 1),
            ended_at: Some(at(minute)),
        }],
        transfers: Vec::new(),
        outcome: None,
        closure: Some("Anna Karlsson called back".into()),
        reopened: 0,
        opportunity: None,
        solution: None,
        case_type: None,
        first_response_ms: None,
    }))
}

fn position(next: u64) -> CaseRecordPosition {
    CaseRecordPosition {
        next: LogOffset(next),
        last: Some(Moment {
            wall: at(0),
            monotonic: MonotonicTime(5),
        }),
    }
}

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("wallboard.db")).unwrap()
}

/// Returns the minutes of the records after a cursor, and the page.
async fn minutes_after(
    store: &Store,
    after: Option<CaseRecordCursor>,
    limit: usize,
) -> (Vec<i64>, CaseRecordPage) {
    let page = store.case_records_after(after, limit).await.unwrap();
    let page = page.unwrap();
    let rows = page.rows.iter();
    let minutes = rows.map(|(_, entry)| entry.noticed_at().duration_since(at(0)).as_mins());
    (minutes.collect(), page)
}

#[tokio::test]
async fn pages_follow_each_other_and_no_end_is_stored_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    assert_eq!(store.case_record_position().await.unwrap(), None);
    let batch = vec![ended("a", 1), ended("b", 2), ended("a", 1)];
    store.append_case_records(batch, position(7)).await.unwrap();
    let gap = CaseRecordEntry::Gap(CaseRecordGap {
        source: None,
        from: at(2),
        to: at(3),
    });
    let batch = vec![ended("b", 2), gap, ended("a", 4)];
    store.append_case_records(batch, position(9)).await.unwrap();
    assert_eq!(
        store.case_record_position().await.unwrap(),
        Some(position(9))
    );

    let (minutes, page) = minutes_after(&store, None, 2).await;
    assert_eq!(minutes, [1, 2]);
    let after = page.rows.last().map(|(cursor, _)| *cursor);
    let (minutes, page) = minutes_after(&store, after, 10).await;
    assert_eq!((minutes, page.is_expired), (vec![3, 4], false));
    let after = page.rows.last().map(|(cursor, _)| *cursor);
    assert_eq!(minutes_after(&store, after, 10).await.0, [0; 0]);
}

#[tokio::test]
async fn records_that_are_too_old_are_deleted_and_missed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let batch = (1..=6).map(|minute| ended("a", minute)).collect();
    store.append_case_records(batch, position(7)).await.unwrap();
    let (_, page) = minutes_after(&store, None, 6).await;
    let cursors: Vec<_> = page.rows.iter().map(|(cursor, _)| *cursor).collect();

    let count = async |after| store.count_case_records_after(after).await.unwrap();
    assert_eq!((count(None).await, count(Some(cursors[1])).await), (6, 4));

    store.prune_case_records(at(4)).await.unwrap();

    assert_eq!((count(None).await, count(Some(cursors[1])).await), (3, 3));
    assert_eq!(
        (count(Some(cursors[3])).await, count(Some(cursors[5])).await),
        (2, 0)
    );
    let (minutes, page) = minutes_after(&store, Some(cursors[1]), 9).await;
    assert_eq!((minutes, page.is_expired), (vec![4, 5, 6], true));
    let (minutes, page) = minutes_after(&store, Some(cursors[2]), 9).await;
    assert_eq!((minutes, page.is_expired), (vec![4, 5, 6], false));
    assert!(
        !minutes_after(&store, None, 9).await.1.is_expired,
        "a begin"
    );

    store.delete_case_records().await.unwrap();
    assert_eq!(store.case_record_position().await.unwrap(), None);
    assert!(
        minutes_after(&store, Some(cursors[4]), 9)
            .await
            .1
            .is_expired
    );
    assert!(
        !minutes_after(&store, Some(cursors[5]), 9)
            .await
            .1
            .is_expired
    );
    let batch = vec![ended("a", 9)];
    store.append_case_records(batch, position(9)).await.unwrap();
    let (minutes, page) = minutes_after(&store, Some(cursors[5]), 9).await;
    assert_eq!((minutes, page.is_expired), (vec![9], false));
}

#[tokio::test]
async fn a_cursor_of_another_database_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let batch = vec![ended("a", 1), ended("b", 2)];
    store.append_case_records(batch, position(7)).await.unwrap();
    for (seq, minute, is_known) in [(2, 2, true), (2, 1, false), (3, 3, false), (9, 9, false)] {
        let cursor = CaseRecordCursor {
            seq,
            noticed: at(minute).as_millisecond(),
        };
        let page = store.case_records_after(Some(cursor), 9).await.unwrap();
        assert_eq!(page.is_some(), is_known, "{cursor:?}");
    }
}

#[tokio::test]
async fn a_backup_has_the_records_with_their_position() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let batch = vec![ended("a", 1)];
    store.append_case_records(batch, position(7)).await.unwrap();
    let copy = folder.path().join("copy.db");
    create_backup(store.path(), &copy, |_, _| ControlFlow::Continue(())).unwrap();

    let copied = Store::open(&copy).unwrap();
    assert_eq!(minutes_after(&copied, None, 9).await.0, [1]);
    assert_eq!(
        copied.case_record_position().await.unwrap(),
        Some(position(7))
    );
}

fn nobody() -> FactForgetter {
    FactForgetter {
        tables: Vec::new(),
        rows: Box::new(|_, _| None),
    }
}

#[tokio::test]
async fn somebody_who_is_forgotten_is_in_no_record_then_or_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let batch = vec![ended("a", 1)];
    store.append_case_records(batch, position(7)).await.unwrap();
    let person = ForgottenPerson {
        agents: vec![ForgottenAgent {
            id: chat("anna"),
            pseudonym: -255,
        }],
        texts: vec!["Anna Karlsson".to_owned()],
        ..ForgottenPerson::default()
    };
    let times = store.read(|connection| load_times_of(connection, &chat("anna")));
    assert_eq!(times.await.unwrap(), [at(1).as_second()]);

    let entry = AuditEntry::of_forgetting(at(5));
    store.forget_person(person, nobody(), entry).await.unwrap();
    let batch = vec![ended("b", 2)];
    store.append_case_records(batch, position(8)).await.unwrap();

    let (_, page) = minutes_after(&store, None, 9).await;
    let text = format!("{:?}", page.rows);
    assert!(!text.contains("\"anna\""), "{text}");
    assert_eq!(text.matches("forgotten-ff").count(), 2, "{text}");
    let CaseRecordEntry::Case(first) = &page.rows[0].1 else {
        panic!("{text}");
    };
    assert_eq!(first.closure, None, "it had the name");
    assert_eq!(DataKind::CaseRecords.outcome(), "kept without the person");
}

#[tokio::test]
async fn records_of_a_cluster_have_its_numbers_and_what_was_missed_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let batch = |first: i64, minutes: std::ops::Range<i64>| CaseRecordBatch {
        first,
        entries: minutes.map(|minute| ended("a", minute)).collect(),
        position: position(7),
    };
    let next = async || store.next_case_record().await.unwrap();
    assert_eq!(next().await, 1);
    // A node that joins later.
    store.copy_case_records(batch(500, 0..0)).await.unwrap();
    assert_eq!(next().await, 500);
    store.copy_case_records(batch(500, 1..3)).await.unwrap();
    assert_eq!(
        (next().await, minutes_after(&store, None, 9).await.0),
        (502, vec![1, 2])
    );

    // It was away for too long.
    store.copy_case_records(batch(510, 8..10)).await.unwrap();
    let (minutes, page) = minutes_after(&store, None, 9).await;
    assert_eq!(minutes, [1, 2, 8, 8, 9]);
    let CaseRecordEntry::Gap(gap) = &page.rows[2].1 else {
        panic!("{page:?}");
    };
    assert_eq!((gap.from, gap.to), (at(2), at(8)));
    let cursor = page.rows.last().unwrap().0;
    assert_eq!(cursor.seq, 511);

    // The stream has other records now.
    store.copy_case_records(batch(511, 20..21)).await.unwrap();
    assert_eq!(minutes_after(&store, None, 9).await.0, [1, 2, 8, 8, 20]);
    let shared = async |cursor| {
        let page = store.shared_case_records_after(Some(cursor), 9).await;
        page.unwrap().map(|page| (page.rows.len(), page.is_expired))
    };
    assert_eq!(shared(cursor).await, None, "it is gone");
    let ahead = CaseRecordCursor { seq: 512, ..cursor };
    assert_eq!(shared(ahead).await, Some((0, false)), "another node has it");
    let first = CaseRecordCursor { seq: 3, noticed: 1 };
    assert_eq!(shared(first).await, Some((5, true)));

    let known = vec![ended("a", 1), ended("a", 30), ended("a", 30)];
    let others = store.without_stored_cases(known).await.unwrap();
    assert_eq!(others, [ended("a", 30)]);
}
