//! `/`: the current state, a thumbnail of each board, each queue by name, and first steps for a
//! new installation.

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
    boards::{
        AttributeValue, BoardDefinition, BoardLayout, BoardOrigin, BoardView, Kind, Severity,
        SlotValue, format, tile_columns,
    },
    domain::{Moment, SourceHealth},
    live::{ConnectionState, QueueSnapshot, Snapshot},
};

use super::{
    WebError, WebState,
    announcement::announce_severity,
    assets,
    clock::PageTime,
    links::{self, PageLink},
    metric_tile::{MetricTile, OUT_OF_DATE},
    outage_banner::outage_sentences,
    site_tiles,
};

/// More blocks are too small to read.
const BLOCKS_MAX: usize = 48;

#[derive(Template)]
#[template(path = "gallery.html")]
struct GalleryPage {
    build: &'static str,
    demo: bool,
    stamp: PageTime,
    /// Sentences about disconnected sources.
    outage_notes: Vec<String>,
    /// Merged over all queues; empty if there are none.
    now: Vec<MetricTile>,
    /// `◆ 1 critical · ▲ 2 warnings`
    alarm: String,
    cards: Vec<BoardCard>,
    queues: Vec<QueueItem>,
    /// The origin of this page, for the addresses of TVs.
    origin: String,
    is_loopback: bool,
    /// Why there is no data yet, and what to do.
    waiting: Option<&'static str>,
    is_first_run: bool,
}

/// A thumbnail of a board.
struct BoardCard {
    id: String,
    link: PageLink,
    /// The board's layout, which shapes the thumbnail.
    layout: &'static str,
    columns: usize,
    /// One severity per row.
    blocks: Vec<&'static str>,
    /// `6 queues · ◆ 1 critical`
    summary: String,
}

/// A queue with its severity.
struct QueueItem {
    id: String,
    link: PageLink,
    severity: &'static str,
    mark: &'static str,
    say: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/", get(show_gallery))
}

async fn show_gallery(
    State(web): State<WebState>,
    headers: HeaderMap,
) -> Result<Html<String>, WebError> {
    let boards = web.boards.list_boards();
    let mut cards = Vec::with_capacity(boards.len());
    let mut worst = HashMap::new();
    for board in &boards {
        let Some(view) = web.boards.render_view(&board.id) else {
            continue;
        };
        cards.push(board_card(board, &view));
        if board.layout != BoardLayout::Agents {
            record_worst(&mut worst, &view);
        }
    }
    let origin = page_origin(&web, &headers);
    let page = web.live.read_snapshot(|snapshot, now| {
        let queues = queue_items(snapshot, &worst, now);
        GalleryPage {
            build: assets::build_id(),
            demo: web.demo,
            stamp: PageTime::new(snapshot, now),
            outage_notes: if snapshot.queues.is_empty() {
                Vec::new()
            } else {
                outage_sentences(snapshot, snapshot.sources.values(), now)
            },
            now: if snapshot.queues.is_empty() {
                Vec::new()
            } else {
                site_tiles::site_tiles(snapshot, now)
            },
            alarm: summarize_alarms(&queues.iter().map(|item| item.severity)),
            cards,
            queues,
            is_loopback: is_loopback(&origin),
            origin,
            waiting: empty_reason(snapshot),
            is_first_run: web.demo
                || boards
                    .iter()
                    .all(|board| board.origin == BoardOrigin::Automatic),
        }
    });
    Ok(Html(page.render()?))
}

/// `https://wall.example.org`: as configured, else as the visitor reached us.
fn page_origin(web: &WebState, headers: &HeaderMap) -> String {
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
        .any(|prefix| host.starts_with(prefix))
}

fn record_worst(worst: &mut HashMap<String, Severity>, view: &BoardView) {
    let rows = view
        .lists
        .iter()
        .filter(|list| list.kind != Kind::Totals)
        .flat_map(|list| &list.rows);
    for row in rows.filter(|row| !row.shape.is_all_queues) {
        let known = worst.entry(row.key.clone()).or_default();
        *known = (*known).max(row_severity(&row.cells));
    }
    for folded in &view.omitted {
        let known = worst.entry(folded.key.clone()).or_default();
        *known = (*known).max(folded.severity);
    }
}

