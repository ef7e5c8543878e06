//! `/agents/{source}/{id}`: one agent, now and today. No ranking, no comparison.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::{Html, Redirect},
    routing::get,
};

use crate::{
    boards::{address, state_words},
    domain::{self, Formula, Metric, Moment, Target, Whose},
    live::{Agent, CaseState, DayMarks, Picture, Presence},
};

use super::{
    Web, WebError, assets,
    away::away,
    cases,
    clock::{self, Stamp},
    contact::{Contact, contact},
    figure::{self, Figure, Judged, Subject},
    history::pasts::{self, Told},
    listing::{self, Order, Wanted},
    names::{self, Link},
    person::{Person, person},
};

/// Figures of an agent that are read first.
const FIRST: [Metric; 5] = [
    Metric::Cases,
    Metric::Handled,
    Metric::Missed,
    Metric::Transferred,
    Metric::AverageHandleTime,
];
/// A target of nobody: figures of agents have none.
const UNSET: Target = Target {
    answer_within: 0,
    service_level: 0.0,
    short_abandon: 0,
    formula: Formula::ShortIgnored,
};
/// Rows of open cases.
const MOST_CASES: usize = 50;

#[derive(Template)]
#[template(path = "agent.html")]
struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    person: Person,
    note: String,
    /// Their sources tell nobody's availability.
    only_cases: bool,
    /// Some source tells their cases.
    tells_cases: bool,
    /// What else is known of the state.
    state: Vec<(&'static str, String)>,
    /// Of a person: as each source has them.
    views: Vec<Sight>,
    /// Who may be the same person, and the configuration that says so.
    perhaps: Vec<(Link, String)>,
    figures: Vec<Figure>,
    day: String,
    cases: Vec<Contact>,
    closed: String,
    told: Arc<Told>,
    queues: Vec<Link>,
    source: String,
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
}

/// Somebody as one source has them.
struct Sight {
    person: Person,
    source: String,
    vendor: &'static str,
    /// The vendor's own word for the state.
    raw: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/agents/{source}/{id}", get(page))
        .route("/cards/{token}", get(card))
}

/// Leads from a card on a board to the page of whom it is of.
async fn card(State(web): State<Web>, Path(token): Path<String>) -> Result<Redirect, WebError> {
    let found = web.live.read(|picture, now| {
        let id = names::find_card(picture, &token, now)?;
        Some(address("agents", id))
    });
    let found = found.ok_or(WebError::NoSuch {
        what: "card",
        id: token,
        instead: vec![names::board("agents", "All agents")],
    })?;
    Ok(Redirect::to(&found))
}

async fn page(
    State(web): State<Web>,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let asked = web.live.read(|picture, now| {
        let agent = names::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| agent.id.clone());
        let person = || names::find_person(picture, &source, &external, now);
        let id = agent.or_else(|| Some(person()?.id.clone()))?;
        Some((id, picture.site.zone.clone(), now.wall))
    });
    let told = match asked {
        Some((id, zone, now)) => pasts::of_agent(&web, &id, &zone, now).await,
        None => Arc::default(),
    };
    let page = web.live.read(|picture, now| {
        let agent = names::find_agent(picture, &source, &external);
        let agent = agent.map(|agent| picture.presence(agent, now));
        let person = || names::find_person(picture, &source, &external, now);
        let Some(who) = agent.or_else(person) else {
            return Err(WebError::NoSuch {
                what: "agent",
                id: format!("{source}/{external}"),
                instead: vec![names::board("agents", "All agents")],
            });
        };
        let page = build(&web, picture, &who, now);
        Ok(Page {
            told: Arc::clone(&told),
            ..page
        })
    })?;
    Ok(Html(page.render()?))
}

fn build(web: &Web, picture: &Picture, who: &Presence<'_>, now: Moment) -> Page {
    let mut queues: Vec<_> = (who.queues().into_iter())
        .filter_map(|id| picture.queues.get(id))
        .filter(|queue| !picture.is_queue_hidden(queue))
        .map(|queue| names::queue(picture, queue))
        .collect();
    queues.sort();
    let only_cases = |agent: &&Agent| agent.stated.is_none();
    let tells_cases = who.agents.iter().any(only_cases);
    let (figures, marks) = figures(picture, who, now);
    Page {
        build: assets::build(),
        demo: web.demo,
        stamp: Stamp::new(picture, now),
        person: person(picture, who, now),
        note: note(picture, who, now),
        only_cases: who.agents.iter().all(only_cases),
        tells_cases,
        state: if who.is_person() {
            Vec::new()
        } else {
            state(picture, who, now)
        },
        views: if who.is_person() {
            views(picture, who, now)
        } else {
            Vec::new()
        },
        perhaps: perhaps(picture, who),
        day: marks
            .map(|marks| subject(picture, who, now).day(&marks))
            .unwrap_or_default(),
        figures,
        cases: cases_of(picture, who, now),
        closed: (who.agents.iter().find(|agent| only_cases(agent)))
            .map(|agent| cases::address_of(CaseState::Closed, "agent", &agent.id))
            .unwrap_or_default(),
        told: Arc::default(),
        queues,
        source: picture.site.source_name(&who.id.source),
        external: who.id.external.to_string(),
        external_ids: match &who.agents[..] {
            [only] => only.external_ids.to_vec(),
            agents => (agents.iter())
                .map(|agent| (agent.id.source.0.clone(), agent.id.external.clone()))
                .collect(),
        },
    }
}

