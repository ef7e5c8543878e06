//! Events received and not yet processed. The connect loop never waits for the receiver, so
//! that the server doesn't drop the session. Too many events end the session instead, and the
//! receiver fetches all values again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::error::BayeuxError;

/// The most bytes of events that wait, in addition to the last reply.
const CAPACITY_BYTES: usize = 16 << 20;
/// The cost of an event in addition to its data.
const EVENT_OVERHEAD: usize = size_of::<BayeuxEvent>() + 16;

/// One message on a subscribed channel.
#[derive(Debug)]
pub(crate) struct BayeuxEvent {
    pub(crate) channel: &'static str,
    /// JSON that isn't parsed here.
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
        let mut state = self.lock_state();
        if !state.events.is_empty() && CAPACITY_BYTES < state.bytes + bytes {
            return Err(BayeuxError::InboxFull);
        }
        state.bytes += bytes;
        state.events.append(&mut events);
        self.changed.notify_one();
        Ok(())
    }

    /// Ends the inbox: nothing more comes.
    pub(super) fn close_with(&self, error: BayeuxError) {
        self.lock_state().ended = Some(error);
        self.changed.notify_one();
    }

    /// Returns all waiting events, once there are any. Dropping it at any time loses nothing.
    pub(super) async fn take_events(&self) -> Result<Vec<BayeuxEvent>, BayeuxError> {
        loop {
            {
                let mut state = self.lock_state();
                if !state.events.is_empty() {
                    state.bytes = 0;
                    return Ok(std::mem::take(&mut state.events));
                }
                if let Some(error) = &state.ended {
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
