//! The users and screens of a configured server, which may run meanwhile.

use std::path::Path;

use jiff::SignedDuration;

use crate::settings::{self, AccessSettings};
use wallboard_access::{AccessRules, SignIn};
use wallboard_runtime::nats::{NatsConnection, NatsError};
use wallboard_store::{RecordError, RecordStore, Store, StoreError};
use wallboard_toml_reader::ConfigFaults;

/// Why users and screens can't be managed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(transparent)]
    Settings(#[from] ConfigFaults),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error("couldn't read users and screens")]
    Records(#[from] RecordError),
}

/// Opens the users and screens in the database of a configuration file. Nobody signs in there.
pub async fn open_accounts(config: &Path) -> Result<SignIn, AccountsError> {
    let settings = settings::load_file(config)?;
    let store = Store::open(&settings.store)?;
    let cluster = match settings.cluster {
        Some(cluster) => Some(NatsConnection::connect_once(cluster.nats).await?),
        None => None,
    };
    let records = RecordStore::open(store, cluster).await?;
    let rules = match settings.access {
        AccessSettings::Login { rules, .. } => *rules,
        AccessSettings::Open => AccessRules::default(),
    };
    Ok(SignIn::open(records, SignedDuration::ZERO, rules).await?)
}
