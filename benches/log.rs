//! The input log behind the live state: processor time per update and the age of frames, with it and
//! without it in turn, bytes per update, and how fast it is replayed. The baseline is the same run without a log. Then how
//! long a start and a rewind take with a day behind them, and how much of the disk a day takes:
//! `cargo bench --bench log -- rewind` is this part alone.

#[path = "log/frame_viewer.rs"]
mod frame_viewer;
#[path = "log/workload.rs"]
mod workload;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use wallboard_domain::{LogEntry, LogOffset, Moment, MonotonicTime};
use wallboard_live::{
    self as live, LiveHandle, LiveState,
    codec::{self, LOG_FORMAT},
};
use wallboard_log::input_log::{self, ENTRIES_MAX, EntryRecorder, LogRetention, LogStatus};
use wallboard_runtime::ingest::{self, ProcessClock};
use wallboard_store::{EmbeddedLog, InputLog, LogBatch, LogLimits, LogSnapshot, ReadLog};

use frame_viewer::FrameViewer;
use workload::{BATCHES, cpu_time, send_and_wait, start_inputs, to_float, update};

/// Updates per second of a busy site, and of a flood.
const BUSY: u64 = 500;
const FLOOD: u64 = 20_000;
/// So long that snapshots are made and entries are compacted as often as always.
const BUSY_TIME: Duration = Duration::from_mins(2);
const FLOOD_TIME: Duration = Duration::from_mins(1);
const DAY_SECONDS: u64 = 86_400;
const MOMENTS: u64 = 20;
const BATCHES_PER_READ: usize = 256;

/// A day at 50 updates a second: each is an entry, and a batch has what came in 50 ms.
const STEADY_DAY: SyntheticDay = SyntheticDay {
    rate: 50,
    updates: 4_320_000,
    entry: 1,
    batch: 3,
    // As the snapshots' thread does.
    snapshot_every: 25_000,
    logged: 4_320_000,
    is_compacted: false,
    target_ms: 300,
};
/// A part of a day at 500 updates a second, with as many ended contacts as are ever kept. Snapshots
/// of earlier hours are 8 minutes apart, and at most a minute more.
const BUSY_DAY: SyntheticDay = SyntheticDay {
    rate: BUSY,
    updates: 1_080_000,
    entry: BUSY / BATCHES,
    batch: 25,
    snapshot_every: 270_000,
    logged: 270_000,
    is_compacted: true,
    target_ms: 1_000,
};
/// On the disk, at 500 updates a second.
const GIGABYTES_A_DAY: f64 = 1.5;
/// In a batch of which nothing is measured.
const LARGE_BATCH: u64 = 1_000;

/// Updates at a rate.
#[derive(Debug)]
struct SyntheticDay {
    /// Per second.
    rate: u64,
    updates: u64,
    /// Updates in an entry, and in a batch of the log after the last snapshot.
    entry: u64,
    batch: u64,
    snapshot_every: u64,
    /// The last ones are in the log.
    logged: u64,
    /// As all entries before the newest snapshot are.
    is_compacted: bool,
    target_ms: u64,
}

/// The figures of one run.
#[derive(Debug)]
struct RunFigures {
    updates: u64,
    cpu: Duration,
    appended_bytes: u64,
    slowest_commit: Duration,
    /// Of 100 frames, 99 were at most so old when a viewer had them.
    frame_p99: Duration,
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    if !std::env::args().any(|argument| argument == "rewind") {
        measure_runs(folder.path()).await;
    }
    for day in [STEADY_DAY, BUSY_DAY] {
        let database = folder.path().join(format!("day-{}.db", day.rate));
        look_back(&database, &day).await;
    }
}

async fn measure_runs(folder: &Path) {
    // A hundredth of a processor, and a fifth.
    let runs = [
        ("busy", BUSY, BUSY_TIME, 20),
        ("flood", FLOOD, FLOOD_TIME, 10),
    ];
    for (name, rate, time, target) in runs {
        let database = folder.join(format!("{name}.db"));
        let without = measure(rate, time, None).await;
        let with = measure(rate, time, Some(&database)).await;
        println!("{name}: {rate} updates/s for {} s", time.as_secs());
        let (log, bare) = (with.cpu_per_update(), without.cpu_per_update());
        println!("  processor per update   {log:>8.2} µs, without a log {bare:.2} µs");
        println!(
            "  of the log             {:>8.2} µs (target {target})",
            log - bare
        );
        println!("  ratio                  {:>8.2}", log / bare);
        let bytes = to_float(with.appended_bytes) / to_float(with.updates);
        println!("  bytes per update       {bytes:>8.1} until they are compacted");
        println!("  slowest commit         {:>8.1?}", with.slowest_commit);
        let (p99, bare) = (
            with.frame_p99.as_secs_f64(),
            without.frame_p99.as_secs_f64(),
        );
        println!(
            "  frames' p99            {:>8.1} ms, without a log {:.1} ms",
            p99 * 1e3,
            bare * 1e3
        );
        println!("  ratio                  {:>8.2} (target 1.10)", p99 / bare);
        replay(&database, with.updates).await;
    }
}

