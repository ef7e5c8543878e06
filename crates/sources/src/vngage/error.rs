//! Reasons why a connection to Vngage's broker ended, for people. They never repeat the
//! broker's messages, which may contain names from the address.

use lapin::ErrorKind;

use crate::SourceError;
use wallboard_runtime::ingest::IngestClosed;

use super::VngageSettings;

#[derive(Debug, thiserror::Error)]
pub enum VngageError {
    #[error("{0}")]
    Settings(&'static str),
    #[error("can't use {what}: {why}")]
    Certificate { what: &'static str, why: String },

    #[error("can't resolve the host name in `url`: check its spelling and this server's DNS")]
    Resolve,
    #[error("connection refused: nothing is listening at the host and port in `url`")]
    ConnectionRefused,
    #[error(
        "the broker didn't respond: check the host and port in `url`, and any firewalls in between"
    )]
    NoConnection,
    #[error("can't reach the broker: {0}")]
    Unreachable(String),
    #[error("TLS with the broker failed: {0}")]
    Tls(String),
    #[error("the broker didn't finish the handshake in time")]
    NoGreeting,
    #[error(
        "the connection was closed at once: the broker is starting, or the port in `url` is wrong (5671 is usual with TLS, 5672 without)"
    )]
    NoBroker,
    #[error(
        "the broker rejected the user name or password in `url`: check both against what Vergic gave you, and percent-encode special characters"
    )]
    Login,
    #[error(
        "the broker rejected the virtual host (after the port in `url`): it doesn't exist, or this user may not use it: check it against what Vergic gave you (write `/` in it as %2F)"
    )]
    VirtualHost,

    #[error(
        "the exchange “{name}” doesn't exist on the broker: check `{key}` against the name that Vergic gave you"
    )]
    NoExchange { name: String, key: &'static str },
    #[error(
        "this broker user may not {what}: the {right} permission is missing; ask Vergic for the permissions in docs/start/vngage.md#what-you-need-from-vergic"
    )]
    Forbidden { what: String, right: &'static str },
    #[error(
        "the queue “{0}” exists with different properties: delete it, or set `queue` to another name"
    )]
    OtherQueue(String),
    #[error("the queue “{0}” is in use: waiting for an earlier connection to release it")]
    QueueHeld(String),
    #[error(
        "the queue “{0}” has another consumer, so each would get only half of the messages. Stop the other, or set a different `queue` here"
    )]
    OtherConsumer(String),
    #[error("the queue “{0}” is gone: the broker canceled the consumer")]
    Canceled(String),

    #[error("the broker closed the connection ({0})")]
    ClosedByBroker(u16),
    #[error("the broker rejected a request ({0})")]
    Refused(u16),
    #[error("the connection to the broker was lost")]
    Lost,
    #[error("the broker stopped responding")]
    NoAnswer,
    #[error(
        "the broker is short of memory or disk space and accepts no messages, so Vngage's events are late: ask Vergic to check the broker"
    )]
    PublishersBlocked,
    #[error("no data from the broker for {0} s: this server was suspended or too busy")]
    Slept(u64),

    #[error(transparent)]
    Stopping(#[from] IngestClosed),
}

impl SourceError for VngageError {
    fn needs_intervention(&self) -> bool {
        matches!(
            self,
            Self::Settings(_)
                | Self::Certificate { .. }
                | Self::Login
                | Self::VirtualHost
                | Self::Forbidden { .. }
                | Self::OtherQueue(_)
        )
    }

    fn is_brief(&self) -> bool {
        matches!(self, Self::QueueHeld(_))
    }
}

impl VngageError {
    /// Whether the broker itself was or may have been down: it refused, closed or didn't
    /// respond. A connection that only broke and came back doesn't count.
    pub(super) fn is_broker_fault(&self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused
                | Self::ClosedByBroker(_)
                | Self::NoAnswer
                | Self::NoConnection
                | Self::NoGreeting
                | Self::Unreachable(_)
                | Self::Tls(_)
        )
    }
}

/// The step at which the broker rejected us.
#[derive(Clone, Copy, Debug)]
pub(super) enum BrokerStep {
    Greet,
    Inspect,
    Declare,
    Bind,
    Consume,
    Publish,
    Sentinel,
    /// Any other step during normal operation.
    Work,
}

const ACCESS_REFUSED: u16 = 403;
const NOT_FOUND: u16 = 404;
const RESOURCE_LOCKED: u16 = 405;
const PRECONDITION_FAILED: u16 = 406;
const NOT_ALLOWED: u16 = 530;

impl BrokerStep {
    /// Converts an error from lapin, depending on the step.
    pub(super) fn to_error(self, settings: &VngageSettings, error: &lapin::Error) -> VngageError {
        if matches!(error.kind(), ErrorKind::MissingHeartbeatError) {
            // Unlike a connection that only broke, the broker may have restarted.
            return VngageError::NoAnswer;
        }
        let ErrorKind::ProtocolError(amqp) = error.kind() else {
            return match self {
                Self::Greet => VngageError::NoBroker,
                _ => VngageError::Lost,
            };
        };
        let queue = settings.queue.clone();
        let forbidden = |what: String, right| VngageError::Forbidden { what, right };
        match (self, amqp.get_id()) {
            (Self::Greet, ACCESS_REFUSED) => VngageError::Login,
            (Self::Greet, NOT_ALLOWED) => VngageError::VirtualHost,
            (Self::Inspect | Self::Bind, NOT_FOUND) => {
                missing_exchange(settings, &settings.events_exchange)
            }
            (Self::Publish, NOT_FOUND) => missing_exchange(settings, &settings.exchange),
            (Self::Declare | Self::Consume, RESOURCE_LOCKED) => VngageError::OtherConsumer(queue),
            (Self::Declare, PRECONDITION_FAILED) => VngageError::OtherQueue(queue),
            (Self::Consume | Self::Work, NOT_FOUND) => VngageError::Canceled(queue),
            (Self::Consume, ACCESS_REFUSED)
                if amqp.get_message().as_str().contains("exclusive") =>
            {
                VngageError::QueueHeld(queue)
            }
            (Self::Inspect, ACCESS_REFUSED) => forbidden(
                format!("inspect the exchange “{}”", settings.events_exchange),
                "configure",
            ),
            (Self::Declare, ACCESS_REFUSED) => {
                forbidden(format!("declare the queue “{queue}”"), "configure")
            }
            (Self::Bind, ACCESS_REFUSED) => forbidden(
                format!("bind the queue “{queue}” to “{}”", settings.events_exchange),
                "write (queue) or read (exchange)",
            ),
            (Self::Consume, ACCESS_REFUSED) => {
                forbidden(format!("read the queue “{queue}”"), "read")
            }
            (Self::Publish, ACCESS_REFUSED) => forbidden(
                format!("publish to the exchange “{}”", settings.exchange),
                "write",
            ),
            (Self::Sentinel, ACCESS_REFUSED) => forbidden(
                format!(
                    "keep a marker in the queue “{}”",
                    super::restart_sentinel::sentinel_queue(settings)
                ),
                "configure (queue) or write (amq.default)",
            ),
            (_, code) if error.is_amqp_hard_error() => VngageError::ClosedByBroker(code),
            (_, code) => VngageError::Refused(code),
        }
    }
}

fn missing_exchange(settings: &VngageSettings, name: &str) -> VngageError {
    let is_one = settings.exchange == settings.events_exchange;
    let key = if is_one || name == settings.exchange {
        "exchange"
    } else {
        "events_exchange"
    };
    VngageError::NoExchange {
        name: name.to_owned(),
        key,
    }
}
