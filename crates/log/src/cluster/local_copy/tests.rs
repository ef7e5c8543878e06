//! A node's copy on a disk that hangs.

use tempfile::TempDir;

use crate::input_log::{PendingEntries, restore_state};
use wallboard_domain::{Input, LogEntry, MonotonicTime, TermId};
use wallboard_live::{AppliedEntry, LiveState, codec::LOG_FORMAT};
use wallboard_runtime::ingest::ProcessClock;
use wallboard_store::BatchHeader;

use super::*;

const TERM: TermId = TermId(7);
const AT_ONCE: Duration = Duration::from_secs(5);

/// A node that follows a leader.
struct Follower {
    folder: TempDir,
    clock: ProcessClock,
    live: LiveHandle,
    copy: LocalCopy,
}

impl Follower {
    /// Returns it with the task that writes its copy.
    fn start() -> (Self, impl Future<Output = ()> + Send + 'static) {
        let folder = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
        let (copy, writer) = LocalCopy::new(log, watch::Sender::default());
        let clock = ProcessClock::start_now();
        let live = LiveHandle::new(clock.clone(), LiveState::default());
        let follower = Self {
            folder,
            clock,
            live,
            copy,
        };
        (follower, writer)
    }

    fn position(&self) -> LogPosition {
        self.live.read_state(LiveState::position)
    }

    /// Applies batches of one entry each.
    fn follow(&self, batches: usize) {
        for _ in 0..batches {
            let (after, now) = (self.position(), self.clock.now());
            let entry = LogEntry {
                received_at: now,
                delay_ms: 0,
                inputs: vec![Input::Started {
                    is_log_complete: true,
                    term: Some(TERM),
                }],
                proof: None,
            };
            self.live
                .apply_entries(std::slice::from_ref(&entry), MonotonicTime(i64::MAX));
            let applied = AppliedEntry {
                offset: after.next,
                entry,
                batch: None,
            };
            let encoded = PendingEntries::starting_with(applied).encode().unwrap();
            self.copy.append(&StreamBatch {
                header: BatchHeader {
                    after,
                    term: TERM,
                    count: encoded.count,
                    inputs: 1,
                    format: LOG_FORMAT,
                    received_at: encoded.received_at,
                    sent_at: now.monotonic,
                    is_last: false,
                },
                bytes: encoded.bytes.into(),
            });
        }
    }

    async fn recover(&self) {
        *self.copy.recovery_due.lock() = Instant::now();
        let recovered = self.copy.recover(&self.live, self.position());
        timeout(AT_ONCE, recovered).await.unwrap();
    }

    /// Returns what a restart would begin with.
    async fn restored(&self) -> Option<LogPosition> {
        let log = EmbeddedLog::open(&self.folder.path().join("w.db")).unwrap();
        let restored = restore_state(&log).await.unwrap();
        restored.is_complete.then(|| restored.state.position())
    }
}

#[tokio::test]
async fn disk_that_hangs_delays_nobody_and_leaves_no_gap() {
    let (follower, writer) = Follower::start();
    follower.follow(BATCHES_MAX + 1);
    assert!(follower.copy.is_broken(), "a batch was left out");
    follower.recover().await;
    follower.follow(1);

    let writer = tokio::spawn(writer);
    assert!(!follower.copy.flush().await);
    assert_eq!(follower.restored().await, None);
    follower.recover().await;
    follower.follow(3);

    assert!(follower.copy.flush().await);
    assert_eq!(follower.restored().await, Some(follower.position()));
    writer.abort();
}

#[tokio::test]
async fn batch_that_is_left_out_while_the_copy_recovers_is_noticed() {
    let (follower, writer) = Follower::start();
    follower.follow(1);
    note_failure(&follower.copy.status, &"the disk is full");
    let mut writer = Box::pin(writer);
    timeout(AT_ONCE / 10, writer.as_mut()).await.unwrap_err();
    follower.recover().await;
    follower.follow(BATCHES_MAX);

    let writer = tokio::spawn(writer);
    assert!(!follower.copy.flush().await);
    assert_eq!(follower.restored().await, None);
    follower.recover().await;

    assert!(follower.copy.flush().await);
    assert_eq!(follower.restored().await, Some(follower.position()));
    writer.abort();
}
