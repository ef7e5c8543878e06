//! A log is believed only if the broker's queue continues where the log ends: not after another server
//! consumed it, not an older copy, and not one that lost its end. Each is a discontinuity with a gap.

use std::{fs, path::Path, time::Duration};

use lapin::{ExchangeKind, options::QueueDeleteOptions};
use serde_json::Value;

use crate::{
    support::{
        Broker, Disorder, Vep, VngageSource, Wallboard, check_queues, print_measured, wait_until,
        wait_until_fully_correct,
    },
    vngage_breaks::{assert_never_wrong, generation, start_live},
};

const SOON: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(10);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);
const RATE: u32 = 50;
const RUN: Duration = Duration::from_secs(3);
/// The files of the database and of its log.
const FILES: [&str; 7] = [
    "wallboard.db",
    "wallboard.db-wal",
    "wallboard.db-shm",
    "wallboard-log.db",
    "wallboard-log.db-wal",
    "wallboard-log.db-shm",
    "wallboard-log.db.complete",
];

async fn open_live(name: &str, seed: u64) -> (Vep, Wallboard) {
    open_with(VngageSource::plain(Broker::shared(), name), seed).await
}

async fn open_with(source: VngageSource, seed: u64) -> (Vep, Wallboard) {
    let vep = Vep::open(
        Broker::shared(),
        &source.exchange,
        ExchangeKind::Topic,
        seed,
    )
    .await;
    let wallboard = start_live(&vep, source).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    (vep, wallboard)
}

/// Starts a stopped wallboard whose log doesn't fit. Asserts that it reports it, that nothing wrong is
/// up to date meanwhile, and that it recovers.
async fn assert_not_believed(mut wallboard: Wallboard, vep: &Vep, sentence: &str) {
    wallboard.start_again().await;
    let recovering = async {
        wallboard.wait_for_state("live", SOON).await;
        vep.run(RATE, RUN, Disorder::NONE).await;
        wait_until("all queues are right", SETTLED, async || {
            check_queues(&wallboard, vep).await
        })
        .await;
    };
    assert_never_wrong(&wallboard, vep, recovering).await;

    let gaps = gaps(&wallboard).await;
    print_measured("gaps", gaps.len(), 1);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(wallboard.log().contains(sentence), "no line in the log");
}

/// Returns the gaps of the site's day.
async fn gaps(wallboard: &Wallboard) -> Vec<Value> {
    let site = wallboard.get("/api/v1/site").await.unwrap();
    let gaps = &site["metrics"]["offered"]["gaps"];
    gaps.as_array().cloned().unwrap_or_default()
}

