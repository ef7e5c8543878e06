//! Forgets a person in the database, while it is used. Queries on `unwritten`.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::{
    AuditEntry, FactForgetter, FactTable, FileForgetter, FileId, ForgottenPerson, PeopleColumns,
    Store, StoreError,
    database::statements::CachedStatements,
    people::{audit, erasure, forgotten, forgotten_person::ForgottenAgent, inventory},
    records::write_durably,
    rows::{case_records, facts, files},
};

/// Removes what was deleted from the write-ahead log, too.
pub(super) const TRUNCATE_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
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

impl Store {
    /// Forgets a person at once: deletes all rows about them, or makes them somebody else's where figures of
    /// queues need them. `entry` goes to the audit trail.
    pub async fn forget_person(
        &self,
        person: ForgottenPerson,
        forgetter: FactForgetter,
        entry: AuditEntry,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            erasure::with_secure_delete(connection, |connection| {
                write_durably(connection, |connection| {
                    forget_rows(connection, &person, &forgetter, &entry)
                })
            })?;
            // As far as nobody reads it, which is no fault: later writes do the same.
            connection.execute_batch(TRUNCATE_LOG)
        })
        .await
    }

    /// Whether unused parts of the file may still have somebody who was forgotten.
    pub async fn has_remains(&self) -> Result<bool, StoreError> {
        let query = "SELECT EXISTS (SELECT 1 FROM unwritten)";
        self.read(|connection| connection.query_row(query, [], |row| row.get(0)))
            .await
    }

    /// Writes the file again, without what its unused parts have of people who were forgotten. Other writers
    /// wait meanwhile. Returns whether there was a need.
    pub async fn remove_remains(&self) -> Result<bool, StoreError> {
        if !self.has_remains().await? {
            return Ok(false);
        }
        self.write(|connection| {
            connection.execute_batch("VACUUM")?;
            connection.execute_batch(TRUNCATE_LOG)?;
            connection.execute_batch("DELETE FROM unwritten")
        })
        .await?;
        Ok(true)
    }
}

