//! `kind = "genesys"`: the Statistics API of Genesys Engage.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::{Hidden, SourceId, SourceKind, SourceSetup},
    sources::{
        ProbeResult, VendorSettings,
        statserver::{self, EntryReader, Measure, Statistic},
    },
    toml_reader::{Entry, Http, Section, http_address},
};

use super::{Asked, Auth, Genesys, Grant, How, KIND, Mode, Settings, Transport, definition};

const URL: &str = "https://api.example.com";
const TOKEN: &str = "/auth/v3/oauth/token";

impl VendorSettings for Settings {
    const KIND: SourceKind = KIND;
    type Source = Genesys;

    /// Every key is looked at before anything missing ends it, so that one run tells all.
    fn read(id: SourceId, section: Section<'_, '_>) -> Option<(SourceSetup, Self)> {
        let open = section.entry("allow_plaintext").and_then(|e| e.boolean());
        let open = open.unwrap_or(false);
        let base_url = section
            .required("base_url", &format!("base_url = \"{URL}\""))
            .and_then(|entry| url(&entry, URL, &["/statistics/v3", "/auth/v3"], open));
        let api_key = section.entry("api_key").and_then(|e| e.secret());
        let ca_file = section.entry("ca_file").and_then(|e| e.readable_file());
        let mode = mode(&section);
        let transport = section
            .entry("transport")
            .and_then(|entry| entry.word(&["auto", "long-polling", "websocket"]));
        let chunk = section.entry("chunk").and_then(|e| e.whole(1..=10_000));
        let states = section
            .entry("states")
            .map(|entry| statserver::read_states(&entry));
        let reasons = section.entry("reasons").map(|entry| entry.map());
        let keys = "client_id, client_secret, username and password";
        let auth = section.required("auth", &format!("[{}] with {keys}", section.at("auth")));
        let auth = auth.and_then(|entry| auth_of(entry.section()?, base_url.as_deref(), open));
        let example = r#"metric = "waiting", object_type = "Queue", objects = ["…"] and name = "CurrNumberWaitingCalls""#;
        let statistics = EntryReader::read_all(&id, &section, example, |section, measure| {
            how(section, measure, mode)
        });
        section.end();

        let statistics = statistics.into_iter();
        let statistics: Arc<[Asked]> = statistics
            .map(|(statistic, how)| Asked { statistic, how })
            .collect();
        let gives = statserver::gives(statistics.iter().map(|asked| &asked.statistic));
        let settings = Self {
            id: id.clone(),
            base_url: base_url?,
            api_key: api_key.unwrap_or_default(),
            ca_file,
            mode,
            transport: match transport {
                Some("long-polling") => Transport::LongPolling,
                Some("websocket") => Transport::WebSocket,
                _ => Transport::Auto,
            },
            chunk: chunk.map_or(200, |chunk| chunk as usize),
            states: states.unwrap_or_default(),
            reasons: reasons.unwrap_or_default().into_iter().collect(),
            auth: auth?,
            statistics,
        };
        let setup = SourceSetup {
            gives,
            ..SourceSetup::new(id, Self::KIND)
        };
        Some((setup, settings))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn source(self) -> Genesys {
        Genesys::new(self)
    }

    async fn probe(&self) -> ProbeResult {
        Ok(super::probe(self).await?)
    }

    fn statistics(&self) -> Vec<&Statistic> {
        self.statistics
            .iter()
            .map(|asked| &asked.statistic)
            .collect()
    }

    fn name_key(&self) -> Option<&'static str> {
        Some("name")
    }

    async fn discover(&self, statistics: &[Statistic]) -> ProbeResult {
        Ok(super::discover(self, statistics).await?)
    }
}

/// A token must not be seen on its way.
fn url(entry: &Entry<'_, '_>, example: &str, ends: &[&str], open: bool) -> Option<String> {
    let Http {
        url,
        credentials,
        is_open,
    } = http_address(entry, example, ends)?;
    if credentials.is_some() {
        entry.fault(
            "contains a user and password (not shown)",
            "remove them from the address; set them in `auth`",
        );
    }
    if is_open && !open {
        entry.fault(
            "http:// would send passwords and tokens unencrypted",
            "use https://, or set allow_plaintext = true to accept that",
        );
        return None;
    }
    Some(url)
}

/// The interval may stay where somebody goes to and fro between the modes.
fn mode(section: &Section<'_, '_>) -> Mode {
    let word = section
        .entry("mode")
        .and_then(|entry| entry.word(&["subscribe", "poll"]));
    let interval = section
        .entry("interval")
        .and_then(|entry| statserver::read_interval(&entry));
    match word {
        Some("poll") => Mode::Poll(interval.unwrap_or(Duration::from_secs(10))),
        _ => Mode::Subscribe,
    }
}

fn auth_of(section: Section<'_, '_>, base_url: Option<&str>, open: bool) -> Option<Auth> {
    let example = format!("{URL}{TOKEN}");
    let token_url = section
        .entry("token_url")
        .map(|entry| url(&entry, &example, &[], open));
    let grant = section
        .entry("grant")
        .map(|entry| entry.word(&["password", "client_credentials"]));
    let client_id = section
        .required("client_id", "client_id = \"…\"")
        .and_then(|entry| entry.filled());
    let client_secret = section
        .required(
            "client_secret",
            r#"client_secret = { env = "GENESYS_CLIENT_SECRET" }"#,
        )
        .and_then(|entry| entry.secret());
    let grant = match grant {
        Some(Some("client_credentials")) => {
            for key in ["username", "password"] {
                if let Some(entry) = section.entry(key) {
                    entry.fault_at_key("belongs to grant = \"password\"", "remove it");
                }
            }
            Some(Grant::ClientCredentials)
        }
        _ => user(&section).map(|(username, password)| Grant::Password { username, password }),
    };
    section.end();

    let token_url = match token_url {
        Some(given) => given,
        None => base_url.map(|base| format!("{base}{TOKEN}")),
    };
    Some(Auth {
        token_url: token_url?,
        grant: grant?,
        client_id: client_id?,
        client_secret: client_secret?,
    })
}

fn user(section: &Section<'_, '_>) -> Option<(String, Hidden)> {
    let username = section
        .required("username", r#"username = "tenant\\user""#)
        .and_then(|entry| entry.filled());
    let password = section
        .required("password", r#"password = { env = "GENESYS_PASSWORD" }"#)
        .and_then(|entry| entry.secret());
    username.zip(password)
}

/// Either `name` or `definition`, which is called by what it gives.
fn how(section: &Section<'_, '_>, measure: Option<Measure>, mode: Mode) -> Option<(Arc<str>, How)> {
    let name = section.entry("name");
    let definition = section.entry("definition");
    match (name, definition) {
        (Some(name), None) => Some((name.filled()?.into(), How::Name)),
        (None, Some(definition)) => {
            if mode != Mode::Subscribe {
                definition.fault_at_key(
                    "can't be polled",
                    "have the vendor configure it and use its name, or set mode = \"subscribe\"",
                );
            }
            let definition = definition::read(&definition)?;
            Some((
                measure?.name().into(),
                How::Definition(Arc::new(definition)),
            ))
        }
        (Some(_), Some(definition)) => {
            definition.fault_at_key("conflicts with `name`", "remove one of them");
            None
        }
        (None, None) => {
            let mend = "set name = \"CurrNumberWaitingCalls\", as configured at the vendor, or a definition";
            section.fault("name", "is missing", mend);
            None
        }
    }
}
