//! `[cluster]`: the NATS servers, and what this node is among the others.

use reqwest::Url;
use rustix::system::uname;

use wallboard_log::cluster::NodeRole;
use wallboard_runtime::nats::{NatsCredentials, NatsSettings};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback};

use super::LogSettings;

/// As long as a part of a name in DNS.
const NAME_LENGTH_MAX: usize = 63;

/// `[cluster]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSettings {
    pub nats: NatsSettings,
    pub role: NodeRole,
    /// Whether this node imports the exported files.
    pub imports: bool,
}

impl ClusterSettings {
    pub(super) fn read_section(root: &ConfigSection<'_, '_>, log: LogSettings) -> Option<Self> {
        let table = root.entry("cluster")?;
        let section = table.as_section()?;
        if !log.enabled {
            table.report_key_fault(
                "needs the log, which is this node's copy of what all nodes share",
                "remove enabled = false in [log]",
            );
        }
        let ca_file = section.entry("ca_file");
        let ca_file = ca_file.and_then(|entry| entry.read_file_path());
        let servers = read_servers(&section, ca_file.is_some());
        let site = section.required_entry("site", r#"site = "support""#);
        let node = read_node(&section);
        let credentials = read_credentials(&section);
        let role = section.entry("role");
        let role = role.map_or(Some(NodeRole::All), |entry| entry.read_variant());
        let replicas = section.entry("replicas");
        let replicas = replicas.map_or(Some(1), |entry| read_replicas(&entry));
        let imports = section.entry("imports");
        let imports = imports.map_or(Some(true), |entry| entry.read_boolean());
        section.finish_section();
        Some(Self {
            nats: NatsSettings {
                servers: servers?,
                site: site.and_then(|entry| read_name(&entry))?,
                node: node?,
                credentials: credentials?,
                ca_file,
                replicas: replicas?,
            },
            role: role?,
            imports: imports?,
        })
    }
}

/// Reads `nats`. One `tls://` address, or a `ca_file`, encrypts the connections to all servers.
fn read_servers(section: &ConfigSection<'_, '_>, has_ca_file: bool) -> Option<Vec<String>> {
    const EXAMPLE: &str = r#""tls://nats1.example.com:4222""#;
    let key = section.required_entry("nats", &format!("nats = {EXAMPLE}"));
    let plaintext = section.entry("allow_plaintext");
    let is_plaintext_allowed = plaintext.and_then(|entry| entry.read_boolean());
    let key = key?;
    let items =
        key.read_one_or_more(&format!("an address such as {EXAMPLE}, or a list of them"))?;
    if items.is_empty() {
        key.report_fault("has no address", &format!("write nats = [{EXAMPLE}]"));
    }
    let servers: Vec<String> = items.iter().filter_map(read_server).collect();
    let is_encrypted = has_ca_file || servers.iter().any(|server| server.starts_with("tls:"));
    let is_exposed = |server: &&String| !is_encrypted && !is_loopback(server);
    if !is_plaintext_allowed.unwrap_or(false) && servers.iter().any(|server| is_exposed(&server)) {
        key.report_fault(
            "nats:// would send everything unencrypted",
            "use tls://, or set allow_plaintext = true to accept that",
        );
    }
    Some(servers)
}

/// Reads one address. Faults never repeat it, since it may contain a password.
fn read_server(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let text = entry.read_text()?;
    let Some(url) = Url::parse(text.trim()).ok().filter(is_server) else {
        entry.report_fault(
            "the address is invalid (not shown: it may contain a password)",
            "use the form nats://host:4222 or tls://host:4222",
        );
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        entry.report_fault(
            "has credentials in the address",
            r#"write user = "wallboard" and password = { env = "NATS_PASSWORD" } instead"#,
        );
        return None;
    }
    Some(text.trim().trim_end_matches('/').to_owned())
}

fn is_server(url: &Url) -> bool {
    matches!(url.scheme(), "nats" | "tls")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Reads a name that becomes part of others in NATS.
fn read_name(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let wanted = format!("a name of 1 to {NAME_LENGTH_MAX} characters from a-z, 0-9 and -");
    entry.parse_with(&wanted, |text| is_name(text).then(|| text.to_owned()))
}

fn is_name(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=NAME_LENGTH_MAX).contains(&text.len()) && text.chars().all(is_allowed)
}

/// Reads `node`, which is the name of this machine if it isn't set.
fn read_node(section: &ConfigSection<'_, '_>) -> Option<String> {
    if let Some(entry) = section.entry("node") {
        return read_name(&entry);
    }
    // The packaged service sees no files of the kernel in /proc.
    let node = node_of_host(&uname().nodename().to_string_lossy());
    if node.is_none() {
        section.record_fault(
            "node",
            "is missing, and this machine's name can't be used",
            r#"write node = "wall1", different on each node"#,
        );
    }
    node
}

/// Returns the node's name for a host name such as `wall1.example.com`.
fn node_of_host(host: &str) -> Option<String> {
    let first = host.split('.').next().unwrap_or_default();
    let node = first.to_ascii_lowercase();
    (is_name(&node) && node != "localhost").then_some(node)
}

fn read_credentials(section: &ConfigSection<'_, '_>) -> Option<NatsCredentials> {
    let file = section.entry("credentials_file");
    let token = section.entry("token");
    let user = section.entry("user");
    let password = section.entry("password");
    let ways = [
        file.as_ref(),
        token.as_ref(),
        user.as_ref().or(password.as_ref()),
    ];
    if let Some(second) = ways.into_iter().flatten().nth(1) {
        let fix = "use only one of: credentials_file, token, user with password";
        second.report_key_fault("is one way to sign in too many", fix);
        return None;
    }
    if let Some(file) = file {
        return file.read_file_path().map(NatsCredentials::File);
    }
    if let Some(token) = token {
        return token.read_secret().map(NatsCredentials::Token);
    }
    match (user, password) {
        (None, None) => Some(NatsCredentials::None),
        (Some(user), Some(password)) => {
            let (name, password) = (user.read_nonempty_text(), password.read_secret());
            Some(NatsCredentials::User {
                name: name?,
                password: password?,
            })
        }
        (Some(alone), None) => report_alone(&alone, "password"),
        (None, Some(alone)) => report_alone(&alone, "user"),
    }
}

fn report_alone<T>(entry: &ConfigEntry<'_, '_>, other: &str) -> Option<T> {
    entry.report_key_fault("is set alone", &format!("set `{other}` too"));
    None
}

fn read_replicas(entry: &ConfigEntry<'_, '_>) -> Option<usize> {
    let replicas = entry.read_whole(1..=5)?;
    if replicas % 2 == 0 {
        let what = format!("{replicas} isn't allowed");
        entry.report_fault(
            &what,
            "it must be 1, 3 or 5: an even number tolerates no more failures",
        );
        return None;
    }
    Some(replicas as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_the_first_part_of_the_host_name() {
        let node = |host: &str| node_of_host(host);
        assert_eq!(node("wall1").as_deref(), Some("wall1"));
        assert_eq!(node("Wall-2.example.com").as_deref(), Some("wall-2"));
        for unusable in ["", "localhost", "localhost.localdomain", "wall_1"] {
            assert_eq!(node(unusable), None, "{unusable}");
        }
    }
}
