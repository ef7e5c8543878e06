//! `/queues/{source}/{id}`: one queue: why it needs attention, who waits and who serves, and its
//! day.

pub(in crate::web) mod changes;
mod charts;
mod explanation;
mod figures;
mod forecast_panel;
mod loaded_days;
mod related_queues;
mod waiting_cases;

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::Path, response::Html, routing::get};

use wallboard_access::Right;
use wallboard_boards::{
    BoardDefinition, BoardTime, board_title, evaluate_queue, subject_path, write_mark,
};
use wallboard_domain::{AgentStatus, Metric, MetricSubject, MetricValue, Moment, SourceId};
use wallboard_live::{Freshness, QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use crate::editing::{EntryId, Section};
use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
    },
    history::{recent_days_cache::TodaySnapshots, subject_days::SubjectDays},
    pages::{
        day_curve::DayCurve,
        figures::{FigureRow, queue_figures},
        queue_edit::closing::EarlyClose,
        queue_help::HelpFacts,
        wait_chart::WaitChart,
    },
    parts::{
        agent_table_row::{self, AgentTableRow, agent_table_row},
        announcement::announce_severity,
        clock::PageTime,
        links::{self, PageLink},
        metric_tile::{self, FigureColumn, MetricTile, TileSubject},
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece},
    },
    server::assets,
};
use changes::link_changes;
use charts::{day_curve, recent_chart};
use explanation::explain;
use figures::{MetricTiles, metric_tiles, split_leading};
use forecast_panel::ForecastPanel;
use loaded_days::LoadedDays;
use related_queues::{alternative_queues, groups_of, linked_queues};
use waiting_cases::WaitingCases;

/// Maximum number of agents: in sight and altogether.
const AGENTS_IN_SIGHT: usize = 8;
const AGENTS_MAX: usize = 40;

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    build: &'static str,
    header: PageHeader,
    time: BoardTime,
    stamp: PageTime,
    id: String,
    name: String,
    severity: &'static str,
    mark: &'static str,
    /// The reason for its severity, with its clock.
    why: Sentence,
    help: HelpFacts,
    /// "Open until 17:00"; empty without opening hours.
    open_until: String,
    /// Its own address, if the visitor may change its thresholds, targets and hours.
    path: Option<String>,
    closing: Option<EarlyClose>,
    /// Announced when the severity changes.
    say: String,
    /// The most important ones.
    figures: Vec<MetricTile>,
    others: Vec<MetricTile>,
    /// The part of the day that was counted, and whether it is complete.
    day: String,
    /// Its source reports single contacts, and the visitor may see them.
    tells_cases: bool,
    /// Agents are known or can be, and the visitor may see them.
    tells_agents: bool,
    waiting: WaitingCases,
    agents: Vec<AgentTableRow>,
    /// Shown on request.
    further_agents: Vec<AgentTableRow>,
    more_agents: usize,
    chart: Option<WaitChart>,
    /// The longest wait's, for the chart.
    longest_label: &'static str,
    curve: Option<DayCurve>,
    /// "Offered today"
    curve_heading: String,
    /// Why the curve isn't compared with the usual range.
    curve_note: String,
    /// "Plan: about 42 contacts by now, 120 today. So far: 51." Empty without a plan.
    plan_note: String,
    /// `None` of a past.
    forecast: Option<ForecastPanel>,
    /// Those of other systems.
    custom_figures: Vec<FigureRow>,
    recent_days: Arc<SubjectDays>,
    boards: Vec<PageLink>,
    /// For a queue group: its queues.
    members: Vec<PageLink>,
    is_group: bool,
    /// The groups that include it.
    groups: Vec<PageLink>,
    /// The same queue in other sources.
    linked: Vec<PageLink>,
    source: String,
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
}

impl QueuePage {
    /// The figures that aren't above all others, in two columns.
    fn columns(&self) -> Vec<FigureColumn<'_>> {
        FigureColumn::split(&self.others)
    }
}

/// The address of a queue's page.
pub(super) const ROUTE: &str = "/queues/{source}/{id}";

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route(ROUTE, get(show_queue))
        .route(changes::ROUTE, get(changes::show_changes))
}

