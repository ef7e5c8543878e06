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
    Pairs, asked::Asked, bad, calls_file, gather, page, scene::Scene, scene_of_known, whom::Whom,
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
    notes: Vec<(String, Option<Link>)>,
    /// Numbers are kept of some.
    has_callers: bool,
    next: Option<String>,
    first: Option<String>,
    /// What is chosen and up to when exports tell, for the foot of printed pages.
    foot: String,
}

struct Tab {
    word: &'static str,
    href: String,
    is_here: bool,
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
        .route("/history/calls.csv", get(calls_file::csv))
        .route("/history/calls.xlsx", get(calls_file::xlsx))
}

async fn answer(State(web): State<Web>, pairs: Pairs) -> Result<Html<String>, WebError> {
    let (scene, stamp) = scene_of_known(&web, pairs).await?;
    let outcome = scene.asked.outcome.as_deref().map(outcome).transpose()?;
    let after = match scene.asked.cursor.as_deref() {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(|| {
            bad("This page link has expired. Start from the first page.".to_owned())
        })?),
    };
    let whom = Whom::read(&web).await?;
    let found = found(&web.history, &scene, outcome, (after, PAGE)).await?;
    let is_all = scene.asked.cursor.is_none() && found.next.is_none();
    let choices = gather::choices(&whom, &scene);
    let ended = outcome.map_or("all outcomes", |outcome| words(outcome).1);
    let fresh = gather::fresh(&scene, &whom.subjects);
    let page = Page {
        foot: format!("{ended} · data through: {fresh}"),
        build: assets::build(),
        demo: web.demo,
        stamp,
        who: page::who(&choices),
        when: scene.window.words(),
        zone: scene.zone_name.clone(),
        back: back(&scene),
        tabs: tabs(&scene),
        files: [
            ("CSV", file_address(&scene, "/history/calls.csv")),
            ("XLSX", file_address(&scene, "/history/calls.xlsx")),
        ],
        count: match found.calls.len() {
            1 if is_all => "1 call.".to_owned(),
            n if is_all => format!("{n} calls, oldest first."),
            _ => "Oldest first.".to_owned(),
        },
        notes: notes(&scene, &whom, found.coded.as_deref()),
        has_callers: found.calls.iter().any(|call| call.caller.is_some()),
        next: found
            .next
            .map(|cursor| address(&scene, |asked| asked.cursor = Some(cursor.text()))),
        first: (scene.asked.cursor.as_ref()).map(|_| address(&scene, |asked| asked.cursor = None)),
        calls: (found.calls.iter())
            .map(|call| row(&scene, &whom, call))
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// All calls, from whichever page of them.
fn file_address(scene: &Scene, path: &str) -> String {
    let asked = Asked {
        cursor: None,
        ..scene.asked.clone()
    };
    asked.address(path)
}

pub(super) fn outcome(name: &str) -> Result<Outcome, WebError> {
    Outcome::from_name(name).ok_or_else(|| {
        let names = Outcome::ALL.map(Outcome::name).join(", ");
        bad(format!("outcome must be one of: {names}."))
    })
}

pub(super) async fn found(
    history: &History,
    scene: &Scene,
    outcome: Option<Outcome>,
    (after, limit): (Option<Cursor>, usize),
) -> Result<Calls, StoreError> {
    let asked = &scene.asked;
    let who = match (&asked.agent, &asked.queues[..]) {
        (Some(agent), _) => Who::Agent(agent.clone()),
        (None, []) => Who::Site,
        (None, queues) => Who::Queues(queues.to_vec()),
    };
    let ask = CallsAsk {
        who,
        from: scene.window.from,
        to: scene.window.to,
        outcome,
        coded: asked.coded.clone(),
        after,
        limit,
    };
    history.calls(ask).await
}

fn address(scene: &Scene, change: impl FnOnce(&mut Asked)) -> String {
    let mut asked = scene.asked.clone();
    change(&mut asked);
    asked.address(PATH)
}

/// The intervals of the same time, of the same whom.
fn back(scene: &Scene) -> String {
    let asked = Asked {
        outcome: None,
        coded: None,
        cursor: None,
        ..scene.asked.clone()
    };
    asked.address("/history")
}

/// Which calls are listed besides how they ended, and which cannot be.
pub(super) fn notes(
    scene: &Scene,
    whom: &Whom,
    coded: Option<&str>,
) -> Vec<(String, Option<Link>)> {
    let mut notes = Vec::new();
    if let Some(((by, _), name)) = scene.asked.coded.as_ref().zip(coded) {
        let text = match by {
            By::EndBy => format!("Only calls with outcome: {name}."),
            by => format!("Only calls with this {}: {name}.", by.name()),
        };
        let link = Link {
            name: "Show all calls".to_owned(),
            href: address(scene, |asked| {
                asked.coded = None;
                asked.cursor = None;
            }),
        };
        notes.push((text, Some(link)));
    }
    for source in whom.silent(&scene.asked) {
        let text = format!("{source} doesn’t include individual calls.");
        notes.push((text, None));
    }
    if let Some(from) = whom.calls_from(&scene.asked)
        && scene.window.from < from
    {
        let day = from.to_zoned(scene.zone().clone()).strftime("%-d %b %Y");
        let text = format!("Individual calls before {day} have been deleted; totals remain.");
        notes.push((text, None));
    }
    notes
}

fn tabs(scene: &Scene) -> Vec<Tab> {
    let tab = |outcome: Option<Outcome>, word| Tab {
        word,
        href: address(scene, |asked| {
            asked.outcome = outcome.map(|outcome| outcome.name().to_owned());
            asked.cursor = None;
        }),
        is_here: scene.asked.outcome.as_deref() == outcome.map(Outcome::name),
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

fn row(scene: &Scene, whom: &Whom, call: &Call) -> Row {
    let (glyph, outcome) = words(call.outcome);
    let agent = call.agent.as_ref().map(|id| Link {
        name: whom.agent(id),
        href: address(scene, |asked| {
            asked.queues.clear();
            asked.agent = Some(id.clone());
            asked.cursor = None;
        }),
    });
    let joined = call.joined_at.to_zoned(scene.zone().clone());
    let day = if 1 < scene.window.days() {
        "%a %-d %b "
    } else {
        ""
    };
    Row {
        id: call.id.to_string(),
        joined: joined.strftime(&format!("{day}%H:%M:%S")).to_string(),
        queue: Link {
            name: whom.queue(&call.queue),
            href: address(scene, |asked| {
                asked.queues = vec![call.queue.clone()];
                asked.agent = None;
                asked.cursor = None;
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
