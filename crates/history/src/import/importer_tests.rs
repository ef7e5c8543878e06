//! Runs over folders: which encodings files may have, and which files are read again.

use std::{fs, path::Path, sync::Arc, time::Duration};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    sangoma::SangomaSettings,
    vergic::{ColumnMapping, VergicSettings},
};
use wallboard_domain::{CountBy, Counter, ImportColumn, Pattern, Patterns};
use wallboard_store::{FigureQuery, Granularity, Store};

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

    /// Writes a file of the export with an old modification time.
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
                display_name: "in".to_owned(),
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
        let request = ImportRequest {
            since,
            ..ImportRequest::default()
        };
        importer.run_once(request).await.unwrap()
    }

    /// Returns queues with their offered contacts.
    async fn load_offered(&self, length: i64) -> Vec<(String, Option<i64>)> {
        let query = move |view: &wallboard_store::StoreView<'_>| {
            let figure_query = FigureQuery {
                source: &"calls".into(),
                granularity: Granularity::Intervals(length),
                range: 0..i64::MAX,
                subject: None,
            };
            let mut all = Vec::new();
            view.for_each_queue(&figure_query, CountBy::Start, |queue, _, counters| {
                if queue != wallboard_store::OTHERS {
                    all.push((queue.to_owned(), counters.get(Counter::Offered)));
                }
            })?;
            Ok(all)
        };
        self.store.with_view(query).await.unwrap()
    }
}

/// Gives all files that tests write the same time.
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
    let columns = Patterns(vec![(Pattern("queues".to_owned()), columns)]);
    ExportVendor::Vergic(VergicSettings {
        columns: Arc::new(ColumnMapping::new(&columns)),
        ..VergicSettings::default()
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
async fn vergic_files_can_be_utf_16() {
    for encode in [encode_little_endian, encode_big_endian] {
        let fixture = ImportFixture::new();
        fixture.write_file(
            &metrics_key(),
            &encode("Group;Chats\r\nKöln 😀;12\r\nSales;3\r\n"),
        );

        let outcome = fixture.run_import(vergic_vendor(), None).await;

        assert_eq!(
            (outcome.imported, outcome.rejected_rows),
            (1, 0),
            "{outcome:?}"
        );
        let offered = fixture.load_offered(86_400).await;
        let expected = [
            ("Köln 😀".to_owned(), Some(12)),
            ("Sales".to_owned(), Some(3)),
        ];
        assert_eq!(offered, expected);
    }
}

#[tokio::test]
async fn sangoma_files_can_be_utf_16() {
    let day = yesterday();
    let joined = day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() + 43_200;
    for encode in [encode_little_endian, encode_big_endian] {
        let fixture = ImportFixture::new();
        let vendor = ExportVendor::Sangoma(SangomaSettings {
            tenant: 1234,
            ..SangomaSettings::default()
        });
        let key = "CCAAS/DIMENSIONS/1234-Queue_Details-D/1234-Queue_Details-D.csv";
        fixture.write_file(key, &encode("queue_id,name,enabled\n7,Köln 😀,true\n"));
        let name = "1234-Queue_Call-F";
        let date = day.strftime("%Y%m%d");
        let rows = format!(
            "queue_call_id,queue_id,time_join,time_leave\n1,7,{joined},{}\n",
            joined + 9
        );
        fixture.write_file(
            &format!("CCAAS/FACTS/{name}/{date}-{name}.csv"),
            &encode(&rows),
        );

        let outcome = fixture.run_import(vendor, None).await;

        assert_eq!(
            (outcome.imported, outcome.rejected_rows),
            (2, 0),
            "{outcome:?}"
        );
        let names = fixture
            .store
            .with_view(|view| view.load_names(&"calls".into()))
            .await
            .unwrap();
        assert!(names.iter().any(|name| name.name == "Köln 😀"), "{names:?}");
        assert_eq!(fixture.load_offered(900).await, [("7".to_owned(), Some(1))]);
    }
}

#[tokio::test]
async fn a_truncated_utf_16_file_fails_with_the_reason() {
    let fixture = ImportFixture::new();
    let mut bytes = encode_little_endian("Group;Chats\r\nSales;12\r\n");
    bytes.pop();
    fixture.write_file(&metrics_key(), &bytes);

    let outcome = fixture.run_import(vergic_vendor(), None).await;

    assert_eq!(
        (outcome.imported, outcome.failed.count),
        (0, 1),
        "{outcome:?}"
    );
    let reasons = format!("{:?}", outcome.failed);
    assert!(
        reasons.contains("ends in the middle of a UTF-16 character"),
        "{reasons}"
    );
}

#[tokio::test]
async fn a_replaced_file_of_equal_size_and_time_is_found_by_rereading() {
    let fixture = ImportFixture::new();
    fixture.write_file(&metrics_key(), b"Group;Chats\nSales;12\n");
    fixture.run_import(vergic_vendor(), None).await;
    fixture.write_file(&metrics_key(), b"Group;Chats\nSales;34\n");

    let usual = fixture.run_import(vergic_vendor(), None).await;
    let before = fixture.load_offered(86_400).await;
    let reread = fixture.run_import(vergic_vendor(), Some(yesterday())).await;
    let after = fixture.load_offered(86_400).await;
    let again = fixture.run_import(vergic_vendor(), Some(yesterday())).await;

    assert_eq!((usual.imported, usual.known), (0, 1), "{usual:?}");
    assert_eq!(before, [("Sales".to_owned(), Some(12))]);
    assert_eq!((reread.imported, reread.replaced), (1, 1), "{reread:?}");
    assert_eq!(after, [("Sales".to_owned(), Some(34))]);
    assert_eq!(
        (again.imported, again.known, again.retagged),
        (0, 1, 0),
        "{again:?}"
    );
}

#[test]
fn a_read_only_file_system_is_reported_as_such() {
    let read_only = || std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem);
    let code = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
    let write = wallboard_store::StoreError::Write(code(rusqlite::ffi::SQLITE_READONLY));
    for error in [ImportError::Lock(read_only()), ImportError::Store(write)] {
        let sentence = error.to_sentence();
        assert!(sentence.contains("read-only file system"), "{sentence}");
    }
}
