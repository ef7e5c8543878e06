//! The fault of NATS when a request fails: at which server, and how to fix it.

use std::error::Error;

use async_nats::jetstream::{
    self, ErrorCode,
    context::{CreateStreamError, CreateStreamErrorKind, GetStreamErrorKind},
};

use super::NatsConnection;
use crate::https;

/// The fault that explains a failed request. Contains no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NatsFault {
    #[error("can't reach any NATS server ({}); check that they run, and the network", .0.join(", "))]
    Unreachable(Vec<String>),
    /// The server refuses to store more.
    #[error(
        "NATS server {0} has no room; make room on its disk or raise max_file_store in its configuration, then restart it"
    )]
    Full(String),
    /// The server answers reads but not writes.
    #[error(
        "NATS server {0} answers but stores nothing; if its disk is full, make room and restart it, else check that most servers run"
    )]
    NothingStored(String),
    /// The server is connected, and its `JetStream` doesn't answer.
    #[error(
        "JetStream doesn't answer at NATS server {0}; check that most servers run, and look at their disks and logs"
    )]
    Silent(String),
}

impl NatsFault {
    /// Whether there is a connection, and what this node writes isn't stored.
    pub fn is_about_storage(&self) -> bool {
        !matches!(self, Self::Unreachable(_))
    }
}

impl NatsConnection {
    /// Finds out why a request failed, with another one about the site's log. `is_append`: the request
    /// was to store something. `None`: the servers are well now, or it's something else.
    pub async fn find_fault(
        &self,
        cause: &async_nats::Error,
        is_append: bool,
    ) -> Option<NatsFault> {
        if !self.is_connected() {
            return Some(NatsFault::Unreachable(self.settings().servers.clone()));
        }
        let connected = || self.client().server_info().server_name;
        let is_full = is_refused_for_room(cause.as_ref());
        let info = self.context().get_stream(self.name_of("log")).await;
        match info {
            Ok(stream) => {
                let cluster = stream.cached_info().cluster.as_ref();
                let leader = cluster.and_then(|cluster| cluster.leader.clone());
                let server = leader.unwrap_or_else(connected);
                if is_full {
                    Some(NatsFault::Full(server))
                } else {
                    is_append.then_some(NatsFault::NothingStored(server))
                }
            }
            Err(_) if is_full => Some(NatsFault::Full(connected())),
            Err(error) if error.kind() == GetStreamErrorKind::Request => {
                Some(NatsFault::Silent(connected()))
            }
            Err(_) => None,
        }
    }
}

/// Whether a server said that it stores no more: its own limit, an account's or a stream's is reached.
pub fn is_refused_for_room(error: &(dyn Error + 'static)) -> bool {
    error_codes(error).any(|code| {
        matches!(
            code,
            ErrorCode::INSUFFICIENT_RESOURCES
                | ErrorCode::STORAGE_RESOURCES_EXCEEDED
                | ErrorCode::ACCOUNT_RESOURCES_EXCEEDED
                | ErrorCode::STREAM_STORE_FAILED
        )
    })
}

/// Whether a server refused a write because another one of the same key isn't stored yet. From 2.12 on,
/// servers have a code for that which the client maps to no kind of error.
pub fn is_write_in_flight(error: &(dyn Error + 'static)) -> bool {
    error_codes(error).any(|code| code == ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT)
}

fn error_codes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = ErrorCode> + 'a {
    https::error_causes(error).filter_map(|error| {
        if let Some(error) = error.downcast_ref::<jetstream::Error>() {
            return Some(error.error_code());
        }
        match error.downcast_ref::<CreateStreamError>()?.kind() {
            CreateStreamErrorKind::JetStream(error) => Some(error.error_code()),
            _ => None,
        }
    })
}
