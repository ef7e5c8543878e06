//! `kind = "vngage"`: Vergic Engage over AMQP.

use std::path::PathBuf;

use lapin::uri::{AMQPScheme, AMQPUri};

use crate::{ProbeReport, ProbeResult, VendorSettings};
use wallboard_domain::{
    CustomFigure, FieldInput, FileOnlyReason, FormField, RedactedText, SourceFeed, SourceId,
    SourceKind, SourceSetup, SourceStarter, TableForm,
};
use wallboard_runtime::transcripts::TranscriptSink;
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback};

use super::{KIND, VngageSettings, VngageSource};

const FIELDS: &[FormField] = &[
    FormField::new("url", "vngage_url", FieldInput::Secret).required(),
    FormField::new("exchange", "vngage_exchange", FieldInput::Text).required(),
    FormField::new(
        "events_exchange",
        "vngage_events_exchange",
        FieldInput::Text,
    )
    .advanced(),
    FormField::new("queue", "vngage_queue", FieldInput::Text).advanced(),
    FormField::new("prefetch", "vngage_prefetch", FieldInput::Number).advanced(),
    FormField::new("queue_of", "vngage_queue_of", FieldInput::Pairs).advanced(),
    FormField::new("not_queued", "vngage_not_queued", FieldInput::Lines).advanced(),
    FormField::new(
        "allow_plaintext",
        "vngage_allow_plaintext",
        FieldInput::Switch,
    )
    .advanced(),
];

impl VendorSettings for VngageSettings {
    const KIND: SourceKind = KIND;
    const STARTER: SourceStarter = SourceStarter {
        feed: SourceFeed::Chats,
        system: "Vergic Engage (Vngage)",
        lines: r#"[sources.chat]
kind = "vngage"
url = { env = "VNGAGE_URL" }
exchange = "integration""#,
    };
    const FORM: TableForm = TableForm {
        fields: FIELDS,
        only_in_files: &[
            ("ca_file", FileOnlyReason::ServerFile),
            ("client_cert", FileOnlyReason::ServerFile),
            ("client_key", FileOnlyReason::ServerFile),
        ],
    };
    type Source = VngageSource;

