//! The log under a live state, with a disk that works, fails, hangs or lies.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedMutexGuard, mpsc, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

use wallboard_domain::{
    ConnectionEvent, Discontinuity, Fact, Id, Input, LogOffset, Metric, MetricSubject, MetricValue,
    SiteConfig, SourceId, SourceKind, SourceSetup, Update,
};
use wallboard_live::{self as live, LiveHandle, LiveState, codec};
use wallboard_runtime::ingest::{self, BatchOffset, IngestSender, ProcessClock};
use wallboard_store::{
    EmbeddedLog, InputLog, LogBatch, LogLimits, LogPeriod, LogSize, LogSnapshot, ReadLog,
    StoreError, log_path,
};

use super::{
    ENTRIES_MAX, EntryRecorder, LogStatus, RestoredState, RewindError,
    replay::ReplayEnd,
    restore_state,
    rewind::{load_at, rewind_to},
    snapshots::{self, make_snapshot},
};

const SOON: Duration = Duration::from_secs(20);
/// In which work begins to wait for a disk that hangs.
const SHORT: Duration = Duration::from_millis(300);

/// A fault of the disk at the next writes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum DiskFault {
    #[default]
    None,
    Full,
    Hangs,
}

/// A log on a disk with faults.
#[derive(Clone, Debug)]
struct FaultyLog {
    log: EmbeddedLog,
    fault: Arc<Mutex<DiskFault>>,
}

impl FaultyLog {
    fn set_fault(&self, fault: DiskFault) {
        *self.fault.lock() = fault;
    }

    fn fault(&self) -> DiskFault {
        *self.fault.lock()
    }

    async fn try_disk(&self) -> Result<(), StoreError> {
        while self.fault() == DiskFault::Hangs {
            sleep(Duration::from_millis(10)).await;
        }
        if self.fault() == DiskFault::Full {
            let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
            return Err(StoreError::Write(rusqlite::Error::SqliteFailure(
                full, None,
            )));
        }
        Ok(())
    }
}

impl ReadLog for FaultyLog {
    async fn read_batches(
        &self,
        from: LogOffset,
        count: usize,
    ) -> Result<Vec<LogBatch>, StoreError> {
        self.log.read_batches(from, count).await
    }

    async fn find_snapshot(
        &self,
        format: u32,
        until: Timestamp,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        self.log.find_snapshot(format, until).await
    }

    async fn find_snapshot_from(
        &self,
        format: u32,
        next: LogOffset,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        self.log.find_snapshot_from(format, next).await
    }

    async fn find_period(&self, format: u32) -> Result<Option<LogPeriod>, StoreError> {
        self.log.find_period(format).await
    }
}

impl InputLog for FaultyLog {
    async fn append(&self, batch: LogBatch) -> Result<(), StoreError> {
        self.try_disk().await?;
        self.log.append(batch).await
    }

    async fn replace(&self, batches: Vec<LogBatch>) -> Result<(), StoreError> {
        self.try_disk().await?;
        self.log.replace(batches).await
    }

    async fn put_snapshot(&self, snapshot: LogSnapshot) -> Result<(), StoreError> {
        self.try_disk().await?;
        self.log.put_snapshot(snapshot).await
    }

    async fn cut(&self, from: LogOffset) -> Result<(), StoreError> {
        self.log.cut(from).await
    }

    async fn restart_from(&self, snapshot: LogSnapshot) -> Result<(), StoreError> {
        self.log.restart_from(snapshot).await
    }

    async fn hold_entries(&self) -> OwnedMutexGuard<()> {
        self.log.hold_entries().await
    }

    async fn trim(&self, limits: LogLimits) -> Result<LogSize, StoreError> {
        self.log.trim(limits).await
    }

    fn mark_interrupted(&self) {
        self.log.mark_interrupted();
    }

    fn noted_end(&self) -> Option<LogOffset> {
        self.log.noted_end()
    }

    fn mark_complete(&self) -> Result<(), StoreError> {
        self.log.mark_complete()
    }
}

/// A process with a live state and a log.
struct LoggedProcess {
    live: LiveHandle,
    sender: IngestSender,
    log: FaultyLog,
    status: watch::Receiver<LogStatus>,
    tasks: [JoinHandle<()>; 2],
    sent: AtomicU64,
}

