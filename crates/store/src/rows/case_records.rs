//! Records of cases that have ended: queries on `case_record` and `case_record_position`.

mod shared_records;

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, types::Type};
use serde::{Deserialize, Serialize};

use wallboard_domain::{FinishedCase, Id, LogOffset, Moment, MonotonicTime, SourceId};

use crate::{
    ForgottenAgent, ForgottenPeople, Store, StoreError, database::statements::CachedStatements,
};

/// Rows deleted in one transaction, so that nobody waits long.
const ROWS_PER_BATCH: i64 = 5_000;
const INSERT: &str = "INSERT INTO case_record (source, case_id, ended, noticed, document)
     VALUES (?1, ?2, ?3, ?4, ?5)";
const IS_STORED: &str = "SELECT EXISTS (SELECT 1 FROM case_record
     WHERE source = ?1 AND case_id = ?2 AND ended = ?3)";
const SET_POSITION: &str = "INSERT OR REPLACE INTO case_record_position VALUES (1, ?1, ?2, ?3)";
const SELECT: &str = "SELECT seq, noticed, document FROM case_record
     WHERE ?1 < seq ORDER BY seq LIMIT ?2";
const OF_AGENT: &str = "SELECT seq, document, noticed FROM case_record
     WHERE source = ?1 AND instr(document, ?2)";
/// The first row, and the last that there ever was.
const BOUNDS: &str = "SELECT (SELECT min(seq) FROM case_record),
     coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'case_record'), 0)";

/// A row of the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseRecordEntry {
    Case(Box<FinishedCase>),
    Gap(CaseRecordGap),
}

/// A time in which records may be missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecordGap {
    /// Whose; `None`: of all sources.
    pub source: Option<SourceId>,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Up to where the log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRecordPosition {
    pub next: LogOffset,
    /// When the entry before it was received; `None` if the log doesn't have that.
    pub last: Option<Moment>,
}

/// A place between two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRecordCursor {
    /// Of the record before it.
    pub seq: i64,
    /// When its end was noticed, in Unix milliseconds, which tells it from that of another database.
    pub noticed: i64,
}

/// Records in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseRecordPage {
    pub rows: Vec<(CaseRecordCursor, CaseRecordEntry)>,
    /// Records after the cursor were deleted, because they are too old.
    pub is_expired: bool,
}

impl fmt::Display for CaseRecordCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.seq, self.noticed)
    }
}

impl CaseRecordEntry {
    /// When it was noticed, on our clock.
    pub fn noticed_at(&self) -> Timestamp {
        match self {
            Self::Case(case) => case.noticed_at,
            Self::Gap(gap) => gap.to,
        }
    }
}