fn forget_rows(
    connection: &mut Connection,
    person: &ForgottenPerson,
    forgetter: &FactForgetter,
    entry: &AuditEntry,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    forgotten::insert_person(&transaction, person, entry.at)?;
    for agent in &person.agents {
        forget_agent(&transaction, agent, &forgetter.tables)?;
        case_records::forget_agent(&transaction, agent, &person.texts)?;
    }
    forget_callers(&transaction, person, &forgetter.tables)?;
    forget_named(&transaction, person, &forgetter.tables)?;
    forget_cells(&transaction, person, &forgetter.rows)?;
    forget_rejected(&transaction, person)?;
    forget_records(&transaction, person)?;
    audit::insert_entry(&transaction, entry)?;
    transaction.run_statement("INSERT OR IGNORE INTO unwritten VALUES (1)", [])?;
    transaction.commit()
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
            PeopleColumns::Nobody
            | PeopleColumns::CallerName { .. }
            | PeopleColumns::Named { .. }
            | PeopleColumns::OfFile => {}
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

/// Deletes rows of any source that name a person.
fn forget_named(
    transaction: &Transaction<'_>,
    person: &ForgottenPerson,
    tables: &[&FactTable],
) -> rusqlite::Result<()> {
    for (name, text) in tables.iter().filter_map(|table| table.named_text()) {
        let delete = format!("DELETE FROM {name} WHERE {text} = ?1");
        for named in inventory::load_named(transaction, person, name, text)? {
            transaction.run_statement(&delete, [named])?;
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

/// Deletes a user's records as [`crate::Records::delete`] does, so that a running server ends the
/// sessions.
fn forget_records(transaction: &Transaction<'_>, person: &ForgottenPerson) -> rusqlite::Result<()> {
    let replace = "INSERT OR REPLACE INTO record (kind, id, document) VALUES (?1, ?2, ?3)";
    for (kind, id) in &person.records {
        transaction.run_statement(replace, params![kind, id, None::<Vec<u8>>])?;
    }
    for (kind, id, document) in &person.changed_records {
        transaction.run_statement(replace, params![kind, id, document])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CatalogDetail, CatalogEntry, CatalogMember, NameClass, RecordChange, RecordId, RecordKind,
        RecordStore, RecordWatch, Records,
    };
    use jiff::Timestamp;
    use wallboard_domain::{EntityKind, EntityProfile, Id, SourceId};

    const USERS: RecordKind = RecordKind::new("user");

    fn nobody() -> FactForgetter {
        FactForgetter {
            tables: Vec::new(),
            rows: Box::new(|_, _| None),
        }
    }

    fn entry() -> AuditEntry {
        AuditEntry::of_forgetting(Timestamp::from_second(1_800_000_000).unwrap())
    }

    fn open(folder: &tempfile::TempDir) -> Store {
        Store::open(&folder.path().join("wallboard.db")).unwrap()
    }

    #[tokio::test]
    async fn what_was_read_before_somebody_was_forgotten_is_stored_without_them() {
        let folder = tempfile::tempdir().unwrap();
        let (store, calls) = (open(&folder), SourceId::from("calls"));
        let agent = |external: &str| (NameClass::Agent, external.to_owned());
        let person = ForgottenPerson {
            agents: vec![ForgottenAgent {
                id: Id::new(&calls, "9"),
                pseudonym: -255,
            }],
            ..ForgottenPerson::default()
        };

        store
            .forget_person(person, nobody(), entry())
            .await
            .unwrap();
        let names = ["8", "9"].map(|id| CatalogEntry::new(NameClass::Agent, id, "Anna"));
        store
            .store_catalog(calls.clone(), names.into())
            .await
            .unwrap();
        let members = ["8", "9"].map(|id| CatalogMember {
            whole: (NameClass::Queue, "7".to_owned()),
            member: agent(id),
            priority: None,
        });
        let details = ["8", "9"].map(|id| CatalogDetail {
            class: NameClass::Agent,
            external_id: id.to_owned(),
            field: "email".to_owned(),
            value: "anna@example.org".to_owned(),
        });
        let relating = store.replace_relations(calls.clone(), members.into(), details.into());
        relating.await.unwrap();
        let profiles = ["8", "9"];
        let profiles =
            profiles.map(|id| EntityProfile::new(EntityKind::Agent, Id::new(&calls, id)));
        store.store_profiles(profiles.into()).await.unwrap();

        let agents =
            "SELECT external_id FROM history_name UNION ALL SELECT member FROM history_member
             UNION ALL SELECT external_id FROM history_detail
             UNION ALL SELECT external_id FROM profile";
        let load = |connection: &Connection| connection.load_rows(agents, [], |row| row.get(0));
        let stored: Vec<String> = store.read(load).await.unwrap();
        assert_eq!(stored, ["8"; 4]);
    }

    #[tokio::test]
    async fn a_running_server_notices_that_an_account_was_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let records = RecordStore::embedded(store.clone());
        let id = RecordId::parse("anna").unwrap();
        records.put(USERS, &id, None, b"{}".to_vec()).await.unwrap();
        let (known, mut watch) = records.watch(USERS).await.unwrap();
        let person = ForgottenPerson {
            records: vec![("user".to_owned(), "anna".to_owned())],
            ..ForgottenPerson::default()
        };

        store
            .forget_person(person, nobody(), entry())
            .await
            .unwrap();

        assert_eq!(known.len(), 1);
        let change = watch.next().await.unwrap();
        assert!(matches!(change, RecordChange::Deleted { .. }), "{change:?}");
    }

    #[tokio::test]
    async fn traces_are_removed_once_after_somebody_was_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        assert!(!store.has_remains().await.unwrap());

        let person = ForgottenPerson::default();
        store
            .forget_person(person, nobody(), entry())
            .await
            .unwrap();
        assert!(store.has_remains().await.unwrap());
        store.remove_remains().await.unwrap();

        assert!(!store.has_remains().await.unwrap());
    }
}
