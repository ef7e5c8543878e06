//! A message that no channel accepted.

use wallboard_access::Right;
use wallboard_alerts::AlertBook;
use wallboard_domain::Moment;
use wallboard_live::Snapshot;
use wallboard_notify::{Channel, DeadLetter, Outbox};
use wallboard_texts::Texts;

use crate::{
    alerts::alert_of_message,
    web::{access::visitor::Visitor, parts::alert_scope::may_see_alert},
};

pub(super) struct UndeliveredRow {
    pub(super) id: String,
    /// As it would have been sent.
    pub(super) headline: String,
    pub(super) channel: String,
    /// When it was given up.
    pub(super) at: String,
    /// In English, as the channel's answer.
    pub(super) reason: String,
    /// "12 tries"
    pub(super) tries: String,
    /// Whether its channel still exists.
    pub(super) can_resend: bool,
}

impl UndeliveredRow {
    /// Those that the visitor may see, the newest first.
    pub(super) fn list(
        texts: &Texts,
        snapshot: &Snapshot,
        visitor: &Visitor,
        channels: &[Channel],
        book: &AlertBook,
        outbox: &Outbox,
        now: Moment,
    ) -> Vec<Self> {
        let letters = outbox.dead_letters().rev();
        let seen = letters.filter(|letter| may_see_letter(snapshot, visitor, book, letter));
        let rows = seen.map(|letter| Self {
            id: letter.id.to_string(),
            headline: letter.message.headline.clone(),
            channel: letter.channel.clone(),
            at: texts.time_or_day(letter.at, now.wall, &snapshot.site.zone),
            reason: letter.reason.clone(),
            tries: texts.message_tries(letter.attempts),
            can_resend: channels.iter().any(|one| one.name == letter.channel),
        });
        rows.collect()
    }
}

/// Whether somebody may see a message: what its alert, if there is one, lets them. Without it, the text may name an agent.
pub(super) fn may_see_letter(
    snapshot: &Snapshot,
    visitor: &Visitor,
    book: &AlertBook,
    letter: &DeadLetter,
) -> bool {
    visitor.has(Right::WholeSite)
        && match alert_of_message(book, &letter.message) {
            Some(alert) => may_see_alert(snapshot, visitor, alert),
            None => visitor.has(Right::PersonalData),
        }
}