impl Store {
    /// Stores records together with the position up to which the log was read for them, so that neither is ever
    /// without the other. A record that is stored already stays as it is.
    pub async fn append_case_records(
        &self,
        entries: Vec<CaseRecordEntry>,
        position: CaseRecordPosition,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let forgotten = ForgottenPeople::load(&transaction)?;
            for entry in entries {
                if !is_stored(&transaction, &entry)? {
                    let row = RecordRow::of(entry, forgotten.as_ref())?;
                    transaction.run_statement(INSERT, row.values())?;
                }
            }
            set_position(&transaction, position)?;
            transaction.commit()
        })
        .await
    }

    /// Returns up to where the log was read; `None` before the first time.
    pub async fn case_record_position(&self) -> Result<Option<CaseRecordPosition>, StoreError> {
        self.read(|connection| {
            let query = "SELECT next, wall, monotonic FROM case_record_position";
            let mut query = connection.prepare_cached(query)?;
            query.query_row([], read_position).optional()
        })
        .await
    }

    /// Loads the records after a cursor, or from the first one on; `None` if the cursor isn't of this database.
    pub async fn case_records_after(
        &self,
        after: Option<CaseRecordCursor>,
        limit: usize,
    ) -> Result<Option<CaseRecordPage>, StoreError> {
        self.read(move |connection| {
            let (first, last) = load_bounds(connection)?;
            if let Some(after) = after
                && !is_known(connection, after, first..=last)?
            {
                return Ok(None);
            }
            let seq = after.map_or(0, |after| after.seq);
            let rows = connection.load_rows(SELECT, (seq, limit), read_row)?;
            let is_expired = after.is_some() && seq + 1 < first;
            Ok(Some(CaseRecordPage { rows, is_expired }))
        })
        .await
    }

    /// Counts the records after a cursor, or all, by their numbers: none between the first and the last is missing.
    pub async fn count_case_records_after(
        &self,
        after: Option<CaseRecordCursor>,
    ) -> Result<u64, StoreError> {
        self.read(move |connection| {
            let (first, last) = load_bounds(connection)?;
            let before = after.map_or(0, |after| after.seq).max(first - 1);
            Ok(u64::try_from(last - before).unwrap_or_default())
        })
        .await
    }

    /// Deletes records of ends that were noticed before a time.
    pub async fn prune_case_records(&self, before: Timestamp) -> Result<(), StoreError> {
        let delete = "DELETE FROM case_record WHERE noticed < ?1 AND seq IN
             (SELECT seq FROM case_record ORDER BY seq LIMIT ?2)";
        let row = (before.as_millisecond(), ROWS_PER_BATCH);
        loop {
            let delete = move |connection: &mut Connection| connection.run_statement(delete, row);
            if self.write(delete).await? == 0 {
                return Ok(());
            }
        }
    }

    /// Deletes all records, and where the log was read: nobody wants them any longer.
    pub async fn delete_case_records(&self) -> Result<(), StoreError> {
        self.prune_case_records(Timestamp::MAX).await?;
        self.write(|connection| {
            connection.run_statement("DELETE FROM case_record_position", [])?;
            Ok(())
        })
        .await
    }
}

/// A record as its row has it.
struct RecordRow {
    source: String,
    case: Option<String>,
    ended: i64,
    noticed: i64,
    document: String,
}

impl RecordRow {
    fn of(
        mut entry: CaseRecordEntry,
        forgotten: Option<&ForgottenPeople>,
    ) -> rusqlite::Result<Self> {
        if let (CaseRecordEntry::Case(case), Some(people)) = (&mut entry, forgotten) {
            for agent in case.agents_mut() {
                if let Some(other) = people.replace_agent(agent, Timestamp::MIN) {
                    *agent = other;
                }
            }
        }
        let (source, case, ended) = key_of(&entry);
        Ok(Self {
            source: source.to_owned(),
            case: case.map(str::to_owned),
            ended,
            noticed: entry.noticed_at().as_millisecond(),
            document: write_document(&entry)?,
        })
    }

    fn values(&self) -> (&str, Option<&str>, i64, i64, &str) {
        let case = self.case.as_deref();
        (&self.source, case, self.ended, self.noticed, &self.document)
    }
}

/// Returns the source, the case and the end, which no two records have in common.
fn key_of(entry: &CaseRecordEntry) -> (&str, Option<&str>, i64) {
    match entry {
        CaseRecordEntry::Case(case) => {
            let ended = case.end_time().as_millisecond();
            (case.id.source.as_str(), Some(&*case.id.external), ended)
        }
        CaseRecordEntry::Gap(gap) => {
            let source = gap.source.as_ref().map_or("", SourceId::as_str);
            (source, None, gap.to.as_millisecond())
        }
    }
}

fn is_stored(connection: &Connection, entry: &CaseRecordEntry) -> rusqlite::Result<bool> {
    let mut is_stored = connection.prepare_cached(IS_STORED)?;
    is_stored.query_row(key_of(entry), |row| row.get(0))
}

fn set_position(
    transaction: &Transaction<'_>,
    position: CaseRecordPosition,
) -> rusqlite::Result<()> {
    let next = i64::try_from(position.next.0).unwrap_or(i64::MAX);
    let wall = position.last.map(|last| last.wall.as_millisecond());
    let row = (next, wall, position.last.map(|last| last.monotonic.0));
    transaction.run_statement(SET_POSITION, row)?;
    Ok(())
}

/// Returns the numbers of the first record, or else of the next one, and of the last that there ever was.
fn load_bounds(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let (first, last): (Option<i64>, i64) =
        connection.query_row(BOUNDS, [], |row| row.try_into())?;
    Ok((first.unwrap_or(last + 1), last))
}

