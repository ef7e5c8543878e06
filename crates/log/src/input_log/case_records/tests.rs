//! Case records over a log that grows, while their process ends at any moment.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::timeout;

use wallboard_domain::{
    CaseEnd, CaseOutcome, ConnectionEvent, Discontinuity, FinishedCase, Input, LogEntry, LogOffset,
};
use wallboard_live::{
    codec::{self, LOG_FORMAT},
    testing::{LiveScenario, chat_id, chat_source, closed_event, created_event, opened_event},
};
use wallboard_store::{CaseRecordEntry, CaseRecordGap, EmbeddedLog, InputLog, LogBatch, Store};

use super::{record_sink::RecordSink, record_writer::RecordWriter};
use crate::input_log::snapshots::{self, make_snapshot};

/// A log with the records of its cases, both as files.
pub(super) struct RecordedLog {
    folder: tempfile::TempDir,
    pub(super) log: EmbeddedLog,
    pub(super) store: Store,
}

impl RecordedLog {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = database_in(folder.path());
        Self {
            log: EmbeddedLog::open(&database).unwrap(),
            store: Store::open(&database).unwrap(),
            folder,
        }
    }

    pub(super) async fn append(&self, first: usize, entries: &[LogEntry]) {
        append(&self.log, first, entries).await;
    }

    async fn writer(&self) -> RecordWriter<EmbeddedLog> {
        let sink = RecordSink::Own(self.store.clone());
        let writer = RecordWriter::open(self.log.clone(), sink);
        writer.await.unwrap()
    }

    /// Writes as a process that just started.
    pub(super) async fn write(&self) {
        self.writer().await.write_new().await.unwrap();
    }

    pub(super) async fn records(&self) -> Vec<CaseRecordEntry> {
        let page = self.store.case_records_after(None, usize::MAX >> 1).await;
        let rows = page.unwrap().unwrap().rows;
        rows.into_iter().map(|(_, entry)| entry).collect()
    }

    async fn cases(&self) -> Vec<FinishedCase> {
        let records = self.records().await.into_iter();
        let cases = records.filter_map(|entry| match entry {
            CaseRecordEntry::Case(case) => Some(*case),
            CaseRecordEntry::Gap(_) => None,
        });
        cases.collect()
    }

    async fn gaps(&self) -> Vec<CaseRecordGap> {
        let records = self.records().await.into_iter();
        let gaps = records.filter_map(|entry| match entry {
            CaseRecordEntry::Case(_) => None,
            CaseRecordEntry::Gap(gap) => Some(gap),
        });
        gaps.collect()
    }
}

fn database_in(folder: &Path) -> PathBuf {
    folder.join("w.db")
}

async fn append(log: &EmbeddedLog, first: usize, entries: &[LogEntry]) {
    let Some(entry) = entries.first() else {
        return;
    };
    let batch = LogBatch {
        first: LogOffset(first as u64),
        count: entries.len() as u64,
        received_at: entry.received_at.wall,
        format: LOG_FORMAT,
        bytes: codec::encode_entries(entries).unwrap(),
    };
    log.append(batch).await.unwrap();
}

