//! Why a Bayeux session ended or could not be had, for people to read.

use std::time::Duration;

/// What a server said about it, short and printable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerReason(String);

/// More than this of a server's own words helps nobody.
const REASON_LENGTH_MAX: usize = 120;

impl ServerReason {
    pub(super) fn new(words: Option<&str>) -> Self {
        let printable = words
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control());
        Self(printable.take(REASON_LENGTH_MAX).collect())
    }

    /// An error as Bayeux writes it: a number, what it is about, and words. What it is
    /// about may be the name of our session, which nobody shall see.
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
    /// The session is forgotten; the next `open` makes a new one, when it may.
    #[error("the notification service ended the session{0}; starting a new one")]
    SessionGone(ServerReason),
    /// Advice `none`: only a person can mend that.
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
    /// The session may be well: the next `open` goes on with it.
    #[error("the notification service failed{0}")]
    Refused(ServerReason),
    /// HTTP 401 or 403: the token is renewed first, then `open` goes on with the session.
    #[error("the notification service rejected Wallboard's token (HTTP {0})")]
    Unauthorized(u16),

    // What follows is the line between us; the next `open` goes on with the same session.
    #[error("can't reach the notification service: {0}")]
    Unreachable(&'static str),
    #[error("the notification service responded with HTTP {status}{}", mend(*.0), status = .0)]
    Status(u16),
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
    /// Nothing of what was not taken is kept: all values are to be fetched.
    #[error("notifications arrived faster than this server could process them")]
    InboxFull,
    /// Another client took over the memory of this one.
    #[error("this Bayeux client is closed")]
    Closed,
}

/// What a person can do about a status.
fn mend(status: u16) -> &'static str {
    match status {
        404 | 405 => {
            ", so this doesn't look like the Statistics API: check `base_url`; Wallboard adds /statistics/v3/notifications to it"
        }
        _ => "",
    }
}

impl BayeuxError {
    /// Another transport might fare better.
    pub(super) fn may_be_transport_fault(&self) -> bool {
        matches!(
            self,
            Self::SessionGone(_)
                | Self::Refused(_)
                | Self::Status(_)
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
    fn what_a_server_says_is_quoted_without_the_name_of_our_session() {
        let said = |error| ServerReason::from_error(error).to_string();

        assert_eq!(said(""), "");
        assert_eq!(
            said("402::Unknown client"),
            " (it reports “402 Unknown client”)"
        );
        assert_eq!(
            said("401:a1b2:Unknown client"),
            " (it reports “401 Unknown client”)"
        );
        assert_eq!(
            said("java.lang.Error: a: b"),
            " (it reports “java.lang.Error: a: b”)"
        );
        assert_eq!(said("a\u{1b}[31m\n"), " (it reports “a[31m”)");
    }
}
