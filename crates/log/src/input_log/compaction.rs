//! Compacts the log: a commit writes few entries, and many together take a third of the space.

use std::ops::Range;

use wallboard_domain::LogOffset;
use wallboard_live::codec::{self, CodecError, LOG_FORMAT};
use wallboard_store::{InputLog, LogBatch, StoreError};

/// Batches read at once, and replaced in one transaction, so that appends don't wait.
const BATCHES_PER_READ: usize = 1_000;
/// Bytes, as they are stored, that become one batch: two seconds at 500 updates a second. More would
/// save little, and reading one entry decodes its whole batch.
const JOINED_BYTES_MAX: usize = 64 << 10;

/// Why batches stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum CompactionError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a batch {0}")]
    Codec(#[from] CodecError),
}

/// Joins small batches with these entries into larger ones. The entries stay the same.
pub async fn compact_batches(
    log: &impl InputLog,
    entries: Range<LogOffset>,
) -> Result<(), CompactionError> {
    let mut next = entries.start;
    loop {
        let mut batches = log.read_batches(next, BATCHES_PER_READ).await?;
        batches.retain(|batch| batch.next() <= entries.end);
        let Some(last) = batches.last() else {
            return Ok(());
        };
        next = last.next();
        let joined = join_batches(&batches)?;
        if !joined.is_empty() {
            log.replace(joined).await?;
        }
    }
}

/// Returns what takes the place of batches that can be joined.
fn join_batches(batches: &[LogBatch]) -> Result<Vec<LogBatch>, CodecError> {
    let mut size = 0;
    let is_together = |batch: &LogBatch, next: &LogBatch| {
        size += batch.bytes.len();
        let is_together = size + next.bytes.len() <= JOINED_BYTES_MAX
            && batch.next() == next.first
            && [batch, next].map(|batch| batch.format) == [LOG_FORMAT; 2];
        if !is_together {
            size = 0;
        }
        is_together
    };
    let runs = batches.chunk_by(is_together);
    runs.filter_map(|run| match run {
        [first, _, ..] => Some(join_run(first, run)),
        _ => None,
    })
    .collect()
}

/// Joins batches that follow each other.
fn join_run(first: &LogBatch, run: &[LogBatch]) -> Result<LogBatch, CodecError> {
    Ok(LogBatch {
        count: run.iter().map(|batch| batch.count).sum(),
        bytes: codec::join_entries(run.iter().map(|batch| batch.bytes.as_slice()))?,
        ..*first
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use wallboard_domain::{Input, LogEntry, Moment, MonotonicTime};
    use wallboard_store::{EmbeddedLog, ReadLog};

    fn entries(first: u64, count: u64) -> Vec<LogEntry> {
        let entry = |n: u64| LogEntry {
            received_at: Moment {
                wall: Timestamp::UNIX_EPOCH,
                monotonic: MonotonicTime(n.cast_signed()),
            },
            delay_ms: 0,
            inputs: vec![Input::Tick],
            proof: None,
        };
        (first..first + count).map(entry).collect()
    }

    fn batch(first: u64, count: u64) -> LogBatch {
        LogBatch {
            first: LogOffset(first),
            count,
            received_at: Timestamp::from_second(first.cast_signed()).unwrap(),
            format: LOG_FORMAT,
            bytes: codec::encode_entries(&entries(first, count)).unwrap(),
        }
    }

    /// Compacts the entries from 1 up to 20, twice: what is compacted stays as it is.
    async fn compact(batches: Vec<LogBatch>) -> Vec<LogBatch> {
        let folder = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(&folder.path().join("w.db")).unwrap();
        for batch in batches {
            log.append(batch).await.unwrap();
        }
        for _ in 0..2 {
            let range = LogOffset(1)..LogOffset(20);
            compact_batches(&log, range).await.unwrap();
        }
        log.read_batches(LogOffset(0), 100).await.unwrap()
    }

    fn sizes(batches: &[LogBatch]) -> Vec<(u64, u64)> {
        let sizes = batches.iter().map(|batch| (batch.first.0, batch.count));
        sizes.collect()
    }

    #[tokio::test]
    async fn small_batches_become_one_with_the_same_entries() {
        let parts = [(0, 1), (1, 2), (3, 3), (6, 4), (10, 5), (15, 5), (20, 1)];
        let parts = parts.map(|(first, count)| batch(first, count));

        let compacted = compact(parts.to_vec()).await;

        assert_eq!(sizes(&compacted), [(0, 1), (1, 19), (20, 1)]);
        let joined = codec::decode_entries(&compacted[1].bytes).unwrap();
        assert!(joined == entries(1, 19));
        assert_eq!(compacted[1].received_at, parts[1].received_at);
    }

    #[tokio::test]
    async fn batches_with_missing_entries_between_them_are_not_joined() {
        let parts = [(1, 2), (3, 1), (5, 1), (6, 1), (8, 1)];
        let parts = parts.map(|(first, count)| batch(first, count));

        let compacted = compact(parts.to_vec()).await;

        assert_eq!(sizes(&compacted), [(1, 3), (5, 2), (8, 1)]);
    }

    #[tokio::test]
    async fn large_batches_and_those_of_another_format_stay() {
        let mut parts = [1, 2, 3, 4, 5, 6, 7].map(|first| batch(first, 1));
        parts[2].format += 1;
        parts[4].bytes = vec![7; JOINED_BYTES_MAX];

        let compacted = compact(parts.to_vec()).await;

        let expected = [(1, 2), (3, 1), (4, 1), (5, 1), (6, 2)];
        assert_eq!(sizes(&compacted), expected);
    }
}
