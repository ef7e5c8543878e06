//! `/`: what is going on right now, every board in small, every queue by name,
//! and on the first day what to do next.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::Html,
    routing::get,
};

use crate::{
    boards::{Attr, Board, BoardView, Cell, Kind, Layout, Origin, Severity, format, tile_columns},
    domain::Moment,
    live::{Health, LineState, Picture, Queue},
};

use super::{
    Web, WebError, assets,
    away::away,
    clock::Stamp,
    figure::{Figure, NOT_FRESH},
    merged,
    names::{self, Link},
    say::say,
};

/// More blocks than this say nothing in so small a space.
const MOST_BLOCKS: usize = 48;

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    /// Whose line is away.
    away: Vec<String>,
    /// Over all queues; empty before there is any.
    now: Vec<Figure>,
    /// `◆ 1 critical · ▲ 2 warning`
    alarm: String,
    cards: Vec<Card>,
    queues: Vec<Item>,
    /// Where this page was asked for, for the addresses of TVs.
    origin: String,
    is_loopback: bool,
    /// Why there is nothing to see yet, and what to do.
    waiting: Option<&'static str>,
    is_first_run: bool,
}

/// One board in small.
struct Card {
    id: String,
    link: Link,
    /// The shape of the board, for that of its picture.
    layout: &'static str,
    columns: usize,
    /// One severity a row.
    blocks: Vec<&'static str>,
    /// `6 queues · ◆ 1 critical`
    summary: String,
}

/// A queue by name, watched for its severity.
struct Item {
    id: String,
    link: Link,
    severity: &'static str,
    mark: &'static str,
    say: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/", get(page))
}

async fn page(State(web): State<Web>, headers: HeaderMap) -> Result<Html<String>, WebError> {
    let boards = web.studio.boards();
    let mut cards = Vec::with_capacity(boards.len());
    let mut worst = HashMap::new();
    for board in &boards {
        let Some(view) = web.studio.view(&board.id) else {
            continue;
        };
        cards.push(card(board, &view));
        if board.layout != Layout::Agents {
            note_worst(&mut worst, &view);
        }
    }
    let origin = origin(&web, &headers);
    let page = web.live.read(|picture, now| {
        let queues = items(picture, &worst, now);
        Gallery {
            build: assets::build(),
            demo: web.demo,
            stamp: Stamp::new(picture, now),
            away: if picture.queues.is_empty() {
                Vec::new()
            } else {
                away(picture, picture.sources.values(), now)
            },
            now: if picture.queues.is_empty() {
                Vec::new()
            } else {
                merged::figures(picture, now)
            },
            alarm: alarm(&queues.iter().map(|item| item.severity)),
            cards,
            queues,
            is_loopback: is_loopback(&origin),
            origin,
            waiting: waiting(picture),
            is_first_run: web.demo || boards.iter().all(|board| board.origin == Origin::Automatic),
        }
    });
    Ok(Html(page.render()?))
}

/// `https://wall.example.org`: as configured, else as the visitor reached us.
fn origin(web: &Web, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match (&web.origins.public, host) {
        (Some(public), _) => public.trim_end_matches('/').to_owned(),
        (None, Some(host)) => format!("http://{host}"),
        (None, None) => String::new(),
    }
}

fn is_loopback(origin: &str) -> bool {
    let host = origin.split("://").nth(1).unwrap_or_default();
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|own| host.starts_with(own))
}

fn note_worst(worst: &mut HashMap<String, Severity>, view: &BoardView) {
    let rows = view
        .lists
        .iter()
        .filter(|list| list.kind != Kind::Totals)
        .flat_map(|list| &list.rows);
    for row in rows.filter(|row| !row.shape.all) {
        let known = worst.entry(row.key.clone()).or_default();
        *known = (*known).max(severity(&row.cells));
    }
    for folded in &view.folded {
        let known = worst.entry(folded.key.clone()).or_default();
        *known = (*known).max(folded.severity);
    }
}

