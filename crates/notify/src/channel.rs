//! A channel: where messages are sent, as configured.

use lettre::message::Mailbox;
use url::Url;

use wallboard_domain::RedactedText;

use crate::email::MailSettings;

/// One configured channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// The name of its table, `[channels.NAME]`.
    pub name: String,
    pub kind: ChannelKind,
    /// Whether it may be an address of the company's own network.
    pub allow_private: bool,
    /// Why nothing can be sent to it: its secret can't be opened. Messages wait meanwhile.
    pub unusable: Option<String>,
    /// At most this many messages are sent in any hour; what is beyond becomes a digest.
    pub hourly_max: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ChannelKind {
    /// A webhook of Microsoft Teams' Workflows. Its address is the secret.
    Teams {
        url: RedactedText,
    },
    /// An incoming webhook of Slack. Its address is the secret.
    Slack {
        url: RedactedText,
    },
    Email(Box<MailSettings>),
    Webhook {
        url: RedactedText,
        /// Signs each request.
        secret: RedactedText,
    },
}

impl ChannelKind {
    /// The host that messages are sent to.
    pub(crate) fn host(&self) -> Option<String> {
        match self {
            Self::Teams { url } | Self::Slack { url } | Self::Webhook { url, .. } => {
                let url = Url::parse(&url.0).ok()?;
                let host = url.host_str()?;
                Some(host.trim_matches(['[', ']']).to_owned())
            }
            Self::Email(mail) => Some(mail.host.clone()),
        }
    }
}

impl Channel {
    /// The kinds, as `kind` names them.
    pub const KINDS: &[&str] = &["teams", "slack", "email", "webhook"];
    /// Messages in an hour unless `hourly_max` is set.
    pub const HOURLY_MAX_DEFAULT: u32 = 20;

    /// The host that messages are sent to; `None` if its address can't be read.
    pub fn host(&self) -> Option<String> {
        self.kind.host()
    }

    pub fn is_email(&self) -> bool {
        matches!(self.kind, ChannelKind::Email(_))
    }

    /// Whether it may send a report to an address that isn't its own: one in a domain of its sender or its recipients.
    /// People who write reports can't send them anywhere else.
    pub fn may_mail_to(&self, address: &str) -> bool {
        let ChannelKind::Email(mail) = &self.kind else {
            return false;
        };
        let domain = domain_of(address);
        let mut own = mail.to.iter().chain([&mail.from]);
        domain.is_some() && own.any(|one| domain_of(one) == domain)
    }

    /// The same channel with other recipients of its mail.
    #[must_use]
    pub fn with_recipients(mut self, to: &[String]) -> Self {
        if let ChannelKind::Email(mail) = &mut self.kind {
            mail.to = to.to_vec();
        }
        self
    }

    /// Returns its kind for people.
    pub fn kind_title(&self) -> &'static str {
        match self.kind {
            ChannelKind::Teams { .. } => "Microsoft Teams",
            ChannelKind::Slack { .. } => "Slack",
            ChannelKind::Email(_) => "Email",
            ChannelKind::Webhook { .. } => "Webhook",
        }
    }
}

/// Domains are the same in any letter case.
fn domain_of(address: &str) -> Option<String> {
    let mailbox: Mailbox = address.parse().ok()?;
    Some(mailbox.email.domain().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use crate::{MailEncryption, MailSettings};

    use super::*;

    #[test]
    fn a_report_goes_only_to_domains_that_the_channel_itself_has() {
        let mail = MailSettings {
            host: "smtp.example.com".to_owned(),
            port: 587,
            encryption: MailEncryption::StartTls,
            login: None,
            ca_file: None,
            from: "Wallboard <wallboard@example.com>".to_owned(),
            to: vec!["floor@partner.example".to_owned()],
        };
        let channel = Channel {
            name: "boss".to_owned(),
            kind: ChannelKind::Email(Box::new(mail)),
            allow_private: false,
            unusable: None,
            hourly_max: Channel::HOURLY_MAX_DEFAULT,
        };
        for (address, is_allowed) in [
            ("boss@example.com", true),
            ("Boss <boss@EXAMPLE.com>", true),
            ("anna@partner.example", true),
            ("boss@mail.example.com", false),
            ("boss@example.org", false),
            ("example.com", false),
        ] {
            assert_eq!(channel.may_mail_to(address), is_allowed, "{address}");
        }
        let own = channel.with_recipients(&["boss@example.com".to_owned()]);
        let ChannelKind::Email(mail) = own.kind else {
            panic!("it is one of email");
        };
        assert_eq!(mail.to, ["boss@example.com"]);
    }
}
