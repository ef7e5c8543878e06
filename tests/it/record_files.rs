//! Files of case records: whole after kills at any moment, once a full disk has room again, and in object stores.

use std::{fs, path::Path, time::Duration};

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::time::sleep;
use wallboard_history::fetch::{FileStore, SpoolOptions};
use wallboard_store::Store;

use crate::history_stores::{azure, azure_settings, s3, s3_settings};
use crate::support::{
    Azure, Disk, S3, Wallboard, check, past_records::store_past_records, ports, print_measured,
    s3::REGION, tier, wait_until, wallboard::configuration_in,
};

const SOON: Duration = Duration::from_secs(40);
/// Until what a start logs is read from the log, mostly.
const READ_WITHIN: Duration = Duration::from_secs(2);
const RECORDS: u64 = 20_000;
/// Until a process is killed, after it answers, in milliseconds.
const PAUSE_MAX: u64 = 2_000;

/// Starts a wallboard that wrote no file yet, and stops it with records of yesterday, from noon on.
async fn stopped_with_records(folder: &Path, format: &str, count: u64) -> (Wallboard, String) {
    let place = format!("folder = {:?}", folder.display().to_string());
    stopped_with_records_for(&place, format, count).await
}

/// The same, with the setting of another place.
async fn stopped_with_records_for(place: &str, format: &str, count: u64) -> (Wallboard, String) {
    let port = ports::free();
    let configuration = format!(
        "{}[case_records]\nfiles = {{ {place}, format = {format:?} }}\n",
        configuration_in("UTC", port, port),
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
    fs::read_to_string(file)
        .ok()
        .map(|text| count_records(&text))
}

fn count_records(text: &str) -> usize {
    let cases = text.lines().map(|line| {
        let record: Value = serde_json::from_str(line).expect("a whole line");
        record["case"].as_str().unwrap().to_owned()
    });
    let cases: Vec<_> = cases.collect();
    for (n, case) in cases.iter().enumerate() {
        assert_eq!(*case, format!("chat/case-{n:07}"));
    }
    cases.len()
}

/// Waits until the page of sources has all these words.
async fn wait_for_sources(wallboard: &Wallboard, words: &[&str]) {
    wait_until(&format!("the page says {words:?}"), SOON, async || {
        let page = wallboard.text("/sources").await;
        let has_all = words.iter().all(|words| page.contains(words));
        if has_all { Ok(()) } else { Err(page) }
    })
    .await;
}

/// Returns the names in a store, and the text of the last one.
async fn read_store(store: &FileStore) -> Result<(Vec<String>, String), String> {
    let listing = store.list_folder("").await;
    let files = listing.map_err(|error| error.to_string())?.files;
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        folder: folder.path(),
        stability_period: Duration::ZERO,
    };
    let last = files.last().ok_or("it's empty")?;
    let spooled = store.spool_file(last, &options).await;
    let spooled = spooled.map_err(|error| error.to_string())?;
    let text = std::io::read_to_string(spooled.file).unwrap();
    Ok((files.into_iter().map(|file| file.key).collect(), text))
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
    wait_for_sources(&wallboard, &[".jsonl, written"]).await;
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
    let words = ["is full. Make room", "3,000 records for the next one"];
    wait_for_sources(&wallboard, &words).await;
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
async fn a_bucket_gets_the_file_whole_once_there_is_one() {
    let server = S3::shared();
    let bucket = "case-records";
    let place = format!(
        "s3 = {{ bucket = {bucket:?}, region = {REGION:?}, access_key_id = \"tests\", \
         secret_access_key = \"hush-hush\", endpoint = {:?} }}, prefix = \"day=\"",
        server.endpoint()
    );
    let records = 2_000;
    let (mut wallboard, name) = stopped_with_records_for(&place, "jsonl", records).await;
    wallboard.start_again().await;
    let words = "ucket “case-records” not found at 127.0.0.1";
    wait_for_sources(&wallboard, &[words]).await;
    server.make_bucket(bucket).await;
    let store = s3(s3_settings(server.endpoint(), bucket));
    // Before, the server lists a part of the object as if it were whole.
    wait_for_sources(&wallboard, &[&format!("{name}, written")]).await;
    let (names, text) = read_store(&store).await.unwrap();
    assert_eq!(names, [format!("day={name}")]);
    assert_eq!(count_records(&text) as u64, records);
    let left = fs::read_dir(wallboard.file("wallboard.db").parent().unwrap()).unwrap();
    let left = left.filter(|file| {
        file.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("case")
    });
    assert_eq!(left.count(), 0, "nothing waits on the disk");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_gets_the_file_and_a_missing_right_is_named() {
    let server = Azure::shared();
    let container = "case-records";
    server.put(container, &[]);
    let place = |connection: &str| {
        format!("azure = {{ container = {container:?}, connection_string = {connection:?} }}")
    };
    let reader = place(&server.sas(container, "rl", 10));
    let (mut wallboard, name) = stopped_with_records_for(&reader, "csv", 3).await;
    wallboard.start_again().await;
    wait_for_sources(&wallboard, &["needs the permission Write (w)"]).await;
    let file = wallboard.file("wallboard.toml");
    let text = fs::read_to_string(&file).unwrap();
    let checked = check::run_configuration(&[], &text, &[]);
    checked.assert_row(&["records", container, "Write (w)"]);
    wallboard.stop("-TERM");
    let connection = server.connection_string();
    fs::write(&file, text.replace(&reader, &place(&connection))).unwrap();
    wallboard.start_again().await;
    let store = azure(azure_settings(connection, container));
    let (names, text) =
        wait_until("the file is there", SOON, async || read_store(&store).await).await;
    assert_eq!(names, [name]);
    assert_eq!(text.lines().count(), 4, "{text}");
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
