//! Which lines are away, as sentences at the head of a page: a source that is gone must
//! not be found out by its grey numbers alone.

use crate::{
    domain::Moment,
    live::{LineState, Picture, Source},
};

use super::clock;

/// A sentence for each of them that is not live.
pub(super) fn away<'a>(
    picture: &Picture,
    sources: impl IntoIterator<Item = &'a Source>,
    now: Moment,
) -> Vec<String> {
    let lost = sources.into_iter().filter(|source| !source.is_live());
    lost.map(|source| words(picture, source, now)).collect()
}

fn words(picture: &Picture, source: &Source, now: Moment) -> String {
    let name = picture.site.source_name(&source.id);
    let at = |at| clock::exact(picture, at, now);
    let since = at(source.lost.map_or(source.since, |lost| lost.at));
    let then = "Its values are from that time.";
    match source.line {
        LineState::Connecting => format!("Connecting to {name}…"),
        LineState::CatchingUp => {
            format!("{name} reconnected. Catching up.")
        }
        LineState::Silent => format!("{name} not responding since {since}. {then}"),
        LineState::Away if source.last_message_at.is_none() => {
            format!("Can’t reach {name} since {since}.")
        }
        LineState::Away | LineState::Connected => {
            format!("{name} disconnected at {since}. {then}")
        }
    }
}