impl LoggedProcess {
    /// Starts as the product does.
    async fn start(database: &Path) -> Self {
        let embedded = EmbeddedLog::open(database).unwrap();
        let RestoredState { state, is_complete } = restore_state(&embedded).await.unwrap();
        let log = FaultyLog {
            log: embedded,
            fault: Arc::default(),
        };
        let last = state.last_input_at();
        let clock = last.map_or_else(ProcessClock::start_now, ProcessClock::resume_after);
        let live = LiveHandle::new(clock.clone(), state);
        let (sender, receiver) = ingest::ingest_channel(clock);
        let (entries, applied) = mpsc::channel(ENTRIES_MAX);
        let (status, shown) = watch::channel(LogStatus::default());
        let committed = receiver.committed.clone();
        let recorder = EntryRecorder::new(log.clone(), live.clone(), applied, committed, status);
        let tasks = [
            tokio::spawn(recorder.run()),
            tokio::spawn(live::run_live_state(live.clone(), receiver, Some(entries))),
        ];
        let process = Self {
            live,
            sender,
            log,
            status: shown,
            tasks,
            sent: AtomicU64::new(0),
        };
        let mut inputs = Vec::new();
        if last.is_some() {
            inputs.push(Input::Started {
                is_log_complete: is_complete,
                term: None,
            });
        }
        let site = SiteConfig {
            sources: vec![SourceSetup::new("chat", SourceKind::OF_CONTACTS)],
            ..SiteConfig::default()
        };
        inputs.push(Input::SiteConfig(Arc::new(site)));
        process.commit(inputs).await;
        process
    }

    /// Starts and connects, and has committed so many reports.
    async fn with_reports(database: &Path, count: usize) -> Self {
        let process = Self::start(database).await;
        process.connect().await;
        for _ in 0..count {
            let offset = process.report().await;
            process.committed(offset).await;
        }
        process
    }

    async fn connect(&self) {
        let events = [
            ConnectionEvent::CatchingUp {
                discontinuity: Some(Discontinuity::Start),
            },
            ConnectionEvent::Connected,
        ];
        let source = SourceId::from("chat");
        let inputs = events.map(|event| Input::Connection(source.clone(), event));
        self.commit(inputs.to_vec()).await;
    }

    /// Sends inputs and waits until they are committed.
    async fn commit(&self, inputs: Vec<Input>) {
        let offset = self.sender.send_batch(inputs).await.unwrap();
        self.committed(offset).await;
    }

    async fn committed(&self, offset: BatchOffset) {
        let mut committed = self.sender.committed_offset();
        let reached = committed.wait_for(|committed| offset <= *committed);
        drop(
            timeout(SOON, reached)
                .await
                .expect("committed in time")
                .unwrap(),
        );
    }

    /// Reports how many wait, each time one more.
    async fn report(&self) -> BatchOffset {
        let n = self.sent.fetch_add(1, Ordering::Relaxed);
        let source = SourceId::from("chat");
        let queue = MetricSubject::Queue(Id::new(&source, "sales"));
        let reading = (Metric::Waiting, Some(MetricValue::Count(n)));
        let update = Update {
            source,
            event: "group.loadChanged",
            at: Some(self.sender.now().wall),
            fact: Fact::EventReadings(queue, [reading].into_iter().collect()),
            mistyped: 0,
        };
        self.sender
            .send_batch(vec![Input::Update(update)])
            .await
            .unwrap()
    }

    /// Ends at once, as with `kill -9`: what isn't durable is lost.
    fn kill(self) -> Vec<u8> {
        for task in &self.tasks {
            task.abort();
        }
        self.live
            .read_state(|state| codec::encode_state(state).unwrap())
    }

    async fn stop(self) -> LiveState {
        let Self {
            live,
            sender,
            tasks,
            ..
        } = self;
        drop(sender);
        for task in tasks {
            timeout(SOON, task).await.expect("ends in time").unwrap();
        }
        live.read_state(|state| codec::decode_state(&codec::encode_state(state).unwrap()).unwrap())
    }

    async fn status_becomes(&self, is_reached: impl FnMut(&LogStatus) -> bool) {
        let mut status = self.status.clone();
        drop(
            timeout(SOON, status.wait_for(is_reached))
                .await
                .expect("in time")
                .unwrap(),
        );
    }
}

async fn restored(database: &Path) -> RestoredState {
    restore_state(&EmbeddedLog::open(database).unwrap())
        .await
        .unwrap()
}

fn generation(state: &LiveState) -> u32 {
    state.snapshot().sources[&SourceId::from("chat")].generation
}

#[tokio::test]
async fn log_gives_the_live_state_after_a_stop_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    for _ in 0..200 {
        process.report().await;
    }
    let live = process.stop().await;
    let first = restored(&database).await;
    assert!(first.is_complete);
    assert!(first.state == live, "{:#?}\n{live:#?}", first.state);

    let process = LoggedProcess::start(&database).await;
    let offset = process.report().await;
    process.committed(offset).await;
    let live = process.stop().await;
    let second = restored(&database).await;
    assert!(second.is_complete);
    assert!(second.state == live);
    assert_eq!(generation(&live), 1, "a restart is no discontinuity");
}

