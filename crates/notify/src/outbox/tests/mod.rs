mod cases;
mod properties;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use wallboard_domain::RedactedText;

use super::{Digest, Outbox};
use crate::{
    Accepted, Channel, ChannelKind, Message, MessageId, MessageLine, MessageSeverity, SendError,
};

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn channel(name: &str, hourly_max: u32) -> Channel {
    let url = RedactedText("https://hooks.example.com/x".to_owned());
    Channel {
        name: name.to_owned(),
        kind: ChannelKind::Slack { url },
        allow_private: false,
        unusable: None,
        hourly_max,
    }
}

/// A message whose first line has its number.
fn message(thread: &str, number: usize) -> Message {
    Message {
        headline: format!("{thread} {number}"),
        lines: vec![MessageLine::new(thread, number.to_string())],
        severity: MessageSeverity::Warning,
        link: None,
        thread: thread.to_owned(),
        time: start(),
    }
}

/// A digest whose lines are those of its messages, and whose headline has their count.
fn write_digest(digest: &Digest) -> Message {
    let named = digest.named().flat_map(|one| one.lines.clone());
    Message {
        lines: named.collect(),
        severity: digest.severity(),
        headline: digest.count.to_string(),
        ..message("digest", 0)
    }
}

fn id(number: usize) -> MessageId {
    MessageId(format!("m{number}"))
}

fn accepted() -> Accepted {
    Accepted {
        answer: "200 OK".to_owned(),
        took: Duration::from_millis(20),
    }
}

fn refused() -> SendError {
    SendError::permanent("Slack answered 404 Not Found.")
}

fn failed() -> SendError {
    SendError::temporary("Slack answered 503 Service Unavailable.")
}

fn restarted(outbox: &Outbox) -> Outbox {
    let text = serde_json::to_string(outbox).unwrap();
    let mut restored: Outbox = serde_json::from_str(&text).unwrap();
    assert_eq!(&restored, outbox);
    restored.put_back_unsent(|_| false);
    restored
}
