//! What is noted of requests in the audit trail: changes, which handlers name, and views of personal
//! data, which routes do.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    access::{AuditAction, AuditActor, Right},
    boards::BoardLayout,
};

use super::{
    WebState, route_requirements::find_requirement, sign_in::ClientAddress, visitor::Visitor,
};

/// What a handler did, as an extension of its response.
#[derive(Clone, Debug)]
pub(super) struct Audited {
    pub(super) action: AuditAction,
    pub(super) subject: String,
    /// Who did it, if that isn't who made the request: at sign-in, nobody is known yet.
    pub(super) actor: Option<String>,
}

impl Audited {
    pub(super) fn new(action: AuditAction, subject: &str) -> Self {
        Self {
            action,
            subject: subject.to_owned(),
            actor: None,
        }
    }

    pub(super) fn by(self, actor: &str) -> Self {
        Self {
            actor: Some(actor.to_owned()),
            ..self
        }
    }

    /// Marks a response.
    pub(super) fn mark(self, response: impl IntoResponse) -> Response {
        let mut response = response.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Notes what a request did or showed, before the response leaves.
pub(super) async fn audit(
    State(web): State<Arc<WebState>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(trail) = web.sign_in.as_ref().map(|access| access.audit().clone()) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &web).await;
    let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, &web).await;
    let request = Request::from_parts(parts, body);
    let actor = |name| AuditActor {
        name,
        address: Some(address),
    };
    let view = viewed(&web, &visitor, &request);
    let mut response = next.run(request).await;
    if let Some(Audited {
        action,
        subject,
        actor: named,
    }) = response.extensions_mut().remove()
    {
        let name = named.unwrap_or_else(|| name_of(&visitor));
        trail.record(&actor(name), action, &subject).await;
    } else if let Some((action, subject)) = view.filter(|_| !response.status().is_client_error()) {
        trail.record_view(&actor(name_of(&visitor)), action, &subject);
    }
    response
}

fn name_of(visitor: &Visitor) -> String {
    match visitor {
        Visitor::Nobody => "nobody".to_owned(),
        Visitor::Anyone => "anyone".to_owned(),
        Visitor::Person(identity, _) => identity.name.to_string(),
        Visitor::Screen(identity) => format!("screen {}", identity.screen.name),
        Visitor::Program(identity) => format!("program {}", identity.token.name),
    }
}

/// The personal data or the file that a request is for, by its address. What screens show is noted when
/// they are paired.
fn viewed(web: &WebState, visitor: &Visitor, request: &Request) -> Option<(AuditAction, String)> {
    let is_read = request.method() == Method::GET && !matches!(visitor, Visitor::Screen(_));
    let requirement = find_requirement(request);
    let path = request.uri().path();
    let subject = || {
        request
            .uri()
            .path_and_query()
            .map_or(path, |full| full.as_str())
            .to_owned()
    };
    if !is_read {
        return None;
    }
    if requirement.needs(Right::Export) {
        return Some((AuditAction::Exported, subject()));
    }
    let shows_people = requirement.needs(Right::PersonalData)
        || (visitor.has(Right::PersonalData) && may_show_people(web, path, request.uri().query()));
    shows_people.then(|| (AuditAction::Viewed, subject()))
}

/// Whether a page that isn't only of people has some.
fn may_show_people(web: &WebState, path: &str, query: Option<&str>) -> bool {
    if let Some(board) = path.strip_prefix("/boards/") {
        let board = web.boards.find_board(board);
        return board.is_some_and(|board| board.layout == BoardLayout::Agents);
    }
    let is_history = path == "/history" || path == "/api/v1/history/intervals";
    path.starts_with("/queues/")
        || (is_history && query.is_some_and(|query| query.contains("agent")))
}
