//! A test message, to see whether a channel works.

use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use wallboard_notify::{
    Accepted, Channel, Message, MessageId, MessageLine, MessageLink, MessageSeverity, SendError,
    send,
};

/// Sends a test message, with an ID of its own, and waits for the answer.
pub async fn send_test(
    channel: &Channel,
    zone: &TimeZone,
    public_url: Option<&str>,
) -> Result<Accepted, SendError> {
    let id = MessageId(format!("test-{}", Uuid::new_v4().simple()));
    let now = Timestamp::now();
    let time = now.to_zoned(zone.clone());
    let message = Message {
        headline: "Test from Wallboard: this channel works".to_owned(),
        lines: vec![
            MessageLine::new("Channel", &*channel.name),
            MessageLine::new("Sent at", time.strftime("%F %H:%M:%S").to_string()),
        ],
        severity: MessageSeverity::Info,
        link: public_url.map(|url| MessageLink {
            label: "Open Wallboard".to_owned(),
            url: url.to_owned(),
        }),
        thread: format!("test/{}", channel.name),
        time: now,
    };
    Box::pin(send(channel, &id, &message)).await
}
