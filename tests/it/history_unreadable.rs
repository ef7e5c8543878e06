//! Files, folders and lines that fail while others work: whatever can be read is imported.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use rusqlite::Connection;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wallboard_domain::{ImportColumn, Pattern, Patterns, RedactedText, SiteConfig};
use wallboard_history::{
    fetch::{AzureSettings, FetchTimeouts, FileLocation, HostTrust, S3Settings, SftpSettings},
    import::{
        ExportVendor, FileSource, ImportError, ImportOutcome, ImportRequest, Importer, Sangoma,
        Vergic,
    },
};
use wallboard_store::Store;

use crate::support::{
    Proxy, Sshd, Wallboard,
    object_server::{ObjectFault, ObjectServer, StoreScript},
    ports, print_measured,
    sshd::KeyFormat,
    wait_until,
    wallboard::base_configuration,
};

const YEARS: Duration = Duration::from_hours(400 * 24);
const CALLS: &str = "SELECT count(*) FROM sangoma_queue_call";
/// Calls of one file.
const FILE_CALLS: i64 = 3;

/// An importer with a database of its own.
struct Site {
    folder: tempfile::TempDir,
    importer: Importer,
}

impl Site {
    fn new(vendor: ExportVendor, location: FileLocation) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("w.db");
        let source = FileSource {
            id: "calls".into(),
            vendor,
            location,
            interval: Duration::from_mins(1),
            history: YEARS,
            stability_period: Duration::ZERO,
            retention: YEARS,
        };
        let status = watch::Sender::new(source.initial_status());
        let store = Store::open(&database).unwrap();
        let stop = CancellationToken::new();
        let importer = Importer::new(source, store, database, status, stop);
        Self { folder, importer }
    }

    async fn import(&mut self) -> Result<ImportOutcome, ImportError> {
        self.importer.run_once(ImportRequest::default()).await
    }

    fn count(&self, query: &str) -> i64 {
        count(&self.folder.path().join("w.db"), query)
    }
}

