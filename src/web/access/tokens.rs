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
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        account_refusal::explain_token,
        audited::Audited,
        people::membership,
        role_name::role_name,
        sign_in::{AccessState, DoneQuery, GuardedForm},
        visitor::Visitor,
    },
    parts::{
        links::PageLink,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

/// Each checked right to change something has a field of its own.
const WRITE_FIELD: &str = "write ";
/// Each source of kind "values" is a role of its own.
const SEND_ROLE: &str = "values ";
/// So are the records of cases.
const CASE_RECORDS_ROLE: &str = "case-records";
/// How long a token may hold, in days.
const LIFETIMES: [u16; 3] = [30, 90, 365];

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    build: &'static str,
    header: PageHeader,
    about: Sentence,
    copy_now: Sentence,
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
    has_case_records: bool,
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
    /// A role's word, [`CASE_RECORDS_ROLE`], or [`SEND_ROLE`] with a source.
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
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<DoneQuery>,
) -> Result<Response, WebError> {
    let is_revoked = query.done.as_deref() == Some("revoked");
    let done = if is_revoked {
        header.texts.token_revoked()
    } else {
        ""
    };
    let page = build_page(&web, &access, header)?;
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
    let texts = header.texts;
    let listed = access.0.api_tokens().directory().list_tokens();
    let (tokens, value_sources) = (web.live).read_snapshot(|snapshot, now| {
        let rows = listed.iter();
        let rows = rows.map(|one| token_row(texts, snapshot, one, now));
        let site = &snapshot.site;
        let pushed = site.sources.iter().filter(|setup| setup.vendor.is_pushed);
        let pushed = pushed.map(|setup| (setup.id.to_string(), site.source_name(&setup.id)));
        (rows.collect(), pushed.collect())
    });
    Ok(TokensPage {
        build: assets::build_id(),
        about: Sentence::new(
            &texts.tokens_about(slot(0)),
            vec![SentencePiece::Link(PageLink::new(
                texts.api_link(),
                "/api/v1/openapi.json",
            ))],
        ),
        copy_now: Sentence::new(
            &texts.copy_token_now(slot(0)),
            vec![SentencePiece::Code("Authorization: Bearer")],
        ),
        form: token.form_token(),
        done: "",
        error: String::new(),
        new: String::new(),
        tokens,
        groups: access.0.accounts().groups().to_vec(),
        lifetimes: LIFETIMES,
        value_sources,
        has_case_records: web.server_info.retention.case_records.is_some(),
        header,
    })
}

fn token_row(
    texts: &Texts,
    snapshot: &Snapshot,
    program: &ProgramIdentity,
    now: Moment,
) -> TokenRow {
    let zone = &snapshot.site.zone;
    let token = &program.token;
    let groups: Vec<_> = token.groups.iter().map(String::as_str).collect();
    TokenRow {
        id: program.id.to_text(),
        name: token.name.clone(),
        role: match &token.sends_values_of {
            Some(source) => texts.sends_values_of(snapshot.site.source_name(source)),
            None if token.reads_case_records => texts.reads_case_records().to_owned(),
            None => role_name(texts, token.role).to_owned(),
        },
        reads: token.sends_values_of.is_none(),
        groups: groups.join(", "),
        writes: list_writes(texts, program),
        made: texts.time_or_day(token.created_at, now.wall, zone),
        ends: texts.date_of(token.expires_at, zone),
        is_over: token.expires_at <= now.wall,
    }
}

/// "alerts, announcements"
fn list_writes(texts: &Texts, program: &ProgramIdentity) -> String {
    let rights = program.token.may_write.iter().map(|right| match right {
        WriteRight::Alerts => texts.changes_alerts(),
        WriteRight::Announcements => texts.changes_announcements(),
    });
    rights.collect::<Vec<_>>().join(", ")
}

async fn add(
    State(web): State<WebState>,
    access: AccessState,
    TranslatedHeader(header): TranslatedHeader,
    form: GuardedForm<NewToken>,
) -> Result<Response, WebError> {
    let NewToken {
        name,
        role,
        days,
        boxes,
    } = form.fields;
    let sends_values_of = role.strip_prefix(SEND_ROLE).map(SourceId::from);
    let reads_case_records = role == CASE_RECORDS_ROLE;
    let role = match sends_values_of {
        Some(_) => Role::Viewer,
        None if reads_case_records => Role::Viewer,
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
        reads_case_records,
        days,
    };
    let subject = choice.describe();
    match access.0.api_tokens().add(choice).await {
        Ok(new) => {
            let page = build_page(&web, &access, header)?;
            let page = Html(TokensPage { new, ..page }.render()?);
            Ok(Audited::new(AuditAction::MadeToken, &subject).mark(page))
        }
        Err(error) => {
            let Some(refusal) = explain_token(header.texts, &error) else {
                return Err(error.into());
            };
            let page = TokensPage {
                error: refusal,
                ..build_page(&web, &access, header)?
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
        }
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
