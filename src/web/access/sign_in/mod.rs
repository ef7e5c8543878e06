//! `/login` and `/logout`. A page that needs a sign-in answers with the form itself, so that the visitor
//! gets to it afterwards.

mod client;
mod cookie;
mod guarded_form;
mod provider;

use askama::Template;
use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use serde::Deserialize;

use wallboard_access::{
    AuditAction, AuditActor, Password, SignIn, SignInError, SignInRequest, Token,
};
use wallboard_store::RecordError;
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        account_refusal::explain_account, audited::Audited, reader_texts::ReaderTexts,
        visitor::Visitor,
    },
    server::assets,
};

pub(in crate::web) use crate::web::server::client_address::ClientAddress;
pub(in crate::web) use client::{device_name, engine_name, write_device};
pub(in crate::web) use cookie::{TokenCookie, session_cookie};
pub(in crate::web) use guarded_form::GuardedForm;

use provider::ProviderButton;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    build: &'static str,
    texts: &'static Texts,
    /// Why the last attempt failed.
    error: &'a str,
    name: &'a str,
    /// The page to go to afterwards.
    next: &'a str,
    /// Nobody has an account yet.
    is_unused: bool,
    provider: Option<ProviderButton>,
}

#[derive(Debug, Default, Deserialize)]
struct NextPage {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct SignInForm {
    name: String,
    password: Password,
    #[serde(default)]
    next: String,
}

/// The notice about a change just made, on the page that a form leads to.
#[derive(Deserialize)]
pub(in crate::web) struct DoneQuery {
    pub(in crate::web) done: Option<String>,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/login", get(show_form).post(sign_in))
        .route(
            "/logout",
            get(async || Redirect::to("/account")).post(sign_out),
        )
        .merge(provider::routes())
}

/// Answers a request for a page that needs a sign-in.
pub(super) fn refuse_without_session(web: &WebState, uri: &Uri, headers: &HeaderMap) -> Response {
    let next = uri.path_and_query().map_or("/", |page| page.as_str());
    let ReaderTexts(texts) =
        ReaderTexts::find(&Visitor::Nobody, headers.get(header::ACCEPT_LANGUAGE));
    render_form(web, texts, StatusCode::UNAUTHORIZED, "", "", next)
}

async fn show_form(
    State(web): State<WebState>,
    visitor: Visitor,
    ReaderTexts(texts): ReaderTexts,
    Query(NextPage { next }): Query<NextPage>,
) -> Response {
    match visitor {
        Visitor::Nobody | Visitor::Screen(..) | Visitor::Program(_) => {
            render_form(&web, texts, StatusCode::OK, "", "", &next)
        }
        Visitor::Anyone | Visitor::Person(..) => Redirect::to(own_page(&next)).into_response(),
    }
}

async fn sign_in(
    State(web): State<WebState>,
    ClientAddress(address): ClientAddress,
    ReaderTexts(texts): ReaderTexts,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, WebError> {
    let access = web.sign_in.as_ref().ok_or(WebError::NoSuchPage)?;
    let request = SignInRequest {
        name: form.name.clone(),
        password: form.password,
        address,
        device: device_name(&headers),
    };
    match access.sign_in(request).await {
        Ok(token) => {
            let signed_in = note_sign_in(access, &token);
            let page = open_page(access, &headers, &token, &form.next).await?;
            Ok(signed_in.mark(page))
        }
        Err(error) => {
            let (status, text) = refusal(texts, error)?;
            let page = render_form(&web, texts, status, &text, &form.name, &form.next);
            // Attempts beyond the limits are only answered, however many there are.
            if status != StatusCode::UNPROCESSABLE_ENTITY {
                return Ok(page);
            }
            Ok(Audited::new(AuditAction::SignInFailed, "")
                .by(AuditActor::not_signed_in(&form.name))
                .mark(page))
        }
    }
}

/// Makes the trail's note about the person who has this session now.
pub(super) fn note_sign_in(access: &SignIn, token: &Token) -> Audited {
    let signed_in = Audited::new(AuditAction::SignedIn, "");
    match access.directory().identify(token, Timestamp::now()) {
        Some(identity) => signed_in.by(AuditActor::person(&identity, access.directory())),
        None => signed_in,
    }
}

/// Leads to the page, with a new session in place of one that the browser had.
async fn open_page(
    access: &SignIn,
    headers: &HeaderMap,
    token: &Token,
    next: &str,
) -> Result<Response, WebError> {
    if let Some(previous) = TokenCookie::Session.read(headers) {
        access.sign_out(previous.id()).await?;
    }
    Ok((session_cookie(token, access), Redirect::to(own_page(next))).into_response())
}

/// Returns the text about a failed attempt; passes on an error that isn't the visitor's.
pub(in crate::web) fn refusal(
    texts: &Texts,
    error: SignInError,
) -> Result<(StatusCode, String), WebError> {
    let unavailable = |text: &str| Ok((StatusCode::SERVICE_UNAVAILABLE, text.to_owned()));
    let text = match &error {
        SignInError::NoMatch => texts.no_match().to_owned(),
        SignInError::TooManyAttempts(wait) => {
            let text = texts.too_many_attempts(wait.as_secs() / 60 + 1);
            return Ok((StatusCode::TOO_MANY_REQUESTS, text));
        }
        SignInError::Hashing(_) => return unavailable(texts.too_many_sign_ins()),
        error if RecordError::is_cluster_full(error) => return unavailable(texts.cluster_full()),
        error if RecordError::is_cluster_away(error) => return unavailable(texts.cluster_away()),
        SignInError::Account(account) => match explain_account(texts, account) {
            Some(text) => text,
            None => return Err(error.into()),
        },
        _ => return Err(error.into()),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, text))
}

async fn sign_out(
    access: AccessState,
    GuardedForm { session, .. }: GuardedForm<()>,
) -> Result<Response, WebError> {
    access.0.sign_out(session).await?;
    let page = (TokenCookie::Session.delete(), Redirect::to("/login"));
    Ok(Audited::new(AuditAction::SignedOut, "").mark(page))
}

fn render_form(
    web: &WebState,
    texts: &'static Texts,
    status: StatusCode,
    error: &str,
    name: &str,
    next: &str,
) -> Response {
    let directory = web.sign_in.as_ref().map(SignIn::directory);
    let page = SignInPage {
        build: assets::build_id(),
        texts,
        error,
        name,
        next: own_page(next),
        is_unused: directory.is_some_and(|directory| !directory.has_users()),
        provider: ProviderButton::of_site(web, texts),
    };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => WebError::from(error).into_response(),
    }
}

/// The page to go to, if it's ours.
fn own_page(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|letter: char| letter == '\\' || letter.is_control())
        && !next.starts_with("/login")
        && !next.starts_with("/logout");
    if is_own { next } else { "/" }
}

/// Sign-in, where there is one: open access has none of its pages.
pub(in crate::web) struct AccessState(pub(in crate::web) SignIn);

impl axum::extract::FromRequestParts<WebState> for AccessState {
    type Rejection = WebError;

    async fn from_request_parts(
        _: &mut axum::http::request::Parts,
        web: &WebState,
    ) -> Result<Self, WebError> {
        web.sign_in.clone().map(Self).ok_or(WebError::NoSuchPage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_gone_to() {
        for own in ["/", "/boards/queues?at=10:42", "/queues/a/b%2Fc"] {
            assert_eq!(own_page(own), own);
        }
        for foreign in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/login?next=/",
            "/logout",
        ] {
            assert_eq!(own_page(foreign), "/", "{foreign}");
        }
    }
}
