//! A client of Bayeux that must not break its rules: a state machine that neither
//! does I/O nor reads a clock, and two transports that carry what it says. One
//! [`Client`] lives as long as one run of the source; what outlives a run, so that
//! the next one can go on with the same session, is in [`Memory`].

mod advice;
mod client;
mod endpoint;
mod error;
mod inbox;
mod memory;
mod message;
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
pub(super) use inbox::BayeuxEvent;
pub(super) use memory::BayeuxMemory;

/// What a reply to the connect of an open session tells, where it can be read.
#[cfg(test)]
pub(super) fn decode_events(body: &[u8]) -> Vec<BayeuxEvent> {
    use protocol::{BayeuxProtocol, ProtocolDeadline};

    const CHANNELS: &[&str] = &[
        super::notification::SERVICE_CHANNEL,
        super::notification::UPDATES_CHANNEL,
    ];
    let mut now = tokio::time::Instant::now();
    let mut machine = BayeuxProtocol::new(CHANNELS, now);
    machine.begin_run(&[request::ConnectionType::LongPolling], now);
    let mut events = Vec::new();
    let mut say = |machine: &mut BayeuxProtocol| {
        let ProtocolDeadline::Send(at) = machine.next_deadline() else {
            panic!("an answer is awaited");
        };
        now = now.max(at);
        let outgoing = machine.next_request(now).unwrap();
        (serde_json::from_str(&outgoing.body).unwrap(), now)
    };
    loop {
        let (asked, now): (Vec<serde_json::Value>, _) = say(&mut machine);
        if machine.is_open() {
            if let Ok(messages) = message::decode_messages(body) {
                // Even where the session ends with it, what it told before counts.
                drop(machine.receive_reply(&messages, now, &mut events));
            }
            return events;
        }
        let answer = |asked: &serde_json::Value| {
            serde_json::json!({"channel": asked["channel"], "id": asked["id"],
                "subscription": asked["subscription"], "clientId": "a1", "successful": true,
                "version": "1.0", "supportedConnectionTypes": ["long-polling"]})
        };
        let answers = asked.iter().map(answer).collect::<serde_json::Value>();
        let answers = answers.to_string();
        let messages = message::decode_messages(answers.as_bytes()).unwrap();
        machine.receive_reply(&messages, now, &mut events).unwrap();
    }
}
