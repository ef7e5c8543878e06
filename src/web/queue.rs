//! `/queues/{source}/{id}`: one queue, now, today and in the last four hours.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::Html,
    routing::get,
};

use crate::{
    boards::{
        BoardDefinition, BoardOrigin, EvaluatedMetric, QueueEvaluation, Severity, encode_segment,
        evaluate_queue, find_normal_range, format, normal_note,
    },
    domain::{self, AgentStatus, Metric, MetricValue, Moment, QueueId, SourceId},
    live::{AgentPresence, CaseState, Freshness, QueueSnapshot, Snapshot},
};

use super::{
    WebError, WebState,
    agent_table_row::{self, AgentTableRow, agent_table_row},
    announcement::announce_severity,
    assets,
    case_listing::{self, CaseFilter, CaseOrder, QueueFilter},
    case_table_row::{CaseTableRow, case_table_row},
    cases,
    clock::{self, PageTime},
    history::recent_days_cache::{self, SubjectDays},
    links::{self, PageLink},
    metric_explanation,
    metric_tile::{self, MetricTile, TileLimits, TileSubject},
    wait_chart::{WaitChart, WaitPoint, build_chart},
};

/// Maximum number of waiting cases, and of agents.
const CASES_MAX: usize = 20;
const AGENTS_MAX: usize = 40;
/// Maximum number of other queues offered for an unknown address.
const ALTERNATIVES_MAX: usize = 12;

#[derive(Template)]
#[template(path = "queue.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the template needs plain flags"
)]
struct QueuePage {
    build: &'static str,
    demo: bool,
    stamp: PageTime,
    id: String,
    name: String,
    severity: &'static str,
    mark: &'static str,
    /// The reason for the severity, in one sentence.
    why: Option<String>,
    is_calm: bool,
    /// Announced when the severity changes.
    say: String,
    now: Vec<MetricTile>,
    today: Vec<MetricTile>,
    /// The part of the day that was counted, and whether it is complete.
    day: String,
    /// Its source reports single contacts.
    tells_cases: bool,
    /// Agents are known or can be.
    tells_agents: bool,
    waiting: Vec<CaseTableRow>,
    all_waiting: Option<String>,
    /// The queue's own count, if it differs from the number of known cases; and whether it is
    /// lower.
    counted: Option<(String, bool)>,
    nobody_waits: bool,
    /// Waiting cases of its source without a known queue.
    unrouted: usize,
    agents: Vec<AgentTableRow>,
    more_agents: usize,
    chart: Option<WaitChart>,
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

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/queues/{source}/{id}", get(show_queue))
}

