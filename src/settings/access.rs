//! `[access]`: who may see the pages.

use std::time::Duration;

use wallboard_access::{AccessRules, EditingPolicy, ProviderConfig};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback};

use super::{ServerSettings, access_rules::read_rules, oidc::read_provider};

/// How long a session holds, unless configured.
const SESSION: Duration = Duration::from_hours(12);

const DAY: Duration = Duration::from_hours(24);

/// `[access]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessSettings {
    /// Everyone who can reach the address is a supervisor.
    Open,
    /// Only those who are signed in.
    Login {
        /// How long a session holds at most.
        session: Duration,
        /// How long the audit trail is kept.
        keep_audit: Duration,
        /// The rules for roles and groups.
        rules: Box<AccessRules>,
        /// Where people sign in too, if not only here.
        oidc: Option<Box<ProviderConfig>>,
    },
}

impl AccessSettings {
    /// Reads who may see the pages, and who changes settings there.
    pub(super) fn read_section(
        root: &ConfigSection<'_, '_>,
        server: &ServerSettings,
    ) -> (Self, EditingPolicy) {
        let Some(section) = root.section_at("access") else {
            if root.entry("access").is_none() {
                let fix = r#"write [access] and mode = "login", or "open" to show everything to everyone"#;
                root.record_missing("access", fix);
            }
            return (Self::Open, EditingPolicy::default());
        };
        let (access, editing) = Self::read_keys(&section, server);
        section.finish_section();
        (access, editing)
    }

    fn read_keys(
        section: &ConfigSection<'_, '_>,
        server: &ServerSettings,
    ) -> (Self, EditingPolicy) {
        let mode = section.required_entry("mode", r#"mode = "login" or mode = "open""#);
        let is_network_allowed = section
            .entry("allow_open_network")
            .and_then(|entry| entry.read_boolean())
            .unwrap_or(false);
        let session = section.entry("session").and_then(|entry| {
            entry.read_duration(Duration::from_mins(5)..=Duration::from_hours(30 * 24))
        });
        let keep_audit = section
            .entry("keep_audit")
            .and_then(|entry| entry.read_duration(DAY..=DAY * 3_650));
        let rules = read_rules(section);
        let editing_entry = section.entry("editing");
        let editing = editing_entry.as_ref().and_then(read_editing);
        let editing = editing.unwrap_or_default();
        let oidc_entry = section.entry("oidc");
        let oidc = (oidc_entry.as_ref()).and_then(|oidc| read_provider(oidc, server, &rules));
        let Some(mode) = mode else {
            return (Self::Open, editing);
        };
        if mode.read_word(&["login", "open"]).is_some() && mode.is_text("login") {
            check_encryption(&mode, server);
            let login = Self::Login {
                session: session.unwrap_or(SESSION),
                keep_audit: keep_audit.unwrap_or(DAY * 180),
                rules: Box::new(rules),
                oidc: oidc.map(Box::new),
            };
            return (login, editing);
        }
        if let Some(oidc) = oidc_entry {
            oidc.report_key_fault(
                "nobody signs in with open access",
                r#"write mode = "login" in [access], or remove [access.oidc]"#,
            );
        }
        if let Some(entry) = editing_entry.filter(|_| editing == EditingPolicy::Administrators) {
            entry.report_fault(
                "with open access, nobody is an administrator",
                r#"write editing = "nobody", or mode = "login""#,
            );
        }
        if mode.is_text("open") && !server.listen.ip().is_loopback() && !is_network_allowed {
            mode.report_fault(
                "everyone who can reach the address would see everything",
                r#"write mode = "login", or listen on 127.0.0.1, or set allow_open_network = true to accept that"#,
            );
        }
        (Self::Open, editing)
    }
}

fn read_editing(entry: &ConfigEntry<'_, '_>) -> Option<EditingPolicy> {
    let word = entry.read_word(&["supervisors", "administrators", "nobody"])?;
    Some(match word {
        "supervisors" => EditingPolicy::Supervisors,
        "administrators" => EditingPolicy::Administrators,
        _ => EditingPolicy::Nobody,
    })
}

/// Browsers return the session only over HTTPS or on this machine, and passwords must travel so.
fn check_encryption(mode: &ConfigEntry<'_, '_>, server: &ServerSettings) {
    let is_public_secure =
        (server.public_url.as_deref()).is_some_and(|url| url.starts_with("https:"));
    let is_local =
        server.listen.ip().is_loopback() && (server.public_url.as_deref()).is_none_or(is_loopback);
    if server.tls.is_none() && !is_public_secure && !is_local {
        mode.report_fault(
            "passwords would travel unencrypted",
            r#"set tls in [server], or put a proxy with HTTPS in front and set public_url = "https://...""#,
        );
    }
}
