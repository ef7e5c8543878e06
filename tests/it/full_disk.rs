//! A disk that is full while queues become critical and cases end: once there is room, each alert is sent once, and
//! each case is recorded.

use std::{collections::BTreeSet, fs, time::Duration};

use lapin::ExchangeKind;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use crate::{
    alert_messages::Receiver,
    case_records::{Reader, published_closes},
    support::{
        Broker, Disk, Disorder, Vep, VngageSource, Wallboard, print_measured, wait_until,
        wait_until_fully_correct,
    },
};

const SOON: Duration = Duration::from_secs(20);
/// Until every case is accounted for, and read from the log.
const ACCOUNTED: Duration = Duration::from_mins(1);
/// How long a queue must be critical: until the disk is full.
const DWELL: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_sent_twice_on_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("disk"), "16m") else {
        return;
    };
    let receiver = Receiver::start();
    let broker = Broker::shared();
    let vep = Vep::open(broker, "full-everything", ExchangeKind::Topic, 65).await;
    let source = VngageSource {
        extra_toml: format!(
            "{}[case_records]\nkeep = \"30d\"\n[thresholds.\"*\"]\nwaiting = {{ crit = 0 }}\n\
             [alerts.waiting]\nqueues = [\"*\"]\nfor = \"{}s\"\nnotify = [\"hook\"]\n",
            receiver.channel(),
            DWELL.as_secs()
        ),
        ..VngageSource::plain(broker, "full-everything")
    };
    let wallboard = Wallboard::serve_on(&disk, source).await;
    wallboard.wait_for_state("live", SOON).await;
    let critical = Instant::now();
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;

    let filler = disk.0.join("filler");
    // As much as the whole disk has: fails when it's full.
    fs::write(&filler, vec![0; 16 << 20]).unwrap_err();
    assert!(
        critical.elapsed() < DWELL,
        "the alerts begin on a full disk"
    );
    vep.run(80, SOON / 2, Disorder::NONE).await;
    sleep_until(critical + DWELL + SOON / 4).await;
    let sent_meanwhile = receiver.ids("is critical");
    fs::remove_file(&filler).unwrap();

    let queues = wallboard.get("/api/v1/queues").await.unwrap();
    let queues = queues["queues"].as_array().unwrap().len();
    let sent = wait_until("each alert is sent", SOON, async || {
        let sent = receiver.ids("is critical");
        if sent.len() == queues {
            Ok(sent)
        } else {
            Err(sent)
        }
    })
    .await;
    for (thread, ids) in &sent {
        assert_eq!(ids.len(), 1, "{thread}: {ids:?}");
    }
    print_measured("alerts sent on a full disk", sent_meanwhile.len(), "any");
    print_measured("alerts sent", sent.len(), queues);

    let (published, last) = published_closes(&vep).await;
    let reader = Mutex::new(Reader::default());
    wait_until("every closed case is recorded", ACCOUNTED, async || {
        let mut reader = reader.lock().await;
        reader.read(&wallboard).await?;
        let recorded = BTreeSet::from_iter(reader.closes());
        let missing = last
            .values()
            .filter(|close| !recorded.contains(close))
            .count();
        if missing == 0 || !reader.gaps.is_empty() {
            Ok(())
        } else {
            Err(format!("{missing} missing"))
        }
    })
    .await;
    let reader = reader.into_inner();
    let closes = reader.closes();
    let once = BTreeSet::from_iter(closes.clone());
    assert_eq!(once.len(), closes.len(), "no end is recorded twice");
    assert!(once.is_subset(&published), "no end is invented");
    print_measured("ends recorded", once.len(), last.len());
    print_measured("gaps stated", reader.gaps.len(), "any");
}
