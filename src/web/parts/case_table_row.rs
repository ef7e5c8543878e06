//! One case as a row of a table.

use std::sync::Arc;

use wallboard_domain::{CaseOutcome, EntityKind, Metric, Moment, moment};
use wallboard_live::{CaseSnapshot, CaseState, Freshness, Severity, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    case_listing, case_state,
    clock::{self, RunningClock, UNKNOWN},
    links::{self, PageLink},
};

pub(in crate::web) struct CaseTableRow {
    /// The full ID.
    pub(in crate::web) id: String,
    pub(in crate::web) state: &'static str,
    pub(in crate::web) glyph: &'static str,
    pub(in crate::web) word: &'static str,
    pub(in crate::web) queue: Option<PageLink>,
    pub(in crate::web) agent: Option<PageLink>,
    pub(in crate::web) created: String,
    pub(in crate::web) opened: String,
    /// When it entered its state.
    pub(in crate::web) entered: String,
    /// "warn" or "crit" if it has waited beyond its queue's limit, and that limit.
    pub(in crate::web) over: &'static str,
    pub(in crate::web) limit: String,
    /// Time in its state; for a closed case, its duration.
    pub(in crate::web) lasts: RunningClock,
    pub(in crate::web) outcome: String,
    /// "2 transfers", "reopened".
    pub(in crate::web) moves: String,
    pub(in crate::web) about: String,
    /// As [`is_case_stale`] says.
    pub(in crate::web) is_stale: bool,
}

pub(in crate::web) fn case_table_row(
    texts: &'static Texts,
    snapshot: &Snapshot,
    case: &CaseSnapshot,
    now: Moment,
) -> CaseTableRow {
    let source = &case.id.source;
    let (over, limit) = exceeded_limit(texts, snapshot, case, now);
    let shown = |at: Option<_>| {
        at.map_or_else(
            || UNKNOWN.to_owned(),
            |at| {
                let at = clock::to_our_clock(snapshot, source, at);
                texts.moment(at, now.wall, &snapshot.site.zone)
            },
        )
    };
    CaseTableRow {
        id: case.id.external.to_string(),
        state: case.state.into_str(),
        glyph: case_state::state_glyph(case.state),
        word: case_state::state_label(texts, case.state),
        queue: (case.queue.as_ref()).map(|id| links::queue_link_by_id(texts, snapshot, id)),
        agent: (case.agent.as_ref()).map(|id| links::agent_link_by_id(texts, snapshot, id)),
        created: shown(case.created_at),
        opened: match case.state {
            // Not opened yet is not unknown.
            CaseState::Waiting if case.opened_at.is_none() => String::new(),
            _ => shown(case.opened_at),
        },
        entered: shown(case_listing::entered_at(case)),
        over,
        limit,
        lasts: case_duration(texts, snapshot, case, now),
        outcome: outcome_label(texts, case),
        moves: describe_transfers(texts, case),
        about: describe_subject(snapshot, case),
        is_stale: is_case_stale(snapshot, case),
    }
}

/// Whether a case is still active as far as is known, but its source is disconnected: it may have ended since.
pub(in crate::web) fn is_case_stale(snapshot: &Snapshot, case: &CaseSnapshot) -> bool {
    matches!(case.state, CaseState::Waiting | CaseState::Open)
        && case_freshness(snapshot, case) != Freshness::UpToDate
}

fn case_freshness(snapshot: &Snapshot, case: &CaseSnapshot) -> Freshness {
    match snapshot.sources.get(&case.id.source) {
        Some(source) if source.is_live() => Freshness::UpToDate,
        Some(source) => source
            .outage
            .map_or(Freshness::OutOfDate, Freshness::Disconnected),
        None => Freshness::OutOfDate,
    }
}

fn case_duration(
    texts: &Texts,
    snapshot: &Snapshot,
    case: &CaseSnapshot,
    now: Moment,
) -> RunningClock {
    let freshness = case_freshness(snapshot, case);
    match (case.state, case_listing::entered_at(case), case.closed_at) {
        (CaseState::Waiting | CaseState::Open, Some(start), _) => {
            let start = clock::to_our_clock(snapshot, &case.id.source, start);
            RunningClock::running_since(texts, start, freshness, now)
        }
        (CaseState::Closed, Some(start), Some(end)) => {
            let start = case.opened_at.unwrap_or(start);
            RunningClock::stopped(texts.elapsed(moment::millis_between(start, end)))
        }
        _ => RunningClock::stopped(UNKNOWN),
    }
}

/// The severity of a wait by its queue's limits, and the limit; empty within them. A wait that may
/// have ended is neither.
fn exceeded_limit(
    texts: &Texts,
    snapshot: &Snapshot,
    case: &CaseSnapshot,
    now: Moment,
) -> (&'static str, String) {
    let none = ("", String::new());
    let is_waiting = case.state == CaseState::Waiting;
    let is_known = is_waiting && case_freshness(snapshot, case) == Freshness::UpToDate;
    let (true, Some(queue), Some(start)) = (
        is_known,
        case.queue.as_ref(),
        case_listing::entered_at(case),
    ) else {
        return none;
    };
    let start = clock::to_our_clock(snapshot, &case.id.source, start);
    let wait = moment::seconds_from(moment::millis_between(start, now.wall));
    let limits = snapshot
        .site
        .limits_for(&queue.to_string(), Metric::LongestWait);
    limits.upper_reached(wait).map_or(none, |(level, limit)| {
        (Severity::from(level).into_str(), texts.duration(limit))
    })
}

fn outcome_label(texts: &Texts, case: &CaseSnapshot) -> String {
    let word = match case.outcome {
        Some(CaseOutcome::Positive) => texts.outcome_positive(),
        Some(CaseOutcome::Negative) => texts.outcome_negative(),
        Some(CaseOutcome::Neutral) => texts.outcome_neutral(),
        Some(CaseOutcome::Unresolved) => texts.outcome_unresolved(),
        None => UNKNOWN,
    };
    word.to_owned()
}

fn describe_transfers(texts: &Texts, case: &CaseSnapshot) -> String {
    let transfers = case.transfers.len();
    let transfers = (0 < transfers).then(|| texts.transfers_counted(transfers));
    let reopened = (0 < case.reopened).then(|| texts.reopened_counted(case.reopened));
    let parts: Vec<_> = [transfers, reopened].into_iter().flatten().collect();
    parts.join(", ")
}

/// The names of its solution and type.
fn describe_subject(snapshot: &Snapshot, case: &CaseSnapshot) -> String {
    let name = |class, external: &Option<Arc<str>>| {
        let external = external.as_ref()?;
        let known = snapshot.find_entity(class, &case.id.source, external);
        let name = known.and_then(|named| named.name.clone());
        Some(name.unwrap_or_else(|| external.clone()).to_string())
    };
    let parts = [
        name(EntityKind::Solution, &case.solution),
        name(EntityKind::CaseType, &case.case_type),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
