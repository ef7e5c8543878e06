//! An agent as a row of a table, or at the head of a page.

use crate::{
    boards::presence_label,
    domain::{AgentStatus, Moment, NaturalOrder},
    live::{AgentPresence, Freshness, Snapshot, SourceSnapshot},
};

use super::{
    clock::{RunningClock, UNKNOWN},
    links::{self, PageLink},
};

pub(super) struct AgentTableRow {
    pub(super) key: String,
    pub(super) link: PageLink,
    pub(super) state: &'static str,
    pub(super) glyph: &'static str,
    pub(super) word: &'static str,
    /// How long in this state; empty where it has no clock.
    pub(super) lasts: Option<RunningClock>,
    /// Why they are not ready, in words.
    pub(super) reason: String,
    pub(super) cases: String,
    /// Where those cases are.
    pub(super) queues: Vec<PageLink>,
    pub(super) is_stale: bool,
}

pub(super) fn agent_table_row(
    picture: &Snapshot,
    who: &AgentPresence<'_>,
    now: Moment,
) -> AgentTableRow {
    let trust = who.freshness;
    let (glyph, word) = presence_label(who);
    AgentTableRow {
        key: who.id.to_string(),
        link: links::person_link(picture, who),
        state: who.status.name(),
        glyph,
        word,
        lasts: who
            .since
            .map(|since| RunningClock::running_since(since, trust, now)),
        reason: who.not_ready_reason().unwrap_or_default().to_owned(),
        cases: match (who.is_reconciled(), who.open_cases()) {
            (_, None) => UNKNOWN.to_owned(),
            _ if trust == Freshness::Unknown => UNKNOWN.to_owned(),
            (true, Some(n)) => n.to_string(),
            (false, Some(n)) => format!("≥ {n}"),
        },
        queues: (who.case_queues().into_iter())
            .map(|id| links::queue_link_by_id(picture, id))
            .collect(),
        is_stale: matches!(trust, Freshness::OutOfDate | Freshness::Disconnected(_))
            || !has_live_source(picture, who),
    }
}

/// Whether a source that knows them is live.
fn has_live_source(picture: &Snapshot, who: &AgentPresence<'_>) -> bool {
    let mut sources = (who.agents.iter()).map(|agent| picture.sources.get(&agent.id.source));
    sources.any(|source| source.is_some_and(SourceSnapshot::is_live))
}

/// Who is busy first, then who has been so longest, then by name.
pub(super) fn sort_key(picture: &Snapshot, who: &AgentPresence<'_>) -> impl Ord + use<> {
    let is_idle = who.status == AgentStatus::Unknown;
    let since = who.since.map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    (
        is_idle,
        who.status,
        since,
        NaturalOrder(links::person_link(picture, who).name),
        who.id.clone(),
    )
}
