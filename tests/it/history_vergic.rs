//! Vergic's export from file to figures: a folder of ten thousand hours, and a real SFTP server
//! with an encrypted key.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use wallboard_domain::{CountBy, Counter, ImportColumn, Pattern, Patterns, RedactedText, SourceId};
use wallboard_history::{
    fetch::{
        FetchError, FetchTimeouts, FileStore, FolderStore, HostTrust, PrivateKeySource, RemoteFile,
        RemoteListing, SftpSettings, SftpStore, SpoolOptions,
    },
    vergic::{
        self, ColumnMapping, DAY, HOUR, VergicComputation, VergicFile, VergicReadOptions,
        WalkRequest, WalkResult,
    },
};
use wallboard_store::{Granularity, IncomingFile, Store, StoreView};

use crate::support::{Sshd, is_nightly, sshd::KeyFormat};

struct Importer {
    folder: tempfile::TempDir,
    store: Store,
    file_store: FileStore,
    mapping: Arc<ColumnMapping>,
}

impl Importer {
    fn new(file_store: FileStore) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let columns = [
            (ImportColumn::Queue, "Group"),
            (ImportColumn::Offered, "Chats"),
            (ImportColumn::Answered, "Answered"),
        ];
        let columns = columns.map(|(column, header)| (column, header.to_owned()));
        let columns = Patterns(vec![(Pattern("queues".to_owned()), columns.to_vec())]);
        Self {
            folder,
            store,
            file_store,
            mapping: Arc::new(ColumnMapping::new(&columns)),
        }
    }

    async fn walk(&self, now: i64) -> WalkResult<FetchError> {
        let source = id();
        let imported_files = self.store.load_files(&source).await.unwrap();
        let request = WalkRequest {
            source: &source,
            root: "Metrics",
            days: (0, 100_000),
            includes_done_days: false,
            now,
        };
        let list = async |folder: String| self.list(folder).await;
        vergic::walk_folders(&self.store, request, &imported_files, list)
            .await
            .unwrap()
    }

    async fn list(&self, folder: String) -> Result<Option<RemoteListing>, FetchError> {
        match self.file_store.list_folder(&folder).await {
            Err(error) if error.is_missing_folder() => Ok(None),
            listing => listing.map(Some),
        }
    }

    async fn import(&self, found: &RemoteFile, file: std::fs::File) {
        let export = VergicFile::parse_key(&found.key, "Metrics").unwrap();
        let incoming = IncomingFile {
            source: id(),
            key: found.key.clone(),
            dataset: export.dataset.clone(),
            size: found.size,
            tag: found.tag.clone(),
            sha256: [0; 32],
            modified: found.modified.map(Timestamp::as_second),
            imported_at: 0,
        };
        let options = VergicReadOptions {
            file: export,
            mapping: self.mapping.clone(),
            stores_contacts: false,
        };
        vergic::import_file(&self.store, file, incoming, options)
            .await
            .unwrap();
    }

    async fn spool_and_import(&self, found: &RemoteFile) {
        let remote = self
            .file_store
            .stat_file(&found.key)
            .await
            .unwrap()
            .unwrap();
        let spooling = SpoolOptions {
            folder: self.folder.path(),
            stability_period: Duration::ZERO,
        };
        let spooled = self
            .file_store
            .spool_file(&remote, &spooling)
            .await
            .unwrap();
        self.import(found, spooled.file).await;
    }

    async fn compute(&self) {
        let computation = VergicComputation {
            source: id(),
            root: "Metrics".to_owned(),
            mapping: self.mapping.clone(),
            zone: TimeZone::get("Europe/Stockholm").unwrap(),
        };
        computation.run(&self.store, |_, _| {}).await.unwrap();
    }

    /// Returns the offered counts of all intervals of a length, by queue.
    async fn offered(&self, length: i64) -> BTreeMap<String, i64> {
        let read = move |view: &StoreView<'_>| {
            let source = id();
            let request = wallboard_store::FigureQuery {
                source: &source,
                granularity: Granularity::Intervals(length),
                range: 0..i64::MAX,
                subject: None,
            };
            let mut offered = BTreeMap::new();
            view.for_each_queue(&request, CountBy::Event, |queue, _, counters| {
                let sum: &mut i64 = offered.entry(queue.to_owned()).or_default();
                *sum += counters.get(Counter::Offered).unwrap();
            })?;
            Ok(offered)
        };
        self.store.with_view(read).await.unwrap()
    }
}