    /// Reads every key before it fails on a missing one, so that one run reports all faults.
    fn read(
        id: SourceId,
        section: ConfigSection<'_, '_>,
        _: &[CustomFigure],
    ) -> Option<(SourceSetup, Self)> {
        let name = |entry: ConfigEntry<'_, '_>| {
            entry.parse_with("a name of 1 to 255 bytes", |text| {
                (1..=255).contains(&text.len()).then(|| text.to_owned())
            })
        };
        let allow_plaintext = section.entry("allow_plaintext").map(|e| e.read_boolean());
        let allow_plaintext = allow_plaintext.flatten().unwrap_or(false);
        let url = section
            .required_entry("url", r#"url = { env = "VNGAGE_URL" }"#)
            .and_then(|entry| read_url(&entry, allow_plaintext));
        let exchange = section
            .required_entry(
                "exchange",
                r#"exchange = "integration", as given by Vergic"#,
            )
            .and_then(name);
        let events_exchange = section.entry("events_exchange").and_then(name);
        let queue = section.entry("queue").and_then(name);
        let ca_file = section.entry("ca_file").and_then(|e| e.read_file_path());
        let prefetch = section
            .entry("prefetch")
            // One more is in flight, and the broker counts to 65535.
            .and_then(|entry| entry.read_whole(1..=65_534))
            .and_then(|n| u16::try_from(n).ok());
        let client = read_client_certificate(&section);
        let queue_of = section.entry("queue_of").map(|e| e.read_map());
        let not_queued = section.entry("not_queued").map(|e| e.read_texts());
        section.finish_section();

        let exchange = exchange?;
        let settings = Self {
            id: id.clone(),
            url: url?.0,
            events_exchange: events_exchange.unwrap_or_else(|| exchange.clone()),
            exchange,
            queue: queue.unwrap_or_else(|| "wallboard".to_owned()),
            ca_file,
            client,
            prefetch: prefetch.unwrap_or(300),
            allow_plaintext,
            transcripts: None,
        };
        let setup = SourceSetup {
            entry_queues: queue_of.unwrap_or_default().into_iter().collect(),
            unqueued_solutions: not_queued.unwrap_or_default(),
            ..SourceSetup::new(id, Self::KIND)
        };
        Some((setup, settings))
    }

    fn id(&self) -> &SourceId {
        &self.id
    }

    fn pass_transcripts(&mut self, sink: &TranscriptSink) {
        self.transcripts = Some(sink.clone());
    }

    fn source(self) -> VngageSource {
        VngageSource::new(self)
    }

    async fn probe(&self) -> ProbeResult {
        super::probe_broker(self).await?;
        Ok(ProbeReport::default())
    }

    fn shares_messages_with(&self, other: &Self) -> bool {
        self.queue == other.queue && self.url == other.url
    }
}

fn read_client_certificate(section: &ConfigSection<'_, '_>) -> Option<(PathBuf, PathBuf)> {
    let (cert, key) = (section.entry("client_cert"), section.entry("client_key"));
    match (&cert, &key) {
        (Some(cert), None) => cert.report_key_fault("is set alone", "set `client_key` too"),
        (None, Some(key)) => key.report_key_fault("is set alone", "set `client_cert` too"),
        _ => {}
    }
    let cert = cert.and_then(|entry| entry.read_file_path());
    let key = key.and_then(|entry| entry.read_file_path());
    cert.zip(key)
}

/// Reads and checks the address. Faults never repeat it, since it contains a password.
fn read_url(entry: &ConfigEntry<'_, '_>, allow_plaintext: bool) -> Option<RedactedText> {
    let secret = entry.read_secret()?;
    let address = secret.0.trim();
    let uri = match url_mistake(address) {
        None => address.parse::<AMQPUri>().map_err(|_| "can't be read"),
        Some(mistake) => Err(mistake),
    };
    let uri = match uri {
        Ok(uri) => uri,
        Err(mistake) => {
            entry.report_fault(
                &format!("the address {mistake} (not shown: it may contain a password)"),
                "use the form amqps://user:password@host:5671/vhost; in user and password write %40 for @, %2F for /, %3A for :, %23 for #, %3F for ?, %25 for %",
            );
            return None;
        }
    };
    let is_plain = uri.scheme == AMQPScheme::AMQP;
    if is_plain && !allow_plaintext && !is_loopback(address) {
        entry.report_fault(
            "amqp:// would send the password unencrypted",
            "use amqps:// with port 5671, or set allow_plaintext = true to accept that",
        );
        return None;
    }
    Some(secret)
}

/// Finds mistakes that some parsers would read as a different address.
fn url_mistake(address: &str) -> Option<&'static str> {
    let lower = address.to_lowercase();
    let rest = lower
        .strip_prefix("amqps://")
        .or_else(|| lower.strip_prefix("amqp://"));
    Some(match rest {
        _ if address.is_empty() => "is empty",
        _ if address.starts_with('$') => "is a variable: write url = { env = \"NAME\" }",
        _ if address.starts_with(['"', '\'']) => "has extra quotes",
        _ if address.contains(char::is_whitespace) => "contains a space or a second line",
        None => "doesn't start with amqps:// or amqp://",
        Some(rest) => {
            let (before, host) = rest.rsplit_once('@').unwrap_or(("", rest));
            if before.contains(['/', '?', '#']) {
                "has a special character in user or password"
            } else if before.is_empty() || before.starts_with(':') {
                "has no user"
            } else if host.starts_with([':', '/']) || host.is_empty() {
                "has no host"
            } else {
                return None;
            }
        }
    })
}
