//! The days of an export whose folders were listed: queries on `vergic_day`, which is named for the
//! first vendor that has some.

use wallboard_domain::SourceId;

use crate::{Store, StoreError, database::statements::CachedStatements};

/// A UTC day whose folders were listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedDay {
    /// Days since 1970.
    pub day: i64,
    /// Unix seconds.
    pub listed_at: i64,
    /// The number of files found there.
    pub files: u64,
}

impl Store {
    /// Loads the UTC days whose folders were listed, in order.
    pub async fn load_listed_days(&self, source: &SourceId) -> Result<Vec<ListedDay>, StoreError> {
        let source = source.clone();
        self.read(move |connection| {
            let query =
                "SELECT day, listed_at, files FROM vergic_day WHERE source = ?1 ORDER BY day";
            connection.load_rows(query, [source.as_str()], |row| {
                Ok(ListedDay {
                    day: row.get(0)?,
                    listed_at: row.get(1)?,
                    files: row.get(2)?,
                })
            })
        })
        .await
    }

    /// Stores when the folders of these days were listed.
    pub async fn store_listed_days(
        &self,
        source: SourceId,
        days: Vec<ListedDay>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            let insert = "INSERT OR REPLACE INTO vergic_day VALUES (?1, ?2, ?3, ?4)";
            for day in days {
                let row = (source.as_str(), day.day, day.listed_at, day.files);
                transaction.run_statement(insert, row)?;
            }
            transaction.commit()
        })
        .await
    }
}
