//! Settings of a Vngage source.

use std::{fmt, path::PathBuf};

use lapin::uri::{AMQPScheme, AMQPUri};

use wallboard_domain::SourceId;
use wallboard_runtime::transcripts::TranscriptSink;
use wallboard_toml_reader::is_loopback;

use super::VngageError;

/// The requested heartbeat interval, in seconds. The broker holds the consumer of a connection that
/// died without a word for two to three of them, and nobody else can consume meanwhile.
const HEARTBEAT_SECONDS: u16 = 3;
/// Small, because lapin allocates buffers for 64 frames per connection.
const FRAME_BYTES_MAX: u32 = 32 * 1024;
/// The length limit of AMQP's short strings.
const NAME_BYTES_MAX: usize = 255;

/// One configured Vngage source.
#[derive(Clone, PartialEq, Eq)]
pub struct VngageSettings {
    pub id: SourceId,
    /// `amqps://user:password@host:5671/vhost`. Never shown.
    pub url: String,
    /// The exchange that we publish requests to, as given by Vergic.
    pub exchange: String,
    /// The exchange that our queue is bound to.
    pub events_exchange: String,
    pub queue: String,
    /// The maximum number of unacknowledged deliveries.
    pub prefetch: u16,
    /// Authorities to trust in addition to the system's roots.
    pub ca_file: Option<PathBuf>,
    /// Our client certificate and its key.
    pub client: Option<(PathBuf, PathBuf)>,
    /// Allows `amqp://` to other machines.
    pub allow_plaintext: bool,
    /// Where transcripts are passed on; `None`: their text is skipped.
    pub transcripts: Option<TranscriptSink>,
}

impl fmt::Debug for VngageSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("id", &self.id)
            .field("exchange", &self.exchange)
            .field("events_exchange", &self.events_exchange)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl VngageSettings {
    /// Checks the settings as far as possible without a broker.
    pub fn validate(&self) -> Result<(), VngageError> {
        for name in [&self.exchange, &self.events_exchange, &self.queue] {
            if name.is_empty() || NAME_BYTES_MAX < name.len() {
                return Err(VngageError::Settings("a name must have 1 to 255 bytes"));
            }
        }
        if self.prefetch == 0 {
            return Err(VngageError::Settings("`prefetch` must be at least 1"));
        }
        self.parse_url().map(drop)
    }

    /// Parses `url` and adds our connection parameters.
    pub(super) fn parse_url(&self) -> Result<AMQPUri, VngageError> {
        // The parser's errors would repeat the address.
        let mut address: AMQPUri = self.url.parse().map_err(|_| {
            VngageError::Settings(
                "`url` isn't an address such as amqps://user:password@host:5671/vhost",
            )
        })?;
        if let Some(literal) = bracketed_host(&self.url) {
            literal.clone_into(&mut address.authority.host);
        }
        let is_plain = address.scheme == AMQPScheme::AMQP;
        if is_plain && !self.allow_plaintext && !is_loopback(&self.url) {
            return Err(VngageError::Settings(
                "`url` starts with amqp://, which would send the password unencrypted: use amqps://, or set `allow_plaintext = true`",
            ));
        }
        address.query.heartbeat = Some(HEARTBEAT_SECONDS);
        address.query.frame_max = Some(FRAME_BYTES_MAX);
        Ok(address)
    }
}

/// The IPv6 address in brackets, where lapin's parser finds no host.
fn bracketed_host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.strip_prefix('[')?.split_once(']')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings_with_url(url: &str) -> VngageSettings {
        VngageSettings {
            id: "chat".into(),
            url: url.into(),
            exchange: "integration".into(),
            events_exchange: "integration".into(),
            queue: "wallboard".into(),
            prefetch: 300,
            ca_file: None,
            client: None,
            allow_plaintext: false,
            transcripts: None,
        }
    }

    #[test]
    fn plaintext_is_allowed_only_to_this_machine() {
        for url in [
            "amqp://u:p@localhost",
            "amqp://u:p@127.0.0.1:5672/v",
            "amqp://u:p@[::1]/v",
        ] {
            assert!(settings_with_url(url).validate().is_ok(), "{url}");
        }
        for url in [
            "amqp://u:p@example.org/v",
            "amqp://u:p@[2001:db8::1]/v",
            "amqp://10.0.0.1",
        ] {
            assert!(settings_with_url(url).validate().is_err(), "{url}");
            let allowed = VngageSettings {
                allow_plaintext: true,
                ..settings_with_url(url)
            };
            assert!(allowed.validate().is_ok(), "{url}");
        }
        assert!(
            settings_with_url("amqps://u:p@example.org/v")
                .validate()
                .is_ok()
        );
    }

    #[test]
    fn ipv6_address_is_parsed_as_the_host() {
        let address = settings_with_url("amqps://u:p%40x@[2001:db8::1]:5671/v")
            .parse_url()
            .unwrap();

        assert_eq!(address.authority.host, "2001:db8::1");
        assert_eq!(address.authority.port, 5671);
        assert_eq!(address.authority.userinfo.password, "p@x");
    }

    #[test]
    fn no_text_reveals_the_address() {
        let settings = settings_with_url("amqpx://anna:Tr0ub4dor@secret.example/v");

        let shown = format!("{settings:?} {0} {0:?}", settings.validate().unwrap_err());

        for secret in ["Tr0ub4dor", "anna", "secret.example"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
