//! `/history/calls`: the calls behind a figure, a page at a time; callers show their last
//! four digits at most.

use askama::Template;
use axum::{Router, extract::State, response::Html, routing::get};

use crate::{
    boards::format,
    history::report::{By, Call, Calls, CallsAsk, Cursor, History, Outcome, Who},
    store::StoreError,
    web::{
        Web, WebError, assets,
        clock::{Stamp, UNKNOWN},
        names::Link,
    },
};

use super::{
    Pairs, bad, calls_file, file::FileFormat, form::Tab, known_scope, load::Note,
    query::HistoryQuery, scope::HistoryScope, subjects::HistorySubjects,
};

pub(super) const PATH: &str = "/history/calls";
/// Rows of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "history_calls.html")]
struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    who: String,
    when: String,
    zone: String,
    back: String,
    tabs: Vec<Tab>,
    files: [(&'static str, String); 2],
    calls: Vec<Row>,
    /// How many there are, where all of them stand here.
    count: String,
    /// What is not here, and why.
    notes: Vec<Note>,
    /// Numbers are kept of some.
    has_callers: bool,
    next: Option<String>,
    first: Option<String>,
    /// What is chosen and up to when exports tell, for the foot of printed pages.
    foot: String,
}

struct Row {
    id: String,
    joined: String,
    queue: Link,
    agent: Option<Link>,
    caller: String,
    glyph: &'static str,
    outcome: &'static str,
    wait: String,
    talk: String,
    wrap_up: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(PATH, get(answer))
        .route(
            "/history/calls.csv",
            get(async |State(web): State<Web>, pairs: Pairs| {
                calls_file::file(&web, pairs, FileFormat::Csv).await
            }),
        )
        .route(
            "/history/calls.xlsx",
            get(async |State(web): State<Web>, pairs: Pairs| {
                calls_file::file(&web, pairs, FileFormat::Xlsx).await
            }),
        )
}

async fn answer(State(web): State<Web>, pairs: Pairs) -> Result<Html<String>, WebError> {
    let (scope, stamp) = known_scope(&web, pairs).await?;
    let outcome = scope.query.outcome.as_deref().map(outcome).transpose()?;
    let after = match scope.query.cursor.as_deref() {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(|| {
            bad("This page link has expired. Start from the first page.".to_owned())
        })?),
    };
    let known = HistorySubjects::read(&web).await?;
    let found = found(&web.history, &scope, outcome, (after, PAGE)).await?;
    let is_all = scope.query.cursor.is_none() && found.next.is_none();
    let ended = outcome.map_or("all outcomes", |outcome| words(outcome).1);
    let fresh = known.imported_until(&scope);
    let page = Page {
        foot: format!("{ended} · data through: {fresh}"),
        build: assets::build(),
        demo: web.demo,
        stamp,
        who: known.title(&scope.query),
        when: scope.window.words(),
        zone: scope.zone_name.clone(),
        back: back(&scope),
        tabs: tabs(&scope),
        files: [
            ("CSV", file_address(&scope, "/history/calls.csv")),
            ("XLSX", file_address(&scope, "/history/calls.xlsx")),
        ],
        count: match found.calls.len() {
            1 if is_all => "1 call.".to_owned(),
            n if is_all => format!("{n} calls, oldest first."),
            _ => "Oldest first.".to_owned(),
        },
        notes: notes(&scope, &known, found.coded.as_deref()),
        has_callers: found.calls.iter().any(|call| call.caller.is_some()),
        next: found
            .next
            .map(|cursor| address(&scope, |query| query.cursor = Some(cursor.text()))),
        first: (scope.query.cursor.as_ref()).map(|_| address(&scope, |query| query.cursor = None)),
        calls: (found.calls.iter())
            .map(|call| row(&scope, &known, call))
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// All calls, from whichever page of them.
fn file_address(scope: &HistoryScope, path: &str) -> String {
    let query = HistoryQuery {
        cursor: None,
        ..scope.query.clone()
    };
    query.address(path)
}

pub(super) fn outcome(name: &str) -> Result<Outcome, WebError> {
    Outcome::from_name(name).ok_or_else(|| {
        let names = Outcome::ALL.map(Outcome::name).join(", ");
        bad(format!("outcome must be one of: {names}."))
    })
}

pub(super) async fn found(
    history: &History,
    scope: &HistoryScope,
    outcome: Option<Outcome>,
    (after, limit): (Option<Cursor>, usize),
) -> Result<Calls, StoreError> {
    let query = &scope.query;
    let who = match (&query.agent, &query.queues[..]) {
        (Some(agent), _) => Who::Agent(agent.clone()),
        (None, []) => Who::Site,
        (None, queues) => Who::Queues(queues.to_vec()),
    };
    let ask = CallsAsk {
        who,
        from: scope.window.from,
        to: scope.window.to,
        outcome,
        coded: query.coded.clone(),
        after,
        limit,
    };
    history.calls(ask).await
}

fn address(scope: &HistoryScope, change: impl FnOnce(&mut HistoryQuery)) -> String {
    let mut query = scope.query.clone();
    change(&mut query);
    query.address(PATH)
}

/// The intervals of the same time, of the same known.
fn back(scope: &HistoryScope) -> String {
    let query = HistoryQuery {
        outcome: None,
        coded: None,
        cursor: None,
        ..scope.query.clone()
    };
    query.address("/history")
}

/// Which calls are listed besides how they ended, and which cannot be.
pub(super) fn notes(
    scope: &HistoryScope,
    known: &HistorySubjects,
    coded: Option<&str>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(((by, _), name)) = scope.query.coded.as_ref().zip(coded) {
        let text = match by {
            By::EndBy => format!("Only calls with outcome: {name}."),
            by => format!("Only calls with this {}: {name}.", by.name()),
        };
        let link = Link {
            name: "Show all calls".to_owned(),
            href: address(scope, |query| {
                query.coded = None;
                query.cursor = None;
            }),
        };
        notes.push((text, Some(link)));
    }
    for source in known.silent(&scope.query) {
        let text = format!("{source} doesn’t include individual calls.");
        notes.push((text, None));
    }
    if let Some(from) = known.calls_from(&scope.query)
        && scope.window.from < from
    {
        let day = from.to_zoned(scope.zone().clone()).strftime("%-d %b %Y");
        let text = format!("Individual calls before {day} have been deleted; totals remain.");
        notes.push((text, None));
    }
    notes
}

fn tabs(scope: &HistoryScope) -> Vec<Tab> {
    let tab = |outcome: Option<Outcome>, word| Tab {
        word,
        href: address(scope, |query| {
            query.outcome = outcome.map(|outcome| outcome.name().to_owned());
            query.cursor = None;
        }),
        is_here: scope.query.outcome.as_deref() == outcome.map(Outcome::name),
    };
    let each = Outcome::ALL.map(|outcome| tab(Some(outcome), words(outcome).1));
    std::iter::once(tab(None, "All")).chain(each).collect()
}

/// Shape and word.
pub(super) fn words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Answered => ("●", "Answered"),
        Outcome::Abandoned => ("✕", "Abandoned"),
        Outcome::ShortAbandoned => ("✕", "Short abandon"),
        Outcome::FlowOut => ("→", "Overflowed"),
        Outcome::Waiting => ("…", "In progress"),
    }
}

