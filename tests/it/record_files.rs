//! Files of case records: whole after kills at any moment, and once a full disk has room again.

use std::{fs, path::Path, time::Duration};

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::time::sleep;
use wallboard_store::Store;

use crate::support::{
    Disk, Wallboard, past_records::store_past_records, ports, print_measured, tier, wait_until,
    wallboard::configuration_in,
};

const SOON: Duration = Duration::from_secs(40);
/// Until what a start logs is read from the log, mostly.
const READ_WITHIN: Duration = Duration::from_secs(2);
const RECORDS: u64 = 20_000;
/// Until a process is killed, after it answers, in milliseconds.
const PAUSE_MAX: u64 = 2_000;

/// Starts a wallboard that wrote no file yet, and stops it with records of yesterday, from noon on.
async fn stopped_with_records(folder: &Path, format: &str, count: u64) -> (Wallboard, String) {
    let port = ports::free();
    let configuration = format!(
        "{}[case_records]\nfiles = {{ folder = {:?}, format = {format:?} }}\n",
        configuration_in("UTC", port, port),
        folder.display().to_string()
    );
    let mut wallboard = Wallboard::start(&configuration, port, &[], Vec::new()).await;
    // Until the log was read: then it's known at the next start how far.
    let is_read = async |wallboard: &Wallboard| {
        let store = Store::open(&wallboard.file("wallboard.db")).unwrap();
        let position = store.case_record_position().await.unwrap();
        position.is_some_and(|position| position.last.is_some())
    };
    sleep(READ_WITHIN).await;
    wallboard.stop("-TERM");
    while !is_read(&wallboard).await {
        wallboard.start_again().await;
        sleep(READ_WITHIN).await;
        wallboard.stop("-TERM");
    }
    let yesterday = Zoned::now().with_time_zone(TimeZone::UTC).date() - 1.day();
    let noon: Timestamp = yesterday
        .at(12, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap()
        .timestamp();
    store_past_records(&wallboard, count, noon).await;
    (wallboard, format!("case-records-{yesterday}.{format}"))
}

/// Returns how many records a file has. Panics if one is missing or there twice.
fn count_lines(file: &Path) -> Option<usize> {
    let text = fs::read_to_string(file).ok()?;
    let cases = text.lines().map(|line| {
        let record: Value = serde_json::from_str(line).expect("a whole line");
        record["case"].as_str().unwrap().to_owned()
    });
    let cases: Vec<_> = cases.collect();
    for (n, case) in cases.iter().enumerate() {
        assert_eq!(*case, format!("chat/case-{n:07}"));
    }
    Some(cases.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_whole_whenever_its_writer_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut wallboard, name) = stopped_with_records(folder.path(), "jsonl", RECORDS).await;
    let file = folder.path().join(name);
    let kills = tier(4, 40).as_secs();
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let data = wallboard.copy_data();
    let (mut unfinished, mut begun) = (0, 0);
    for _ in 0..kills {
        wallboard.start_again().await;
        sleep(Duration::from_millis(random.random_range(0..PAUSE_MAX))).await;
        wallboard.stop("-KILL");
        let left = fs::read_dir(folder.path()).unwrap().count();
        if let Some(count) = count_lines(&file) {
            assert_eq!(count as u64, RECORDS);
        } else {
            unfinished += 1;
            begun += left;
        }
        // The next process has what is left in the folder, and knows of no file.
        wallboard.restore_data(&data);
        if random.random() {
            fs::remove_file(&file).ok();
        }
    }
    print_measured("kills before the file was whole", unfinished, kills);
    print_measured("kills in the middle of it", begun, kills);
    wallboard.start_again().await;
    let page = async || wallboard.text("/sources").await;
    wait_until("the file is noted", SOON, async || {
        let page = page().await;
        if page.contains(".jsonl, written") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    let count = wait_until("the file is written", SOON, async || {
        count_lines(&file).ok_or("there is none")
    })
    .await;
    assert_eq!(count as u64, RECORDS);
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "nothing else is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_and_the_file_follows_once_there_is_room() {
    let mount = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&mount.path().join("disk"), "1m") else {
        return;
    };
    let (mut wallboard, name) = stopped_with_records(&disk.0, "jsonl", 3_000).await;
    wallboard.start_again().await;
    wait_until("the page names the disk", SOON, async || {
        let page = wallboard.text("/sources").await;
        let is_named =
            page.contains("is full. Make room") && page.contains("3,000 records for the next one");
        if is_named { Ok(()) } else { Err(page) }
    })
    .await;
    assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 0, "no half a file");
    disk.resize("30m");
    let file = disk.0.join(name);
    let count = wait_until("the file is written", SOON, async || {
        count_lines(&file).ok_or("there is none")
    })
    .await;
    assert_eq!(count, 3_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_opens_in_a_spreadsheet_and_runs_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let (mut wallboard, name) = stopped_with_records(folder.path(), "csv", 2).await;
    wallboard.start_again().await;
    let file = folder.path().join(name);
    let text = wait_until("the file is written", SOON, async || {
        fs::read_to_string(&file)
    })
    .await;
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3, "{text}");
    let cells = |line: &str| line.matches(',').count();
    assert_eq!(cells(lines[0]), 24);
    let day = file
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_start_matches("case-records-");
    let expected = format!(
        "chat/case-0000000@{day}T11:59:59.000Z,chat/case-0000000,closed,{day}T11:51:40.000Z,{day}T11:52:00.000Z,{day}T11:59:59.000Z,\
         20,360,4.5,positive,\"'=Order changed, \"\"sent\"\" by email\",0,1,chat/queue-1,"
    );
    assert!(lines[1].starts_with(&expected), "{}\n{expected}", lines[1]);
    assert!(lines[1].contains("chat/agent-1"), "{}", lines[1]);
}
