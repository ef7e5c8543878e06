//! `[channels.*]`: the channels for messages. The allowed keys depend on `kind`.

use url::Url;

use wallboard_domain::{Pattern, RedactedText};
use wallboard_toml_reader::{ConfigEntry, ConfigSection, is_loopback};

use crate::{Channel, ChannelKind, MailSettings};

/// The most messages an hour that can be allowed.
const HOURLY_MAX_LIMIT: u32 = 1_000;
/// Stands for a secret that can't be opened, and passes its checks. Nothing is sent to it.
const STAND_IN: &str = "https://unopened.invalid/";
/// A shorter secret could be guessed. In characters.
const SECRET_LENGTH_MIN: usize = 16;
/// Addresses of Teams' connectors, which Microsoft has turned off.
const CONNECTOR_HOST: &str = ".webhook.office.com";

/// Reads `[channels]` in the order of the file. Channels with a fault are left out. Those whose host is one of
/// `private_receivers` may be in the company's own network.
pub fn read_channels(root: &ConfigSection<'_, '_>, private_receivers: &[Pattern]) -> Vec<Channel> {
    let Some(section) = root.section_at("channels") else {
        return Vec::new();
    };
    let entries = section.all_entries();
    if let Some(kind) = entries.iter().find(|entry| entry.name == "kind") {
        kind.report_key_fault(
            "isn't in a channel",
            "give the channel a name: write [channels.floor] instead of [channels]",
        );
        return Vec::new();
    }
    let channels = entries.iter().filter_map(read_channel);
    let channels = channels.map(|channel| {
        let is_listed =
            (channel.kind.host()).is_some_and(|host| is_listed(private_receivers, &host));
        Channel {
            allow_private: channel.allow_private || is_listed,
            ..channel
        }
    });
    channels.collect()
}

/// Hosts are the same in any letter case.
fn is_listed(patterns: &[Pattern], host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let mut patterns = patterns.iter();
    patterns.any(|pattern| Pattern(pattern.0.to_ascii_lowercase()).matches(&host))
}

fn read_channel(entry: &ConfigEntry<'_, '_>) -> Option<Channel> {
    check_name(entry);
    let section = entry.as_section()?;
    let kind = section.required_entry("kind", r#"kind = "teams""#)?;
    let kind = kind.read_word(Channel::KINDS)?;
    let is_allowed = |key| {
        let entry = section.entry(key);
        entry
            .and_then(|entry| entry.read_boolean())
            .unwrap_or(false)
    };
    let allow_private = section.entry("allow_private").is_some_and(|entry| {
        // People who change settings can't open the network that the server is in.
        !entry.reject_in_browser("an address in the network") && entry.read_boolean() == Some(true)
    });
    let hourly_max = section.entry("hourly_max");
    let hourly_max = hourly_max.and_then(|entry| entry.read_whole(2..=HOURLY_MAX_LIMIT));
    let kind = match kind {
        "email" => MailSettings::read(&section).map(|mail| ChannelKind::Email(Box::new(mail))),
        kind => {
            let allow_plaintext = is_allowed("allow_plaintext");
            let url = section.required_entry("url", &url_example(kind));
            let url = url.and_then(|entry| read_url(&entry, kind, allow_plaintext));
            let secret = (kind == "webhook").then(|| read_signing_secret(&section));
            match (kind, url, secret) {
                ("teams", Some(url), _) => Some(ChannelKind::Teams { url }),
                ("slack", Some(url), _) => Some(ChannelKind::Slack { url }),
                (_, Some(url), Some(Some(secret))) => Some(ChannelKind::Webhook { url, secret }),
                _ => None,
            }
        }
    };
    section.finish_section();
    Some(Channel {
        name: entry.name.to_owned(),
        kind: kind?,
        unusable: entry.unopened_secret(),
        allow_private,
        hourly_max: hourly_max.unwrap_or(Channel::HOURLY_MAX_DEFAULT),
    })
}

fn check_name(entry: &ConfigEntry<'_, '_>) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if entry.name.is_empty() || !entry.name.chars().all(is_plain) {
        entry.report_key_fault(
            "isn't allowed as the name of a channel",
            "use lower-case letters, digits and -, such as [channels.floor]",
        );
    }
}

fn url_example(kind: &str) -> String {
    let name = kind.to_uppercase();
    format!("url = {{ env = \"{name}_URL\" }}")
}

/// Reads the address of a webhook, which is a secret as a whole.
fn read_url(
    entry: &ConfigEntry<'_, '_>,
    kind: &str,
    allow_plaintext: bool,
) -> Option<RedactedText> {
    let text = entry.read_secret_or_stand_in(STAND_IN)?;
    let url = Url::parse(text.0.trim()).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    let Some(url) = url else {
        entry.report_fault(
            "isn't an address (not shown: it is a secret)",
            "copy the whole address of the webhook, which begins with https://",
        );
        return None;
    };
    if url.scheme() == "http" && !allow_plaintext && !is_loopback(url.as_str()) {
        entry.report_fault(
            "is unencrypted",
            "use https://, or set allow_plaintext = true in the channel if the network is yours",
        );
        return None;
    }
    let host = url.host_str().unwrap_or_default();
    if kind == "teams" && host.ends_with(CONNECTOR_HOST) {
        entry.report_fault(
            "is the address of a connector, which Microsoft has turned off",
            "create a workflow in the Teams channel, and copy its address",
        );
        return None;
    }
    Some(RedactedText(url.to_string()))
}

