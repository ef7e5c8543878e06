//! Files, folders and lines that fail while others work: whatever can be read is imported.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use rusqlite::Connection;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wallboard_domain::{ImportColumn, Pattern, Patterns, RedactedText};
use wallboard_history::{
    ExportVendor,
    fetch::{
        AzureSettings, FetchTimeouts, FileLocation, HostTrust, PrivateKeySource, S3Settings,
        SftpSettings,
    },
    import::{
        FileSource, ImportError, ImportOutcome, ImportRequest, ImportStatus, Importer, run_imports,
    },
    sangoma::SangomaSettings,
    vergic::{ColumnMapping, VergicSettings},
};
use wallboard_runtime::retry::TaskSignals;
use wallboard_store::Store;

use crate::support::{
    NetworkCondition, Proxy, Sshd, Wallboard,
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
    status: watch::Sender<ImportStatus>,
}

impl Site {
    fn new(vendor: ExportVendor, location: FileLocation) -> Self {
        Self::with_interval(Duration::from_mins(1), vendor, location)
    }

    fn with_interval(interval: Duration, vendor: ExportVendor, location: FileLocation) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("w.db");
        let source = FileSource {
            id: "calls".into(),
            vendor,
            location,
            interval,
            history: YEARS,
            stability_period: Duration::ZERO,
            retention: YEARS,
        };
        let status = watch::Sender::new(source.initial_status());
        let store = Store::open(&database).unwrap();
        let stop = CancellationToken::new();
        let importer = Importer::new(source, store, database, status.clone(), stop);
        Self {
            folder,
            importer,
            status,
        }
    }

    async fn import(&mut self) -> Result<ImportOutcome, ImportError> {
        loop {
            match self.importer.run_once(ImportRequest::default()).await {
                // A process that another test just starts has the lock of the last run until it's another program.
                Err(ImportError::Busy) => tokio::time::sleep(Duration::from_millis(20)).await,
                result => return result,
            }
        }
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
    ExportVendor::Sangoma(SangomaSettings {
        tenant: 1234,
        ..SangomaSettings::default()
    })
}

