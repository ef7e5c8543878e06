//! `/login/oidc`: to the company's identity provider and back.

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use tracing::warn;

use crate::web::{
    WebError, WebState,
    access::{audited::Audited, reader_texts::ReaderTexts, visitor::Visitor},
};
use wallboard_access::{
    AuditAction, AuditActor, IdentityProvider, PendingSignIn, Person, ProviderAnswer,
    ProviderError, SignIn, SignInError,
};
use wallboard_domain::RedactedText;
use wallboard_texts::Texts;

use super::{
    ClientAddress, NextPage, TokenCookie, cookie::pending_cookie, device_name, note_sign_in,
    open_page, own_page, refusal, render_form,
};

/// The first page instead of longer ones: the way back from the provider is kept for a while.
const NEXT_BYTES_MAX: usize = 500;

/// The provider's button on the sign-in page.
pub(super) struct ProviderButton {
    pub(super) label: String,
    /// Why it may not work.
    pub(super) note: String,
}

/// The parameters that the provider adds to our address.
#[derive(Deserialize)]
struct Callback {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/login/oidc", get(start))
        .route("/login/oidc/callback", get(finish))
}

impl ProviderButton {
    pub(super) fn of_site(web: &WebState, texts: &Texts) -> Option<Self> {
        let (_, provider) = find_provider(web)?;
        let name = provider.name().unwrap_or(texts.company_account());
        Some(Self {
            label: texts.sign_in_with(name),
            note: if provider.is_reachable() {
                String::new()
            } else {
                texts.provider_unreachable(provider_name(texts, provider))
            },
        })
    }
}

/// Sends the browser to the provider. A link leads here, not a form: a form of ours may lead to no other
/// site.
async fn start(
    State(web): State<WebState>,
    visitor: Visitor,
    ReaderTexts(texts): ReaderTexts,
    headers: HeaderMap,
    Query(NextPage { next }): Query<NextPage>,
) -> Result<Response, WebError> {
    let next = Some(own_page(&next)).filter(|next| next.len() <= NEXT_BYTES_MAX);
    let next = next.unwrap_or("/");
    let provider = find_provider(&web).filter(|_| !is_signed_in(&visitor));
    let Some((_, provider)) = provider else {
        return Ok(Redirect::to(next).into_response());
    };
    let browser = TokenCookie::PendingSignIn.read(&headers);
    match provider.start(browser, next).await {
        Ok(started) => {
            let cookie = pending_cookie(&started.browser);
            Ok((cookie, Redirect::to(&started.url)).into_response())
        }
        Err(error) => explain(&web, texts, provider, error.into(), next),
    }
}

/// Takes what the provider says, and opens a session.
async fn finish(
    State(web): State<WebState>,
    visitor: Visitor,
    ReaderTexts(texts): ReaderTexts,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Query(callback): Query<Callback>,
) -> Result<Response, WebError> {
    let Some((access, provider)) = find_provider(&web) else {
        return Ok(Redirect::to("/").into_response());
    };
    let browser = TokenCookie::PendingSignIn.read(&headers);
    let pending = match provider.take_pending(&callback.state, browser.as_ref()) {
        Ok(pending) => pending,
        // Back in the browser's history.
        Err(_) if is_signed_in(&visitor) => return Ok(Redirect::to("/").into_response()),
        Err(error) => return explain(&web, texts, provider, error.into(), ""),
    };
    let next = pending.next.clone();
    let opened = match identify(provider, pending, callback).await {
        Ok(person) => {
            let device = device_name(&headers);
            access.sign_in_person(person, address, device).await
        }
        Err(error) => Err(error.into()),
    };
    match opened {
        Ok(token) => {
            let signed_in = note_sign_in(access, &token);
            let page = open_page(access, &headers, &token, &next).await?;
            Ok(signed_in.mark(page))
        }
        Err(error) => {
            warn!(address = %address, "Someone couldn't sign in through the identity provider: {error}");
            let refused = match &error {
                SignInError::NoRole(name) | SignInError::Disabled(name) => Some(name.clone()),
                _ => None,
            };
            let page = explain(&web, texts, provider, error, &next)?;
            let failed = Audited::new(AuditAction::SignInFailed, "");
            Ok(match refused {
                Some(name) => failed.by(AuditActor::refused_person(&name)).mark(page),
                None => page,
            })
        }
    }
}

fn find_provider(web: &WebState) -> Option<(&SignIn, &IdentityProvider)> {
    let access = web.sign_in.as_ref()?;
    Some((access, access.provider()?))
}

fn is_signed_in(visitor: &Visitor) -> bool {
    matches!(visitor, Visitor::Anyone | Visitor::Person(..))
}

async fn identify(
    provider: &IdentityProvider,
    pending: PendingSignIn,
    callback: Callback,
) -> Result<Person, ProviderError> {
    let answer = ProviderAnswer {
        code: callback.code.map(RedactedText),
        error: callback.error,
        issuer: callback.iss,
    };
    provider.identify(pending, answer).await
}

/// Shows the sign-in page, and on it why nobody is signed in.
fn explain(
    web: &WebState,
    texts: &'static Texts,
    provider: &IdentityProvider,
    error: SignInError,
    next: &str,
) -> Result<Response, WebError> {
    let name = provider_name(texts, provider);
    let forbidden = |text: String| Ok((StatusCode::FORBIDDEN, text));
    let unavailable = |text: String| Ok((StatusCode::SERVICE_UNAVAILABLE, text));
    let explained = match &error {
        SignInError::NoRole(person) => forbidden(texts.no_group_has_access(name, person.as_str())),
        SignInError::Disabled(_) => forbidden(texts.access_disabled().to_owned()),
        SignInError::Provider(fault) => match fault {
            ProviderError::Unreachable(_) => unavailable(texts.provider_unreachable(name)),
            ProviderError::Busy => unavailable(texts.too_many_sign_ins().to_owned()),
            ProviderError::NotWaiting => forbidden(texts.sign_in_expired().to_owned()),
            ProviderError::Refused(_) => forbidden(texts.sign_in_refused(name)),
            ProviderError::InvalidAnswer(_) => forbidden(texts.provider_answer_invalid(name)),
            ProviderError::Randomness(_) => refusal(texts, error),
        },
        _ => refusal(texts, error),
    };
    let (status, text) = explained?;
    Ok(render_form(web, texts, status, &text, "", next))
}

/// The provider within a sentence.
fn provider_name<'a>(texts: &'a Texts, provider: &'a IdentityProvider) -> &'a str {
    provider.name().unwrap_or(texts.identity_provider())
}
