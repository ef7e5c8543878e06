//! Counts what is stored about a person: how many rows, and from when to when.

use std::{fmt, path::Path};

use jiff::Timestamp;
use rusqlite::{Connection, Params};

use wallboard_domain::SourceId;

use crate::{
    DataKind, FactTable, ForgottenPerson, ImportedFile, LogFile, PeopleColumns, ReadLog,
    StoreError, StoreView,
    database::statements::CachedStatements,
    log_path,
    people::{forgetting::OF_SOURCE, forgotten_person::ForgottenAgent},
    rows::{case_records, facts, files},
    with_view_at,
};

/// The stored data of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InventoryRow {
    pub kind: DataKind,
    /// `None`: there may be any number.
    pub rows: Option<u64>,
    /// The first and the last time in them, if they have one.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Rewrites a stored row without people; `None` if it has nobody to leave out.
pub type RowRewriter = Box<dyn Fn(&str) -> Option<String> + Send>;

/// Returns the table of a file's rows with what takes a person out of them, if only their vendor
/// can do that.
pub type FileForgetter =
    Box<dyn Fn(&SourceId, &ImportedFile) -> Option<(&'static FactTable, RowRewriter)> + Send>;

/// Finds a person in facts, to count and to forget them.
pub struct FactForgetter {
    /// Every vendor's tables.
    pub tables: Vec<&'static FactTable>,
    pub rows: FileForgetter,
}

/// Rows and the times in them, in Unix seconds.
#[derive(Clone, Copy, Debug, Default)]
struct RowTally {
    rows: u64,
    first: Option<i64>,
    last: Option<i64>,
}

impl fmt::Debug for FactForgetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables = self.tables.iter().map(|table| table.name);
        f.debug_list().entries(tables).finish()
    }
}

impl InventoryRow {
    fn new(kind: DataKind, tally: RowTally) -> Self {
        let at = |second| Timestamp::from_second(second).unwrap_or_default();
        Self {
            kind,
            rows: Some(tally.rows),
            span: tally.first.map(at).zip(tally.last.map(at)),
        }
    }
}

impl RowTally {
    fn add(&mut self, rows: u64, first: Option<i64>, last: Option<i64>) {
        self.rows += rows;
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = self.last.max(last);
    }
}

/// Loads the result of `SELECT count(*), min(…), max(…)`.
fn load_tally(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
) -> rusqlite::Result<RowTally> {
    let mut query = connection.prepare_cached(query)?;
    query.query_row(parameters, |row| {
        Ok(RowTally {
            rows: row.get(0)?,
            first: row.get(1)?,
            last: row.get(2)?,
        })
    })
}

impl StoreView<'_> {
    fn load_inventory(
        &self,
        person: &ForgottenPerson,
        paths: &[String],
        forgetter: &FactForgetter,
    ) -> Result<Vec<InventoryRow>, StoreError> {
        let count = || {
            let mut rows = Vec::new();
            if !person.agents.is_empty() {
                rows.extend(count_agents(self.0, person, &forgetter.tables)?);
                rows.push(count_case_records(self.0, person)?);
                let cells = count_cells(self.0, person, &forgetter.rows)?;
                rows.push(InventoryRow::new(DataKind::ExportRows, cells));
                let rejected = count_rejected(self.0, person)?;
                rows.push(InventoryRow::new(DataKind::RejectedRows, rejected));
            }
            let mut account = RowTally::default();
            account.add(person.records.len() as u64, None, None);
            rows.push(InventoryRow::new(DataKind::Account, account));
            let mut screens = RowTally::default();
            screens.add(person.changed_records.len() as u64, None, None);
            rows.push(InventoryRow::new(DataKind::PairedScreens, screens));
            let audit = count_audit(self.0, person, paths)?;
            rows.push(InventoryRow::new(DataKind::AuditTrail, audit));
            Ok(rows)
        };
        let rows: rusqlite::Result<Vec<InventoryRow>> = count();
        rows.map_err(StoreError::Read)
    }
}

/// Counts what the database at a path, and the log next to it, have about a person. `paths`: the
/// addresses of their pages, as the audit trail has them. `log_format`: of the log's content.
pub async fn load_inventory(
    database: &Path,
    person: ForgottenPerson,
    paths: Vec<String>,
    forgetter: FactForgetter,
    log_format: u32,
) -> Result<Vec<InventoryRow>, StoreError> {
    let log = if person.agents.is_empty() {
        None
    } else {
        load_log_row(database, log_format).await?
    };
    let load = move |view: &StoreView<'_>| view.load_inventory(&person, &paths, &forgetter);
    let mut rows = with_view_at(database, load).await?;
    rows.splice(0..0, log);
    Ok(rows)
}

