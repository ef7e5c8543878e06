//! Genesys Mobile Services (GMS), polled over its Stat Server API.
//!
//! Each poll round requests every statistic once, in batches where possible. A statistic
//! that GMS doesn't know makes its whole batch fail; it is found by splitting the batch in
//! halves, and is then requested alone. If a node fails, the next one is used. The source is
//! disconnected only if no node works.

mod configuration;
mod error;
#[cfg(test)]
mod fixture;
mod form;
#[cfg(any(test, feature = "testing"))]
#[allow(
    clippy::missing_panics_doc,
    reason = "a target panics at what may not be"
)]
pub mod fuzz;
mod memory;
mod node_client;
mod node_selection;
mod probe;
mod reply;
mod request;
mod round;
mod session;
mod settings;
mod statistic_health;
#[cfg(test)]
mod tests;
mod value_mapper;

use std::{convert::Infallible, sync::Arc};

use wallboard_domain::{SourceId, SourceKind};
use wallboard_runtime::ingest::IngestSender;

use super::LiveSource;

pub use error::{GmsError, NodeError};
pub use settings::{GmsSettings, GmsStatistic};

use memory::GmsMemory;
use node_client::{HttpNodeClient, NodeClient};
use request::GmsRequest;
use session::GmsSession;
use value_mapper::ValueMapper;

/// GMS responds with ages instead of times, and has no session.
pub const KIND: SourceKind = SourceKind {
    name: "gms",
    vendor: "GMS",
    reports_contacts: false,
    has_session: false,
    has_clock: false,
    is_pushed: false,
};

/// One GMS upstream.
#[derive(Debug)]
pub struct GmsSource {
    settings: Arc<GmsSettings>,
    memory: GmsMemory,
    value_mapper: ValueMapper,
    /// Created at the first attempt and reused, so that its connections stay open.
    http: Option<Arc<HttpNodeClient>>,
}

impl GmsSource {
    pub fn new(settings: GmsSettings) -> Self {
        let settings = Arc::new(settings);
        Self {
            memory: GmsMemory::new(&settings),
            value_mapper: ValueMapper::new(Arc::clone(&settings)),
            http: None,
            settings,
        }
    }

    fn http_client(&mut self) -> Result<Arc<HttpNodeClient>, GmsError> {
        if let Some(http) = &self.http {
            return Ok(Arc::clone(http));
        }
        let http = Arc::new(HttpNodeClient::new(Arc::clone(&self.settings))?);
        Ok(Arc::clone(self.http.insert(http)))
    }

    /// Polls until no node works.
    async fn run_with<A: NodeClient>(
        &mut self,
        client: Arc<A>,
        sender: &IngestSender,
    ) -> Result<Infallible, GmsError> {
        let (settings, memory, value_mapper) =
            (&self.settings, &mut self.memory, &self.value_mapper);
        let outcome =
            match GmsSession::begin_session(settings, memory, sender, client, value_mapper).await {
                Ok(session) => session.run().await,
                Err(error) => Err(error),
            };
        outcome.inspect_err(|error| self.memory.on_loss(error))
    }
}

impl LiveSource for GmsSource {
    type Error = GmsError;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, sender: &IngestSender) -> Result<Infallible, GmsError> {
        let http = self.http_client()?;
        self.run_with(http, sender).await
    }
}
