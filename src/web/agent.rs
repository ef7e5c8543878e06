//! `/agents/{source}/{id}`: one agent, now and today. No ranking, no comparison.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::{Html, Redirect},
    routing::get,
};

use crate::{
    boards::{status_label, subject_path},
    domain::{self, Metric, MetricOwner, Moment, QueueTarget, ServiceLevelFormula},
    live::{AgentPresence, AgentSnapshot, CaseState, DayDetails, Snapshot},
};

use super::{
    WebError, WebState,
    agent_table_row::{AgentTableRow, agent_table_row},
    assets,
    case_listing::{self, CaseFilter, CaseOrder},
    case_table_row::{CaseTableRow, case_table_row},
    cases,
    clock::{self, PageTime},
    history::recent_days_cache::{self, SubjectDays},
    links::{self, PageLink},
    metric_tile::{self, MetricTile, TileLimits, TileSubject},
    outage_banner::outage_sentences,
};

/// Figures of an agent that are read first.
const LEADING_METRICS: [Metric; 5] = [
    Metric::Cases,
    Metric::Handled,
    Metric::Missed,
    Metric::Transferred,
    Metric::AverageHandleTime,
];
/// A target of nobody: figures of agents have none.
const NO_TARGET: QueueTarget = QueueTarget {
    threshold_ms: 0,
    service_level_percent: 0.0,
    short_abandon_ms: 0,
    formula: ServiceLevelFormula::ShortIgnored,
};
/// Rows of open cases.
const CASES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "agent.html")]
struct AgentPage {
    build: &'static str,
    demo: bool,
    stamp: PageTime,
    person: AgentTableRow,
    note: String,
    /// Their sources tell nobody's availability.
    only_cases: bool,
    /// Some source tells their cases.
    tells_cases: bool,
    /// What else is known of the state.
    state: Vec<(&'static str, String)>,
    /// Of a person: as each source has them.
    views: Vec<SourceAgentView>,
    /// Who may be the same person, and the configuration that says so.
    perhaps: Vec<(PageLink, String)>,
    figures: Vec<MetricTile>,
    day: String,
    cases: Vec<CaseTableRow>,
    closed: String,
    told: Arc<SubjectDays>,
    queues: Vec<PageLink>,
    source: String,
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
}

/// Somebody as one source has them.
struct SourceAgentView {
    person: AgentTableRow,
    source: String,
    vendor: &'static str,
    /// The vendor's own word for the state.
    raw: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/agents/{source}/{id}", get(show_agent))
        .route("/cards/{token}", get(open_card))
}

/// Leads from a card on a board to the page of whom it is of.
async fn open_card(
    State(web): State<WebState>,
    Path(token): Path<String>,
) -> Result<Redirect, WebError> {
    let found = web.live.read_snapshot(|picture, now| {
        let id = links::find_card(picture, &token, now)?;
        Some(subject_path("agents", id))
    });
    let found = found.ok_or(WebError::NotFound {
        what: "card",
        id: token,
        instead: vec![links::board_link("agents", "All agents")],
    })?;
    Ok(Redirect::to(&found))
}

async fn show_agent(
    State(web): State<WebState>,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let asked = web.live.read_snapshot(|picture, now| {
        let agent = links::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| agent.id.clone());
        let person = || links::find_person(picture, &source, &external, now);
        let id = agent.or_else(|| Some(person()?.id.clone()))?;
        Some((id, picture.site.zone.clone(), now.wall))
    });
    let told = match asked {
        Some((id, zone, now)) => recent_days_cache::cached_agent_days(&web, &id, &zone, now).await,
        None => Arc::default(),
    };
    let page = web.live.read_snapshot(|picture, now| {
        let agent = links::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| picture.agent_presence(agent, now));
        let person = || links::find_person(picture, &source, &external, now);
        let Some(who) = agent.or_else(person) else {
            return Err(WebError::NotFound {
                what: "agent",
                id: format!("{source}/{external}"),
                instead: vec![links::board_link("agents", "All agents")],
            });
        };
        let page = build_page(&web, picture, &who, now);
        Ok(AgentPage {
            told: Arc::clone(&told),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
}

fn build_page(
    web: &WebState,
    picture: &Snapshot,
    who: &AgentPresence<'_>,
    now: Moment,
) -> AgentPage {
    let mut queues: Vec<_> = (who.assigned_queues().into_iter())
        .filter_map(|id| picture.queues.get(id))
        .filter(|queue| !picture.is_queue_hidden(queue))
        .map(|queue| links::queue_link(picture, queue))
        .collect();
    queues.sort();
    let only_cases = |agent: &&AgentSnapshot| agent.report.is_none();
    let tells_cases = who.agents.iter().any(only_cases);
    let (figures, marks) = metric_tiles(picture, who, now);
    AgentPage {
        build: assets::build_id(),
        demo: web.demo,
        stamp: PageTime::new(picture, now),
        person: agent_table_row(picture, who, now),
        note: page_note(picture, who, now),
        only_cases: who.agents.iter().all(only_cases),
        tells_cases,
        state: if who.is_person() {
            Vec::new()
        } else {
            state_rows(picture, who, now)
        },
        views: if who.is_person() {
            source_views(picture, who, now)
        } else {
            Vec::new()
        },
        perhaps: possible_matches(picture, who),
        day: marks
            .map(|marks| tile_subject(picture, who, now).counted_day(&marks))
            .unwrap_or_default(),
        figures,
        cases: open_cases(picture, who, now),
        closed: (who.agents.iter().find(|agent| only_cases(agent)))
            .map(|agent| cases::filtered_address(CaseState::Closed, "agent", &agent.id))
            .unwrap_or_default(),
        told: Arc::default(),
        queues,
        source: picture.site.source_name(&who.id.source),
        external: who.id.external.to_string(),
        external_ids: match &who.agents[..] {
            [only] => only.external_ids.to_vec(),
            agents => (agents.iter())
                .map(|agent| (agent.id.source.0.clone(), agent.id.external.clone()))
                .collect(),
        },
    }
}

/// What a vendor that tells states says besides.
fn state_rows(
    picture: &Snapshot,
    who: &AgentPresence<'_>,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let Some(stated) = who.agents.iter().find_map(|agent| agent.report.as_ref()) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    if let Some(reason) = &stated.reason {
        rows.push(("Reason", reason.to_string()));
    }
    if let Some(since) = who.since {
        rows.push(("Since", clock::format_exact_time(picture, since, now)));
    }
    for (medium, state) in &stated.media {
        let (glyph, word) = status_label(*state);
        rows.push(("By channel", format!("{medium}: {glyph} {word}")));
    }
    if let Some(raw) = &stated.vendor_status {
        rows.push(("Vendor status", raw.to_string()));
    }
    if let Some(said) = stated.last_status {
        let ago = clock::format_age(now.monotonic.millis_since(said.received_at));
        rows.push(("Updated", format!("{ago} ago")));
    }
    rows
}

/// Who may be the same person, and the line of `[people]` that says so.
fn possible_matches(picture: &Snapshot, who: &AgentPresence<'_>) -> Vec<(PageLink, String)> {
    let [agent] = who.agents[..] else {
        return Vec::new();
    };
    let same = picture.possible_duplicates(agent).into_iter().map(|other| {
        let key: String = (agent.id.external.to_lowercase().chars())
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let key = key.trim_matches('-');
        let ids = [&agent.id, &other.id].map(|id| format!("{:?}", id.to_string()));
        let line = format!(
            "[people]\n{} = {{ name = {:?}, agents = [{}] }}",
            if key.is_empty() { "somebody" } else { key },
            links::displayed_name(&picture.site, &who.name),
            ids.join(", ")
        );
        (links::agent_link(picture, other), line)
    });
    same.collect()
}

/// As each source has them.
fn source_views(picture: &Snapshot, who: &AgentPresence<'_>, now: Moment) -> Vec<SourceAgentView> {
    let view = |agent: &&AgentSnapshot| {
        let source = picture.sources.get(&agent.id.source);
        let presence = picture.agent_presence(agent, now);
        SourceAgentView {
            person: agent_table_row(picture, &presence, now),
            source: picture.site.source_name(&agent.id.source),
            vendor: source.map_or("", |source| source.vendor.vendor),
            raw: presence.vendor_status().unwrap_or_default().to_owned(),
        }
    };
    who.agents.iter().map(view).collect()
}

/// Open cases, the oldest first, of each agent that they are.
fn open_cases(picture: &Snapshot, who: &AgentPresence<'_>, now: Moment) -> Vec<CaseTableRow> {
    let of_agent = |agent: &&AgentSnapshot| {
        let wanted = CaseFilter {
            states: vec![CaseState::Open],
            agent: Some(agent.id.clone()),
            order: CaseOrder::Oldest,
            ..CaseFilter::default()
        };
        case_listing::list_cases(picture, &wanted, None, CASES_MAX).cases
    };
    let cases = who.agents.iter().flat_map(of_agent);
    cases
        .map(|case| case_table_row(picture, case, now))
        .collect()
}

fn tile_subject<'a>(
    picture: &'a Snapshot,
    who: &AgentPresence<'a>,
    now: Moment,
) -> TileSubject<'a> {
    let several = who.agents.iter().map(|agent| &agent.id.source);
    TileSubject {
        snapshot: picture,
        now,
        source: &who.id.source,
        sources: several.filter(|_| who.is_person()).collect(),
        target: (who.agents.first()).map_or(&NO_TARGET, |agent| &agent.today.target),
        quiet_since: None,
        is_vendor_value: who.agents.iter().all(|agent| agent.report.is_some()),
        nobody_waits: false,
        statistics: match &who.agents[..] {
            [only] => metric_tile::vendor_statistics(
                picture,
                &domain::MetricSubject::Agent(only.id.clone()),
            ),
            _ => &[],
        },
    }
}

