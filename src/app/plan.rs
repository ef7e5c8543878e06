//! Turns settings into what each module needs.

mod configuration_notes;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;

use crate::{
    alerts::AlertPlan,
    case_records::CaseRecordPlan,
    editing::{CheckedConfiguration, ConfigurationBase, ConfigurationFiles},
    holidays::CalendarPlan,
    reports::ReportPlan,
    settings::{self, AccessSettings, AppSettings, ClusterSettings, SiteEntries},
    web::{self, CertificateFiles},
};
use wallboard_access::EditingPolicy;
use wallboard_alerts::AlertRule;
use wallboard_boards::{BoardDefinition, Playlist};
use wallboard_domain::SiteConfig;
use wallboard_history::{import, report, retention::RetentionPolicy};
use wallboard_log::input_log::LogRetention;
use wallboard_notify::Channel;
use wallboard_runtime::source_log::SourceLog;
use wallboard_sources::SourceConfig;
use wallboard_store::DataRetention;

use super::{
    LogReplay, SocketOrigin, demo::SimulatedCenter, reload::source_changes::RunningSources,
};

/// Everything to start, validated.
#[derive(Debug)]
pub struct RuntimeConfig {
    /// The files that it's from, if any.
    pub files: Option<ConfigurationFiles>,
    pub listen: SocketAddr,
    /// How the socket for `listen` comes about; used once, at start.
    pub socket: SocketOrigin,
    /// The address as viewers see it, if it differs from `listen`.
    pub public_url: Option<String>,
    /// Networks of the proxies that say where requests come from.
    pub trusted_proxies: Vec<IpNet>,
    pub max_viewers: usize,
    pub flush_interval: Duration,
    pub site: SiteConfig,
    /// The rules of alerts.
    pub alerts: Vec<AlertRule>,
    /// Reports by email.
    pub reports: Vec<ReportPlan>,
    /// Boards that screens show in turn.
    pub playlists: Vec<Playlist>,
    pub boards: Vec<BoardDefinition>,
    /// The folder of board files, if configured.
    pub boards_folder: Option<PathBuf>,
    pub sources: Vec<SourceConfig>,
    /// Sources of files.
    pub imports: Vec<import::FileSource>,
    /// A simulated contact center: every page shows a note.
    pub demo: Option<SimulatedCenter>,
    /// A log file that is played instead of everything else.
    pub replay: Option<LogReplay>,
    /// The retention of raw history.
    pub retain_calls: Duration,
    /// Whether callers and visitors stay in raw history.
    pub retain_contacts: bool,
    /// The database file; `None` for a temporary one.
    pub store: Option<PathBuf>,
    /// How much of the input log is kept; `None` without a log.
    pub log: Option<LogRetention>,
    /// Where the records of cases go, and how long they are kept; `None`: there are none.
    pub case_records: Option<CaseRecordPlan>,
    /// Where messages are sent.
    pub channels: Vec<Channel>,
    /// The calendars of holidays.
    pub calendars: Vec<CalendarPlan>,
    /// The other nodes; `None`: this process is alone.
    pub cluster: Option<ClusterSettings>,
    /// Certificate and key, if we serve TLS ourselves.
    pub tls: Option<CertificateFiles>,
    pub access: AccessSettings,
    pub editing_policy: EditingPolicy,
    /// Warnings about probable mistakes, a sentence each.
    pub notes: Vec<String>,
    /// The recent log lines of sources, for pages.
    pub source_log: SourceLog,
}

/// Why a reloaded configuration can't be applied, one fault per line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidConfig(pub String);

/// The result of reading the configuration again.
pub type ReloadResult = Result<RuntimeConfig, InvalidConfig>;

/// All faults of the configuration and its board files, one per line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigurationError(String);

impl RuntimeConfig {
    /// Configures the replay of a log file.
    pub fn replay_config(listen: SocketAddr, replay: LogReplay) -> Self {
        Self {
            replay: Some(replay),
            ..Self::local_config(listen, SiteConfig::default())
        }
    }