async fn show_queue(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let boards = web.boards.list_boards();
    let has_history = header.visitor().has(Right::History);
    let loaded = LoadedDays::load(&web, header.texts, &source, &external, has_history).await;
    let page = web.live.read_snapshot(|snapshot, now| {
        let Some(queue) = links::find_queue(snapshot, &source, &external) else {
            return Err(WebError::NotFound {
                what: MissingSubject::Queue,
                id: format!("{source}/{external}"),
                instead: alternative_queues(snapshot),
            });
        };
        let texts = header.texts;
        let page = build_page(&web, header, &boards, snapshot, queue, &loaded.today, now);
        Ok(QueuePage {
            linked: linked_queues(texts, snapshot, queue, &loaded.recent.linked_queues),
            recent_days: Arc::clone(&loaded.recent),
            plan_note: loaded.write_plan_note(texts, snapshot, queue, now),
            ..page
        })
    })?;
    let names_people = page.tells_agents || page.tells_cases || page.help.names_people();
    Ok((ShowsPeople::mark_if(names_people), Html(page.render()?)))
}

fn build_page(
    web: &WebState,
    header: PageHeader,
    boards: &[Arc<BoardDefinition>],
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    today: &[TodaySnapshots],
    now: Moment,
) -> QueuePage {
    let id = queue.id.to_string();
    let shown = (boards.iter())
        .filter(|board| board.shows_queue(&id) && header.visitor().may_see(board))
        .map(|board| links::board_link(&board.id, board_title(header.texts, board)))
        .collect();
    let texts = header.texts;
    let evaluation = evaluate_queue(texts, snapshot, queue, now);
    let name = snapshot.queue_name(queue);
    let counted = counted_waiting(snapshot, queue, now);
    let subject = TileSubject {
        texts,
        snapshot,
        now,
        source: &queue.id.source,
        sources: member_sources(snapshot, queue),
        queue: Some(&queue.id),
        quiet_since: queue.quiet_since,
        is_vendor_value: snapshot
            .group_members(queue)
            .all(|member| member.provided_metrics.is_some()),
        waiting: counted,
        statistics: metric_tile::vendor_statistics(
            snapshot,
            &MetricSubject::Queue(queue.id.clone()),
        ),
    };
    let source = snapshot.sources.get(&queue.id.source);
    let has_people = header.visitor().has(Right::PersonalData);
    let tells_cases = has_people && source.is_some_and(|source| source.vendor.reports_contacts);
    let baseline = web.boards.current_baseline();
    let mut tiles = metric_tiles(&subject, queue, &evaluation, &baseline, tells_cases);
    link_changes(web, header.visitor(), queue, &mut tiles);
    let (figures, others) = split_leading(tiles);
    let without_metric = |tiles: MetricTiles| tiles.into_iter().map(|(_, tile)| tile).collect();
    let (mut agents, more_agents) = queue_agents(texts, snapshot, queue, now);
    let tells_agents = has_people && (!agents.is_empty() || tells_cases);
    let further_agents = agents.split_off(agents.len().min(AGENTS_IN_SIGHT));
    let (curve_heading, curve, curve_note) =
        day_curve(texts, snapshot, queue, &baseline, today, now);
    let longest = snapshot.site.limits_for(&id, Metric::LongestWait);
    let custom_figures = queue_figures(texts, snapshot, queue, now);
    let entry = EntryId::new(Section::Thresholds, &id);
    QueuePage {
        build: assets::build_id(),
        path: (header.has_settings() && header.visitor().may_edit(&entry))
            .then(|| subject_path("queues", &queue.id)),
        closing: EarlyClose::find(
            texts,
            web,
            header.visitor(),
            &snapshot.site,
            queue,
            now.wall,
        ),
        header,
        time: web.boards.time().clone(),
        stamp: PageTime::new(snapshot, now),
        severity: evaluation.severity.into_str(),
        mark: write_mark(texts, evaluation.severity),
        say: announce_severity(texts, snapshot, queue, evaluation.severity, now),
        why: explain(texts, evaluation, &custom_figures, now),
        help: HelpFacts::find(snapshot, queue, has_people, now),
        open_until: describe_hours(texts, snapshot, queue, now),
        day: counted_day(&subject, queue),
        figures: without_metric(figures),
        others: without_metric(others),
        tells_cases,
        tells_agents,
        waiting: WaitingCases::find(texts, snapshot, queue, counted, now),
        agents,
        further_agents,
        more_agents,
        curve,
        curve_heading,
        curve_note,
        plan_note: String::new(),
        forecast: ForecastPanel::find(texts, web, snapshot, queue, now),
        custom_figures,
        recent_days: Arc::default(),
        longest_label: &texts.metric(Metric::LongestWait).page_label,
        chart: recent_chart(
            texts,
            snapshot,
            queue,
            longest.critical.or(longest.warning),
            now,
        ),
        boards: shown,
        members: member_links(texts, snapshot, queue),
        is_group: queue.members.is_some(),
        groups: groups_of(texts, snapshot, queue),
        linked: Vec::new(),
        source: only_source_name(snapshot, queue),
        external: queue.id.external.to_string(),
        external_ids: queue.external_ids.to_vec(),
        id,
        name,
    }
}

