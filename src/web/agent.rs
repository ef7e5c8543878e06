//! `/agents/{source}/{id}`: one agent, now and today. No ranking, no comparison.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::Html,
    routing::get,
};

use crate::{
    domain::{Metric, Moment},
    live::{Agent, CaseState, DayMarks, Picture},
};

use super::{
    Web, WebError, assets, cases,
    clock::{self, Stamp},
    contact::{Contact, contact},
    figure::{Figure, Judged, Subject},
    listing::{self, Order, Wanted},
    names::{self, Link},
    person::{Person, person},
};

/// Figures of an agent, in reading order.
const SHOWN: [Metric; 4] = [
    Metric::Cases,
    Metric::Handled,
    Metric::AverageHandleTime,
    Metric::Transferred,
];
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
    /// Its source tells nobody's availability.
    only_cases: bool,
    figures: Vec<Figure>,
    day: String,
    cases: Vec<Contact>,
    closed: String,
    queues: Vec<Link>,
    source: String,
    external: String,
    external_ids: Vec<(Arc<str>, Arc<str>)>,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/agents/{source}/{id}", get(page))
}

async fn page(
    State(web): State<Web>,
    Path((source, external)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    let page = web.live.read(|picture, now| {
        let Some(agent) = names::find_agent(picture, &source, &external) else {
            return Err(WebError::NoSuch {
                what: "agent",
                id: format!("{source}/{external}"),
                instead: vec![names::board("agents", "All agents")],
            });
        };
        Ok(build(&web, picture, agent, now))
    })?;
    Ok(Html(page.render()?))
}

fn build(web: &Web, picture: &Picture, agent: &Agent, now: Moment) -> Page {
    let wanted = Wanted {
        states: vec![CaseState::Open],
        agent: Some(agent.id.clone()),
        order: Order::Oldest,
        ..Wanted::default()
    };
    let listing = listing::list(picture, &wanted, None, MOST_CASES);
    let mut queues: Vec<_> = (agent.queues.iter())
        .filter_map(|id| picture.queues.get(id))
        .filter(|queue| !picture.is_queue_hidden(queue))
        .map(|queue| names::queue(picture, queue))
        .collect();
    queues.sort();
    let source = picture.sources.get(&agent.id.source);
    let (figures, marks) = figures(picture, agent, now);
    Page {
        build: assets::build(),
        demo: web.demo,
        stamp: Stamp::new(picture, now),
        person: person(picture, agent, now),
        note: note(picture, agent, now),
        only_cases: source.is_some_and(|source| source.kind == "vngage"),
        day: marks
            .map(|marks| subject(picture, agent, now).day(&marks))
            .unwrap_or_default(),
        figures,
        cases: (listing.cases.iter())
            .map(|case| contact(picture, case, now))
            .collect(),
        closed: cases::address_of(CaseState::Closed, "agent", &agent.id),
        queues,
        source: agent.id.source.to_string(),
        external: agent.id.external.to_string(),
        external_ids: agent.external_ids.to_vec(),
    }
}

fn subject<'a>(picture: &'a Picture, agent: &'a Agent, now: Moment) -> Subject<'a> {
    Subject {
        picture,
        now,
        source: &agent.id.source,
        target: &agent.today.target,
        quiet_since: None,
    }
}

fn figures(picture: &Picture, agent: &Agent, now: Moment) -> (Vec<Figure>, Option<DayMarks>) {
    let subject = subject(picture, agent, now);
    let mut marks = None;
    let figures = SHOWN.into_iter().filter_map(|metric| {
        let figure = picture.agent_figure(agent, metric, now)?;
        if marks.is_none() {
            marks.clone_from(&figure.of_day);
        }
        Some(subject.figure(metric, &figure, None, Judged::default()))
    });
    let figures = figures.collect();
    (figures, marks)
}

fn note(picture: &Picture, agent: &Agent, now: Moment) -> String {
    let source = &agent.id.source;
    match picture.sources.get(source).filter(|line| !line.is_live()) {
        Some(line) => {
            let since = line.lost.map_or(line.since, |lost| lost.at);
            let since = clock::exact(picture, since, now);
            format!("{source}: connection lost at {since}. What is here is from then.")
        }
        None if !agent.accounted => {
            "After a break it is not certain yet that no case was missed; counts are at least."
                .to_owned()
        }
        None => String::new(),
    }
}