    /// Whether exported files are imported here, and not only by other nodes of the cluster.
    pub(super) fn imports_here(&self) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| cluster.imports)
    }

    /// The sources and imports that nobody paused.
    pub(super) fn running(&self) -> RunningSources {
        (self.running_sources(), self.running_imports())
    }

    /// The live sources that nobody paused.
    pub(super) fn running_sources(&self) -> Vec<SourceConfig> {
        let sources = self.sources.iter();
        let running = sources.filter(|source| self.site.paused_by(source.id()).is_none());
        running.cloned().collect()
    }

    /// The imports that nobody paused.
    pub(super) fn running_imports(&self) -> Vec<import::FileSource> {
        let imports = self.imports.iter();
        let running = imports.filter(|source| self.site.paused_by(&source.id).is_none());
        running.cloned().collect()
    }

    /// Loads the configuration file and its board files, or reports the faults of both.
    pub fn load_file(file: &Path) -> Result<Self, ConfigurationError> {
        let loaded = ConfigurationFiles::load(file);
        let (files, settings, checked) =
            loaded.map_err(|faults| ConfigurationError(faults.to_string()))?;
        let mut plan = Self::from_settings(settings);
        plan.files = Some(files);
        plan.adopt(checked);
        Ok(plan)
    }

    /// The configuration that people's changes apply to; `None` where nothing can be changed.
    pub(super) fn base(&self) -> Option<ConfigurationBase> {
        if let Some(files) = &self.files {
            return Some(ConfigurationBase::Files(Box::new(files.clone())));
        }
        self.demo.as_ref()?;
        Some(ConfigurationBase::Demo {
            own: Box::new(SiteEntries {
                site: self.site.clone(),
                alerts: self.alerts.clone(),
                playlists: self.playlists.clone(),
                calendars: self.calendars.clone(),
            }),
            boards: self.boards.clone(),
        })
    }

    /// Puts what people may change in the place of the files' alone.
    pub(super) fn adopt(&mut self, checked: CheckedConfiguration) {
        let card_key = self.site.card_key;
        self.notes = configuration_notes::notes(
            &checked.site,
            &checked.imports,
            &checked.boards,
            &checked.sources,
        );
        self.notes.extend(checked.notes);
        let unknown = checked.reports.iter().filter_map(|report| {
            let fault = web::find_view_fault(&report.view)?;
            Some(format!("[reports.{:?}] view: {fault}", report.name))
        });
        self.notes.extend(unknown);
        self.site = SiteConfig {
            card_key,
            ..checked.site
        };
        self.channels = checked.channels;
        self.calendars = checked.calendars;
        self.alerts = checked.alerts;
        self.reports = checked.reports;
        self.playlists = checked.playlists;
        self.boards = checked.boards;
        self.sources = checked.sources;
        self.imports = checked.imports;
        self.retain_contacts = checked.retains_contacts;
    }

    /// Builds the runtime configuration from settings, without boards of files.
    pub fn from_settings(settings: AppSettings) -> Self {
        let mut site = settings.site;
        site.card_key = rand::random();
        let upstreams = settings.sources;
        let exports = settings.imports;
        let notes = configuration_notes::notes(&site, &exports, &[], &upstreams);
        let tls = settings.server.tls;
        let tls = tls.map(|(cert, key)| CertificateFiles { cert, key });
        Self {
            files: None,
            listen: settings.server.listen,
            socket: SocketOrigin::Bound,
            public_url: public_url(
                settings.server.public_url,
                settings.server.listen,
                url_scheme(tls.as_ref()),
            ),
            trusted_proxies: settings.server.trusted_proxies,
            max_viewers: settings.server.max_viewers,
            flush_interval: settings.server.flush_interval,
            site,
            alerts: settings.alerts,
            reports: settings.reports,
            playlists: settings.playlists,
            boards: Vec::new(),
            notes,
            boards_folder: settings.boards,
            sources: upstreams,
            retain_calls: settings.retention.calls,
            retain_contacts: settings.retention.contacts,
            imports: exports,
            demo: None,
            replay: None,
            store: Some(settings.store),
            log: settings.log.enabled.then_some(LogRetention {
                age: settings.log.keep,
                size: settings.log.max_size,
            }),
            case_records: settings.case_records,
            channels: settings.channels,
            calendars: settings.calendars,
            cluster: settings.cluster,
            tls,
            access: settings.access,
            editing_policy: settings.editing_policy,
            source_log: SourceLog::default(),
        }
    }

    /// Configures a server without sources on a temporary database.
    pub(super) fn local_config(listen: SocketAddr, site: SiteConfig) -> Self {
        let server = settings::ServerSettings::default();
        Self {
            files: None,
            listen,
            socket: SocketOrigin::Bound,
            public_url: public_url(None, listen, "http"),
            trusted_proxies: server.trusted_proxies,
            max_viewers: server.max_viewers,
            flush_interval: server.flush_interval,
            site,
            alerts: Vec::new(),
            reports: Vec::new(),
            playlists: Vec::new(),
            boards: Vec::new(),
            notes: Vec::new(),
            boards_folder: None,
            sources: Vec::new(),
            imports: Vec::new(),
            demo: None,
            replay: None,
            retain_calls: settings::RetentionSettings::default().calls,
            retain_contacts: false,
            store: None,
            log: None,
            case_records: None,
            channels: Vec::new(),
            calendars: Vec::new(),
            cluster: None,
            tls: None,
            access: AccessSettings::Open,
            editing_policy: EditingPolicy::default(),
            source_log: SourceLog::default(),
        }
    }

    /// Returns what the alerts are made of.
    pub(super) fn alert_plan(&self) -> AlertPlan {
        AlertPlan {
            rules: self.alerts.clone(),
            channels: self.channels.clone(),
            public_url: self.public_url.clone(),
        }
    }

    /// Returns the retention policy of the store.
    pub(super) fn retention_settings(&self) -> RetentionPolicy {
        RetentionPolicy {
            calls: self.retain_calls,
            contacts: self.retain_contacts,
            vendors: self.report_settings().vendors(),
        }
    }

    /// Returns how long what is stored about people.
    pub(super) fn data_retention(&self) -> DataRetention {
        DataRetention {
            log: self.log.map(|log| log.age),
            calls: Some(self.retain_calls),
            case_records: self.case_records.as_ref().map(|records| records.keep),
            audit: match &self.access {
                AccessSettings::Login { keep_audit, .. } => Some(*keep_audit),
                AccessSettings::Open => None,
            },
        }
    }

    /// Returns every source of files, with those of a demo.
    fn file_sources(&self) -> impl Iterator<Item = import::FileSource> {
        let demo = self.demo.iter();
        let demo = demo.flat_map(|demo| demo.export_sources(&self.site, Path::new("")));
        let imports = self.imports.iter().cloned();
        imports.chain(demo.map(|(_, source)| source))
    }

    /// Returns the settings of history reports.
    pub(super) fn report_settings(&self) -> report::ReportConfig {
        let sources = self.file_sources();
        let sources = sources.map(|source| (source.id, source.vendor));
        report::ReportConfig::new(Arc::new(self.site.clone()), sources)
    }

    /// Returns the scheme of our URLs.
    pub fn url_scheme(&self) -> &'static str {
        url_scheme(self.tls.as_ref())
    }
}

