//! Genesys Mobile Services: its Stat Server API, asked again and again.
//!
//! Every statistic is asked for once a round, many in one request where that is
//! possible. One that GMS does not know spoils the request that it is in; it is
//! found by halving and then costs only itself. A node that is not well is passed
//! over for the next; only where none is well is the source away.

mod configuration;
mod error;
#[cfg(test)]
mod fixture;
mod form;
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

use crate::{
    domain::{SourceId, SourceKind},
    ingest::IngestSender,
};

use super::LiveSource;

pub use error::{GmsError, NodeError};
pub use probe::{discover_statistics, probe_statistics};
pub use settings::{GmsSettings, GmsStatistic};

use memory::GmsMemory;
use node_client::{HttpNodeClient, NodeClient};
use request::GmsRequest;
use session::GmsSession;
use value_mapper::ValueMapper;

/// It answers with ages, not times, and keeps no session.
pub const KIND: SourceKind = SourceKind {
    name: "gms",
    vendor: "GMS",
    reports_contacts: false,
    has_session: false,
    has_clock: false,
};

/// One GMS upstream.
#[derive(Debug)]
pub struct GmsSource {
    settings: Arc<GmsSettings>,
    memory: GmsMemory,
    value_mapper: ValueMapper,
    /// Made at the first attempt; its connections are kept from one to the next.
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

    /// Asks until no node is well.
    async fn run_with<A: NodeClient>(
        &mut self,
        asker: Arc<A>,
        outlet: &IngestSender,
    ) -> Result<Infallible, GmsError> {
        let (settings, memory, teller) = (&self.settings, &mut self.memory, &self.value_mapper);
        let outcome = match GmsSession::begin_session(settings, memory, outlet, asker, teller).await
        {
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

    async fn run(&mut self, outlet: &IngestSender) -> Result<Infallible, GmsError> {
        let http = self.http_client()?;
        self.run_with(http, outlet).await
    }
}
