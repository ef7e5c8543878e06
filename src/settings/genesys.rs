//! `kind = "genesys"`: the Statistics API of Genesys Engage.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use serde_json::Value;

use crate::domain::{AgentState, SourceId};

use super::{
    Secret,
    address::{self, Http},
    definition,
    entry::Entry,
    reader::Section,
    statistic::{Entries, Statistic},
};

/// One `[sources.*]` of this kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Genesys {
    /// Without a slash at its end.
    pub base_url: String,
    pub api_key: Option<Secret>,
    /// Authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    pub mode: Mode,
    pub transport: Transport,
    /// Statistics of one subscription.
    pub chunk: usize,
    /// By Stat Server's names in lower case, or numbers.
    pub states: HashMap<String, AgentState>,
    pub reasons: HashMap<String, String>,
    pub auth: Auth,
    pub statistics: Vec<Statistic<How>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Subscribe,
    Poll(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Auto,
    LongPolling,
    WebSocket,
}

/// `[sources.*.auth]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Auth {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    /// Username and password, with `grant = "password"`.
    pub password: Option<(String, Secret)>,
}

/// How the vendor knows which statistic is meant.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    Name(String),
    /// The entry's definition, as the API wants it.
    Definition(Value),
}

const URL: &str = "https://api.example.com";
const TOKEN: &str = "/auth/v3/oauth/token";

/// Every key is looked at before anything missing ends it, so that one run tells all.
pub(super) fn read(id: &SourceId, section: Section<'_, '_>) -> Option<Genesys> {
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
    let states = section.entry("states").map(|entry| states(&entry));
    let reasons = section.entry("reasons").map(|entry| entry.map());
    let keys = "client_id, client_secret, username and password";
    let auth = section.required("auth", &format!("[{}] with {keys}", section.at("auth")));
    let auth = auth.and_then(|entry| auth_of(entry.section()?, base_url.as_deref(), open));
    let example = r#"metric = "waiting", object_type = "Queue", objects = ["…"] and name = "CurrNumberWaitingCalls""#;
    let statistics = Entries::read(id, &section, example, |section, _| how(section, mode));
    section.end();

    Some(Genesys {
        base_url: base_url?,
        api_key,
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
    })
}

/// A token must not be seen on its way.
fn url(entry: &Entry<'_, '_>, example: &str, ends: &[&str], open: bool) -> Option<String> {
    let Http {
        url,
        credentials,
        is_open,
    } = address::http(entry, example, ends)?;
    if credentials.is_some() {
        entry.fault(
            "holds a user and a password (they are not repeated here)",
            "leave them out of the address; they belong into the keys of `auth`",
        );
    }
    if is_open && !open {
        entry.fault(
            "http:// would send passwords and tokens in the clear",
            "write https://, or allow_plaintext = true if that is meant",
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
        .and_then(|entry| interval_of(&entry));
    match word {
        Some("poll") => Mode::Poll(interval.unwrap_or(Duration::from_secs(10))),
        _ => Mode::Subscribe,
    }
}

/// How often is asked.
pub(super) fn interval_of(entry: &Entry<'_, '_>) -> Option<Duration> {
    entry.duration(Duration::from_secs(1)..=Duration::from_hours(1))
}

/// Stat Server's words to ours, its own in lower case.
pub(super) fn states(entry: &Entry<'_, '_>) -> HashMap<String, AgentState> {
    let mut states = HashMap::new();
    let Some(section) = entry.section() else {
        return states;
    };
    for entry in section.entries() {
        let state = entry.word(&AgentState::ALL.map(AgentState::name));
        let word = entry.name.trim().to_lowercase();
        if word.is_empty() {
            entry.fault_at_key("is no state", "write Stat Server's name or number of it");
        }
        if let Some(state) = state.and_then(AgentState::from_name)
            && states.insert(word, state).is_some()
        {
            entry.fault_at_key("is given twice", "remove one: case makes no difference");
        }
    }
    states
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
    let password = match grant {
        Some(Some("client_credentials")) => {
            for key in ["username", "password"] {
                if let Some(entry) = section.entry(key) {
                    entry.fault_at_key("belongs to grant = \"password\"", "remove it");
                }
            }
            Some(None)
        }
        _ => user(&section).map(Some),
    };
    section.end();

    let token_url = match token_url {
        Some(given) => given,
        None => base_url.map(|base| format!("{base}{TOKEN}")),
    };
    Some(Auth {
        token_url: token_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        password: password?,
    })
}

fn user(section: &Section<'_, '_>) -> Option<(String, Secret)> {
    let username = section
        .required("username", r#"username = "tenant\\user""#)
        .and_then(|entry| entry.filled());
    let password = section
        .required("password", r#"password = { env = "GENESYS_PASSWORD" }"#)
        .and_then(|entry| entry.secret());
    username.zip(password)
}

/// Either `name` or `definition`.
fn how(section: &Section<'_, '_>, mode: Mode) -> Option<How> {
    let name = section.entry("name");
    let definition = section.entry("definition");
    match (name, definition) {
        (Some(name), None) => name.filled().map(How::Name),
        (None, Some(definition)) => {
            if mode != Mode::Subscribe {
                definition.fault_at_key(
                    "cannot be polled",
                    "have it configured at the vendor and give its name, or write mode = \"subscribe\"",
                );
            }
            definition::read(&definition).map(How::Definition)
        }
        (Some(_), Some(definition)) => {
            definition.fault_at_key(
                "stands beside `name`",
                "one of them says what is meant: remove the other",
            );
            None
        }
        (None, None) => {
            let mend = "write name = \"CurrNumberWaitingCalls\", as it is configured at the vendor, or a definition";
            section.fault("name", "is missing", mend);
            None
        }
    }
}
