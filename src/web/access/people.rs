//! `/people`: who may sign in, and as what.

use std::collections::BTreeMap;

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
    AccountError, Accounts, AuditAction, IdentityProvider, Membership, Password, Role, SignInError,
    User, UserId, last_administrator,
};

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        role_name::role_name,
        sign_in::{AccessState, GuardedForm, refusal},
        visitor::Visitor,
    },
    parts::page_header::{PageHeader, TranslatedHeader},
    server::assets,
};

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    build: &'static str,
    header: PageHeader,
    /// The token of its forms.
    form: String,
    users: Vec<UserRow>,
    /// The visitor's ID.
    own: String,
    /// The ID of the user whose row has the forms that change it, or nothing.
    edited: String,
    /// Each as forms and as people call it.
    roles: Vec<(&'static str, &'static str)>,
    /// All groups.
    groups: Vec<String>,
    /// The identity provider, as people call it.
    provider: String,
    /// The notice about a change just made.
    done: &'static str,
    /// Why nothing was.
    error: String,
}

struct UserRow {
    id: String,
    name: String,
    /// As forms call it.
    role: &'static str,
    role_name: &'static str,
    /// All groups, and whether it's in each.
    groups: Vec<(String, bool)>,
    /// The identity provider says who it is, and the role.
    is_of_provider: bool,
    is_disabled: bool,
    /// Nobody else could manage users without it.
    is_last_administrator: bool,
    added: String,
}

#[derive(Deserialize)]
struct PeopleQuery {
    /// The change that was just made.
    done: Option<String>,
    /// The ID of the user whose row is open.
    edit: Option<String>,
}

