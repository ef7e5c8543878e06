//! How long what is kept. One table says it of everything that imports bring.

use std::{collections::BTreeMap, io, path::Path, time::Duration};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    domain::{Column, Patterns, SourceId},
    store::{OldFile, Store, StoreError},
};

use super::{
    forgetting::forget,
    import::{first_kept, lock::Lock},
    sangoma, vergic,
};

/// In seconds.
const DAY: i64 = 86_400;
/// How often it is looked whether an import has ended.
const LOOK: Duration = Duration::from_millis(500);

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
pub enum Term {
    /// `[store] keep_calls`, from the last time in its file; then the file's place in the
    /// ledger and its rows that were set aside go too.
    Calls,
    /// Only what the newest file says.
    Newest,
}

/// What is kept for the same time, for the same reason.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    pub name: &'static str,
    pub term: Term,
    pub tables: &'static [&'static str],
}

/// Everything that imports bring, by class. Figures of intervals are of no class: they
/// are kept for ever.
pub const CLASSES: [Class; 5] = [
    Class {
        name: "calls",
        term: Term::Calls,
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
    Class {
        name: "agents' time",
        term: Term::Calls,
        tables: &[
            "sangoma_agent_login",
            "sangoma_agent_login_queue",
            "sangoma_agent_pause",
            "sangoma_agent_acw",
        ],
    },
    Class {
        name: "hours and days as reported",
        term: Term::Calls,
        tables: &["vergic_row"],
    },
    Class {
        name: "contacts",
        term: Term::Newest,
        tables: &["sangoma_contact"],
    },
    Class {
        name: "the center's structure",
        term: Term::Newest,
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
pub type Columns = Patterns<Vec<(Column, String)>>;

/// What is kept, as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// How long single calls are.
    pub calls: Duration,
    /// Whether callers and visitors are.
    pub contacts: bool,
    /// Of Vergic's sources: what is mapped is of no visitor.
    pub columns: BTreeMap<SourceId, Columns>,
}

/// Deletes what is kept no longer from the database at `path`, and takes callers and
/// visitors out of the rest where they are not kept. Returns how many files went.
pub async fn enforce(
    (store, path): (&Store, &Path),
    kept: &Kept,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let gone = delete_old((store, path), kept.calls, now, stop).await?;
    if !kept.contacts {
        forget((store, path), &kept.columns, stop).await?;
    }
    Ok(gone)
}

async fn delete_old(
    (store, path): (&Store, &Path),
    keep_calls: Duration,
    now: Timestamp,
    stop: &CancellationToken,
) -> Result<u64, RetentionError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let first = first_kept(today, keep_calls);
    let first = i64::from((first - Date::constant(1970, 1, 1)).get_days());
    let mut by_source: BTreeMap<SourceId, Vec<OldFile>> = BTreeMap::new();
    for file in store.old_files(first * DAY).await? {
        by_source.entry(file.source.clone()).or_default().push(file);
    }
    let mut gone = 0;
    for (source, files) in by_source {
        // Nothing is reckoned from what is half gone: an import of it waits, and we for one.
        let Some(_lock) = lock(path, &source, stop).await? else {
            break;
        };
        store.leave_days(source.clone(), first).await?;
        store.facts_gone(source, first * DAY).await?;
        for file in files {
            if !delete(store, &file, stop).await? {
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
pub(super) async fn lock(
    path: &Path,
    source: &SourceId,
    stop: &CancellationToken,
) -> Result<Option<Lock>, RetentionError> {
    while !stop.is_cancelled() {
        let taken = Lock::take(path, source).map_err(RetentionError::Lock)?;
        if taken.is_some() {
            return Ok(taken);
        }
        stop.run_until_cancelled(sleep(LOOK)).await;
    }
    Ok(None)
}

/// False where we are told to stop before all of it is gone.
async fn delete(
    store: &Store,
    file: &OldFile,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let Some(table) = table(file) else {
        return Ok(true);
    };
    while !store.delete_some(table, file.id).await? {
        if stop.is_cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where a file's rows are, where they are kept for a time. Its whole name tells whose it
/// is: Vergic's files may be called like a container.
fn table(file: &OldFile) -> Option<&'static str> {
    let table = sangoma::Key::container(&file.key).map_or(&vergic::ROWS, |found| &found.table);
    let is_its = |class: &&Class| class.term == Term::Calls && class.tables.contains(&table.name);
    CLASSES.iter().find(is_its).map(|_| table.name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use crate::{domain::Patterns, store::Arriving};

    use super::*;

    #[tokio::test]
    async fn a_file_of_vergics_that_is_called_like_a_container_of_sangomas_goes_with_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        for name in ["Queue_Call", "Queue_Details", "queues"] {
            let key = format!("Metrics/2026/01/05/{name}.csv");
            let export = vergic::Export::read(&key, "Metrics").unwrap();
            let arriving = Arriving {
                source: "vergic".into(),
                key,
                dataset: export.dataset.clone(),
                size: 0,
                tag: String::new(),
                sha256: [0; 32],
                modified: None,
                taken_at: 0,
            };
            let reading = vergic::Reading {
                export,
                mapping: Arc::new(vergic::Mapping::new(&Patterns(Vec::new()))),
                keep_contacts: false,
            };
            let content = "Group;Chats\nSales;5\n".as_bytes();
            let taken = vergic::take_in(&store, content, arriving, reading).await;
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
        let kept = Kept {
            calls: Duration::from_hours(24 * 30),
            contacts: true,
            columns: BTreeMap::new(),
        };
        let gone = enforce((&store, &path), &kept, now, &stop).await;

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

        let mut classed: Vec<_> = CLASSES.iter().flat_map(|class| class.tables).collect();
        classed.sort_unstable();

        assert_eq!(classed, there.iter().collect::<Vec<_>>());
    }
}
