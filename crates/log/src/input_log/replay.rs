//! Replays entries of the log into a live state.

use std::{collections::VecDeque, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{LogEntry, LogOffset};
use wallboard_live::{
    ForgottenAgents, LiveState,
    codec::{self, CodecError, LOG_FORMAT},
};
use wallboard_store::{ForgottenPeople, LogBatch, ReadLog, StoreError};

/// Batches read at once. Each playback holds as many.
const BATCHES_PER_READ: usize = 64;

/// How a replay ended.
#[derive(Debug)]
pub(super) enum ReplayEnd {
    /// At the end of the log.
    Complete,
    /// Before an entry that comes too late.
    TooLate,
    /// At a batch that can't be read.
    Unreadable(LogBatch, CodecError),
    /// At a batch that doesn't continue the state: entries before it are missing, or a build with
    /// another format wrote it.
    Discontinued(LogBatch),
}

/// Reads entries in order, ahead of their use.
#[derive(Debug)]
pub(super) struct LogReader<L> {
    log: L,
    /// The offset of the next entry.
    next: LogOffset,
    entries: VecDeque<LogEntry>,
    batches: VecDeque<LogBatch>,
    /// Those who may not be in what it reads.
    forgotten: Option<ForgottenAgents>,
}

/// Applies all entries from the state's next offset to the end of the log.
pub(super) async fn replay_to_end(
    log: &impl ReadLog,
    state: &mut LiveState,
) -> Result<ReplayEnd, StoreError> {
    let mut reader = LogReader::starting_at(log.clone(), state.next_offset());
    reader.replay_while(state, |_| true).await
}

impl<L: ReadLog> LogReader<L> {
    pub(super) fn starting_at(log: L, next: LogOffset) -> Self {
        Self {
            log,
            next,
            entries: VecDeque::new(),
            batches: VecDeque::new(),
            forgotten: None,
        }
    }

    /// Reads on from a state, both without people who were forgotten.
    pub(super) fn without(
        log: L,
        forgotten: Option<Arc<ForgottenPeople>>,
        state: &mut LiveState,
    ) -> Self {
        let forgotten = forgotten
            .map(|people| ForgottenAgents::new(move |id| people.replace_agent(id, Timestamp::MIN)));
        let mut reader = Self {
            forgotten,
            ..Self::starting_at(log, LogOffset(0))
        };
        reader.continue_from(state);
        reader
    }

    /// Continues from another state, and takes those who were forgotten out of it.
    pub(super) fn continue_from(&mut self, state: &mut LiveState) {
        if let Some(forgotten) = &mut self.forgotten {
            state.forget_agents(forgotten);
        }
        self.next = state.next_offset();
        self.entries.clear();
        self.batches.clear();
    }

    /// Applies entries to a state up to the first one that isn't `due`.
    pub(super) async fn replay_while(
        &mut self,
        state: &mut LiveState,
        is_due: impl Fn(&LogEntry) -> bool,
    ) -> Result<ReplayEnd, StoreError> {
        loop {
            if let Some(end) = self.read_ahead().await? {
                return Ok(end);
            }
            while let Some(entry) = self.entries.front() {
                if !is_due(entry) {
                    return Ok(ReplayEnd::TooLate);
                }
                state.apply_entry(entry);
                self.skip();
            }
        }
    }

    pub(super) fn log(&self) -> &L {
        &self.log
    }

    /// Makes the next entry available, or returns why there is none.
    pub(super) async fn read_ahead(&mut self) -> Result<Option<ReplayEnd>, StoreError> {
        while self.entries.is_empty() {
            if self.batches.is_empty() {
                let read = self.log.read_batches(self.next, BATCHES_PER_READ);
                self.batches = read.await?.into();
            }
            let Some(batch) = self.batches.pop_front() else {
                return Ok(Some(ReplayEnd::Complete));
            };
            if self.next < batch.first || batch.format != LOG_FORMAT {
                return Ok(Some(ReplayEnd::Discontinued(batch)));
            }
            match codec::decode_entries(&batch.bytes) {
                Ok(entries) => self.entries = entries.into(),
                Err(error) => return Ok(Some(ReplayEnd::Unreadable(batch, error))),
            }
            let known = self.next.0 - batch.first.0;
            let known = usize::try_from(known).unwrap_or(usize::MAX);
            self.entries.drain(..known.min(self.entries.len()));
            if let Some(forgotten) = &mut self.forgotten {
                let inputs = self.entries.iter_mut().flat_map(|entry| &mut entry.inputs);
                inputs.for_each(|input| forgotten.forget_in_input(input));
            }
        }
        Ok(None)
    }

    /// Returns the next entry, if it was read ahead.
    pub(super) fn peek(&self) -> Option<&LogEntry> {
        self.entries.front()
    }

    /// Passes the next entry.
    pub(super) fn skip(&mut self) -> Option<LogEntry> {
        let entry = self.entries.pop_front()?;
        self.next.0 += 1;
        Some(entry)
    }
}