#[tokio::test]
async fn what_is_committed_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    let mut last = BatchOffset::default();
    for _ in 0..300 {
        last = process.report().await;
    }
    process.committed(last).await;
    let live = codec::decode_state(&process.kill()).unwrap();

    let after = restored(&database).await;

    assert!(after.is_complete);
    assert!(after.state == live);
}

#[tokio::test]
async fn snapshot_made_from_the_log_is_the_live_state() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    let mut last = BatchOffset::default();
    for _ in 0..1_000 {
        last = process.report().await;
    }
    process.committed(last).await;

    let next = make_snapshot(&process.log).await.unwrap();
    let live = process.stop().await;

    let log = EmbeddedLog::open(&database).unwrap();
    let found = log
        .find_snapshot(codec::LOG_FORMAT, Timestamp::MAX)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.next, next);
    assert!(LogOffset(1_000) < next);
    let after = restored(&database).await;
    assert!(after.state == live);
}

#[tokio::test]
async fn snapshot_of_entries_that_are_gone_is_never_stored() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    let (earlier, next) = process.live.read_state(|state| {
        let snapshot = snapshots::take_snapshot(state).unwrap();
        (snapshot, state.next_offset())
    });
    let last = process.report().await;
    process.committed(last).await;

    process.log.set_fault(DiskFault::Hangs);
    let log = process.log.clone();
    let mut snapshot = tokio::spawn(async move { make_snapshot(&log).await });
    timeout(SHORT, &mut snapshot).await.unwrap_err();
    let log = process.log.clone();
    let mut restart = tokio::spawn(async move { log.restart_from(earlier).await });
    timeout(SHORT, &mut restart).await.unwrap_err();
    process.log.set_fault(DiskFault::None);
    snapshot.await.unwrap().unwrap();
    restart.await.unwrap().unwrap();

    process.stop().await;
    assert_eq!(restored(&database).await.state.next_offset(), next);
}

#[tokio::test]
async fn compacted_log_has_every_moment_that_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let process = LoggedProcess::start(&folder.path().join("w.db")).await;
    process.connect().await;
    let mut moments = Vec::new();
    for _ in 0..10 {
        let offset = process.report().await;
        process.committed(offset).await;
        moments.push(process.sender.now().wall);
    }
    let log = process.log.clone();
    let (sizes, states) = (batch_sizes(&log).await, states_at(&log, &moments).await);
    let (mut followed, mut reader, _) = load_at(&log, moments[0], None).await.unwrap();

    make_snapshot(&log).await.unwrap();

    // The snapshot would answer for the moments after it.
    let delete = "DELETE FROM snapshot WHERE next > (SELECT min(next) FROM snapshot)";
    change_log(&folder.path().join("w.db"), delete);
    assert!(10 < sizes.len(), "{sizes:?}");
    assert_eq!(batch_sizes(&log).await, [sizes.iter().sum::<u64>()]);
    assert!(states_at(&log, &moments).await == states);
    let offset = process.report().await;
    process.committed(offset).await;
    let live = process.stop().await;
    let end = reader.replay_while(&mut followed, |_| true).await.unwrap();
    assert!(matches!(end, ReplayEnd::Complete), "{end:?}");
    assert!(followed == live, "a reader of some continues");
}

async fn batch_sizes(log: &FaultyLog) -> Vec<u64> {
    let batches = log.read_batches(LogOffset(0), 100).await.unwrap();
    batches.iter().map(|batch| batch.count).collect()
}

async fn states_at(log: &FaultyLog, moments: &[Timestamp]) -> Vec<LiveState> {
    let mut states = Vec::new();
    for at in moments {
        let rewound = rewind_to(log, *at, None).await.unwrap();
        let stored = codec::encode_state(rewound.state()).unwrap();
        states.push(codec::decode_state(&stored).unwrap());
    }
    states
}

#[tokio::test]
async fn full_disk_is_passed_over_and_the_log_heals_by_itself() {
    heals_from(DiskFault::Full).await;
}

#[tokio::test]
async fn hanging_disk_is_passed_over_and_the_log_heals_by_itself() {
    heals_from(DiskFault::Hangs).await;
}

