//! The keys of an email channel.

use lettre::message::Mailbox;

use wallboard_toml_reader::{ConfigEntry, ConfigSection};

use super::{MailEncryption, MailSettings};

const ADDRESS_WANTED: &str =
    r#"an email address such as "anna@example.com" or "Anna <anna@example.com>""#;
const RECIPIENTS_MAX: usize = 50;

impl MailSettings {
    /// Reads every key before a missing one ends it, so that one run reports all faults.
    pub(crate) fn read(section: &ConfigSection<'_, '_>) -> Option<Self> {
        let host = section.required_entry("host", r#"host = "smtp.example.com""#);
        let host = host.and_then(|entry| read_host(&entry));
        let encryption = section.entry("encryption");
        let encryption = encryption.and_then(|entry| entry.read_word(&["starttls", "tls"]));
        let encryption = match encryption {
            Some("tls") => MailEncryption::Tls,
            _ => MailEncryption::StartTls,
        };
        let port = section.entry("port");
        let port = port.and_then(|entry| entry.read_whole(1..=u16::MAX.into()));
        let port = port.and_then(|port| u16::try_from(port).ok());
        let username = section.entry("username");
        let username = username.and_then(|entry| entry.read_nonempty_text());
        let password = section
            .entry("password")
            .and_then(|entry| entry.read_secret_or_stand_in(""));
        if username.is_some() != password.is_some() {
            let missing = if username.is_some() {
                "password"
            } else {
                "username"
            };
            let fix = "set both `username` and `password`, or none if the server accepts mail without a login";
            section.record_missing(missing, fix);
        }
        let ca_file = section
            .entry("ca_file")
            .and_then(|entry| entry.read_file_path());
        let from = section.required_entry("from", r#"from = "Wallboard <wallboard@example.com>""#);
        let from = from.and_then(|entry| read_address(&entry));
        let to = section.required_entry("to", r#"to = ["anna@example.com"]"#);
        let to = to.and_then(|entry| read_recipients(&entry));
        Some(Self {
            host: host?,
            port: port.unwrap_or(encryption.usual_port()),
            encryption,
            login: username.zip(password),
            ca_file,
            from: from?,
            to: to?,
        })
    }
}

impl MailEncryption {
    fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

fn read_host(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    entry.parse_with(
        r#"a host such as "smtp.example.com", without a port"#,
        |text| {
            let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            let text = text.trim();
            (!text.is_empty() && text.chars().all(is_host)).then(|| text.to_owned())
        },
    )
}

/// Servers that accept addresses beyond ASCII are rare.
fn read_address(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    entry.parse_with(ADDRESS_WANTED, |text| {
        let mailbox: Mailbox = text.trim().parse().ok()?;
        let address: &str = mailbox.email.as_ref();
        address.is_ascii().then(|| text.trim().to_owned())
    })
}

/// Reads one address or a list of them, 50 at most.
pub fn read_recipients(entry: &ConfigEntry<'_, '_>) -> Option<Vec<String>> {
    let wanted = r#"a list of email addresses such as ["anna@example.com"]"#;
    let items = entry.read_one_or_more(wanted)?;
    if !(1..=RECIPIENTS_MAX).contains(&items.len()) {
        let what = format!("has {} addresses", items.len());
        let fix = format!("write 1 to {RECIPIENTS_MAX}; for more, use a distribution list");
        entry.report_fault(&what, &fix);
        return None;
    }
    items.iter().map(read_address).collect()
}
