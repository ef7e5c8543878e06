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
        Board, JudgedFigure, Judgement, Origin, Severity, format, judge, normal, normal_note,
        segment,
    },
    domain::{self, AgentState, Metric, Moment, QueueId, SourceId, Value},
    live::{CaseState, Picture, Presence, Queue, Trust},
};

use super::{
    Web, WebError, assets, cases,
    chart::{Chart, Point, chart},
    clock::{self, Stamp},
    contact::{Contact, contact},
    explain,
    figure::{self, Figure, Judged, Subject},
    history::pasts::{self, Told},
    listing::{self, Order, Place, Wanted},
    names::{self, Link},
    person::{self, Person, person},
    say::say,
};

/// Rows of who waits, and of agents.
const MOST_CASES: usize = 20;
const MOST_AGENTS: usize = 40;
/// Other queues that an address without a queue offers.
const MOST_OTHERS: usize = 12;

#[derive(Template)]
#[template(path = "queue.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a template asks plain questions"
)]
struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    id: String,
    name: String,
    severity: &'static str,
    mark: &'static str,
    /// Why it is so, in one sentence.
    why: Option<String>,
    is_calm: bool,
    /// What is announced when the severity changes.
    say: String,
    now: Vec<Figure>,
    today: Vec<Figure>,
    /// Which part of the day was counted, and whether that is all of it.
    day: String,
    /// Its contacts are told one by one.
    tells_cases: bool,
    /// Who serves which queue is told, or somebody is known to.
    tells_agents: bool,
    waiting: Vec<Contact>,
    all_waiting: Option<String>,
    /// How many the queue itself counts, where that is not how many cases are known here;
    /// and whether it is fewer.
    counted: Option<(String, bool)>,
    nobody_waits: bool,
    /// How many of its source wait for a queue that is not known yet.
    unplaced: usize,
    agents: Vec<Person>,
    more_agents: usize,
    chart: Option<Chart>,
    told: Arc<Told>,
    boards: Vec<Link>,
    /// Of a group: the queues that it is made of.
    members: Vec<Link>,
    is_group: bool,
    /// The groups that it is in.
    groups: Vec<Link>,
    /// The same queue as other sources have it.
    linked: Vec<Link>,
    source: String,
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/queues/{source}/{id}", get(page))
}

