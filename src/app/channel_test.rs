//! `wallboard notify test`: sends a message to a channel, to see whether it arrives.

use jiff::Timestamp;
use uuid::Uuid;

use wallboard_notify::{
    Accepted, Channel, Message, MessageId, MessageLine, MessageLink, MessageSeverity, SendError,
    send,
};

use super::RuntimeConfig;

/// Why a test message isn't accepted.
#[derive(Debug, thiserror::Error)]
pub enum ChannelTestError {
    #[error("the configuration has no channel {name:?}; {there}")]
    NoChannel { name: String, there: String },
    #[error("{channel}: {cause}")]
    Send { channel: String, cause: SendError },
}

/// Sends a test message to a channel. Each has an ID of its own.
pub async fn test_channel(plan: &RuntimeConfig, name: &str) -> Result<Accepted, ChannelTestError> {
    let Some(channel) = plan.channels.iter().find(|channel| channel.name == name) else {
        return Err(ChannelTestError::NoChannel {
            name: name.to_owned(),
            there: list_channels(&plan.channels),
        });
    };
    let id = MessageId(format!("test-{}", Uuid::new_v4().simple()));
    let message = test_message(plan, name);
    let sent = Box::pin(send(channel, &id, &message)).await;
    sent.map_err(|cause| ChannelTestError::Send {
        channel: name.to_owned(),
        cause,
    })
}

fn list_channels(channels: &[Channel]) -> String {
    let names: Vec<_> = channels.iter().map(|channel| &*channel.name).collect();
    if names.is_empty() {
        return "add one as [channels.NAME], with its kind".to_owned();
    }
    format!("it has: {}", names.join(", "))
}

fn test_message(plan: &RuntimeConfig, name: &str) -> Message {
    let now = Timestamp::now();
    let time = now.to_zoned(plan.site.zone.clone());
    let link = plan.public_url.as_ref().map(|url| MessageLink {
        label: "Open Wallboard".to_owned(),
        url: url.clone(),
    });
    Message {
        headline: "Test from Wallboard: this channel works".to_owned(),
        lines: vec![
            MessageLine::new("Channel", name),
            MessageLine::new("Sent at", time.strftime("%F %H:%M:%S").to_string()),
        ],
        severity: MessageSeverity::Info,
        link,
        thread: format!("test/{name}"),
        time: now,
    }
}
