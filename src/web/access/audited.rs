//! Requests in the audit trail: changes, and views of personal data. Handlers mark their changes and
//! whether they show agents; on some routes, all do.

use axum::{
    Extension,
    body::to_bytes,
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse, Response},
};

use wallboard_access::{AuditAction, AuditActor, Requirement, Right, SignIn};

use crate::web::{
    WebState,
    access::{route_requirements::find_requirement, sign_in::ClientAddress, visitor::Visitor},
    server::{request_address::normalize_address, request_framing::body_bytes_max},
};

/// The end of the address of a board's socket.
const SOCKET_SUFFIX: &str = "/live";
/// The parameters of a socket's address: where its page stands, and its size.
const SOCKET_KEYS: [&str; 5] = ["e", "n", "v", "p", "s"];

/// A part of a response that shows agents: the view is noted.
pub(in crate::web) type PeopleMark = Extension<ShowsPeople>;

/// That a response shows agents.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct ShowsPeople;

impl ShowsPeople {
    pub(in crate::web) fn mark_if(is_shown: bool) -> Option<PeopleMark> {
        is_shown.then_some(Extension(Self))
    }
}

/// A handler's action, as an extension of its response.
#[derive(Clone, Debug)]
pub(in crate::web) struct Audited {
    pub(in crate::web) action: AuditAction,
    pub(in crate::web) subject: String,
    /// The actor, if that isn't the visitor: at sign-in, nobody is known yet.
    pub(in crate::web) actor: Option<AuditActor>,
}

impl Audited {
    pub(in crate::web) fn new(action: AuditAction, subject: &str) -> Self {
        Self {
            action,
            subject: subject.to_owned(),
            actor: None,
        }
    }

    pub(in crate::web) fn by(self, actor: AuditActor) -> Self {
        Self {
            actor: Some(actor),
            ..self
        }
    }

    /// Marks a response.
    pub(in crate::web) fn mark(self, response: impl IntoResponse) -> Response {
        let mut response = response.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Notes what a request did or showed, before the response leaves. A change is noted although its
/// client doesn't wait for the response.
pub(in crate::web) async fn audit(
    State(web): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let Some(access) = web.sign_in.clone() else {
        return next.run(request).await;
    };
    if request.method().is_safe() {
        return run_audited(web, access, request, next).await;
    }
    // A form that never ends must end with its connection, so the rest begins once it's here.
    let most = body_bytes_max(&request);
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, most).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request::from_parts(parts, form.into());
    let running = tokio::spawn(run_audited(web, access, request, next));
    (running.await).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn run_audited(web: WebState, access: SignIn, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &web).await;
    let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, &web).await;
    let request = Request::from_parts(parts, body);
    let (requirement, uri) = (find_requirement(&request), request.uri().clone());
    let mut response = next.run(request).await;
    let actor = actor_of(&visitor, &access).at(address);
    let trail = access.audit();
    if let Some(audited) = response.extensions_mut().remove::<Audited>() {
        let actor = audited.actor.map_or(actor, |named| named.at(address));
        trail.record(&actor, audited.action, &audited.subject).await;
    } else if let Some(action) = find_view(&visitor, requirement, &response) {
        let subject = subject_of(&uri, response.status());
        trail.record_view(&actor, action, &subject).await;
    }
    response
}

fn actor_of(visitor: &Visitor, access: &SignIn) -> AuditActor {
    match visitor {
        Visitor::Nobody | Visitor::Anyone => AuditActor::not_signed_in("nobody"),
        Visitor::Person(identity, _) => AuditActor::person(identity, access.directory()),
        Visitor::Screen(identity, _) => AuditActor::screen(identity),
        Visitor::Program(identity) => AuditActor::program(identity),
    }
}

/// Whether a response shows personal data, or is a file. What screens show is noted when they are
/// paired.
fn find_view(
    visitor: &Visitor,
    requirement: Requirement,
    response: &Response,
) -> Option<AuditAction> {
    if matches!(visitor, Visitor::Screen(..)) || response.status().is_client_error() {
        return None;
    }
    if requirement.needs(Right::Export) {
        return Some(AuditAction::Exported);
    }
    let is_marked = response.extensions().get::<ShowsPeople>().is_some();
    (is_marked || requirement.needs(Right::PersonalData)).then_some(AuditAction::Viewed)
}

/// The address of what was shown. A board's socket shows what its page does.
fn subject_of(uri: &Uri, status: StatusCode) -> String {
    if status != StatusCode::SWITCHING_PROTOCOLS {
        return normalize_address(uri, &[]);
    }
    let address = normalize_address(uri, &SOCKET_KEYS);
    let (path, query) = match address.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (&*address, String::new()),
    };
    format!(
        "{}{query}",
        path.strip_suffix(SOCKET_SUFFIX).unwrap_or(path)
    )
}
