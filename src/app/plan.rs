//! From settings to what each room needs.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    boards::Board,
    domain::{Site, SourceId, SourceSetup},
    settings::{self, Settings},
    sources::{simulator, vngage},
};

use super::boards::{self, BoardFilesError};

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
    pub upstreams: Vec<Upstream>,
    /// The database's file; none for one that ends with the process.
    pub store: Option<PathBuf>,
    /// Simulated data: every page says so.
    pub demo: bool,
}

/// A source to run.
#[derive(Clone, Debug, PartialEq)]
pub enum Upstream {
    Vngage(vngage::Settings),
    Simulator(simulator::Settings),
}

impl Upstream {
    pub(super) fn id(&self) -> &SourceId {
        match self {
            Self::Vngage(settings) => &settings.id,
            Self::Simulator(settings) => &settings.id,
        }
    }
}

impl Plan {
    /// What the configuration asks for.
    pub fn of(settings: Settings) -> Result<Self, BoardFilesError> {
        let boards = settings.boards.as_deref().map(boards::read).transpose()?;
        let mut site = settings.site;
        let mut upstreams = Vec::new();
        for source in settings.sources {
            let settings::Upstream::Vngage(vngage) = source.upstream;
            site.sources.push(SourceSetup {
                id: source.id.clone(),
                kind: "vngage",
                demo: false,
                queue_of: vngage.queue_of,
                not_queued: vngage.not_queued,
            });
            upstreams.push(Upstream::Vngage(vngage::Settings {
                id: source.id,
                url: vngage.url.reveal().to_owned(),
                exchange: vngage.exchange,
                events_exchange: vngage.events_exchange,
                queue: vngage.queue,
                prefetch: vngage.prefetch,
                ca_file: vngage.ca_file,
                client: vngage.client,
                allow_plaintext: vngage.allow_plaintext,
            }));
        }
        Ok(Self {
            listen: settings.server.listen,
            public_url: public_url(settings.server.public_url, settings.server.listen),
            max_viewers: settings.server.max_viewers,
            flush_interval: settings.server.flush_interval,
            site,
            boards: boards.unwrap_or_default(),
            upstreams,
            store: Some(settings.store),
            demo: false,
        })
    }

    /// A simulated contact centre in this machine's time zone.
    pub fn demo(listen: SocketAddr, seed: u64, pace: f64) -> Self {
        let simulator = simulator::Settings {
            seed,
            speed: pace,
            zone: TimeZone::system(),
            ..simulator::Settings::default()
        };
        let site = Site {
            zone: simulator.zone.clone(),
            sources: vec![simulator.setup()],
            ..Site::default()
        };
        Self {
            listen,
            public_url: public_url(None, listen),
            max_viewers: 20_000,
            flush_interval: Duration::from_millis(100),
            site,
            boards: boards::samples(),
            upstreams: vec![Upstream::Simulator(simulator)],
            store: None,
            demo: true,
        }
    }
}

/// The address that viewers use. On loopback it is known without being said, so
/// that a foreign name that leads here (DNS rebinding) is not taken for it; on a
/// network people use names that only `public_url` can tell.
fn public_url(said: Option<String>, listen: SocketAddr) -> Option<String> {
    said.or_else(|| {
        listen
            .ip()
            .is_loopback()
            .then(|| format!("http://{listen}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_loopback_the_public_address_is_known_without_being_said() {
        let said = |listen: &str| public_url(None, listen.parse().unwrap());

        assert_eq!(
            said("127.0.0.1:8080").as_deref(),
            Some("http://127.0.0.1:8080")
        );
        assert_eq!(said("[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        assert_eq!(said("0.0.0.0:8080"), None);
        assert_eq!(said("192.0.2.7:8080"), None);
    }
}
