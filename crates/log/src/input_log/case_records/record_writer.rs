//! Makes records from the log, and stores them with their position in it.

use jiff::Timestamp;
use tracing::warn;

use wallboard_domain::{LogOffset, Moment, moment};
use wallboard_live::{LiveState, codec};
use wallboard_store::{
    CaseRecordEntry, CaseRecordGap, CaseRecordPosition, LogBatch, ReadLog, Store, StoreError,
};

use super::{
    record_sink::{CaseRecordError, RecordSink},
    settling::{self, SETTLED_AFTER, SettlingCases},
};
use crate::input_log::{
    replay::{self, LogReader, ReplayEnd},
    rewind, snapshots,
};

/// Records in one transaction.
const RECORDS_MAX: usize = 500;
/// Entries without a record after which the position is stored nevertheless, so that a start is short.
const ENTRIES_MAX: u64 = 5_000;
/// By the log's clock, the position is stored at least so often, in milliseconds: it says which days are complete.
const POSITION_AGE_MAX: i64 = 30_000;
/// A state this long before the position, in milliseconds, has every case that was settling there as not ended
/// yet, even if the wall clock was corrected.
const LOOK_BACK: i64 = SETTLED_AFTER + 60_000;

/// Follows a log.
#[derive(Debug)]
pub(super) struct RecordWriter<L> {
    sink: RecordSink,
    reader: LogReader<L>,
    state: LiveState,
    settling: SettlingCases,
    /// Records that aren't stored yet.
    records: Vec<CaseRecordEntry>,
    /// When the last entry was received; `None` if the log doesn't have it.
    last: Option<Moment>,
    /// Where the log was read when records were last stored. What came before has its records.
    stored: LogOffset,
    /// The `last` of that time.
    stored_last: Option<Moment>,
}

impl<L: ReadLog> RecordWriter<L> {
    /// Continues where records were last stored. The first time, begins at the end of the log.
    pub(super) async fn open(log: L, mut sink: RecordSink) -> Result<Self, CaseRecordError> {
        let Some(position) = sink.store().case_record_position().await? else {
            let mut state = snapshots::load_newest(&log, Timestamp::MAX).await?;
            replay::replay_to_end(&log, &mut state).await?;
            let next = state.next_offset();
            let last = received_before(&log, next).await?;
            // From now on, nothing is left out.
            let position = CaseRecordPosition { next, last };
            sink.append(Vec::new(), position).await?;
            return Ok(Self::starting_with(log, sink, state, next));
        };
        if is_of_log(&log, position).await? {
            let state = load_before(&log, position).await?;
            return Ok(Self::continuing_with(log, sink, state, position.next));
        }
        let state = load_first(&log).await?;
        if let Some(last) = position.last
            && position.next <= state.next_offset()
            && begins_shortly_after(&state, last)
            && has_earlier_records(sink.store(), &state).await?
        {
            // This copy of the log begins later, with every case that has no record yet.
            let mut writer = Self::continuing_with(log, sink, state, position.next);
            writer.settling.forget_gaps_after(last);
            return Ok(writer);
        }
        // Another log: it lost its end, or it is new.
        let (next, from) = (state.next_offset(), position.last.map(|last| last.wall));
        let to = state.last_input_at().map(|last| last.wall);
        let mut writer = Self::continuing_with(log, sink, state, next);
        if let Some(from) = from.or(to) {
            warn!(
                "The log isn't the one that case records were made of. Some may be missing after {from}"
            );
            writer.records.push(CaseRecordEntry::Gap(CaseRecordGap {
                source: None,
                from,
                to: to.unwrap_or(from).max(from),
            }));
        }
        Ok(writer)
    }

    fn starting_with(log: L, sink: RecordSink, mut state: LiveState, stored: LogOffset) -> Self {
        Self {
            sink,
            reader: LogReader::starting_at(log, state.next_offset()),
            settling: SettlingCases::of_state(&mut state),
            state,
            records: Vec::new(),
            last: None,
            stored,
            stored_last: None,
        }
    }

    fn continuing_with(log: L, sink: RecordSink, state: LiveState, stored: LogOffset) -> Self {
        let mut writer = Self::starting_with(log, sink, state, stored);
        writer.settling.add_recent(&writer.state, LOOK_BACK);
        writer
    }

    /// Writes the records of everything that the log has by now.
    pub(super) async fn write_new(&mut self) -> Result<(), CaseRecordError> {
        loop {
            match self.reader.read_ahead().await? {
                None => self.apply_entry(),
                Some(ReplayEnd::Complete | ReplayEnd::TooLate) => {
                    return self.store_records(1).await;
                }
                Some(ReplayEnd::Unreadable(batch, _) | ReplayEnd::Discontinued(batch)) => {
                    if !self.skip_gap(&batch).await? {
                        return self.store_records(1).await;
                    }
                }
            }
            self.store_records(RECORDS_MAX).await?;
        }
    }

    fn apply_entry(&mut self) {
        let Some(entry) = self.reader.skip() else {
            return;
        };
        let is_stored = self.state.next_offset() < self.stored;
        let records = self.settling.apply_entry(&mut self.state, &entry);
        self.last = Some(entry.received_at);
        if !is_stored {
            self.records.extend(records);
        }
    }

