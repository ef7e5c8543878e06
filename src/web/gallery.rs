//! `/`: what is going on right now, every board in small, and on the first day
//! what to do next.

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};

use crate::{
    boards::{
        Attr, Board, BoardView, Cell, Kind, Layout, Locale, Origin, Severity, ViewKey, tile_columns,
    },
    domain::{Metric, Moment, Value},
    live::{Health, LineState, Picture},
};

use super::{
    Web, WebError, assets,
    merged::{Merged, merged},
};

/// More blocks than this say nothing in so small a space.
const MOST_BLOCKS: usize = 48;

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    build: &'static str,
    demo: bool,
    now: Option<RightNow>,
    cards: Vec<Card>,
    /// Why there is nothing to see yet, and what to do.
    waiting: Option<&'static str>,
    is_first_run: bool,
}

/// Figures over all queues, as words.
struct RightNow {
    waiting: String,
    longest: String,
    longest_in: Option<String>,
    available: String,
    is_stale: bool,
}

/// One board in small.
struct Card {
    id: String,
    title: String,
    /// The shape of the board, for that of its picture.
    layout: &'static str,
    columns: usize,
    /// One severity a row.
    blocks: Vec<&'static str>,
    /// `6 queues · ◆ 1 critical`
    summary: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/", get(page))
}

async fn page(State(web): State<Web>) -> Result<Html<String>, WebError> {
    let boards = web.studio.boards();
    let cards = boards.iter().filter_map(|board| {
        let view = web.studio.view(&ViewKey::floor(&board.id))?;
        Some(card(board, &view))
    });
    let cards = cards.collect();
    let (now, waiting) = web
        .live
        .read(|picture, now| (right_now(picture, now), waiting(picture)));
    let page = Gallery {
        build: assets::build(),
        demo: web.demo,
        now,
        cards,
        waiting,
        is_first_run: web.demo || boards.iter().all(|board| board.origin == Origin::Automatic),
    };
    Ok(Html(page.render()?))
}

fn right_now(picture: &Picture, now: Moment) -> Option<RightNow> {
    if picture.queues.is_empty() {
        return None;
    }
    let locale = Locale::default();
    let waiting = merged(picture, Metric::Waiting, now);
    let longest = merged(picture, Metric::LongestWait, now);
    let available = merged(picture, Metric::AgentsAvailable, now);
    Some(RightNow {
        is_stale: waiting.is_stale || longest.is_stale || available.is_stale,
        waiting: words(locale, &waiting),
        longest: words(locale, &longest),
        available: words(locale, &available),
        longest_in: longest.queue,
    })
}

/// `7`, `≥ 7`, `4–7` or `–`.
fn words(locale: Locale, merged: &Merged) -> String {
    match (merged.value, merged.low, merged.high) {
        (Some(value), ..) => locale.value(Some(value)),
        (None, Some(low), Some(high)) => format!("{low}–{high}"),
        (None, Some(low), None) => format!("≥ {}", locale.value(Some(Value::Count(low)))),
        (None, None, _) => locale.value(None),
    }
}

fn waiting(picture: &Picture) -> Option<&'static str> {
    if !picture.queues.is_empty() {
        return None;
    }
    let mut sources = picture.sources.values().peekable();
    if sources.peek().is_none() {
        return Some("No source is set up yet. Add one to the configuration.");
    }
    let is_any = |wanted: fn(&crate::live::Source) -> bool| picture.sources.values().any(wanted);
    Some(if is_any(|source| source.health() == Health::Live) {
        "Connected. Queues appear as soon as the contact centre speaks of them."
    } else if is_any(|source| source.line == LineState::Away) {
        "No source can be reached."
    } else {
        "Connecting to the contact centre."
    })
}

fn card(board: &Board, view: &BoardView) -> Card {
    let lists = view.lists.iter().filter(|list| list.kind != Kind::Totals);
    let rows = lists.flat_map(|list| &list.rows);
    let rows: Vec<_> = rows.filter(|row| !row.shape.all).collect();
    let severities: Vec<_> = rows.iter().map(|row| severity(&row.cells)).collect();
    let count = |wanted: Severity| severities.iter().filter(|s| **s == wanted.name()).count();
    let noun = match (board.layout, rows.len()) {
        (Layout::Agents, 1) => "agent",
        (Layout::Agents, _) => "agents",
        (_, 1) => "queue",
        (_, _) => "queues",
    };
    let mut summary = format!("{} {noun}", rows.len());
    for (severity, word) in [
        (Severity::Crit, "◆ {} critical"),
        (Severity::Warn, "▲ {} warning"),
    ] {
        if 0 < count(severity) {
            summary.push_str(" · ");
            summary.push_str(&word.replace("{}", &count(severity).to_string()));
        }
    }
    Card {
        id: board.id.clone(),
        title: board.title.clone(),
        layout: board.layout.name(),
        columns: columns(board, rows.len()),
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
}

/// A row's severity, as its own attributes have it.
fn severity(cells: &[Cell]) -> &'static str {
    let Some(Cell::Attrs(attributes)) = cells.first() else {
        return Severity::None.name();
    };
    let found = attributes.iter().find(|(name, _)| *name == "sev");
    let known = [
        Severity::Ok,
        Severity::Warn,
        Severity::Crit,
        Severity::Stale,
    ];
    known
        .map(Severity::name)
        .into_iter()
        .find(|name| matches!(found, Some((_, Attr::Text(text))) if text == name))
        .unwrap_or(Severity::None.name())
}
