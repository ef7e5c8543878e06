//! What outlives a run of the source: the session, what the server advised, and
//! what is known of the way there.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::sources::genesys::NotificationTransport;

use super::{BayeuxEndpoint, BayeuxError, protocol::BayeuxProtocol, request::ConnectionType};

/// Kept by the source between its runs, and lent to each [`Client`](super::Client).
#[derive(Clone, Debug, Default)]
pub(crate) struct BayeuxMemory(Arc<Mutex<SharedMemory>>);

#[derive(Debug, Default)]
struct SharedMemory {
    /// The run that may speak; one that is being aborted may not.
    run: u64,
    protocol: Option<BayeuxProtocol>,
    websocket: WebSocketSupport,
    /// The last run ended because the token was not accepted.
    was_unauthorized: bool,
}

/// What experience says about the server's WebSocket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum WebSocketSupport {
    #[default]
    Untried,
    Proven,
    Refused,
}

/// The right of one run to speak for the client.
#[derive(Debug)]
pub(super) struct RunLease {
    memory: Arc<Mutex<SharedMemory>>,
    run: u64,
}

impl BayeuxMemory {
    /// How messages travel now, for people.
    pub(crate) fn transport_name(&self) -> &'static str {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = kept.protocol.as_ref();
        machine.map_or("", |machine| machine.connection_type.name())
    }

    pub(super) fn begin_run(&self, endpoint: &BayeuxEndpoint) -> RunLease {
        let now = Instant::now();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.run += 1;
        let machine = kept
            .protocol
            .get_or_insert_with(|| BayeuxProtocol::new(endpoint.channels, now));
        machine.begin_run(
            match endpoint.transport {
                NotificationTransport::LongPolling => &[ConnectionType::LongPolling],
                NotificationTransport::WebSocket => &[ConnectionType::WebSocket],
                NotificationTransport::Auto => {
                    &[ConnectionType::LongPolling, ConnectionType::WebSocket]
                }
            },
            now,
        );
        RunLease {
            memory: Arc::clone(&self.0),
            run: kept.run,
        }
    }
}

impl RunLease {
    pub(super) fn with_protocol<T>(
        &self,
        act: impl FnOnce(&mut BayeuxProtocol) -> T,
    ) -> Result<T, BayeuxError> {
        self.with_memory(|kept| kept.protocol.as_mut().map(act))
            .flatten()
            .ok_or(BayeuxError::Closed)
    }

    pub(super) fn may_try_websocket(&self) -> bool {
        self.with_memory(|kept| kept.websocket != WebSocketSupport::Refused) == Some(true)
    }

    /// The server's WebSocket has carried a session.
    pub(super) fn record_websocket_success(&self) {
        self.with_memory(|kept| kept.websocket = WebSocketSupport::Proven);
    }

    /// What never worked is not tried again; what did has a second chance.
    pub(super) fn record_websocket_failure(&self) {
        self.with_memory(|kept| {
            kept.websocket = match kept.websocket {
                WebSocketSupport::Proven => WebSocketSupport::Untried,
                WebSocketSupport::Untried | WebSocketSupport::Refused => WebSocketSupport::Refused,
            };
            if let Some(machine) = kept.protocol.as_mut() {
                machine.connection_type = ConnectionType::LongPolling;
            }
        });
    }

    pub(super) fn on_authorized(&self) {
        self.with_memory(|kept| kept.was_unauthorized = false);
    }

    /// A token may have expired, which the session outlives; where a new one is not
    /// accepted either, it is the session.
    pub(super) fn on_unauthorized(&self) {
        self.with_memory(|kept| {
            if std::mem::replace(&mut kept.was_unauthorized, true) {
                kept.protocol.as_mut().map(BayeuxProtocol::forget_session);
            }
        });
    }

    fn with_memory<T>(&self, act: impl FnOnce(&mut SharedMemory) -> T) -> Option<T> {
        let mut kept = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.run == self.run).then(|| act(&mut kept))
    }
}
