//! The schema, step by step. A step that was released is never changed.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

use super::StoreError;

const STEPS: &[M<'static>] = &[M::up(include_str!("../../migrations/0001_profiles.sql"))];

/// Brings the schema up to date, and refuses one that is newer than ours.
pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    Migrations::from_slice(STEPS)
        .to_latest(connection)
        .map_err(|cause| failed(cause, path))
}

/// Refuses a schema that is newer than ours, and changes nothing.
pub(super) fn compare(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let pending = Migrations::from_slice(STEPS).pending_migrations(connection);
    match pending {
        Ok(0..) => Ok(()),
        Ok(_) => Err(StoreError::Newer(path.to_owned())),
        Err(cause) => Err(failed(cause, path)),
    }
}

fn failed(cause: Error, path: &Path) -> StoreError {
    match cause {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            StoreError::Newer(path.to_owned())
        }
        cause => StoreError::Migrate(path.to_owned(), cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_taken() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }
}