#[derive(Deserialize)]
struct NewUser {
    name: String,
    role: Role,
    password: Password,
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct NewRole {
    name: String,
    role: Role,
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
}

/// The fields of groups begin with it.
const GROUP_FIELD: &str = "group ";

/// Each checked group has a field of its own.
pub(in crate::web) fn membership(role: Role, boxes: &BTreeMap<String, String>) -> Membership {
    let groups = boxes
        .keys()
        .filter_map(|field| field.strip_prefix(GROUP_FIELD));
    Membership {
        role,
        groups: groups.map(str::to_owned).collect(),
    }
}

#[derive(Deserialize)]
struct NewAccess {
    user: UserId,
    access: AccessChange,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum AccessChange {
    Disable,
    Enable,
}

#[derive(Deserialize)]
struct NewPassword {
    name: String,
    password: Password,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/people", get(show_people).post(add_user))
        .route("/people/role", post(change_role))
        .route("/people/access", post(change_access))
        .route("/people/password", post(set_password))
}

/// "supervisor in sales, support"
fn describe(role: Role, boxes: &BTreeMap<String, String>) -> String {
    let groups: Vec<_> = membership(role, boxes).groups.into_iter().collect();
    if groups.is_empty() {
        return role.to_string();
    }
    format!("{role} in {}", groups.join(", "))
}

async fn show_people(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<PeopleQuery>,
) -> Result<Response, WebError> {
    let texts = header.texts;
    let done = match query.done.as_deref() {
        Some("added") => texts.user_was_added(),
        Some("role") => texts.role_was_changed(),
        Some("disabled") => texts.user_was_disabled(),
        Some("enabled") => texts.user_was_enabled(),
        Some("password") => texts.user_password_was_set(),
        _ => "",
    };
    let page = build_page(&web, &access, header, query.edit.as_deref()).await?;
    Ok(Html(PeoplePage { done, ..page }.render()?).into_response())
}

async fn build_page(
    web: &WebState,
    access: &AccessState,
    header: PageHeader,
    edited: Option<&str>,
) -> Result<PeoplePage, WebError> {
    let Visitor::Person(identity, token) = header.visitor() else {
        return Err(WebError::NoSuchPage);
    };
    let texts = header.texts;
    let groups = access.0.accounts().groups();
    let users = access.0.accounts().list_users().await;
    let users = users.map_err(SignInError::from)?;
    let last_administrator = last_administrator(&users).map(User::id);
    let rows = (web.live).read_snapshot(|snapshot, now| {
        let row = |user: User| UserRow {
            id: user.id().as_str().to_owned(),
            role: user.role.into(),
            role_name: role_name(texts, user.role),
            groups: (groups.iter())
                .map(|group| (group.clone(), user.groups.contains(group)))
                .collect(),
            is_of_provider: user.is_of_provider(),
            is_disabled: user.is_disabled,
            is_last_administrator: last_administrator == Some(user.id()),
            added: texts.time_or_day(user.created_at, now.wall, &snapshot.site.zone),
            name: user.name,
        };
        users.into_iter().map(row).collect()
    });
    Ok(PeoplePage {
        build: assets::build_id(),
        form: token.form_token(),
        users: rows,
        own: identity.user.as_str().to_owned(),
        edited: edited.unwrap_or_default().to_owned(),
        roles: Role::iter()
            .map(|role| (role.into(), role_name(texts, role)))
            .collect(),
        groups: groups.to_vec(),
        provider: (access.0.provider())
            .and_then(IdentityProvider::name)
            .unwrap_or_else(|| texts.identity_provider())
            .to_owned(),
        done: "",
        error: String::new(),
        header,
    })
}

async fn add_user(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    form: GuardedForm<NewUser>,
) -> Result<Response, WebError> {
    let NewUser {
        name,
        role,
        password,
        boxes,
    } = form.fields;
    let adding = (access.0.accounts()).add_user(&name, membership(role, &boxes), password);
    let added = adding.await.map(drop);
    let subject = format!("{name}, {}", describe(role, &boxes));
    let audited = Audited::new(AuditAction::AddedUser, &subject);
    answer(&web, &access, header, added, "added", audited).await
}

async fn change_role(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    form: GuardedForm<NewRole>,
) -> Result<Response, WebError> {
    let NewRole { name, role, boxes } = form.fields;
    let changing = (access.0.accounts()).set_membership(&name, membership(role, &boxes));
    let subject = format!("{name}, {}", describe(role, &boxes));
    let audited = Audited::new(AuditAction::ChangedRole, &subject);
    answer(&web, &access, header, changing.await, "role", audited).await
}

async fn change_access(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    form: GuardedForm<NewAccess>,
) -> Result<Response, WebError> {
    let is_disabled = form.fields.access == AccessChange::Disable;
    let accounts: &Accounts = access.0.accounts();
    let id = &form.fields.user;
    let users = accounts.list_users().await.map_err(SignInError::from)?;
    let user = users.iter().find(|user| user.id() == *id);
    let name = user.map(|user| user.name.clone()).unwrap_or_default();
    let changed = accounts.set_access(id, is_disabled).await;
    let (action, done) = if is_disabled {
        (AuditAction::DisabledUser, "disabled")
    } else {
        (AuditAction::EnabledUser, "enabled")
    };
    let audited = Audited::new(action, &name);
    answer(&web, &access, header, changed, done, audited).await
}

async fn set_password(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    form: GuardedForm<NewPassword>,
) -> Result<Response, WebError> {
    let NewPassword { name, password } = form.fields;
    // An administrator's own session stays.
    let changed = (access.0.accounts())
        .set_password(&name, password, Some(form.session))
        .await;
    let audited = Audited::new(AuditAction::SetPassword, &name);
    answer(&web, &access, header, changed, "password", audited).await
}

/// Goes back to the page, or shows why nothing was changed.
async fn answer(
    web: &WebState,
    access: &AccessState,
    header: PageHeader,
    result: Result<(), AccountError>,
    done: &str,
    audited: Audited,
) -> Result<Response, WebError> {
    let Err(error) = result else {
        return Ok(audited.mark(Redirect::to(&format!("/people?done={done}"))));
    };
    let (status, error): (StatusCode, String) = refusal(header.texts, error.into())?;
    let page = build_page(web, access, header, None).await?;
    Ok((status, Html(PeoplePage { error, ..page }.render()?)).into_response())
}
