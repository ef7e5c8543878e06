//! From settings to what each room needs.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    boards::Board,
    domain::{Site, SourceId, SourceSetup},
    logbook::Logbook,
    settings::{self, Settings},
    sources::{simulator, vngage},
    web::Pair,
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
    /// Where board files are, if anywhere.
    pub folder: Option<PathBuf>,
    pub upstreams: Vec<Upstream>,
    /// The database's file; none for one that ends with the process.
    pub store: Option<PathBuf>,
    /// Certificate and key, where we serve TLS ourselves.
    pub tls: Option<Pair>,
    /// Simulated data: every page says so.
    pub demo: bool,
    /// Where what is logged of sources can be read.
    pub logbook: Logbook,
}

/// Why a configuration that was read again cannot be taken over, a fault a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty(pub String);

/// A configuration that was read again.
pub type Reread = Result<Plan, Faulty>;

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
                gives: Vec::new(),
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
        let tls = settings.server.tls;
        let tls = tls.map(|(cert, key)| Pair { cert, key });
        Ok(Self {
            listen: settings.server.listen,
            public_url: public_url(
                settings.server.public_url,
                settings.server.listen,
                scheme(tls.as_ref()),
            ),
            max_viewers: settings.server.max_viewers,
            flush_interval: settings.server.flush_interval,
            site,
            boards: boards.unwrap_or_default(),
            folder: settings.boards,
            upstreams,
            store: Some(settings.store),
            tls,
            demo: false,
            logbook: Logbook::default(),
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
            public_url: public_url(None, listen, "http"),
            max_viewers: 20_000,
            flush_interval: Duration::from_millis(100),
            site,
            boards: boards::samples(),
            folder: None,
            upstreams: vec![Upstream::Simulator(simulator)],
            store: None,
            tls: None,
            demo: true,
            logbook: Logbook::default(),
        }
    }

    /// How its address begins.
    pub fn scheme(&self) -> &'static str {
        scheme(self.tls.as_ref())
    }
}

fn scheme(tls: Option<&Pair>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

/// The address that viewers use. On loopback it is known without being said, so
/// that a foreign name that leads here (DNS rebinding) is not taken for it; on a
/// network people use names that only `public_url` can tell.
fn public_url(said: Option<String>, listen: SocketAddr, scheme: &str) -> Option<String> {
    said.or_else(|| {
        listen
            .ip()
            .is_loopback()
            .then(|| format!("{scheme}://{listen}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_loopback_the_public_address_is_known_without_being_said() {
        let said = |listen: &str| public_url(None, listen.parse().unwrap(), "http");

        assert_eq!(
            said("127.0.0.1:8080").as_deref(),
            Some("http://127.0.0.1:8080")
        );
        assert_eq!(said("[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        assert_eq!(said("0.0.0.0:8080"), None);
        assert_eq!(said("192.0.2.7:8080"), None);
    }
}
