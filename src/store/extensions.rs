//! The extensions that agents were logged in with: queries on Sangoma's logins.

use std::ops::Range;

use rusqlite::{Connection, named_params};

use crate::domain::SourceId;

/// A file's rows are one range of ids, so logins are found by file.
const LONG_EXTENSIONS: &str = "
    WITH logins AS (
        SELECT id << 32 AS low, (id << 32) + 4294967295 AS high FROM import_file
        WHERE source = :source AND dataset = 'Agent_Login' AND first < :until AND :since <= last
    )
    SELECT DISTINCT extension FROM logins, sangoma_agent_login
    WHERE sangoma_agent_login.id BETWEEN low AND high AND octet_length(extension) > :longest";

/// Loads those of more than `longest` bytes, in files that overlap this time (Unix seconds).
pub(super) fn load_longer(
    connection: &Connection,
    source: &SourceId,
    within: &Range<i64>,
    longest: usize,
) -> rusqlite::Result<Vec<String>> {
    let mut query = connection.prepare_cached(LONG_EXTENSIONS)?;
    let rows = query.query_map(
        named_params! {
            ":source": source.as_str(),
            ":since": within.start,
            ":until": within.end,
            ":longest": longest,
        },
        |row| row.get(0),
    )?;
    rows.collect()
}
