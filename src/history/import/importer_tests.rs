//! Runs over folders: how files may be written, and which are read again.

use std::{fs, path::Path, sync::Arc, time::Duration};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{CountBy, Counter, ImportColumn, Pattern, Patterns, SiteConfig},
    store::{FigureQuery, Granularity, Store},
};

use super::*;

const LONG_RETENTION: Duration = Duration::from_hours(400 * 24);

struct ImportFixture {
    folder: tempfile::TempDir,
    store: Store,
}

impl ImportFixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.db")).unwrap();
        Self { folder, store }
    }

    /// Writes a file of the export, as of an hour ago.
    fn write_file(&self, key: &str, bytes: &[u8]) {
        let path = self.folder.path().join("in").join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        touch_file(&path);
    }

    async fn run_import(&self, vendor: ExportVendor, since: Option<Date>) -> ImportOutcome {
        let source = FileSource {
            id: "calls".into(),
            vendor,
            location: FileLocation::Folder {
                path: self.folder.path().join("in"),
                called: "in".to_owned(),
            },
            interval: Duration::from_mins(1),
            history: LONG_RETENTION,
            stability_period: Duration::ZERO,
            retention: LONG_RETENTION,
        };
        let status = watch::Sender::new(source.initial_status());
        let database = self.folder.path().join("w.db");
        let stop = CancellationToken::new();
        let mut importer = Importer::new(source, self.store.clone(), database, status, stop);
        let asked = ImportRequest {
            since,
            ..ImportRequest::default()
        };
        importer.run_once(asked).await.unwrap()
    }

    /// Queues with what was offered to them.
    async fn load_offered(&self, length: i64) -> Vec<(String, Option<i64>)> {
        let look = move |view: &crate::store::StoreView<'_>| {
            let wanted = FigureQuery {
                source: &"calls".into(),
                granularity: Granularity::Intervals(length),
                range: 0..i64::MAX,
                subject: None,
            };
            let mut all = Vec::new();
            view.for_each_queue(&wanted, CountBy::Start, |queue, _, counters| {
                if queue != crate::store::OTHERS {
                    all.push((queue.to_owned(), counters.get(Counter::Offered)));
                }
            })?;
            Ok(all)
        };
        self.store.with_view(look).await.unwrap()
    }
}

/// All files that tests write are of the same moment.
fn touch_file(path: &Path) {
    let at = std::time::SystemTime::now() - Duration::from_hours(48);
    let since = at.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 86_400 * 86_400;
    let at = std::time::UNIX_EPOCH + Duration::from_secs(since);
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(at)
        .unwrap();
}

fn vergic_vendor() -> ExportVendor {
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

fn yesterday() -> Date {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    now.date().saturating_sub(1.days())
}

fn metrics_key() -> String {
    format!("Metrics/{}/queues.csv", yesterday().strftime("%Y/%m/%d"))
}

fn encode_little_endian(text: &str) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn encode_big_endian(text: &str) -> Vec<u8> {
    let marked = format!("\u{feff}{text}");
    marked.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[tokio::test]
async fn vergics_files_may_be_written_in_utf_16() {
    for written in [encode_little_endian, encode_big_endian] {
        let bench = ImportFixture::new();
        bench.write_file(
            &metrics_key(),
            &written("Group;Chats\r\nKöln 😀;12\r\nSales;3\r\n"),
        );

        let outcome = bench.run_import(vergic_vendor(), None).await;

        assert_eq!(
            (outcome.imported, outcome.rejected_rows),
            (1, 0),
            "{outcome:?}"
        );
        let offered = bench.load_offered(86_400).await;
        let expected = [
            ("Köln 😀".to_owned(), Some(12)),
            ("Sales".to_owned(), Some(3)),
        ];
        assert_eq!(offered, expected);
    }
}

#[tokio::test]
async fn sangomas_files_may_be_written_in_utf_16() {
    let day = yesterday();
    let joined = day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() + 43_200;
    for written in [encode_little_endian, encode_big_endian] {
        let bench = ImportFixture::new();
        let vendor = ExportVendor::Sangoma(Sangoma {
            tenant: 1234,
            zone: TimeZone::UTC,
            file_zone: TimeZone::UTC,
            keep_contacts: false,
            end_by: Vec::new(),
            site: Arc::new(SiteConfig::default()),
        });
        let key = "CCAAS/DIMENSIONS/1234-Queue_Details-D/1234-Queue_Details-D.csv";
        bench.write_file(key, &written("queue_id,name,enabled\n7,Köln 😀,true\n"));
        let name = "1234-Queue_Call-F";
        let date = day.strftime("%Y%m%d");
        let rows = format!(
            "queue_call_id,queue_id,time_join,time_leave\n1,7,{joined},{}\n",
            joined + 9
        );
        bench.write_file(
            &format!("CCAAS/FACTS/{name}/{date}-{name}.csv"),
            &written(&rows),
        );

        let outcome = bench.run_import(vendor, None).await;

        assert_eq!(
            (outcome.imported, outcome.rejected_rows),
            (2, 0),
            "{outcome:?}"
        );
        let names = bench
            .store
            .with_view(|view| view.load_names(&"calls".into()))
            .await
            .unwrap();
        assert!(names.iter().any(|name| name.name == "Köln 😀"), "{names:?}");
        assert_eq!(bench.load_offered(900).await, [("7".to_owned(), Some(1))]);
    }
}

#[tokio::test]
async fn a_file_of_utf_16_that_is_cut_short_is_refused_with_the_reason() {
    let bench = ImportFixture::new();
    let mut bytes = encode_little_endian("Group;Chats\r\nSales;12\r\n");
    bytes.pop();
    bench.write_file(&metrics_key(), &bytes);

    let outcome = bench.run_import(vergic_vendor(), None).await;

    assert_eq!(
        (outcome.imported, outcome.failed.count),
        (0, 1),
        "{outcome:?}"
    );
    let said = format!("{:?}", outcome.failed);
    assert!(
        said.contains("ends in the middle of a UTF-16 character"),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_replaced_with_the_same_size_and_time_is_noticed_when_read_again() {
    let bench = ImportFixture::new();
    bench.write_file(&metrics_key(), b"Group;Chats\nSales;12\n");
    bench.run_import(vergic_vendor(), None).await;
    bench.write_file(&metrics_key(), b"Group;Chats\nSales;34\n");

    let usual = bench.run_import(vergic_vendor(), None).await;
    let before = bench.load_offered(86_400).await;
    let asked = bench.run_import(vergic_vendor(), Some(yesterday())).await;
    let after = bench.load_offered(86_400).await;
    let again = bench.run_import(vergic_vendor(), Some(yesterday())).await;

    assert_eq!((usual.imported, usual.known), (0, 1), "{usual:?}");
    assert_eq!(before, [("Sales".to_owned(), Some(12))]);
    assert_eq!((asked.imported, asked.replaced), (1, 1), "{asked:?}");
    assert_eq!(after, [("Sales".to_owned(), Some(34))]);
    assert_eq!(
        (again.imported, again.known, again.retagged),
        (0, 1, 0),
        "{again:?}"
    );
}

#[test]
fn a_read_only_file_system_is_called_that() {
    let read_only = || std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem);
    let code = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
    let write = crate::store::StoreError::Write(code(rusqlite::ffi::SQLITE_READONLY));
    for error in [ImportError::Lock(read_only()), ImportError::Store(write)] {
        let said = error.to_sentence();
        assert!(said.contains("read-only file system"), "{said}");
    }
}
