mod answers;
mod payloads;
mod receiver;

use jiff::Timestamp;

use crate::{Message, MessageLine, MessageLink, MessageSeverity};

fn message() -> Message {
    Message {
        headline: "Billing: 12 waiting, longest 04:10".to_owned(),
        lines: vec![
            MessageLine::new("Waiting", "12"),
            MessageLine::new("Longest wait", "04:10 <!channel> [x](https://evil.example)"),
        ],
        severity: MessageSeverity::Critical,
        link: Some(MessageLink {
            label: "Take it".to_owned(),
            url: "https://wall.example.com/alerts/1".to_owned(),
        }),
        thread: "queue/chat/billing".to_owned(),
        time: Timestamp::from_second(1_800_000_000).unwrap(),
    }
}

/// The largest message that there can be, of the largest characters.
fn largest_message() -> Message {
    let text = "🟠".repeat(400);
    let line = MessageLine::new(&*text, &*text);
    let mut message = message();
    message.headline.clone_from(&text);
    message.lines = vec![line; 40];
    message.bounded()
}
