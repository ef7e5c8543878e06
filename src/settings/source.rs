//! `[sources.*]`: the upstream systems. Which keys are allowed depends on `kind`.

use std::{collections::HashMap, net::IpAddr, path::PathBuf};

use lapin::uri::{AMQPScheme, AMQPUri};

use crate::domain::SourceId;

use super::{Secret, entry::Entry, reader::Section};

/// Kinds that the product knows and this version lacks.
const LATER: [&str; 4] = ["genesys", "gms", "vergic-export", "sangoma-export"];
/// Words that ids of our own begin with.
const RESERVED: [&str; 3] = ["group", "person", "site"];

/// One `[sources.*]`.
#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    pub upstream: Upstream,
}

/// What stands at the other end, by `kind`.
#[derive(Clone, Debug)]
pub enum Upstream {
    Vngage(Vngage),
}

/// `kind = "vngage"`.
#[derive(Clone, Debug)]
pub struct Vngage {
    /// `amqps://user:password@host:5671/vhost`
    pub url: Secret,
    pub exchange: String,
    /// Where our queue is bound.
    pub events_exchange: String,
    pub queue: String,
    pub ca_file: Option<PathBuf>,
    /// Certificate and key.
    pub client: Option<(PathBuf, PathBuf)>,
    pub prefetch: u16,
    pub allow_plaintext: bool,
    pub queue_of: HashMap<String, String>,
    pub not_queued: Vec<String>,
}

pub(super) fn read(root: &Section<'_, '_>) -> Vec<Source> {
    let Some(section) = root.section_at("sources") else {
        if root.entry("sources").is_none() {
            let mend = r#"write [sources.chat] with kind = "vngage", url and exchange"#;
            root.fault("sources", "there is none", mend);
        }
        return Vec::new();
    };
    if let Some(kind) = section.entries().iter().find(|entry| entry.name == "kind") {
        kind.fault_at_key(
            "stands in no source",
            "give the source a name: write [sources.chat] instead of [sources]",
        );
        return Vec::new();
    }
    section.entries().iter().filter_map(source).collect()
}

fn source(entry: &Entry<'_, '_>) -> Option<Source> {
    check_id(entry);
    let section = entry.section()?;
    let kind = section.required("kind", r#"kind = "vngage""#)?;
    let word = kind.word(&["vngage", LATER[0], LATER[1], LATER[2], LATER[3]])?;
    if LATER.contains(&word) {
        kind.fault(
            &format!("sources of the kind \"{word}\" are not in this version"),
            "remove this source; \"vngage\" is the one kind so far",
        );
        return None;
    }
    Some(Source {
        id: SourceId::from(entry.name),
        upstream: Upstream::Vngage(vngage(section)?),
    })
}

fn check_id(entry: &Entry<'_, '_>) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if entry.name.is_empty() || !entry.name.chars().all(is_plain) {
        entry.fault_at_key(
            "is not a source's id",
            "use lower-case letters, digits and `-`",
        );
    }
    if RESERVED.contains(&entry.name) {
        let mend = format!("{} are reserved", RESERVED.join(", "));
        entry.fault_at_key("cannot be a source's id", &mend);
    }
}

/// Every key is looked at before anything missing ends it, so that one run tells all.
fn vngage(section: Section<'_, '_>) -> Option<Vngage> {
    let name = |entry: Entry<'_, '_>| {
        entry.parsed("a name of 1 to 255 bytes", |text| {
            (1..=255).contains(&text.len()).then(|| text.to_owned())
        })
    };
    let allow_plaintext = section.entry("allow_plaintext").map(|e| e.boolean());
    let allow_plaintext = allow_plaintext.flatten().unwrap_or(false);
    let url = section
        .required("url", r#"url = { env = "VNGAGE_URL" }"#)
        .and_then(|entry| url(&entry, allow_plaintext));
    let exchange = section
        .required(
            "exchange",
            r#"exchange = "integration", as given by Vergic"#,
        )
        .and_then(name);
    let events_exchange = section.entry("events_exchange").and_then(name);
    let queue = section.entry("queue").and_then(name);
    let ca_file = section.entry("ca_file").and_then(|e| e.readable_file());
    let prefetch = section
        .entry("prefetch")
        .and_then(|entry| entry.whole(1..=65_535))
        .and_then(|n| u16::try_from(n).ok());
    let client = client(&section);
    let queue_of = section.entry("queue_of").map(|e| e.map());
    let not_queued = section.entry("not_queued").map(|e| e.texts());
    section.end();

    let exchange = exchange?;
    Some(Vngage {
        url: url?,
        events_exchange: events_exchange.unwrap_or_else(|| exchange.clone()),
        exchange,
        queue: queue.unwrap_or_else(|| "wallboard".to_owned()),
        ca_file,
        client,
        prefetch: prefetch.unwrap_or(300),
        allow_plaintext,
        queue_of: queue_of.unwrap_or_default().into_iter().collect(),
        not_queued: not_queued.unwrap_or_default(),
    })
}

fn client(section: &Section<'_, '_>) -> Option<(PathBuf, PathBuf)> {
    let (cert, key) = (section.entry("client_cert"), section.entry("client_key"));
    match (&cert, &key) {
        (Some(cert), None) => cert.fault_at_key("stands alone", "write `client_key` too"),
        (None, Some(key)) => key.fault_at_key("stands alone", "write `client_cert` too"),
        _ => {}
    }
    let cert = cert.and_then(|entry| entry.readable_file());
    let key = key.and_then(|entry| entry.readable_file());
    cert.zip(key)
}

/// The address is checked and never repeated: it holds a password.
fn url(entry: &Entry<'_, '_>, allow_plaintext: bool) -> Option<Secret> {
    let secret = entry.secret()?;
    let Ok(uri) = secret.reveal().parse::<AMQPUri>() else {
        entry.fault(
            "the address cannot be read (it is not repeated here: it may hold a password)",
            "it must be of the form amqps://user:password@host:5671/vhost, \
             and nothing else, in user and password %40 for @, %2F for /, %3A for :, %25 for %",
        );
        return None;
    };
    let is_plain = uri.scheme == AMQPScheme::AMQP;
    if is_plain && !allow_plaintext && !is_loopback(secret.reveal()) {
        entry.fault(
            "amqp:// would send the password in the clear",
            "write amqps:// with port 5671, or allow_plaintext = true if that is meant",
        );
        return None;
    }
    Some(secret)
}

/// Whether the host in `url` is this machine. Taken from the text itself: lapin's
/// parser knows no IPv6 literals.
fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |address: IpAddr| address.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for own in ["localhost", "127.0.0.1:5672", "[::1]:5672", "LOCALHOST:1"] {
            assert!(is_loopback(&format!("amqp://u:p@{own}/v")), "{own}");
        }
        for other in [
            "broker.example.com",
            "10.0.0.1",
            "[2001:db8::1]",
            "localhost.example.com",
        ] {
            assert!(
                !is_loopback(&format!("amqp://u:p%40localhost@{other}/v")),
                "{other}"
            );
        }
    }
}
