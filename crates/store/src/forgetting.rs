//! Forgets a person in a database that nobody else uses meanwhile. The rows about them change as a
//! whole or not at all; if what comes before or after is interrupted, the database names the person
//! to resume with. Queries on `forgetting`.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{
    AuditEntry, FactForgetter, FactTable, FileForgetter, FileId, ForgottenPerson, PeopleColumns,
    StoreError, StoreView, audit, facts, files,
    forgotten::{self, ForgottenAgent},
    inventory, migrations, open_private,
    statements::CachedStatements,
};

/// An agent's names, groups and figures.
const DELETE_AGENT: [&str; 10] = [
    "DELETE FROM profile WHERE class = 'agent' AND source = ?1 AND external_id = ?2",
    "DELETE FROM history_name WHERE source = ?1 AND class = 'agent' AND external_id = ?2",
    "DELETE FROM history_member WHERE source = ?1 AND part = 'agent' AND member = ?2",
    "DELETE FROM history_detail WHERE source = ?1 AND class = 'agent' AND external_id = ?2",
    "DELETE FROM agent_interval WHERE source = ?1 AND agent = ?2",
    "DELETE FROM agent_day WHERE source = ?1 AND agent = ?2",
    "DELETE FROM agent_pause WHERE source = ?1 AND agent = ?2",
    "DELETE FROM agent_pause_day WHERE source = ?1 AND agent = ?2",
    "DELETE FROM breakdown WHERE source = ?1 AND kind = 'logoff_reason' AND queue = ?2",
    "DELETE FROM breakdown_day WHERE source = ?1 AND kind = 'logoff_reason' AND queue = ?2",
];
/// The rows of a source, in a table of facts.
pub(super) const OF_SOURCE: &str = "id >> 32 IN (SELECT id FROM import_file WHERE source = ?1)";

/// Why nobody can be forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgettingError {
    #[error(
        "another process uses {}; stop the server and whatever else uses it, run this again, and start the server again. Nothing was changed",
        .0.display()
    )]
    InUse(PathBuf),
    #[error("there's no database at {} yet; see [store] url", .0.display())]
    Missing(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A database that nobody else can open.
#[derive(Debug)]
pub struct ExclusiveDatabase(Connection);

impl ExclusiveDatabase {
    /// Opens a database that exists and that no other process uses.
    pub fn open(path: &Path) -> Result<Self, ForgettingError> {
        if !path.is_file() {
            return Err(ForgettingError::Missing(path.to_owned()));
        }
        let mut connection = open_exclusive(path)?;
        migrations::run_migrations(&mut connection, path)?;
        Ok(Self(connection))
    }

    /// Reads it.
    pub fn view(&self) -> StoreView<'_> {
        StoreView(&self.0)
    }

    /// Records who is being forgotten, so that an interrupted run resumes.
    pub fn begin(&self, person: &ForgottenPerson) -> Result<(), StoreError> {
        let insert = "INSERT OR REPLACE INTO forgetting VALUES (1, ?1)";
        let person = serde_json::json!(person).to_string();
        let inserted = self.0.run_statement(insert, [person]);
        inserted.map(drop).map_err(StoreError::Write)
    }

    /// Deletes all rows about a person, or makes them somebody else's where figures of queues need
    /// them. `entry` goes to the audit trail.
    pub fn forget_rows(
        &mut self,
        person: &ForgottenPerson,
        forgetter: &FactForgetter,
        entry: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut forget = || {
            let behavior = TransactionBehavior::Immediate;
            let transaction = self.0.transaction_with_behavior(behavior)?;
            forgotten::insert_person(&transaction, person)?;
            for agent in &person.agents {
                forget_agent(&transaction, agent, &forgetter.tables)?;
            }
            forget_callers(&transaction, person, &forgetter.tables)?;
            forget_cells(&transaction, person, &forgetter.rows)?;
            forget_rejected(&transaction, person)?;
            forget_records(&transaction, person)?;
            audit::insert_entry(&transaction, entry)?;
            transaction.commit()
        };
        forget().map_err(StoreError::Write)
    }

    /// Writes the file again without what was deleted in it at any time, and removes the note.
    pub fn finish(self) -> Result<(), StoreError> {
        let finish = || {
            self.0.execute_batch("VACUUM")?;
            // Else the journal, with all that was deleted, would be removed only after the note is.
            (self.0).pragma_update(None, "locking_mode", "normal")?;
            self.0.execute_batch("DELETE FROM forgetting")
        };
        finish().map_err(StoreError::Write)
    }
}

impl StoreView<'_> {
    /// Loads who was being forgotten when that was interrupted.
    pub fn load_unfinished(&self) -> Result<Option<ForgottenPerson>, StoreError> {
        let query = "SELECT person FROM forgetting";
        let people: Vec<serde_json::Value> = self.load_rows(query, [], |row| row.get(0))?;
        let people = people.into_iter();
        let mut people = people.filter_map(|person| serde_json::from_value(person).ok());
        Ok(people.next())
    }
}

