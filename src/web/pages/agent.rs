//! `/agents/{source}/{id}`: one agent, now and today. No ranking, no comparison.

mod duplicates;
mod status_facts;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    response::{Html, Redirect},
    routing::get,
};

use jiff::ToSpan;
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_boards::{BoardTime, subject_path};
use wallboard_domain::{self as domain, Metric, MetricOwner, Moment};
use wallboard_live::{AgentPresence, AgentSnapshot, CaseState, DayDetails, Evaluator, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::visible_state::VisibleState,
    history::{recent_days, subject_days::SubjectDays},
    pages::{
        agent_day::{day_path, show_agent_day},
        agent_timeline::{AgentTimeline, build_timeline},
        cases,
    },
    parts::{
        agent_table_row::{AgentTableRow, agent_table_row},
        case_listing::{self, CaseFilter, CaseOrder},
        case_table_row::{CaseTableRow, case_table_row},
        clock::PageTime,
        links::{self, PageLink},
        metric_tile::{self, FigureColumn, MetricTile, TileSubject},
        missing_subject::MissingSubject,
        outage_banner::outage_sentences,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece},
        timeline_span::TimelineSpan,
    },
    server::assets,
};

use duplicates::possible_matches;
use status_facts::state_rows;

/// Figures above all others.
const LEADING_MAX: usize = 4;
/// Metrics that come first.
const LEADING_METRICS: [Metric; 5] = [
    Metric::Cases,
    Metric::Handled,
    Metric::Missed,
    Metric::Transferred,
    Metric::AverageHandleTime,
];
/// Maximum number of open cases listed.
const CASES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "agent.html")]
struct AgentPage {
    build: &'static str,
    header: PageHeader,
    time: BoardTime,
    stamp: PageTime,
    person: AgentTableRow,
    note: String,
    /// None of their sources reports agent status.
    only_cases: bool,
    /// At least one source reports their cases.
    tells_cases: bool,
    /// Other details of the status.
    state: Vec<(&'static str, String)>,
    /// For a person: the agent in each source.
    views: Vec<SourceAgentView>,
    /// Agents that may be the same person, with the configuration that merges them.
    perhaps: Vec<(Sentence, String)>,
    timeline: Option<AgentTimeline>,
    /// The timeline of the day before; empty where there is none.
    yesterday: String,
    /// The most important figures.
    figures: Vec<MetricTile>,
    others: Vec<MetricTile>,
    day: String,
    cases: Vec<CaseTableRow>,
    closed: String,
    recent_days: Arc<SubjectDays>,
    queues: Vec<PageLink>,
    source: String,
    /// The ID and those in other systems, which may be names; none where names aren't shown.
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
    /// The page of what is stored about them; none of an earlier moment.
    data: String,
}

impl AgentPage {
    /// The figures that aren't above all others, in two columns.
    fn columns(&self) -> Vec<FigureColumn<'_>> {
        FigureColumn::split(&self.others)
    }
}

/// An agent as one source reports them.
struct SourceAgentView {
    person: AgentTableRow,
    source: String,
    vendor: &'static str,
    /// The vendor's status text.
    raw: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/agents/{source}/{id}", get(show_agent))
        .route("/cards/{token}", get(open_card))
}

/// Redirects from an agent card on a board to that agent's page.
async fn open_card(
    VisibleState(web): VisibleState,
    Path(token): Path<String>,
) -> Result<Redirect, WebError> {
    let found = web.live.read_snapshot(|snapshot, now| {
        let id = links::find_card(snapshot, &token, now)?;
        Some(subject_path("agents", id))
    });
    let found = found.ok_or(WebError::NotFound {
        what: MissingSubject::Card,
        id: token,
        instead: Vec::new(),
    })?;
    Ok(Redirect::to(&found))
}

#[derive(Deserialize)]
struct AgentQuery {
    /// A day that is over: "2026-11-20".
    day: Option<String>,
}

