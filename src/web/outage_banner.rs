//! Which lines are away, as sentences at the head of a page: a source that is gone must
//! not be found out by its grey numbers alone.

use crate::{
    domain::Moment,
    live::{ConnectionState, Snapshot, SourceSnapshot},
};

use super::clock;

/// A sentence for each of them that is not live.
pub(super) fn outage_sentences<'a>(
    picture: &Snapshot,
    sources: impl IntoIterator<Item = &'a SourceSnapshot>,
    now: Moment,
) -> Vec<String> {
    let lost = sources.into_iter().filter(|source| !source.is_live());
    lost.map(|source| describe_outage(picture, source, now))
        .collect()
}

fn describe_outage(picture: &Snapshot, source: &SourceSnapshot, now: Moment) -> String {
    let name = picture.site.source_name(&source.id);
    let at = |at| clock::format_exact_time(picture, at, now);
    let since = at(source.outage.map_or(source.since, |lost| lost.at));
    let then = "Its values are from that time.";
    match source.connection {
        ConnectionState::Connecting => format!("Connecting to {name}…"),
        ConnectionState::CatchingUp => {
            format!("{name} reconnected. Catching up.")
        }
        ConnectionState::Silent => format!("{name} not responding since {since}. {then}"),
        ConnectionState::Disconnected if source.last_message_at.is_none() => {
            format!("Can’t reach {name} since {since}.")
        }
        ConnectionState::Disconnected | ConnectionState::Connected => {
            format!("{name} disconnected at {since}. {then}")
        }
    }
}