/// The entries of a morning with many cases, and how many of them were closed.
pub(super) fn morning(cases: usize) -> (Vec<LogEntry>, usize) {
    let mut random = StdRng::seed_from_u64(11);
    let mut scenario = LiveScenario::new();
    let mut closed = 0;
    for n in 0..cases {
        let case = format!("case {n}");
        scenario.send_case_event(&case, created_event());
        scenario.advance_time(random.random_range(100..9_000));
        scenario.send_case_event(&case, opened_event("anna", "sales"));
        scenario.advance_time(random.random_range(100..9_000));
        let is_closed = n % 7 != 0;
        if is_closed {
            scenario.send_case_event(&case, closed_event(CaseOutcome::Positive));
        }
        closed += usize::from(is_closed);
        if n % 20 == 5 {
            scenario.connect_source(Some(Discontinuity::Upstream));
        }
        if n % 10 == 3 {
            // It is opened once more, sometimes before its record is made.
            scenario.advance_time(random.random_range(100..20_000));
            scenario.send_case_event(&case, opened_event("ben", "sales"));
            scenario.advance_time(1_000);
            scenario.send_case_event(&case, closed_event(CaseOutcome::Negative));
        }
    }
    scenario.advance_time(60_000);
    (scenario.entries.clone(), closed)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_case_has_its_record_once_wherever_the_process_is_killed() {
    let (entries, closed) = morning(120);
    let (steady, killed) = (RecordedLog::open(), RecordedLog::open());
    steady.write().await;
    killed.write().await;
    let mut writer = steady.writer().await;
    let mut random = StdRng::seed_from_u64(5);
    let (mut first, mut starts) = (0, 0);
    while first < entries.len() {
        let next = entries.len().min(first + random.random_range(1..6));
        for log in [&steady, &killed] {
            log.append(first, &entries[first..next]).await;
        }
        if random.random_bool(0.03) {
            make_snapshot(&steady.log).await.unwrap();
            make_snapshot(&killed.log).await.unwrap();
        }
        writer.write_new().await.unwrap();
        if random.random_bool(0.5) {
            killed.write().await;
            starts += 1;
        }
        first = next;
    }
    killed.write().await;

    assert!(100 < starts, "{starts} starts");
    let expected = steady.records().await;
    assert!(closed <= steady.cases().await.len());
    let found = killed.records().await;
    for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "entry {index}");
    }
    assert_eq!(found.len(), expected.len());
    let gaps = killed.gaps().await;
    assert!(gaps.iter().all(|gap| gap.source == Some(chat_source())));
    assert!(3 <= gaps.len(), "the source's gaps: {gaps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_recorded_once_its_last_messages_are_in() {
    let recorded = RecordedLog::open();
    let mut writer = recorded.writer().await;
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", created_event());
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.advance_time(6_000);
    let early = scenario.entries.len();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.advance_time(6_000);
    recorded.append(0, &scenario.entries[..early]).await;
    writer.write_new().await.unwrap();
    assert_eq!(recorded.cases().await, [], "too early");

    recorded.append(early, &scenario.entries[early..]).await;
    writer.write_new().await.unwrap();
    assert_eq!(recorded.cases().await, [], "it is open again");
    let reopened = scenario.entries.len();
    scenario.send_case_event("c1", closed_event(CaseOutcome::Neutral));
    scenario.advance_time(15_000);
    recorded
        .append(reopened, &scenario.entries[reopened..])
        .await;
    writer.write_new().await.unwrap();
    let cases = recorded.cases().await;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].outcome, Some(CaseOutcome::Neutral));
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_that_end_while_the_log_is_passed_over_are_recorded_with_the_gap() {
    let recorded = RecordedLog::open();
    recorded.write().await;
    let mut scenario = LiveScenario::new();
    for case in ["before", "during", "after"] {
        scenario.send_case_event(case, opened_event("anna", "sales"));
    }
    scenario.send_case_event("before", closed_event(CaseOutcome::Positive));
    scenario.advance_time(4_000);
    let missing = scenario.entries.len();
    recorded.append(0, &scenario.entries).await;
    let mut writer = recorded.writer().await;
    writer.write_new().await.unwrap();
    scenario.send_case_event("during", closed_event(CaseOutcome::Negative));
    scenario.advance_time(30_000);
    let resumed = scenario.entries.len();
    let snapshot = snapshots::take_snapshot(&scenario.state).unwrap();
    recorded.log.put_snapshot(snapshot).await.unwrap();
    scenario.send_case_event("after", closed_event(CaseOutcome::Neutral));
    scenario.advance_time(30_000);
    recorded.append(resumed, &scenario.entries[resumed..]).await;
    assert!(missing < resumed);
    writer.write_new().await.unwrap();

    let cases = recorded.cases().await;
    let ids: Vec<_> = cases.iter().map(|case| case.id.clone()).collect();
    assert_eq!(
        ids,
        [chat_id("before"), chat_id("during"), chat_id("after")]
    );
    assert_eq!(cases[1].outcome, Some(CaseOutcome::Negative));
    let gaps = recorded.gaps().await;
    assert_eq!((gaps.len(), gaps[0].source.clone()), (1, None));
    assert!(gaps[0].from < gaps[0].to);

    recorded.write().await;
    assert_eq!(recorded.cases().await, cases, "a restart adds nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_log_begins_with_a_gap_and_repeats_nothing() {
    let recorded = RecordedLog::open();
    recorded.write().await;
    let (entries, _) = morning(20);
    recorded.append(0, &entries).await;
    recorded.write().await;
    let before = recorded.cases().await;
    assert!(!before.is_empty());

    // A log that lost its end, and went on.
    let half = entries.len() / 2;
    let other_folder = tempfile::tempdir().unwrap();
    let other = EmbeddedLog::open(&database_in(other_folder.path())).unwrap();
    append(&other, 0, &entries[..half]).await;
    let mut scenario = LiveScenario::new();
    scenario.advance_time(24 * 3_600_000);
    let skip = scenario.entries.len();
    scenario.send_case_event("new", opened_event("anna", "sales"));
    scenario.send_case_event("new", closed_event(CaseOutcome::Positive));
    scenario.advance_time(60_000);
    append(&other, half, &scenario.entries[skip..]).await;
    let mut writer = RecordWriter::open(other, RecordSink::Own(recorded.store.clone()))
        .await
        .unwrap();
    writer.write_new().await.unwrap();

    let after = recorded.cases().await;
    let (kept, new) = after.split_at(before.len());
    assert_eq!(kept, before, "nothing is repeated");
    // A case that was open in the first half has been given up meanwhile.
    let closed = new.iter().filter(|case| case.end == CaseEnd::Closed);
    let closed: Vec<_> = closed.map(|case| case.id.clone()).collect();
    assert_eq!(closed, [chat_id("new")]);
    let gaps = recorded.gaps().await;
    assert!(gaps.iter().any(|gap| gap.source.is_none()), "{gaps:?}");
    drop(recorded.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_with_an_empty_log_is_continued_after_a_snapshot() {
    let recorded = RecordedLog::open();
    recorded.write().await;
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.advance_time(30_000);
    recorded.append(0, &scenario.entries).await;
    make_snapshot(&recorded.log).await.unwrap();
    let continued = timeout(Duration::from_secs(20), recorded.write());
    continued.await.expect("it finds a state to begin with");
    assert_eq!(recorded.cases().await.len(), 1);
    // By the log's clock, this says which days are complete.
    let position = recorded.store.case_record_position().await.unwrap();
    let last = scenario.entries.last().unwrap().received_at;
    let reached = position.unwrap().last.unwrap();
    assert!(last.monotonic.millis_since(reached.monotonic) < 30_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_sources_cases_are_recorded_before_they_go() {
    let recorded = RecordedLog::open();
    recorded.write().await;
    let mut scenario = LiveScenario::new();
    scenario.send_case_event("c1", opened_event("anna", "sales"));
    scenario.send_case_event("c1", closed_event(CaseOutcome::Positive));
    scenario.apply_input(&Input::Connection(
        chat_source(),
        ConnectionEvent::Disconnected {
            why: "removed".to_owned(),
        },
    ));
    scenario.apply_input(&Input::SiteConfig(std::sync::Arc::default()));
    scenario.advance_time(30_000);
    recorded.append(0, &scenario.entries).await;
    recorded.write().await;
    assert_eq!(recorded.cases().await.len(), 1);
}
