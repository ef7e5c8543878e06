//! A channel for messages, and whether they arrive.

use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_notify::{Channel, Outbox};

use crate::web::parts::clock::format_time;

pub(super) struct ChannelRow {
    pub(super) name: String,
    /// "Microsoft Teams"
    pub(super) kind: &'static str,
    /// "Since 13:02: 404 Not Found. …"; empty if the last attempt succeeded.
    pub(super) problem: String,
    /// "2 messages wait. Next attempt 13:10.", or empty.
    pub(super) waiting: String,
    /// "13:20, 202 Accepted in 310 ms", or empty.
    pub(super) last_accepted: String,
    /// "3 messages were given up, the last one: …", or empty.
    pub(super) given_up: String,
}

impl ChannelRow {
    pub(super) fn new(
        snapshot: &Snapshot,
        channel: &Channel,
        outbox: &Outbox,
        now: Moment,
    ) -> Self {
        let time = |at| format_time(snapshot, at, now);
        let condition = outbox.condition(&channel.name);
        let dead = outbox.dead_letters();
        let dead: Vec<_> = dead.filter(|one| one.channel == channel.name).collect();
        let next = condition
            .next_at
            .filter(|_| channel.unusable.is_none())
            .map(|at| format!(" Next attempt {}.", time(at)));
        let next = next.unwrap_or_default();
        Self {
            name: channel.name.clone(),
            kind: channel.kind_title(),
            problem: match (condition.error, condition.failing_since) {
                _ if channel.unusable.is_some() => {
                    let why = channel.unusable.as_deref().unwrap_or_default();
                    format!("Nothing can be sent: {why}.")
                }
                (Some(error), Some(since)) => format!("Since {}: {error}", time(since)),
                (Some(error), None) => error.to_owned(),
                (None, _) => String::new(),
            },
            waiting: match condition.waiting {
                0 => String::new(),
                1 => format!("1 message waits.{next}"),
                count => format!("{count} messages wait.{next}"),
            },
            last_accepted: condition.last_accepted.map_or_else(String::new, |last| {
                let (at, millis) = (time(last.at), last.took_millis);
                format!("{at}, {} in {millis} ms", last.answer)
            }),
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
