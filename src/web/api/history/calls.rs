//! `/api/v1/history/calls`: the calls behind the counters, paged.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use wallboard_domain::Id;
use wallboard_history::report::{self, CallCursor, CallListQuery, ContactOutcome};

use super::{
    super::{
        json::Time,
        problem::{Failed, NotFound, Problem},
        word_schemas::{one_of_words, parse_word},
    },
    range,
};
use crate::web::access::visible_state::VisibleState;

const PAGE_DEFAULT: usize = 200;
const PAGE_MAX: usize = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CallsParams {
    /// ID of a queue or queue group; without it and `agent`, all of them.
    #[param(nullable = false, pattern = "/")]
    queue: Option<String>,
    /// ID of an agent or a person.
    #[param(nullable = false, pattern = "/")]
    agent: Option<String>,
    /// A date in `zone`, or a timestamp: calls that joined their queue at or after it.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or a timestamp, exclusive.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// Time zone of the dates, as an IANA name; defaults to the site's.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// Only calls with this outcome.
    #[param(schema_with = one_of_words::<ContactOutcome>)]
    outcome: Option<String>,
    /// `next` from the previous page.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Maximum number of calls.
    #[param(nullable = false, minimum = 1, maximum = 1000, default = 200)]
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Calls {
    calls: Vec<Call>,
    /// The `cursor` of the next page; `null` on the last.
    #[schema(required = true)]
    next: Option<String>,
}

/// A call's time in one queue. Durations are in seconds.
#[derive(Debug, Serialize, ToSchema)]
struct Call {
    #[schema(example = "calls/1042")]
    id: String,
    queue: String,
    #[schema(required = true)]
    agent: Option<String>,
    joined_at: Time,
    #[schema(required = true)]
    answered_at: Option<Time>,
    #[schema(required = true)]
    left_at: Option<Time>,
    #[schema(required = true)]
    wait: Option<i64>,
    #[schema(required = true)]
    talk: Option<i64>,
    #[schema(required = true)]
    wrap_up: Option<i64>,
    #[schema(schema_with = one_of_words::<ContactOutcome>)]
    outcome: &'static str,
    /// The last four digits of the number, if numbers are stored.
    #[schema(required = true)]
    caller: Option<String>,
}

/// Past calls, paged, in the order they joined their queues
#[utoipa::path(
    get,
    path = "/history/calls",
    operation_id = "history_calls",
    tag = "history",
    params(CallsParams),
    responses((status = OK, description = "A page of calls", body = Calls), Failed, NotFound, Problem)
)]
pub(in super::super) async fn list(
    VisibleState(web): VisibleState,
    params: Result<Query<CallsParams>, QueryRejection>,
) -> Result<Json<Calls>, Problem> {
    let Query(params) = params?;
    let zone = range::parse_zone(&web, params.zone.as_deref())?;
    let limit = params.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("limit must be from 1 to {PAGE_MAX}");
        return Err(Problem::bad_request(&detail));
    }
    let (from, to) = range::parse_range(params.from.as_deref(), params.to.as_deref(), &zone)?;
    let query = CallListQuery {
        code_filter: None,
        subject: range::parse_subject(params.queue.as_deref(), params.agent.as_deref())?,
        within_queues: Vec::new(),
        from,
        to,
        outcome: parse_word("outcome", params.outcome.as_deref())?,
        after: params.cursor.as_deref().map(parse_cursor).transpose()?,
        limit,
    };
    range::require_known(&web, &query.subject).await?;
    let page = web.history.list_calls(query).await;
    let page = page.map_err(|error| Problem::store_failure(&error))?;
    Ok(Json(Calls {
        calls: page.calls.into_iter().map(call_json).collect(),
        next: page.next.map(|cursor| cursor.to_text()),
    }))
}

fn parse_cursor(text: &str) -> Result<CallCursor, Problem> {
    CallCursor::parse(text).ok_or_else(|| {
        Problem::bad_request("cursor must be the `next` value of an earlier response")
    })
}

fn call_json(call: report::ListedCall) -> Call {
    Call {
        id: call.id.to_string(),
        queue: call.queue.to_string(),
        agent: call.agent.as_ref().map(Id::to_string),
        joined_at: Time(call.joined_at),
        answered_at: call.answered_at.map(Time),
        left_at: call.left_at.map(Time),
        wait: call.wait,
        talk: call.talk,
        wrap_up: call.wrap_up,
        outcome: call.outcome.into_str(),
        caller: call.caller,
    }
}
