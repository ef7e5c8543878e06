//! `/agents/{source}/{id}/data`: what is kept about one person, for how long, and how to get or
//! delete it.

use askama::Template;
use axum::{Router, extract::Path, response::Html, routing::get};
use jiff::{Timestamp, tz::TimeZone};

use wallboard_boards::{encode_segment, subject_path};
use wallboard_domain::{AgentId, Id, SourceId};
use wallboard_history::{ExportVendor, forgetting::fact_forgetter};
use wallboard_live::codec::LOG_FORMAT;
use wallboard_store::{
    DataKind, DataRetention, ForgottenPerson, InventoryRow, StoreView, load_inventory,
};

use super::{
    WebError, WebState, assets, links, links::PageLink, page_header::PageHeader,
    visible_state::VisibleState,
};

#[derive(Template)]
#[template(path = "agent_data.html")]
struct AgentDataPage {
    build: &'static str,
    header: PageHeader,
    person: PageLink,
    /// The agent's ID for `wallboard forget`.
    id: String,
    rows: Vec<DataRow>,
}

/// A kind of data on a page.
pub(super) struct DataRow {
    pub(super) label: &'static str,
    pub(super) count: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kept_for: String,
    /// Where it can be seen and downloaded.
    pub(super) place: PageLink,
}

/// A person and the agents that they are.
struct KnownPerson {
    id: AgentId,
    agents: Vec<AgentId>,
    name: String,
    is_live: bool,
    zone: TimeZone,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/agents/{source}/{id}/data", get(show_data))
}

async fn show_data(
    VisibleState(web): VisibleState,
    header: PageHeader,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let id = Id::new(&SourceId::from(&*source), &external);
    let known = match find_live(&web, &id) {
        Some(known) => known,
        None => find_imported(&web, id).await?,
    };
    let agents = known.agents.clone();
    let load = move |view: &StoreView<'_>| {
        let names = view.load_agent_names(&ExportVendor::tables())?;
        Ok(ForgottenPerson::of_agents(&agents, &names, None))
    };
    let person = web.store.with_view(load).await?;
    let pages = known.agents.iter().chain([&known.id]);
    let pages = pages.map(|id| subject_path("agents", id)).collect();
    let forgetter = fact_forgetter(&person, web.history.config().vendors());
    let rows = load_inventory(web.store.path(), person, pages, forgetter, LOG_FORMAT).await?;
    let page = AgentDataPage {
        build: assets::build_id(),
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
                ..data_row(row, &web.server_info.retention, &known.zone)
            })
            .collect(),
        header,
    };
    Ok(Html(page.render()?))
}

fn find_live(web: &WebState, id: &AgentId) -> Option<KnownPerson> {
    let (source, external) = (id.source.as_str(), &*id.external);
    web.live.read_snapshot(|snapshot, now| {
        let agent = links::find_agent(snapshot, source, external);
        let agent = agent.map(|agent| snapshot.agent_presence(agent, now));
        let person = || links::find_person(snapshot, source, external, now);
        let presence = agent.or_else(person)?;
        Some(KnownPerson {
            id: id.clone(),
            agents: presence
                .agents
                .iter()
                .map(|agent| agent.id.clone())
                .collect(),
            name: links::displayed_name(&snapshot.site, &presence.name),
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
        what: "agent",
        id: id.to_string(),
        instead: vec![links::board_link("agents", "All agents")],
    })?;
    Ok(KnownPerson {
        agents: vec![id.clone()],
        name: found.name,
        id,
        is_live: false,
        zone: config.site.zone.clone(),
    })
}

/// Makes a row of a kind of data, without a place.
pub(super) fn data_row(row: &InventoryRow, retention: &DataRetention, zone: &TimeZone) -> DataRow {
    let date = |at: Timestamp| {
        let local = at.to_zoned(zone.clone());
        local.strftime("%-d %b %Y").to_string()
    };
    let none = || "–".to_owned();
    DataRow {
        label: row.kind.label(),
        count: row.rows.map_or_else(none, |rows| rows.to_string()),
        from: row.span.map_or_else(none, |(first, _)| date(first)),
        to: row.span.map_or_else(none, |(_, last)| date(last)),
        kept_for: row.kind.kept_for(retention),
        place: PageLink::default(),
    }
}

/// The page that shows data of a kind, and has it as a file, if the visitor may open it.
fn find_place(header: &PageHeader, kind: DataKind, id: &AgentId) -> PageLink {
    let agent = encode_segment(&id.to_string());
    let (route, name, href) = match kind {
        DataKind::DayFigures | DataKind::IntervalFigures => {
            ("/history", "History", format!("/history?agent={agent}"))
        }
        DataKind::Calls => (
            "/history/calls",
            "Calls",
            format!("/history/calls?agent={agent}"),
        ),
        DataKind::AuditTrail => ("/audit", "Audit trail", "/audit".to_owned()),
        _ => return PageLink::default(),
    };
    if header.may_open(route) {
        PageLink::new(name, href)
    } else {
        PageLink::default()
    }
}
