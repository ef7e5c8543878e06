//! What a server and a client know of each other from one handshake to the next.

use serde_json::Value;
use tokio::time::Instant;

use crate::sources::RedactedText;

use super::{message::BayeuxMessage, request::ConnectionType};

#[derive(Debug)]
pub(super) struct BayeuxSession {
    /// Whoever has it can speak for us.
    pub(super) client_id: RedactedText,
    /// When the server last acknowledged that it knows us.
    pub(super) last_received: Instant,
    pub(super) has_channels: bool,
    /// The last batch received, where both agreed to acknowledge.
    pub(super) ack: Option<i64>,
    pub(super) offers_websocket: bool,
    /// Whoever uses us knows that this session is another than the one before.
    pub(super) is_announced: bool,
}

impl BayeuxSession {
    /// Reads the answer to a handshake.
    pub(super) fn from_handshake(message: &BayeuxMessage<'_>, now: Instant) -> Option<Self> {
        let client_id = message.client_id.as_ref()?;
        Some(Self {
            client_id: RedactedText(client_id.0.clone().into_owned()),
            last_received: now,
            has_channels: false,
            ack: agrees_to_acknowledge(message).then_some(-1),
            offers_websocket: offers_websocket(message),
            is_announced: false,
        })
    }

    /// Reads the answer to a connect.
    pub(super) fn record_connect(&mut self, message: &BayeuxMessage<'_>, now: Instant) {
        self.last_received = now;
        let batch = message.ext.as_ref().and_then(|ext| ext.get("ack"));
        if let (Some(ack), Some(batch)) = (&mut self.ack, batch.and_then(Value::as_i64)) {
            *ack = batch;
        }
    }
}

fn agrees_to_acknowledge(message: &BayeuxMessage<'_>) -> bool {
    let ack = message.ext.as_ref().and_then(|ext| ext.get("ack"));
    // Newer servers answer with an object that says more.
    ack.is_some_and(|ack| ack == true || ack.get("enabled").is_some_and(|on| on == true))
}

fn offers_websocket(message: &BayeuxMessage<'_>) -> bool {
    let types = message.supported_connection_types.as_ref();
    types.and_then(Value::as_array).is_some_and(|types| {
        types
            .iter()
            .any(|kind| kind == ConnectionType::WebSocket.name())
    })
}
