//! Retention: how long imported data is stored. Figures of intervals are stored forever.

use std::{io, path::Path, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::info;

use wallboard_domain::SourceId;
use wallboard_store::{FileLock, Store, StoreError};

use super::{
    erasure::erase_contacts,
    import::{first_retained_day, lock::lock_import},
    intervals::{DAY, day_from_date},
    vendors::{SourceVendors, find_vendor},
};

/// How often to check whether a running import has ended.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The reason why expired data couldn't be deleted.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error("couldn't create an import lock next to the database")]
    Lock(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The configured retention.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionPolicy {
    /// How long single calls are stored.
    pub calls: Duration,
    /// Whether data of callers and visitors is stored.
    pub contacts: bool,
    pub vendors: SourceVendors,
}

/// Deletes expired files from the database at `path`. Erases callers and visitors from the
/// rest unless contacts are stored. Returns the number of deleted files.
pub async fn enforce_retention(
    store: &Store,
    path: &Path,
    policy: &RetentionPolicy,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let deleted = prune_files(store, path, policy, now, stop).await?;
    if !policy.contacts {
        erase_contacts(store, path, &policy.vendors, stop).await?;
    }
    Ok(deleted)
}

async fn prune_files(
    store: &Store,
    path: &Path,
    policy: &RetentionPolicy,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = day_from_date(first_retained_day(today, policy.calls));
    let mut deleted = 0;
    for (source, files) in store.old_files(first * DAY).await? {
        // Nothing may be computed from half-deleted facts: imports wait for us, and we for them.
        let Some(_lock) = wait_for_lock(path, &source, stop).await? else {
            break;
        };
        store.clear_dirty_days_before(source.clone(), first).await?;
        let recorded = store.record_pruned_facts(source.clone(), first * DAY);
        recorded.await?;
        for file in files {
            let Some((_, table)) = find_vendor(&policy.vendors, &source, &file) else {
                continue;
            };
            while !store.delete_batch(table.name, file.id).await? {
                if stop.is_cancelled() {
                    return Ok(deleted);
                }
            }
            deleted += 1;
        }
    }
    if 0 < deleted {
        info!(files.count = deleted, "Deleted expired files");
    }
    Ok(deleted)
}

/// Returns `None` if stopped before a running import has ended.
pub(super) async fn wait_for_lock(
    path: &Path,
    source: &SourceId,
    stop: &CancellationToken,
) -> Result<Option<FileLock>, RetentionError> {
    while !stop.is_cancelled() {
        let lock = lock_import(path, source).map_err(RetentionError::Lock)?;
        if lock.is_some() {
            return Ok(lock);
        }
        stop.run_until_cancelled(sleep(LOCK_POLL_INTERVAL)).await;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use crate::vergic;
    use wallboard_domain::Patterns;
    use wallboard_store::IncomingFile;

    use super::*;

    #[tokio::test]
    async fn a_vergic_file_named_like_a_sangoma_container_is_deleted_with_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        for name in ["Queue_Call", "Queue_Details", "queues"] {
            let key = format!("Metrics/2026/01/05/{name}.csv");
            let export = vergic::VergicFile::parse_key(&key, "Metrics").unwrap();
            let incoming = IncomingFile {
                source: "vergic".into(),
                key,
                dataset: export.dataset.clone(),
                size: 0,
                tag: String::new(),
                sha256: [0; 32],
                modified: None,
                imported_at: 0,
            };
            let options = vergic::VergicReadOptions {
                file: export,
                mapping: Arc::new(vergic::ColumnMapping::new(&Patterns(Vec::new()))),
                stores_contacts: false,
            };
            let content = "Group;Chats\nSales;5\n".as_bytes();
            let result = vergic::import_file(&store, content, incoming, options).await;
            result.unwrap();
        }
        let count = |table: &str| {
            let connection = Connection::open(&path).unwrap();
            let query = format!("SELECT count(*) FROM {table}");
            let rows = connection.query_row(&query, [], |row| row.get::<_, u32>(0));
            rows.unwrap()
        };
        let before = [count("import_file"), count("vergic_row")];

        let now = "2026-11-20T02:00:00Z".parse().unwrap();
        let stop = CancellationToken::new();
        let policy = RetentionPolicy {
            calls: Duration::from_hours(24 * 30),
            contacts: true,
            vendors: SourceVendors::new(),
        };
        let deleted = enforce_retention(&store, &path, &policy, now, &stop).await;

        assert_eq!((deleted.unwrap(), before), (3, [3, 3]));
        assert_eq!([count("import_file"), count("vergic_row")], [0, 0]);
    }
}
