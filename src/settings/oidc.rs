//! `[access.oidc]`: the company's identity provider.

use std::collections::BTreeMap;

use reqwest::Url;

use wallboard_access::{AccessRules, ProviderConfig, RoleMapping};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback};

use super::ServerSettings;

/// The claim with the groups, unless configured.
const ROLE_CLAIM: &str = "groups";
/// As long as a button can be.
const NAME_LENGTH_MAX: usize = 40;

/// Reads `[access.oidc]`.
pub(super) fn read_provider(
    table: &ConfigEntry<'_, '_>,
    server: &ServerSettings,
    rules: &AccessRules,
) -> Option<ProviderConfig> {
    let section = table.as_section()?;
    let name = section.entry("name").and_then(|entry| read_name(&entry));
    let issuer = section.required_entry("issuer", r#"issuer = "https://login.example.com""#);
    let client_id = section.required_entry("client_id", r#"client_id = "wallboard""#);
    let secret = r#"client_secret = { env = "OIDC_SECRET" }"#;
    let client_secret = section.required_entry("client_secret", secret);
    let role_claim = section.entry("role_claim");
    let role_claim = role_claim.and_then(|entry| entry.read_nonempty_text());
    let mapping = read_roles(&section);
    let mapped = mapping.iter().flat_map(|mapping| mapping.groups.keys());
    for group in mapped.filter(|group| !rules.groups.contains_key(*group)) {
        let fix = format!("add [access.groups.{group}], or remove it here");
        section.record_fault("groups", &format!("has no group {group:?}"), &fix);
    }
    if server.public_url.is_none() {
        let fix =
            r#"set public_url = "https://..." in [server]: the provider sends people back there"#;
        table.report_key_fault("needs the address of this server", fix);
    }
    section.finish_section();
    Some(ProviderConfig {
        name,
        issuer: issuer.and_then(|entry| read_issuer(&entry))?,
        client_id: client_id.and_then(|entry| entry.read_nonempty_text())?,
        client_secret: client_secret.and_then(|entry| entry.read_secret())?,
        role_claim: role_claim.unwrap_or_else(|| ROLE_CLAIM.to_owned()),
        roles: mapping?,
        public_url: server.public_url.clone()?,
    })
}

fn read_name(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let wanted = format!("a name of 1 to {NAME_LENGTH_MAX} characters, such as \"Acme\"");
    entry.parse_with(&wanted, |text| {
        let length = text.trim().chars().count();
        (1..=NAME_LENGTH_MAX)
            .contains(&length)
            .then(|| text.trim().to_owned())
    })
}

/// Reads the issuer as it is: each character of it counts.
fn read_issuer(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let wanted = r#"the provider's address such as "https://login.example.com/tenant", exactly as it calls itself; http:// only on this server"#;
    entry.parse_with(wanted, |text| {
        let url = Url::parse(text).ok()?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(text));
        let is_bare =
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        (is_safe && is_bare).then(|| text.to_owned())
    })
}

/// Reads `[access.oidc.groups]`: the values of the claim that make members of our groups.
fn read_groups(section: &ConfigSection<'_, '_>) -> BTreeMap<String, Vec<String>> {
    let groups = section.section_at("groups");
    let entries = groups.iter().flat_map(ConfigSection::all_entries);
    entries
        .map(|entry| (entry.name.to_owned(), entry.read_texts()))
        .collect()
}

fn read_roles(section: &ConfigSection<'_, '_>) -> Option<RoleMapping> {
    const EXAMPLE: &str = r#"[access.oidc.roles] with lists such as admin = ["wall-admins"]"#;
    let table = section.required_entry("roles", EXAMPLE)?;
    let roles = table.as_section()?;
    let list = |key| {
        let entry = roles.entry(key);
        entry.map_or_else(Vec::new, |entry| entry.read_texts())
    };
    let lists = RoleMapping {
        admin: list("admin"),
        supervisor: list("supervisor"),
        viewer: list("viewer"),
        groups: read_groups(section),
    };
    if lists.admin.is_empty() && lists.supervisor.is_empty() && lists.viewer.is_empty() {
        table.report_key_fault("gives nobody a role", &format!("write {EXAMPLE}"));
    }
    roles.finish_section();
    Some(lists)
}