fn vergic() -> ExportVendor {
    let columns = vec![
        (ImportColumn::Queue, "Group".to_owned()),
        (ImportColumn::Offered, "Chats".to_owned()),
    ];
    let columns = Patterns(vec![(Pattern("queues".to_owned()), columns)]);
    ExportVendor::Vergic(VergicSettings {
        columns: Arc::new(ColumnMapping::new(&columns)),
        ..VergicSettings::default()
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
        key: PrivateKeySource::File(key),
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
async fn import_ends_when_neither_many_objects_nor_the_newest_can_be_read() {
    let objects = export(30);
    let denied = objects.keys().enumerate().filter(|(index, _)| *index != 20);
    let faults = denied.map(|(_, key)| (key.clone(), ObjectFault::Denied));
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
    for _ in 0..2 {
        site.import().await.unwrap_err();
    }
    assert_eq!(site.count(CALLS), FILE_CALLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_unreadable_objects_in_front_do_not_stop_the_newer_ones() {
    let objects = export(30);
    let denied = objects.keys().take(12);
    let faults = denied.map(|key| (key.clone(), ObjectFault::Denied));
    let server = ObjectServer::start(StoreScript {
        faults: faults.collect(),
        objects,
        ..StoreScript::default()
    })
    .await;
    let mut site = Site::new(sangoma(), s3(&server));

    let outcome = site.import().await.unwrap();

    assert_eq!(
        (outcome.imported, outcome.failed.count),
        (18, 12),
        "{outcome:?}"
    );
    assert_eq!(site.count(CALLS), 18 * FILE_CALLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_objects_are_read_again_when_the_store_says() {
    let bad = calls_key(4);
    let server = ObjectServer::start(StoreScript {
        objects: export(6),
        faults: [(bad.clone(), ObjectFault::Busy("2"))].into(),
        ..StoreScript::default()
    })
    .await;
    let mut site = Site::new(sangoma(), s3(&server));

    let outcome = site.import().await.unwrap();
    assert_eq!(outcome.imported, 5, "{outcome:?}");
    assert_eq!(outcome.retry_after, Some(Duration::from_secs(2)));

    // So long a pause ends the run. In the next one the others come first.
    server.change(|script| {
        script.faults = [(bad.clone(), ObjectFault::Busy("120"))].into();
    });
    let mut site = Site::new(sangoma(), s3(&server));
    for imported in [2, 5] {
        let error = site.import().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_mins(2)), "{error}");
        assert_eq!(site.count(CALLS), imported * FILE_CALLS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn next_import_waits_as_long_as_a_busy_object_says() {
    let server = ObjectServer::start(StoreScript {
        objects: export(2),
        faults: [(calls_key(1), ObjectFault::Busy("3"))].into(),
        ..StoreScript::default()
    })
    .await;
    let (status, importer) = {
        let site = Site::with_interval(Duration::from_secs(1), sangoma(), s3(&server));
        (site.status, (site.importer, site.folder))
    };
    let (stop, (_retry_sender, retry)) = (CancellationToken::new(), watch::channel(()));
    let signals = TaskSignals {
        stop: stop.clone(),
        retry,
    };
    let running = tokio::spawn(run_imports(importer.0, signals));
    let mut changes = status.subscribe();

    let ended = changes.wait_for(|status| status.last_run.is_some()).await;
    let (last, next) = ended
        .map(|status| (status.last_run, status.next_run))
        .unwrap();
    let pause = next.unwrap().duration_since(last.unwrap());
    print_measured(
        "pause until the next import",
        Duration::try_from(pause).unwrap(),
        "3 s",
    );

    // Both moments are rounded.
    assert!(
        Duration::from_millis(2_900) <= Duration::try_from(pause).unwrap(),
        "{pause}"
    );
    stop.cancel();
    running.await.unwrap();
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

/// A month of an export whose days are imported, which can no longer be listed.
#[tokio::test(flavor = "multi_thread")]
async fn imported_days_of_a_month_that_cannot_be_listed_are_not_imported_again() {
    let mut sshd = Sshd::start();
    sshd.heed_permissions();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    for hour in 8..12 {
        let folder = day(5).strftime("%Y/%m/%d").to_string();
        let file = format!("Metrics/{folder}/{hour}/queues.csv");
        sshd.put(&file, "Group,Chats\r\nSales,1\r\n");
    }
    let month = format!("Metrics/{}", day(5).strftime("%Y/%m"));
    let mut site = Site::new(vergic(), sftp(&sshd, sshd.port, key));
    let first = site.import().await.unwrap();
    let second = site.import().await.unwrap();
    // Its files can still be opened.
    let mode = fs::Permissions::from_mode(0o111);
    fs::set_permissions(sshd.home.join(&month), mode).unwrap();

    let outcome = site.import().await.unwrap();

    assert_eq!((first.imported, second.known), (4, 4), "{second:?}");
    assert_eq!((outcome.imported, outcome.known), (0, 4), "{outcome:?}");
    let left: Vec<_> = left(&outcome).into_keys().collect();
    assert_eq!(left, [month]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_into_a_place_without_permission_are_named_and_skipped() {
    let mut sshd = Sshd::start();
    sshd.heed_permissions();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    let folder = format!("Metrics/{}", day(5).strftime("%Y/%m/%d"));
    sshd.put(
        &format!("{folder}/queues.csv"),
        "Group,Chats\r\nSales,1\r\n",
    );
    sshd.put("closed/secret.csv", "Group,Chats\r\nSales,1\r\n");
    let closed = fs::Permissions::from_mode(0o000);
    fs::set_permissions(sshd.home.join("closed"), closed).unwrap();
    for link in ["Metrics/link.csv".to_owned(), format!("{folder}/link.csv")] {
        symlink(sshd.home.join("closed/secret.csv"), sshd.home.join(link)).unwrap();
    }
    let mut site = Site::new(vergic(), sftp(&sshd, sshd.port, key));

    let outcome = site.import().await.unwrap();

    assert_eq!(outcome.imported, 1, "{outcome:?}");
    assert_eq!(left(&outcome), BTreeMap::new());
    let skipped: Vec<_> = outcome.unknown.iter().map(String::as_str).collect();
    let why = "(it's a link whose target can't be read)";
    let inner = format!("{folder}/link.csv {why}");
    assert_eq!(skipped, [&*inner, &format!("Metrics/link.csv {why}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_without_permission_does_not_stop_the_others() {
    let mut sshd = Sshd::start();
    sshd.heed_permissions();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    let file = |hour| format!("Metrics/{}/{hour}/queues.csv", day(5).strftime("%Y/%m/%d"));
    for hour in 8..12 {
        sshd.put(&file(hour), "Group,Chats\r\nSales,1\r\n");
    }
    let set_mode = |mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(sshd.home.join(file(9)), mode).unwrap();
    };
    set_mode(0o000);
    let mut site = Site::new(vergic(), sftp(&sshd, sshd.port, key));

    let outcome = site.import().await.unwrap();
    set_mode(0o644);
    let repaired = site.import().await.unwrap();

    assert_eq!(outcome.imported, 3, "{outcome:?}");
    let why = &left(&outcome)[&file(9)];
    assert!(why.contains("denied access to"), "{why}");
    assert_eq!((repaired.imported, repaired.known), (1, 3), "{repaired:?}");
}

/// A line that is cut again and again, and each time refuses connections for longer than the first
/// tries take.
#[tokio::test(flavor = "multi_thread")]
async fn sftp_listing_continues_after_outages_of_the_line() {
    const FILES: i64 = 5 * 24;
    const OUTAGES: u32 = 3;
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "");
    for ago in 4..9 {
        for hour in 0..24 {
            let folder = day(ago).strftime("%Y/%m/%d").to_string();
            let file = format!("Metrics/{folder}/{hour}/queues.csv");
            sshd.put(&file, "Group,Chats\r\nSales,1\r\n");
        }
    }
    let proxy = Arc::new(Proxy::to(sshd.port).await);
    proxy.cut_every(20_000);
    let mut site = Site::new(vergic(), sftp(&sshd, proxy.port, key));
    let outages = tokio::spawn({
        let proxy = proxy.clone();
        async move {
            for _ in 0..OUTAGES {
                proxy.wait_until_cut(proxy.cut_count() + 1).await;
                proxy.set(NetworkCondition::Refusing);
                proxy.cut();
                tokio::time::sleep(Duration::from_secs(2)).await;
                proxy.set(NetworkCondition::Normal);
            }
            proxy.never_cut();
        }
    });

    let mut runs = 0;
    while site.count("SELECT count(*) FROM import_file") < FILES && runs < OUTAGES {
        if let Err(error) = site.import().await {
            eprintln!("run {runs}: {error}");
            // As a source pauses: an outage during downloads would end every run that begins in it.
            proxy.wait_until_accepting().await;
        }
        runs += 1;
    }

    let files = site.count("SELECT count(*) FROM import_file");
    print_measured(&format!("runs until {files} files came"), runs, OUTAGES);
    assert_eq!(files, FILES);
    outages.await.unwrap();
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
