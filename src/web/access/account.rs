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

use wallboard_access::{
    AuditAction, Identity, OwnSession, Password, SignInError, TokenId, UserRecords,
};
use wallboard_history::{SourceVendors, forgetting::fact_forgetter};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{ForgottenPerson, StoreView, load_inventory};

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        sign_in::{AccessState, ClientAddress, DoneQuery, GuardedForm, refusal},
        visitor::Visitor,
    },
    pages::agent_data::{DataRow, data_row},
    parts::{clock, page_header::PageHeader},
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

#[derive(Deserialize)]
struct EndedSession {
    session: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/account", get(show_account))
        .route("/account/password", post(change_password))
        .route("/account/sessions", post(end_session))
}

async fn show_account(
    State(web): State<WebState>,
    header: PageHeader,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let done = match query.done.as_deref() {
        Some("password") => "Your password was changed, and your other sessions have ended.",
        Some("session") => "The session has ended.",
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
    let rows = (web.live).read_snapshot(|snapshot, now| {
        let row = |session: OwnSession| SessionRow {
            id: session.id.to_text(),
            signed_in: clock::format_time(snapshot, session.created_at, now),
            last_used: clock::format_time(snapshot, session.last_used_at, now),
            is_current: session.id == token.id(),
            device: session.device,
        };
        sessions.into_iter().map(row).collect()
    });
    let data = load_data(web, &identity.name).await?;
    Ok(AccountPage {
        build: assets::build_id(),
        name: identity.name.to_string(),
        role: identity.permissions.role.into(),
        is_of_provider: access.directory().is_of_provider(&identity.user),
        form: token.form_token(),
        sessions: rows,
        data,
        done,
        error,
        header,
    })
}

/// Counts what is kept about a user, besides the sessions that the page lists.
async fn load_data(web: &WebState, name: &str) -> Result<Vec<DataRow>, WebError> {
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
    Ok(rows.map(|row| data_row(row, retention, &zone)).collect())
}

async fn change_password(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
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
            "That isn’t your current password.".to_owned(),
        ),
        other => refusal(other)?,
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