fn metric_tiles(
    picture: &Snapshot,
    who: &AgentPresence<'_>,
    now: Moment,
) -> (Vec<MetricTile>, Option<DayDetails>) {
    let subject = tile_subject(picture, who, now);
    let mut marks = None;
    let shown = Metric::all().filter(|metric| metric.whose() != MetricOwner::Queue);
    let mut shown: Vec<Metric> = shown.collect();
    let place = |metric: &Metric| LEADING_METRICS.iter().position(|first| first == metric);
    shown.sort_by_key(|metric| place(metric).unwrap_or(LEADING_METRICS.len()));
    let figures = shown.into_iter().filter_map(|metric| {
        let figure = picture.presence_figure(who, metric, now)?;
        if marks.is_none() {
            marks.clone_from(&figure.day_details);
        }
        let stated = who.agents.iter().filter_map(|agent| agent.report.as_ref());
        let heard = stated.filter_map(|stated| stated.readings.get(metric));
        let heard = heard.map(|reading| reading.received_at).max();
        Some(subject.metric_tile(metric, &figure, heard, TileLimits::default()))
    });
    let figures = figures.collect();
    (figures, marks)
}

fn page_note(picture: &Snapshot, who: &AgentPresence<'_>, now: Moment) -> String {
    let sources = who.agents.iter().map(|agent| &agent.id.source);
    let away = outage_sentences(
        picture,
        sources.filter_map(|id| picture.sources.get(id)),
        now,
    );
    if away.is_empty() && !who.is_reconciled() {
        return "Updates were interrupted, so counts may be low.".to_owned();
    }
    away.join(" ")
}
