//! The extensions that agents were logged in with: queries on Sangoma's logins.

use std::ops::Range;

use rusqlite::named_params;

use wallboard_domain::SourceId;

use super::{Store, StoreError, statements::CachedStatements};

/// A file's rows are one range of ids, so logins are found by file.
const LONG_EXTENSIONS: &str = "
    WITH logins AS (
        SELECT id << 32 AS low, (id << 32) + 4294967295 AS high FROM import_file
        WHERE source = :source AND dataset = 'Agent_Login' AND first < :until AND :since <= last
    )
    SELECT DISTINCT extension FROM logins, sangoma_agent_login
    WHERE sangoma_agent_login.id BETWEEN low AND high AND octet_length(extension) > :longest";

impl Store {
    /// Loads the extensions of more than `longest` bytes that agents of a Sangoma source were
    /// logged in with, in files that overlap this time (Unix seconds).
    pub async fn long_extensions(
        &self,
        source: &SourceId,
        within: Range<i64>,
        longest: usize,
    ) -> Result<Vec<String>, StoreError> {
        let source = source.clone();
        self.read(move |connection| {
            let parameters = named_params! {
                ":source": source.as_str(),
                ":since": within.start,
                ":until": within.end,
                ":longest": longest,
            };
            connection.load_rows(LONG_EXTENSIONS, parameters, |row| row.get(0))
        })
        .await
    }
}
