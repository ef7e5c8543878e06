//! Entity profiles, that is names and configuration: queries on `profile`.

use std::sync::Arc;

use rusqlite::{Connection, Row, TransactionBehavior, named_params};

use wallboard_domain::{EntityKind, EntityProfile, Id, SourceId};

use crate::{
    Store, StoreError, database::statements::CachedStatements, people::forgotten::ForgottenPeople,
};

const SELECT_ALL: &str = "
    SELECT class, source, external_id, name, display_name, email, queues, external_ids
    FROM profile
    ORDER BY class, source, external_id";

const UPSERT: &str = "
    INSERT INTO profile
    VALUES (:class, :source, :external_id, :name, :display_name, :email, :queues, :external_ids)
    ON CONFLICT (class, source, external_id) DO UPDATE SET
        name = coalesce(excluded.name, name),
        display_name = coalesce(excluded.display_name, display_name),
        email = coalesce(excluded.email, email),
        queues = coalesce(excluded.queues, queues),
        external_ids = coalesce(excluded.external_ids, external_ids)";

impl Store {
    /// Loads every stored profile.
    pub async fn load_profiles(&self) -> Result<Vec<EntityProfile>, StoreError> {
        self.writer
            .run_work(|connection| load_all(connection).map_err(StoreError::Read))
            .await
    }

    /// Stores these profiles, except of agents who were forgotten; fields without a value keep
    /// their stored one.
    pub async fn store_profiles(&self, changed: Vec<EntityProfile>) -> Result<(), StoreError> {
        self.write(move |connection| store_all(connection, &changed))
            .await
    }
}

fn load_all(connection: &Connection) -> rusqlite::Result<Vec<EntityProfile>> {
    let profiles: Vec<_> = connection.load_rows(SELECT_ALL, [], read_profile)?;
    // Classes of a newer version that this one doesn't know are left out.
    Ok(profiles.into_iter().flatten().collect())
}

fn store_all(connection: &mut Connection, changed: &[EntityProfile]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let forgotten = ForgottenPeople::load(&transaction)?;
    let is_forgotten = |profile: &EntityProfile| {
        let Id { source, external } = &profile.id;
        profile.kind == EntityKind::Agent
            && (forgotten.as_ref()).is_some_and(|people| people.has_agent(source, external))
    };
    for profile in changed.iter().filter(|profile| !is_forgotten(profile)) {
        let queues = profile.queues.as_ref().map(|queues| {
            let ids: Vec<&str> = queues.iter().map(|queue| &*queue.external).collect();
            serde_json::json!(ids)
        });
        let external_ids = profile
            .external_ids
            .as_ref()
            .map(|ids| serde_json::json!(ids));
        let row = named_params! {
            ":class": profile.kind.into_str(),
            ":source": profile.id.source.as_str(),
            ":external_id": profile.id.external,
            ":name": profile.name,
            ":display_name": profile.display_name,
            ":email": profile.email,
            ":queues": queues,
            ":external_ids": external_ids,
        };
        transaction.run_statement(UPSERT, row)?;
    }
    transaction.commit()
}

fn read_profile(row: &Row<'_>) -> rusqlite::Result<Option<EntityProfile>> {
    let class: String = row.get("class")?;
    let Ok(class) = class.parse() else {
        return Ok(None);
    };
    let source = SourceId(row.get("source")?);
    let external: Arc<str> = row.get("external_id")?;
    let queues: Option<serde_json::Value> = row.get("queues")?;
    let external_ids: Option<serde_json::Value> = row.get("external_ids")?;
    Ok(Some(EntityProfile {
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        email: row.get("email")?,
        queues: queues
            .and_then(|queues| serde_json::from_value::<Vec<String>>(queues).ok())
            .map(|ids| ids.iter().map(|id| Id::new(&source, id)).collect()),
        // An unreadable value counts as missing: the source will report it again.
        external_ids: external_ids.and_then(|ids| serde_json::from_value(ids).ok()),
        ..EntityProfile::new(class, Id { source, external })
    }))
}
