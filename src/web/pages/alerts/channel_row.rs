//! A channel for messages, and whether they arrive.

use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_notify::{Channel, ChannelKind, Outbox};
use wallboard_texts::Texts;

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
    /// "3 messages weren't delivered.", or empty. They are listed below.
    pub(super) undelivered: String,
}

impl ChannelRow {
    pub(super) fn new(
        texts: &'static Texts,
        snapshot: &Snapshot,
        channel: &Channel,
        outbox: &Outbox,
        now: Moment,
    ) -> Self {
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        let condition = outbox.condition(&channel.name);
        let dead = outbox.dead_letters();
        let undelivered = dead.filter(|one| one.channel == channel.name).count();
        let next = condition
            .next_at
            .filter(|_| channel.unusable.is_none())
            .map(time);
        Self {
            name: channel.name.clone(),
            kind: kind_name(texts, channel),
            problem: match (condition.error, condition.failing_since) {
                _ if channel.unusable.is_some() => {
                    let why = channel.unusable.as_deref().unwrap_or_default();
                    texts.nothing_can_be_sent(why)
                }
                (Some(error), Some(since)) => texts.failing_since(time(since), error),
                (Some(error), None) => error.to_owned(),
                (None, _) => String::new(),
            },
            waiting: match (condition.waiting, next) {
                (0, _) => String::new(),
                (count, Some(next)) => texts.messages_wait_until(count, next),
                (count, None) => texts.messages_wait(count),
            },
            last_accepted: condition.last_accepted.map_or_else(String::new, |last| {
                texts.message_accepted(
                    time(last.at),
                    last.answer.as_str(),
                    last.took_millis.to_string(),
                )
            }),
            undelivered: match undelivered {
                0 => String::new(),
                count => texts.messages_undelivered(count),
            },
        }
    }
}

/// The kind of a channel: "Microsoft Teams".
pub(super) fn kind_name(texts: &'static Texts, channel: &Channel) -> &'static str {
    match channel.kind {
        ChannelKind::Email(_) => texts.channel_email(),
        _ => channel.kind_title(),
    }
}