fn url_scheme(tls: Option<&CertificateFiles>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

/// Returns the URL that viewers use. On loopback it is known without configuration, so that a
/// foreign name that resolves to us (DNS rebinding) is rejected. On a network, people use names
/// that only `public_url` lists.
pub(super) fn public_url(
    configured: Option<String>,
    listen: SocketAddr,
    scheme: &str,
) -> Option<String> {
    configured.or_else(|| {
        listen
            .ip()
            .is_loopback()
            .then(|| format!("{scheme}://{listen}"))
    })
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Id, Metric, MetricSubject, ProvidedMetrics};
    use wallboard_sources::{
        genesys,
        statserver::{DeliveredUnit, Measure},
    };

    use super::*;

    fn plan_from_toml(sources: &str) -> RuntimeConfig {
        let text = format!("[access]\nmode = \"open\"\n{sources}");
        let environment = |name: &str| Some(format!("the {name}"));
        let settings = settings::parse_configuration(&text, Path::new("w.toml"), environment);
        RuntimeConfig::from_settings(settings.unwrap())
    }

    #[test]
    fn source_provides_the_metrics_of_its_statistics() {
        let plan = plan_from_toml(
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

        let provided = |subject, named: &[(Metric, &str)], includes_status| ProvidedMetrics {
            subject,
            metrics: named.iter().map(|(metric, _)| *metric).collect(),
            statistics: (named.iter())
                .map(|(metric, name)| (*metric, (*name).into()))
                .collect(),
            includes_status,
        };
        let id = |external: &str| Id::new(&"voice".into(), external);
        let setup = &plan.site.sources[0];
        assert_eq!(setup.vendor, genesys::KIND);
        assert_eq!(
            setup.provides,
            [
                provided(
                    MetricSubject::Queue(id("1@S")),
                    &[
                        (Metric::Waiting, "W of Queue 1@S"),
                        (
                            Metric::AgentsAvailable,
                            "Configured definition of GroupAgents G"
                        )
                    ],
                    false
                ),
                provided(
                    MetricSubject::Queue(id("2@S")),
                    &[(Metric::Waiting, "W of Queue 2@S")],
                    false
                ),
                provided(MetricSubject::Agent(id("akl")), &[], true),
                provided(MetricSubject::Agent(id("bno")), &[], false),
            ]
        );
        let SourceConfig::Genesys(genesys) = &plan.sources[0] else {
            panic!("{:?}", plan.sources)
        };
        let last = genesys.statistics.last().unwrap();
        assert_eq!(&*last.statistic.name, "agents_available");
        assert_eq!(&*last.statistic.object, "G");
        assert_eq!(
            last.statistic.measure,
            Measure::Figure(Metric::AgentsAvailable)
        );
        assert_eq!(last.statistic.delivered, DeliveredUnit::Count);
        assert!(matches!(
            last.reference,
            genesys::StatisticReference::Definition(_)
        ));
    }

    #[test]
    fn secrets_are_redacted_in_debug_output() {
        let plan = plan_from_toml(
            r#"
            [sources.gms]
            kind = "gms"
            base_url = "https://canary:hunter2@h/genesys/1"
            statistics = [{ metric = "waiting", object_type = "Queue", objects = ["1"], stat = "W", tenant_password = "hunter3" }]
            "#,
        );

        let SourceConfig::Gms(gms) = &plan.sources[0] else {
            panic!("{:?}", plan.sources)
        };
        assert_eq!(gms.credentials.as_ref().unwrap().1.0, "hunter2");
        assert_eq!(gms.statistics[0].tenant_password.0, "hunter3");
        assert!(!format!("{plan:?}").contains("hunter"));
    }

    #[test]
    fn public_url_defaults_to_the_listen_address_on_loopback() {
        let default_url = |listen: &str| public_url(None, listen.parse().unwrap(), "http");

        assert_eq!(
            default_url("127.0.0.1:8080").as_deref(),
            Some("http://127.0.0.1:8080")
        );
        assert_eq!(
            default_url("[::1]:8080").as_deref(),
            Some("http://[::1]:8080")
        );
        assert_eq!(default_url("0.0.0.0:8080"), None);
        assert_eq!(default_url("192.0.2.7:8080"), None);
    }
}
