//! What is said in the centre: transcripts, profiles, closures. Invented text,
//! in the vendor's shape, so that the decoder has something true to read.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    cast::{self, AgentNo},
    dice::Dice,
    floor::Case,
    wire,
};

const TITLES: [&str; 3] = ["Chat", "Question from the web site", "Returning visitor"];
const ASKED: [&str; 8] = [
    "Hi, can you help me?",
    "Hej, jag har en fråga om min beställning.",
    "Guten Tag, ich finde meine Rechnung nicht.",
    "مرحبا، أين طلبي؟",
    "返品の方法を教えてください。",
    "Dzień dobry, paczka nie dotarła.",
    "Merhaba, bir sorum var.",
    "Hola, necesito cambiar una cosa.",
];
const ANSWERED: [&str; 6] = [
    "Welcome! I am looking at it now.",
    "Thank you for waiting. Could you give me the order number?",
    "I have found it, one moment please.",
    "That is done; you will get an e-mail in a minute.",
    "Let me check that with a colleague.",
    "Is there anything else that I can do for you?",
];
const REPLIED: [&str; 5] = [
    "Yes, it is 40-1182.",
    "Thanks!",
    "And when?",
    "OK 👍",
    "Perfect.",
];
const PAGES: [&str; 3] = ["checkout", "help/returns", "account/invoices"];
const NAMES: [&str; 6] = ["Elsa", "Mehmet", "Ana", "Ravi", "Yuki", "Karolina"];

/// The outcome of a closed case, and the agent's words about it.
pub(super) fn closure(dice: &mut Dice, outcomes: [f64; 3]) -> (&'static str, &'static str) {
    let [positive, neutral, negative] = outcomes;
    let drawn = dice.between(0.0, 1.0);
    if drawn < positive {
        (
            "positive",
            dice.pick(&["Solved", "Bought", "Answered, pleased"]),
        )
    } else if drawn < positive + neutral {
        (
            "neutral",
            dice.pick(&["Information given", "Sent a link", ""]),
        )
    } else if drawn < positive + neutral + negative {
        ("negative", dice.pick(&["Not possible", "Out of stock"]))
    } else {
        (
            "unresolved",
            dice.pick(&["Will call back", "Waits for the warehouse"]),
        )
    }
}

/// What a visitor filled in before the chat.
pub(super) fn profile(dice: &mut Dice) -> Value {
    let number = dice.below(90_000) + 10_000;
    json!({
        "firstName": dice.pick(&NAMES),
        "customerNumber": number,
        "newsletter": dice.chance(0.3),
    })
}

/// The conversation from opening to closing, in the order of its messages.
pub(super) fn transcript(
    dice: &mut Dice,
    case: &Case,
    agent: AgentNo,
    closed: Timestamp,
) -> Vec<Value> {
    let visitor = json!({ "visitorId": case.visitor });
    let staff = json!({
        "agentId": { "id": cast::agent_id(agent), "externalIds": wire::external_ids(agent) },
    });
    let turns = 2 + dice.below(6);
    let mut clock = Clock::new(case.opened, closed, 2 * turns + 4);
    let mut messages = vec![
        // Set by the system: a speaker with neither id.
        line(
            clock.tick(dice),
            &json!({}),
            &visitor,
            "title",
            "message",
            dice.pick(&TITLES),
        ),
        line(
            clock.tick(dice),
            &visitor,
            &staff,
            "chat",
            "message",
            dice.pick(&ASKED),
        ),
    ];
    for turn in 0..turns {
        messages.push(line(
            clock.tick(dice),
            &staff,
            &visitor,
            "chat",
            "message",
            dice.pick(&ANSWERED),
        ));
        if turn + 1 < turns {
            messages.push(line(
                clock.tick(dice),
                &visitor,
                &staff,
                "chat",
                "message",
                dice.pick(&REPLIED),
            ));
        }
    }
    if dice.chance(0.3) {
        let url = format!("https://shop.example/{}", dice.pick(&PAGES));
        messages.push(line(
            clock.tick(dice),
            &visitor,
            &staff,
            "navigation",
            "url",
            &url,
        ));
    }
    if dice.chance(0.2) {
        let mut link = line(
            clock.tick(dice),
            &staff,
            &visitor,
            "link",
            "title",
            "How to return",
        );
        link["url"] = "https://shop.example/help/returns".into();
        messages.push(link);
    }
    if dice.chance(0.05) {
        messages.push(line(
            clock.tick(dice),
            &staff,
            &visitor,
            "video",
            "activity",
            "start",
        ));
        messages.push(line(
            clock.tick(dice),
            &staff,
            &visitor,
            "video",
            "activity",
            "stop",
        ));
    }
    if dice.chance(0.15) {
        messages.push(line(
            clock.tick(dice),
            &staff,
            &json!({}),
            "note",
            "message",
            "Regular customer",
        ));
    }
    messages
}

fn line(
    at: Timestamp,
    speaker: &Value,
    recipient: &Value,
    kind: &str,
    attribute: &str,
    text: &str,
) -> Value {
    let mut message = json!({
        "eventTime": wire::time(at),
        "speaker": speaker,
        "recipients": [recipient],
        "messageType": kind,
    });
    message[attribute] = text.into();
    message
}

/// Spreads the messages over the conversation, in order and never past its end.
struct Clock {
    at: Timestamp,
    end: Timestamp,
    step: f64,
}

impl Clock {
    fn new(at: Timestamp, end: Timestamp, messages: usize) -> Self {
        let messages = f64::from(super::floor::count(messages));
        let step = end.duration_since(at).as_secs_f64() / messages;
        Self { at, end, step }
    }

    fn tick(&mut self, dice: &mut Dice) -> Timestamp {
        let at = self.at;
        let step = SignedDuration::try_from_secs_f64(self.step * dice.between(0.4, 1.4));
        self.at = step
            .ok()
            .and_then(|step| at.checked_add(step).ok())
            .map_or(self.end, |next| next.min(self.end));
        at
    }
}