/// Starts with a day of entries behind, and rewinds to moments as far from a snapshot as they get.
async fn look_back(database: &Path, day: &SyntheticDay) {
    let log = EmbeddedLog::open(database).expect("a log can be opened");
    let begin = Timestamp::now() - SignedDuration::from_hours(24);
    write_day(&log, day, begin).await;
    if day.is_compacted {
        compact(&log, day).await;
    }
    println!(
        "day: {} updates at {}/s, the last {} in the log, at most {} after a snapshot",
        day.updates, day.rate, day.logged, day.snapshot_every
    );
    let (start, cpu_before) = (Instant::now(), cpu_time());
    let restored = input_log::restore_state(&log).await;
    let (elapsed, cpu) = (start.elapsed(), cpu_time().saturating_sub(cpu_before));
    drop(restored.expect("the log can be read"));
    println!("  start from the log     {elapsed:>8.1?} (target 1 s), {cpu:.1?} of a processor");
    let (mut times, cpu_before) = (Vec::new(), cpu_time());
    for n in 1..=MOMENTS {
        let before_end = day.snapshot_every * (n - 1) / MOMENTS;
        let at = day.moment(begin, day.updates - 1 - before_end).wall;
        let start = Instant::now();
        let rewound = input_log::rewind_to(&log, at, None).await;
        times.push(start.elapsed());
        drop(rewound.expect("the moment is in the log"));
    }
    let cpu = cpu_time().saturating_sub(cpu_before) / u32::try_from(MOMENTS).unwrap_or(1);
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let target = Duration::from_millis(day.target_ms);
    println!(
        "  rewind                 {median:>8.1?} median, {slowest:.1?} slowest (target {target:?})"
    );
    println!("  processor per rewind   {cpu:>8.1?} on average");
    println!(
        "  slowest to target      {:>8.2}",
        slowest.as_secs_f64() / target.as_secs_f64()
    );
}

/// Compacts the log of a part of a day with one snapshot, and says how much a whole day takes.
async fn compact(log: &EmbeddedLog, day: &SyntheticDay) {
    let start = Instant::now();
    let compacted = input_log::compact_batches(log, LogOffset(0)..LogOffset(u64::MAX)).await;
    compacted.expect("the log can be compacted");
    let elapsed = start.elapsed();
    let all = LogLimits {
        oldest: Timestamp::MIN,
        size: u64::MAX,
    };
    let size = log.trim(all).await.expect("the log can be trimmed");
    let newest = log.find_snapshot(LOG_FORMAT, Timestamp::MAX).await;
    let snapshot = newest.expect("the log can be read").expect("a snapshot");
    let parts_a_day = to_float(day.rate * DAY_SECONDS) / to_float(day.logged);
    let gigabytes = |bytes: u64| to_float(bytes) * parts_a_day / 1e9;
    let snapshots = gigabytes(snapshot.bytes.len() as u64);
    let total = gigabytes(size.bytes);
    println!(
        "disk: {total:.2} GB a day at {}/s, entries {:.2} and snapshots {snapshots:.2} (target {GIGABYTES_A_DAY}), {:.2} to target",
        day.rate,
        total - snapshots,
        total / GIGABYTES_A_DAY
    );
    let per_update = elapsed.as_secs_f64() * 1e6 / to_float(day.logged);
    println!("  compaction             {per_update:>8.2} µs per update, {elapsed:.1?}");
}

