//! A channel for messages, and whether they arrive.

use wallboard_notify::{Channel, Outbox};

pub(super) struct ChannelRow {
    pub(super) name: String,
    /// "Microsoft Teams"
    pub(super) kind: &'static str,
    /// Why its last attempt failed; empty if it didn't.
    pub(super) problem: String,
    /// "2 messages wait.", or empty.
    pub(super) waiting: String,
    /// "3 messages were given up, the last because …", or empty.
    pub(super) given_up: String,
}

impl ChannelRow {
    pub(super) fn new(channel: &Channel, outbox: &Outbox) -> Self {
        let (waiting, problem) = outbox.condition(&channel.name);
        let dead = outbox.dead_letters();
        let dead: Vec<_> = dead.filter(|one| one.channel == channel.name).collect();
        Self {
            name: channel.name.clone(),
            kind: channel.kind_title(),
            problem: problem.unwrap_or_default().to_owned(),
            waiting: match waiting {
                0 => String::new(),
                1 => "1 message waits.".to_owned(),
                count => format!("{count} messages wait."),
            },
            given_up: match &dead[..] {
                [] => String::new(),
                [one] => format!("1 message was given up: {}", one.reason),
                [.., last] => format!(
                    "{} messages were given up, the last one: {}",
                    dead.len(),
                    last.reason
                ),
            },
        }
    }
}
