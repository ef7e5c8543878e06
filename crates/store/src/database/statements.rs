//! Statements that stay prepared on their connection, each run in one call.

use rusqlite::{Connection, Params, Row};

pub(crate) trait CachedStatements {
    /// Loads all rows of a query.
    fn load_rows<T, C: FromIterator<T>>(
        &self,
        query: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<C>;

    /// Runs a statement. Returns the number of changed rows.
    fn run_statement(&self, statement: &str, parameters: impl Params) -> rusqlite::Result<usize>;
}

impl CachedStatements for Connection {
    fn load_rows<T, C: FromIterator<T>>(
        &self,
        query: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<C> {
        self.prepare_cached(query)?
            .query_map(parameters, read)?
            .collect()
    }

    fn run_statement(&self, statement: &str, parameters: impl Params) -> rusqlite::Result<usize> {
        self.prepare_cached(statement)?.execute(parameters)
    }
}

/// Builds the statement that inserts a row with these columns.
pub(crate) fn insert_statement<'a>(
    table: &str,
    columns: impl IntoIterator<Item = &'a str>,
) -> String {
    let columns: Vec<_> = columns.into_iter().collect();
    let placeholders = vec!["?"; columns.len()].join(", ");
    let columns = columns.join(", ");
    format!("INSERT INTO {table} ({columns}) VALUES ({placeholders})")
}
