//! `/agents/{source}/{id}/data`: what is stored about one person, for how long, and how to get or
//! delete it.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use wallboard_access::{AuditAction, AuditActor};
use wallboard_boards::{encode_segment, subject_path};
use wallboard_domain::{AgentId, Id, NameVisibility, SourceId};
use wallboard_history::{ExportVendor, forgetting::fact_forgetter};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{DataKind, ForgottenPerson, StoreError, StoreView, load_inventory};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        sign_in::{ClientAddress, GuardedForm},
        visible_state::VisibleState,
        visitor::Visitor,
    },
    parts::{
        data_row::DataRow,
        links::{self, PageLink},
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

const FORGET_ROUTE: &str = "/agents/{source}/{id}/forget";

#[derive(Template)]
#[template(path = "agent_data.html")]
struct AgentDataPage {
    build: &'static str,
    header: PageHeader,
    person: PageLink,
    heading: Sentence,
    /// The agent's ID for `wallboard forget`.
    id: String,
    rows: Vec<DataRow>,
    /// The form that forgets the person, for administrators.
    form: Option<ForgettingForm>,
    /// The last day on which the log has the person, if there is a log.
    log_until: String,
    dry_run: Sentence,
    /// Why nothing was deleted.
    error: &'static str,
}

/// The page after the person was forgotten.
#[derive(Template)]
#[template(path = "agent_forgotten.html")]
struct AgentForgottenPage {
    build: &'static str,
    header: PageHeader,
    log_until: String,
    /// About what is to be removed elsewhere.
    elsewhere: Sentence,
}

struct ForgettingForm {
    /// The token of the session.
    token: String,
    action: String,
    /// With the text to type.
    label: Sentence,
}

#[derive(Deserialize)]
struct Confirmation {
    confirmation: String,
}

/// A person and the agents that they are.
struct KnownPerson {
    id: AgentId,
    agents: Vec<AgentId>,
    name: String,
    confirmation: String,
    is_live: bool,
    zone: TimeZone,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/agents/{source}/{id}/data", get(show_data))
        .route(FORGET_ROUTE, post(forget))
}

async fn show_data(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let known = KnownPerson::find(&web, &source, &external).await?;
    let page = build_page(&web, header, known, "").await?;
    Ok(Html(page.render()?))
}

async fn forget(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    ClientAddress(address): ClientAddress,
    Path((source, external)): Path<(String, String)>,
    form: GuardedForm<Confirmation>,
) -> Result<Response, WebError> {
    let sign_in = web.sign_in.as_ref().ok_or(WebError::NoSuchPage)?;
    let known = KnownPerson::find(&web, &source, &external).await?;
    if form.fields.confirmation.trim() != known.confirmation {
        let error = header.texts.confirmation_wrong();
        let page = build_page(&web, header, known, error).await?;
        return Ok((StatusCode::BAD_REQUEST, Html(page.render()?)).into_response());
    }
    let person = known.load_person(&web).await?;
    let actor = AuditActor::person(&form.identity, sign_in.directory()).at(address);
    let now = Timestamp::now();
    let entry = actor.entry(AuditAction::ForgotPerson, &person.audit_subject(), now);
    let forgetter = fact_forgetter(&person, web.history.config().vendors());
    web.store.forget_person(person, forgetter, entry).await?;
    let texts = header.texts;
    let page = AgentForgottenPage {
        build: assets::build_id(),
        header,
        log_until: format_log_until(texts, &web, &known.zone),
        elsewhere: Sentence::new(
            &texts.delete_elsewhere(slot(0), slot(1), slot(2)),
            ["[hide] agents", "[names]", "[people]"]
                .map(SentencePiece::Code)
                .into(),
        ),
    };
    Ok(Html(page.render()?).into_response())
}

async fn build_page(
    web: &WebState,
    header: PageHeader,
    known: KnownPerson,
    error: &'static str,
) -> Result<AgentDataPage, WebError> {
    let person = known.load_person(web).await?;
    let pages = known.agents.iter().chain([&known.id]);
    let pages = pages.map(|id| subject_path("agents", id)).collect();
    let forgetter = fact_forgetter(&person, web.history.config().vendors());
    let rows = load_inventory(web.store.path(), person, pages, forgetter, LOG_FORMAT).await?;
    let texts = header.texts;
    let form = match header.visitor() {
        Visitor::Person(_, token) if header.may_open(FORGET_ROUTE) => Some(ForgettingForm {
            token: token.form_token(),
            action: format!("{}/forget", subject_path("agents", &known.id)),
            label: Sentence::with_name(&texts.type_to_confirm(slot(0)), &known.confirmation),
        }),
        _ => None,
    };
    Ok(AgentDataPage {
        build: assets::build_id(),
        heading: Sentence::with_name(&texts.stored_about_person(slot(0)), &known.name),
        person: if known.is_live {
            PageLink::new(known.name, subject_path("agents", &known.id))
        } else {
            PageLink::new(known.name, "")
        },
        id: known.id.to_string(),
        rows: (rows.iter())
            .filter(|row| row.rows != Some(0))
            .map(|row| DataRow {
                place: find_place(&header, row.kind, &known.id),
                ..DataRow::new(texts, row, &web.server_info.retention, &known.zone)
            })
            .collect(),
        form,
        log_until: format_log_until(texts, web, &known.zone),
        dry_run: Sentence::new(
            &texts.dry_run_about(slot(0)),
            vec![SentencePiece::Code("--dry-run")],
        ),
        error,
        header,
    })
}

/// "3 Dec 2026"
fn format_log_until(texts: &Texts, web: &WebState, zone: &TimeZone) -> String {
    let until = web.server_info.retention.log_until(Timestamp::now());
    until.map_or_else(String::new, |until| texts.date_of(until, zone))
}

impl KnownPerson {
    async fn find(web: &WebState, source: &str, external: &str) -> Result<Self, WebError> {
        let id = Id::new(&SourceId::from(source), external);
        match find_live(web, &id) {
            Some(known) => Ok(known),
            None => find_imported(web, id).await,
        }
    }

    async fn load_person(&self, web: &WebState) -> Result<ForgottenPerson, StoreError> {
        let (agents, site) = (self.agents.clone(), Arc::clone(&web.history.config().site));
        let load = move |view: &StoreView<'_>| {
            let mut names = view.load_agent_names(&ExportVendor::tables())?;
            names.add_configured(&site);
            let earlier = view.load_forgotten()?;
            Ok(ForgottenPerson::of_agents(
                &agents,
                &names,
                earlier.as_ref(),
            ))
        };
        web.store.with_view(load).await
    }
}

