//! Genesys Engage: statistics subscribed to at its Statistics API, and told by
//! CometD as they change; where no such connection can be held, asked for again
//! and again.

mod access;
mod bayeux;
mod book;
mod configuration;
mod definition;
mod desk;
mod envelope;
mod error;
mod http;
pub(crate) mod in_process;
mod kept;
mod notice;
mod outbox;
mod probe;
mod rest;
mod session;
mod settings;
mod uuid;
mod work;

use std::convert::Infallible;

use crate::{
    domain::{SourceId, SourceKind},
    intake::Outlet,
};

use super::{Failure, Source};

pub use error::Error;
pub use probe::{discover, probe};
pub use settings::{Asked, Auth, Grant, How, Mode, Settings, Transport};

use kept::Kept;
use session::Session;

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
pub struct Genesys {
    settings: Settings,
    /// None until it first ran.
    kept: Option<Kept>,
}

impl Genesys {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            kept: None,
        }
    }
}

impl Source for Genesys {
    type Error = Error;

    fn id(&self) -> &SourceId {
        &self.settings.id
    }

    async fn run(&mut self, outlet: &Outlet) -> Result<Infallible, Error> {
        let kept = match &mut self.kept {
            Some(kept) => kept,
            none => none.insert(Kept::new(&self.settings)?),
        };
        let Err(error) = connect(kept, outlet).await;
        if error.is_refused() {
            kept.signed_in = None;
        }
        kept.put_down();
        Err(error)
    }

    async fn farewell(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.farewell().await;
        }
    }
}

async fn connect(kept: &mut Kept, outlet: &Outlet) -> Result<Infallible, Error> {
    Session::open(kept, outlet).await?.work().await
}
