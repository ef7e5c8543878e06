//! Retention: one table sets how long each kind of imported data is stored.

use std::{collections::BTreeMap, io, path::Path, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    domain::{ImportColumn, Patterns, SourceId},
    store::{OldFile, Store, StoreError},
};

use super::{
    erasure::erase_contacts,
    import::{first_retained_day, lock::ImportLock},
    sangoma, vergic,
};

/// A day in seconds.
const DAY: i64 = 86_400;
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

/// How long a class of data is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionTerm {
    /// `[store] keep_calls`, from the last time in its file. The file's ledger entry and
    /// rejected rows are deleted with it.
    Calls,
    /// Only the newest file's content.
    Newest,
}

/// Tables that are stored for the same time, for the same reason.
#[derive(Clone, Copy, Debug)]
pub struct RetentionClass {
    pub name: &'static str,
    pub term: RetentionTerm,
    pub tables: &'static [&'static str],
}

/// All imported data, by class. Figures of intervals have no class: they are stored
/// forever.
pub const RETENTION_CLASSES: [RetentionClass; 5] = [
    RetentionClass {
        name: "calls",
        term: RetentionTerm::Calls,
        tables: &[
            "sangoma_queue_call",
            "sangoma_call_details",
            "sangoma_call_attempt",
            "sangoma_call_issue_queue_call",
            "sangoma_queue_call_contact",
            "sangoma_queue_call_survey",
            "sangoma_recording",
        ],
    },
    RetentionClass {
        name: "agents' time",
        term: RetentionTerm::Calls,
        tables: &[
            "sangoma_agent_login",
            "sangoma_agent_login_queue",
            "sangoma_agent_pause",
            "sangoma_agent_acw",
        ],
    },
    RetentionClass {
        name: "hours and days as reported",
        term: RetentionTerm::Calls,
        tables: &["vergic_row"],
    },
    RetentionClass {
        name: "contacts",
        term: RetentionTerm::Newest,
        tables: &["sangoma_contact"],
    },
    RetentionClass {
        name: "the center's structure",
        term: RetentionTerm::Newest,
        tables: &[
            "sangoma_agent_details",
            "sangoma_agent_group",
            "sangoma_agent_logoff_reason",
            "sangoma_call_issue",
            "sangoma_call_reason",
            "sangoma_call_type",
            "sangoma_destination",
            "sangoma_did",
            "sangoma_dnis",
            "sangoma_pause_code",
            "sangoma_queue_agents",
            "sangoma_queue_call_end_by",
            "sangoma_queue_call_reason",
            "sangoma_queue_details",
            "sangoma_queue_group",
            "sangoma_queue_group_queues",
            "sangoma_queue_pause_code",
        ],
    },
];

/// The configured meaning of the columns of a source's datasets.
pub type DatasetColumns = Patterns<Vec<(ImportColumn, String)>>;

/// The configured retention.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionPolicy {
    /// How long single calls are stored.
    pub calls: Duration,
    /// Whether data of callers and visitors is stored.
    pub contacts: bool,
    /// For Vergic's sources: mapped columns hold no visitor data.
    pub columns: BTreeMap<SourceId, DatasetColumns>,
}

/// Deletes expired files from the database at `path`. Erases callers and visitors from the
/// rest unless contacts are stored. Returns the number of deleted files.
pub async fn enforce_retention(
    (store, path): (&Store, &Path),
    policy: &RetentionPolicy,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let deleted = prune_files((store, path), policy.calls, now, stop).await?;
    if !policy.contacts {
        erase_contacts((store, path), &policy.columns, stop).await?;
    }
    Ok(deleted)
}

async fn prune_files(
    (store, path): (&Store, &Path),
    keep_calls: Duration,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = first_retained_day(today, keep_calls);
    let first = i64::from((first - Date::constant(1970, 1, 1)).get_days());
    let mut by_source: BTreeMap<SourceId, Vec<OldFile>> = BTreeMap::new();
    for file in store.old_files(first * DAY).await? {
        by_source.entry(file.source.clone()).or_default().push(file);
    }
    let mut deleted = 0;
    for (source, files) in by_source {
        // Nothing may be computed from half-deleted facts: imports wait for us, and we for them.
        let Some(_lock) = wait_for_lock(path, &source, stop).await? else {
            break;
        };
        store.clear_dirty_days_before(source.clone(), first).await?;
        store.record_pruned_facts(source, first * DAY).await?;
        for file in files {
            if !prune_file(store, &file, stop).await? {
                return Ok(deleted);
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
) -> Result<Option<ImportLock>, RetentionError> {
    while !stop.is_cancelled() {
        let lock = ImportLock::acquire(path, source).map_err(RetentionError::Lock)?;
        if lock.is_some() {
            return Ok(lock);
        }
        stop.run_until_cancelled(sleep(LOCK_POLL_INTERVAL)).await;
    }
    Ok(None)
}

/// Returns false if stopped before the whole file is deleted.
async fn prune_file(
    store: &Store,
    file: &OldFile,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let Some(table) = retained_table(file) else {
        return Ok(true);
    };
    while !store.delete_batch(table, file.id).await? {
        if stop.is_cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The table of a file's rows if they expire. Its full key identifies the vendor: Vergic's
/// files may be named like a container.
fn retained_table(file: &OldFile) -> Option<&'static str> {
    let table = sangoma::ExportKey::find_container(&file.key)
        .map_or(&vergic::VERGIC_ROWS, |found| &found.table);
    let contains_table = |class: &&RetentionClass| {
        class.term == RetentionTerm::Calls && class.tables.contains(&table.name)
    };
    RETENTION_CLASSES
        .iter()
        .find(contains_table)
        .map(|_| table.name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use crate::{domain::Patterns, store::IncomingFile};

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
            columns: BTreeMap::new(),
        };
        let deleted = enforce_retention((&store, &path), &policy, now, &stop).await;

        assert_eq!((deleted.unwrap(), before), (3, [3, 3]));
        assert_eq!([count("import_file"), count("vergic_row")], [0, 0]);
    }

    #[test]
    fn every_import_table_has_one_retention_class() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");
        drop(Store::open(&file).unwrap());
        let connection = Connection::open(&file).unwrap();
        let mut query = connection
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND
                 (name LIKE 'sangoma\\_%' ESCAPE '\\' OR name = 'vergic_row') ORDER BY name",
            )
            .unwrap();
        let existing = query.query_map([], |row| row.get(0)).unwrap();
        let existing: Vec<String> = existing.map(Result::unwrap).collect();

        let mut classed: Vec<_> = RETENTION_CLASSES
            .iter()
            .flat_map(|class| class.tables)
            .collect();
        classed.sort_unstable();

        assert_eq!(classed, existing.iter().collect::<Vec<_>>());
    }
}