/// Whether the record before a cursor is, or was, one of this database.
fn is_known(
    connection: &Connection,
    cursor: CaseRecordCursor,
    stored: std::ops::RangeInclusive<i64>,
) -> rusqlite::Result<bool> {
    if !stored.contains(&cursor.seq) {
        return Ok(cursor.seq < *stored.start());
    }
    let query = "SELECT noticed FROM case_record WHERE seq = ?1";
    let mut query = connection.prepare_cached(query)?;
    let noticed: Option<i64> = query.query_row([cursor.seq], |row| row.get(0)).optional()?;
    Ok(noticed == Some(cursor.noticed))
}

fn read_position(row: &Row<'_>) -> rusqlite::Result<CaseRecordPosition> {
    let (next, wall, monotonic): (i64, Option<i64>, Option<i64>) = row.try_into()?;
    let last = wall.zip(monotonic).map(|(wall, monotonic)| Moment {
        wall: Timestamp::from_millisecond(wall).unwrap_or_default(),
        monotonic: MonotonicTime(monotonic),
    });
    Ok(CaseRecordPosition {
        next: LogOffset(next.try_into().unwrap_or_default()),
        last,
    })
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<(CaseRecordCursor, CaseRecordEntry)> {
    let cursor = CaseRecordCursor {
        seq: row.get(0)?,
        noticed: row.get(1)?,
    };
    Ok((cursor, read_document(row.get_ref(2)?.as_str()?)?))
}

fn read_document(text: &str) -> rusqlite::Result<CaseRecordEntry> {
    serde_json::from_str(text)
        .map_err(|cause| rusqlite::Error::FromSqlConversionFailure(2, Type::Text, cause.into()))
}

fn write_document(entry: &CaseRecordEntry) -> rusqlite::Result<String> {
    serde_json::to_string(entry)
        .map_err(|cause| rusqlite::Error::ToSqlConversionFailure(cause.into()))
}

/// Loads the records in which an agent may be: number, content, and when its end was noticed.
fn load_of_agent(
    connection: &Connection,
    agent: &Id,
) -> rusqlite::Result<Vec<(i64, FinishedCase, i64)>> {
    let quoted = serde_json::json!(agent.external).to_string();
    let row = (agent.source.as_str(), quoted);
    let found: Vec<(i64, CaseRecordEntry, i64)> = connection.load_rows(OF_AGENT, row, |row| {
        let entry = read_document(row.get_ref(1)?.as_str()?)?;
        Ok((row.get(0)?, entry, row.get(2)?))
    })?;
    let cases = found.into_iter().filter_map(|(seq, entry, noticed)| {
        let CaseRecordEntry::Case(mut case) = entry else {
            return None;
        };
        let is_in = case.agents_mut().any(|id| *id == *agent);
        is_in.then_some((seq, *case, noticed))
    });
    Ok(cases.collect())
}

/// Returns when the ends of an agent's cases were noticed, in Unix seconds.
pub(crate) fn load_times_of(connection: &Connection, agent: &Id) -> rusqlite::Result<Vec<i64>> {
    let found = load_of_agent(connection, agent)?;
    Ok(found.iter().map(|(.., noticed)| noticed / 1_000).collect())
}

/// Puts the pseudonym in an agent's place, and removes wordings that have one of the person's names.
pub(crate) fn forget_agent(
    transaction: &Transaction<'_>,
    agent: &ForgottenAgent,
    names: &[String],
) -> rusqlite::Result<()> {
    let update = "UPDATE case_record SET document = ?2 WHERE seq = ?1";
    let other = agent.other_id();
    for (seq, mut case, _) in load_of_agent(transaction, &agent.id)? {
        let own = case.agents_mut().filter(|id| **id == agent.id);
        own.for_each(|id| *id = other.clone());
        let closure = case.closure.take().filter(|closure| {
            let folded = closure.to_lowercase();
            !names
                .iter()
                .any(|name| folded.contains(&name.to_lowercase()))
        });
        case.closure = closure;
        let document = write_document(&CaseRecordEntry::Case(Box::new(case)))?;
        transaction.run_statement(update, (seq, document))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
