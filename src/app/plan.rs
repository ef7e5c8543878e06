//! From settings to what each room needs.

mod notes;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    boards::Board,
    domain::{Site, SourceId},
    history::{import, report, retention::Kept},
    logbook::Logbook,
    settings::{self, Settings},
    sources::SourceConfig,
    web::Pair,
};

use super::{
    boards::{self, BoardFilesError},
    demo::{self, SimulatedCenter},
};

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
    pub upstreams: Vec<SourceConfig>,
    /// Sources of files.
    pub exports: Vec<import::Source>,
    /// A simulated contact center: every page says so.
    pub demo: Option<SimulatedCenter>,
    /// How long raw history is kept.
    pub keep_calls: Duration,
    /// Whether callers and visitors stay in it.
    pub keep_contacts: bool,
    /// The database's file; none for one that ends with the process.
    pub store: Option<PathBuf>,
    /// Certificate and key, where we serve TLS ourselves.
    pub tls: Option<Pair>,
    /// What is no fault and probably not meant, a sentence each.
    pub notes: Vec<String>,
    /// Where what is logged of sources can be read.
    pub logbook: Logbook,
}

/// Why a configuration that was read again cannot be taken over, a fault a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty(pub String);

/// A configuration that was read again.
pub type Reread = Result<Plan, Faulty>;

/// All that is wrong with the configuration and its board files, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigurationError(String);

impl Plan {
    /// What the file asks for. Where something is wrong in it, what is wrong in board
    /// files is told too.
    pub fn load(file: &Path) -> Result<Self, ConfigurationError> {
        let faults = match settings::load(file) {
            Ok(settings) => {
                return Self::of(settings).map_err(|faults| ConfigurationError(faults.to_string()));
            }
            Err(faults) => faults,
        };
        let mut said = faults.to_string();
        if let Some(Err(boards)) = faults.boards.as_deref().map(boards::read) {
            said = format!("{said}\n{boards}");
        }
        Err(ConfigurationError(said))
    }

