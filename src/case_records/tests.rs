//! Files of days, over restarts and failures. What is sent to webhooks is in `tests/it/record_webhook.rs`.

use std::{collections::BTreeMap, fs, io, path::Path};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::Value;

use wallboard_domain::{CaseEnd, FinishedCase, Id, LogOffset, Moment, MonotonicTime};
use wallboard_store::{
    CaseRecordCursor, CaseRecordEntry, CaseRecordPage, CaseRecordPosition, RecordStore, Store,
};

use super::{
    CaseRecordDeliveries, CaseRecordPlan, RecordFileFormat, RecordFiles, RecordPlace, RecordSource,
    RecordText, day_file::explain_folder_error, day_files::DayFiles,
};

/// A line for each case, with its ID.
#[derive(Debug)]
pub(super) struct PlainText;

impl RecordText for PlainText {
    fn page(&self, _: CaseRecordPage, _: Option<CaseRecordCursor>) -> Value {
        Value::Null
    }

    fn file_head(&self, _: RecordFileFormat) -> Vec<u8> {
        b"head\n".to_vec()
    }

    fn file_lines(
        &self,
        entries: Vec<CaseRecordEntry>,
        is_expired: bool,
        _: RecordFileFormat,
    ) -> Vec<u8> {
        let cases = entries.into_iter().filter_map(|entry| match entry {
            CaseRecordEntry::Case(case) => Some(format!("{}\n", case.id.external)),
            CaseRecordEntry::Gap(_) => None,
        });
        let gap = is_expired.then(|| "gap\n".to_owned());
        gap.into_iter()
            .chain(cases)
            .collect::<String>()
            .into_bytes()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get("Europe/Stockholm").unwrap()
    }
}

/// A site with a database and a folder of files.
pub(super) struct RecordedSite {
    folder: tempfile::TempDir,
    store: Store,
    written: u64,
}

impl RecordedSite {
    pub(super) const TEXT: PlainText = PlainText;

    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        Self {
            store: Store::open(&folder.path().join("w.db")).unwrap(),
            folder,
            written: 0,
        }
    }

    /// Records cases by the times when their ends were noticed, which are their IDs too.
    pub(super) async fn record(&mut self, noticed: &[&str], reached: &str) {
        let entries = noticed.iter().map(|at| case(at)).collect();
        self.written += 1;
        let position = CaseRecordPosition {
            next: LogOffset(self.written),
            last: Some(Moment {
                wall: reached.parse().unwrap(),
                monotonic: MonotonicTime(0),
            }),
        };
        (self.store)
            .append_case_records(entries, position)
            .await
            .unwrap();
    }

    /// Returns what a process that just started writes files with.
    fn files(&self) -> DayFiles<PlainText> {
        let files = RecordFiles {
            place: RecordPlace::Folder(self.folder.path().join("files")),
            format: RecordFileFormat::Csv,
        };
        let plan = CaseRecordPlan {
            files: Some(files.clone()),
            ..CaseRecordPlan::kept_for(std::time::Duration::MAX)
        };
        DayFiles {
            files,
            spool: self.folder.path().to_owned(),
            deliveries: CaseRecordDeliveries::new(&plan),
            source: self.source(),
            text: PlainText,
            failing_since: None,
        }
    }

    pub(super) fn source(&self) -> RecordSource {
        RecordSource {
            store: self.store.clone(),
            records: RecordStore::embedded(self.store.clone()),
            is_shared: false,
        }
    }

    pub(super) async fn prune(&self, before: Timestamp) {
        self.store.prune_case_records(before).await.unwrap();
    }

    /// The content of each file, by its name.
    fn written(&self) -> BTreeMap<String, String> {
        let listed = fs::read_dir(self.folder.path().join("files")).unwrap();
        let files = listed.map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        });
        files.collect()
    }
}

fn case(noticed: &str) -> CaseRecordEntry {
    let noticed_at: Timestamp = noticed.parse().unwrap();
    CaseRecordEntry::Case(Box::new(FinishedCase {
        id: Id::new(&"chat".into(), noticed),
        end: CaseEnd::Closed,
        ended_at: Some(noticed_at),
        noticed_at,
        created_at: None,
        queue_legs: Vec::new(),
        conversations: Vec::new(),
        transfers: Vec::new(),
        outcome: None,
        closure: None,
        reopened: 0,
        opportunity: None,
        solution: None,
        case_type: None,
        first_response_ms: None,
    }))
}

fn expected(files: &[(&str, &[&str])]) -> BTreeMap<String, String> {
    let files = files.iter().map(|(day, lines)| {
        let lines = lines.iter().flat_map(|line| [line, "\n"]);
        let text: String = ["head\n"].into_iter().chain(lines).collect();
        (format!("case-records-{day}.csv"), text)
    });
    files.collect()
}

