//! The audit trail: who saw or changed what. Entries are only added, and deleted by age.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};

use crate::{Store, StoreError, database::statements::CachedStatements, records::write_durably};

const INSERT: &str = "
    INSERT INTO audit (at, actor, actor_origin, actor_id, address, action, subject)
    VALUES (:at, :actor, :actor_origin, :actor_id, :address, :action, :subject)";

const SELECT: &str = "
    SELECT id, at, actor, actor_origin, actor_id, address, action, subject FROM audit
    WHERE id < :before ORDER BY id DESC LIMIT :limit";

const DELETE: &str = "DELETE FROM audit WHERE at < :before";

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub at: Timestamp,
    /// The name of who it was.
    pub actor: String,
    /// Where the name comes from, as a word; empty in entries of early releases.
    pub actor_origin: String,
    /// The ID there; empty if there's none.
    pub actor_id: String,
    /// The address of their device; empty at the command line.
    pub address: String,
    /// The action, as a word.
    pub action: String,
    /// To what.
    pub subject: String,
}

#[cfg(test)]
impl AuditEntry {
    /// The entry of somebody who forgot a person.
    pub(crate) fn of_forgetting(at: Timestamp) -> Self {
        Self {
            at,
            actor: "admin".to_owned(),
            actor_origin: "account".to_owned(),
            actor_id: String::new(),
            address: String::new(),
            action: "forgot_person".to_owned(),
            subject: String::new(),
        }
    }
}

/// An entry with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAuditEntry {
    /// Rises with each entry, and is never used twice.
    pub id: i64,
    pub entry: AuditEntry,
}

impl Store {
    /// Adds entries, which are on the disk when it ends.
    pub async fn append_audit(&self, entries: Vec<AuditEntry>) -> Result<(), StoreError> {
        let append = move |connection: &mut Connection| {
            write_durably(connection, |connection| insert_all(connection, &entries))
        };
        self.write(append).await
    }

    /// Lists entries, the newest first, from before one of them.
    pub async fn list_audit(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<StoredAuditEntry>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        let parameters = move |connection: &mut Connection| {
            let parameters = named_params! { ":before": before, ":limit": limit };
            let rows = connection.load_rows(SELECT, parameters, read_entry);
            rows.map_err(StoreError::Read)
        };
        self.writer.run_work(parameters).await
    }

    /// Deletes the entries from before a time.
    pub async fn delete_audit_before(&self, before: Timestamp) -> Result<(), StoreError> {
        let before = before.as_millisecond();
        let delete = move |connection: &mut Connection| {
            connection.run_statement(DELETE, named_params! { ":before": before })?;
            Ok(())
        };
        self.write(delete).await
    }
}

fn insert_all(connection: &mut Connection, entries: &[AuditEntry]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for entry in entries {
        insert_entry(&transaction, entry)?;
    }
    transaction.commit()
}

/// Adds an entry to what a transaction changes.
pub(super) fn insert_entry(connection: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let row = named_params! {
        ":at": entry.at.as_millisecond(),
        ":actor": entry.actor,
        ":actor_origin": entry.actor_origin,
        ":actor_id": entry.actor_id,
        ":address": entry.address,
        ":action": entry.action,
        ":subject": entry.subject,
    };
    connection.run_statement(INSERT, row).map(drop)
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<StoredAuditEntry> {
    let at: i64 = row.get("at")?;
    Ok(StoredAuditEntry {
        id: row.get("id")?,
        entry: AuditEntry {
            at: Timestamp::from_millisecond(at).unwrap_or_default(),
            actor: row.get("actor")?,
            actor_origin: row.get("actor_origin")?,
            actor_id: row.get("actor_id")?,
            address: row.get("address")?,
            action: row.get("action")?,
            subject: row.get("subject")?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, actor: &str) -> AuditEntry {
        AuditEntry {
            at: Timestamp::from_second(second).unwrap(),
            actor: actor.into(),
            actor_origin: "account".into(),
            actor_id: "7f".into(),
            address: "10.0.0.7".into(),
            action: "viewed".into(),
            subject: "/agents/chat/eva".into(),
        }
    }

    #[tokio::test]
    async fn entries_are_listed_from_the_newest_and_deleted_by_age() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        for second in 1..=5 {
            let entries = vec![entry(second, "anna"), entry(second, "bo")];
            store.append_audit(entries).await.unwrap();
        }

        let newest = store.list_audit(None, 3).await.unwrap();
        let found: Vec<_> = newest.iter().map(|one| (one.id, &one.entry)).collect();
        let expected = [entry(5, "bo"), entry(5, "anna"), entry(4, "bo")];
        assert_eq!(
            found,
            [(10, &expected[0]), (9, &expected[1]), (8, &expected[2])]
        );
        let older = store.list_audit(Some(8), 100).await.unwrap();
        assert_eq!(older.len(), 7);

        let limit = Timestamp::from_second(5).unwrap();
        store.delete_audit_before(limit).await.unwrap();
        assert_eq!(store.list_audit(None, 100).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn an_entry_is_never_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallboard.db");
        let store = Store::open(&path).unwrap();
        store.append_audit(vec![entry(1, "anna")]).await.unwrap();

        let database = Connection::open(&path).unwrap();
        let changed = database.execute("UPDATE audit SET actor = 'nobody'", ());

        assert!(changed.unwrap_err().to_string().contains("never change"));
    }
}
