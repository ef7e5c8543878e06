//! A slice of the log in a file of its own: a snapshot of the state at its begin, and the entries up
//! to its end, without names that the privacy settings hide.

use std::sync::Arc;

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit, tz::TimeZone};

use wallboard_domain::{LogEntry, LogOffset, NameShortener, SiteConfig, moment};
use wallboard_live::{
    LiveState,
    codec::{self, CodecError, LOG_FORMAT},
};
use wallboard_store::{
    ForgottenPeople, LogBatch, LogPeriod, LogSnapshot, NewLogFile, ReadLog, StoreError,
};

use super::{
    replay::ReplayEnd,
    rewind::{self, SILENT_AFTER},
    snapshots,
};

/// The longest time in one batch.
const BATCH_TIME: SignedDuration = SignedDuration::from_secs(1);
/// Inputs in one batch.
const BATCH_INPUTS_MAX: usize = 10_000;

/// Why there is no slice.
#[derive(Debug, thiserror::Error)]
pub enum SliceError {
    #[error("the log is empty")]
    Empty,
    /// Local times.
    #[error("the log covers {from} to {to}; choose times between them")]
    NotCovered { from: String, to: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the state of a moment {0}")]
    Codec(#[from] CodecError),
}

/// The content of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSlice {
    pub entries: u64,
    pub from: Timestamp,
    /// When the last entry was applied.
    pub to: Timestamp,
}

/// Writes the slice of a period, without people who were `forgotten` since. Names are shortened as the
/// settings of `site` require, whatever they were at the time.
pub async fn write_slice(
    log: &impl ReadLog,
    period: LogPeriod,
    site: &SiteConfig,
    forgotten: Option<Arc<ForgottenPeople>>,
    file: &NewLogFile,
) -> Result<LogSlice, SliceError> {
    check_covered(log, period, &site.zone).await?;
    let (state, mut reader, _) = rewind::load_at(log, period.from, forgotten).await?;
    let mut writer = SliceWriter::begin(file, state, site, period.from)?;
    loop {
        match reader.read_ahead().await? {
            None => {
                let is_due = |entry: &LogEntry| entry.applied_at().wall <= period.to;
                if !reader.peek().is_some_and(is_due) {
                    break;
                }
                if let Some(entry) = reader.skip() {
                    writer.push(entry)?;
                }
            }
            Some(ReplayEnd::Complete | ReplayEnd::TooLate) => break,
            Some(ReplayEnd::Unreadable(batch, _) | ReplayEnd::Discontinued(batch)) => {
                let resumed = rewind::load_after_gap(log, writer.next(), &batch).await?;
                let is_due = |state: &LiveState| last_input(state) <= Some(period.to);
                let Some(mut resumed) = resumed.filter(is_due) else {
                    break;
                };
                reader.continue_from(&mut resumed);
                writer.resume(resumed, site)?;
            }
        }
    }
    writer.finish()
}

/// Checks that the log knows the state during the whole period.
async fn check_covered(
    log: &impl ReadLog,
    period: LogPeriod,
    zone: &TimeZone,
) -> Result<(), SliceError> {
    let covered = log.find_period(LOG_FORMAT).await?;
    let covered = covered.ok_or(SliceError::Empty)?;
    let to = moment::plus_millis(covered.to, SILENT_AFTER);
    if covered.from <= period.from && period.to <= to {
        return Ok(());
    }
    Err(SliceError::NotCovered {
        from: format_second(covered.from, RoundMode::Ceil, zone),
        to: format_second(covered.to, RoundMode::Floor, zone),
    })
}

fn format_second(at: Timestamp, mode: RoundMode, zone: &TimeZone) -> String {
    let second = TimestampRound::new().smallest(Unit::Second).mode(mode);
    let at = at.round(second).unwrap_or(at).to_zoned(zone.clone());
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

fn last_input(state: &LiveState) -> Option<Timestamp> {
    state.last_input_at().map(|last| last.wall)
}

/// Writes entries in batches.
#[derive(Debug)]
struct SliceWriter<'s> {
    file: &'s NewLogFile,
    names: NameShortener<'s>,
    entries: Vec<LogEntry>,
    inputs: usize,
    /// The offset of the first of them.
    first: LogOffset,
    slice: LogSlice,
}

impl<'s> SliceWriter<'s> {
    fn begin(
        file: &'s NewLogFile,
        state: LiveState,
        site: &'s SiteConfig,
        from: Timestamp,
    ) -> Result<Self, SliceError> {
        let first = state.next_offset();
        let (names, snapshot) = take_snapshot(state, site)?;
        file.put_snapshot(&LogSnapshot {
            taken_at: from,
            ..snapshot
        })?;
        Ok(Self {
            file,
            names,
            entries: Vec::new(),
            inputs: 0,
            first,
            slice: LogSlice {
                entries: 0,
                from,
                to: from,
            },
        })
    }

    /// Continues from a later state, because entries before it are missing.
    fn resume(&mut self, state: LiveState, site: &'s SiteConfig) -> Result<(), SliceError> {
        self.write_batch()?;
        self.first = state.next_offset();
        let (names, snapshot) = take_snapshot(state, site)?;
        self.names = names;
        Ok(self.file.put_snapshot(&snapshot)?)
    }

    /// The offset of the next entry.
    fn next(&self) -> LogOffset {
        LogOffset(self.first.0 + self.entries.len() as u64)
    }

    fn push(&mut self, mut entry: LogEntry) -> Result<(), SliceError> {
        let is_apart = |first: &LogEntry| {
            BATCH_TIME
                <= entry
                    .received_at
                    .wall
                    .duration_since(first.received_at.wall)
        };
        if BATCH_INPUTS_MAX <= self.inputs || self.entries.first().is_some_and(is_apart) {
            self.write_batch()?;
        }
        for input in &mut entry.inputs {
            self.names.shorten_input(input);
        }
        self.inputs += entry.inputs.len();
        self.slice.entries += 1;
        self.slice.to = entry.applied_at().wall;
        self.entries.push(entry);
        Ok(())
    }

    fn write_batch(&mut self) -> Result<(), SliceError> {
        let Some(first) = self.entries.first() else {
            return Ok(());
        };
        let batch = LogBatch {
            first: self.first,
            count: self.entries.len() as u64,
            received_at: first.received_at.wall,
            format: LOG_FORMAT,
            bytes: codec::encode_entries(&self.entries)?,
        };
        self.file.append(&batch)?;
        self.first = batch.next();
        self.entries.clear();
        self.inputs = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<LogSlice, SliceError> {
        self.write_batch()?;
        Ok(self.slice)
    }
}

/// Takes a snapshot of a state with shortened names, and returns the rule for what follows it.
fn take_snapshot(
    mut state: LiveState,
    site: &SiteConfig,
) -> Result<(NameShortener<'_>, LogSnapshot), SliceError> {
    let names = state.name_shortener(site);
    state.shorten_names(&names);
    let snapshot = snapshots::take_snapshot(&state)?;
    Ok((names, snapshot))
}
