//! Why there can be no load.

use std::{io, path::PathBuf};

use super::cookies::SOCKETS_PER_COOKIE;

/// Why viewers can't watch a board. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{0:?} isn't a wallboard address; use http://HOST:PORT or https://HOST:PORT")]
    Address(String),
    #[error("{0:?} isn't an origin; use the server's public_url, like https://wall.example.com")]
    Origin(String),
    #[error(
        "{0} isn't on this machine. Thousands of connections can bring a server down: if this one is yours, add --host-is-mine"
    )]
    OtherHost(String),
    #[error("can't resolve {host}: {cause}. Check its spelling and this machine's DNS")]
    Resolve { host: String, cause: io::Error },
    #[error("can't connect to {address}: {cause}. Check that the server runs and listens there")]
    Connect { address: String, cause: io::Error },
    #[error(
        "the TLS handshake with {address} failed: {cause}. Use the name that its certificate is for, and let this machine trust the certificate's authority"
    )]
    Encrypt { address: String, cause: io::Error },
    #[error(
        "{address} didn't answer a viewer with HTTP: {cause}. Check the port, and use https:// if the server has TLS"
    )]
    Answer { address: String, cause: io::Error },
    #[error("{address} didn't send a viewer the board within {seconds} s: see the server's log")]
    Late { address: String, seconds: u64 },
    #[error("the server refused a viewer: {0}")]
    Refused(ViewerRefusal),
    #[error("the server let a viewer in, but then: {0}")]
    Lost(String),
    #[error(
        "so many viewers need {needed} open files, and this process may have {limit}: raise the limit (`ulimit -n {needed}`, as root), or use fewer --viewers"
    )]
    FileLimit { needed: u64, limit: u64 },
    #[error("can't read the cookies in {}", .0.display())]
    CookieFile(PathBuf, #[source] io::Error),
    #[error(
        "line {line} of {} isn't a cookie: write NAME=VALUE as a browser sends it, one on each line",
        file.display()
    )]
    Cookie { file: PathBuf, line: usize },
    #[error(
        "{viewers} viewers need {needed} cookies and the file has {found}: a session or screen may have {SOCKETS_PER_COOKIE} sockets. Add more, or use fewer --viewers"
    )]
    TooFewCookies {
        viewers: usize,
        needed: usize,
        found: usize,
    },
}

impl LoadError {
    /// Whether the command line is wrong, rather than something at run time.
    pub(super) fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Address(_)
                | Self::Origin(_)
                | Self::OtherHost(_)
                | Self::CookieFile(..)
                | Self::Cookie { .. }
                | Self::TooFewCookies { .. }
        )
    }
}

/// The server's answer to a viewer that it refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {status}{}. {}", .sentence.as_deref().map(|text| format!(" ({text})")).unwrap_or_default(), self.advice())]
pub struct ViewerRefusal {
    pub status: u16,
    /// The answer's text, if it's short.
    pub sentence: Option<String>,
    /// Where the answer leads, if it leads anywhere.
    pub location: Option<String>,
}

impl ViewerRefusal {
    fn advice(&self) -> &'static str {
        let leads_to_tls = (self.location.as_deref()).is_some_and(|to| to.starts_with("https://"));
        match self.status {
            300..=399 if leads_to_tls => "Use the https:// address",
            300..=399 | 401 => {
                "It wants a sign-in: pass cookies of sessions or paired screens that may see the board with --cookie-file"
            }
            403 => {
                "The cookie's user or screen may not see this board, or the address isn't the one that users open: pass the server's public_url with --origin"
            }
            404 => {
                "It has no such board: --board takes what follows /boards/ in the board's address"
            }
            503 => {
                "It has no place for more viewers: see max_viewers in its configuration, or use fewer --viewers"
            }
            _ => "Check that a wallboard is at this address",
        }
    }
}