fn read_signing_secret(section: &ConfigSection<'_, '_>) -> Option<RedactedText> {
    let entry = section.required_entry("secret", r#"secret = { env = "WEBHOOK_SECRET" }"#)?;
    let secret = entry.read_secret_or_stand_in(STAND_IN)?;
    if secret.0.chars().count() < SECRET_LENGTH_MIN {
        let what = format!("has fewer than {SECRET_LENGTH_MIN} characters");
        entry.report_fault(&what, "create one with: openssl rand -base64 32");
        return None;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use toml::de::DeTable;
    use wallboard_toml_reader::ConfigReader;

    use super::*;
    use crate::MailEncryption;

    fn read(text: &str) -> Result<Vec<Channel>, String> {
        let environment = |name: &str| match name {
            "TEAMS_URL" => Some("https://prod-41.example.com/workflows/x?sig=abcdef".to_owned()),
            "SECRET" => Some("hunter2-hunter2-hunter2".to_owned()),
            _ => None,
        };
        let reader = ConfigReader::new(text, Path::new("wallboard.toml"), environment, &[]);
        let (table, errors) = DeTable::parse_recoverable(text);
        assert!(errors.is_empty(), "{errors:?}");
        let root = reader.root_section(&table);
        let channels = read_channels(&root, &[Pattern("*.Corp.example".to_owned())]);
        root.finish_section();
        if reader.is_clean() {
            Ok(channels)
        } else {
            Err(reader.collected_faults().to_string())
        }
    }

    #[test]
    fn each_kind_is_read() {
        let channels = read(
            r#"
            [channels.floor]
            kind = "teams"
            url = { env = "TEAMS_URL" }
            hourly_max = 60
            [channels.leads]
            kind = "email"
            host = "smtp.example.com"
            username = "wallboard"
            password = { env = "SECRET" }
            from = "Wallboard <wallboard@example.com>"
            to = ["anna@example.com", "Lars <lars@example.com>"]
            [channels.on-call]
            kind = "webhook"
            url = "http://127.0.0.1:9000/hook"
            secret = { env = "SECRET" }
            allow_private = true
            [channels.slack]
            kind = "slack"
            url = "https://hooks.slack.com/services/T0/B0/x"
            [channels.relay]
            kind = "email"
            host = "mail.corp.example"
            from = "wallboard@example.com"
            to = "anna@example.com"
            "#,
        )
        .unwrap();
        let names: Vec<_> = channels.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["floor", "leads", "on-call", "slack", "relay"]);
        assert_eq!((channels[0].hourly_max, channels[1].hourly_max), (60, 20));
        let private: Vec<_> = channels.iter().map(|one| one.allow_private).collect();
        assert_eq!(private, [false, false, true, false, true]);
        let ChannelKind::Email(mail) = &channels[1].kind else {
            panic!("{channels:?}");
        };
        assert_eq!(
            (mail.port, mail.encryption),
            (587, MailEncryption::StartTls)
        );
        assert!(!format!("{channels:?}").contains("hunter2"));
        assert!(!format!("{channels:?}").contains("abcdef"));
    }

    #[test]
    fn faults_name_the_fix_and_never_a_secret() {
        let teams = "https://acme.webhook.office.com/webhookb2/s3cr3t";
        for (lines, words) in [
            ("[channels]\nkind = \"teams\"", "write [channels.floor]"),
            ("[channels.Floor]\nkind = \"sms\"", "lower-case letters"),
            (
                "[channels.a]\nkind = \"sms\"",
                "allowed: teams, slack, email, webhook",
            ),
            (
                "[channels.a]\nkind = \"slack\"",
                "write url = { env = \"SLACK_URL\" }",
            ),
            (
                "[channels.a]\nkind = \"slack\"\nurl = \"s3cr3t\"",
                "isn't an address",
            ),
            (
                "[channels.a]\nkind = \"slack\"\nurl = \"http://example.com/s3cr3t\"",
                "is unencrypted",
            ),
            (
                &format!("[channels.a]\nkind = \"teams\"\nurl = \"{teams}\""),
                "which Microsoft has turned off",
            ),
            (
                "[channels.a]\nkind = \"webhook\"\nurl = \"https://example.com/s3cr3t\"\nsecret = \"s3cr3t\"",
                "fewer than 16 characters",
            ),
            (
                "[channels.a]\nkind = \"teams\"\nurl = { env = \"TEAMS_URL\" }\nhourly_max = 1",
                "from 2 to 1000",
            ),
            (
                "[channels.a]\nkind = \"email\"\nhost = \"https://x\"\nfrom = \"anna\"\nto = []\nusername = \"u\"",
                "is missing",
            ),
        ] {
            let faults = read(lines).unwrap_err();
            assert!(faults.contains(words), "{lines}: {faults}");
            assert!(!faults.contains("s3cr3t"), "{faults}");
        }
    }
}
