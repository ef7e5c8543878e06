//! State that outlives a run of the source: the session, the server's advice, and
//! experience with its transports.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::genesys::NotificationTransport;

use super::{BayeuxEndpoint, BayeuxError, protocol::BayeuxProtocol, request::ConnectionType};

/// Stored by the source between its runs, and lent to each [`BayeuxClient`](super::BayeuxClient).
#[derive(Clone, Debug, Default)]
pub(crate) struct BayeuxMemory(Arc<Mutex<SharedMemory>>);

#[derive(Debug, Default)]
struct SharedMemory {
    /// The run that may send; one that is being aborted may not.
    run: u64,
    protocol: Option<BayeuxProtocol>,
    websocket: WebSocketSupport,
    /// Whether the last run ended because the token was rejected.
    was_unauthorized: bool,
}

/// Experience with the server's WebSocket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum WebSocketSupport {
    #[default]
    Untried,
    Proven,
    Refused,
}

/// The right of one run to act for the client.
#[derive(Debug)]
pub(super) struct RunLease {
    memory: Arc<Mutex<SharedMemory>>,
    run: u64,
}

impl BayeuxMemory {
    /// The name of the current transport, for people.
    pub(crate) fn transport_name(&self) -> &'static str {
        let memory = self.0.lock();
        let machine = memory.protocol.as_ref();
        machine.map_or("", |machine| machine.connection_type.into_str())
    }

    pub(super) fn begin_run(&self, endpoint: &BayeuxEndpoint) -> RunLease {
        let now = Instant::now();
        let mut memory = self.0.lock();
        memory.run += 1;
        let machine = memory
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
            run: memory.run,
        }
    }
}

impl RunLease {
    pub(super) fn with_protocol<T>(
        &self,
        act: impl FnOnce(&mut BayeuxProtocol) -> T,
    ) -> Result<T, BayeuxError> {
        self.with_memory(|memory| memory.protocol.as_mut().map(act))
            .flatten()
            .ok_or(BayeuxError::Closed)
    }

    pub(super) fn may_try_websocket(&self) -> bool {
        self.with_memory(|memory| memory.websocket != WebSocketSupport::Refused) == Some(true)
    }

    /// Records that the server's WebSocket has carried a session.
    pub(super) fn record_websocket_success(&self) {
        self.with_memory(|memory| memory.websocket = WebSocketSupport::Proven);
    }

    /// Records a failure. What never worked isn't tried again; what did has a second chance.
    pub(super) fn record_websocket_failure(&self) {
        self.with_memory(|memory| {
            memory.websocket = match memory.websocket {
                WebSocketSupport::Proven => WebSocketSupport::Untried,
                WebSocketSupport::Untried | WebSocketSupport::Refused => WebSocketSupport::Refused,
            };
            if let Some(machine) = memory.protocol.as_mut() {
                machine.connection_type = ConnectionType::LongPolling;
            }
        });
    }

    pub(super) fn on_authorized(&self) {
        self.with_memory(|memory| memory.was_unauthorized = false);
    }

    /// Records a rejected token. It may have expired, which the session outlives; if a new
    /// one is rejected too, the session is at fault.
    pub(super) fn on_unauthorized(&self) {
        self.with_memory(|memory| {
            if std::mem::replace(&mut memory.was_unauthorized, true) {
                memory.protocol.as_mut().map(BayeuxProtocol::forget_session);
            }
        });
    }

    fn with_memory<T>(&self, act: impl FnOnce(&mut SharedMemory) -> T) -> Option<T> {
        let mut memory = self.memory.lock();
        (memory.run == self.run).then(|| act(&mut memory))
    }
}
