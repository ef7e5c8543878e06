//! The front door: finds out who makes a request, and whether they may.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use wallboard_access::{Requirement, parse_api_token};

use crate::web::{
    WebError, WebState,
    access::{
        route_requirements::find_requirement,
        sign_in::{ClientAddress, TokenCookie, refuse_without_session},
        visitor::Visitor,
    },
    api,
    screens::queue_code::{opens_queue, show_queue_code},
};

/// Passes a request on, with its [`Visitor`], if the visitor may make it.
pub(in crate::web) async fn authorize(
    State(web): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut visitor = identify(&web, request.headers(), request.uri().path());
    let is_api = request.uri().path().starts_with("/api/");
    let requirement = find_requirement(&request);
    if !visitor.is_allowed(requirement)
        && let Some(&ClientAddress(address)) = request.extensions().get()
        && let Some(found) = find_elsewhere(&web, request.headers(), address).await
    {
        visitor = found;
    }
    if opens_queue(&visitor, &request) {
        let shown = show_queue_code(&web, &visitor, request).await;
        return shown.unwrap_or_else(IntoResponse::into_response);
    }
    if !visitor.is_allowed(requirement) {
        let mut refusal = match &visitor {
            Visitor::Nobody | Visitor::Screen(..) if is_api || is_program(&request) => {
                api::refuse_access(StatusCode::UNAUTHORIZED)
            }
            Visitor::Nobody | Visitor::Screen(..) => {
                refuse_without_session(&web, request.uri(), request.headers())
            }
            Visitor::Anyone => WebError::NoSuchPage.into_response(),
            Visitor::Program(_) => api::refuse_access(StatusCode::FORBIDDEN),
            Visitor::Person(..) if is_api => api::refuse_access(StatusCode::FORBIDDEN),
            Visitor::Person(..) => WebError::Forbidden.into_response(),
        };
        refusal.extensions_mut().insert(visitor);
        return refusal;
    }
    // Without a session to ride on, only forms of the editor and of screens and the API change anything. Programs send
    // no header of a browser.
    let headers = request.headers();
    let is_form = requirement != Requirement::Public && request.method() == Method::POST;
    let has_forms = web.editor.is_some() || web.screens.is_some();
    let has_changes = web.sign_in.is_some() || is_api || (has_forms && is_form);
    let changes_nothing = !has_changes || is_safe(request.method());
    let has_session = matches!(visitor, Visitor::Person(..) | Visitor::Screen(..));
    let is_of_program = is_api && !has_session && !is_from_browser(headers);
    if !changes_nothing && !is_of_program && !is_same_origin(&web, headers) {
        return WebError::CrossSite.into_response();
    }
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    // For the header of an error page.
    response.extensions_mut().insert(visitor);
    response
}

fn identify(web: &WebState, headers: &HeaderMap, path: &str) -> Visitor {
    let now = Timestamp::now();
    let screen = || {
        let token = TokenCookie::Screen.read(headers)?;
        let identity = web.screens.as_ref()?.directory().identify(&token, now)?;
        Some(Visitor::Screen(identity, web.boards.list_playlists()))
    };
    let Some(sign_in) = &web.sign_in else {
        // Everybody may see everything, so a browser is a screen only where it shows a board of the screen.
        let board = path.strip_prefix("/boards/");
        let board = board.map(|rest| rest.trim_end_matches("/live"));
        let screen = board.and_then(|board| screen().filter(|found| found.is_screen_of(board)));
        return screen.unwrap_or(Visitor::Anyone);
    };
    if let Some(text) = bearer_text(headers) {
        let program = parse_api_token(text)
            .and_then(|token| sign_in.api_tokens().directory().identify(&token, now));
        return program.map_or(Visitor::Nobody, Visitor::Program);
    }
    let person = TokenCookie::Session.read(headers).and_then(|token| {
        let identity = sign_in.directory().identify(&token, now)?;
        Some(Visitor::Person(identity, token))
    });
    person.or_else(screen).unwrap_or_default()
}

/// Returns who signed in, was paired or got a token at another node in this moment.
async fn find_elsewhere(web: &WebState, headers: &HeaderMap, address: IpAddr) -> Option<Visitor> {
    let lookups = web.sign_in.as_ref()?.token_lookups();
    if !lookups.is_needed() {
        return None;
    }
    if let Some(text) = bearer_text(headers) {
        let token = parse_api_token(text)?;
        let program = Box::pin(lookups.find_program(&token, address)).await?;
        return Some(Visitor::Program(program));
    }
    if let Some(token) = TokenCookie::Session.read(headers)
        && let Some(identity) = Box::pin(lookups.find_session(&token, address)).await
    {
        return Some(Visitor::Person(identity, token));
    }
    let token = TokenCookie::Screen.read(headers)?;
    let screen = Box::pin(lookups.find_screen(&token, address)).await?;
    Some(Visitor::Screen(screen, web.boards.list_playlists()))
}

/// Whether it carries a token, valid or not: a page to sign in is no answer to it.
fn is_program(request: &Request) -> bool {
    bearer_text(request.headers()).is_some()
}

/// Returns the text with which a program proves its identity. Such a request has no session.
fn bearer_text(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser sent it for a page, to change something.
fn is_from_browser(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN)
}

/// Whether one of our pages sent the request. Browsers send one header or the other about it.
fn is_same_origin(web: &WebState, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => headers.contains_key(header::ORIGIN) && web.origins.is_allowed(headers),
    }
}