async fn show_agent(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
    Query(AgentQuery { day }): Query<AgentQuery>,
) -> Result<Html<String>, WebError> {
    if let Some(day) = day {
        return show_agent_day(&web, header, &source, &external, &day).await;
    }
    let subject = web.live.read_snapshot(|snapshot, now| {
        let agent = links::find_agent(snapshot, &source, &external);
        let agent = agent.map(|agent| agent.id.clone());
        let person = || links::find_person(snapshot, &source, &external, now);
        let id = agent.or_else(|| Some(person()?.id.clone()))?;
        Some((id, snapshot.site.zone.clone(), now.wall))
    });
    let days = match subject {
        Some((id, zone, now)) if header.visitor().has(Right::History) => {
            recent_days::cached_agent_days(&web, header.texts, &id, &zone, now).await
        }
        Some(_) | None => Arc::default(),
    };
    let page = web.live.read_snapshot(|snapshot, now| {
        let agent = links::find_agent(snapshot, &source, &external);
        let agent = agent.map(|agent| snapshot.agent_presence(agent, now));
        let person = || links::find_person(snapshot, &source, &external, now);
        let Some(presence) = agent.or_else(person) else {
            return Err(WebError::NotFound {
                what: MissingSubject::Agent,
                id: format!("{source}/{external}"),
                instead: Vec::new(),
            });
        };
        let page = build_page(&web, header, snapshot, &presence, now);
        Ok(AgentPage {
            recent_days: Arc::clone(&days),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
}

fn build_page(
    web: &WebState,
    header: PageHeader,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> AgentPage {
    let texts = header.texts;
    let mut queues: Vec<_> = (presence.assigned_queues().into_iter())
        .filter_map(|id| snapshot.queues.get(id))
        .filter(|queue| !snapshot.is_queue_hidden(queue))
        .map(|queue| links::queue_link(snapshot, queue))
        .collect();
    queues.sort();
    let only_cases = |agent: &&AgentSnapshot| agent.report.is_none();
    let tells_cases = presence.agents.iter().any(only_cases);
    let (mut figures, day_details) = metric_tiles(texts, snapshot, presence, now);
    let mut others = figures.split_off(figures.len().min(LEADING_MAX));
    others.sort_by_key(|figure| figure.is_daily);
    let day_start = snapshot.day_start.unwrap_or(now.wall);
    let spans = snapshot.status_history.spans(presence.id, day_start);
    let spans: Vec<_> = spans.iter().map(TimelineSpan::from).collect();
    let shows_ids = snapshot.site.agent_names.shows_names();
    let may_see_days = header.visitor().has(Right::History);
    AgentPage {
        build: assets::build_id(),
        header,
        time: web.boards.time().clone(),
        stamp: PageTime::new(snapshot, now),
        person: agent_table_row(texts, snapshot, presence, now),
        note: page_note(texts, snapshot, presence, now),
        only_cases: presence.agents.iter().all(only_cases),
        tells_cases,
        state: if presence.is_person() {
            Vec::new()
        } else {
            state_rows(texts, snapshot, presence, now)
        },
        views: if presence.is_person() {
            source_views(texts, snapshot, presence, now)
        } else {
            Vec::new()
        },
        perhaps: if shows_ids {
            possible_matches(texts, snapshot, presence)
        } else {
            Vec::new()
        },
        day: day_details
            .map(|day_details| {
                tile_subject(texts, snapshot, presence, now).counted_day(&day_details)
            })
            .unwrap_or_default(),
        timeline: build_timeline(texts, &spans, None, now.wall, |at| {
            texts.time_or_day(at, now.wall, &snapshot.site.zone)
        }),
        yesterday: match web.boards.time() {
            BoardTime::Past(_) => String::new(),
            _ if !may_see_days => String::new(),
            _ => {
                let today = now.wall.to_zoned(snapshot.site.zone.clone()).date();
                day_path(presence.id, today.saturating_sub(1.day()))
            }
        },
        figures,
        others,
        cases: open_cases(texts, snapshot, presence, now),
        closed: (presence.agents.iter().find(|agent| only_cases(agent)))
            .map(|agent| cases::filtered_address(CaseState::Closed, "agent", &agent.id))
            .unwrap_or_default(),
        recent_days: Arc::default(),
        queues,
        // A person's are among the views.
        source: if snapshot.sources.contains_key(&presence.id.source) {
            snapshot.site.source_name(&presence.id.source)
        } else {
            String::new()
        },
        external: if shows_ids {
            presence.id.external.to_string()
        } else {
            String::new()
        },
        data: match web.boards.time() {
            BoardTime::Past(_) => String::new(),
            _ => format!("{}/data", subject_path("agents", presence.id)),
        },
        external_ids: match &presence.agents[..] {
            _ if !shows_ids => Vec::new(),
            [only] => only.external_ids.to_vec(),
            agents => (agents.iter())
                .map(|agent| (agent.id.source.0.clone(), agent.id.external.clone()))
                .collect(),
        },
    }
}

/// The person's agent in each source.
fn source_views(
    texts: &'static Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> Vec<SourceAgentView> {
    let view = |agent: &&AgentSnapshot| {
        let source = snapshot.sources.get(&agent.id.source);
        let agent_presence = snapshot.agent_presence(agent, now);
        SourceAgentView {
            person: agent_table_row(texts, snapshot, &agent_presence, now),
            source: snapshot.site.source_name(&agent.id.source),
            vendor: source.map_or("", |source| source.vendor.vendor),
            raw: agent_presence
                .vendor_status()
                .unwrap_or_default()
                .to_owned(),
        }
    };
    presence.agents.iter().map(view).collect()
}

/// Open cases of all the person's agents, oldest first.
fn open_cases(
    texts: &'static Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> Vec<CaseTableRow> {
    let of_agent = |agent: &&AgentSnapshot| {
        let filter = CaseFilter {
            states: vec![CaseState::Open],
            agent: Some(agent.id.clone()),
            order: CaseOrder::Oldest,
            ..CaseFilter::default()
        };
        case_listing::list_cases(snapshot, &filter, None, CASES_MAX).cases
    };
    let cases = presence.agents.iter().flat_map(of_agent);
    cases
        .map(|case| case_table_row(texts, snapshot, case, now))
        .collect()
}

fn tile_subject<'a>(
    texts: &'static Texts,
    snapshot: &'a Snapshot,
    presence: &AgentPresence<'a>,
    now: Moment,
) -> TileSubject<'a> {
    let sources = presence.agents.iter().map(|agent| &agent.id.source);
    TileSubject {
        texts,
        snapshot,
        now,
        source: &presence.id.source,
        sources: sources.filter(|_| presence.is_person()).collect(),
        queue: None,
        quiet_since: None,
        is_vendor_value: presence.agents.iter().all(|agent| agent.report.is_some()),
        waiting: None,
        statistics: match &presence.agents[..] {
            [only] => metric_tile::vendor_statistics(
                snapshot,
                &domain::MetricSubject::Agent(only.id.clone()),
            ),
            _ => &[],
        },
    }
}

fn metric_tiles(
    texts: &'static Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> (Vec<MetricTile>, Option<DayDetails>) {
    let subject = tile_subject(texts, snapshot, presence, now);
    let mut day_details = None;
    let shown = Metric::all().filter(|metric| metric.owner() != MetricOwner::Queue);
    let mut shown: Vec<Metric> = shown.collect();
    let rank = |metric: &Metric| LEADING_METRICS.iter().position(|first| first == metric);
    shown.sort_by_key(|metric| rank(metric).unwrap_or(LEADING_METRICS.len()));
    let mut evaluator = Evaluator::new(snapshot, now);
    let figures = shown.into_iter().filter_map(|metric| {
        let evaluated = evaluator.evaluate_presence(presence, metric)?;
        if day_details.is_none() {
            day_details = evaluated.day_details().cloned();
        }
        Some(subject.metric_tile(&evaluated))
    });
    let figures = figures.collect();
    (figures, day_details)
}

fn page_note(
    texts: &Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> String {
    let sources = presence.agents.iter().map(|agent| &agent.id.source);
    let outages = outage_sentences(
        texts,
        snapshot,
        sources.filter_map(|id| snapshot.sources.get(id)),
        now,
    );
    if outages.is_empty() && !presence.is_reconciled() {
        return texts.updates_interrupted().to_owned();
    }
    outages.join(" ")
}

#[cfg(test)]
mod tests;
