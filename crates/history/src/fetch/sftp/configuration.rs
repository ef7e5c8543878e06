//! Reads the keys of an SFTP server in a source's table.

use std::net::IpAddr;

use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::super::{FetchTimeouts, HostTrust, PrivateKeySource, SftpSettings};

/// The keys that only a source with `host` has.
pub(crate) const SFTP_KEYS: [&str; 7] = [
    "port",
    "username",
    "key",
    "key_file",
    "key_passphrase",
    "known_hosts",
    "host_key",
];

/// The owner of the server, for messages.
#[derive(Clone, Copy)]
pub(crate) struct SftpOwner {
    pub(crate) name: &'static str,
    pub(crate) host_example: &'static str,
}

/// Reads how to reach the server at `host`; `root` is the outermost folder there.
pub(crate) fn read_sftp(
    section: &ConfigSection<'_, '_>,
    host: &ConfigEntry<'_, '_>,
    root: Option<&str>,
    owner: SftpOwner,
) -> Option<SftpSettings> {
    let host = host.parse_with(
        &format!(
            "only the name of a server, such as \"{}\"",
            owner.host_example
        ),
        read_server,
    );
    let port = section.entry("port").map(|entry| {
        entry
            .read_whole(1..=65_535)
            .and_then(|n| u16::try_from(n).ok())
    });
    let example = format!("username = \"…\", the account name from {}", owner.name);
    let username = section
        .required_entry("username", &example)
        .and_then(|entry| entry.read_nonempty_text());
    let key = read_key(section);
    let key_passphrase = section
        .entry("key_passphrase")
        .map(|entry| entry.read_secret());
    let trust = read_host_trust(section, owner);
    Some(SftpSettings {
        host: host?,
        port: port.unwrap_or(Some(22))?,
        username: username?,
        key: key?,
        key_passphrase: match key_passphrase {
            Some(given) => Some(given?),
            None => None,
        },
        trust: trust?,
        root: root?.to_owned(),
        timeouts: FetchTimeouts::default(),
    })
}

/// Reads our key: a file, or its text.
fn read_key(section: &ConfigSection<'_, '_>) -> Option<PrivateKeySource> {
    let Some(text) = section.entry("key") else {
        let file = section.required_entry("key_file", "key_file = \"id_ed25519\"")?;
        return file.read_file_path().map(PrivateKeySource::File);
    };
    if let Some(file) = section.entry("key_file") {
        file.report_key_fault("conflicts with `key`", "remove one of them");
    }
    text.read_secret().map(PrivateKeySource::Text)
}

/// Parses a host's name or address, without anything around it.
fn read_server(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let is_address = text.parse::<IpAddr>().is_ok();
    let is_name = !text.is_empty()
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, ':' | '/' | '@' | '\\')
        });
    (is_address || is_name).then(|| text.to_owned())
}

/// Reads how to verify the server; it is never trusted blindly.
fn read_host_trust(section: &ConfigSection<'_, '_>, owner: SftpOwner) -> Option<HostTrust> {
    match (section.entry("known_hosts"), section.entry("host_key")) {
        (Some(file), None) => file.read_file_path().map(HostTrust::KnownHosts),
        (None, Some(key)) => {
            let wanted = "of the form \"SHA256:\" and 43 characters, as `ssh-keygen -lf` prints it of the server's public key";
            key.parse_with(wanted, read_fingerprint)
                .map(HostTrust::Fingerprint)
        }
        (Some(_), Some(key)) => {
            let fix = "remove one of them";
            key.report_key_fault("conflicts with `known_hosts`", fix);
            None
        }
        (None, None) => {
            let fix = format!(
                "write known_hosts = \"known_hosts\", or host_key = \"SHA256:…\" as provided by {}: Wallboard never connects to an unverified server",
                owner.name
            );
            section.record_missing("known_hosts", &fix);
            None
        }
    }
}

fn read_fingerprint(text: &str) -> Option<String> {
    let text = text.trim();
    let hash = text.strip_prefix("SHA256:")?.trim_end_matches('=');
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    (hash.len() == 43 && hash.chars().all(is_base64)).then(|| format!("SHA256:{hash}"))
}
