//! The schema migrations. A released one is never changed.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

use crate::StoreError;

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../../../../migrations/0001_profiles.sql")),
    M::up(include_str!("../../../../migrations/0002_import.sql")),
    M::up(include_str!("../../../../migrations/0003_sangoma.sql")),
    M::up(include_str!("../../../../migrations/0004_vergic.sql")),
    M::up(include_str!("../../../../migrations/0005_intervals.sql")),
    M::up(include_str!("../../../../migrations/0006_tallies.sql")),
    M::up(include_str!("../../../../migrations/0007_contacts.sql")),
    M::up(include_str!("../../../../migrations/0008_gone.sql")),
    M::up(include_str!("../../../../migrations/0009_stretches.sql")),
    M::up(include_str!("../../../../migrations/0010_waits.sql")),
    M::up(include_str!("../../../../migrations/0011_members.sql")),
    M::up(include_str!("../../../../migrations/0012_staffing.sql")),
    M::up(include_str!("../../../../migrations/0013_records.sql")),
    M::up(include_str!("../../../../migrations/0014_audit.sql")),
    M::up(include_str!("../../../../migrations/0015_forgotten.sql")),
    M::up(include_str!("../../../../migrations/0016_audit_actors.sql")),
    M::up(include_str!("../../../../migrations/0017_forgotten_at.sql")),
    M::up(include_str!("../../../../migrations/0018_forecasts.sql")),
    M::up(include_str!(
        "../../../../migrations/0019_waiting_peaks.sql"
    )),
    M::up(include_str!("../../../../migrations/0020_case_records.sql")),
    M::up(include_str!("../../../../migrations/0021_plans.sql")),
    M::up(include_str!("../../../../migrations/0022_schedules.sql")),
    M::up(include_str!(
        "../../../../migrations/0023_figure_values.sql"
    )),
    M::up(include_str!(
        "../../../../migrations/0024_handled_times.sql"
    )),
    M::up(include_str!(
        "../../../../migrations/0025_forecast_slots.sql"
    )),
    M::up(include_str!(
        "../../../../migrations/0026_schedule_teams.sql"
    )),
];

/// Brings the schema up to date, and refuses one that is newer than ours.
pub(crate) fn run_migrations(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    loop {
        let before = schema_version(connection);
        let Err(cause) = Migrations::from_slice(MIGRATIONS).to_latest(connection) else {
            return Ok(());
        };
        // Another process that was started at the same time ran the migration before us.
        if schema_version(connection) == before {
            return Err(to_store_error(cause, path));
        }
    }
}

/// The number of migrations that ran; 0 if it can't be read.
fn schema_version(connection: &Connection) -> i64 {
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    version.unwrap_or_default()
}

/// Refuses a schema that is newer than ours. Changes nothing.
pub(crate) fn check_version(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let pending = Migrations::from_slice(MIGRATIONS).pending_migrations(connection);
    match pending {
        Ok(0..) => Ok(()),
        Ok(_) => Err(StoreError::NewerSchema(path.to_owned())),
        Err(cause) => Err(to_store_error(cause, path)),
    }
}

fn to_store_error(cause: Error, path: &Path) -> StoreError {
    match cause {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            StoreError::NewerSchema(path.to_owned())
        }
        cause => StoreError::Migrate(path.to_owned(), cause),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::Store;

    #[test]
    fn several_processes_can_create_the_database_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");

        let opened = thread::scope(|scope| {
            let open = || Store::open(&file).map(drop);
            let opening: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            let ended = opening.into_iter().map(|opening| opening.join().unwrap());
            ended.collect::<Result<Vec<_>, _>>()
        });

        opened.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_any_older_version_opens_with_its_data() {
        for steps in 1..MIGRATIONS.len() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("wallboard.db");
            let mut old = Connection::open(&file).unwrap();
            Migrations::from_slice(MIGRATIONS)
                .to_version(&mut old, steps)
                .unwrap();
            let name = "INSERT INTO profile (class, source, external_id, name)
                VALUES ('queue', 'chat', '3f2b', 'Sales')";
            old.execute_batch(name).unwrap();
            drop(old);

            let store = Store::open(&file).unwrap();

            let names = store.load_profiles().await.unwrap();
            assert_eq!(
                names[0].name.as_deref(),
                Some("Sales"),
                "after {steps} steps"
            );
        }
    }

    #[test]
    fn all_migrations_are_valid() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
