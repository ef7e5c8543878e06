//! Genesys Mobile Services: its Stat Server API, asked again and again.
//!
//! Every statistic is asked for once a round, many in one request where that is
//! possible. One that GMS does not know spoils the request that it is in; it is
//! found by halving and then costs only itself. A node that is not well is passed
//! over for the next; only where none is well is the source away.

mod choice;
mod configuration;
mod error;
#[cfg(test)]
mod fixture;
mod form;
mod memory;
mod node;
mod probe;
mod question;
mod reply;
mod roll;
mod round;
mod session;
mod settings;
mod tell;
#[cfg(test)]
mod tests;

use std::{convert::Infallible, sync::Arc};

use crate::{
    domain::{SourceId, SourceKind},
    intake::Outlet,
};

use super::Source;

pub use error::{Error, Trouble};
pub use probe::{discover, probe};
pub use settings::{Asked, Settings};

use memory::Memory;
use node::{Ask, Http};
use question::Question;
use session::Session;
use tell::Teller;

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
pub struct Gms {
    settings: Arc<Settings>,
    memory: Memory,
    teller: Teller,
    /// Made at the first attempt; its connections are kept from one to the next.
    http: Option<Arc<Http>>,
}

impl Gms {
    pub fn new(settings: Settings) -> Self {
        let settings = Arc::new(settings);
        Self {
            memory: Memory::new(&settings),
            teller: Teller::new(Arc::clone(&settings)),
            http: None,
            settings,
        }
    }

    fn http(&mut self) -> Result<Arc<Http>, Error> {
        if let Some(http) = &self.http {
            return Ok(Arc::clone(http));
        }
        let http = Arc::new(Http::new(Arc::clone(&self.settings))?);
        Ok(Arc::clone(self.http.insert(http)))
    }

    /// Asks until no node is well.
    async fn work<A: Ask>(&mut self, asker: Arc<A>, outlet: &Outlet) -> Result<Infallible, Error> {
        let (settings, memory, teller) = (&self.settings, &mut self.memory, &self.teller);
        let outcome = match Session::begin(settings, memory, outlet, asker, teller).await {
            Ok(session) => session.work().await,
            Err(error) => Err(error),
        };
        outcome.inspect_err(|error| self.memory.on_loss(error))
    }
}

impl Source for Gms {
    type Error = Error;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, Error> {
        let http = self.http()?;
        self.work(http, outlet).await
    }
}
