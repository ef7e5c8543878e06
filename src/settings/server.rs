//! `[server]` and `[store]`: the address and the database.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use axum::http::Uri;
use ipnet::IpNet;

use wallboard_domain::Pattern;
use wallboard_toml_reader::{ConfigEntry, ConfigReader, ConfigSection};

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    pub listen: SocketAddr,
    /// Scheme, host and port as viewers see them, if they differ from `listen`.
    pub public_url: Option<String>,
    pub max_viewers: usize,
    pub flush_interval: Duration,
    /// Certificate and key files, if we serve TLS ourselves.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Networks of the proxies in front of us, which say where requests come from.
    pub trusted_proxies: Vec<IpNet>,
    /// Hosts in the company's own network that every channel may send to.
    pub private_receivers: Vec<Pattern>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self::read_section(None)
    }
}

impl ServerSettings {
    pub(super) fn read_section(section: Option<ConfigSection<'_, '_>>) -> Self {
        let mut server = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            max_viewers: 20_000,
            flush_interval: Duration::from_millis(100),
            tls: None,
            trusted_proxies: Vec::new(),
            private_receivers: Vec::new(),
        };
        if let Some(section) = section {
            server.apply_section(section);
        }
        server
    }

    fn apply_section(&mut self, section: ConfigSection<'_, '_>) {
        let listen = section.entry("listen").and_then(|entry| {
            entry.parse_with(
                r#"an address and a port such as "127.0.0.1:8080", or "0.0.0.0:8080" for all of this server's"#,
                |text| text.parse().ok(),
            )
        });
        self.public_url = section.entry("public_url").and_then(|entry| {
            entry.parse_with(
                r#"an address without a path such as "https://wall.example.org""#,
                parse_origin,
            )
        });
        let max_viewers = section
            .entry("max_viewers")
            .and_then(|entry| entry.read_whole(1..=1_000_000));
        let flush_interval = section.entry("flush_interval").and_then(|entry| {
            entry.read_duration(Duration::from_millis(10)..=Duration::from_secs(5))
        });
        self.tls = section.section_at("tls").and_then(read_tls);
        let proxies = section.entry("trusted_proxies");
        self.trusted_proxies = proxies.map_or_else(Vec::new, |entry| read_networks(&entry));
        let receivers = section.entry("private_receivers");
        let receivers = receivers.map_or_else(Vec::new, |entry| entry.read_texts());
        self.private_receivers = receivers.into_iter().map(Pattern).collect();
        section.finish_section();

        self.listen = listen.unwrap_or(self.listen);
        self.max_viewers = max_viewers.map_or(self.max_viewers, |n| n as usize);
        self.flush_interval = flush_interval.unwrap_or(self.flush_interval);
    }
}

/// Reads `tls = { cert, key }`.
fn read_tls(section: ConfigSection<'_, '_>) -> Option<(PathBuf, PathBuf)> {
    let cert = section.required_entry("cert", r#"cert = "cert.pem""#);
    let key = section.required_entry("key", r#"key = "key.pem""#);
    section.finish_section();
    let cert = cert.and_then(|entry| entry.read_file_path());
    let key = key.and_then(|entry| entry.read_file_path());
    cert.zip(key)
}

/// Reads a list of networks. An address is a network of its own.
fn read_networks(entry: &ConfigEntry<'_, '_>) -> Vec<IpNet> {
    let items = entry.read_items(r#"a list of networks such as ["127.0.0.1", "10.0.0.0/8"]"#);
    let items = items.unwrap_or_default();
    let read = |item: &ConfigEntry<'_, '_>| {
        item.parse_with(
            r#"an address or a network such as "10.0.0.0/8", but not everyone's"#,
            parse_network,
        )
    };
    items.iter().filter_map(read).collect()
}

/// Those who are trusted can claim any address, so nobody trusts everyone.
fn parse_network(text: &str) -> Option<IpNet> {
    let address = || text.parse().map(|address: IpAddr| address.into());
    let network: IpNet = text.parse().or_else(|_| address()).ok()?;
    (0 < network.prefix_len()).then(|| network.trunc())
}

/// Returns `https://host[:port]` of a URL without path, query or user.
fn parse_origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let scheme = uri
        .scheme_str()
        .filter(|s| matches!(*s, "http" | "https"))?;
    let authority = uri.authority().filter(|a| !a.as_str().contains('@'))?;
    let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    is_bare.then(|| format!("{scheme}://{authority}").to_lowercase())
}

/// Reads `[store]`: the database path and, if set, the retention of raw history.
pub(super) fn read_store(
    reader: &ConfigReader<'_>,
    section: Option<ConfigSection<'_, '_>>,
) -> (PathBuf, Option<Duration>) {
    const DAY: Duration = Duration::from_hours(24);
    let (mut path, mut calls) = (None, None);
    if let Some(section) = section {
        path = section.entry("url").and_then(|entry| sqlite_path(&entry));
        calls = section
            .entry("keep_calls")
            .and_then(|entry| entry.read_duration(DAY..=DAY * 36_500));
        section.finish_section();
    }
    let path = reader.resolve_path(path.as_deref().unwrap_or("wallboard.db"));
    (path, calls)
}

fn sqlite_path(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let url = entry.read_text()?;
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        entry.report_fault(
            "PostgreSQL isn't in this version",
            r#"write url = "sqlite:wallboard.db""#,
        );
        return None;
    }
    entry.parse_with(r#"of the form "sqlite:wallboard.db""#, |url| {
        url.strip_prefix("sqlite:")
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
    })
}