async fn show_queue(
    State(web): State<WebState>,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let boards = web.boards.list_boards();
    let subject = web.live.read_snapshot(|snapshot, now| {
        let queue = links::find_queue(snapshot, &source, &external)?;
        Some((queue.id.clone(), snapshot.site.zone.clone(), now.wall))
    });
    let days = match subject {
        Some((id, zone, now)) => recent_days_cache::cached_queue_days(&web, &id, &zone, now).await,
        None => Arc::default(),
    };
    let page = web.live.read_snapshot(|snapshot, now| {
        let Some(queue) = links::find_queue(snapshot, &source, &external) else {
            return Err(WebError::NotFound {
                what: "queue",
                id: format!("{source}/{external}"),
                instead: alternative_queues(snapshot),
            });
        };
        let page = build_page(&web, &boards, snapshot, queue, now);
        Ok(QueuePage {
            linked: linked_queues(snapshot, queue, &days.linked_queues),
            recent_days: Arc::clone(&days),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
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
    boards: &[Arc<BoardDefinition>],
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> QueuePage {
    let id = queue.id.to_string();
    let shown: Vec<_> = boards
        .iter()
        .filter(|board| board.shows_queue(&id))
        .collect();
    // Evaluated by the first board from a file, else by the automatic one.
    let configured = shown.iter().find(|board| board.origin == BoardOrigin::File);
    let [automatic, _] = BoardDefinition::automatic_boards();
    let board = configured
        .or(shown.first())
        .map_or(&automatic, |board| &***board);
    let evaluation = evaluate_queue(board, snapshot, queue, now);
    let name = snapshot.queue_name(queue);
    let target = snapshot.site.target_for(&id);
    let counted = counted_waiting(snapshot, queue, now);
    let subject = TileSubject {
        snapshot,
        now,
        source: &queue.id.source,
        sources: member_sources(snapshot, queue),
        target: &target,
        quiet_since: queue.quiet_since,
        is_vendor_value: snapshot
            .group_members(queue)
            .all(|member| member.provided_metrics.is_some()),
        nobody_waits: counted == Some(0),
        statistics: metric_tile::vendor_statistics(
            snapshot,
            &domain::MetricSubject::Queue(queue.id.clone()),
        ),
    };
    let source = snapshot.sources.get(&queue.id.source);
    let tells_cases = source.is_some_and(|source| source.vendor.reports_contacts);
    let members = queue.members.as_deref().unwrap_or_default();
    let baseline = web.boards.current_baseline();
    let (of_day, of_now) = metric_tiles(&subject, queue, board, &evaluation, &baseline);
    let WaitingCases {
        rows: waiting,
        known,
        all: all_waiting,
        unrouted,
    } = waiting_cases(snapshot, queue, now);
    let (agents, more_agents) = queue_agents(snapshot, queue, now);
    let longest = board.limits_for(&id, Metric::LongestWait);
    let days = Metric::all().filter(|metric| metric.is_daily());
    let mut day_details = days.filter_map(|metric| {
        let figure = snapshot.queue_figure(queue, metric, now)?;
        figure.day_details
    });
    let day_details = day_details.next();
    QueuePage {
        build: assets::build_id(),
        demo: web.demo,
        stamp: PageTime::new(snapshot, now),
        severity: evaluation.severity.into_str(),
        mark: evaluation.severity.mark_text(),
        say: announce_severity(snapshot, queue, &name, evaluation.severity, now),
        is_calm: matches!(evaluation.severity, Severity::None | Severity::Normal),
        why: evaluation.reason,
        day: day_details
            .map(|day_details| subject.counted_day(&day_details))
            .unwrap_or_default(),
        now: of_now,
        today: of_day,
        tells_cases,
        tells_agents: !agents.is_empty() || tells_cases,
        counted: (counted.filter(|n| *n != known)).map(|n| (format::count(n), n < known)),
        nobody_waits: counted == Some(0),
        waiting,
        all_waiting,
        unrouted,
        agents,
        more_agents,
        recent_days: Arc::default(),
        chart: recent_chart(snapshot, queue, longest.critical.or(longest.warning), now),
        boards: shown
            .iter()
            .map(|board| links::board_link(&board.id, &board.title))
            .collect(),
        members: members
            .iter()
            .map(|id| links::queue_link_by_id(snapshot, id))
            .collect(),
        is_group: queue.members.is_some(),
        groups: groups_of(snapshot, queue),
        linked: Vec::new(),
        source: snapshot.site.source_name(&queue.id.source),
        external: queue.id.external.to_string(),
        external_ids: queue.external_ids.to_vec(),
        id,
        name,
    }
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
        .map(|id| links::queue_link_by_id(snapshot, id).name)
        .collect();
    (!names.is_empty()).then(|| format!("excludes {}", names.join(", ")))
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

fn groups_of(snapshot: &Snapshot, queue: &QueueSnapshot) -> Vec<PageLink> {
    let groups = snapshot.site.groups.iter();
    let containing = groups.filter(|group| group.queues.contains(&queue.id));
    containing
        .map(|group| links::queue_link_by_id(snapshot, &group.id))
        .collect()
}

/// Queues that `[links]` declares to be the same, in either direction.
fn linked_queues(
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
            None => links::queue_link_by_id(snapshot, id),
        }
    };
    same.into_iter().map(link).collect()
}

/// Daily and current metrics.
fn metric_tiles(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    board: &BoardDefinition,
    evaluation: &QueueEvaluation,
    baseline: &domain::Baseline,
) -> (Vec<MetricTile>, Vec<MetricTile>) {
    let id = queue.id.to_string();
    let figure = |judged: &EvaluatedMetric| {
        let metric = judged.metric;
        let figure = subject.snapshot.queue_figure(queue, metric, subject.now)?;
        let received_at = subject.snapshot.last_received(queue, Some(metric));
        let tile_limits = TileLimits {
            limits: board.limits_for(&id, metric),
            board: &board.title,
            severity: Some(judged.severity),
        };
        let mut figure = subject.metric_tile(metric, &figure, received_at, tile_limits);
        figure
            .notes
            .extend(describe_excluded(subject, queue, metric));
        if let Some(normal) =
            find_normal_range(baseline, subject.snapshot, queue, metric, subject.now)
        {
            let zone = &subject.snapshot.site.zone;
            figure.notes.push(normal_note(metric, &normal, zone));
            figure.explained.push((
                "Usual",
                metric_explanation::describe_normal(metric, &normal, zone),
            ));
        }
        Some(figure)
    };
    let (day, now): (Vec<_>, Vec<_>) =
        (evaluation.figures.iter()).partition(|judged| judged.metric.is_daily());
    let all = |metrics: Vec<&EvaluatedMetric>| metrics.into_iter().filter_map(figure).collect();
    (all(day), all(now))
}

/// The waiting cases of a queue.
struct WaitingCases {
    /// Longest wait first.
    rows: Vec<CaseTableRow>,
    /// The total, listed or not.
    known: u64,
    /// The page of all cases, if these aren't all.
    all: Option<String>,
    /// Cases without a queue yet.
    unrouted: usize,
}

fn waiting_cases(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> WaitingCases {
    let filter = CaseFilter {
        states: vec![CaseState::Waiting],
        queue: QueueFilter::In(queue.id.clone()),
        order: CaseOrder::Oldest,
        ..CaseFilter::default()
    };
    let listing = case_listing::list_cases(snapshot, &filter, None, CASES_MAX);
    let unrouted = snapshot.cases.values().filter(|case| {
        case.state == CaseState::Waiting
            && case.queue.is_none()
            && case.id.source == queue.id.source
    });
    let rows = listing
        .cases
        .iter()
        .map(|case| case_table_row(snapshot, case, now));
    WaitingCases {
        rows: rows.collect(),
        known: listing.counts[0] as u64,
        all: (listing.next.as_ref())
            .map(|_| cases::filtered_address(CaseState::Waiting, "queue", &queue.id)),
        unrouted: unrouted.count(),
    }
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
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> (Vec<AgentTableRow>, usize) {
    let members: Vec<_> = snapshot
        .group_members(queue)
        .map(|member| &member.id)
        .collect();
    let serves = |presence: &AgentPresence<'_>| {
        let mut queues = presence
            .assigned_queues()
            .into_iter()
            .chain(presence.case_queues());
        presence.status != AgentStatus::LoggedOut && queues.any(|id| members.contains(&id))
    };
    let mut agents = snapshot.all_presences(now);
    agents.retain(serves);
    agents.sort_by_cached_key(|presence| agent_table_row::sort_key(snapshot, presence));
    let shown = agents.iter().take(AGENTS_MAX);
    let rows = shown
        .map(|presence| agent_table_row(snapshot, presence, now))
        .collect();
    (rows, agents.len().saturating_sub(AGENTS_MAX))
}

/// The last four hours, with the threshold of the longest wait.
fn recent_chart(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    limit: Option<f64>,
    now: Moment,
) -> Option<WaitChart> {
    let points: Vec<_> = (snapshot.recent_steps(queue, now).iter())
        .map(|step| WaitPoint {
            start: step.start,
            waiting: step.waiting,
            longest: step.longest_wait,
            partial: step.is_partial,
        })
        .collect();
    build_chart(&points, limit, |at| clock::format_time(snapshot, at, now))
}

#[cfg(test)]
mod tests;