/// What a vendor that tells states says besides.
fn state(picture: &Picture, who: &Presence<'_>, now: Moment) -> Vec<(&'static str, String)> {
    let Some(stated) = who.agents.iter().find_map(|agent| agent.stated.as_ref()) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    if let Some(reason) = &stated.reason {
        rows.push(("Reason", reason.to_string()));
    }
    if let Some(since) = who.since {
        rows.push(("Since", clock::exact(picture, since, now)));
    }
    for (medium, state) in &stated.media {
        let (glyph, word) = state_words(*state);
        rows.push(("By channel", format!("{medium}: {glyph} {word}")));
    }
    if let Some(raw) = &stated.raw {
        rows.push(("Vendor status", raw.to_string()));
    }
    if let Some(said) = stated.said {
        let ago = clock::age(now.mono.since(said.heard));
        rows.push(("Updated", format!("{ago} ago")));
    }
    rows
}

/// Who may be the same person, and the line of `[people]` that says so.
fn perhaps(picture: &Picture, who: &Presence<'_>) -> Vec<(Link, String)> {
    let [agent] = who.agents[..] else {
        return Vec::new();
    };
    let same = picture.perhaps_same(agent).into_iter().map(|other| {
        let key: String = (agent.id.external.to_lowercase().chars())
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let key = key.trim_matches('-');
        let ids = [&agent.id, &other.id].map(|id| format!("{:?}", id.to_string()));
        let line = format!(
            "[people]\n{} = {{ name = {:?}, agents = [{}] }}",
            if key.is_empty() { "somebody" } else { key },
            names::shown(&picture.site, &who.name),
            ids.join(", ")
        );
        (names::agent(picture, other), line)
    });
    same.collect()
}

/// As each source has them.
fn views(picture: &Picture, who: &Presence<'_>, now: Moment) -> Vec<Sight> {
    let view = |agent: &&Agent| {
        let source = picture.sources.get(&agent.id.source);
        let presence = picture.presence(agent, now);
        Sight {
            person: person(picture, &presence, now),
            source: picture.site.source_name(&agent.id.source),
            vendor: source.map_or("", |source| source.kind.vendor),
            raw: presence.raw().unwrap_or_default().to_owned(),
        }
    };
    who.agents.iter().map(view).collect()
}

/// Open cases, the oldest first, of each agent that they are.
fn cases_of(picture: &Picture, who: &Presence<'_>, now: Moment) -> Vec<Contact> {
    let of_agent = |agent: &&Agent| {
        let wanted = Wanted {
            states: vec![CaseState::Open],
            agent: Some(agent.id.clone()),
            order: Order::Oldest,
            ..Wanted::default()
        };
        listing::list(picture, &wanted, None, MOST_CASES).cases
    };
    let cases = who.agents.iter().flat_map(of_agent);
    cases.map(|case| contact(picture, case, now)).collect()
}

fn subject<'a>(picture: &'a Picture, who: &Presence<'a>, now: Moment) -> Subject<'a> {
    let several = who.agents.iter().map(|agent| &agent.id.source);
    Subject {
        picture,
        now,
        source: &who.id.source,
        several: several.filter(|_| who.is_person()).collect(),
        target: (who.agents.first()).map_or(&UNSET, |agent| &agent.today.target),
        quiet_since: None,
        is_reckoned: who.agents.iter().all(|agent| agent.stated.is_some()),
        nobody_waits: false,
        statistics: match &who.agents[..] {
            [only] => figure::statistics(picture, &domain::Subject::Agent(only.id.clone())),
            _ => &[],
        },
    }
}

fn figures(picture: &Picture, who: &Presence<'_>, now: Moment) -> (Vec<Figure>, Option<DayMarks>) {
    let subject = subject(picture, who, now);
    let mut marks = None;
    let shown = Metric::all().filter(|metric| metric.whose() != Whose::Queue);
    let mut shown: Vec<Metric> = shown.collect();
    let place = |metric: &Metric| FIRST.iter().position(|first| first == metric);
    shown.sort_by_key(|metric| place(metric).unwrap_or(FIRST.len()));
    let figures = shown.into_iter().filter_map(|metric| {
        let figure = picture.presence_figure(who, metric, now)?;
        if marks.is_none() {
            marks.clone_from(&figure.of_day);
        }
        let stated = who.agents.iter().filter_map(|agent| agent.stated.as_ref());
        let heard = stated.filter_map(|stated| stated.readings.get(metric));
        let heard = heard.map(|reading| reading.heard).max();
        Some(subject.figure(metric, &figure, heard, Judged::default()))
    });
    let figures = figures.collect();
    (figures, marks)
}

fn note(picture: &Picture, who: &Presence<'_>, now: Moment) -> String {
    let sources = who.agents.iter().map(|agent| &agent.id.source);
    let away = away(
        picture,
        sources.filter_map(|id| picture.sources.get(id)),
        now,
    );
    if away.is_empty() && !who.is_accounted() {
        return "Updates were interrupted, so counts may be low.".to_owned();
    }
    away.join(" ")
}
