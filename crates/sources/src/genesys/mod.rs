//! Genesys Engage: statistics from its Statistics API. CometD delivers changes of
//! subscribed statistics; where no such connection is possible, values are polled.

mod bayeux;
mod configuration;
mod connection;
mod definition;
mod envelope;
mod error;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod http;
pub mod in_process;
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

use std::convert::Infallible;

use wallboard_domain::{SourceId, SourceKind};
use wallboard_runtime::ingest::IngestSender;

use super::{LiveSource, SourceError};

pub use error::GenesysError;
pub use settings::{
    GenesysMode, GenesysSettings, GenesysStatistic, NotificationTransport, OAuthGrant,
    OAuthSettings, StatisticReference,
};

use connection::GenesysConnection;
use session::GenesysSession;

/// Its statistics cover queues and agents; contacts stay with the vendor.
pub const KIND: SourceKind = SourceKind {
    name: "genesys",
    vendor: "Genesys",
    reports_contacts: false,
    has_session: true,
    has_clock: true,
    is_pushed: false,
};

/// One Statistics API.
#[derive(Debug)]
pub struct GenesysSource {
    settings: GenesysSettings,
    /// `None` until the first run.
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

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, GenesysError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(GenesysConnection::new(&self.settings)?),
        };
        let Err(error) = run_session(connection, sender).await;
        if error.needs_intervention() {
            connection.signed_in = None;
        }
        connection.mark_lost();
        Err(error)
    }

    async fn close_session(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.close_session().await;
        }
    }
}

async fn run_session(
    connection: &mut GenesysConnection,
    sender: &IngestSender,
) -> Result<Infallible, GenesysError> {
    GenesysSession::open_session(connection, sender)
        .await?
        .run()
        .await
}
