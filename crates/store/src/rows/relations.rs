//! Memberships in an export, and its details of queues, groups and numbers: queries on
//! `history_member` and `history_detail`.

use rusqlite::{Row, TransactionBehavior, params};

use wallboard_domain::SourceId;

use crate::{
    NameClass, Store, StoreError, StoreView, database::statements::CachedStatements,
    people::forgotten::ForgottenPeople,
};

/// A member of a group, or an agent or a reason of a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogMember {
    /// The class and the vendor's id of the whole.
    pub whole: (NameClass, String),
    pub member: (NameClass, String),
    /// Of an agent in a queue.
    pub priority: Option<i64>,
}

/// A detail of an export about something, under its own field name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogDetail {
    pub class: NameClass,
    pub external_id: String,
    pub field: String,
    pub value: String,
}

impl Store {
    /// Replaces the members and details of a source with the current ones.
    pub async fn replace_relations(
        &self,
        source: SourceId,
        members: Vec<CatalogMember>,
        details: Vec<CatalogDetail>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let behavior = TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behavior)?;
            // They may have been read before somebody was forgotten.
            let forgotten = ForgottenPeople::load(&transaction)?;
            let is_forgotten = |class: NameClass, id: &str| {
                let has_agent = |people: &ForgottenPeople| people.has_agent(&source, id);
                class == NameClass::Agent && forgotten.as_ref().is_some_and(has_agent)
            };
            for table in ["history_member", "history_detail"] {
                let delete = format!("DELETE FROM {table} WHERE source = ?1");
                transaction.run_statement(&delete, [source.as_str()])?;
            }
            let insert = "INSERT OR IGNORE INTO history_member VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            for CatalogMember {
                whole,
                member,
                priority,
            } in &members
            {
                if is_forgotten(member.0, &member.1) {
                    continue;
                }
                let (class, part) = (whole.0.into_str(), member.0.into_str());
                let row = params![source.as_str(), class, whole.1, part, member.1, priority];
                transaction.run_statement(insert, row)?;
            }
            let insert = "INSERT OR IGNORE INTO history_detail VALUES (?1, ?2, ?3, ?4, ?5)";
            for detail in &details {
                if is_forgotten(detail.class, &detail.external_id) {
                    continue;
                }
                let row = params![
                    source.as_str(),
                    detail.class.into_str(),
                    detail.external_id,
                    detail.field,
                    detail.value
                ];
                transaction.run_statement(insert, row)?;
            }
            transaction.commit()
        })
        .await
    }
}

impl StoreView<'_> {
    /// Loads what belongs to what, by the whole.
    pub fn load_members(&self, source: &SourceId) -> Result<Vec<CatalogMember>, StoreError> {
        let query = "SELECT class, whole, part, member, priority FROM history_member
             WHERE source = ?1 ORDER BY class, whole, part, member";
        let members: Vec<_> = self.load_rows(query, [source.as_str()], |row| {
            let (whole, member) = (read_name(row, 0)?, read_name(row, 2)?);
            let priority = row.get(4)?;
            Ok(whole.zip(member).map(|(whole, member)| CatalogMember {
                whole,
                member,
                priority,
            }))
        })?;
        Ok(members.into_iter().flatten().collect())
    }

    /// Loads the details of queues, groups and numbers.
    pub fn load_details(&self, source: &SourceId) -> Result<Vec<CatalogDetail>, StoreError> {
        let query = "SELECT class, external_id, field, value FROM history_detail
             WHERE source = ?1 ORDER BY class, external_id, field";
        let details: Vec<_> = self.load_rows(query, [source.as_str()], |row| {
            let (field, value) = (row.get(2)?, row.get(3)?);
            Ok(
                read_name(row, 0)?.map(|(class, external_id)| CatalogDetail {
                    class,
                    external_id,
                    field,
                    value,
                }),
            )
        })?;
        Ok(details.into_iter().flatten().collect())
    }
}

/// A class and an id, in this column and the next; `None` for a class of a newer version.
fn read_name(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<(NameClass, String)>> {
    let class: String = row.get(column)?;
    let id = row.get(column + 1)?;
    Ok(class.parse().ok().map(|class| (class, id)))
}