/// The text that confirms: a name that is shown in full, or the ID.
fn confirmation(id: &AgentId, name: &str, visibility: NameVisibility) -> String {
    match visibility {
        NameVisibility::Full if !name.trim().is_empty() => name.trim().to_owned(),
        _ => id.to_string(),
    }
}

fn find_live(web: &WebState, id: &AgentId) -> Option<KnownPerson> {
    let (source, external) = (id.source.as_str(), &*id.external);
    web.live.read_snapshot(|snapshot, now| {
        let agent = links::find_agent(snapshot, source, external);
        let agent = agent.map(|agent| snapshot.agent_presence(agent, now));
        let person = || links::find_person(snapshot, source, external, now);
        let presence = agent.or_else(person)?;
        let name = links::displayed_name(&snapshot.site, &presence.name);
        Some(KnownPerson {
            confirmation: confirmation(id, &name, snapshot.site.agent_names),
            id: id.clone(),
            agents: presence
                .agents
                .iter()
                .map(|agent| agent.id.clone())
                .collect(),
            name,
            is_live: true,
            zone: snapshot.site.zone.clone(),
        })
    })
}

/// Finds an agent that only files have.
async fn find_imported(web: &WebState, id: AgentId) -> Result<KnownPerson, WebError> {
    let (subjects, config) = (web.history.load_subjects().await?, web.history.config());
    let text = id.to_string();
    let mut hidden = config.site.hidden_agents.iter();
    let is_hidden = hidden.any(|pattern| pattern.matches(&text));
    let mut agents = subjects.agents.into_iter();
    // Also one that is disabled at the vendor.
    let found = agents.find(|agent| agent.id == id && !is_hidden);
    let found = found.ok_or_else(|| WebError::NotFound {
        what: MissingSubject::Agent,
        id: id.to_string(),
        instead: Vec::new(),
    })?;
    Ok(KnownPerson {
        confirmation: confirmation(&id, &found.name, config.site.agent_names),
        agents: vec![id.clone()],
        name: found.name,
        id,
        is_live: false,
        zone: config.site.zone.clone(),
    })
}

/// The page that shows data of a kind, and has it as a file, if the visitor may open it.
fn find_place(header: &PageHeader, kind: DataKind, id: &AgentId) -> PageLink {
    let agent = encode_segment(&id.to_string());
    let texts = header.texts;
    let (route, name, href) = match kind {
        DataKind::DayFigures | DataKind::IntervalFigures => (
            "/history",
            texts.nav_history(),
            format!("/history?agent={agent}"),
        ),
        DataKind::Calls => (
            "/history/calls",
            texts.calls_column(),
            format!("/history/calls?agent={agent}"),
        ),
        DataKind::Schedules => (
            "/history",
            texts.view_adherence(),
            format!("/history?agent={agent}&view=adherence"),
        ),
        DataKind::AuditTrail => ("/audit", texts.data_audit_trail(), "/audit".to_owned()),
        _ => return PageLink::default(),
    };
    if header.may_open(route) {
        PageLink::new(name, href)
    } else {
        PageLink::default()
    }
}