/// Reports from when to when the log has events, about anyone.
async fn load_log_row(database: &Path, format: u32) -> Result<Option<InventoryRow>, StoreError> {
    let log = match LogFile::open(&log_path(database)) {
        Err(StoreError::MissingLog(_)) => return Ok(None),
        log => log?,
    };
    let period = log.find_period(format).await?;
    Ok(Some(InventoryRow {
        kind: DataKind::InputLog,
        rows: None,
        span: period.map(|period| (period.from, period.to)),
    }))
}

const NAMES: [&str; 2] = [
    "SELECT count(*), NULL, NULL FROM profile
         WHERE class = 'agent' AND source = ?1 AND external_id = ?2",
    "SELECT count(*), NULL, NULL FROM history_name
         WHERE class = 'agent' AND source = ?1 AND external_id = ?2",
];
const GROUPS: [&str; 2] = [
    "SELECT count(*), NULL, NULL FROM history_member
         WHERE part = 'agent' AND source = ?1 AND member = ?2",
    "SELECT count(*), NULL, NULL FROM history_detail
         WHERE class = 'agent' AND source = ?1 AND external_id = ?2",
];
const DAYS: [&str; 3] = [
    "SELECT count(*), min(day) * 86400, max(day) * 86400 FROM agent_day
         WHERE source = ?1 AND agent = ?2",
    "SELECT count(*), min(day) * 86400, max(day) * 86400 FROM agent_pause_day
         WHERE source = ?1 AND agent = ?2",
    "SELECT count(*), min(day) * 86400, max(day) * 86400 FROM breakdown_day
         WHERE kind = 'logoff_reason' AND source = ?1 AND queue = ?2",
];
const INTERVALS: [&str; 3] = [
    "SELECT count(*), min(start), max(start) FROM agent_interval
         WHERE source = ?1 AND agent = ?2",
    "SELECT count(*), min(start), max(start) FROM agent_pause WHERE source = ?1 AND agent = ?2",
    "SELECT count(*), min(start), max(start) FROM breakdown
         WHERE kind = 'logoff_reason' AND source = ?1 AND queue = ?2",
];

fn count_agents(
    connection: &Connection,
    person: &ForgottenPerson,
    tables: &[&FactTable],
) -> rusqlite::Result<Vec<InventoryRow>> {
    let mut counted = Vec::new();
    for ForgottenAgent { id, .. } in &person.agents {
        let (source, external) = (id.source.as_str(), &*id.external);
        for (kind, queries) in [
            (DataKind::Names, &NAMES[..]),
            (DataKind::Groups, &GROUPS),
            (DataKind::DayFigures, &DAYS),
            (DataKind::IntervalFigures, &INTERVALS),
        ] {
            for query in queries {
                counted.push((kind, load_tally(connection, query, (source, external))?));
            }
        }
        let Ok(number) = external.parse::<i64>() else {
            continue;
        };
        for FactTable { name, people, .. } in tables {
            let (id, times, kind) = match people {
                PeopleColumns::AgentOf { id, time, kind } => {
                    (id, format!("min({time}), max({time})"), *kind)
                }
                PeopleColumns::Agent { id, kind, .. } => (id, "NULL, NULL".to_owned(), *kind),
                PeopleColumns::Nobody
                | PeopleColumns::CallerName { .. }
                | PeopleColumns::Named { .. }
                | PeopleColumns::OfFile => continue,
            };
            let query =
                format!("SELECT count(*), {times} FROM {name} WHERE {id} = ?2 AND {OF_SOURCE}");
            counted.push((kind, load_tally(connection, &query, (source, number))?));
        }
    }
    for table in tables {
        if let PeopleColumns::CallerName { name, time } = table.people {
            let query = format!(
                "SELECT count(*), min({time}), max({time}) FROM {}
                 WHERE {name} COLLATE NOCASE IN (SELECT value FROM json_each(?1))",
                table.name
            );
            let callers = load_tally(connection, &query, [person.texts_json()])?;
            counted.push((DataKind::CallerNames, callers));
        }
        if let PeopleColumns::Named { text, time, kind } = table.people {
            let name = table.name;
            let query = format!(
                "SELECT count(*), min({time}), max({time}) FROM {name}
                 WHERE {text} IN (SELECT value FROM json_each(?1))"
            );
            let named = load_named(connection, person, name, text)?;
            let named = serde_json::json!(named).to_string();
            counted.push((kind, load_tally(connection, &query, [named])?));
        }
    }
    let kinds = [
        DataKind::Names,
        DataKind::Groups,
        DataKind::DayFigures,
        DataKind::IntervalFigures,
        DataKind::Activity,
        DataKind::Calls,
        DataKind::Schedules,
        DataKind::CallerNames,
    ];
    let rows = kinds.map(|kind| {
        let mut sum = RowTally::default();
        for (_, tally) in counted.iter().filter(|(of, _)| *of == kind) {
            sum.add(tally.rows, tally.first, tally.last);
        }
        InventoryRow::new(kind, sum)
    });
    Ok(rows.into())
}

