//! From settings to what each room needs.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{boards::Board, domain::Site, settings::Settings};

/// Everything that is to be started, validated.
#[derive(Debug)]
pub struct Plan {
    pub listen: SocketAddr,
    /// The address as viewers see it, where it is another than `listen`.
    pub public_url: Option<String>,
    pub max_viewers: usize,
    pub flush_interval: Duration,
    pub site: Site,
    pub boards: Vec<Board>,
    /// The database's file; none for one that ends with the process.
    pub store: Option<PathBuf>,
    /// Simulated data: every page says so.
    pub demo: bool,
}

impl Plan {
    /// What the configuration asks for.
    pub fn of(settings: Settings) -> Self {
        Self {
            listen: settings.server.listen,
            public_url: settings.server.public_url,
            max_viewers: settings.server.max_viewers,
            flush_interval: settings.server.flush_interval,
            site: settings.site,
            boards: Vec::new(),
            store: Some(settings.store),
            demo: false,
        }
    }

    /// A simulated contact centre.
    pub fn demo(listen: SocketAddr) -> Self {
        Self {
            listen,
            public_url: None,
            max_viewers: 20_000,
            flush_interval: Duration::from_millis(100),
            site: Site::default(),
            boards: Vec::new(),
            store: None,
            demo: true,
        }
    }
}
