//! `kind = "genesys"`: the Statistics API of Genesys Engage.

use std::{sync::Arc, time::Duration};

use crate::{
    DiscoveredNames, ProbeResult, VendorSettings,
    statserver::{self, Measure, NameDiscovery, Statistic, StatisticReader},
};
use wallboard_domain::{
    CustomFigure, FieldInput, FileOnlyReason, FormField, RedactedText, SourceFeed, SourceId,
    SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, HttpAddress, read_http_address};

use super::{
    GenesysMode, GenesysSettings, GenesysSource, GenesysStatistic, KIND, NotificationTransport,
    OAuthGrant, OAuthSettings, StatisticReference, definition, probe,
};

/// The key of a statistic's name.
const NAME_KEY: &str = "name";
const URL_EXAMPLE: &str = "https://api.example.com";
const TOKEN_PATH: &str = "/auth/v3/oauth/token";

impl GenesysSettings {
    fn all_statistics(&self) -> impl Iterator<Item = &Statistic> {
        self.statistics.iter().map(|entry| &entry.statistic)
    }
}

const FIELDS: &[FormField] = &[
    FormField::new("base_url", "genesys_base_url", FieldInput::Text,
    )
    .required()
    .address(),
    FormField::new("api_key", "genesys_api_key", FieldInput::Secret,
    ),
    FormField::new("auth.client_id", "genesys_client_id", FieldInput::Text,
    )
    .required(),
    FormField::new("auth.client_secret", "genesys_client_secret", FieldInput::Secret,
    )
    .required(),
    FormField::new("auth.username", "genesys_username", FieldInput::Text,
    ),
    FormField::new("auth.password", "statserver_password", FieldInput::Secret,
    ),
    FormField::new("statistics", "genesys_statistics", FieldInput::Tables(
            r#"{ metric = "waiting", object_type = "Queue", objects = ["9002@SIP_Switch"], name = "CurrNumberWaitingCalls" }"#,
        ),
    )
    .required(),
    FormField::new("auth.grant", "genesys_grant", FieldInput::Choice(&["password", "client_credentials"]),
    )
    .advanced(),
    FormField::new("auth.token_url", "genesys_token_url", FieldInput::Text,
    )
    .advanced()
    .address(),
    FormField::new("mode", "genesys_mode", FieldInput::Choice(&["subscribe", "poll"]),
    )
    .advanced(),
    FormField::new("interval", "statserver_interval", FieldInput::Text,
    )
    .advanced(),
    FormField::new("transport", "genesys_transport", FieldInput::Choice(&["auto", "long-polling", "websocket"]),
    )
    .advanced(),
    FormField::new("chunk", "genesys_chunk", FieldInput::Number,
    )
    .advanced(),
    FormField::new("states", "statserver_states", FieldInput::Pairs,
    )
    .advanced(),
    FormField::new("reasons", "statserver_reasons", FieldInput::Pairs,
    )
    .advanced(),
    FormField::new("allow_plaintext", "genesys_allow_plaintext", FieldInput::Switch,
    )
    .advanced(),
];

impl VendorSettings for GenesysSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Calls,
        system: "Genesys Engage",
        lines: r#"[sources.voice]
kind = "genesys"
base_url = "https://api.example.com"

[sources.voice.auth]
client_id = "wallboard"
client_secret = { env = "GENESYS_CLIENT_SECRET" }
username = 'tenant\wallboard'
password = { env = "GENESYS_PASSWORD" }

