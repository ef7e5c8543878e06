//! The state that a server and a client share from one handshake to the next.

use serde_json::Value;
use tokio::time::Instant;

use crate::RedactedText;

use super::{message::BayeuxMessage, request::ConnectionType};

#[derive(Debug)]
pub(super) struct BayeuxSession {
    /// Anyone who has it can act for us.
    pub(super) client_id: RedactedText,
    /// The time when the server last acknowledged that it knows us.
    pub(super) last_received: Instant,
    pub(super) has_channels: bool,
    /// The last batch received, if both sides agreed to acknowledge.
    pub(super) ack: Option<i64>,
    pub(super) offers_websocket: bool,
    /// Whether the caller knows that this session replaced the previous one.
    pub(super) is_announced: bool,
}

impl BayeuxSession {
    /// Reads the response to a handshake.
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

    /// Reads the response to a connect.
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
    // Newer servers answer with an object that has more details.
    ack.is_some_and(|ack| ack == true || ack.get("enabled").is_some_and(|on| on == true))
}

fn offers_websocket(message: &BayeuxMessage<'_>) -> bool {
    let types = message.supported_connection_types.as_ref();
    types.and_then(Value::as_array).is_some_and(|types| {
        types
            .iter()
            .any(|kind| kind == ConnectionType::WebSocket.into_str())
    })
}
