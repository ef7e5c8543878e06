//! A watch reads on from its last revision: when the bell rings, and from time to time without it.

use std::time::Duration;

use async_nats::datetime::DateTime;
use rand::Rng;
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{Instant, timeout_at},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

use super::{
    change_bell::ChangeBell,
    known_records::KnownRecords,
    record_stream::{BucketError, BucketState, RecordStream},
};
use crate::{
    StoreError,
    records::{RecordChange, RecordError, RecordKind, RecordWatch, Revision},
};
use wallboard_domain::error_chain;

/// Pauses between the readings after the bell has rung: it rings before the change is stored.
const PAUSES_AFTER_BELL: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(3),
];
/// So many keys are compared once in a pause of [`WatchPace`], twice as many in two.
const KEYS_OF_A_PAUSE: usize = 10_000;
/// Seconds between two attempts, at most.
const RETRY_SECONDS_MAX: u64 = 30;

/// How often a watch looks without the bell. Each time is up to a fifth shorter or longer, so that nodes
/// don't ask at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct WatchPace {
    /// Reads on, and checks that the bucket is the same.
    pub(super) look: Duration,
    /// Compares with a list of all keys.
    pub(super) comparison: Duration,
}

impl Default for WatchPace {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(15),
            comparison: Duration::from_mins(1),
        }
    }
}

impl WatchPace {
    /// The more keys there are, the less often all of them are listed.
    fn comparison_pause(self, keys: usize) -> Duration {
        let more = u32::try_from(keys / KEYS_OF_A_PAUSE).unwrap_or(u32::MAX);
        self.comparison.saturating_mul(more.saturating_add(1))
    }
}

/// Changes of a kind in the cluster's bucket. Waits as long as NATS can't be reached, and reads on then.
#[derive(Debug)]
pub(in crate::records) struct BucketWatch {
    changes: Receiver<RecordChange>,
    _reading: AbortOnDropHandle<()>,
}

impl RecordWatch for BucketWatch {
    async fn next(&mut self) -> Result<RecordChange, RecordError> {
        self.changes.recv().await.ok_or(RecordError::FellBehind)
    }
}

/// Why a look wasn't complete.
#[derive(Debug)]
enum LookError {
    /// The watch fell behind, or nobody has it.
    Ended,
    Bucket(BucketError),
}

impl From<BucketError> for LookError {
    fn from(error: BucketError) -> Self {
        match error {
            BucketError::Missing => Self::Ended,
            error => Self::Bucket(error),
        }
    }
}

/// Reads one change ahead of the watch's owner, so that a request in flight doesn't end when the owner
/// turns to something else.
#[derive(Debug)]
pub(super) struct BucketFollower {
    stream: RecordStream,
    kind: RecordKind,
    pace: WatchPace,
    created: DateTime,
    /// The last change that was read.
    position: Revision,
    known: KnownRecords,
    next_look: Instant,
    next_comparison: Instant,
}

impl BucketFollower {
    /// Continues after a list, in a bucket that was as `state` says before it.
    pub(super) fn new(
        stream: RecordStream,
        kind: RecordKind,
        pace: WatchPace,
        state: BucketState,
        listed: &[RecordChange],
    ) -> Self {
        let mut known = KnownRecords::default();
        for change in listed {
            known.apply(change);
        }
        Self {
            stream,
            kind,
            pace,
            created: state.created,
            position: listed.last().map_or(Revision(0), RecordChange::revision),
            known,
            next_look: soon(pace.look),
            next_comparison: soon(pace.comparison),
        }
    }

    pub(super) fn start(self, bell: ChangeBell) -> BucketWatch {
        let (sender, changes) = mpsc::channel(1);
        BucketWatch {
            changes,
            _reading: AbortOnDropHandle::new(tokio::spawn(self.follow(bell, sender))),
        }
    }

    /// Ends by closing the channel, which says that the watch fell behind.
    async fn follow(mut self, mut bell: ChangeBell, sender: Sender<RecordChange>) {
        let mut failures = 0;
        let mut pauses = [].iter();
        let mut next = Instant::now();
        loop {
            if timeout_at(next, bell.wait()).await.is_ok() {
                failures = 0;
                pauses = PAUSES_AFTER_BELL.iter();
            }
            next = match self.look(&sender).await {
                Ok(()) => {
                    failures = 0;
                    let pause = pauses.next().map(|pause| Instant::now() + *pause);
                    pause.map_or(self.next_look, |next| next.min(self.next_look))
                }
                Err(LookError::Ended) => return,
                Err(LookError::Bucket(error)) => {
                    failures += 1;
                    if failures == 1 {
                        let error = StoreError::from(error);
                        warn!("No changes of records for now: {}", error_chain(&error));
                    }
                    Instant::now() + retry_pause(failures)
                }
            };
        }
    }

    async fn look(&mut self, sender: &Sender<RecordChange>) -> Result<(), LookError> {
        self.read_on(sender).await?;
        if self.next_look <= Instant::now() {
            self.check_bucket().await?;
            self.next_look = soon(self.pace.look);
        }
        if self.next_comparison <= Instant::now() {
            self.compare(sender).await?;
            self.next_comparison = soon(self.pace.comparison_pause(self.known.len()));
        }
        Ok(())
    }

    async fn read_on(&mut self, sender: &Sender<RecordChange>) -> Result<(), LookError> {
        while let Some(change) = self.stream.next(self.kind, self.position).await? {
            self.position = change.revision();
            self.known.apply(&change);
            sender.send(change).await.map_err(|_| LookError::Ended)?;
        }
        Ok(())
    }

    /// A bucket that was created again, or lost its newest changes, has other revisions.
    async fn check_bucket(&self) -> Result<(), LookError> {
        let state = self.stream.state().await?;
        if state.created == self.created && self.position <= state.last {
            Ok(())
        } else {
            Err(LookError::Ended)
        }
    }

    /// Finds records that were removed without a deletion, and deletions that nobody read in time.
    async fn compare(&mut self, sender: &Sender<RecordChange>) -> Result<(), LookError> {
        let before = self.position;
        let listed = self.stream.list_ids(self.kind).await?;
        self.read_on(sender).await?;
        if self.known.agrees_with(&listed, before) {
            Ok(())
        } else {
            Err(LookError::Ended)
        }
    }
}

/// A moment in about `pause`.
fn soon(pause: Duration) -> Instant {
    Instant::now() + pause.mul_f64(rand::rng().random_range(0.8..1.2))
}

/// The pause after so many failures: from 1 s to 30 s, and up to half of it less.
pub(in crate::records) fn retry_pause(failures: u32) -> Duration {
    let seconds = 1 << failures.saturating_sub(1).min(5);
    let longest = Duration::from_secs(RETRY_SECONDS_MAX.min(seconds));
    longest.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_keys_are_listed_in_an_hour_however_many_there_are() {
        let pace = WatchPace::default();
        let minutes = |keys| pace.comparison_pause(keys).as_secs() / 60;
        assert_eq!([0, 9_999, 10_000, 580_000].map(minutes), [1, 1, 2, 59]);
        assert!(Duration::from_hours(24) < pace.comparison_pause(usize::MAX));
    }
}
