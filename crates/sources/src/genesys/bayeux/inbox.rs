//! Events received and not yet processed. The connect loop never waits for the receiver, so
//! that the server doesn't drop the session. Too many events end the session instead, and the
//! receiver fetches all values again.

use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::{sync::Notify, time::Instant};

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

/// The sign of life in a server's replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignOfLife {
    /// It was alive at this time: all that it had for us then is received.
    At(Instant),
    /// Its replies don't show it any longer in time.
    NoMore,
}

/// Events in order, and the latest sign of life, which came after them.
#[derive(Debug, Default)]
pub(crate) struct EventBatch {
    pub(crate) events: Vec<BayeuxEvent>,
    pub(crate) sign_of_life: Option<SignOfLife>,
}

impl EventBatch {
    fn is_empty(&self) -> bool {
        self.events.is_empty() && self.sign_of_life.is_none()
    }
}

#[derive(Debug, Default)]
pub(super) struct EventInbox {
    state: Mutex<InboxState>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct InboxState {
    waiting: EventBatch,
    bytes: usize,
    ended: Option<BayeuxError>,
}

impl EventInbox {
    pub(super) fn push_batch(&self, mut batch: EventBatch) -> Result<(), BayeuxError> {
        if batch.is_empty() {
            return Ok(());
        }
        let bytes: usize = batch
            .events
            .iter()
            .map(|event| EVENT_OVERHEAD + event.data.get().len())
            .sum();
        let mut state = self.state.lock();
        if !state.waiting.events.is_empty() && CAPACITY_BYTES < state.bytes + bytes {
            return Err(BayeuxError::InboxFull);
        }
        state.bytes += bytes;
        state.waiting.events.append(&mut batch.events);
        state.waiting.sign_of_life = batch.sign_of_life.or(state.waiting.sign_of_life);
        self.changed.notify_one();
        Ok(())
    }

    /// Ends the inbox: nothing more comes.
    pub(super) fn close_with(&self, error: BayeuxError) {
        self.state.lock().ended = Some(error);
        self.changed.notify_one();
    }

    /// Returns all that waits, once there is anything. Dropping it at any time loses nothing.
    pub(super) async fn take_batch(&self) -> Result<EventBatch, BayeuxError> {
        loop {
            {
                let mut state = self.state.lock();
                if !state.waiting.is_empty() {
                    state.bytes = 0;
                    return Ok(std::mem::take(&mut state.waiting));
                }
                if let Some(error) = &state.ended {
                    return Err(error.clone());
                }
            }
            self.changed.notified().await;
        }
    }
}