fn queue_items(
    snapshot: &Snapshot,
    worst: &HashMap<String, Severity>,
    now: Moment,
) -> Vec<QueueItem> {
    let item = |queue: &QueueSnapshot| {
        let id = queue.id.to_string();
        let severity = worst.get(&id).copied().unwrap_or_default();
        let link = links::queue_link(snapshot, queue);
        QueueItem {
            say: announce_severity(snapshot, queue, &link.name, severity, now),
            severity: severity.into_str(),
            mark: match severity {
                Severity::OutOfDate => OUT_OF_DATE,
                _ => severity.mark_text(),
            },
            link,
            id,
        }
    };
    let mut items: Vec<_> = snapshot.visible_queues().map(item).collect();
    items.sort_by(|a, b| a.link.cmp(&b.link));
    items
}

/// The number of critical and warning rows, if any.
fn summarize_alarms(severities: &(impl Iterator<Item = &'static str> + Clone)) -> String {
    let count = |wanted: Severity| {
        severities
            .clone()
            .filter(|s| *s == wanted.into_str())
            .count()
    };
    let critical = match count(Severity::Critical) {
        0 => None,
        n => Some(format!("◆ {n} critical")),
    };
    let warning = match count(Severity::Warning) {
        0 => None,
        1 => Some("▲ 1 warning".to_owned()),
        n => Some(format!("▲ {n} warnings")),
    };
    let words: Vec<_> = critical.into_iter().chain(warning).collect();
    words.join(" · ")
}

fn empty_reason(snapshot: &Snapshot) -> Option<&'static str> {
    if !snapshot.queues.is_empty() {
        return None;
    }
    let mut sources = snapshot.sources.values().peekable();
    if sources.peek().is_none() {
        return Some("No data source set up yet. Add one to the configuration.");
    }
    let is_any =
        |wanted: fn(&crate::live::SourceSnapshot) -> bool| snapshot.sources.values().any(wanted);
    Some(if is_any(|source| source.health() == SourceHealth::Live) {
        "Connected. Queues appear with the first activity."
    } else if is_any(|source| source.connection == ConnectionState::Disconnected) {
        "Can’t reach any data source."
    } else {
        "Connecting to the contact center…"
    })
}

fn board_card(board: &BoardDefinition, view: &BoardView) -> BoardCard {
    let lists = view.lists.iter().filter(|list| list.kind != Kind::Totals);
    let rows = lists.flat_map(|list| &list.rows);
    let rows: Vec<_> = rows.filter(|row| !row.shape.is_all_queues).collect();
    let drawn = rows.iter().map(|row| row_severity(&row.cells));
    let folded = view.omitted.iter().map(|folded| folded.severity);
    let severities: Vec<_> = drawn.chain(folded).map(<&str>::from).collect();
    let count = severities.len();
    let noun = match (board.layout, count) {
        (BoardLayout::Agents, 1) => "agent",
        (BoardLayout::Agents, _) => "agents",
        (_, 1) => "queue",
        (_, _) => "queues",
    };
    let mut summary = format!("{} {noun}", format::count(count as u64));
    let alarm = summarize_alarms(&severities.iter().copied());
    if !alarm.is_empty() {
        summary = format!("{summary} · {alarm}");
    }
    let stale = severities
        .iter()
        .filter(|s| **s == Severity::OutOfDate.into_str());
    let stale = stale.count();
    if 0 < stale {
        summary = format!("{summary} · {stale} {OUT_OF_DATE}");
    }
    BoardCard {
        id: board.id.clone(),
        link: links::board_link(&board.id, &board.title),
        layout: board.layout.into_str(),
        columns: card_columns(board, count),
        blocks: severities.into_iter().take(BLOCKS_MAX).collect(),
        summary,
    }
}

/// About as many columns as the board has.
fn card_columns(board: &BoardDefinition, rows: usize) -> usize {
    match board.layout {
        BoardLayout::Queues => tile_columns(rows, board.columns),
        BoardLayout::List => 1 + rows / 13,
        BoardLayout::Agents => 6,
    }
    .min(6)
}

/// A row's severity, from its attributes.
fn row_severity(cells: &[SlotValue]) -> Severity {
    let Some(SlotValue::Attributes(attributes)) = cells.first() else {
        return Severity::None;
    };
    match attributes.iter().find(|(name, _)| *name == "sev") {
        Some((_, AttributeValue::Text(text))) => text.parse().unwrap_or_default(),
        _ => Severity::None,
    }
}

#[cfg(test)]
mod tests;
