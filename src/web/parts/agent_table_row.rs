//! An agent as a table row or page heading.

use wallboard_boards::{figure_text, presence_label};
use wallboard_domain::{AgentStatus, Moment, NaturalOrder};
use wallboard_live::{AgentPresence, Evaluator, Freshness, Snapshot, SourceSnapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    clock::{RunningClock, UNKNOWN},
    links::{self, PageLink},
};

pub(in crate::web) struct AgentTableRow {
    pub(in crate::web) key: String,
    pub(in crate::web) link: PageLink,
    pub(in crate::web) state: &'static str,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    /// Time in this status; `None` if it has no start.
    pub(in crate::web) lasts: Option<RunningClock>,
    /// Longer than allowed.
    pub(in crate::web) is_too_long: bool,
    /// Why the agent isn't ready.
    pub(in crate::web) reason: String,
    pub(in crate::web) cases: String,
    /// The queues of those cases.
    pub(in crate::web) queues: Vec<PageLink>,
    pub(in crate::web) is_stale: bool,
}

pub(in crate::web) fn agent_table_row(
    texts: &'static Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> AgentTableRow {
    let freshness = presence.freshness;
    let (glyph, word) = presence_label(texts, presence);
    AgentTableRow {
        key: presence.id.to_string(),
        link: links::person_link(snapshot, presence),
        state: presence.status.into_str(),
        glyph,
        word,
        lasts: presence
            .since
            .map(|since| RunningClock::running_since(texts, since, freshness, now)),
        is_too_long: Evaluator::new(snapshot, now)
            .time_over_limit(presence)
            .is_some(),
        reason: presence.not_ready_reason().unwrap_or_default().to_owned(),
        cases: match (presence.is_reconciled(), presence.open_cases()) {
            (_, None) => UNKNOWN.to_owned(),
            _ if freshness == Freshness::Unknown || presence.has_unmarked_old_cases() => {
                UNKNOWN.to_owned()
            }
            (true, Some(n)) => n.to_string(),
            (false, Some(n)) => figure_text::at_least(n),
        },
        queues: (presence.case_queues().into_iter())
            .map(|id| links::queue_link_by_id(texts, snapshot, id))
            .collect(),
        is_stale: freshness.is_out_of_date() || !has_live_source(snapshot, presence),
    }
}

/// Whether a source of this agent is live.
fn has_live_source(snapshot: &Snapshot, presence: &AgentPresence<'_>) -> bool {
    let mut sources = (presence.agents.iter()).map(|agent| snapshot.sources.get(&agent.id.source));
    sources.any(|source| source.is_some_and(SourceSnapshot::is_live))
}

/// Sorts by status, then longest in it, then name. Unknown status comes last.
pub(in crate::web) fn sort_key(
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
) -> impl Ord + use<> {
    let is_idle = presence.status == AgentStatus::Unknown;
    let since = presence
        .since
        .map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    (
        is_idle,
        presence.status,
        since,
        NaturalOrder(links::person_link(snapshot, presence).name),
        presence.id.clone(),
    )
}
