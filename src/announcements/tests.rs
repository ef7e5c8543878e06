//! Announcements as records: kept over restarts, equal at all nodes, bounded.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_boards::BoardRegistry;
use wallboard_domain::AnnouncementKind;
use wallboard_live::{LiveHandle, LiveState};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_store::{RecordStore, Store};

use super::*;

const SOON: Duration = Duration::from_secs(10);

fn open(store: &Store) -> Announcements {
    let live = LiveHandle::new(ProcessClock::start_now(), LiveState::default());
    let boards = BoardRegistry::new(&live, Vec::new());
    let records = RecordStore::embedded(store.clone());
    Announcements::new(records, AuditTrail::new(store.clone()), boards)
}

fn choice(text: &str, now: Timestamp) -> AnnouncementChoice {
    AnnouncementChoice {
        text: text.into(),
        kind: AnnouncementKind::Info,
        boards: None,
        screens: Vec::new(),
        from: None,
        until: now + SignedDuration::from_hours(1),
    }
}

async fn wait_for_texts(announcements: &Announcements, texts: &[&str]) {
    let waiting = async {
        loop {
            let all = announcements.list();
            let found: Vec<_> = all.iter().map(|one| &*one.announcement.text).collect();
            if found == texts {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, waiting).await.unwrap();
}

#[tokio::test]
async fn another_server_follows_and_a_restart_keeps_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let [here, there] = [open(&store), open(&store)];
    let stop = CancellationToken::new();
    let following = tokio::spawn(there.clone().follow(stop.clone()));
    let (by, now) = (AuditActor::command_line(), Timestamp::now());

    here.announce(choice("Use paper.", now), &by, now)
        .await
        .unwrap();
    wait_for_texts(&there, &["Use paper."]).await;
    there.end(&there.list()[0].id, &by, now).await.unwrap();
    assert!(there.list()[0].is_over(now));
    stop.cancel();
    following.await.unwrap();

    let later = open(&store);
    tokio::spawn(later.clone().follow(CancellationToken::new()));
    wait_for_texts(&later, &["Use paper."]).await;
    assert_eq!(later.list()[0].ended_by.as_deref(), Some("command line"));
}

#[tokio::test]
async fn old_ones_are_deleted_when_there_are_many() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let announcements = open(&store);
    let by = AuditActor::command_line();
    let mut now = Timestamp::now();
    for number in 0..120 {
        now += SignedDuration::from_hours(2);
        let text = format!("Number {number}");
        (announcements.announce(choice(&text, now), &by, now).await).unwrap();
    }
    let all = announcements.list();
    assert!(all.len() <= 100, "{}", all.len());
    assert_eq!(all[0].announcement.text, "Number 119");

    let again = open(&store);
    tokio::spawn(again.clone().follow(CancellationToken::new()));
    let texts: Vec<_> = all.iter().map(|one| &*one.announcement.text).collect();
    wait_for_texts(&again, &texts).await;
}

#[tokio::test]
async fn one_that_begins_later_is_kept_until_then_and_can_be_ended_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let announcements = open(&store);
    let (by, now) = (AuditActor::command_line(), Timestamp::now());
    let hours = |hours| Some(now + SignedDuration::from_hours(hours));
    let announce = async |from, until: Option<Timestamp>| {
        let choice = AnnouncementChoice {
            from,
            until: until.unwrap(),
            ..choice("Use paper.", now)
        };
        announcements.announce(choice, &by, now).await
    };

    let later = announce(hours(2), hours(3)).await.unwrap();
    assert!(!later.announcement.is_shown("hall", now));
    assert!(later.announcement.is_shown("hall", hours(2).unwrap()));
    announcements.end(&later.id, &by, now).await.unwrap();
    let ended = announcements.find(&later.id).unwrap();
    assert!(ended.is_over(now));
    assert_eq!(ended.announcement.from, now);
    let before = announce(hours(-1), hours(1)).await.unwrap();
    assert_eq!(before.announcement.from, now);
    for (from, until, fault) in [
        (hours(3), hours(2), ChoiceFault::Backward),
        (hours(-3), hours(-2), ChoiceFault::Over),
        (hours(24), hours(24 * 8), ChoiceFault::TooLong),
    ] {
        let refused = announce(from, until).await.unwrap_err();
        assert!(matches!(refused, AnnouncementError::Choice(found) if found == fault));
    }
}

#[tokio::test]
async fn one_that_is_on_the_boards_is_no_failure_although_an_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let announcements = open(&Store::open(&file).unwrap());
    let connection = rusqlite::Connection::open(&file).unwrap();
    // A deletion is a row without a document.
    let refusal = "CREATE TRIGGER keep BEFORE INSERT ON record WHEN NEW.document IS NULL
         BEGIN SELECT RAISE(ABORT, 'kept'); END;";
    connection.execute_batch(refusal).unwrap();
    let by = AuditActor::command_line();
    let mut now = Timestamp::now();
    for number in 0..120 {
        now += SignedDuration::from_hours(2);
        let text = format!("Number {number}");
        (announcements.announce(choice(&text, now), &by, now).await).unwrap();
    }
    assert_eq!(announcements.list()[0].announcement.text, "Number 119");
    assert!(100 < announcements.list().len());
}