[[sources.voice.statistics]]
metric = "waiting"
object_type = "Queue"
objects = ["9002@SIP_Switch"]
name = "CurrNumberWaitingCalls""#,
    };
    const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[("ca_file", FileOnlyReason::ServerFile)],
    };
    const DISCOVERY_KEY: Option<&'static str> = Some(NAME_KEY);
    type Source = GenesysSource;

    /// Reads every key before a missing one ends it, so that one run reports all faults.
    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        _: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)> {
        let open = section
            .entry("allow_plaintext")
            .and_then(|e| e.read_boolean());
        let open = open.unwrap_or(false);
        let base_url = section
            .required_entry("base_url", &format!("base_url = \"{URL_EXAMPLE}\""))
            .and_then(|entry| read_url(&entry, URL_EXAMPLE, &["/statistics/v3", "/auth/v3"], open));
        let api_key = section.entry("api_key").and_then(|e| e.read_secret());
        let ca_file = section.entry("ca_file").and_then(|e| e.read_file_path());
        let mode = read_mode(&section);
        let transport = section
            .entry("transport")
            .and_then(|entry| entry.read_word(&["auto", "long-polling", "websocket"]));
        let chunk = section
            .entry("chunk")
            .and_then(|e| e.read_whole(1..=10_000));
        let states = section
            .entry("states")
            .map(|entry| statserver::read_states(&entry));
        let reasons = section.entry("reasons").map(|entry| entry.read_map());
        let keys = "client_id, client_secret, username and password";
        let auth = section.required_entry(
            "auth",
            &format!("[{}] with {keys}", section.key_path("auth")),
        );
        let auth = auth.and_then(|entry| read_auth(entry.as_section()?, base_url.as_deref(), open));
        let example = r#"metric = "waiting", object_type = "Queue", objects = ["…"] and name = "CurrNumberWaitingCalls""#;
        let statistics =
            StatisticReader::read_all(&id, NAME_KEY, &section, example, |section, measure| {
                read_reference(section, measure, mode)
            });
        section.finish_section();

        let statistics = statistics.into_iter();
        let statistics: Arc<[GenesysStatistic]> = statistics
            .map(|(statistic, reference)| GenesysStatistic {
                statistic,
                reference,
            })
            .collect();
        let provides =
            statserver::provided_metrics(statistics.iter().map(|entry| &entry.statistic));
        let settings = Self {
            id: id.clone(),
            base_url: base_url?,
            api_key: api_key.unwrap_or_default(),
            ca_file,
            mode,
            transport: match transport {
                Some("long-polling") => NotificationTransport::LongPolling,
                Some("websocket") => NotificationTransport::WebSocket,
                _ => NotificationTransport::Auto,
            },
            chunk: chunk.map_or(200, |chunk| chunk as usize),
            states: states.unwrap_or_default(),
            reasons: reasons.unwrap_or_default().into_iter().collect(),
            auth: auth?,
            statistics,
        };
        let setup = SourceSetup {
            provides,
            ..SourceSetup::new(id, Self::KIND)
        };
        Some((setup, settings))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn source(self) -> GenesysSource {
        GenesysSource::new(self)
    }

    async fn probe(&self) -> ProbeResult {
        let findings = probe::probe_statistics(self).await?;
        Ok(findings.into_report(&self.id))
    }

    fn metric_count(&self) -> usize {
        self.statistics.len()
    }

    async fn discover(&self) -> ProbeResult<DiscoveredNames> {
        let discovery = NameDiscovery {
            source: &self.id,
            name_key: NAME_KEY,
            configured: self.all_statistics().collect(),
        };
        let probe = async |statistics: &[_]| probe::discover_statistics(self, statistics).await;
        discovery.run(probe).await
    }

    fn notes(&self) -> Vec<String> {
        statserver::booked_queue_notes(&self.id, self.all_statistics())
    }
}

/// Reads a URL. Plain HTTP needs consent, because tokens must not be seen in transit.
fn read_url(
    entry: &ConfigEntry<'_, '_>,
    example: &str,
    ends: &[&str],
    open: bool,
) -> Option<String> {
    let HttpAddress {
        url,
        credentials,
        is_unencrypted: is_open,
    } = read_http_address(entry, example, ends)?;
    if credentials.is_some() {
        entry.report_fault(
            "contains a user and password (not shown)",
            "remove them from the address; set them in `auth`",
        );
    }
    if is_open && !open {
        entry.report_fault(
            "http:// would send passwords and tokens unencrypted",
            "use https://, or set allow_plaintext = true to accept that",
        );
        return None;
    }
    Some(url)
}

