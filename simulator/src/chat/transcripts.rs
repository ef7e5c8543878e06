//! Invented transcripts, profiles and closures of chats in the vendor's format, so that the
//! decoder has everything to read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    super::{
        call_center::{Contact, count},
        rng::SeededRng,
        roster::AgentNo,
    },
    messages::{agent_id, external_ids, time},
};

/// Draws the outcome of a closed chat, and the agent's words about it.
pub(crate) fn closure(rng: &mut SeededRng, outcomes: [f64; 3]) -> (&'static str, &'static str) {
    const CLOSURES: [(&str, &[&str]); 4] = [
        ("unresolved", &["Will call back", "Waits for the warehouse"]),
        ("positive", &["Solved", "Bought", "Answered, pleased"]),
        ("neutral", &["Information given", "Sent a link", ""]),
        ("negative", &["Not possible", "Out of stock"]),
    ];
    let [positive, neutral, negative] = outcomes;
    let unresolved = 1.0 - positive - neutral - negative;
    let (outcome, words) = CLOSURES[rng.pick_by_share([unresolved, positive, neutral, negative])];
    (outcome, rng.pick(words))
}

/// The form that a visitor filled in before the chat.
pub(crate) fn profile(rng: &mut SeededRng) -> Value {
    let number = rng.below(90_000) + 10_000;
    json!({
        "firstName": rng.pick(&["Elsa", "Mehmet", "Ana", "Yuki"]),
        "customerNumber": number,
        "newsletter": rng.chance(0.3),
    })
}

/// The conversation from opening to closing, in the order of its messages.
pub(crate) fn transcript(
    rng: &mut SeededRng,
    contact: &Contact,
    agent: AgentNo,
    closed: Timestamp,
) -> Vec<Value> {
    let visitor = json!({ "visitorId": contact.visitor });
    let staff = json!({
        "agentId": { "id": agent_id(agent), "externalIds": external_ids(agent) },
    });
    // The system has neither id.
    let system = json!({});
    let mut lines = Vec::new();
    let mut add = |from, to, kind, attribute, text| lines.push((from, to, kind, attribute, text));
    let looking = "I am looking at it now.";
    add(&system, &visitor, "title", "message", "Chat");
    add(&visitor, &staff, "chat", "message", "مرحبا!");
    let turns = 2 + rng.below(6);
    for turn in 0..turns {
        add(&staff, &visitor, "chat", "message", looking);
        if turn + 1 < turns {
            add(&visitor, &staff, "chat", "message", "OK 👍");
        }
    }
    if rng.chance(0.3) {
        let url = "https://fjordnet.example/checkout";
        add(&visitor, &staff, "navigation", "url", url);
    }
    if rng.chance(0.2) {
        add(&staff, &visitor, "link", "title", "How to return");
    }
    if rng.chance(0.05) {
        add(&staff, &visitor, "video", "activity", "start");
        add(&staff, &visitor, "video", "activity", "stop");
    }
    if rng.chance(0.15) {
        add(&staff, &system, "note", "message", "Regular customer");
    }
    let opened = contact.answered.unwrap_or(closed);
    let step = closed.duration_since(opened).as_secs_f64() / f64::from(count(lines.len()));
    let mut at = opened;
    let mut messages = Vec::new();
    for (speaker, recipient, kind, attribute, text) in lines {
        let mut message = json!({
            "eventTime": time(at),
            "speaker": speaker,
            "recipients": [recipient],
            "messageType": kind,
        });
        message[attribute] = text.into();
        if kind == "link" {
            message["url"] = "https://fjordnet.example/help/returns".into();
        }
        messages.push(message);
        // In order, and never past the end.
        let pause = SignedDuration::try_from_secs_f64(step * rng.between(0.4..1.4));
        let next = pause.ok().and_then(|pause| at.checked_add(pause).ok());
        at = next.map_or(closed, |next| next.min(closed));
    }
    messages
}