#[tokio::test]
async fn each_day_of_the_site_has_a_file_once_it_is_over() {
    let mut site = RecordedSite::open();
    let mut files = site.files();
    files.write_due().await;
    // In Stockholm, the day ends at 23:00 UTC.
    let (evening, night) = ("2026-11-20T22:59:59.999Z", "2026-11-20T23:00:00Z");
    site.record(
        &["2026-11-20T09:00:00Z", evening, night],
        "2026-11-20T23:00:50Z",
    )
    .await;
    files.write_due().await;
    assert_eq!(site.written(), expected(&[]), "some may still settle");
    let (format, status) = files.deliveries.files().unwrap();
    assert_eq!((format, status.waiting), (RecordFileFormat::Csv, 3));

    site.record(&[], "2026-11-20T23:01:00Z").await;
    files.write_due().await;
    let friday = ("2026-11-20", &["2026-11-20T09:00:00Z", evening][..]);
    assert_eq!(site.written(), expected(&[friday]));
    let (_, status) = files.deliveries.files().unwrap();
    assert_eq!(status.waiting, 1);
    assert_eq!(status.last.unwrap().what, "case-records-2026-11-20.csv");

    // The clock was put back: what comes late is in the file of the next day, and none is written again. On Sunday,
    // nothing is recorded.
    site.record(
        &[
            "2026-11-20T22:59:00Z",
            "2026-11-21T10:00:00Z",
            "2026-11-23T10:00:00Z",
        ],
        "2026-11-25T10:00:00Z",
    )
    .await;
    site.files().write_due().await;
    let saturday = (
        "2026-11-21",
        &[night, "2026-11-20T22:59:00Z", "2026-11-21T10:00:00Z"][..],
    );
    let monday = ("2026-11-23", &["2026-11-23T10:00:00Z"][..]);
    assert_eq!(site.written(), expected(&[friday, saturday, monday]));
}

#[tokio::test]
async fn a_time_in_the_future_holds_nothing_up() {
    let mut site = RecordedSite::open();
    let wrong = "2030-01-01T00:00:00Z";
    site.record(&[wrong, "2026-11-20T09:00:00Z"], "2026-11-20T12:00:00Z")
        .await;
    site.files().write_due().await;
    assert_eq!(site.written(), expected(&[]));
    site.record(&["2026-11-21T09:00:00Z"], "2026-11-21T12:00:00Z")
        .await;
    site.files().write_due().await;
    let friday = ("2026-11-20", &[wrong, "2026-11-20T09:00:00Z"][..]);
    assert_eq!(site.written(), expected(&[friday]));
}

#[tokio::test]
async fn a_file_is_whole_after_a_kill_and_a_failure_is_over_by_itself() {
    let mut site = RecordedSite::open();
    let ends: Vec<_> = (0..1_200)
        .map(|second: i64| {
            let start: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
            (start + second.seconds()).to_string()
        })
        .collect();
    let ends: Vec<&str> = ends.iter().map(|end| &**end).collect();
    site.record(&ends, "2026-11-21T12:00:00Z").await;

    let folder = site.folder.path().join("files");
    let moved = site.folder.path().join("moved");
    fs::rename(&folder, &moved).unwrap();
    let mut files = site.files();
    files.write_due().await;
    let failed = |files: &DayFiles<PlainText>| files.deliveries.files().unwrap().1;
    let status = failed(&files);
    let failure = status.failure.unwrap();
    assert!(failure.reason.contains("Create it"), "{failure:?}");
    assert_eq!(status.waiting, 1_200);
    files.write_due().await;
    assert_eq!(failed(&files).failure.unwrap().since, failure.since);

    // A process that was killed left half a file, another one was killed before it noted the whole one.
    let unfinished = moved.join(".case-records-2026-11-20.csv.unfinished");
    fs::write(unfinished, "head\n2026").unwrap();
    fs::write(moved.join("case-records-2026-11-20.csv"), "head\n").unwrap();
    fs::rename(&moved, &folder).unwrap();
    files.write_due().await;
    assert_eq!(failed(&files).failure, None);
    assert_eq!(site.written(), expected(&[("2026-11-20", &ends)]));
}

#[tokio::test]
async fn records_that_expired_without_a_file_are_a_gap() {
    let mut site = RecordedSite::open();
    site.record(&["2026-11-20T09:00:00Z"], "2026-11-21T12:00:00Z")
        .await;
    site.files().write_due().await;
    site.record(
        &["2026-11-21T09:00:00Z", "2026-11-25T09:00:00Z"],
        "2026-11-25T12:00:00Z",
    )
    .await;
    site.prune("2026-11-22T00:00:00Z".parse().unwrap()).await;
    site.record(&[], "2026-11-26T12:00:00Z").await;
    site.files().write_due().await;
    let friday = ("2026-11-20", &["2026-11-20T09:00:00Z"][..]);
    let wednesday = ("2026-11-25", &["gap", "2026-11-25T09:00:00Z"][..]);
    assert_eq!(site.written(), expected(&[friday, wednesday]));
}

#[test]
fn faults_of_a_folder_say_what_to_do() {
    let folder = Path::new("/srv/crm");
    for (kind, words) in [
        (io::ErrorKind::StorageFull, "Make room"),
        (io::ErrorKind::NotFound, "Create it"),
        (io::ErrorKind::PermissionDenied, "Give it the right to"),
        (io::ErrorKind::ReadOnlyFilesystem, "Mount it writable"),
    ] {
        let text = explain_folder_error(folder, &kind.into());
        assert!(
            text.contains("crm") && !text.contains("/srv") && text.contains(words),
            "{text}"
        );
    }
}
