//! `?at=` on live pages and in the API: the same pages, from the live state of that moment. With
//! `&play=10`, time runs from there.

mod past_bar;
mod past_query;
mod past_sessions;
mod rewind_failure;
mod stored_changes;
mod stored_series;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use hyper::upgrade::OnUpgrade;
use tower::ServiceExt;

use wallboard_access::network_of;

use crate::web::{
    WebError, WebState,
    access::visitor::Visitor,
    api,
    pages::{agent, queue},
    screens::board,
    server::client_address::ClientAddress,
};

pub(super) use past_query::{invalid_moment, past_query};
pub use past_sessions::Rewind;
pub(super) use rewind_failure::RewindFailure;

use past_query::{PastQuery, PastRequest};
use past_sessions::PastOwner;

/// Pages that can show a past moment begin with one of these.
const REWINDABLE: [&str; 6] = [
    "/boards/",
    "/queues/",
    "/agents/",
    "/api/v1/queues",
    "/api/v1/agents",
    "/api/v1/site",
];

/// Serves requests with `at` from the past.
pub(super) async fn serve_past(
    State(web): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_rewindable = is_read && REWINDABLE.iter().any(|start| path.starts_with(start));
    let Some(query) = PastQuery::of(request.uri()).filter(|_| is_rewindable) else {
        return next.run(request).await;
    };
    let is_api = path.starts_with("/api/");
    if !may_rewind(&request) {
        return if is_api {
            api::refuse_access(StatusCode::FORBIDDEN)
        } else {
            WebError::Forbidden.into_response()
        };
    }
    let request_for = if is_api {
        query.and_then(|query| query.resolve_for_api(&web.live).map(PastRequest::Show))
    } else {
        query.and_then(|query| query.resolve(&web.live))
    };
    let session = match request_for {
        Ok(PastRequest::Redirect(past)) => {
            return redirect_to(&past_query::strip_past(request.uri()), &past);
        }
        Ok(PastRequest::Show(key)) => open_session(&web, &key, owner_of(&request)).await,
        Err(failure) => Err(failure),
    };
    match session {
        Ok(past) => {
            let uri = past_query::strip_past(request.uri());
            let pages = past_routes().with_state(past);
            pages.oneshot(readdress(request, uri)).await.into_response()
        }
        Err(failure) if is_api => api::refuse_past(&failure),
        Err(failure) => refuse_page(failure),
    }
}

/// The marks along a past day are of the whole site.
fn may_rewind(request: &Request) -> bool {
    let visitor = request.extensions().get::<Visitor>();
    let permissions = visitor.and_then(Visitor::permissions);
    permissions.is_some_and(|has| has.data_scope().is_none())
}

/// Returns the request with another address, as if no router had seen it.
fn readdress(request: Request, uri: Uri) -> Request {
    let (mut parts, body) = request.into_parts();
    let mut readdressed = Request::new(body);
    *readdressed.method_mut() = parts.method;
    *readdressed.uri_mut() = uri;
    *readdressed.version_mut() = parts.version;
    *readdressed.headers_mut() = parts.headers;
    if let Some(upgrade) = parts.extensions.remove::<OnUpgrade>() {
        readdressed.extensions_mut().insert(upgrade);
    }
    if let Some(visitor) = parts.extensions.remove::<Visitor>() {
        readdressed.extensions_mut().insert(visitor);
    }
    readdressed
}

/// Redirects to the same page at another moment.
fn redirect_to(page: &Uri, past: &str) -> Response {
    let separator = if page.query().is_some() { '&' } else { '?' };
    Redirect::temporary(&format!("{page}{separator}{past}")).into_response()
}

fn owner_of(request: &Request) -> PastOwner {
    let visitor = request.extensions().get::<Visitor>();
    let address = request.extensions().get::<ClientAddress>();
    let address = address.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0);
    match visitor {
        Some(Visitor::Person(identity, _)) => PastOwner::Token(identity.session),
        Some(Visitor::Program(identity)) => PastOwner::Token(identity.id),
        Some(Visitor::Screen(identity, _)) => PastOwner::Token(identity.id),
        Some(Visitor::Nobody | Visitor::Anyone) | None => PastOwner::Network(network_of(address)),
    }
}

async fn open_session(
    web: &WebState,
    key: &past_query::PastKey,
    owner: PastOwner,
) -> Result<WebState, RewindFailure> {
    let rewind = web.rewind.as_ref().ok_or(RewindFailure::NoLog)?;
    rewind.open(web, key, owner).await
}

/// The routes that a past has.
fn past_routes() -> Router<WebState> {
    Router::new()
        .merge(agent::routes())
        .merge(api::routes())
        .merge(queue::routes())
        .merge(board::routes())
        .fallback(async || WebError::NoSuchPage)
}

fn refuse_page(failure: RewindFailure) -> Response {
    (failure.retry_after(), WebError::Rewind(failure)).into_response()
}
