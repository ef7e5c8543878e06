//! `/account`: one's own role, password and sessions.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use strum::IntoEnumIterator;

use wallboard_access::{
    AuditAction, Identity, OwnSession, Password, SignInError, TokenId, UserRecords,
};
use wallboard_domain::Language;
use wallboard_history::{SourceVendors, forgetting::fact_forgetter};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{ForgottenPerson, StoreView, load_inventory};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        role_name::role_name,
        sign_in::{AccessState, ClientAddress, DoneQuery, GuardedForm, refusal, write_device},
        visitor::Visitor,
    },
    parts::{
        data_row::DataRow,
        page_header::{PageHeader, TranslatedHeader},
    },
    server::assets,
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    build: &'static str,
    header: PageHeader,
    name: String,
    role: &'static str,
    /// There's no password here.
    is_of_provider: bool,
    /// The languages to choose from, by tag and name, and whether it's chosen.
    languages: Vec<(&'static str, &'static str, bool)>,
    /// The token of its forms.
    form: String,
    sessions: Vec<SessionRow>,
    /// Other data that is kept about them.
    data: Vec<DataRow>,
    /// The notice about a change just made.
    done: &'static str,
    /// Why the password wasn't changed.
    error: String,
}

struct SessionRow {
    id: String,
    device: String,
    signed_in: String,
    last_used: String,
    is_current: bool,
}

#[derive(Deserialize)]
struct NewPassword {
    old: Password,
    new: Password,
}

/// Empty: the browser's.
#[derive(Deserialize)]
struct NewLanguage {
    language: String,
}

#[derive(Deserialize)]
struct EndedSession {
    session: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/account", get(show_account))
        .route("/account/language", post(change_language))
        .route("/account/password", post(change_password))
        .route("/account/sessions", post(end_session))
}

async fn show_account(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let texts = header.texts;
    let done = match query.done.as_deref() {
        Some("password") => texts.password_changed(),
        Some("session") => texts.session_ended(),
        Some("language") => texts.language_changed(),
        _ => "",
    };
    let page = build_page(&web, header, done, String::new()).await?;
    Ok(Html(page.render()?).into_response())
}

async fn build_page(
    web: &WebState,
    header: PageHeader,
    done: &'static str,
    error: String,
) -> Result<AccountPage, WebError> {
    let (Some(access), Visitor::Person(identity, token)) = (&web.sign_in, header.visitor()) else {
        return Err(WebError::NoSuchPage);
    };
    let sessions = access.directory().list_sessions(&identity.user);
    let texts = header.texts;
    let rows = (web.live).read_snapshot(|snapshot, now| {
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        let row = |session: OwnSession| SessionRow {
            id: session.id.to_text(),
            signed_in: time(session.created_at),
            last_used: time(session.last_used_at),
            is_current: session.id == token.id(),
            device: write_device(texts, &session.device),
        };
        sessions.into_iter().map(row).collect()
    });
    let data = load_data(web, texts, &identity.name).await?;
    Ok(AccountPage {
        build: assets::build_id(),
        name: identity.name.to_string(),
        role: role_name(texts, identity.permissions.role),
        languages: Language::iter()
            .map(|language| {
                (
                    language.into_str(),
                    language.native_name(),
                    identity.language == Some(language),
                )
            })
            .collect(),
        is_of_provider: access.directory().is_of_provider(&identity.user),
        form: token.form_token(),
        sessions: rows,
        data,
        done,
        error,
        header,
    })
}

/// Counts the rows stored about a user, without the sessions that the page lists.
async fn load_data(
    web: &WebState,
    texts: &'static Texts,
    name: &str,
) -> Result<Vec<DataRow>, WebError> {
    let name = name.to_owned();
    let find = move |view: &StoreView<'_>| {
        let users = UserRecords::find(view, &name).unwrap_or_default();
        let screens = users.into_iter().flat_map(|user| user.changed);
        Ok(ForgottenPerson {
            user: Some(name),
            changed_records: screens.collect(),
            ..ForgottenPerson::default()
        })
    };
    let user = web.store.with_view(find).await?;
    let forgetter = fact_forgetter(&user, SourceVendors::new());
    let rows = load_inventory(web.store.path(), user, Vec::new(), forgetter, LOG_FORMAT).await?;
    let zone = (web.live).read_snapshot(|snapshot, _| snapshot.site.zone.clone());
    let retention = &web.server_info.retention;
    let rows = rows.iter().filter(|row| row.rows != Some(0));
    Ok(rows
        .map(|row| DataRow::new(texts, row, retention, &zone))
        .collect())
}

async fn change_language(
    access: AccessState,
    GuardedForm {
        identity, fields, ..
    }: GuardedForm<NewLanguage>,
) -> Result<Response, WebError> {
    let language = match fields.language.as_str() {
        "" => None,
        tag => Some(tag.parse().map_err(|_| WebError::InvalidForm)?),
    };
    access.0.set_language(&identity, language).await?;
    Ok(Redirect::to("/account?done=language").into_response())
}

async fn change_password(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    ClientAddress(address): ClientAddress,
    GuardedForm {
        identity, fields, ..
    }: GuardedForm<NewPassword>,
) -> Result<Response, WebError> {
    let NewPassword { old, new } = fields;
    let changed = (access.0)
        .change_password(&identity, address, old, new)
        .await;
    let Err(error) = changed else {
        let page = Redirect::to("/account?done=password");
        return Ok(Audited::new(AuditAction::SetPassword, &identity.name).mark(page));
    };
    let (status, text) = match error {
        SignInError::NoMatch => (
            StatusCode::UNPROCESSABLE_ENTITY,
            header.texts.wrong_current_password().to_owned(),
        ),
        other => refusal(header.texts, other)?,
    };
    let page = build_page(&web, header, "", text).await?;
    Ok((status, Html(page.render()?)).into_response())
}

async fn end_session(
    access: AccessState,
    GuardedForm {
        identity, fields, ..
    }: GuardedForm<EndedSession>,
) -> Result<Response, WebError> {
    let session = find_own(&access, &identity, &fields.session).ok_or(WebError::InvalidForm)?;
    access.0.sign_out(session).await?;
    let page = Redirect::to("/account?done=session");
    Ok(Audited::new(AuditAction::EndedSession, &identity.name).mark(page))
}

fn find_own(access: &AccessState, identity: &Arc<Identity>, text: &str) -> Option<TokenId> {
    let id = TokenId::parse(text)?;
    let own = access.0.directory().list_sessions(&identity.user);
    own.iter().any(|session| session.id == id).then_some(id)
}
