//! What was heard and not yet taken. The loop that connects never waits for whoever
//! takes, lest the server forget us: what is too much ends the session instead, and
//! whoever takes fetches all values anew.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tokio::sync::Notify;

use super::error::Error;

/// Bytes of events that wait at most, beside the reply that came last.
const ROOM: usize = 16 << 20;
/// What an event costs beside its data.
const OVERHEAD: usize = size_of::<Event>() + 16;

/// One message on a subscribed channel.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) channel: &'static str,
    /// JSON that is not looked at here.
    pub(crate) data: Box<RawValue>,
}

#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: Mutex<Waiting>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<Event>,
    bytes: usize,
    ended: Option<Error>,
}

impl Inbox {
    pub(super) fn put(&self, mut events: Vec<Event>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let bytes: usize = events
            .iter()
            .map(|event| OVERHEAD + event.data.get().len())
            .sum();
        let mut waiting = self.lock();
        if !waiting.events.is_empty() && ROOM < waiting.bytes + bytes {
            return Err(Error::Behind);
        }
        waiting.bytes += bytes;
        waiting.events.append(&mut events);
        self.bell.notify_one();
        Ok(())
    }

    /// Nothing more comes.
    pub(super) fn end(&self, error: Error) {
        self.lock().ended = Some(error);
        self.bell.notify_one();
    }

    /// All that waits, once there is something. Dropped at any time, it loses nothing.
    pub(super) async fn take(&self) -> Result<Vec<Event>, Error> {
        loop {
            {
                let mut waiting = self.lock();
                if !waiting.events.is_empty() {
                    waiting.bytes = 0;
                    return Ok(std::mem::take(&mut waiting.events));
                }
                if let Some(error) = &waiting.ended {
                    return Err(error.clone());
                }
            }
            self.bell.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
