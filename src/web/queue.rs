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

/// Rows of who waits, and of agents.
const CASES_MAX: usize = 20;
const AGENTS_MAX: usize = 40;
/// Other queues that an address without a queue offers.
const ALTERNATIVES_MAX: usize = 12;

#[derive(Template)]
#[template(path = "queue.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a template asks plain questions"
)]
struct QueuePage {
    build: &'static str,
    demo: bool,
    stamp: PageTime,
    id: String,
    name: String,
    severity: &'static str,
    mark: &'static str,
    /// Why it is so, in one sentence.
    why: Option<String>,
    is_calm: bool,
    /// What is announced when the severity changes.
    say: String,
    now: Vec<MetricTile>,
    today: Vec<MetricTile>,
    /// Which part of the day was counted, and whether that is all of it.
    day: String,
    /// Its contacts are told one by one.
    tells_cases: bool,
    /// Who serves which queue is told, or somebody is known to.
    tells_agents: bool,
    waiting: Vec<CaseTableRow>,
    all_waiting: Option<String>,
    /// How many the queue itself counts, where that is not how many cases are known here;
    /// and whether it is fewer.
    counted: Option<(String, bool)>,
    nobody_waits: bool,
    /// How many of its source wait for a queue that is not known yet.
    unplaced: usize,
    agents: Vec<AgentTableRow>,
    more_agents: usize,
    chart: Option<WaitChart>,
    told: Arc<SubjectDays>,
    boards: Vec<PageLink>,
    /// Of a group: the queues that it is made of.
    members: Vec<PageLink>,
    is_group: bool,
    /// The groups that it is in.
    groups: Vec<PageLink>,
    /// The same queue as other sources have it.
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
    let asked = web.live.read_snapshot(|picture, now| {
        let queue = links::find_queue(picture, &source, &external)?;
        Some((queue.id.clone(), picture.site.zone.clone(), now.wall))
    });
    let told = match asked {
        Some((id, zone, now)) => recent_days_cache::cached_queue_days(&web, &id, &zone, now).await,
        None => Arc::default(),
    };
    let page = web.live.read_snapshot(|picture, now| {
        let Some(queue) = links::find_queue(picture, &source, &external) else {
            return Err(WebError::NotFound {
                what: "queue",
                id: format!("{source}/{external}"),
                instead: alternative_queues(picture),
            });
        };
        let page = build_page(&web, &boards, picture, queue, now);
        Ok(QueuePage {
            linked: linked_queues(picture, queue, &told.linked_queues),
            told: Arc::clone(&told),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
}

fn alternative_queues(picture: &Snapshot) -> Vec<PageLink> {
    let queues = picture.queues.values();
    let seen = queues.filter(|queue| !picture.is_queue_hidden(queue));
    let mut links: Vec<_> = seen
        .map(|queue| links::queue_link(picture, queue))
        .collect();
    links.sort();
    links.truncate(ALTERNATIVES_MAX);
    links
}

fn build_page(
    web: &WebState,
    boards: &[Arc<BoardDefinition>],
    picture: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> QueuePage {
    let id = queue.id.to_string();
    let shown: Vec<_> = boards
        .iter()
        .filter(|board| board.shows_queue(&id))
        .collect();
    // As the first board of somebody's own has it, else as the automatic one.
    let own = shown.iter().find(|board| board.origin == BoardOrigin::File);
    let [automatic, _] = BoardDefinition::automatic_boards();
    let board = own.or(shown.first()).map_or(&automatic, |board| &***board);
    let judgement = evaluate_queue(board, picture, queue, now);
    let name = picture.queue_name(queue);
    let target = picture.site.target_for(&id);
    let counted = counted_waiting(picture, queue, now);
    let subject = TileSubject {
        snapshot: picture,
        now,
        source: &queue.id.source,
        sources: member_sources(picture, queue),
        target: &target,
        quiet_since: queue.quiet_since,
        is_vendor_value: picture
            .group_members(queue)
            .all(|member| member.provided_metrics.is_some()),
        nobody_waits: counted == Some(0),
        statistics: metric_tile::vendor_statistics(
            picture,
            &domain::MetricSubject::Queue(queue.id.clone()),
        ),
    };
    let source = picture.sources.get(&queue.id.source);
    let tells_cases = source.is_some_and(|source| source.vendor.reports_contacts);
    let members = queue.members.as_deref().unwrap_or_default();
    let normals = web.boards.current_baseline();
    let (of_day, of_now) = metric_tiles(&subject, queue, board, &judgement, &normals);
    let WaitingCases {
        rows: waiting,
        known,
        all: all_waiting,
        unrouted: unplaced,
    } = waiting_cases(picture, queue, now);
    let (agents, more_agents) = queue_agents(picture, queue, now);
    let longest = board.limits_for(&id, Metric::LongestWait);
    let days = Metric::all().filter(|metric| metric.is_of_the_day());
    let mut marks = days.filter_map(|metric| {
        let figure = picture.queue_figure(queue, metric, now)?;
        figure.day_details
    });
    let marks = marks.next();
    QueuePage {
        build: assets::build_id(),
        demo: web.demo,
        stamp: PageTime::new(picture, now),
        severity: judgement.severity.name(),
        mark: judgement.severity.mark_text(),
        say: announce_severity(picture, queue, &name, judgement.severity, now),
        is_calm: matches!(judgement.severity, Severity::None | Severity::Normal),
        why: judgement.reason,
        day: marks
            .map(|marks| subject.counted_day(&marks))
            .unwrap_or_default(),
        now: of_now,
        today: of_day,
        tells_cases,
        tells_agents: !agents.is_empty() || tells_cases,
        counted: (counted.filter(|n| *n != known)).map(|n| (format::count(n), n < known)),
        nobody_waits: counted == Some(0),
        waiting,
        all_waiting,
        unplaced,
        agents,
        more_agents,
        told: Arc::default(),
        chart: recent_chart(picture, queue, longest.critical.or(longest.warning), now),
        boards: shown
            .iter()
            .map(|board| links::board_link(&board.id, &board.title))
            .collect(),
        members: members
            .iter()
            .map(|id| links::queue_link_by_id(picture, id))
            .collect(),
        is_group: queue.members.is_some(),
        groups: groups_of(picture, queue),
        linked: Vec::new(),
        source: picture.site.source_name(&queue.id.source),
        external: queue.id.external.to_string(),
        external_ids: queue.external_ids.to_vec(),
        id,
        name,
    }
}

/// Which members of a group never give a figure, and so are not in it.
fn describe_excluded(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    metric: Metric,
) -> Option<String> {
    queue.members.as_ref()?;
    let picture = subject.snapshot;
    let merged = picture.merge_figure(&picture.select_queues([queue]), metric, subject.now)?;
    let names = merged.without.iter();
    let names: Vec<_> = names
        .map(|id| links::queue_link_by_id(picture, id).name)
        .collect();
    (!names.is_empty()).then(|| format!("excludes {}", names.join(", ")))
}

/// The sources of a group's members, each once.
fn member_sources<'a>(picture: &'a Snapshot, queue: &'a QueueSnapshot) -> Vec<&'a SourceId> {
    if queue.members.is_none() {
        return Vec::new();
    }
    let mut sources: Vec<_> = picture
        .group_members(queue)
        .map(|member| &member.id.source)
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

fn groups_of(picture: &Snapshot, queue: &QueueSnapshot) -> Vec<PageLink> {
    let groups = picture.site.groups.iter();
    let own = groups.filter(|group| group.queues.contains(&queue.id));
    own.map(|group| links::queue_link_by_id(picture, &group.id))
        .collect()
}

/// What `[links]` says to be the same queue, from either side.
fn linked_queues(
    picture: &Snapshot,
    queue: &QueueSnapshot,
    twins: &[(QueueId, String)],
) -> Vec<PageLink> {
    let links = picture.site.linked_queues.iter();
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
        let twin = twins.iter().find(|(twin, _)| twin == id);
        match twin.filter(|_| !picture.queues.contains_key(id)) {
            Some((_, name)) => PageLink {
                name: name.clone(),
                href: format!("/history?queue={}", encode_segment(&id.to_string())),
            },
            None => links::queue_link_by_id(picture, id),
        }
    };
    same.into_iter().map(link).collect()
}

/// Of the day, and of now.
fn metric_tiles(
    subject: &TileSubject<'_>,
    queue: &QueueSnapshot,
    board: &BoardDefinition,
    judgement: &QueueEvaluation,
    normals: &domain::Baseline,
) -> (Vec<MetricTile>, Vec<MetricTile>) {
    let id = queue.id.to_string();
    let figure = |judged: &EvaluatedMetric| {
        let metric = judged.metric;
        let figure = subject.snapshot.queue_figure(queue, metric, subject.now)?;
        let heard = subject.snapshot.last_received(queue, Some(metric));
        let judged = TileLimits {
            limits: board.limits_for(&id, metric),
            board: &board.title,
            severity: Some(judged.severity),
        };
        let mut figure = subject.metric_tile(metric, &figure, heard, judged);
        figure
            .notes
            .extend(describe_excluded(subject, queue, metric));
        if let Some(normal) =
            find_normal_range(normals, subject.snapshot, queue, metric, subject.now)
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
        (judgement.figures.iter()).partition(|judged| judged.metric.is_of_the_day());
    let all = |of: Vec<&EvaluatedMetric>| of.into_iter().filter_map(figure).collect();
    (all(day), all(now))
}

/// Who waits here.
struct WaitingCases {
    /// The longest first.
    rows: Vec<CaseTableRow>,
    /// How many there are, shown or not.
    known: u64,
    /// The page of all, where these are not all.
    all: Option<String>,
    /// How many have no queue yet.
    unrouted: usize,
}

fn waiting_cases(picture: &Snapshot, queue: &QueueSnapshot, now: Moment) -> WaitingCases {
    let wanted = CaseFilter {
        states: vec![CaseState::Waiting],
        queue: QueueFilter::In(queue.id.clone()),
        order: CaseOrder::Oldest,
        ..CaseFilter::default()
    };
    let listing = case_listing::list_cases(picture, &wanted, None, CASES_MAX);
    let unplaced = picture.cases.values().filter(|case| {
        case.state == CaseState::Waiting
            && case.queue.is_none()
            && case.id.source == queue.id.source
    });
    let rows = listing
        .cases
        .iter()
        .map(|case| case_table_row(picture, case, now));
    WaitingCases {
        rows: rows.collect(),
        known: listing.counts[0] as u64,
        all: (listing.next.as_ref())
            .map(|_| cases::filtered_address(CaseState::Waiting, "queue", &queue.id)),
        unrouted: unplaced.count(),
    }
}

fn counted_waiting(picture: &Snapshot, queue: &QueueSnapshot, now: Moment) -> Option<u64> {
    let figure = picture.queue_figure(queue, Metric::Waiting, now)?;
    match (figure.value, figure.freshness) {
        (Some(MetricValue::Count(n)), Freshness::UpToDate) => Some(n),
        _ => None,
    }
}

/// Who serves it, each person once, and how many more do without a case now.
fn queue_agents(
    picture: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> (Vec<AgentTableRow>, usize) {
    let members: Vec<_> = picture
        .group_members(queue)
        .map(|member| &member.id)
        .collect();
    let serves = |who: &AgentPresence<'_>| {
        let mut queues = who.assigned_queues().into_iter().chain(who.case_queues());
        who.status != AgentStatus::LoggedOut && queues.any(|id| members.contains(&id))
    };
    let mut agents = picture.all_presences(now);
    agents.retain(serves);
    agents.sort_by_cached_key(|who| agent_table_row::sort_key(picture, who));
    let shown = agents.iter().take(AGENTS_MAX);
    let rows = shown
        .map(|who| agent_table_row(picture, who, now))
        .collect();
    (rows, agents.len().saturating_sub(AGENTS_MAX))
}

/// The last four hours, against the limit of the longest wait.
fn recent_chart(
    picture: &Snapshot,
    queue: &QueueSnapshot,
    limit: Option<f64>,
    now: Moment,
) -> Option<WaitChart> {
    let points: Vec<_> = (picture.recent_steps(queue, now).iter())
        .map(|step| WaitPoint {
            start: step.start,
            waiting: step.waiting,
            longest: step.longest_wait,
            partial: step.is_partial,
        })
        .collect();
    build_chart(&points, limit, |at| clock::format_time(picture, at, now))
}
