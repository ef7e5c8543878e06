//! Genesys Engage: statistics subscribed to at its Statistics API, and told by
//! CometD as they change; where no such connection can be held, asked for again
//! and again.

mod bayeux;
mod configuration;
mod connection;
mod definition;
mod envelope;
mod error;
mod http;
pub(crate) mod in_process;
mod job_runner;
mod notification;
mod outbox;
mod probe;
mod rest_client;
mod session;
mod settings;
mod statistic_registry;
mod subscription_manager;
mod token_provider;
mod uuid;

use std::convert::Infallible;

use crate::{
    domain::{SourceId, SourceKind},
    ingest::IngestSender,
};

use super::{LiveSource, SourceError};

pub use error::GenesysError;
pub use probe::{discover_statistics, probe_statistics};
pub use settings::{
    GenesysMode, GenesysSettings, GenesysStatistic, NotificationTransport, OAuthGrant,
    OAuthSettings, StatisticReference,
};

use connection::GenesysConnection;
use session::GenesysSession;

/// Its statistics tell queues and agents; contacts stay with the vendor.
pub const KIND: SourceKind = SourceKind {
    name: "genesys",
    vendor: "Genesys",
    reports_contacts: false,
    has_session: true,
    has_clock: true,
};

/// One Statistics API.
#[derive(Debug)]
pub struct GenesysSource {
    settings: GenesysSettings,
    /// None until it first ran.
    connection: Option<GenesysConnection>,
}

impl GenesysSource {
    pub fn new(settings: GenesysSettings) -> Self {
        Self {
            settings,
            connection: None,
        }
    }
}

impl LiveSource for GenesysSource {
    type Error = GenesysError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &IngestSender) -> Result<Infallible, GenesysError> {
        let kept = match &mut self.connection {
            Some(kept) => kept,
            none => none.insert(GenesysConnection::new(&self.settings)?),
        };
        let Err(error) = run_session(kept, outlet).await;
        if error.needs_intervention() {
            kept.signed_in = None;
        }
        kept.mark_lost();
        Err(error)
    }

    async fn close_session(&mut self) {
        if let Some(kept) = &mut self.connection {
            kept.close_session().await;
        }
    }
}

async fn run_session(
    kept: &mut GenesysConnection,
    outlet: &IngestSender,
) -> Result<Infallible, GenesysError> {
    GenesysSession::open_session(kept, outlet)
        .await?
        .run()
        .await
}
