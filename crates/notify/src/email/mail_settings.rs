//! Settings of an email channel.

use std::path::PathBuf;

use wallboard_domain::RedactedText;

/// The mail server and the addresses of an email channel.
#[derive(Clone, Debug, PartialEq)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub encryption: MailEncryption,
    /// User and password; `None`: the server accepts mail without.
    pub login: Option<(String, RedactedText)>,
    /// Trusted in addition to the system's root certificates.
    pub ca_file: Option<PathBuf>,
    /// The sender's address, perhaps with a name: `Wallboard <wallboard@example.com>`.
    pub from: String,
    /// At least one.
    pub to: Vec<String>,
}

/// Mail is never sent without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEncryption {
    /// The connection begins without TLS, and nothing but the command that starts it is sent before.
    StartTls,
    Tls,
}
