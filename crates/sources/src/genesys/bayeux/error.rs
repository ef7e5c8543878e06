//! Reasons why a Bayeux session ended or couldn't be opened, for people to read.

use std::time::Duration;

/// A server's words, short and printable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerReason(String);

/// A longer quote of the server helps no one.
const REASON_LENGTH_MAX: usize = 120;

impl ServerReason {
    pub(super) fn new(words: Option<&str>) -> Self {
        let printable = words
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control());
        Self(printable.take(REASON_LENGTH_MAX).collect())
    }

    /// Parses an error as Bayeux writes it: a number, an argument, and words. The argument
    /// may be our client id, which no one should see.
    pub(super) fn from_error(error: &str) -> Self {
        let mut parts = error.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(number), Some(_), Some(words)) if number.len() == 3 => {
                Self::new(Some(&format!("{number} {words}")))
            }
            _ => Self::new(Some(error)),
        }
    }
}

impl std::fmt::Display for ServerReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_str() {
            "" => Ok(()),
            words => write!(f, " (it reports “{words}”)"),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BayeuxError {
    /// The session is forgotten; the next `open_session` makes a new one, once it may.
    #[error("the notification service ended the session{0}; starting a new one")]
    SessionGone(ServerReason),
    /// Advice `none`: only a person can fix that.
    #[error(
        "the notification service denied access{0}: check at Genesys that this client may receive notifications"
    )]
    Forbidden(ServerReason),
    #[error("the notification service rejected the session{0}")]
    Handshake(ServerReason),
    #[error(
        "the notification service rejected the channel `{channel}`{said}: check at Genesys that this client may receive statistics"
    )]
    Channel {
        channel: &'static str,
        said: ServerReason,
    },
    /// The session may be fine: the next `open_session` resumes it.
    #[error("the notification service failed{0}")]
    Refused(ServerReason),
    /// HTTP 401 or 403: the token is renewed first, then `open_session` resumes the session.
    #[error("the notification service rejected Wallboard's token (HTTP {0})")]
    Unauthorized(u16),

    // Errors of the connection follow; the next `open_session` resumes the same session.
    #[error("can't reach the notification service: {0}")]
    Unreachable(&'static str),
    #[error("the notification service responded with HTTP {status}{}", status_hint(*.0), status = .0)]
    Status(u16),
    #[error(
        "the notification service redirects to {location} (HTTP status {status}): set `base_url` to the address of the API itself; Wallboard follows no redirects"
    )]
    Redirect { status: u16, location: String },
    #[error("the notification service didn't respond within {} s", .0.as_secs())]
    NoAnswer(Duration),
    #[error("the connection to the notification service was lost")]
    Lost,
    #[error("the notification service's response isn't Bayeux{0}")]
    Unreadable(ServerReason),
    #[error("the notification service's response is longer than {} MiB", .0 >> 20)]
    TooLarge(usize),
    #[error(
        "the notification service rejected the WebSocket: {0}; set `transport = \"long-polling\"`, or \"auto\""
    )]
    NoWebSocket(&'static str),
    /// Events that weren't taken are dropped: all values are to be fetched.
    #[error("notifications arrived faster than this server could process them")]
    InboxFull,
    /// Another client took over the memory of this one.
    #[error("this Bayeux client is closed")]
    Closed,
}

/// Suggests a fix for a status.
fn status_hint(status: u16) -> &'static str {
    match status {
        404 | 405 => {
            ", so this doesn't look like the Statistics API: check `base_url`; Wallboard adds /statistics/v3/notifications to it"
        }
        300..400 => ", a redirect: set `base_url` to the address of the API itself",
        _ => "",
    }
}

impl BayeuxError {
    /// Drops the server's words.
    pub(super) fn without_words(self) -> Self {
        match self {
            Self::SessionGone(_) => Self::SessionGone(ServerReason::default()),
            Self::Forbidden(_) => Self::Forbidden(ServerReason::default()),
            Self::Handshake(_) => Self::Handshake(ServerReason::default()),
            Self::Refused(_) => Self::Refused(ServerReason::default()),
            Self::Unreadable(_) => Self::Unreadable(ServerReason::default()),
            Self::Channel { channel, .. } => Self::Channel {
                channel,
                said: ServerReason::default(),
            },
            wordless => wordless,
        }
    }

    /// Whether another transport might succeed.
    pub(super) fn may_be_transport_fault(&self) -> bool {
        matches!(
            self,
            Self::SessionGone(_)
                | Self::Refused(_)
                | Self::Status(_)
                | Self::Redirect { .. }
                | Self::NoAnswer(_)
                | Self::Lost
                | Self::Unreadable(_)
                | Self::TooLarge(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_words_are_quoted_without_our_client_id() {
        let quoted = |error| ServerReason::from_error(error).to_string();

        assert_eq!(quoted(""), "");
        assert_eq!(
            quoted("402::Unknown client"),
            " (it reports “402 Unknown client”)"
        );
        assert_eq!(
            quoted("401:a1b2:Unknown client"),
            " (it reports “401 Unknown client”)"
        );
        assert_eq!(
            quoted("java.lang.Error: a: b"),
            " (it reports “java.lang.Error: a: b”)"
        );
        assert_eq!(quoted("a\u{1b}[31m\n"), " (it reports “a[31m”)");
    }
}