fn items(picture: &Picture, worst: &HashMap<String, Severity>, now: Moment) -> Vec<Item> {
    let queues = picture
        .queues
        .values()
        .filter(|queue| !picture.is_queue_hidden(queue));
    let item = |queue: &Queue| {
        let id = queue.id.to_string();
        let severity = worst.get(&id).copied().unwrap_or_default();
        let link = names::queue(picture, queue);
        Item {
            say: say(picture, queue, &link.name, severity, now),
            severity: severity.name(),
            mark: match severity {
                Severity::Stale => NOT_FRESH,
                _ => severity.mark(),
            },
            link,
            id,
        }
    };
    let mut items: Vec<_> = queues.map(item).collect();
    items.sort_by(|a, b| a.link.cmp(&b.link));
    items
}

/// How many are critical and how many warn, where any does.
fn alarm(severities: &(impl Iterator<Item = &'static str> + Clone)) -> String {
    let count = |wanted: Severity| severities.clone().filter(|s| *s == wanted.name()).count();
    let critical = match count(Severity::Crit) {
        0 => None,
        n => Some(format!("◆ {n} critical")),
    };
    let warning = match count(Severity::Warn) {
        0 => None,
        1 => Some("▲ 1 warning".to_owned()),
        n => Some(format!("▲ {n} warnings")),
    };
    let words: Vec<_> = critical.into_iter().chain(warning).collect();
    words.join(" · ")
}

fn waiting(picture: &Picture) -> Option<&'static str> {
    if !picture.queues.is_empty() {
        return None;
    }
    let mut sources = picture.sources.values().peekable();
    if sources.peek().is_none() {
        return Some("No data source set up yet. Add one to the configuration.");
    }
    let is_any = |wanted: fn(&crate::live::Source) -> bool| picture.sources.values().any(wanted);
    Some(if is_any(|source| source.health() == Health::Live) {
        "Connected. Queues appear with the first activity."
    } else if is_any(|source| source.line == LineState::Away) {
        "Can’t reach any data source."
    } else {
        "Connecting to the contact center…"
    })
}

fn card(board: &Board, view: &BoardView) -> Card {
    let lists = view.lists.iter().filter(|list| list.kind != Kind::Totals);
    let rows = lists.flat_map(|list| &list.rows);
    let rows: Vec<_> = rows.filter(|row| !row.shape.all).collect();
    let drawn = rows.iter().map(|row| severity(&row.cells));
    let folded = view.folded.iter().map(|folded| folded.severity);
    let severities: Vec<_> = drawn.chain(folded).map(Severity::name).collect();
    let count = severities.len();
    let noun = match (board.layout, count) {
        (Layout::Agents, 1) => "agent",
        (Layout::Agents, _) => "agents",
        (_, 1) => "queue",
        (_, _) => "queues",
    };
    let mut summary = format!("{} {noun}", format::count(count as u64));
    let alarm = alarm(&severities.iter().copied());
    if !alarm.is_empty() {
        summary = format!("{summary} · {alarm}");
    }
    let stale = severities.iter().filter(|s| **s == Severity::Stale.name());
    let stale = stale.count();
    if 0 < stale {
        summary = format!("{summary} · {stale} {NOT_FRESH}");
    }
    Card {
        id: board.id.clone(),
        link: names::board(&board.id, &board.title),
        layout: board.layout.name(),
        columns: columns(board, count),
        blocks: severities.into_iter().take(MOST_BLOCKS).collect(),
        summary,
    }
}

/// About as many as the board has.
fn columns(board: &Board, rows: usize) -> usize {
    match board.layout {
        Layout::Queues => tile_columns(rows, board.columns),
        Layout::List => 1 + rows / 13,
        Layout::Agents => 6,
    }
    .min(6)
}

/// A row's severity, as its own attributes have it.
fn severity(cells: &[Cell]) -> Severity {
    let Some(Cell::Attrs(attributes)) = cells.first() else {
        return Severity::None;
    };
    let found = attributes.iter().find(|(name, _)| *name == "sev");
    [
        Severity::Ok,
        Severity::Warn,
        Severity::Crit,
        Severity::Stale,
    ]
    .into_iter()
    .find(|known| matches!(found, Some((_, Attr::Text(text))) if text == known.name()))
    .unwrap_or_default()
}
