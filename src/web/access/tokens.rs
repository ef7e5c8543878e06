//! `/tokens`: API tokens of programs.

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

use wallboard_access::{
    ApiTokenChoice, ApiTokenError, AuditAction, ProgramIdentity, Role, TokenId, WriteRight,
};
use wallboard_domain::{Moment, SourceId};
use wallboard_live::Snapshot;

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        people::membership,
        sign_in::{AccessState, DoneQuery, GuardedForm, capitalized},
        visitor::Visitor,
    },
    parts::{clock, page_header::PageHeader},
    server::assets,
};

/// Each checked right to change something has a field of its own.
const WRITE_FIELD: &str = "write ";
/// Each source of kind "values" is a role of its own.
const SEND_ROLE: &str = "values ";
/// How long a token may hold, in days.
const LIFETIMES: [u16; 3] = [30, 90, 365];

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    build: &'static str,
    header: PageHeader,
    /// The token of its forms.
    form: String,
    /// The notice about a change just made.
    done: &'static str,
    /// Why nothing was.
    error: String,
    /// The new token, shown this once.
    new: String,
    tokens: Vec<TokenRow>,
    groups: Vec<String>,
    lifetimes: [u16; 3],
    /// IDs and names of the sources that programs send values to.
    value_sources: Vec<(String, String)>,
}

struct TokenRow {
    id: String,
    name: String,
    /// "supervisor", or "sends values of Phone".
    role: String,
    groups: String,
    /// Whether it reads anything.
    reads: bool,
    /// "alerts, announcements"; empty if it changes nothing.
    writes: String,
    made: String,
    ends: String,
    is_over: bool,
}

#[derive(Deserialize)]
struct NewToken {
    name: String,
    /// A role's word, or [`SEND_ROLE`] with a source.
    role: String,
    /// A number; the flattened rest has texts only.
    days: String,
    #[serde(flatten)]
    boxes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RevokedToken {
    id: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/tokens", get(show_tokens).post(add))
        .route("/tokens/revoke", post(revoke))
}

async fn show_tokens(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let page = build_page(&web, &access, header)?;
    let is_revoked = query.done.as_deref() == Some("revoked");
    let done = if is_revoked { "Token revoked." } else { "" };
    Ok(Html(TokensPage { done, ..page }.render()?).into_response())
}

fn build_page(
    web: &WebState,
    access: &AccessState,
    header: PageHeader,
) -> Result<TokensPage, WebError> {
    let Visitor::Person(_, token) = header.visitor() else {
        return Err(WebError::NoSuchPage);
    };
    let listed = access.0.api_tokens().directory().list_tokens();
    let (tokens, value_sources) = (web.live).read_snapshot(|snapshot, now| {
        let rows = listed.iter().map(|one| token_row(snapshot, one, now));
        let site = &snapshot.site;
        let pushed = site.sources.iter().filter(|setup| setup.vendor.is_pushed);
        let pushed = pushed.map(|setup| (setup.id.to_string(), site.source_name(&setup.id)));
        (rows.collect(), pushed.collect())
    });
    Ok(TokensPage {
        build: assets::build_id(),
        form: token.form_token(),
        done: "",
        error: String::new(),
        new: String::new(),
        tokens,
        groups: access.0.accounts().groups().to_vec(),
        lifetimes: LIFETIMES,
        value_sources,
        header,
    })
}

fn token_row(snapshot: &Snapshot, program: &ProgramIdentity, now: Moment) -> TokenRow {
    let token = &program.token;
    let groups: Vec<_> = token.groups.iter().map(String::as_str).collect();
    TokenRow {
        id: program.id.to_text(),
        name: token.name.clone(),
        role: match &token.sends_values_of {
            Some(source) => format!("sends values of {}", snapshot.site.source_name(source)),
            None => token.role.to_string(),
        },
        reads: token.sends_values_of.is_none(),
        groups: groups.join(", "),
        writes: token.list_writes(", "),
        made: clock::format_time(snapshot, token.created_at, now),
        ends: (token.expires_at.to_zoned(snapshot.site.zone.clone()))
            .strftime("%-d %b %Y")
            .to_string(),
        is_over: token.expires_at <= now.wall,
    }
}

async fn add(
    State(web): State<WebState>,
    access: AccessState,
    header: PageHeader,
    form: GuardedForm<NewToken>,
) -> Result<Response, WebError> {
    let NewToken {
        name,
        role,
        days,
        boxes,
    } = form.fields;
    let sends_values_of = role.strip_prefix(SEND_ROLE).map(SourceId::from);
    let role = match sends_values_of {
        Some(_) => Role::Viewer,
        None => role.parse().map_err(|_| WebError::InvalidForm)?,
    };
    let membership = membership(role, &boxes);
    let days = days.parse().map_err(|_| WebError::InvalidForm)?;
    let words = boxes
        .keys()
        .filter_map(|field| field.strip_prefix(WRITE_FIELD));
    let may_write = words
        .map(str::parse::<WriteRight>)
        .collect::<Result<_, _>>();
    let choice = ApiTokenChoice {
        name,
        membership,
        may_write: may_write.map_err(|_| WebError::InvalidForm)?,
        sends_values_of,
        days,
    };
    let subject = choice.describe();
    match access.0.api_tokens().add(choice).await {
        Ok(new) => {
            let page = build_page(&web, &access, header)?;
            let page = Html(TokensPage { new, ..page }.render()?);
            Ok(Audited::new(AuditAction::MadeToken, &subject).mark(page))
        }
        Err(error) if error.is_refusal() => {
            let page = build_page(&web, &access, header)?;
            let error = capitalized(&error.to_string());
            let page = TokensPage { error, ..page }.render()?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn revoke(
    access: AccessState,
    form: GuardedForm<RevokedToken>,
) -> Result<Response, WebError> {
    let id = TokenId::parse(&form.fields.id).ok_or(WebError::InvalidForm)?;
    let listed = access.0.api_tokens().directory().list_tokens();
    let revoked = listed.iter().find(|program| program.id == id);
    let name = revoked
        .map(|program| program.token.name.clone())
        .unwrap_or_default();
    match access.0.api_tokens().revoke(id).await {
        // Somebody else was faster.
        Ok(()) | Err(ApiTokenError::NotFound) => {
            let page = Redirect::to("/tokens?done=revoked");
            Ok(Audited::new(AuditAction::RevokedToken, &name).mark(page))
        }
        Err(error) => Err(error.into()),
    }
}
