//! One case as a row of a table.

use std::sync::Arc;

use crate::{
    domain::{Class, Moment, Outcome},
    live::{Case, CaseState, Picture, Trust},
};

use super::{
    cases,
    clock::{self, Tick, UNKNOWN},
    listing,
    names::{self, Link},
};

pub(super) struct Contact {
    /// Its id, whole.
    pub(super) id: String,
    /// The start of its id, enough to tell it from its neighbours.
    pub(super) short: String,
    pub(super) state: &'static str,
    pub(super) word: &'static str,
    pub(super) queue: Option<Link>,
    pub(super) agent: Option<Link>,
    pub(super) created: String,
    pub(super) opened: String,
    /// When it came to be as it is.
    pub(super) entered: String,
    /// How long it has been as it is; how long it took, where it is over.
    pub(super) lasts: Tick,
    pub(super) outcome: String,
    /// "2 transfers", "reopened".
    pub(super) moves: String,
    pub(super) about: String,
    /// Its line is away while it goes on: it may have ended since.
    pub(super) is_stale: bool,
}

pub(super) fn contact(picture: &Picture, case: &Case, now: Moment) -> Contact {
    let source = &case.id.source;
    let shown = |at: Option<_>| {
        at.map_or_else(
            || UNKNOWN.to_owned(),
            |at| clock::exact(picture, clock::on_ours(picture, source, at), now),
        )
    };
    Contact {
        short: short(&case.id.external),
        id: case.id.external.to_string(),
        state: case.state.name(),
        word: cases::word(case.state),
        queue: (case.queue.as_ref()).map(|id| names::queue_by_id(picture, id)),
        agent: (case.agent.as_ref()).map(|id| names::agent_by_id(picture, id)),
        created: shown(case.created_at),
        opened: match case.state {
            // Not yet is not unknown.
            CaseState::Waiting if case.opened_at.is_none() => String::new(),
            _ => shown(case.opened_at),
        },
        entered: shown(listing::entered(case)),
        lasts: lasts(picture, case, now),
        outcome: outcome(case),
        moves: moves(case),
        about: about(picture, case),
        is_stale: matches!(case.state, CaseState::Waiting | CaseState::Open)
            && trust(picture, case) != Trust::Fresh,
    }
}

fn short(id: &str) -> String {
    let start: String = id.chars().take(8).collect();
    if start.len() == id.len() {
        start
    } else {
        format!("{start}…")
    }
}

fn trust(picture: &Picture, case: &Case) -> Trust {
    match picture.sources.get(&case.id.source) {
        Some(source) if source.is_live() => Trust::Fresh,
        Some(source) => source.lost.map_or(Trust::Stale, Trust::Lost),
        None => Trust::Stale,
    }
}

fn lasts(picture: &Picture, case: &Case, now: Moment) -> Tick {
    let trust = trust(picture, case);
    match (case.state, listing::entered(case), case.closed_at) {
        (CaseState::Waiting | CaseState::Open, Some(start), _) => {
            let start = clock::on_ours(picture, &case.id.source, start);
            Tick::since(start, trust, now)
        }
        (CaseState::Closed, Some(start), Some(end)) => {
            let start = case.opened_at.unwrap_or(start);
            Tick::still(clock::duration(crate::domain::moment::millis_between(
                start, end,
            )))
        }
        _ => Tick::still(UNKNOWN),
    }
}

fn outcome(case: &Case) -> String {
    let word = match case.outcome {
        Some(Outcome::Positive) => "Positive",
        Some(Outcome::Negative) => "Negative",
        Some(Outcome::Neutral) => "Neutral",
        Some(Outcome::Unresolved) => "Unresolved",
        None => UNKNOWN,
    };
    word.to_owned()
}

fn moves(case: &Case) -> String {
    let many = |n: usize, one: &str, more: &str| match n {
        0 => None,
        1 => Some(one.to_owned()),
        n => Some(format!("{n} {more}")),
    };
    let transfers = many(case.transfers.len(), "1 transfer", "transfers");
    let again = usize::try_from(case.reopened).unwrap_or(usize::MAX);
    let reopened = many(again, "reopened", "times reopened");
    let parts: Vec<_> = [transfers, reopened].into_iter().flatten().collect();
    parts.join(", ")
}

/// What it is about: its solution and type, by name.
fn about(picture: &Picture, case: &Case) -> String {
    let name = |class, external: &Option<Arc<str>>| {
        let external = external.as_ref()?;
        let known = picture.find_named(class, &case.id.source, external);
        let name = known.and_then(|named| named.name.clone());
        Some(name.unwrap_or_else(|| external.clone()).to_string())
    };
    let parts = [
        name(Class::Solution, &case.solution),
        name(Class::CaseType, &case.case_type),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
