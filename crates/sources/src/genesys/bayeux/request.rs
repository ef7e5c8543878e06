//! A client's requests, as they are sent.

use std::time::Duration;

use serde_json::{Value, json};
use strum::IntoStaticStr;

use super::message::{CONNECT, DISCONNECT, HANDSHAKE, SUBSCRIBE};

/// One request: messages that travel together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OutgoingRequest {
    /// The kind, which is appended to the server's URL.
    pub(super) suffix: &'static str,
    pub(super) body: String,
}

/// The transport of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(const_into_str)]
pub(super) enum ConnectionType {
    #[strum(serialize = "long-polling")]
    LongPolling,
    #[strum(serialize = "websocket")]
    WebSocket,
}

pub(super) fn handshake_request(id: &str, offered: &[ConnectionType]) -> OutgoingRequest {
    let offered: Vec<_> = offered.iter().map(ConnectionType::into_str).collect();
    let message = json!({
        "id": id,
        "channel": HANDSHAKE,
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": offered,
        "ext": {"ack": true},
    });
    encode_request("handshake", vec![message])
}

/// Takes each channel with the id of its message.
pub(super) fn subscribe_request(
    client_id: &str,
    channels: &[(String, &'static str)],
) -> OutgoingRequest {
    let message = |(id, channel): &(String, &'static str)| {
        json!({
            "id": id,
            "channel": SUBSCRIBE,
            "clientId": client_id,
            "subscription": channel,
        })
    };
    encode_request("", channels.iter().map(message).collect())
}

/// With `hold`, the server is asked to answer after this time even without events.
pub(super) fn connect_request(
    id: &str,
    client_id: &str,
    connection_type: ConnectionType,
    hold: Option<Duration>,
    ack: Option<i64>,
) -> OutgoingRequest {
    let mut message = json!({
        "id": id,
        "channel": CONNECT,
        "clientId": client_id,
        "connectionType": connection_type.into_str(),
    });
    if let Some(hold) = hold {
        let millis = u64::try_from(hold.as_millis()).unwrap_or(u64::MAX);
        message["advice"] = json!({"timeout": millis});
    }
    if let Some(ack) = ack {
        message["ext"] = json!({"ack": ack});
    }
    encode_request("connect", vec![message])
}

pub(super) fn disconnect_request(id: &str, client_id: &str) -> OutgoingRequest {
    let message = json!({"id": id, "channel": DISCONNECT, "clientId": client_id});
    encode_request("disconnect", vec![message])
}

fn encode_request(suffix: &'static str, messages: Vec<Value>) -> OutgoingRequest {
    OutgoingRequest {
        suffix,
        body: Value::Array(messages).to_string(),
    }
}