/// Since when its daily metrics count; empty if it has none.
fn counted_day(subject: &TileSubject<'_>, queue: &QueueSnapshot) -> String {
    let days = Metric::all().filter(|metric| metric.is_daily());
    let mut details = days.filter_map(|metric| {
        let figure = subject.snapshot.queue_figure(queue, metric, subject.now)?;
        figure.day_details
    });
    let details = details.next();
    details.map_or_else(String::new, |details| subject.counted_day(&details))
}

/// Empty for a group, which has several.
fn only_source_name(snapshot: &Snapshot, queue: &QueueSnapshot) -> String {
    if queue.members.is_some() {
        return String::new();
    }
    snapshot.site.source_name(&queue.id.source)
}

/// Links to a group's queues.
fn member_links(texts: &Texts, snapshot: &Snapshot, queue: &QueueSnapshot) -> Vec<PageLink> {
    let members = queue.members.iter().flat_map(|members| members.iter());
    let links = members.map(|id| links::queue_link_by_id(texts, snapshot, id));
    links.collect()
}

/// The sources of a group's members, without duplicates.
fn member_sources<'a>(snapshot: &'a Snapshot, queue: &'a QueueSnapshot) -> Vec<&'a SourceId> {
    if queue.members.is_none() {
        return Vec::new();
    }
    let mut sources: Vec<_> = snapshot
        .group_members(queue)
        .map(|member| &member.id.source)
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// "Open until 17:00"; empty without hours, and of a closed queue, whose reason has them.
fn describe_hours(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> String {
    let hours = snapshot.queue_hours(queue, now.wall);
    let closes_at = hours.next_change.filter(|_| !hours.is_closed);
    closes_at.map_or_else(String::new, |at| {
        texts.open_until(texts.time_or_day(at, now.wall, &snapshot.site.zone))
    })
}

fn counted_waiting(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> Option<u64> {
    let figure = snapshot.queue_figure(queue, Metric::Waiting, now)?;
    match (figure.value, figure.freshness) {
        (Some(MetricValue::Count(n)), Freshness::UpToDate) => Some(n),
        _ => None,
    }
}

/// The agents of a queue, each person once, and how many more there are.
fn queue_agents(
    texts: &'static Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> (Vec<AgentTableRow>, usize) {
    let members: Vec<_> = snapshot
        .group_members(queue)
        .map(|member| &member.id)
        .collect();
    let mut agents = snapshot.queue_presences(&members, now);
    agents.retain(|presence| presence.status != AgentStatus::LoggedOut);
    agents.sort_by_cached_key(|presence| agent_table_row::sort_key(snapshot, presence));
    let shown = agents.iter().take(AGENTS_MAX);
    let rows = shown
        .map(|presence| agent_table_row(texts, snapshot, presence, now))
        .collect();
    (rows, agents.len().saturating_sub(AGENTS_MAX))
}

#[cfg(test)]
mod tests;