/// Reads the mode. The interval may stay for someone who switches between the modes.
fn read_mode(section: &ConfigSection<'_, '_>) -> GenesysMode {
    let word = section
        .entry("mode")
        .and_then(|entry| entry.read_word(&["subscribe", "poll"]));
    let interval = section
        .entry("interval")
        .and_then(|entry| statserver::read_interval(&entry));
    match word {
        Some("poll") => GenesysMode::Poll(interval.unwrap_or(Duration::from_secs(5))),
        _ => GenesysMode::Subscribe,
    }
}

fn read_auth(
    section: ConfigSection<'_, '_>,
    base_url: Option<&str>,
    open: bool,
) -> Option<OAuthSettings> {
    let example = format!("{URL_EXAMPLE}{TOKEN_PATH}");
    let token_url = section
        .entry("token_url")
        .map(|entry| read_url(&entry, &example, &[], open));
    let grant = section
        .entry("grant")
        .map(|entry| entry.read_word(&["password", "client_credentials"]));
    let client_id = section
        .required_entry("client_id", "client_id = \"…\"")
        .and_then(|entry| entry.read_nonempty_text());
    let client_secret = section
        .required_entry(
            "client_secret",
            r#"client_secret = { env = "GENESYS_CLIENT_SECRET" }"#,
        )
        .and_then(|entry| entry.read_secret());
    let grant = match grant {
        Some(Some("client_credentials")) => {
            for key in ["username", "password"] {
                if let Some(entry) = section.entry(key) {
                    entry.report_key_fault("belongs to grant = \"password\"", "remove it");
                }
            }
            Some(OAuthGrant::ClientCredentials)
        }
        _ => read_user(&section)
            .map(|(username, password)| OAuthGrant::Password { username, password }),
    };
    section.finish_section();

    let token_url = match token_url {
        Some(given) => given,
        None => base_url.map(|base| format!("{base}{TOKEN_PATH}")),
    };
    Some(OAuthSettings {
        token_url: token_url?,
        grant: grant?,
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn read_user(section: &ConfigSection<'_, '_>) -> Option<(String, RedactedText)> {
    let username = section
        .required_entry("username", r#"username = "tenant\\user""#)
        .and_then(|entry| entry.read_nonempty_text());
    let password = section
        .required_entry("password", r#"password = { env = "GENESYS_PASSWORD" }"#)
        .and_then(|entry| entry.read_secret());
    username.zip(password)
}

/// Reads either `name` or `definition`, which is named after its measure.
fn read_reference(
    section: &ConfigSection<'_, '_>,
    measure: Option<Measure>,
    mode: GenesysMode,
) -> Option<(Arc<str>, StatisticReference)> {
    let name = section.entry("name");
    let definition = section.entry("definition");
    match (name, definition) {
        (Some(name), None) => Some((name.read_nonempty_text()?.into(), StatisticReference::Name)),
        (None, Some(definition)) => {
            if mode != GenesysMode::Subscribe {
                definition.report_key_fault(
                    "can't be polled",
                    "have the vendor configure it and use its name, or set mode = \"subscribe\"",
                );
            }
            let definition = definition::read_definition(&definition)?;
            Some((
                measure?.name().into(),
                StatisticReference::Definition(Arc::new(definition)),
            ))
        }
        (Some(_), Some(definition)) => {
            definition.report_key_fault("conflicts with `name`", "remove one of them");
            None
        }
        (None, None) => {
            let fix = "set name = \"CurrNumberWaitingCalls\", as configured at the vendor, or a definition";
            section.record_missing("name", fix);
            None
        }
    }
}
