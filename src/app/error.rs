//! Why the server can't start or continue.

use std::{io, net::SocketAddr};

use tokio::task::JoinError;

use crate::web::TlsError;
use wallboard_access::{ProviderConfigError, SetupCodeError};
use wallboard_runtime::{ingest::IngestClosed, nats::NatsError};
use wallboard_store::{RecordError, StoreError};
use wallboard_toml_reader::ConfigFaults;

use super::ReplayError;
#[cfg(target_os = "linux")]
use super::TakeOverError;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("can't listen on {address}; choose another address, or stop the program that uses it")]
    Listen {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
    #[error("systemd passed a socket that can't be used; see ListenStream= in wallboard.socket")]
    PassedSocket(#[source] io::Error),
    #[error(
        "systemd passed {0} sockets, but there is one [server] listen; leave one ListenStream= in wallboard.socket"
    )]
    PassedSockets(usize),
    #[error(
        "wallboard.socket listens on {passed}, but [server] listen is {listen}; set ListenStream= to that address, then restart wallboard.socket"
    )]
    PassedAddress {
        passed: SocketAddr,
        listen: SocketAddr,
    },
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    TakeOver(#[from] TakeOverError),
    #[error("couldn't create a temporary folder")]
    Folder(#[source] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    SignIn(#[from] SignInSetupError),
    #[error("couldn't read what was changed in the browser")]
    Editing(#[source] RecordError),
    #[error("couldn't read how far case records are delivered")]
    RecordDeliveries(#[source] RecordError),
    #[error("couldn't read the calendars of holidays")]
    Holidays(#[source] RecordError),
    #[error("the configuration doesn't fit what was changed in the browser: {0}")]
    Configuration(ConfigFaults),
    #[error(transparent)]
    Cluster(#[from] Box<ClusterError>),
    #[error(transparent)]
    Closed(#[from] IngestClosed),
    #[error("task \"{0}\" stopped unexpectedly")]
    Ended(&'static str),
    #[error("{0} failed because of a bug; see the log for details")]
    Failed(&'static str, #[source] JoinError),
}

/// Why a node can't take part.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error(
        "a node of a cluster needs its copy of the log; see the log output above for what is wrong with it"
    )]
    NoLog,
}

/// Why nobody could sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInSetupError {
    #[error("couldn't read users, sessions and screens")]
    Records(#[from] RecordError),
    #[error("couldn't make the code for the first administrator")]
    SetupCode(#[source] Box<SetupCodeError>),
    #[error("can't use the identity provider of [access.oidc]")]
    Provider(#[from] ProviderConfigError),
}