async fn page(
    State(web): State<Web>,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let boards = web.studio.boards();
    let asked = web.live.read(|picture, now| {
        let queue = names::find_queue(picture, &source, &external)?;
        Some((queue.id.clone(), picture.site.zone.clone(), now.wall))
    });
    let told = match asked {
        Some((id, zone, now)) => pasts::of_queue(&web, &id, &zone, now).await,
        None => Arc::default(),
    };
    let page = web.live.read(|picture, now| {
        let Some(queue) = names::find_queue(picture, &source, &external) else {
            return Err(WebError::NoSuch {
                what: "queue",
                id: format!("{source}/{external}"),
                instead: others(picture),
            });
        };
        let page = build(&web, &boards, picture, queue, now);
        Ok(Page {
            linked: linked(picture, queue, &told.twins),
            told: Arc::clone(&told),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
}

fn others(picture: &Picture) -> Vec<Link> {
    let queues = picture.queues.values();
    let seen = queues.filter(|queue| !picture.is_queue_hidden(queue));
    let mut links: Vec<_> = seen.map(|queue| names::queue(picture, queue)).collect();
    links.sort();
    links.truncate(MOST_OTHERS);
    links
}

fn build(web: &Web, boards: &[Arc<Board>], picture: &Picture, queue: &Queue, now: Moment) -> Page {
    let id = queue.id.to_string();
    let shown: Vec<_> = boards
        .iter()
        .filter(|board| board.shows_queue(&id))
        .collect();
    // As the first board of somebody's own has it, else as the automatic one.
    let own = shown.iter().find(|board| board.origin == Origin::File);
    let [automatic, _] = Board::automatic();
    let board = own.or(shown.first()).map_or(&automatic, |board| &***board);
    let judgement = judge(board, picture, queue, now);
    let name = picture.queue_name(queue);
    let target = picture.site.target(&id);
    let counted = counted(picture, queue, now);
    let subject = Subject {
        picture,
        now,
        source: &queue.id.source,
        several: several(picture, queue),
        target: &target,
        quiet_since: queue.quiet_since,
        is_reckoned: picture.members(queue).all(|member| member.gives.is_some()),
        nobody_waits: counted == Some(0),
        statistics: figure::statistics(picture, &domain::Subject::Queue(queue.id.clone())),
    };
    let source = picture.sources.get(&queue.id.source);
    let tells_cases = source.is_some_and(|source| source.kind.reports_contacts);
    let members = queue.members.as_deref().unwrap_or_default();
    let normals = web.studio.past();
    let (of_day, of_now) = figures(&subject, queue, board, &judgement, &normals);
    let Waiting {
        rows: waiting,
        known,
        all: all_waiting,
        unplaced,
    } = waiting(picture, queue, now);
    let (agents, more_agents) = agents(picture, queue, now);
    let longest = board.limits(&id, Metric::LongestWait);
    let days = Metric::all().filter(|metric| metric.is_of_the_day());
    let mut marks = days.filter_map(|metric| {
        let figure = picture.queue_figure(queue, metric, now)?;
        figure.of_day
    });
    let marks = marks.next();
    Page {
        build: assets::build(),
        demo: web.demo,
        stamp: Stamp::new(picture, now),
        severity: judgement.severity.name(),
        mark: judgement.severity.mark(),
        say: say(picture, queue, &name, judgement.severity, now),
        is_calm: matches!(judgement.severity, Severity::None | Severity::Ok),
        why: judgement.why,
        day: marks.map(|marks| subject.day(&marks)).unwrap_or_default(),
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
        chart: hours(picture, queue, longest.crit.or(longest.warn), now),
        boards: shown
            .iter()
            .map(|board| names::board(&board.id, &board.title))
            .collect(),
        members: members
            .iter()
            .map(|id| names::queue_by_id(picture, id))
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
fn without(subject: &Subject<'_>, queue: &Queue, metric: Metric) -> Option<String> {
    queue.members.as_ref()?;
    let picture = subject.picture;
    let merged = picture.merged(&picture.over([queue]), metric, subject.now)?;
    let names = merged.without.iter();
    let names: Vec<_> = names
        .map(|id| names::queue_by_id(picture, id).name)
        .collect();
    (!names.is_empty()).then(|| format!("excludes {}", names.join(", ")))
}

/// The sources of a group's members, each once.
fn several<'a>(picture: &'a Picture, queue: &'a Queue) -> Vec<&'a SourceId> {
    if queue.members.is_none() {
        return Vec::new();
    }
    let mut sources: Vec<_> = picture
        .members(queue)
        .map(|member| &member.id.source)
        .collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

fn groups_of(picture: &Picture, queue: &Queue) -> Vec<Link> {
    let groups = picture.site.groups.iter();
    let own = groups.filter(|group| group.queues.contains(&queue.id));
    own.map(|group| names::queue_by_id(picture, &group.id))
        .collect()
}

/// What `[links]` says to be the same queue, from either side.
fn linked(picture: &Picture, queue: &Queue, twins: &[(QueueId, String)]) -> Vec<Link> {
    let links = picture.site.links.iter();
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
            Some((_, name)) => Link {
                name: name.clone(),
                href: format!("/history?queue={}", segment(&id.to_string())),
            },
            None => names::queue_by_id(picture, id),
        }
    };
    same.into_iter().map(link).collect()
}

/// Of the day, and of now.
fn figures(
    subject: &Subject<'_>,
    queue: &Queue,
    board: &Board,
    judgement: &Judgement,
    normals: &domain::Past,
) -> (Vec<Figure>, Vec<Figure>) {
    let id = queue.id.to_string();
    let figure = |judged: &JudgedFigure| {
        let metric = judged.metric;
        let figure = subject.picture.queue_figure(queue, metric, subject.now)?;
        let heard = subject.picture.last_heard(queue, Some(metric));
        let judged = Judged {
            limits: board.limits(&id, metric),
            board: &board.title,
            severity: Some(judged.severity),
        };
        let mut figure = subject.figure(metric, &figure, heard, judged);
        figure.notes.extend(without(subject, queue, metric));
        if let Some(normal) = normal(normals, subject.picture, queue, metric, subject.now) {
            let zone = &subject.picture.site.zone;
            figure.notes.push(normal_note(metric, &normal, zone));
            figure
                .explained
                .push(("Usual", explain::normal(metric, &normal, zone)));
        }
        Some(figure)
    };
    let (day, now): (Vec<_>, Vec<_>) =
        (judgement.figures.iter()).partition(|judged| judged.metric.is_of_the_day());
    let all = |of: Vec<&JudgedFigure>| of.into_iter().filter_map(figure).collect();
    (all(day), all(now))
}

/// Who waits here.
struct Waiting {
    /// The longest first.
    rows: Vec<Contact>,
    /// How many there are, shown or not.
    known: u64,
    /// The page of all, where these are not all.
    all: Option<String>,
    /// How many have no queue yet.
    unplaced: usize,
}

fn waiting(picture: &Picture, queue: &Queue, now: Moment) -> Waiting {
    let wanted = Wanted {
        states: vec![CaseState::Waiting],
        place: Place::In(queue.id.clone()),
        order: Order::Oldest,
        ..Wanted::default()
    };
    let listing = listing::list(picture, &wanted, None, MOST_CASES);
    let unplaced = picture.cases.values().filter(|case| {
        case.state == CaseState::Waiting
            && case.queue.is_none()
            && case.id.source == queue.id.source
    });
    let rows = listing.cases.iter().map(|case| contact(picture, case, now));
    Waiting {
        rows: rows.collect(),
        known: listing.counts[0] as u64,
        all: (listing.next.as_ref())
            .map(|_| cases::address_of(CaseState::Waiting, "queue", &queue.id)),
        unplaced: unplaced.count(),
    }
}

fn counted(picture: &Picture, queue: &Queue, now: Moment) -> Option<u64> {
    let figure = picture.queue_figure(queue, Metric::Waiting, now)?;
    match (figure.value, figure.trust) {
        (Some(Value::Count(n)), Trust::Fresh) => Some(n),
        _ => None,
    }
}

/// Who serves it, each person once, and how many more do without a case now.
fn agents(picture: &Picture, queue: &Queue, now: Moment) -> (Vec<Person>, usize) {
    let members: Vec<_> = picture.members(queue).map(|member| &member.id).collect();
    let serves = |who: &Presence<'_>| {
        let mut queues = who.queues().into_iter().chain(who.case_queues());
        who.state != AgentState::LoggedOut && queues.any(|id| members.contains(&id))
    };
    let mut agents = picture.presences(now);
    agents.retain(serves);
    agents.sort_by_cached_key(|who| person::order(picture, who));
    let shown = agents.iter().take(MOST_AGENTS);
    let rows = shown.map(|who| person(picture, who, now)).collect();
    (rows, agents.len().saturating_sub(MOST_AGENTS))
}

/// The last four hours, against the limit of the longest wait.
fn hours(picture: &Picture, queue: &Queue, limit: Option<f64>, now: Moment) -> Option<Chart> {
    let points: Vec<_> = (picture.steps(queue, now).iter())
        .map(|step| Point {
            start: step.start,
            waiting: step.waiting,
            longest: step.longest_wait,
            partial: step.partial,
        })
        .collect();
    chart(&points, limit, |at| clock::time(picture, at, now))
}
