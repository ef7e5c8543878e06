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
