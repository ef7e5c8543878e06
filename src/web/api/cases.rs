//! `/api/v1/cases`, a page at a time in the order of their ids.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Class, Id, Outcome},
    live::{self, CaseState, Picture},
};

use super::{
    super::{
        Web,
        listing::{self, Mark, Wanted},
    },
    json::{ExternalIds, Time, external_ids},
    problem::Problem,
};

const PAGE: usize = 200;
const LONGEST_PAGE: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    state: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
pub(super) struct Cases {
    cases: Vec<Case>,
    next: Option<String>,
}

#[expect(clippy::struct_field_names, reason = "the contract's names")]
#[derive(Debug, Serialize)]
struct Case {
    id: String,
    queue: Option<String>,
    agent: Option<String>,
    state: &'static str,
    created_at: Option<Time>,
    opened_at: Option<Time>,
    closed_at: Option<Time>,
    outcome: Option<&'static str>,
    closure: Option<Arc<str>>,
    transfers: Vec<Transfer>,
    reopened: u32,
    opportunity: Option<Named>,
    solution: Option<Named>,
    case_type: Option<Named>,
}

#[derive(Debug, Serialize)]
struct Transfer {
    at: Option<Time>,
    from_agent: Option<String>,
    from_queue: Option<String>,
    to_queue: Option<String>,
}

#[derive(Debug, Serialize)]
struct Named {
    id: String,
    name: Option<Arc<str>>,
    external_ids: ExternalIds,
}

pub(super) async fn list(
    State(web): State<Web>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Cases>, Problem> {
    let Query(asked) = asked?;
    let state = asked.state.as_deref().map(state).transpose()?;
    let after = asked.cursor.as_deref().map(cursor).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let detail = format!("limit must be from 1 to {LONGEST_PAGE}");
        return Err(Problem::bad_request(&detail));
    }

    let wanted = Wanted {
        states: state.into_iter().collect(),
        ..Wanted::default()
    };
    let cases = web.live.read(|picture, _| {
        let listing = listing::list(picture, &wanted, after.as_ref(), limit);
        Cases {
            next: listing.next.map(|mark| mark.id().to_string()),
            cases: (listing.cases.into_iter())
                .map(|case| json(picture, case))
                .collect(),
        }
    });
    Ok(Json(cases))
}

fn state(word: &str) -> Result<CaseState, Problem> {
    listing::state(word).ok_or_else(|| {
        let allowed = CaseState::ALL.map(CaseState::name).join(", ");
        Problem::bad_request(&format!("state must be one of {allowed}"))
    })
}

fn cursor(text: &str) -> Result<Mark, Problem> {
    let id = listing::id(text)
        .ok_or_else(|| Problem::bad_request("cursor must be the `next` of another answer"))?;
    Ok(Mark::of_id(id))
}

fn json(picture: &Picture, case: &live::Case) -> Case {
    let source = &case.id.source;
    let named = |class, external: &Option<Arc<str>>| {
        let external = external.as_ref()?;
        let id = Id {
            source: source.clone(),
            external: external.clone(),
        };
        let known = picture.named.get(&(class, id.clone()));
        Some(Named {
            id: id.to_string(),
            name: known.and_then(|known| known.name.clone()),
            external_ids: known
                .map(|known| external_ids(&known.external_ids))
                .unwrap_or_default(),
        })
    };
    let transfer = |transfer: &live::Transfer| Transfer {
        at: transfer.at.map(Time),
        from_agent: transfer.from_agent.as_ref().map(Id::to_string),
        from_queue: transfer.from_queue.as_ref().map(Id::to_string),
        to_queue: transfer.to_queue.as_ref().map(Id::to_string),
    };
    Case {
        id: case.id.to_string(),
        queue: case.queue.as_ref().map(Id::to_string),
        agent: case.agent.as_ref().map(Id::to_string),
        state: case.state.name(),
        created_at: case.created_at.map(Time),
        opened_at: case.opened_at.map(Time),
        closed_at: case.closed_at.map(Time),
        outcome: case.outcome.map(Outcome::name),
        closure: case.closure.clone(),
        transfers: case.transfers.iter().map(transfer).collect(),
        reopened: case.reopened,
        opportunity: named(Class::Opportunity, &case.opportunity),
        solution: named(Class::Solution, &case.solution),
        case_type: named(Class::CaseType, &case.case_type),
    }
}