/// Returns the texts of a column that name a person.
pub(super) fn load_named(
    connection: &Connection,
    person: &ForgottenPerson,
    table: &str,
    column: &str,
) -> rusqlite::Result<Vec<String>> {
    let query = format!("SELECT DISTINCT {column} FROM {table}");
    let mut texts: Vec<String> = connection.load_rows(&query, [], |row| row.get(0))?;
    texts.retain(|text| person.is_named_by(text));
    Ok(texts)
}

fn count_cells(
    connection: &Connection,
    person: &ForgottenPerson,
    forgetter: &FileForgetter,
) -> rusqlite::Result<RowTally> {
    let mut tally = RowTally::default();
    for (source, files) in files::load_by_source(connection, "1", ())? {
        if !person.has_agent_of(&source) {
            continue;
        }
        for file in files {
            let Some((table, rewrite)) = forgetter(&source, &file) else {
                continue;
            };
            let (ids, name, cells) = (facts::row_ids(file.id), table.name, table.columns[0]);
            let query = format!("SELECT {cells} FROM {name} WHERE id BETWEEN ?1 AND ?2");
            let about: Vec<bool> =
                connection.load_rows(&query, (ids.start(), ids.end()), |row| {
                    Ok(rewrite(row.get_ref(0)?.as_str()?).is_some())
                })?;
            let rows = about.iter().filter(|is_about| **is_about).count() as u64;
            if 0 < rows {
                tally.add(
                    rows,
                    file.span.map(|span| span.0),
                    file.span.map(|span| span.1),
                );
            }
        }
    }
    Ok(tally)
}

fn count_case_records(
    connection: &Connection,
    person: &ForgottenPerson,
) -> rusqlite::Result<InventoryRow> {
    let mut tally = RowTally::default();
    for agent in &person.agents {
        for at in case_records::load_times_of(connection, &agent.id)? {
            tally.add(1, Some(at), Some(at));
        }
    }
    Ok(InventoryRow::new(DataKind::CaseRecords, tally))
}

fn count_rejected(connection: &Connection, person: &ForgottenPerson) -> rusqlite::Result<RowTally> {
    let mut tally = RowTally::default();
    for (_, _, at) in load_rejected(connection, person)? {
        tally.add(1, Some(at), Some(at));
    }
    Ok(tally)
}

/// Returns the file, the line and the time of import of rejected rows whose text is about a person.
pub(super) fn load_rejected(
    connection: &Connection,
    person: &ForgottenPerson,
) -> rusqlite::Result<Vec<(i64, u32, i64)>> {
    let query = "SELECT source, text, file, line, taken_at FROM import_set_aside
         JOIN import_file ON import_file.id = file WHERE text IS NOT NULL";
    let rows: Vec<_> = connection.load_rows(query, [], |row| {
        let (source, text) = (SourceId(row.get(0)?), row.get_ref(1)?.as_str()?);
        let is_about = person.is_in_row(&source, text);
        Ok(is_about.then_some((row.get(2)?, row.get(3)?, row.get(4)?)))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

fn count_audit(
    connection: &Connection,
    person: &ForgottenPerson,
    paths: &[String],
) -> rusqlite::Result<RowTally> {
    let query = "SELECT count(*), min(at) / 1000, max(at) / 1000 FROM audit
         WHERE (actor = ?1 AND actor_origin IN ('', 'account', 'identity_provider', 'not_signed_in'))
            OR (action IN ('added_user', 'changed_role', 'disabled_user', 'enabled_user',
                    'set_password', 'signed_out', 'ended_session', 'sign_in_failed')
                AND (subject = ?1 OR substr(subject, 1, length(?1) + 2) = ?1 || ', '))
            OR EXISTS (SELECT 1 FROM json_each(?2)
                WHERE subject = value OR subject = '/api/v1' || value
                    OR substr(subject, 1, length(value) + 1) IN (value || '?', value || '/')
                    OR substr(subject, 1, length(value) + 8) = '/api/v1' || value || '?')";
    let paths = serde_json::json!(paths).to_string();
    load_tally(connection, query, (&person.user, paths))
}
