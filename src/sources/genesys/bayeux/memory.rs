//! What outlives a run of the source: the session, what the server advised, and
//! what is known of the way there.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::sources::genesys::Transport;

use super::{Endpoint, Error, machine::Machine, request::Carrier};

/// Kept by the source between its runs, and lent to each [`Client`](super::Client).
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The run that may speak; one that is being aborted may not.
    run: u64,
    machine: Option<Machine>,
    websocket: Trust,
    /// The last run ended because the token was not accepted.
    was_unauthorised: bool,
}

/// What experience says about the server's WebSocket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Trust {
    #[default]
    Untried,
    Proven,
    Refused,
}

/// The right of one run to speak for the client.
#[derive(Debug)]
pub(super) struct Turn {
    kept: Arc<Mutex<Kept>>,
    run: u64,
}

impl Memory {
    /// How messages travel now, for people.
    pub(crate) fn transport(&self) -> &'static str {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = kept.machine.as_ref();
        machine.map_or("", |machine| machine.carrier.name())
    }

    pub(super) fn begin(&self, endpoint: &Endpoint) -> Turn {
        let now = Instant::now();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.run += 1;
        let machine = kept
            .machine
            .get_or_insert_with(|| Machine::new(endpoint.channels, now));
        machine.begin(
            match endpoint.transport {
                Transport::LongPolling => &[Carrier::LongPolling],
                Transport::WebSocket => &[Carrier::WebSocket],
                Transport::Auto => &[Carrier::LongPolling, Carrier::WebSocket],
            },
            now,
        );
        Turn {
            kept: Arc::clone(&self.0),
            run: kept.run,
        }
    }
}

impl Turn {
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Machine) -> T) -> Result<T, Error> {
        self.kept(|kept| kept.machine.as_mut().map(act))
            .flatten()
            .ok_or(Error::Closed)
    }

    pub(super) fn may_try_websocket(&self) -> bool {
        self.kept(|kept| kept.websocket != Trust::Refused) == Some(true)
    }

    /// The server's WebSocket has carried a session.
    pub(super) fn trust_websocket(&self) {
        self.kept(|kept| kept.websocket = Trust::Proven);
    }

    /// What never worked is not tried again; what did has a second chance.
    pub(super) fn doubt_websocket(&self) {
        self.kept(|kept| {
            kept.websocket = match kept.websocket {
                Trust::Proven => Trust::Untried,
                Trust::Untried | Trust::Refused => Trust::Refused,
            };
            if let Some(machine) = kept.machine.as_mut() {
                machine.carrier = Carrier::LongPolling;
            }
        });
    }

    pub(super) fn is_authorised(&self) {
        self.kept(|kept| kept.was_unauthorised = false);
    }

    /// A token may have expired, which the session outlives; where a new one is not
    /// accepted either, it is the session.
    pub(super) fn is_unauthorised(&self) {
        self.kept(|kept| {
            if std::mem::replace(&mut kept.was_unauthorised, true) {
                kept.machine.as_mut().map(Machine::forget);
            }
        });
    }

    fn kept<T>(&self, act: impl FnOnce(&mut Kept) -> T) -> Option<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.run == self.run).then(|| act(&mut kept))
    }
}
