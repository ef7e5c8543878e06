//! A channel: where messages are sent, as configured.

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

    pub fn is_email(&self) -> bool {
        matches!(self.kind, ChannelKind::Email(_))
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
