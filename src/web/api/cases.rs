//! `/api/v1/cases`, a page at a time in the order of their ids.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema, openapi::Schema};

use crate::{
    domain::{CaseOutcome, EntityKind, Id},
    live::{self, CaseState, Snapshot},
};

use super::{
    super::{
        WebState,
        case_listing::{self, CaseCursor, CaseFilter},
    },
    json::{ExternalIdMap, Time, external_id_map},
    problem::Problem,
    word_schemas::{one_of_words, one_of_words_or_null},
};

const PAGE_DEFAULT: usize = 200;
const PAGE_MAX: usize = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Only cases in this state.
    #[param(schema_with = states)]
    state: Option<String>,
    /// `next` of the page before.
    #[param(nullable = false, pattern = "/")]
    cursor: Option<String>,
    /// How many at most.
    #[param(nullable = false, minimum = 1, maximum = 1000, default = 200)]
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Cases {
    cases: Vec<Case>,
    /// The `cursor` of the next page; `null` on the last.
    #[schema(required = true)]
    next: Option<String>,
}

#[expect(clippy::struct_field_names, reason = "the contract's names")]
/// A contact. Times are the source's own.
#[derive(Debug, Serialize, ToSchema)]
struct Case {
    #[schema(example = "chat/c-1042")]
    id: String,
    /// Id of the queue; `null` where it is not known yet.
    #[schema(required = true)]
    queue: Option<String>,
    /// Id of the agent.
    #[schema(required = true)]
    agent: Option<String>,
    #[schema(schema_with = states)]
    state: &'static str,
    #[schema(required = true)]
    created_at: Option<Time>,
    #[schema(required = true)]
    opened_at: Option<Time>,
    #[schema(required = true)]
    closed_at: Option<Time>,
    #[schema(required = true, schema_with = outcomes)]
    outcome: Option<&'static str>,
    /// The agent's own words.
    #[schema(required = true)]
    closure: Option<Arc<str>>,
    transfers: Vec<Transfer>,
    /// How often it was opened again after a close.
    reopened: u32,
    #[schema(required = true)]
    opportunity: Option<Named>,
    #[schema(required = true)]
    solution: Option<Named>,
    #[schema(required = true)]
    case_type: Option<Named>,
}

/// From whom to which queue a case was handed.
#[derive(Debug, Serialize, ToSchema)]
struct Transfer {
    #[schema(required = true)]
    at: Option<Time>,
    #[schema(required = true)]
    from_agent: Option<String>,
    #[schema(required = true)]
    from_queue: Option<String>,
    #[schema(required = true)]
    to_queue: Option<String>,
}

/// An opportunity, a solution or a type of cases.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    id: String,
    #[schema(required = true)]
    name: Option<Arc<str>>,
    /// Ids in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    external_ids: ExternalIdMap,
}

fn states() -> Schema {
    one_of_words(CaseState::ALL.map(CaseState::name))
}

fn outcomes() -> Schema {
    one_of_words_or_null(CaseOutcome::ALL.map(CaseOutcome::name))
}

/// Open contacts and those of the last hours, a page at a time, by id
#[utoipa::path(
    get,
    path = "/cases",
    operation_id = "cases",
    tag = "cases",
    params(Asked),
    responses((status = OK, description = "A page of cases", body = Cases), Problem)
)]
pub(super) async fn list(
    State(web): State<WebState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Cases>, Problem> {
    let Query(asked) = asked?;
    let state = asked.state.as_deref().map(parse_state).transpose()?;
    let after = asked.cursor.as_deref().map(parse_cursor).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {PAGE_MAX}");
        return Err(Problem::bad_request(&detail));
    }

    let wanted = CaseFilter {
        states: state.into_iter().collect(),
        ..CaseFilter::default()
    };
    let cases = web.live.read_snapshot(|picture, _| {
        let listing = case_listing::list_cases(picture, &wanted, after.as_ref(), limit);
        Cases {
            next: listing.next.map(|mark| mark.id().to_string()),
            cases: (listing.cases.into_iter())
                .map(|case| case_json(picture, case))
                .collect(),
        }
    });
    Ok(Json(cases))
}

fn parse_state(word: &str) -> Result<CaseState, Problem> {
    case_listing::parse_state(word).ok_or_else(|| {
        let allowed = CaseState::ALL.map(CaseState::name).join(", ");
        Problem::bad_request(&format!("state must be one of {allowed}"))
    })
}

fn parse_cursor(text: &str) -> Result<CaseCursor, Problem> {
    let id = case_listing::parse_id(text).ok_or_else(|| {
        Problem::bad_request("cursor must be the `next` value of an earlier response")
    })?;
    Ok(CaseCursor::from_id(id))
}

fn case_json(picture: &Snapshot, case: &live::CaseSnapshot) -> Case {
    let source = &case.id.source;
    let named = |class, external: &Option<Arc<str>>| {
        let external = external.as_ref()?;
        let known = picture.find_entity(class, source, external);
        Some(Named {
            id: format!("{source}/{external}"),
            name: known.and_then(|known| known.name.clone()),
            external_ids: known
                .map(|known| external_id_map(&known.external_ids))
                .unwrap_or_default(),
        })
    };
    let transfer = |transfer: &live::CaseTransfer| Transfer {
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
        outcome: case.outcome.map(CaseOutcome::name),
        closure: case.closure.clone(),
        transfers: case.transfers.iter().map(transfer).collect(),
        reopened: case.reopened,
        opportunity: named(EntityKind::Opportunity, &case.opportunity),
        solution: named(EntityKind::Solution, &case.solution),
        case_type: named(EntityKind::CaseType, &case.case_type),
    }
}