fn id() -> SourceId {
    "vergic".into()
}

/// Returns a path, with leading zeros on every other day: the vendor promises neither form.
fn path(start: i64) -> String {
    let at = Timestamp::from_second(start).unwrap();
    let at = at.to_zoned(TimeZone::UTC);
    let form = match start.div_euclid(DAY) % 2 {
        0 => "Metrics/%Y/%m/%d/%H",
        _ => "Metrics/%Y/%-m/%-d/%-H",
    };
    at.strftime(form).to_string()
}

fn write(root: &Path, path: &str, content: &str) {
    let file = root.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, content).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_hours_are_imported_and_not_listed_again() {
    // 2024-01-01, so that all of them include a February of 29 days.
    const FIRST: i64 = 1_704_067_200;
    let hours: i64 = if is_nightly() { 10_000 } else { 2_000 };
    // In memory if possible: deleting this many files from a disk takes longer than importing them.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let folder = folder.unwrap();
    for hour in 0..hours {
        let content = format!("Group;Chats;Answered\nSales;{};1\nHelp;2;2\n", hour % 7);
        write(
            folder.path(),
            &format!("{}/queues.csv", path(FIRST + hour * HOUR)),
            &content,
        );
    }
    let importer = Importer::new(FileStore::Folder(FolderStore::new(
        folder.path().to_owned(),
        "in",
    )));
    let now = FIRST + hours * HOUR + 3 * DAY;

    let walk = importer.walk(now).await;
    assert_eq!(walk.files.len(), usize::try_from(hours).unwrap());
    for found in &walk.files {
        let file = std::fs::File::open(folder.path().join(&found.key)).unwrap();
        importer.import(found, file).await;
    }
    importer.compute().await;
    let again = importer.walk(now).await;

    let sales: i64 = (0..hours).map(|hour| hour % 7).sum();
    let expected = [("Help".to_owned(), 2 * hours), ("Sales".to_owned(), sales)];
    assert_eq!(importer.offered(HOUR).await, expected.into());
    assert_eq!(importer.offered(DAY).await, BTreeMap::new());
    assert!(
        walk.files.len() < walk.folders_listed,
        "{}",
        walk.folders_listed
    );
    assert!(again.folders_listed < 60, "{}", again.folders_listed);
    assert_eq!(again.files.len(), usize::try_from(hours).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn export_is_imported_over_sftp_with_an_encrypted_key() {
    let sshd = Sshd::start();
    let key = sshd.key("ed25519", KeyFormat::OpenSsh, "open sesame");
    for (path, content) in [
        (
            "Metrics/2026/01/05/9/queues.csv",
            "Group;Chats;Answered\nSales;3;1\n",
        ),
        (
            "Metrics/2026/1/05/10/queues.csv",
            "Group,Chats,Answered\nSales,4,1\n",
        ),
        (
            "Metrics/2026/01/05/queues.csv",
            "Group,Chats,Answered\nSales,99,99\n",
        ),
        (
            "Metrics/2026/01/06/queues.csv",
            "\u{feff}Group\tChats\tAnswered\r\nSales\t20\t1\r\n",
        ),
        ("Metrics/2026/01/06/notes.txt", "nothing"),
    ] {
        sshd.put(path, content);
    }
    let importer = Importer::new(FileStore::Sftp(SftpStore::new(SftpSettings {
        host: "127.0.0.1".to_owned(),
        port: sshd.port,
        username: Sshd::user(),
        key: PrivateKeySource::File(key),
        key_passphrase: Some(RedactedText("open sesame".to_owned())),
        trust: HostTrust::KnownHosts(sshd.known_hosts()),
        root: "Metrics".to_owned(),
        timeouts: FetchTimeouts::default(),
    })));

    let walk = importer.walk(0).await;
    for found in &walk.files {
        importer.spool_and_import(found).await;
    }
    importer.compute().await;

    let strays: Vec<_> = walk.strays.iter().map(String::as_str).collect();
    assert_eq!(strays, ["Metrics/2026/01/06/notes.txt"]);
    assert_eq!(
        importer.offered(HOUR).await,
        [("Sales".to_owned(), 7)].into()
    );
    assert_eq!(
        importer.offered(DAY).await,
        [("Sales".to_owned(), 20)].into()
    );
}
