//! The end reasons of unanswered calls in an export: queries on Sangoma's calls.

use rusqlite::named_params;

use wallboard_domain::SourceId;

use super::{Store, StoreError, statements::CachedStatements};

/// How far back from the newest file calls are counted, in seconds.
const COUNTED_SECONDS: i64 = 28 * 86_400;

/// Unanswered calls by end reason. A file's rows are one range of ids.
const COUNT_END_REASONS: &str = "
    WITH calls AS (
        SELECT id << 32 AS low, (id << 32) + 4294967295 AS high FROM import_file
        WHERE source = :source AND dataset = 'Queue_Call' AND last >= (
            SELECT max(last) - :weeks FROM import_file
            WHERE source = :source AND dataset = 'Queue_Call')
    ), words AS (
        SELECT queue_call_end_by_id, end_by FROM sangoma_queue_call_end_by, import_file
        WHERE source = :source AND dataset = 'Queue_Call_End_By'
            AND sangoma_queue_call_end_by.id
                BETWEEN import_file.id << 32 AND (import_file.id << 32) + 4294967295
    )
    SELECT end_by, sum(n) FROM (
        SELECT queue_call_end_by_id, count(*) AS n FROM calls, sangoma_queue_call
        WHERE sangoma_queue_call.id BETWEEN low AND high
            AND time_connect IS NULL AND time_leave IS NOT NULL
        GROUP BY queue_call_end_by_id
    ) JOIN words USING (queue_call_end_by_id)
    WHERE end_by IS NOT NULL
    GROUP BY end_by ORDER BY 2 DESC, 1 LIMIT :most";

impl Store {
    /// Counts the unanswered calls of a Sangoma source by end reason, over the last weeks of
    /// its files. The most frequent come first; at most `most`.
    pub async fn count_end_reasons(
        &self,
        source: &SourceId,
        most: usize,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let source = source.clone();
        self.read(move |connection| {
            let parameters = named_params! {
                ":source": source.as_str(),
                ":weeks": COUNTED_SECONDS,
                ":most": i64::try_from(most).unwrap_or(i64::MAX),
            };
            connection.load_rows(COUNT_END_REASONS, parameters, |row| row.try_into())
        })
        .await
    }
}
