//! `[server]`, `[store]` and `[access]`: the address, the database, and who has access.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use axum::http::Uri;

use crate::toml_reader::{ConfigEntry, ConfigReader, ConfigSection};

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
            entry.read_duration(Duration::from_millis(10)..=Duration::from_secs(10))
        });
        self.tls = section.section_at("tls").and_then(read_tls);
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

/// Reads `[access]`. Until sign-in exists, the only mode is open access for everyone.
pub(super) fn read_access(root: &ConfigSection<'_, '_>, listen: SocketAddr) {
    const OPEN: &str = r#"write [access] and mode = "open""#;
    let Some(section) = root.section_at("access") else {
        if root.entry("access").is_none() {
            let fix = format!("{OPEN} (sign-in isn't in this version)");
            root.record_fault("access", "is missing", &fix);
        }
        return;
    };
    let mode = section.required_entry("mode", r#"mode = "open" (sign-in isn't in this version)"#);
    let allowed = section
        .entry("allow_open_network")
        .and_then(|entry| entry.read_boolean())
        .unwrap_or(false);
    section.reject_key("session", "it's part of sign-in");
    section.reject_key("oidc", "it's part of sign-in");

    let is_open = mode.and_then(|mode| {
        if mode.is_text("login") {
            mode.report_fault("sign-in isn't in this version", OPEN);
            return None;
        }
        mode.read_word(&["open"]).map(|_| mode)
    });
    if let Some(mode) = is_open.filter(|_| !listen.ip().is_loopback() && !allowed) {
        mode.report_fault(
            "everyone who can reach the address would see everything",
            "listen on 127.0.0.1, or set allow_open_network = true to accept that",
        );
    }
    section.finish_section();
}