fn copy_files(from: impl Fn(&str) -> std::path::PathBuf, to: impl Fn(&str) -> std::path::PathBuf) {
    for name in FILES {
        fs::remove_file(to(name)).ok();
        if from(name).exists() {
            fs::copy(from(name), to(name)).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_that_a_standby_consumed_is_a_gap() {
    for (name, signal) in [("standby killed", "-KILL"), ("standby stopped", "-TERM")] {
        let (vep, mut wallboard) = open_live(name, 71).await;
        wallboard.stop("-KILL");
        let mut standby = Wallboard::serve(VngageSource::plain(Broker::shared(), name)).await;
        standby.wait_for_state("live", SOON).await;
        vep.run(RATE, RUN, Disorder::NONE).await;
        standby.stop(signal);

        assert_not_believed(wallboard, &vep, "went on without this server").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_that_ends_while_its_bindings_are_removed_is_a_gap() {
    let (vep, mut wallboard) = open_live("standby unbound", 72).await;
    wallboard.stop("-KILL");
    let marker = "wallboard standby unbound.mark";
    let connection = Broker::shared().connect().await;
    let channel = connection.create_channel().await.unwrap();
    let options = QueueDeleteOptions::default();
    channel.queue_delete(marker.into(), options).await.unwrap();
    let mut standby =
        Wallboard::serve(VngageSource::plain(Broker::shared(), "standby unbound")).await;
    // It has no log to continue from, so it removes bindings next.
    wait_until(
        "its marker is on the broker",
        SOON,
        async || match Broker::shared().queue_depth(marker).await {
            Ok(1) => Ok(()),
            depth => Err(format!("{depth:?}: {}", standby.log())),
        },
    )
    .await;
    vep.run(RATE, Duration::from_secs(1), Disorder::NONE).await;
    standby.stop("-KILL");
    vep.run(RATE, RUN, Disorder::NONE).await;

    assert_not_believed(wallboard, &vep, "went on without this server").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_copy_of_the_data_folder_is_a_gap() {
    // The backlog is longer than what may be unacknowledged.
    let source = VngageSource {
        extra_toml: "prefetch = 20".to_owned(),
        ..VngageSource::plain(Broker::shared(), "old-copy")
    };
    let (vep, mut wallboard) = open_with(source, 73).await;
    let folder = tempfile::tempdir().unwrap();
    let copy = |name: &str| folder.path().join(name);
    wallboard.signal("-STOP");
    copy_files(|name| wallboard.file(name), copy);
    wallboard.signal("-CONT");
    vep.run(RATE, RUN, Disorder::NONE).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    wallboard.stop("-KILL");
    copy_files(copy, |name| wallboard.file(name));
    vep.run(RATE, RUN, Disorder::NONE).await;

    assert_not_believed(wallboard, &vep, "went on without this server").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_that_lost_its_end_is_a_gap() {
    let (vep, mut wallboard) = open_live("lost-end", 74).await;
    vep.run(RATE, RUN, Disorder::NONE).await;
    wallboard.stop("-KILL");
    let wal = wallboard.file("wallboard-log.db-wal");
    let mut bytes = fs::read(&wal).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 40] {
        *byte ^= 0xff;
    }
    fs::write(&wal, bytes).unwrap();

    assert_not_believed(wallboard, &vep, "The log's newest entries are gone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_that_is_gone_is_a_gap() {
    let (vep, mut wallboard) = open_live("gone-log", 75).await;
    wallboard.stop("-TERM");
    for name in FILES.iter().filter(|name| name.contains("-log")) {
        fs::remove_file(wallboard.file(name)).ok();
    }

    assert_not_believed(wallboard, &vep, "no log of what happened").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_folder_that_is_gone_is_a_gap() {
    let (vep, mut wallboard) = open_live("gone-folder", 78).await;
    wallboard.stop("-TERM");
    for name in FILES {
        fs::remove_file(wallboard.file(name)).ok();
    }

    assert_not_believed(wallboard, &vep, "no log here leads up to it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_that_is_set_aside_is_a_gap() {
    let (vep, mut wallboard) = open_live("spoiled-log", 76).await;
    wallboard.stop("-KILL");
    for name in ["wallboard-log.db-wal", "wallboard-log.db-shm"] {
        fs::remove_file(wallboard.file(name)).ok();
    }
    spoil(&wallboard.file("wallboard-log.db"));

    assert_not_believed(wallboard, &vep, "no log of what happened").await;
}

fn spoil(file: &Path) {
    fs::write(file, "This was a database.".repeat(500)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn own_folder_that_is_copied_and_brought_back_is_no_gap() {
    let (vep, mut wallboard) = open_live("moved-folder", 77).await;
    vep.run(RATE, RUN, Disorder::NONE).await;
    wallboard.stop("-KILL");
    let folder = tempfile::tempdir().unwrap();
    let copy = |name: &str| folder.path().join(name);
    copy_files(|name| wallboard.file(name), copy);
    copy_files(copy, |name| wallboard.file(name));
    vep.run(RATE, RUN, Disorder::NONE).await;
    wallboard.start_again().await;

    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    assert_eq!(generation(&wallboard).await, 1);
    assert_eq!(gaps(&wallboard).await, Vec::<Value>::new());
}