/// Writes a day's entries and snapshots, the last ones in batches as small as at this rate.
async fn write_day(log: &EmbeddedLog, day: &SyntheticDay, begin: Timestamp) {
    let mut state = LiveState::default();
    let mut first = 0;
    while first < day.updates {
        let is_last_part = day.updates - day.snapshot_every <= first;
        let count = if is_last_part { day.batch } else { LARGE_BATCH };
        let last = (first + count).min(day.updates);
        let starts = (first..last).step_by(usize::try_from(day.entry).unwrap_or(1));
        let entries: Vec<LogEntry> = starts.map(|n| day.entry_at(begin, n)).collect();
        let offset = state.next_offset();
        for entry in &entries {
            state.apply_entry(entry);
        }
        if day.updates - day.logged <= first {
            let batch = LogBatch {
                first: offset,
                count: entries.len() as u64,
                received_at: entries[0].received_at.wall,
                format: LOG_FORMAT,
                bytes: codec::encode_entries(&entries).expect("entries can be encoded"),
            };
            log.append(batch).await.expect("the log can be written");
        }
        let is_logged = day.updates - day.logged <= last;
        if is_logged
            && (day.updates - last).is_multiple_of(day.snapshot_every)
            && last < day.updates
        {
            let snapshot = LogSnapshot {
                next: state.next_offset(),
                taken_at: day.moment(begin, last - 1).wall,
                format: LOG_FORMAT,
                bytes: codec::encode_state(&state).expect("the state can be encoded"),
            };
            let stored = log.put_snapshot(snapshot).await;
            stored.expect("the log can be written");
        }
        first = last;
    }
}

impl SyntheticDay {
    fn entry_at(&self, begin: Timestamp, first: u64) -> LogEntry {
        let received_at = self.moment(begin, first);
        let updates = (first..first + self.entry).map(|n| update(n, received_at.wall));
        LogEntry {
            received_at,
            delay_ms: 0,
            inputs: if first == 0 {
                start_inputs()
            } else {
                updates.collect()
            },
            proof: None,
        }
    }

    fn moment(&self, begin: Timestamp, update: u64) -> Moment {
        let millis = (update * 1000 / self.rate).cast_signed();
        Moment {
            wall: begin + SignedDuration::from_millis(millis),
            monotonic: MonotonicTime(millis),
        }
    }
}

impl RunFigures {
    /// In microseconds.
    fn cpu_per_update(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / to_float(self.updates)
    }
}

/// Sends updates at a rate, with a log if there is a database for it.
async fn measure(rate: u64, time: Duration, database: Option<&Path>) -> RunFigures {
    let clock = ProcessClock::start_now();
    let live = LiveHandle::new(clock.clone(), LiveState::default());
    let (sender, receiver) = ingest::ingest_channel(clock);
    let (status, shown) = watch::channel(LogStatus::default());
    let stop = CancellationToken::new();
    let entries = database.map(|database| {
        let log = EmbeddedLog::open(database).expect("a log can be opened");
        let (entries, applied) = mpsc::channel(ENTRIES_MAX);
        let committed = receiver.committed.clone();
        let retention = LogRetention {
            age: Duration::from_secs(DAY_SECONDS),
            size: u64::MAX,
        };
        input_log::keep_snapshots(log.clone(), status.clone(), retention, stop.clone())
            .expect("a thread starts");
        let recorder = EntryRecorder::new(log, live.clone(), applied, committed, status.clone());
        tokio::spawn(recorder.run());
        entries
    });
    tokio::spawn(live::run_live_state(live.clone(), receiver, entries));
    send_and_wait(&sender, start_inputs()).await;
    let viewer = FrameViewer::open(&live).await;

    let before = cpu_time();
    let mut slowest_commit = Duration::ZERO;
    let look = || slowest_commit = slowest_commit.max(shown.borrow().commit_delay);
    let updates = workload::send_updates(&sender, rate, time, look).await;
    let cpu = cpu_time().saturating_sub(before);
    stop.cancel();
    let appended_bytes = shown.borrow().appended_bytes;
    RunFigures {
        updates,
        cpu,
        appended_bytes,
        slowest_commit,
        frame_p99: viewer.close().await,
    }
}

/// Restores the state and says how fast.
async fn replay(database: &Path, updates: u64) {
    let log = EmbeddedLog::open(database).expect("the log can be opened");
    let start = Instant::now();
    let restored = input_log::restore_state(&log)
        .await
        .expect("the log can be read");
    let elapsed = start.elapsed();
    println!("  start from the log     {elapsed:>8.1?} after {updates} updates");
    assert!(restored.is_complete, "nothing is missing");
    let start = Instant::now();
    let entries = replay_all(&log).await;
    let rate = to_float(updates) / start.elapsed().as_secs_f64();
    println!("  replay                 {rate:>8.0} updates/s of {entries} entries (target 200000)");
}

/// Applies all entries from the first on. Returns how many.
async fn replay_all(log: &EmbeddedLog) -> u64 {
    let mut state = LiveState::default();
    loop {
        let read = log
            .read_batches(state.next_offset(), BATCHES_PER_READ)
            .await;
        let batches = read.expect("the log can be read");
        if batches.is_empty() {
            return state.next_offset().0;
        }
        for batch in batches {
            let entries = codec::decode_entries(&batch.bytes).expect("entries can be decoded");
            for entry in &entries {
                state.apply_entry(entry);
            }
        }
    }
}
