//! `/api/v1/history/calls`: the calls behind the figures, a page at a time.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema, openapi::Schema};

use crate::{
    domain::Id,
    history::report::{self, CallCursor, CallListQuery, ContactOutcome},
};

use super::{
    super::{
        super::WebState,
        json::Time,
        problem::{Failed, NotFound, Problem},
        word_schemas::one_of_words,
    },
    range,
};

const PAGE: usize = 200;
const LONGEST_PAGE: usize = 1000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// Id of a queue or a group; without it and `agent`, all of them.
    #[param(nullable = false, pattern = "/")]
    queue: Option<String>,
    /// Id of an agent or a person.
    #[param(nullable = false, pattern = "/")]
    agent: Option<String>,
    /// A date in `zone`, or an instant: calls that joined their queue then or later.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or an instant, itself not included.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// In which dates are, by its IANA name; the site's if not given.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// Only calls that ended so.
    #[param(schema_with = outcomes)]
    outcome: Option<String>,
    /// `next` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// How many at most.
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

/// A stay of a call in a queue. Durations are in seconds.
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
    #[schema(schema_with = outcomes)]
    outcome: &'static str,
    /// The last four digits of the number, where numbers are kept.
    #[schema(required = true)]
    caller: Option<String>,
}

fn outcomes() -> Schema {
    one_of_words(ContactOutcome::ALL.map(ContactOutcome::name))
}

/// Calls of the past, a page at a time, in the order in which they joined their queues
#[utoipa::path(
    get,
    path = "/history/calls",
    operation_id = "history_calls",
    tag = "history",
    params(Asked),
    responses((status = OK, description = "A page of calls", body = Calls), Failed, NotFound, Problem)
)]
pub(in super::super) async fn list(
    State(web): State<WebState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Calls>, Problem> {
    let Query(asked) = asked?;
    let zone = range::zone(&web, asked.zone.as_deref())?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let detail = format!("limit must be from 1 to {LONGEST_PAGE}");
        return Err(Problem::bad_request(&detail));
    }
    let (from, to) = range::stretch(asked.from.as_deref(), asked.to.as_deref(), &zone)?;
    let ask = CallListQuery {
        code_filter: None,
        subject: range::who(asked.queue.as_deref(), asked.agent.as_deref())?,
        from,
        to,
        outcome: asked.outcome.as_deref().map(outcome).transpose()?,
        after: asked.cursor.as_deref().map(cursor).transpose()?,
        limit,
    };
    range::known(&web, &ask.subject).await?;
    let page = web.history.list_calls(ask).await;
    let page = page.map_err(|error| Problem::store_failure(&error))?;
    Ok(Json(Calls {
        calls: page.calls.into_iter().map(json).collect(),
        next: page.next.map(|cursor| cursor.to_text()),
    }))
}

fn outcome(word: &str) -> Result<ContactOutcome, Problem> {
    ContactOutcome::from_name(word).ok_or_else(|| {
        let allowed = ContactOutcome::ALL.map(ContactOutcome::name).join(", ");
        Problem::bad_request(&format!("outcome must be one of {allowed}"))
    })
}

fn cursor(text: &str) -> Result<CallCursor, Problem> {
    CallCursor::parse(text).ok_or_else(|| {
        Problem::bad_request("cursor must be the `next` value of an earlier response")
    })
}

fn json(call: report::ListedCall) -> Call {
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
        outcome: call.outcome.name(),
        caller: call.caller,
    }
}