    /// What the configuration asks for.
    pub fn of(settings: Settings) -> Result<Self, BoardFilesError> {
        let boards = settings.boards.as_deref().map(boards::read).transpose()?;
        let mut site = settings.site;
        site.card_key = rand::random();
        let upstreams = settings.sources;
        let exports = settings.imports;
        let boards = boards.unwrap_or_default();
        let mut notes = notes::notes(&site, &exports, &boards.boards, &upstreams);
        notes.extend(boards.notes);
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
            boards: boards.boards,
            notes,
            folder: settings.boards,
            upstreams,
            keep_calls: settings.keep.calls,
            keep_contacts: settings.keep.contacts,
            exports,
            demo: None,
            store: Some(settings.store),
            tls,
            logbook: Logbook::default(),
        })
    }

    /// What stays in the store.
    pub(super) fn kept(&self) -> Kept {
        let columns = self
            .exports
            .iter()
            .filter_map(|source| match &source.vendor {
                import::Vendor::Vergic(vergic) => Some((source.id.clone(), vergic.columns.clone())),
                import::Vendor::Sangoma(_) => None,
            });
        Kept {
            calls: self.keep_calls,
            contacts: self.keep_contacts,
            columns: columns.collect(),
        }
    }

    /// What the past is told with.
    pub(super) fn shape(&self) -> report::Shape {
        let exports = self.exports.iter().map(|source| report::Export {
            id: source.id.clone(),
            leaves_out_calm: matches!(source.vendor, import::Vendor::Vergic(_)),
            tells_calls: matches!(source.vendor, import::Vendor::Sangoma(_)),
            nothing: source.vendor.nothing(),
            columns: source.vendor.columns(),
        });
        let past = self.demo.iter().map(|_| report::Export {
            id: SourceId::from(demo::EXPORT),
            leaves_out_calm: false,
            tells_calls: true,
            nothing: report::Nothing::default(),
            columns: None,
        });
        report::Shape {
            site: Arc::new(self.site.clone()),
            exports: exports.chain(past).collect(),
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
pub(super) fn public_url(said: Option<String>, listen: SocketAddr, scheme: &str) -> Option<String> {
    said.or_else(|| {
        listen
            .ip()
            .is_loopback()
            .then(|| format!("{scheme}://{listen}"))
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{Given, Id, Metric, Subject},
        sources::{
            genesys,
            statserver::{Delivered, Measure},
        },
    };

    use super::*;

    fn planned_of(sources: &str) -> Plan {
        let text = format!("[access]\nmode = \"open\"\n{sources}");
        let environment = |name: &str| Some(format!("the {name}"));
        Plan::of(settings::parse(&text, Path::new("w.toml"), environment).unwrap()).unwrap()
    }

    #[test]
    fn a_source_gives_what_its_statistics_say() {
        let plan = planned_of(
            r#"
            [sources.voice]
            kind = "genesys"
            base_url = "https://h"
            auth = { client_id = "c", client_secret = "s", grant = "client_credentials" }
            statistics = [
                { metric = "waiting", object_type = "Queue", objects = ["1@S", "2@S"], name = "W" },
                { metric = "state", object_type = "Agent", objects = ["akl"], name = "CurrentAgentState" },
                { metric = "time_in_state", object_type = "Agent", objects = ["bno"], name = "T" },
                { metric = "agents_available", object_type = "GroupAgents", objects = ["G"], queue = "1@S", definition = { category = "C", subject = "S" } },
            ]
            "#,
        );

        let given = |subject, called: &[(Metric, &str)], stance| Given {
            subject,
            metrics: called.iter().map(|(metric, _)| *metric).collect(),
            statistics: (called.iter())
                .map(|(metric, name)| (*metric, (*name).into()))
                .collect(),
            stance,
        };
        let id = |external: &str| Id::new(&"voice".into(), external);
        let setup = &plan.site.sources[0];
        assert_eq!(setup.kind, genesys::KIND);
        assert_eq!(
            setup.gives,
            [
                given(
                    Subject::Queue(id("1@S")),
                    &[
                        (Metric::Waiting, "W of Queue 1@S"),
                        (
                            Metric::AgentsAvailable,
                            "Configured definition of GroupAgents G"
                        )
                    ],
                    false
                ),
                given(
                    Subject::Queue(id("2@S")),
                    &[(Metric::Waiting, "W of Queue 2@S")],
                    false
                ),
                given(Subject::Agent(id("akl")), &[], true),
                given(Subject::Agent(id("bno")), &[], false),
            ]
        );
        let SourceConfig::Genesys(genesys) = &plan.upstreams[0] else {
            panic!("{:?}", plan.upstreams)
        };
        let last = genesys.statistics.last().unwrap();
        assert_eq!(&*last.statistic.name, "agents_available");
        assert_eq!(&*last.statistic.object, "G");
        assert_eq!(
            last.statistic.measure,
            Measure::Figure(Metric::AgentsAvailable)
        );
        assert_eq!(last.statistic.delivered, Delivered::Count);
        assert!(matches!(last.how, genesys::How::Definition(_)));
    }

    #[test]
    fn the_secrets_of_a_plan_are_hidden() {
        let plan = planned_of(
            r#"
            [sources.gms]
            kind = "gms"
            base_url = "https://canary:hunter2@h/genesys/1"
            statistics = [{ metric = "waiting", object_type = "Queue", objects = ["1"], stat = "W", tenant_password = "hunter3" }]
            "#,
        );

        let SourceConfig::Gms(gms) = &plan.upstreams[0] else {
            panic!("{:?}", plan.upstreams)
        };
        assert_eq!(gms.credentials.as_ref().unwrap().1.0, "hunter2");
        assert_eq!(gms.statistics[0].tenant_password.0, "hunter3");
        assert!(!format!("{plan:?}").contains("hunter"));
    }

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
