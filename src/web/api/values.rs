//! `POST /api/v1/values`: values of any other system.

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use wallboard_domain::SourceId;
use wallboard_sources::values::{BatchFault, DeliveryError, find_source};

use super::{
    problem::{FaultPlace, NoParameters, NotFound, Problem, TooMany},
    values_body::ValuesBatch,
    writing::Body,
};
use crate::web::{WebState, access::visitor::Visitor};

/// When a program may try again, in seconds.
const SOON: u32 = 1;
/// The same while somebody has paused the source.
const LATER: u32 = 60;

/// Why a batch isn't accepted.
struct Refusal {
    problem: Problem,
    retry_after: Option<u32>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            retry_after: None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let after = self.retry_after.map(HeaderValue::from);
        let mut response = self.problem.into_response();
        let headers = response.headers_mut();
        headers.extend(after.map(|seconds| (header::RETRY_AFTER, seconds)));
        response
    }
}

/// Send values of queues and agents, and custom figures
///
/// With a token that sends values of their source. A batch with a fault changes nothing. An accepted one survives a
/// restart. With `time`, it may be sent again: an older value never replaces a newer one. Without, it's of the time
/// when it arrives, so don't send it again after a newer one.
#[utoipa::path(
    post,
    path = "/values",
    operation_id = "send_values",
    tag = "values",
    request_body = ValuesBatch,
    responses(
        (status = NO_CONTENT, description = "The values are stored"),
        Problem,
        NotFound,
        TooMany
    )
)]
pub(super) async fn send(
    State(web): State<WebState>,
    visitor: Visitor,
    _: NoParameters,
    request: Request,
) -> Response {
    match accept(&web, &visitor, request).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn accept(web: &WebState, visitor: &Visitor, request: Request) -> Result<(), Refusal> {
    let program = match visitor {
        Visitor::Program(program) => Some(program),
        Visitor::Nobody | Visitor::Anyone | Visitor::Person(..) | Visitor::Screen(..) => None,
    };
    let limited = web
        .send_limits
        .take_batch(program.map(|program| program.id));
    limited.map_err(|_| {
        later(
            StatusCode::TOO_MANY_REQUESTS,
            SOON,
            "too many batches: at most 20 a second",
        )
    })?;
    let Body(body): Body<Value> = Body::from_request(request, web).await?;
    let source = program.and_then(|program| program.token.sends_values_of.clone());
    let source = source.or_else(|| find_source(&body)).ok_or_else(|| {
        Problem::bad_request("the first `id` must begin with a source, as in \"phone/sales\", or `source` must be one")
    })?;
    check_source(web, &source)?;
    let accepted = web.deliveries.deliver(&source, body).await;
    let accepted = accepted.map_err(|error| match error {
        DeliveryError::NotRunning => not_here(web),
        DeliveryError::Faulty(faults) => refuse_faulty(faults),
    })?;
    // The next leader may have it or not.
    accepted.wait_for_commit().await.map_err(|_| not_here(web))
}

/// Refuses what no source of the configuration receives now.
fn check_source(web: &WebState, source: &SourceId) -> Result<(), Refusal> {
    let (is_configured, is_paused) = web.live.read_snapshot(|snapshot, _| {
        let setup = snapshot.site.find_source(source);
        let is_paused = snapshot.site.paused_by(source).is_some();
        (setup.is_some_and(|setup| setup.vendor.is_pushed), is_paused)
    });
    if !is_configured {
        let detail = format!("there is no source `{source}` of kind \"values\"");
        return Err(Problem::not_found(&detail).into());
    }
    if is_paused {
        let detail = format!("an administrator paused the source `{source}`");
        return Err(later(StatusCode::SERVICE_UNAVAILABLE, LATER, &detail));
    }
    Ok(())
}

fn not_here(web: &WebState) -> Refusal {
    let detail = match web.server_info.cluster {
        Some(_) => "this node doesn't lead the cluster; send the batch to another node",
        None => "the server isn't ready for values; send the batch again",
    };
    later(StatusCode::SERVICE_UNAVAILABLE, SOON, detail)
}

fn later(status: StatusCode, seconds: u32, detail: &str) -> Refusal {
    Refusal {
        problem: Problem::new(status, detail),
        retry_after: Some(seconds),
    }
}

fn refuse_faulty(faults: Vec<BatchFault>) -> Refusal {
    let places = faults.into_iter().map(|fault| FaultPlace {
        pointer: fault.pointer,
        detail: fault.detail,
    });
    let problem = Problem::bad_request("nothing of the batch was accepted; see `errors`");
    problem.with_errors(places.collect()).into()
}
