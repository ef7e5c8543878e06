//! What was heard and not yet taken. The loop that connects never waits for whoever
//! takes, lest the server forget us: what is too much ends the session instead, and
//! whoever takes fetches all values anew.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::error::BayeuxError;

/// Bytes of events that wait at most, beside the reply that came last.
const CAPACITY_BYTES: usize = 16 << 20;
/// What an event costs beside its data.
const EVENT_OVERHEAD: usize = size_of::<BayeuxEvent>() + 16;

/// One message on a subscribed channel.
#[derive(Debug)]
pub(crate) struct BayeuxEvent {
    pub(crate) channel: &'static str,
    /// JSON that is not looked at here.
    pub(crate) data: Box<RawValue>,
}

#[derive(Debug, Default)]
pub(super) struct EventInbox {
    state: Mutex<InboxState>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct InboxState {
    events: Vec<BayeuxEvent>,
    bytes: usize,
    ended: Option<BayeuxError>,
}

impl EventInbox {
    pub(super) fn push_events(&self, mut events: Vec<BayeuxEvent>) -> Result<(), BayeuxError> {
        if events.is_empty() {
            return Ok(());
        }
        let bytes: usize = events
            .iter()
            .map(|event| EVENT_OVERHEAD + event.data.get().len())
            .sum();
        let mut waiting = self.lock_state();
        if !waiting.events.is_empty() && CAPACITY_BYTES < waiting.bytes + bytes {
            return Err(BayeuxError::InboxFull);
        }
        waiting.bytes += bytes;
        waiting.events.append(&mut events);
        self.changed.notify_one();
        Ok(())
    }

    /// Nothing more comes.
    pub(super) fn close_with(&self, error: BayeuxError) {
        self.lock_state().ended = Some(error);
        self.changed.notify_one();
    }

    /// All that waits, once there is something. Dropped at any time, it loses nothing.
    pub(super) async fn take_events(&self) -> Result<Vec<BayeuxEvent>, BayeuxError> {
        loop {
            {
                let mut waiting = self.lock_state();
                if !waiting.events.is_empty() {
                    waiting.bytes = 0;
                    return Ok(std::mem::take(&mut waiting.events));
                }
                if let Some(error) = &waiting.ended {
                    return Err(error.clone());
                }
            }
            self.changed.notified().await;
        }
    }

    fn lock_state(&self) -> MutexGuard<'_, InboxState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