fn row(scope: &HistoryScope, known: &HistorySubjects, call: &Call) -> Row {
    let (glyph, outcome) = words(call.outcome);
    let agent = call.agent.as_ref().map(|id| Link {
        name: known.agent(id),
        href: address(scope, |query| {
            query.queues.clear();
            query.agent = Some(id.clone());
            query.cursor = None;
        }),
    });
    let joined = call.joined_at.to_zoned(scope.zone().clone());
    let day = if 1 < scope.window.days() {
        "%a %-d %b "
    } else {
        ""
    };
    Row {
        id: call.id.to_string(),
        joined: joined.strftime(&format!("{day}%H:%M:%S")).to_string(),
        queue: Link {
            name: known.queue(&call.queue),
            href: address(scope, |query| {
                query.queues = vec![call.queue.clone()];
                query.agent = None;
                query.cursor = None;
            }),
        },
        agent: agent.filter(|_| call.answered_at.is_some()),
        caller: call.caller.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        glyph,
        outcome,
        wait: duration(call.wait),
        talk: duration(call.talk),
        wrap_up: duration(call.wrap_up),
    }
}

fn duration(seconds: Option<i64>) -> String {
    let shown = |seconds| format::duration(super::column::float(seconds));
    seconds.map_or_else(|| UNKNOWN.to_owned(), shown)
}
