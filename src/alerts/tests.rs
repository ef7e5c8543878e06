//! Tests of the handle: two that act at once, and what is too large for a record.

use jiff::Timestamp;

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_alerts::{
    AlertAction, AlertFigure, AlertFinding, AlertId, AlertLevel, AlertRule, AlertScope,
    AlertSubject, Dwell, OPEN_MAX, Reading,
};
use wallboard_boards::BoardRegistry;
use wallboard_domain::{Moment, Pattern, QueueId, SourceId};
use wallboard_live::{LiveHandle, LiveState, testing::morning_moment};
use wallboard_notify::{Message, MessageId, MessageSeverity};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_store::{RecordError, RecordStore, Records, Store};

use super::{
    AlertError, Alerts,
    alert_document::{ALERTS, AlertDocument, record_id},
};

fn opened(count: usize) -> AlertDocument {
    let queue =
        |n| AlertSubject::Queue(QueueId::new(&SourceId::from("chat"), &format!("queue-{n}")));
    opened_of((0..count).map(queue), &[])
}

/// Keeps an open alert of each subject, and nothing else.
pub(crate) async fn open_alerts(
    alerts: &Alerts,
    subjects: Vec<AlertSubject>,
    figures: &[AlertFigure],
) {
    let document = opened_of(subjects.into_iter(), figures);
    alerts.store(&alerts.kept(), document).await.unwrap();
}

/// Gives up messages beside what is kept, each with its ID and its thread.
pub(crate) async fn give_up(alerts: &Alerts, messages: &[(&str, &str)]) {
    let kept = alerts.kept();
    let mut document = AlertDocument::clone(&kept.document);
    let now = morning_moment().wall;
    for (id, thread) in messages {
        let message = Message {
            headline: "Phones".to_owned(),
            lines: Vec::new(),
            severity: MessageSeverity::Critical,
            link: None,
            thread: (*thread).to_owned(),
            time: now,
        };
        let outbox = &mut document.outbox;
        outbox.add(MessageId((*id).to_owned()), "Chat", message, now);
        // There is no such channel.
        outbox.due(now, &[], |_| unreachable!("nothing is gathered"));
    }
    alerts.store(&kept, document).await.unwrap();
}

/// Of every queue, at once, telling nobody.
pub(crate) fn queue_rule(name: &str) -> AlertRule {
    AlertRule {
        name: name.to_owned(),
        is_enabled: true,
        scope: AlertScope::Queues {
            patterns: vec![Pattern("*".to_owned())],
            level: AlertLevel::Critical,
            metric: None,
        },
        dwell: jiff::SignedDuration::ZERO,
        tell: Vec::new(),
        again_after: None,
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    }
}

fn opened_of(
    subjects: impl Iterator<Item = AlertSubject>,
    figures: &[AlertFigure],
) -> AlertDocument {
    opened_by(&queue_rule("Queue in need"), subjects, figures)
}

fn opened_by(
    rule: &AlertRule,
    subjects: impl Iterator<Item = AlertSubject>,
    figures: &[AlertFigure],
) -> AlertDocument {
    let finding = |subject| AlertFinding {
        rule: rule.name.clone(),
        subject,
        reading: Reading::Burning {
            level: AlertLevel::Critical,
            figures: figures.to_vec(),
            status: None,
            custom: None,
            since: None,
            is_partial: false,
        },
        is_silenced: false,
    };
    let findings: Vec<_> = subjects.map(finding).collect();
    let now = Moment {
        wall: Timestamp::now(),
        ..morning_moment()
    };
    let mut document = AlertDocument::default();
    document.book.advance(
        std::slice::from_ref(rule),
        &findings,
        &mut Dwell::default(),
        now,
        || AlertId(uuid::Uuid::new_v4()),
    );
    document
}

fn two_nodes() -> (tempfile::TempDir, Alerts, Alerts) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
    let boards = BoardRegistry::new(&live, Vec::new());
    let node = || {
        Alerts::new(
            RecordStore::embedded(store.clone()),
            AuditTrail::new(store.clone()),
            boards.clone(),
        )
    };
    (folder, node(), node())
}

