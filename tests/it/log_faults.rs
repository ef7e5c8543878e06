//! A log on a full or slow disk, a damaged one, and one of a newer version: screens and sources
//! continue, the product reports it, and recovers by itself.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use rusqlite::Connection;
use tokio::task::block_in_place;

use crate::{
    support::{
        Broker, Crowd, Disk, Disorder, SlowDisk, Vep, VngageSource, Wallboard, openmetrics::Scrape,
        print_measured, tier, wait_until, wait_until_correct, wait_until_fully_correct,
    },
    vngage_breaks::{assert_fresh_values_true, check_no_contradiction},
};

const SOON: Duration = Duration::from_secs(20);
/// Until a log that can't be written is reported.
const REPORTED_WITHIN: Duration = Duration::from_secs(10);
/// Until a change is on every screen, however slow the disk is. On a machine that does nothing else
/// it takes less than a second.
const SHOWN_WITHIN: Duration = Duration::from_secs(3);
const SETTLED: Duration = Duration::from_secs(10);
/// Until it's certain that no case was missed; see `vngage_figures`.
const ACCOUNTED: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_delays_no_screen_and_the_log_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("disk"), "16m") else {
        return;
    };
    let broker = Broker::shared();
    let vep = Vep::open(broker, "full-disk", ExchangeKind::Topic, 61).await;
    let source = VngageSource::plain(broker, "full-disk");
    let mut wallboard = Wallboard::serve_on(&disk, source).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(2), Disorder::NONE).await;
    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    wait_for_log(&wallboard, true, SOON).await;

    let filler = disk.0.join("filler");
    // As much as the whole disk has: fails when it's full.
    fs::write(&filler, vec![0; 16 << 20]).unwrap_err();
    let is_reported = wait_for_log(&wallboard, false, REPORTED_WITHIN);
    tokio::join!(is_reported, vep.run(80, SOON / 2, Disorder::HIGH));
    assert_fresh_values_true(&wallboard, &vep).await;
    wait_until_correct(&wallboard, &vep, SETTLED).await;
    fs::remove_file(&filler).unwrap();
    wait_for_log(&wallboard, true, REPORTED_WITHIN).await;
    vep.run(80, Duration::from_secs(1), Disorder::HIGH).await;
    wallboard.restart("-KILL").await;

    wait_until_fully_correct(&wallboard, &vep, ACCOUNTED).await;
    let source = wallboard.source().await.unwrap();
    assert_eq!(source["generation"], 1, "nothing was missed: {source}");
    let database = disk.database().display().to_string();
    assert_sound(&database);
    assert_sound(&database.replace("wallboard.db", "wallboard-log.db"));
}

/// Asserts that a database isn't damaged.
fn assert_sound(database: &str) {
    let connection = Connection::open(database).unwrap();
    let check = connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.unwrap(), "ok", "{database}");
}

async fn wait_for_log(wallboard: &Wallboard, is_up: bool, within: Duration) {
    let begun = tokio::time::Instant::now();
    let what = format!("the log is up: {is_up}");
    wait_until(&what, within, async || {
        let metrics = Scrape::read(&wallboard.text("/metrics").await);
        let up = metrics.count("wallboard_log_up");
        if up == u64::from(is_up) {
            Ok(())
        } else {
            Err(up)
        }
    })
    .await;
    print_measured(&what, begun.elapsed(), within);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_disk_delays_no_screen() {
    // Far longer than a frame takes beside other tests.
    const DELAY: Duration = Duration::from_secs(4);
    // Until the disk has them, Vngage's broker sends no more messages than `prefetch`.
    const RATE: u32 = 15;
    let broker = Broker::shared();
    let vep = Vep::open(broker, "slow-disk", ExchangeKind::Topic, 64).await;
    let wallboard = Wallboard::serve(VngageSource::plain(broker, "slow-disk")).await;
    wallboard.wait_for_state("live", SOON).await;
    let crowd = Crowd::connect(&wallboard.url("/boards/queues/live"), 50, SOON).await;
    let Some(_slow) = block_in_place(|| SlowDisk::attach(wallboard.id(), DELAY)) else {
        return;
    };
    vep.run(RATE, DELAY * 2, Disorder::NONE).await;
    crowd.take_seen();

    vep.run(RATE, tier(10, 120), Disorder::NONE).await;

    let mut seen = crowd.take_seen();
    let metrics = Scrape::read(&wallboard.text("/metrics").await);
    let committed = metrics.value("wallboard_log_commit_delay_seconds");
    print_measured("seconds until an entry is on the disk", committed, "any");
    print_measured("delay p99 of 50 viewers", seen.delay(99), SHOWN_WITHIN);
    assert!(
        DELAY.as_secs_f64() <= committed,
        "the disk isn't slow: {committed}"
    );
    assert!(seen.delay(99) <= SHOWN_WITHIN, "{:?}", seen.delay(99));
    wait_until_correct(&wallboard, &vep, SETTLED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_log_is_set_aside() {
    check_unusable_log("damaged", 62, |path| {
        fs::write(path, "This was a database.".repeat(500)).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn log_of_a_newer_version_is_left_alone() {
    check_unusable_log("newer", 63, |path| {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
    })
    .await;
}

/// Asserts that the product starts and becomes correct with a log that it can't use.
async fn check_unusable_log(name: &str, seed: u64, spoil: impl Fn(&std::path::Path)) {
    let broker = Broker::shared();
    let exchange = format!("log-{name}");
    let vep = Vep::open(broker, &exchange, ExchangeKind::Topic, seed).await;
    let mut wallboard = Wallboard::serve(VngageSource::plain(broker, &exchange)).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    wallboard.stop("-TERM");
    for suffix in ["-wal", "-shm"] {
        // Absent after an orderly stop.
        fs::remove_file(wallboard.file(&format!("wallboard-log.db{suffix}"))).ok();
    }
    spoil(&wallboard.file("wallboard-log.db"));

    wallboard.start_again().await;

    wallboard.wait_for_state("live", SOON).await;
    let metrics = Scrape::read(&wallboard.text("/metrics").await);
    let is_set_aside = fs::read_dir(wallboard.file(".")).unwrap().any(|file| {
        let name = file.unwrap().file_name();
        name.to_string_lossy()
            .starts_with("wallboard-log.db.damaged-")
    });
    assert_eq!(is_set_aside, name == "damaged");
    assert_eq!(metrics.count("wallboard_log_up"), u64::from(is_set_aside));
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    // Everything before is forgotten, but nothing is wrong.
    wait_until("nothing is wrong", SETTLED, async || {
        check_no_contradiction(&wallboard, &vep).await
    })
    .await;
}
