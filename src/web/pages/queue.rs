//! `/queues/{source}/{id}`: one queue: why it needs attention, who waits and who serves, and its
//! day.

mod forecast_panel;
mod loaded_days;
mod waiting_cases;

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::Path, response::Html, routing::get};

use wallboard_access::Right;
use wallboard_boards::{
    BoardDefinition, BoardTime, QueueEvaluation, SeverityReason, board_title, encode_segment,
    evaluate_queue, find_day_ranges, find_normal_range, subject_path, write_mark,
};
use wallboard_domain::{
    self as domain, AgentStatus, Metric, MetricValue, Moment, QueueId, SourceId,
};
use wallboard_live::{
    EvaluatedFigure, Freshness, MetricFigure, QueueSnapshot, SeriesStep, Severity, Snapshot,
};
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
        day_curve::{DayCurve, DayTotals, build_curve},
        queue_edit::closing::EarlyClose,
        queue_help::HelpFacts,
        wait_chart::{WaitChart, WaitPoint, build_chart},
    },
    parts::{
        agent_table_row::{self, AgentTableRow, agent_table_row},
        announcement::announce_severity,
        clock::{PageTime, RunningClock},
        links::{self, PageLink},
        metric_explanation,
        metric_tile::{self, FigureColumn, MetricTile, TileSubject},
        missing_subject::MissingSubject,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};
use forecast_panel::ForecastPanel;
use loaded_days::LoadedDays;
use waiting_cases::WaitingCases;

/// The figures above all others, most important first.
const LEADING_METRICS: [Metric; 8] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
    Metric::Answered,
    Metric::Offered,
    Metric::InConversation,
    Metric::Abandoned,
];
const LEADING_MAX: usize = 4;
/// Steps of the recent series.
const STEPS_PER_HOUR: usize = 12;
/// The total that the day's curve shows: the first of these that the queue has.
const CURVE_METRICS: [Metric; 2] = [Metric::Offered, Metric::Answered];
/// Maximum number of agents: in sight and altogether.
const AGENTS_IN_SIGHT: usize = 8;
const AGENTS_MAX: usize = 40;
/// Maximum number of other queues offered for an unknown address.
const ALTERNATIVES_MAX: usize = 12;

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
    /// "Plan: about 42 contacts by now, 120 today." Empty without a plan.
    plan_note: String,
    /// `None` of a past.
    forecast: Option<ForecastPanel>,
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
    Router::new().route(ROUTE, get(show_queue))
}

async fn show_queue(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Path((source, external)): Path<(String, String)>,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let boards = web.boards.list_boards();
    let has_history = header.visitor().has(Right::History);
    let loaded = LoadedDays::load(&web, header.texts, (&source, &external), has_history).await;
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
            plan_note: loaded.plan_note.clone(),
            ..page
        })
    })?;
    let names_people = page.tells_agents || page.tells_cases || page.help.names_people();
    Ok((ShowsPeople::mark_if(names_people), Html(page.render()?)))
}

fn alternative_queues(snapshot: &Snapshot) -> Vec<PageLink> {
    let mut links: Vec<_> = (snapshot.visible_queues())
        .map(|queue| links::queue_link(snapshot, queue))
        .collect();
    links.sort();
    links.truncate(ALTERNATIVES_MAX);
    links
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
            &domain::MetricSubject::Queue(queue.id.clone()),
        ),
    };
    let source = snapshot.sources.get(&queue.id.source);
    let has_people = header.visitor().has(Right::PersonalData);
    let tells_cases = has_people && source.is_some_and(|source| source.vendor.reports_contacts);
    let members = queue.members.as_deref().unwrap_or_default();
    let baseline = web.boards.current_baseline();
    let tiles = metric_tiles(&subject, queue, &evaluation, &baseline);
    let (figures, others) = split_leading(tiles);
    let without_metric = |tiles: MetricTiles| tiles.into_iter().map(|(_, tile)| tile).collect();
    let (mut agents, more_agents) = queue_agents(texts, snapshot, queue, now);
    let tells_agents = has_people && (!agents.is_empty() || tells_cases);
    let further_agents = agents.split_off(agents.len().min(AGENTS_IN_SIGHT));
    let (curve_heading, curve, curve_note) =
        day_curve(texts, snapshot, queue, &baseline, today, now);
    let longest = snapshot.site.limits_for(&id, Metric::LongestWait);
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
        why: explain(texts, evaluation, now),
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
        members: members
            .iter()
            .map(|id| links::queue_link_by_id(texts, snapshot, id))
            .collect(),
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