fn count(database: &Path, query: &str) -> i64 {
    let connection = Connection::open(database).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

fn day(days_ago: i64) -> Date {
    let today = jiff::Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.checked_sub(days_ago.days()).unwrap()
}

fn calls_key(days_ago: i64) -> String {
    let date = day(days_ago).strftime("%Y%m%d");
    format!("CCAAS/FACTS/1234-Queue_Call-F/{date}-1234-Queue_Call-F.csv")
}

fn calls_csv(days_ago: i64) -> String {
    let noon = day(days_ago).at(12, 0, 0, 0).in_tz("UTC").unwrap();
    let joined = noon.timestamp().as_second();
    let mut text =
        "queue_call_id,queue_id,queue_call_end_by_id,time_join,time_connect,time_leave,uuid\n"
            .to_owned();
    for n in 0..FILE_CALLS {
        let id = days_ago * 1_000 + n;
        writeln!(
            text,
            "{id},7,1,{joined},{},{},u{id}",
            joined + 5,
            joined + 65
        )
        .unwrap();
    }
    text
}

/// Files of the last days, the oldest first.
fn export(days: i64) -> BTreeMap<String, String> {
    let files = (1..=days).map(|ago| (calls_key(ago), calls_csv(ago)));
    files.collect()
}

fn sangoma() -> ExportVendor {
    ExportVendor::Sangoma(Sangoma {
        tenant: 1234,
        zone: TimeZone::UTC,
        file_zone: TimeZone::UTC,
        keep_contacts: false,
        end_by: Vec::new(),
        site: Arc::new(SiteConfig::default()),
    })
}

fn vergic() -> ExportVendor {
    let columns = vec![
        (ImportColumn::Queue, "Group".to_owned()),
        (ImportColumn::Offered, "Chats".to_owned()),
    ];
    ExportVendor::Vergic(Vergic {
        root: "Metrics".to_owned(),
        columns: Patterns(vec![(Pattern("queues".to_owned()), columns)]),
        keep_contacts: false,
        zone: TimeZone::UTC,
    })
}

fn s3(server: &ObjectServer) -> FileLocation {
    FileLocation::S3(S3Settings {
        bucket: "exports".into(),
        region: "eu-north-1".into(),
        access_key_id: RedactedText("tests".into()),
        secret_access_key: RedactedText("hush-hush".into()),
        endpoint: Some(server.endpoint()),
        page_size: None,
        timeouts: FetchTimeouts::default(),
    })
}

fn azure(server: &ObjectServer) -> FileLocation {
    FileLocation::Azure(AzureSettings {
        connection_string: RedactedText(server.connection_string()),
        container: "exports".into(),
        page_size: None,
        timeouts: FetchTimeouts::default(),
    })
}

fn sftp(sshd: &Sshd, port: u16, key: PathBuf) -> FileLocation {
    FileLocation::Sftp(SftpSettings {
        host: "127.0.0.1".into(),
        port,
        username: Sshd::user(),
        key_file: key,
        key_passphrase: None,
        trust: HostTrust::Fingerprint(sshd.fingerprint("ed25519")),
        root: "Metrics".into(),
        timeouts: FetchTimeouts::default(),
    })
}

/// The files that an import leaves for later, with their reasons.
fn left(outcome: &ImportOutcome) -> BTreeMap<String, String> {
    let failed = outcome.failed.reasons.clone();
    failed
        .into_iter()
        .chain(outcome.deferred.reasons.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_unreadable_object_does_not_stop_the_others() {
    for location in [s3, azure] {
        for (fault, words) in [
            (ObjectFault::Denied, "denied read access"),
            (ObjectFault::Cut, "was lost"),
            (ObjectFault::Error, "is unavailable (status 500"),
            (ObjectFault::Status(409, "RestoreInProgress"), "status 409"),
        ] {
            let bad = calls_key(5);
            let server = ObjectServer::start(StoreScript {
                objects: export(6),
                faults: [(bad.clone(), fault)].into(),
                ..StoreScript::default()
            })
            .await;
            let mut site = Site::new(sangoma(), location(&server));

            let outcome = site.import().await.unwrap();
            let imported = site.count(CALLS);
            server.change(|script| script.faults.clear());
            let repaired = site.import().await.unwrap();

            assert_eq!(imported, 5 * FILE_CALLS, "{fault:?}: {outcome:?}");
            let left = left(&outcome);
            assert_eq!(left.len(), 1, "{left:?}");
            assert!(left[&bad].contains(words), "{fault:?}: {left:?}");
            assert_eq!((repaired.imported, repaired.known), (1, 5), "{repaired:?}");
            assert_eq!(site.count(CALLS), 6 * FILE_CALLS);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn import_ends_when_no_object_of_many_can_be_read() {
    let objects = export(30);
    let denied = objects.keys().take(29);
    let faults = denied.map(|key| (key.clone(), ObjectFault::Denied));
    let server = ObjectServer::start(StoreScript {
        faults: faults.collect(),
        objects,
        ..StoreScript::default()
    })
    .await;
    let mut site = Site::new(sangoma(), s3(&server));

    let error = site.import().await.unwrap_err();
    assert!(
        error.to_string().contains("give the user s3:GetObject"),
        "{error}"
    );
    assert_eq!(site.count(CALLS), 0);
    // Those that failed come last: the others don't wait for them.
    for _ in 0..3 {
        site.import().await.unwrap_err();
    }
    assert_eq!(site.count(CALLS), FILE_CALLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_differs_from_its_digest_is_read_again() {
    for location in [s3, azure] {
        let bad = calls_key(2);
        let other = |times| [(bad.clone(), ObjectFault::OtherContent(times))].into();
        let server = ObjectServer::start(StoreScript {
            objects: export(3),
            faults: other(1),
            ..StoreScript::default()
        })
        .await;
        let others = "SELECT count(*) FROM sangoma_queue_call WHERE queue_id = '8'";

        let mut once = Site::new(sangoma(), location(&server));
        let outcome = once.import().await.unwrap();
        server.change(|script| script.faults = other(u32::MAX));
        let mut always = Site::new(sangoma(), location(&server));
        let refused = always.import().await.unwrap();

        assert_eq!(once.count(others), 0, "{outcome:?}");
        assert_eq!(once.count(CALLS), 3 * FILE_CALLS, "{outcome:?}");
        assert_eq!(always.count(others), 0, "{refused:?}");
        assert_eq!(always.count(CALLS), 2 * FILE_CALLS, "{refused:?}");
        let why = &left(&refused)[&bad];
        assert!(why.contains("differs from the store's digest"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_that_are_no_digests_are_not_compared() {
    let server = ObjectServer::start(StoreScript {
        objects: export(3),
        is_encrypted: true,
        ..StoreScript::default()
    })
    .await;
    let mut site = Site::new(sangoma(), s3(&server));

    let outcome = site.import().await.unwrap();

    assert_eq!(outcome.imported, 3, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_store_is_asked_again_when_it_says() {
    let server = ObjectServer::start(StoreScript {
        objects: export(1),
        busy_listings: 1,
        retry_after: "3",
        ..StoreScript::default()
    })
    .await;
    let mut site = Site::new(sangoma(), s3(&server));

    site.import().await.unwrap();

    let listings = server.listings();
    let pause = listings[1] - listings[0];
    print_measured("pause before the second listing", pause, "3 s and some");
    assert!(Duration::from_secs(3) <= pause, "{pause:?}");
    // Longer than an import waits: the next one comes after that time.
    server.change(|script| (script.busy_listings, script.retry_after) = (1, "120"));
    let started = Instant::now();
    let error = site.import().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_mins(1));
    assert_eq!(error.retry_after(), Some(Duration::from_mins(2)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_credentials_and_archived_objects_get_fitting_advice() {
    let advice = async |location: fn(&ObjectServer) -> FileLocation, status, code| {
        let server = ObjectServer::start(StoreScript {
            objects: export(2),
            faults: [(calls_key(2), ObjectFault::Status(status, code))].into(),
            ..StoreScript::default()
        })
        .await;
        let mut site = Site::new(sangoma(), location(&server));
        let outcome = site.import().await.unwrap();
        left(&outcome)[&calls_key(2)].clone()
    };

    let expired = advice(s3, 400, "ExpiredToken").await;
    assert!(expired.contains("create another one for"), "{expired}");
    let restoring = advice(s3, 409, "RestoreAlreadyInProgress").await;
    assert!(restoring.contains("is being restored"), "{restoring}");
    let conflict = advice(s3, 409, "OperationAborted").await;
    assert!(conflict.contains("; retrying next time"), "{conflict}");
    let archived = advice(s3, 403, "InvalidObjectState").await;
    assert!(archived.contains("is archived"), "{archived}");
    assert!(archived.contains("restore it"), "{archived}");
    let rehydrating = advice(azure, 409, "BlobBeingRehydrated").await;
    assert!(rehydrating.contains("is being restored"), "{rehydrating}");
    let archived = advice(azure, 409, "BlobArchived").await;
    assert!(archived.contains("Hot or Cool tier"), "{archived}");
    for words in [&expired, &restoring, &conflict, &archived] {
        assert!(!words.contains("check `bucket`"), "{words}");
    }
}

/// The running product says which file and why: on its page, and once in its log.
#[tokio::test(flavor = "multi_thread")]
async fn unreadable_object_is_on_the_page_and_once_in_the_log() {
    let bad = calls_key(2);
    let server = ObjectServer::start(StoreScript {
        objects: export(3),
        faults: [(bad.clone(), ObjectFault::Error)].into(),
        ..StoreScript::default()
    })
    .await;
    let port = ports::free();
    let configuration = base_configuration(port, port)
        + &format!(
            "[sources.sangoma]\nkind = \"sangoma-export\"\ntenant = 1234\ninterval = \"1s\"\n\
             [sources.sangoma.s3]\nbucket = \"exports\"\nregion = \"eu-north-1\"\n\
             access_key_id = {{ env = \"S3_KEY_ID\" }}\nsecret_access_key = {{ env = \"S3_SECRET\" }}\n\
             endpoint = {:?}\n",
            server.endpoint()
        );
    let environment = vec![
        ("S3_KEY_ID", "tests-key".to_owned()),
        ("S3_SECRET", "hush-hush".to_owned()),
    ];
    let wallboard = Wallboard::start(&configuration, port, &[], environment).await;

    wait_until(
        "a third run",
        Duration::from_secs(30),
        async || match server.listings().len() {
            0..4 => Err("not yet"),
            _ => Ok(()),
        },
    )
    .await;
    let source = wallboard.source().await.unwrap();
    let page = wallboard.text("/sources").await;

    assert_eq!(source["state"], "degraded", "{source}");
    assert_eq!(source["import"]["files"], 2, "{source}");
    let why = source["import"]["not_yet"][&bad].as_str().unwrap();
    assert!(why.contains("status 500"), "{why}");
    assert!(page.contains(&bad) && page.contains("status 500"), "{page}");
    let log = wallboard.log();
    let lines = log.lines().filter(|line| line.contains(&bad));
    let lines: Vec<_> = lines.filter(|line| line.contains("500")).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
}

/// An hour of an export whose folder can't be opened.
#[tokio::test(flavor = "multi_thread")]
async fn folder_without_permission_does_not_stop_the_others() {
    let mut sshd = Sshd::start();
    sshd.heed_permissions();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    for ago in 4..7 {
        for hour in 8..12 {
            let folder = day(ago).strftime("%Y/%m/%d").to_string();
            let file = format!("Metrics/{folder}/{hour}/queues.csv");
            sshd.put(&file, "Group,Chats\r\nSales,1\r\n");
        }
    }
    let closed = format!("Metrics/{}/9", day(5).strftime("%Y/%m/%d"));
    let set_mode = |mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(sshd.home.join(&closed), mode).unwrap();
    };
    set_mode(0o000);
    let mut site = Site::new(vergic(), sftp(&sshd, sshd.port, key));

    let outcome = site.import().await.unwrap();
    let again = site.import().await.unwrap();
    set_mode(0o755);
    let repaired = site.import().await.unwrap();

    assert_eq!(outcome.imported, 11, "{outcome:?}");
    for outcome in [outcome, again] {
        let why = &outcome.failed.reasons[&closed];
        assert!(why.contains("denied access to"), "{why}");
    }
    // Its day isn't done before all its folders were listed.
    assert_eq!(repaired.imported, 1, "{repaired:?}");
    assert_eq!(site.count("SELECT count(*) FROM vergic_row"), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn sftp_listing_goes_on_after_each_cut() {
    const DAYS: i64 = 20;
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    for ago in 4..4 + DAYS {
        for hour in 0..24 {
            let folder = day(ago).strftime("%Y/%m/%d").to_string();
            let file = format!("Metrics/{folder}/{hour}/queues.csv");
            sshd.put(&file, "Group,Chats\r\nSales,1\r\n");
        }
    }
    let proxy = Proxy::to(sshd.port).await;
    proxy.cut_every(60_000);
    let mut site = Site::new(vergic(), sftp(&sshd, proxy.port, key));

    let mut runs = 0;
    while site.count("SELECT count(*) FROM vergic_row") < DAYS * 24 && runs < 5 {
        let result = site.import().await;
        if let Err(error) = &result {
            eprintln!("run {runs}: {error}");
        }
        runs += 1;
    }

    let files = site.count("SELECT count(*) FROM import_file");
    let cuts = proxy.cut_count();
    print_measured(
        &format!("runs until {files} files came over a line with {cuts} cuts"),
        runs,
        5,
    );
    assert!(3 < cuts);
    assert_eq!(files, DAYS * 24);
}
