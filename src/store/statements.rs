//! Cached statements, run at once or row by row.

use rusqlite::{Connection, Params, Row};

/// Runs a statement, and returns how many rows it changed.
pub(super) fn execute(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> rusqlite::Result<usize> {
    connection.prepare_cached(statement)?.execute(parameters)
}

/// Loads all rows of a query.
pub(super) fn query_all<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut query = connection.prepare_cached(query)?;
    query.query_map(parameters, read)?.collect()
}
