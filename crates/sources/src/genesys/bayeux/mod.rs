//! A Bayeux client that must not break the protocol's rules: a state machine without I/O or
//! clock, and two transports that carry its requests. One [`BayeuxClient`] lives as long as
//! one run of the source; [`BayeuxMemory`] outlives a run, so that the next one can resume
//! the session.

mod advice;
mod client;
mod endpoint;
mod error;
mod hold;
mod inbox;
mod memory;
mod message;
mod phase;
mod polling;
mod protocol;
mod request;
mod session;
#[cfg(test)]
mod test_server;
mod transport;
mod websocket;

pub(super) use client::{BayeuxClient, SessionStart};
pub(super) use endpoint::{BayeuxEndpoint, RequestSigner};
pub(super) use error::BayeuxError;
pub(super) use inbox::{BayeuxEvent, EventBatch, SignOfLife};
pub(super) use memory::BayeuxMemory;

/// Decodes the events in a reply to the connect of an open session.
#[cfg(any(test, feature = "testing"))]
pub(super) fn decode_events(body: &[u8]) -> Vec<BayeuxEvent> {
    use phase::ProtocolDeadline;
    use protocol::BayeuxProtocol;

    const CHANNELS: &[&str] = &[
        super::notification::SERVICE_CHANNEL,
        super::notification::UPDATES_CHANNEL,
    ];
    let mut now = tokio::time::Instant::now();
    let mut machine = BayeuxProtocol::new(CHANNELS, now);
    machine.begin_run(&[request::ConnectionType::LongPolling], now);
    let mut events = Vec::new();
    let mut send_next = |machine: &mut BayeuxProtocol| {
        let ProtocolDeadline::Send(at) = machine.next_deadline() else {
            panic!("a reply is pending");
        };
        now = now.max(at);
        let outgoing = machine.next_request(now).expect("one is due");
        (
            serde_json::from_str(&outgoing.body).expect("we write JSON"),
            now,
        )
    };
    loop {
        let (requests, now): (Vec<serde_json::Value>, _) = send_next(&mut machine);
        if machine.is_open() {
            if let Ok(messages) = message::decode_messages(body) {
                // Its events count even if it also ends the session.
                drop(machine.receive_reply(&messages, now, &mut events));
            }
            return events;
        }
        let answer = |request: &serde_json::Value| {
            serde_json::json!({"channel": request["channel"], "id": request["id"],
                "subscription": request["subscription"], "clientId": "a1", "successful": true,
                "version": "1.0", "supportedConnectionTypes": ["long-polling"]})
        };
        let answers = requests.iter().map(answer).collect::<serde_json::Value>();
        let answers = answers.to_string();
        let messages = message::decode_messages(answers.as_bytes()).expect("it is JSON");
        machine
            .receive_reply(&messages, now, &mut events)
            .expect("each answer is a success");
    }
}
