//! How long what is kept. One table says it of everything that imports bring.

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

/// In seconds.
const DAY: i64 = 86_400;
/// How often it is looked whether an import has ended.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Why not all that is kept no longer could be deleted.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error("couldn't create an import lock next to the database")]
    Lock(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionTerm {
    /// `[store] keep_calls`, from the last time in its file; then the file's place in the
    /// ledger and its rows that were set aside go too.
    Calls,
    /// Only what the newest file says.
    Newest,
}

/// What is kept for the same time, for the same reason.
#[derive(Clone, Copy, Debug)]
pub struct RetentionClass {
    pub name: &'static str,
    pub term: RetentionTerm,
    pub tables: &'static [&'static str],
}

/// Everything that imports bring, by class. Figures of intervals are of no class: they
/// are kept for ever.
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

/// What the columns of a source's datasets hold, as configured.
pub type DatasetColumns = Patterns<Vec<(ImportColumn, String)>>;

/// What is kept, as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionPolicy {
    /// How long single calls are.
    pub calls: Duration,
    /// Whether callers and visitors are.
    pub contacts: bool,
    /// Of Vergic's sources: what is mapped is of no visitor.
    pub columns: BTreeMap<SourceId, DatasetColumns>,
}

/// Deletes what is kept no longer from the database at `path`, and takes callers and
/// visitors out of the rest where they are not kept. Returns how many files went.
pub async fn enforce_retention(
    (store, path): (&Store, &Path),
    kept: &RetentionPolicy,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let gone = prune_files((store, path), kept.calls, now, stop).await?;
    if !kept.contacts {
        erase_contacts((store, path), &kept.columns, stop).await?;
    }
    Ok(gone)
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
    let mut gone = 0;
    for (source, files) in by_source {
        // Nothing is reckoned from what is half gone: an import of it waits, and we for one.
        let Some(_lock) = wait_for_lock(path, &source, stop).await? else {
            break;
        };
        store.clear_dirty_days_before(source.clone(), first).await?;
        store.record_pruned_facts(source, first * DAY).await?;
        for file in files {
            if !prune_file(store, &file, stop).await? {
                return Ok(gone);
            }
            gone += 1;
        }
    }
    if 0 < gone {
        info!(files.count = gone, "Deleted expired files");
    }
    Ok(gone)
}

/// `None` where we are told to stop before an import has ended.
pub(super) async fn wait_for_lock(
    path: &Path,
    source: &SourceId,
    stop: &CancellationToken,
) -> Result<Option<ImportLock>, RetentionError> {
    while !stop.is_cancelled() {
        let taken = ImportLock::acquire(path, source).map_err(RetentionError::Lock)?;
        if taken.is_some() {
            return Ok(taken);
        }
        stop.run_until_cancelled(sleep(LOCK_POLL_INTERVAL)).await;
    }
    Ok(None)
}

/// False where we are told to stop before all of it is gone.
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

/// Where a file's rows are, where they are kept for a time. Its whole name tells whose it
/// is: Vergic's files may be called like a container.
fn retained_table(file: &OldFile) -> Option<&'static str> {
    let table = sangoma::ExportKey::find_container(&file.key)
        .map_or(&vergic::VERGIC_ROWS, |found| &found.table);
    let is_its = |class: &&RetentionClass| {
        class.term == RetentionTerm::Calls && class.tables.contains(&table.name)
    };
    RETENTION_CLASSES.iter().find(is_its).map(|_| table.name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use crate::{domain::Patterns, store::IncomingFile};

    use super::*;

    #[tokio::test]
    async fn a_file_of_vergics_that_is_called_like_a_container_of_sangomas_goes_with_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        for name in ["Queue_Call", "Queue_Details", "queues"] {
            let key = format!("Metrics/2026/01/05/{name}.csv");
            let export = vergic::VergicFile::parse_key(&key, "Metrics").unwrap();
            let arriving = IncomingFile {
                source: "vergic".into(),
                key,
                dataset: export.dataset.clone(),
                size: 0,
                tag: String::new(),
                sha256: [0; 32],
                modified: None,
                imported_at: 0,
            };
            let reading = vergic::VergicReadOptions {
                file: export,
                mapping: Arc::new(vergic::ColumnMapping::new(&Patterns(Vec::new()))),
                stores_contacts: false,
            };
            let content = "Group;Chats\nSales;5\n".as_bytes();
            let taken = vergic::import_file(&store, content, arriving, reading).await;
            taken.unwrap();
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
        let kept = RetentionPolicy {
            calls: Duration::from_hours(24 * 30),
            contacts: true,
            columns: BTreeMap::new(),
        };
        let gone = enforce_retention((&store, &path), &kept, now, &stop).await;

        assert_eq!((gone.unwrap(), before), (3, [3, 3]));
        assert_eq!([count("import_file"), count("vergic_row")], [0, 0]);
    }

    #[test]
    fn every_table_that_imports_fill_is_of_one_class() {
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
        let there = query.query_map([], |row| row.get(0)).unwrap();
        let there: Vec<String> = there.map(Result::unwrap).collect();

        let mut classed: Vec<_> = RETENTION_CLASSES
            .iter()
            .flat_map(|class| class.tables)
            .collect();
        classed.sort_unstable();

        assert_eq!(classed, there.iter().collect::<Vec<_>>());
    }
}