#[tokio::test]
async fn what_two_do_at_once_is_kept_of_both() {
    let (_folder, one, other) = two_nodes();
    one.store(&one.kept(), opened(1)).await.unwrap();
    other.reload().await.unwrap();
    let id = one.read(|book| book.open()[0].id);
    let now = morning_moment().wall;

    let act = |alerts: Alerts, action, name: &str| {
        let actor = AuditActor::refused_person(name);
        async move { alerts.act(id, &action, &actor, "chat/queue-0", now).await }
    };
    let note = AlertAction::Note("Two back from break".to_owned());
    let (took, noted) = tokio::join!(
        act(one.clone(), AlertAction::Take, "Anna"),
        act(other.clone(), note, "Bo")
    );

    took.unwrap();
    noted.unwrap();
    one.reload().await.unwrap();
    one.read(|book| {
        let alert = &book.open()[0];
        assert_eq!(alert.owner.as_ref().unwrap().name, "Anna");
        assert_eq!(alert.notes[0].by, "Bo");
    });
}

#[tokio::test]
async fn a_record_that_is_lost_is_written_again() {
    let (_folder, alerts, other) = two_nodes();
    alerts.store(&alerts.kept(), opened(2)).await.unwrap();
    let revision = alerts.kept().revision.unwrap();
    alerts
        .records()
        .delete(ALERTS, &record_id(), revision)
        .await
        .unwrap();

    let conflict = alerts.store(&alerts.kept(), opened(3)).await;
    assert!(matches!(
        conflict,
        Err(AlertError::Records(RecordError::Conflict { .. }))
    ));
    alerts.reload().await.unwrap();
    assert_eq!(alerts.read(|book| book.open().len()), 2);
    alerts.store(&alerts.kept(), opened(3)).await.unwrap();
    other.reload().await.unwrap();
    assert_eq!(other.read(|book| book.open().len()), 3);
}

#[tokio::test]
async fn an_undelivered_message_is_kept_as_long_as_its_alert() {
    let (_folder, alerts, _) = two_nodes();
    alerts.store(&alerts.kept(), opened(1)).await.unwrap();
    let known = alerts.read(|book| book.open()[0].id.0.to_string());
    let gone = uuid::Uuid::new_v4().to_string();
    let messages = [("known", &*known), ("gone", &gone), ("digest", "digest")];
    give_up(&alerts, &messages).await;

    let mut document = AlertDocument::clone(&alerts.kept().document);
    let now = morning_moment();
    assert!(document.drop_obsolete(now.wall));
    let kept: Vec<_> = (document.outbox.dead_letters())
        .map(|one| &*one.id.0)
        .collect();
    assert_eq!(kept, ["known", "digest"]);
    let hours = |hours: i64| now.plus_millis(hours * 3_600_000).wall;
    assert!(!document.drop_obsolete(hours(23)));
    // A digest may name an agent.
    assert!(document.drop_obsolete(hours(24)));
    let mut kept = document.outbox.dead_letters();
    assert!(kept.all(|one| one.id.0 == "known"));
}

#[test]
fn a_full_book_fits_into_a_record() {
    let queues = (0..OPEN_MAX - 100)
        .map(|n| AlertSubject::Queue(QueueId::new(&"chat".into(), &n.to_string())));
    let screens = (0..100).map(|n| AlertSubject::Screen(format!("Hall {n}")));
    let mut document = opened_of(queues.chain(screens), &[]);
    let now = morning_moment().wall;
    let ids: Vec<_> = document.book.open().iter().map(|alert| alert.id).collect();
    for id in ids {
        for _ in 0..20 {
            let note = AlertAction::Note("x".repeat(500));
            document.book.act(id, &note, "Anna", now).unwrap();
        }
    }

    let bytes = document.encode().unwrap();

    assert!(bytes.len() <= 1_000_000, "{}", bytes.len());
    let read = AlertDocument::decode(&bytes).unwrap();
    assert_eq!(read.book.open().len(), OPEN_MAX);
}
