//! The records of a cluster's cases: the node that leads makes them and appends them to a stream, and every node copies
//! what the stream has into its own database.

use wallboard_domain::LogOffset;
use wallboard_runtime::nats::NatsConnection;
use wallboard_store::{
    CaseRecordBatch, CaseRecordEntry, CaseRecordPosition, CaseRecordStream, Store, StreamError,
};

use super::record_sink::CaseRecordError;

/// The most records in a message, unless NATS accepts no such large one.
const RECORDS_MAX: usize = 200;

/// The stream, and how far this node's database has it.
#[derive(Debug)]
pub(super) struct SharedRecords {
    store: Store,
    stream: CaseRecordStream,
    /// The sequence of the last message whose records the database has.
    sequence: u64,
}

impl SharedRecords {
    /// Opens the stream where the database's records end.
    pub(super) async fn open(
        store: Store,
        connection: &NatsConnection,
    ) -> Result<Self, CaseRecordError> {
        let mut shared = Self {
            stream: CaseRecordStream::open(connection).await?,
            store,
            sequence: 0,
        };
        shared.sequence = shared.find_sequence().await?;
        Ok(shared)
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the sequence of the last message that the database has, or else the one before the first message.
    async fn find_sequence(&self) -> Result<u64, CaseRecordError> {
        let next = self.store.next_case_record().await?;
        let position = self.store.case_record_position().await?;
        let read = position.map_or(LogOffset(0), |position| position.next);
        let is_stored =
            |batch: &CaseRecordBatch| batch.next() <= next && batch.position.next <= read;
        let (first, last) = self.stream.find_bounds().await?;
        let (mut low, mut high) = (first, last + 1);
        while low < high {
            let middle = low.midpoint(high);
            // A message that was deleted is one of the oldest.
            let batch = self.stream.read_at(middle).await?;
            if batch.as_ref().is_none_or(is_stored) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low - 1)
    }

    /// Copies what the stream has by now.
    pub(super) async fn copy_new(&mut self) -> Result<(), CaseRecordError> {
        loop {
            let (first, last) = self.stream.find_bounds().await?;
            if last < self.sequence {
                // Somebody deleted the stream, or it lost its end: all that it has now is copied.
                self.sequence = first - 1;
            }
            self.sequence = self.sequence.max(first - 1);
            if last <= self.sequence {
                return Ok(());
            }
            if let Some(batch) = self.stream.read_at(self.sequence + 1).await? {
                self.store.copy_case_records(batch).await?;
            }
            self.sequence += 1;
        }
    }

    /// Appends records that follow all that the stream has. The position holds once all of them are in it.
    pub(super) async fn append(
        &mut self,
        entries: Vec<CaseRecordEntry>,
        position: CaseRecordPosition,
    ) -> Result<(), CaseRecordError> {
        let mut entries = self.store.without_stored_cases(entries).await?;
        let before = self.store.case_record_position().await?;
        let mut most = RECORDS_MAX;
        loop {
            let count = entries.len().min(most);
            let is_last = count == entries.len();
            let batch = CaseRecordBatch {
                first: self.store.next_case_record().await?,
                entries: entries[..count].to_vec(),
                // A node that continues after a part makes the others again.
                position: before.filter(|_| !is_last).unwrap_or(position),
            };
            match self.stream.append(&batch, self.sequence).await {
                Err(StreamError::TooLarge(_)) if 1 < count => {
                    most = count / 2;
                    continue;
                }
                appended => self.sequence = appended?,
            }
            self.store.copy_case_records(batch).await?;
            if is_last {
                return Ok(());
            }
            entries.drain(..count);
        }
    }
}