    /// Continues from the next state that the log has, although entries before it are missing. Returns `false`
    /// while there's none.
    async fn skip_gap(&mut self, batch: &LogBatch) -> Result<bool, StoreError> {
        let offset = self.state.next_offset();
        let resumed = rewind::load_after_gap(self.reader.log(), offset, batch).await?;
        let Some(mut resumed) = resumed else {
            self.reader.continue_from(&mut self.state);
            return Ok(false);
        };
        let records = self.settling.skip_to(&self.state, &mut resumed);
        self.records.extend(records);
        self.reader.continue_from(&mut resumed);
        self.state = resumed;
        self.last = None;
        Ok(true)
    }

    /// Stores what was made, if there is enough of it.
    async fn store_records(&mut self, count_min: usize) -> Result<(), CaseRecordError> {
        let next = self.state.next_offset();
        let last = self.last;
        let is_far = ENTRIES_MAX <= next.0.saturating_sub(self.stored.0);
        let is_old = self.stored < next
            && last.is_some_and(|last| {
                self.stored_last.is_none_or(|stored| {
                    POSITION_AGE_MAX <= last.monotonic.millis_since(stored.monotonic)
                })
            });
        if self.records.len() < count_min && !is_far && !is_old {
            return Ok(());
        }
        let position = CaseRecordPosition { next, last };
        let records = std::mem::take(&mut self.records);
        self.sink.append(records, position).await?;
        self.stored = next;
        self.stored_last = last;
        Ok(())
    }
}

/// Returns when the entry before an offset was received, if the log has it, or begins with the state after it.
async fn received_before(
    log: &impl ReadLog,
    next: LogOffset,
) -> Result<Option<Moment>, StoreError> {
    let Some(offset) = next.0.checked_sub(1) else {
        return Ok(None);
    };
    let batches = log.read_batches(LogOffset(offset), 1).await?;
    let entry = batches.first().and_then(|batch| {
        let entries = codec::decode_entries(&batch.bytes).ok()?;
        let index = usize::try_from(offset.checked_sub(batch.first.0)?).ok()?;
        Some(entries.get(index)?.received_at)
    });
    if entry.is_some() {
        return Ok(entry);
    }
    let first = load_first(log).await?;
    Ok(first
        .last_input_at()
        .filter(|_| first.next_offset() == next))
}

/// Whether a position is one of this log.
async fn is_of_log(log: &impl ReadLog, position: CaseRecordPosition) -> Result<bool, StoreError> {
    let CaseRecordPosition { next, last } = position;
    let Some(last) = last else {
        let newest = snapshots::load_newest(log, Timestamp::MAX).await?;
        return Ok(next <= newest.next_offset() || !log.read_batches(next, 1).await?.is_empty());
    };
    let is_last = |received: Moment| {
        received.monotonic == last.monotonic
            && moment::millis_between(received.wall, last.wall) == 0
    };
    Ok(received_before(log, next).await?.is_some_and(is_last))
}

/// Whether the first state of a log still has every case that was settling at a moment or ended after it.
fn begins_shortly_after(first: &LiveState, moment: Moment) -> bool {
    first.last_input_at().is_some_and(|last| {
        let behind = last.monotonic.millis_since(moment.monotonic);
        (0..=LOOK_BACK - SETTLED_AFTER).contains(&behind)
    })
}

/// Whether the cases of a state that aren't recent have their records. One without may have ended long before the
/// vendor said so.
async fn has_earlier_records(store: &Store, state: &LiveState) -> Result<bool, StoreError> {
    let earlier = settling::build_earlier_records(state, LOOK_BACK);
    let missing = store.without_stored_cases(earlier).await?;
    Ok(missing.is_empty())
}

/// Loads a state that is so long before a position that cases which were settling there aren't ended yet, or the
/// first one that the log has.
async fn load_before(
    log: &impl ReadLog,
    position: CaseRecordPosition,
) -> Result<LiveState, StoreError> {
    let mut until = position.last.map_or(Timestamp::MAX, |last| last.wall);
    loop {
        until = moment::plus_millis(until, -LOOK_BACK);
        let state = snapshots::load_newest(log, until).await?;
        if state.next_offset() == LogOffset(0) {
            return load_first(log).await;
        }
        if state.next_offset() <= position.next {
            return Ok(state);
        }
        // The next one is before it, also if nobody knows when the position was.
        if let Some(last) = state.last_input_at() {
            until = until.min(last.wall);
        }
    }
}

/// Loads the first state that the log has.
async fn load_first(log: &impl ReadLog) -> Result<LiveState, StoreError> {
    let batches = log.read_batches(LogOffset(0), 1).await?;
    if batches
        .first()
        .is_some_and(|batch| batch.first == LogOffset(0))
    {
        return Ok(LiveState::default());
    }
    let oldest = snapshots::load_oldest(log, LogOffset(0)).await?;
    Ok(oldest.unwrap_or_default())
}
