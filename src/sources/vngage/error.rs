//! Why a connection to Vngage's broker ended, for people to read. No text here
//! repeats the broker's own words, which may hold names out of the address.

use lapin::ErrorKind;

use crate::{intake::Closed, sources::Failure};

use super::Settings;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Settings(&'static str),
    #[error("{what} cannot be used: {why}")]
    Certificate { what: &'static str, why: String },

    #[error(
        "the host name in `url` is not known here: check its spelling, and this machine's name service (DNS)"
    )]
    Resolve,
    #[error("the broker refuses connections: nothing listens at the host and port in `url`")]
    NobodyListens,
    #[error(
        "the broker did not answer: check the host and port in `url`, and the firewalls between"
    )]
    NoConnection,
    #[error("the broker could not be reached: {0}")]
    Unreachable(String),
    #[error("TLS with the broker failed: {0}")]
    Tls(String),
    #[error("the broker did not finish its greeting in time")]
    NoGreeting,
    #[error(
        "what listens at the host and port in `url` ended the connection at once: the broker is starting, or the port is another (5671 is usual with TLS, 5672 without)"
    )]
    NoBroker,
    #[error(
        "the broker refuses the user name or password in `url`: check both against what Vergic gave, special characters percent-encoded"
    )]
    Login,
    #[error(
        "the broker refuses the virtual host, which stands behind the port in `url`: it does not exist, or this user may not enter it: check it against what Vergic gave (a `/` in it is written %2F)"
    )]
    VirtualHost,

    #[error(
        "the exchange “{name}” does not exist on the broker: check `{key}` against the name that Vergic gave"
    )]
    NoExchange { name: String, key: &'static str },
    #[error(
        "the broker does not let this user {what}: the {right} permission is missing; ask Vergic for those listed in docs/vngage.md"
    )]
    Forbidden { what: String, right: &'static str },
    #[error(
        "the queue “{0}” exists with other properties than ours: delete it, or set `queue` to another name"
    )]
    OtherQueue(String),
    #[error("the queue “{0}” is in use: waiting for an earlier connection to let go of it")]
    Held(String),
    #[error(
        "another consumer is on the queue “{0}”: two on one queue would each see half. Stop the other, or give this one a `queue` of its own"
    )]
    OtherConsumer(String),
    #[error("the queue “{0}” is gone: the broker ended our consumer")]
    Cancelled(String),

    #[error("the broker closed the connection ({0})")]
    ClosedByBroker(u16),
    #[error("the broker refused a request ({0})")]
    Refused(u16),
    #[error("the connection to the broker was lost")]
    Lost,
    #[error("the broker no longer answers")]
    NoAnswer,
    #[error("nothing was heard of the broker for {0} s: this machine slept, or was too busy")]
    Slept(u64),

    #[error(transparent)]
    Stopping(#[from] Closed),
}

impl Failure for Error {
    fn is_refused(&self) -> bool {
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
}

impl Error {
    /// The broker itself was away, or may have been: it refused, closed, or was not
    /// heard of. (A line that was cut and stands again is none of it.)
    pub(super) fn is_of_the_broker(&self) -> bool {
        matches!(
            self,
            Self::NobodyListens
                | Self::ClosedByBroker(_)
                | Self::NoAnswer
                | Self::NoConnection
                | Self::NoGreeting
                | Self::Unreachable(_)
                | Self::Tls(_)
        )
    }
}

/// What was being attempted when the broker said no.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Greet,
    Look,
    Declare,
    Bind,
    Consume,
    Ask,
    Mark,
    /// In the middle of the work.
    Work,
}

const ACCESS_REFUSED: u16 = 403;
const NOT_FOUND: u16 = 404;
const RESOURCE_LOCKED: u16 = 405;
const PRECONDITION_FAILED: u16 = 406;
const NOT_ALLOWED: u16 = 530;

impl Step {
    /// Names an error of lapin's by what was being attempted.
    pub(super) fn failed(self, settings: &Settings, error: &lapin::Error) -> Error {
        let ErrorKind::ProtocolError(said) = error.kind() else {
            return match self {
                Self::Greet => Error::NoBroker,
                _ => Error::Lost,
            };
        };
        let queue = settings.queue.clone();
        let forbidden = |what: String, right| Error::Forbidden { what, right };
        match (self, said.get_id()) {
            (Self::Greet, ACCESS_REFUSED) => Error::Login,
            (Self::Greet, NOT_ALLOWED) => Error::VirtualHost,
            (Self::Look | Self::Bind, NOT_FOUND) => {
                no_exchange(settings, &settings.events_exchange)
            }
            (Self::Ask, NOT_FOUND) => no_exchange(settings, &settings.exchange),
            (Self::Declare | Self::Consume, RESOURCE_LOCKED) => Error::OtherConsumer(queue),
            (Self::Declare, PRECONDITION_FAILED) => Error::OtherQueue(queue),
            (Self::Consume | Self::Work, NOT_FOUND) => Error::Cancelled(queue),
            (Self::Consume, ACCESS_REFUSED)
                if said.get_message().as_str().contains("exclusive") =>
            {
                Error::Held(queue)
            }
            (Self::Look, ACCESS_REFUSED) => forbidden(
                format!("look at the exchange “{}”", settings.events_exchange),
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
            (Self::Ask, ACCESS_REFUSED) => forbidden(
                format!("publish to the exchange “{}”", settings.exchange),
                "write",
            ),
            (Self::Mark, ACCESS_REFUSED) => forbidden(
                format!("keep a mark in the queue “{}”", super::mark::name(settings)),
                "configure (queue) or write (amq.default)",
            ),
            (_, code) if error.is_amqp_hard_error() => Error::ClosedByBroker(code),
            (_, code) => Error::Refused(code),
        }
    }
}

fn no_exchange(settings: &Settings, name: &str) -> Error {
    let is_one = settings.exchange == settings.events_exchange;
    let key = if is_one || name == settings.exchange {
        "exchange"
    } else {
        "events_exchange"
    };
    Error::NoExchange {
        name: name.to_owned(),
        key,
    }
}
