//! The records of a cluster, whose nodes all have them under the same numbers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

use crate::{
    CaseRecordBatch, ForgottenPeople, Store, StoreError, database::statements::CachedStatements,
};

use super::{
    CaseRecordCursor, CaseRecordEntry, CaseRecordGap, CaseRecordPage, RecordRow, is_stored, key_of,
    load_bounds, set_position,
};

/// A case that this node recorded before it joined the cluster may come again.
const INSERT_NUMBERED: &str =
    "INSERT OR REPLACE INTO case_record (seq, source, case_id, ended, noticed, document)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const LAST_NOTICED: &str = "SELECT noticed FROM case_record ORDER BY seq DESC LIMIT 1";

impl Store {
    /// Stores the records of a cluster under the numbers that all its nodes give them, in place of any other ones that have
    /// them. What this node missed before them is a gap.
    pub async fn copy_case_records(&self, batch: CaseRecordBatch) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let next = load_bounds(&transaction)?.1 + 1;
            transaction.run_statement("DELETE FROM case_record WHERE ?1 <= seq", [batch.first])?;
            let missed = if next < batch.first {
                find_missed(&transaction, &batch)?
            } else {
                None
            };
            set_last_number(&transaction, batch.first - 1)?;
            let forgotten = ForgottenPeople::load(&transaction)?;
            let first = batch.first - i64::from(missed.is_some());
            let entries = missed.into_iter().chain(batch.entries);
            for (seq, entry) in (first..).zip(entries) {
                let row = RecordRow::of(entry, forgotten.as_ref())?;
                transaction.run_statement(INSERT_NUMBERED, numbered_values(seq, &row))?;
            }
            set_position(&transaction, batch.position)?;
            transaction.commit()
        })
        .await
    }

    /// Returns the number that the next record gets.
    pub async fn next_case_record(&self) -> Result<i64, StoreError> {
        self.read(|connection| Ok(load_bounds(connection)?.1 + 1))
            .await
    }

    /// Leaves out the ends of cases that are stored, or that come before in the list.
    pub async fn without_stored_cases(
        &self,
        entries: Vec<CaseRecordEntry>,
    ) -> Result<Vec<CaseRecordEntry>, StoreError> {
        self.read(move |connection| {
            let (mut known, mut others) = (BTreeSet::new(), Vec::new());
            for entry in entries {
                let (source, case, ended) = key_of(&entry);
                let case = case.map(|case| (source.to_owned(), case.to_owned(), ended));
                let is_new = case.is_none_or(|case| known.insert(case));
                if is_new && !is_stored(connection, &entry)? {
                    others.push(entry);
                }
            }
            Ok(others)
        })
        .await
    }

    /// The same in a cluster, whose nodes number records alike: nothing follows a record that this node doesn't have yet.
    pub async fn shared_case_records_after(
        &self,
        after: Option<CaseRecordCursor>,
        limit: usize,
    ) -> Result<Option<CaseRecordPage>, StoreError> {
        if let Some(after) = after
            && self.next_case_record().await? <= after.seq
        {
            return Ok(Some(CaseRecordPage::default()));
        }
        self.case_records_after(after, limit).await
    }
}

/// Makes the next record have the number after this one.
fn set_last_number(transaction: &Transaction<'_>, last: i64) -> rusqlite::Result<()> {
    let delete = "DELETE FROM sqlite_sequence WHERE name = 'case_record'";
    transaction.run_statement(delete, [])?;
    let insert = "INSERT INTO sqlite_sequence (name, seq) VALUES ('case_record', ?1)";
    transaction.run_statement(insert, [last])?;
    Ok(())
}

/// Returns the time before a batch of which this node has no records; `None` if it has no older ones either.
fn find_missed(
    transaction: &Transaction<'_>,
    batch: &CaseRecordBatch,
) -> rusqlite::Result<Option<CaseRecordEntry>> {
    let mut last = transaction.prepare_cached(LAST_NOTICED)?;
    let from: Option<i64> = last.query_row([], |row| row.get(0)).optional()?;
    let first = batch.entries.first().map(CaseRecordEntry::noticed_at);
    let to = first.or(batch.position.last.map(|last| last.wall));
    let from = from.and_then(|from| Timestamp::from_millisecond(from).ok());
    Ok(from.zip(to).map(|(from, to)| {
        CaseRecordEntry::Gap(CaseRecordGap {
            source: None,
            from,
            to: to.max(from),
        })
    }))
}

fn numbered_values(seq: i64, row: &RecordRow) -> (i64, &str, Option<&str>, i64, i64, &str) {
    let (source, case, ended, noticed, document) = row.values();
    (seq, source, case, ended, noticed, document)
}
