//! `/api/v1/cases`: paged, in order of ID.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use wallboard_domain::{CaseOutcome, EntityKind, Id};
use wallboard_live::{self as live, CaseState, Snapshot};

use super::{
    json::{ExternalIdMap, Time, external_id_map},
    problem::Problem,
    word_schemas::{one_of_words, one_of_words_or_null, parse_word},
};
use crate::web::{
    access::visible_state::VisibleState,
    parts::{
        case_listing::{self, CaseCursor, CaseFilter},
        case_table_row::is_case_stale,
    },
};

const PAGE_DEFAULT: usize = 200;
const PAGE_MAX: usize = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CasesParams {
    /// Only cases in this state.
    #[param(schema_with = one_of_words::<CaseState>)]
    state: Option<String>,
    /// `next` from the previous page.
    #[param(nullable = false, pattern = "/")]
    cursor: Option<String>,
    /// Maximum number of cases.
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
/// A contact. Times are from the source's clock.
#[derive(Debug, Serialize, ToSchema)]
struct Case {
    #[schema(example = "chat/c-1042")]
    id: String,
    /// ID of the queue; `null` if not known yet.
    #[schema(required = true)]
    queue: Option<String>,
    /// ID of the agent.
    #[schema(required = true)]
    agent: Option<String>,
    #[schema(schema_with = one_of_words::<CaseState>)]
    state: &'static str,
    /// Waiting or open when its source was lost: it may have ended since.
    stale: bool,
    #[schema(required = true)]
    created_at: Option<Time>,
    #[schema(required = true)]
    opened_at: Option<Time>,
    #[schema(required = true)]
    closed_at: Option<Time>,
    #[schema(required = true, schema_with = one_of_words_or_null::<CaseOutcome>)]
    outcome: Option<&'static str>,
    /// The agent's wording.
    #[schema(required = true)]
    closure: Option<Arc<str>>,
    transfers: Vec<Transfer>,
    /// How often it was reopened after a close.
    reopened: u32,
    #[schema(required = true)]
    opportunity: Option<Named>,
    #[schema(required = true)]
    solution: Option<Named>,
    #[schema(required = true)]
    case_type: Option<Named>,
}

/// A transfer of a case, from whom and to which queue.
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

/// An opportunity, a solution or a case type.
#[derive(Debug, Serialize, ToSchema)]
struct Named {
    id: String,
    #[schema(required = true)]
    name: Option<Arc<str>>,
    /// IDs in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    external_ids: ExternalIdMap,
}

/// Open contacts and those of the last hours, paged, by ID
#[utoipa::path(
    get,
    path = "/cases",
    operation_id = "cases",
    tag = "cases",
    params(CasesParams),
    responses((status = OK, description = "A page of cases", body = Cases), Problem)
)]
pub(super) async fn list(
    VisibleState(web): VisibleState,
    params: Result<Query<CasesParams>, QueryRejection>,
) -> Result<Json<Cases>, Problem> {
    let Query(params) = params?;
    let state = parse_word("state", params.state.as_deref())?;
    let after = params.cursor.as_deref().map(parse_cursor).transpose()?;
    let limit = params.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {PAGE_MAX}");
        return Err(Problem::bad_request(&detail));
    }

    let filter = CaseFilter {
        states: state.into_iter().collect(),
        ..CaseFilter::default()
    };
    let cases = web.live.read_snapshot(|snapshot, _| {
        let listing = case_listing::list_cases(snapshot, &filter, after.as_ref(), limit);
        Cases {
            next: listing.next.map(|cursor| cursor.id().to_string()),
            cases: (listing.cases.into_iter())
                .map(|case| case_json(snapshot, case))
                .collect(),
        }
    });
    Ok(Json(cases))
}

fn parse_cursor(text: &str) -> Result<CaseCursor, Problem> {
    let id = case_listing::parse_id(text).ok_or_else(|| {
        Problem::bad_request("cursor must be the `next` value of an earlier response")
    })?;
    Ok(CaseCursor::from_id(id))
}

fn case_json(snapshot: &Snapshot, case: &live::CaseSnapshot) -> Case {
    let source = &case.id.source;
    let named = |class, external: &Option<Arc<str>>| {
        let external = external.as_ref()?;
        let entity = snapshot.find_entity(class, source, external);
        Some(Named {
            id: format!("{source}/{external}"),
            name: entity.and_then(|entity| entity.name.clone()),
            external_ids: entity
                .map(|entity| external_id_map(&entity.external_ids))
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
        state: case.state.into_str(),
        stale: is_case_stale(snapshot, case),
        created_at: case.created_at.map(Time),
        opened_at: case.opened_at.map(Time),
        closed_at: case.closed_at.map(Time),
        outcome: case.outcome.map(Into::into),
        closure: case.closure.clone(),
        transfers: case.transfers.iter().map(transfer).collect(),
        reopened: case.reopened,
        opportunity: named(EntityKind::Opportunity, &case.opportunity),
        solution: named(EntityKind::Solution, &case.solution),
        case_type: named(EntityKind::CaseType, &case.case_type),
    }
}
