//! A client of Bayeux that must not break its rules: a state machine that neither
//! does I/O nor reads a clock, and two transports that carry what it says. One
//! [`Client`] lives as long as one run of the source; what outlives a run, so that
//! the next one can go on with the same session, is in [`Memory`].

mod advice;
mod client;
mod endpoint;
mod error;
mod inbox;
mod machine;
mod memory;
mod message;
mod polling;
mod request;
mod session;
#[cfg(test)]
mod stand_in;
mod websocket;
mod wire;

pub(super) use client::{Client, Opened};
pub(super) use endpoint::{Endpoint, Sign};
pub(super) use error::Error;
pub(super) use inbox::Event;
pub(super) use memory::Memory;

/// What a reply to the connect of an open session tells, where it can be read.
#[cfg(test)]
pub(super) fn heard(body: &[u8]) -> Vec<Event> {
    use machine::{Due, Machine};

    const CHANNELS: &[&str] = &[super::notice::SERVICE, super::notice::UPDATES];
    let mut now = tokio::time::Instant::now();
    let mut machine = Machine::new(CHANNELS, now);
    machine.begin(&[request::Carrier::LongPolling], now);
    let mut events = Vec::new();
    let mut say = |machine: &mut Machine| {
        let Due::Send(at) = machine.due() else {
            panic!("an answer is awaited");
        };
        now = now.max(at);
        let outgoing = machine.send(now).unwrap();
        (serde_json::from_str(&outgoing.body).unwrap(), now)
    };
    loop {
        let (asked, now): (Vec<serde_json::Value>, _) = say(&mut machine);
        if machine.is_open() {
            if let Ok(messages) = message::decode(body) {
                // Even where the session ends with it, what it told before counts.
                drop(machine.hear(&messages, now, &mut events));
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
        let messages = message::decode(answers.as_bytes()).unwrap();
        machine.hear(&messages, now, &mut events).unwrap();
    }
}