/// Members of a group that never report the metric, so the value excludes them.
fn describe_excluded(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    metric: Metric,
) -> Option<String> {
    queue.members.as_ref()?;
    let snapshot = subject.snapshot;
    let merged = snapshot.merge_figure(&snapshot.select_queues([queue]), metric, subject.now)?;
    let names = merged.without.iter();
    let names: Vec<_> = names
        .map(|id| links::queue_link_by_id(subject.texts, snapshot, id).name)
        .collect();
    (!names.is_empty()).then(|| subject.texts.excludes(names.join(", ")))
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

fn groups_of(texts: &Texts, snapshot: &Snapshot, queue: &QueueSnapshot) -> Vec<PageLink> {
    let groups = snapshot.site.groups.iter();
    let containing = groups.filter(|group| group.queues.contains(&queue.id));
    containing
        .map(|group| links::queue_link_by_id(texts, snapshot, &group.id))
        .collect()
}

/// Queues that `[links]` declares to be the same, in either direction.
fn linked_queues(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    linked: &[(QueueId, String)],
) -> Vec<PageLink> {
    let links = snapshot.site.linked_queues.iter();
    let mut same: Vec<&QueueId> = Vec::new();
    for (id, others) in links {
        if *id == queue.id {
            same.extend(others);
        } else if others.contains(&queue.id) {
            same.push(id);
            same.extend(others.iter().filter(|other| **other != queue.id));
        }
    }
    same.sort_unstable();
    same.dedup();
    let link = |id: &QueueId| {
        let named = linked.iter().find(|(named, _)| named == id);
        match named.filter(|_| !snapshot.queues.contains_key(id)) {
            Some((_, name)) => {
                let href = format!("/history?queue={}", encode_segment(&id.to_string()));
                PageLink::new(name, href)
            }
            None => links::queue_link_by_id(texts, snapshot, id),
        }
    };
    same.into_iter().map(link).collect()
}

/// "Longest wait is 2:11, above the 2:00 threshold since 14:19. Also 0 available."
fn explain(texts: &Texts, evaluation: QueueEvaluation, now: Moment) -> Sentence {
    let statement = |text: &str| Sentence::new(text, Vec::new());
    match (evaluation.reason, evaluation.severity) {
        (
            Some(SeverityReason::Threshold {
                label,
                value,
                since,
                position,
            }),
            _,
        ) => {
            let mut text = texts.figure_at(label, slot(0), position);
            if let Some(also @ [_, ..]) = evaluation.causes.get(1..) {
                text = format!("{text} {}", texts.also_causes(also.join(", ")));
            }
            let clock = match since {
                Some(since) => RunningClock::running_since(texts, since, Freshness::UpToDate, now),
                None => RunningClock::stopped(value),
            };
            Sentence::new(&text, vec![SentencePiece::Clock(clock)])
        }
        (Some(SeverityReason::Statement(sentence)), _) => statement(&sentence),
        (None, Severity::Normal) => statement(texts.within_thresholds()),
        (None, _) => statement(texts.no_thresholds()),
    }
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

type MetricTiles = Vec<(Metric, MetricTile)>;

/// All metrics of the queue, in reading order.
fn metric_tiles(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    evaluation: &QueueEvaluation,
    baseline: &domain::Baseline,
) -> MetricTiles {
    let tile = |evaluated: &EvaluatedFigure| {
        let metric = evaluated.metric;
        let mut tile = subject.metric_tile(evaluated);
        tile.notes.extend(describe_excluded(subject, queue, metric));
        if let Some(normal) =
            find_normal_range(baseline, subject.snapshot, queue, metric, subject.now)
        {
            let zone = &subject.snapshot.site.zone;
            let texts = subject.texts;
            let by = texts.time(normal.ends_at, zone);
            let range = texts.value_range(metric, normal.band.low, normal.band.high);
            tile.usual = texts.usual_by(range.as_str(), by.as_str());
            tile.usually = texts.usually(range, by);
            tile.explained.push((
                texts.usual_term(),
                metric_explanation::describe_normal(texts, metric, &normal, zone),
            ));
        }
        (metric, tile)
    };
    evaluation.figures.iter().map(tile).collect()
}

/// The leading figures, and all others.
fn split_leading(tiles: MetricTiles) -> (MetricTiles, MetricTiles) {
    let rank = |metric: Metric| {
        LEADING_METRICS
            .iter()
            .position(|leading| *leading == metric)
    };
    let (mut leading, mut others): (Vec<_>, Vec<_>) =
        (tiles.into_iter()).partition(|(metric, _)| rank(*metric).is_some());
    leading.sort_by_key(|(metric, _)| rank(*metric));
    others.splice(0..0, leading.split_off(leading.len().min(LEADING_MAX)));
    others.sort_by_key(|(metric, _)| (metric.is_daily(), *metric));
    (leading, others)
}

/// The day so far beside the usual range: its label, its curve, and why there is no range. A day
/// that wasn't counted from its start can't be compared.
fn day_curve(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    baseline: &domain::Baseline,
    today: &[TodaySnapshots],
    now: Moment,
) -> (String, Option<DayCurve>, String) {
    let figure = |metric| Some((metric, snapshot.queue_figure(queue, metric, now)?));
    let is_known = |(_, figure): &(Metric, MetricFigure)| figure.value.is_some();
    let mut figures = CURVE_METRICS.into_iter().filter_map(figure);
    let Some((metric, figure)) = figures.find(is_known) else {
        let label = texts.metric(CURVE_METRICS[0]).page_label.as_str();
        return (texts.label_today(label), None, String::new());
    };
    let day = figure.day_details.as_ref();
    let since = day.filter(|day| !day.is_complete).and_then(|day| day.since);
    let from = since.or(snapshot.day_start).unwrap_or(now.wall);
    let mut totals = DayTotals::new(today, metric, from);
    if let (Some(value), Freshness::UpToDate) = (figure.value, figure.freshness) {
        totals.push(now.wall, value.as_number());
    }
    let is_whole = day.is_none_or(|day| day.is_complete);
    let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
    let (usual, note) = match since {
        Some(since) => (Vec::new(), texts.counted_only_since(time(since))),
        None if is_whole => (
            find_day_ranges(baseline, snapshot, queue, metric, now),
            String::new(),
        ),
        None => (Vec::new(), String::new()),
    };
    let label = texts.metric(metric).page_label.as_str();
    let curve = build_curve(texts, label, &totals, &usual, time);
    (texts.label_today(label), curve, note)
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

/// The last four hours, with the threshold of the longest wait. Hours before the first data are
/// left out, but for the last one.
fn recent_chart(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    limit: Option<f64>,
    now: Moment,
) -> Option<WaitChart> {
    let steps = snapshot.recent_steps(queue, now);
    let is_known = |step: &SeriesStep| step.waiting.is_some() || step.longest_wait.is_some();
    let first = steps.iter().position(is_known).unwrap_or_default();
    let first = first.min(steps.len().saturating_sub(STEPS_PER_HOUR));
    let points: Vec<_> = (steps[first..].iter())
        .map(|step| WaitPoint {
            start: step.start,
            waiting: step.waiting,
            longest: step.longest_wait,
            partial: step.is_partial,
        })
        .collect();
    build_chart(texts, &points, limit, |at| {
        texts.time_or_day(at, now.wall, &snapshot.site.zone)
    })
}

#[cfg(test)]
mod tests;