/// Opens a file so that nobody else can, and so that what is deleted is overwritten.
pub(super) fn open_exclusive(path: &Path) -> Result<Connection, ForgettingError> {
    let open = |cause| StoreError::Open(path.to_owned(), cause);
    let connection = open_private(path).map_err(open)?;
    let mode = connection.pragma_update_and_check(None, "journal_mode", "delete", |row| {
        row.get::<_, String>(0)
    });
    let lock = || {
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        connection.pragma_update(None, "secure_delete", true)
    };
    let is_busy = |cause: &rusqlite::Error| {
        let busy = [
            rusqlite::ErrorCode::DatabaseBusy,
            rusqlite::ErrorCode::DatabaseLocked,
        ];
        cause
            .sqlite_error_code()
            .is_some_and(|code| busy.contains(&code))
    };
    let locked = match mode {
        Ok(mode) if mode == "delete" => lock(),
        Ok(_) => return Err(ForgettingError::InUse(path.to_owned())),
        Err(cause) => Err(cause),
    };
    match locked {
        Ok(()) => Ok(connection),
        Err(cause) if is_busy(&cause) => Err(ForgettingError::InUse(path.to_owned())),
        Err(cause) => Err(open(cause).into()),
    }
}

fn forget_agent(
    transaction: &Transaction<'_>,
    agent: &ForgottenAgent,
    tables: &[&FactTable],
) -> rusqlite::Result<()> {
    let (source, external) = (agent.id.source.as_str(), &*agent.id.external);
    for delete in DELETE_AGENT {
        transaction.run_statement(delete, (source, external))?;
    }
    let Ok(number) = external.parse::<i64>() else {
        return Ok(());
    };
    for FactTable {
        name,
        columns,
        people,
        ..
    } in tables
    {
        match people {
            PeopleColumns::AgentOf { id, .. } => {
                let unknown = columns.last().unwrap_or(id);
                let update = format!(
                    "UPDATE {name} SET {unknown} = NULL, {id} = ?3 WHERE {id} = ?2 AND {OF_SOURCE}"
                );
                transaction.run_statement(&update, (source, number, agent.pseudonym))?;
            }
            PeopleColumns::Agent { id, .. } => {
                let delete = format!("DELETE FROM {name} WHERE {id} = ?2 AND {OF_SOURCE}");
                transaction.run_statement(&delete, (source, number))?;
            }
            PeopleColumns::Nobody | PeopleColumns::CallerName { .. } | PeopleColumns::OfFile => {}
        }
    }
    Ok(())
}

/// An agent's calls of others may have their name.
fn forget_callers(
    transaction: &Transaction<'_>,
    person: &ForgottenPerson,
    tables: &[&FactTable],
) -> rusqlite::Result<()> {
    for table in tables {
        if let PeopleColumns::CallerName { name, .. } = table.people {
            let update = format!(
                "UPDATE {} SET {name} = NULL
                 WHERE {name} COLLATE NOCASE IN (SELECT value FROM json_each(?1))",
                table.name
            );
            transaction.run_statement(&update, [person.texts_json()])?;
        }
    }
    Ok(())
}

fn forget_cells(
    transaction: &Transaction<'_>,
    person: &ForgottenPerson,
    forgetter: &FileForgetter,
) -> rusqlite::Result<()> {
    for (source, files) in files::load_by_source(transaction, "1", ())? {
        if !person.has_agent_of(&source) {
            continue;
        }
        for file in files {
            if let Some((table, rewrite)) = forgetter(&source, &file) {
                rewrite_cells(transaction, table, file.id, rewrite)?;
            }
        }
    }
    Ok(())
}

/// Rewrites the rows of a file that are one column.
pub(super) fn rewrite_cells(
    connection: &Connection,
    table: &FactTable,
    file: FileId,
    rewrite: impl Fn(&str) -> Option<String>,
) -> rusqlite::Result<()> {
    let (ids, name, cells) = (facts::row_ids(file), table.name, table.columns[0]);
    let select = format!("SELECT id, {cells} FROM {name} WHERE id BETWEEN ?1 AND ?2");
    let rewritten: Vec<(i64, Option<String>)> =
        connection.load_rows(&select, (ids.start(), ids.end()), |row| {
            Ok((row.get(0)?, rewrite(row.get_ref(1)?.as_str()?)))
        })?;
    let update = format!("UPDATE {name} SET {cells} = ?2 WHERE id = ?1");
    for (id, row) in rewritten {
        if let Some(row) = row {
            connection.run_statement(&update, (id, row))?;
        }
    }
    Ok(())
}

fn forget_rejected(
    transaction: &Transaction<'_>,
    person: &ForgottenPerson,
) -> rusqlite::Result<()> {
    let update = "UPDATE import_set_aside SET text = NULL WHERE file = ?1 AND line = ?2";
    for (file, line, _) in inventory::load_rejected(transaction, person)? {
        transaction.run_statement(update, (file, line))?;
    }
    Ok(())
}

/// Deletes a user's records without a trace, unlike [`super::Records::delete`]: nobody watches now.
fn forget_records(transaction: &Transaction<'_>, person: &ForgottenPerson) -> rusqlite::Result<()> {
    let delete = "DELETE FROM record WHERE kind = ?1 AND id = ?2";
    for (kind, id) in &person.records {
        transaction.run_statement(delete, (kind, id))?;
    }
    let replace = "INSERT OR REPLACE INTO record (kind, id, document) VALUES (?1, ?2, ?3)";
    for (kind, id, document) in &person.changed_records {
        transaction.run_statement(replace, params![kind, id, document])?;
    }
    Ok(())
}