async fn heals_from(fault: DiskFault) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::with_reports(&database, 1).await;
    process.log.set_fault(fault);
    let offset = process.report().await;
    // Without the log, the watermark still moves after 5 s.
    process.committed(offset).await;
    let during = process.status.borrow().clone();
    let during_restart = restored(&database).await;
    process.log.set_fault(DiskFault::None);
    process
        .status_becomes(|status| status.interrupted_since.is_none())
        .await;
    for _ in 0..10 {
        process.report().await;
    }
    let live = process.stop().await;

    assert!(during.interrupted_since.is_some(), "{during:?}");
    assert!(
        during.failures > 0 && during.last_error.is_some(),
        "{during:?}"
    );
    assert!(
        !during_restart.is_complete,
        "a restart knows that something is missing"
    );
    let after = restored(&database).await;
    assert!(after.is_complete);
    assert!(after.state == live);
}

#[tokio::test]
async fn pause_of_the_process_is_no_fault_of_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let process = LoggedProcess::start(&folder.path().join("w.db")).await;
    process.connect().await;
    process.log.set_fault(DiskFault::Hangs);
    let offset = process.report().await;
    sleep(Duration::from_millis(200)).await;
    // Nothing else runs on this thread.
    std::thread::sleep(Duration::from_secs(6));
    process.log.set_fault(DiskFault::None);
    process.committed(offset).await;

    let status = process.status.borrow().clone();
    assert_eq!((status.failures, status.interrupted_since), (0, None));
    process.stop().await;
}

#[tokio::test]
async fn restart_while_the_log_is_passed_over_is_a_discontinuity_until_connected() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    process.log.set_fault(DiskFault::Full);
    let offset = process.report().await;
    process.committed(offset).await;
    process.kill();

    for _ in 0..2 {
        let process = LoggedProcess::start(&database).await;
        assert!(process.live.read_state(LiveState::resume_points).is_empty());
        process.stop().await;
    }
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    process.stop().await;
    let process = LoggedProcess::start(&database).await;

    let points = process.live.read_state(LiveState::resume_points);
    assert_eq!(points.len(), 1, "connected again, nothing is missing");
}

#[tokio::test]
async fn log_that_lost_its_newest_entries_is_not_complete_until_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::with_reports(&database, 3).await;
    process.kill();
    let lost = "DELETE FROM batch WHERE first = (SELECT max(first) FROM batch)";
    change_log(&database, lost);

    assert!(!restored(&database).await.is_complete);
    let process = LoggedProcess::start(&database).await;
    let is_resumed = |state: &LiveState| !state.resume_points().is_empty();
    assert!(!process.live.read_state(is_resumed));
    process.connect().await;
    process.stop().await;
    assert!(restored(&database).await.is_complete);
}

#[tokio::test]
async fn damaged_end_is_cut_and_what_is_before_it_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::with_reports(&database, 3).await;
    process.stop().await;
    let damage = "UPDATE batch SET bytes = substr(bytes, 1, length(bytes) - 3)
        WHERE first = (SELECT max(first) FROM batch)";
    change_log(&database, damage);

    let after = restored(&database).await;

    assert!(!after.is_complete);
    let queue = &after.state.snapshot().queues[&Id::new(&SourceId::from("chat"), "sales")];
    let waiting = queue.readings.get(Metric::Waiting).unwrap().value;
    assert_eq!(waiting, Some(MetricValue::Count(1)));
    // The next start begins with a snapshot, so it is complete again.
    LoggedProcess::start(&database).await.stop().await;
    assert!(restored(&database).await.is_complete);
}

#[tokio::test]
async fn log_of_another_format_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::start(&database).await;
    process.connect().await;
    let before = process.stop().await.next_offset();
    change_log(
        &database,
        "UPDATE batch SET format = 99; UPDATE snapshot SET format = 99",
    );

    let after = restored(&database).await;

    assert!(!after.is_complete);
    assert_eq!(after.state.next_offset(), before);
    assert!(after.state.snapshot().sources.is_empty());
}

#[tokio::test]
async fn playback_of_a_log_that_cannot_be_read_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.db");
    let process = LoggedProcess::with_reports(&database, 1).await;
    let at = process.live.now().wall;
    process.stop().await;
    let log = EmbeddedLog::open(&database).unwrap();
    let playback = rewind_to(&log, at, None).await.unwrap().into_playback(1);
    let live = playback.live().clone();
    let is_connected = || {
        let source = SourceId::from("chat");
        live.read_snapshot(|snapshot, _| snapshot.sources[&source].is_live())
    };
    assert!(is_connected());
    change_log(&database, "DROP TABLE batch");

    let end = timeout(SOON, playback.play()).await.expect("ends in time");

    assert!(matches!(end, Err(RewindError::Store(_))), "{end:?}");
    assert!(!is_connected(), "what can't be read must not look live");
}

fn change_log(database: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(log_path(database)).unwrap();
    connection.execute_batch(sql).unwrap();
}
