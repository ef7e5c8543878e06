//! A log file that is only read: that of a running product, a copy, or a slice.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::{StoreError, database::readers::Readers};
use wallboard_domain::LogOffset;

use super::{LogBatch, LogPeriod, LogSnapshot, ReadLog, tables};

/// The first entry of all is applied within this, in milliseconds. Before it, there is no state.
const FIRST_STATE_AFTER: i64 = 1_000;

/// A log file. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogFile(Readers);

impl LogFile {
    /// Opens a log file, which is never changed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::MissingLog(path.to_owned()));
        }
        let file = Self::at(path);
        let connection = file.0.open_connection()?;
        match tables::has_tables(&connection) {
            Ok(true) => {}
            Ok(false) => return Err(StoreError::NotALog(path.to_owned())),
            Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                return Err(StoreError::NotALog(path.to_owned()));
            }
            Err(cause) => return Err(StoreError::Open(path.to_owned(), cause)),
        }
        tables::check_version(&connection, path)?;
        Ok(file)
    }

    /// The file at `path`, which is known to be a log.
    pub(super) fn at(path: &Path) -> Self {
        Self(Readers::new(path))
    }

    async fn query_snapshot(
        &self,
        condition: &'static str,
        params: impl rusqlite::Params + Send + 'static,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        let find = move |connection: &Connection| {
            let query = format!(
                "SELECT next, taken_ms, format, bytes FROM snapshot WHERE {condition} LIMIT 1"
            );
            let found = connection.query_row(&query, params, tables::read_snapshot);
            found.optional()
        };
        self.0.read(find).await
    }
}

impl ReadLog for LogFile {
    async fn read_batches(
        &self,
        from: LogOffset,
        count: usize,
    ) -> Result<Vec<LogBatch>, StoreError> {
        let read = move |connection: &Connection| {
            let mut statement = connection.prepare_cached(
                "SELECT first, count, received_ms, format, bytes FROM batch
                 WHERE first >= coalesce(
                    (SELECT max(first) FROM batch WHERE first <= ?1), ?1)
                 ORDER BY first LIMIT ?2",
            )?;
            let batches = statement.query_map(params![from.0, count], tables::read_batch)?;
            batches.collect::<Result<Vec<_>, _>>()
        };
        let mut batches = self.0.read(read).await?;
        batches.retain(|batch| from < batch.next());
        Ok(batches)
    }

    async fn find_snapshot(
        &self,
        format: u32,
        until: Timestamp,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        let until = until.as_millisecond();
        let newest = "taken_ms <= ?1 AND format = ?2 ORDER BY next DESC";
        self.query_snapshot(newest, (until, format)).await
    }

    async fn find_snapshot_from(
        &self,
        format: u32,
        next: LogOffset,
    ) -> Result<Option<LogSnapshot>, StoreError> {
        let oldest = "next >= ?1 AND format = ?2 ORDER BY next";
        self.query_snapshot(oldest, (next.0, format)).await
    }

    async fn find_period(&self, format: u32) -> Result<Option<LogPeriod>, StoreError> {
        let find = move |connection: &Connection| {
            // A snapshot before the first input has no time.
            let query = "
                SELECT
                    (SELECT min(at) FROM (
                        SELECT min(taken_ms) AS at FROM snapshot
                        WHERE format = ?1 AND taken_ms > 0
                        UNION ALL
                        SELECT received_ms + ?2 FROM batch WHERE first = 0 AND format = ?1)),
                    (SELECT max(at) FROM (
                        SELECT max(taken_ms) AS at FROM snapshot WHERE format = ?1
                        UNION ALL
                        SELECT max(received_ms) FROM batch WHERE format = ?1))";
            connection.query_row(query, params![format, FIRST_STATE_AFTER], |row| {
                let (from, to): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
                Ok(from.zip(to))
            })
        };
        let period = self.0.read(find).await?;
        Ok(period.map(|(from, to)| LogPeriod {
            from: tables::timestamp(from),
            to: tables::timestamp(to),
        }))
    }
}
