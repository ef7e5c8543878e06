//! An agent as a row of a table, or at the head of a page.

use crate::{
    boards::presence_words,
    domain::{AgentState, ByName, Moment},
    live::{Picture, Presence, Source, Trust},
};

use super::{
    clock::{Tick, UNKNOWN},
    names::{self, Link},
};

pub(super) struct Person {
    pub(super) key: String,
    pub(super) link: Link,
    pub(super) state: &'static str,
    pub(super) glyph: &'static str,
    pub(super) word: &'static str,
    /// How long in this state; empty where it has no clock.
    pub(super) lasts: Option<Tick>,
    /// Why they are not ready, in words.
    pub(super) reason: String,
    pub(super) cases: String,
    /// Where those cases are.
    pub(super) queues: Vec<Link>,
    pub(super) is_stale: bool,
}

pub(super) fn person(picture: &Picture, who: &Presence<'_>, now: Moment) -> Person {
    let trust = who.trust;
    let (glyph, word) = presence_words(who);
    Person {
        key: who.id.to_string(),
        link: names::presence(picture, who),
        state: who.state.name(),
        glyph,
        word,
        lasts: who.since.map(|since| Tick::since(since, trust, now)),
        reason: who.reason().unwrap_or_default().to_owned(),
        cases: match (who.is_accounted(), who.cases()) {
            (_, None) => UNKNOWN.to_owned(),
            _ if trust == Trust::Unknown => UNKNOWN.to_owned(),
            (true, Some(n)) => n.to_string(),
            (false, Some(n)) => format!("≥ {n}"),
        },
        queues: (who.case_queues().into_iter())
            .map(|id| names::queue_by_id(picture, id))
            .collect(),
        is_stale: matches!(trust, Trust::Stale | Trust::Lost(_)) || !is_heard(picture, who),
    }
}

/// Whether a source that knows them is live.
fn is_heard(picture: &Picture, who: &Presence<'_>) -> bool {
    let mut sources = (who.agents.iter()).map(|agent| picture.sources.get(&agent.id.source));
    sources.any(|source| source.is_some_and(Source::is_live))
}

/// Who is busy first, then who has been so longest, then by name.
pub(super) fn order(picture: &Picture, who: &Presence<'_>) -> impl Ord + use<> {
    let is_idle = who.state == AgentState::Unknown;
    let since = who.since.map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    (
        is_idle,
        who.state,
        since,
        ByName(names::presence(picture, who).name),
        who.id.clone(),
    )
}
