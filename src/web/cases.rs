//! `/cases`: who waits, who talks, and how contacts ended; filtered and paged by
//! the address alone.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    response::Html,
    routing::get,
};
use serde::Deserialize;

use crate::{
    boards::segment,
    domain::Moment,
    live::{Case, CaseState, Picture},
};

use super::{
    Web, WebError, assets,
    away::away,
    clock::Stamp,
    contact::{Contact, contact},
    listing::{self, Listing, Mark, Order, Place, Wanted},
    names::{self, Link},
};

/// Rows of a page.
const PAGE: usize = 50;

/// A queue that is not known, in an address.
const UNKNOWN: &str = "unknown";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    state: Option<String>,
    queue: Option<String>,
    agent: Option<String>,
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "cases.html")]
struct Page {
    build: &'static str,
    demo: bool,
    stamp: Stamp,
    tabs: Vec<Tab>,
    /// Whose line is away.
    away: Vec<String>,
    /// What is left out, and the address without that.
    filters: Vec<Filter>,
    /// What the table shows, as its caption.
    caption: String,
    cases: Vec<Contact>,
    has_agents: bool,
    has_ends: bool,
    next: Option<String>,
    first: Option<String>,
    unplaced: Option<Unplaced>,
}

struct Tab {
    word: &'static str,
    href: String,
    count: usize,
    is_here: bool,
}

struct Filter {
    what: &'static str,
    link: Link,
    without: String,
}

/// Who waits for a queue that nobody knows yet.
struct Unplaced {
    count: usize,
    href: String,
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/cases", get(page))
}

async fn page(
    State(web): State<Web>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Html<String>, WebError> {
    let Query(asked) = asked.map_err(|_| bad("This link has an unknown option."))?;
    let page = web
        .live
        .read(|picture, now| build(&web, picture, &asked, now))?;
    Ok(Html(page.render()?))
}

fn bad(message: &str) -> WebError {
    WebError::Bad {
        message: message.to_owned(),
        instead: vec![Link {
            name: "All active cases".to_owned(),
            href: "/cases".to_owned(),
        }],
    }
}

fn build(web: &Web, picture: &Picture, asked: &Asked, now: Moment) -> Result<Page, WebError> {
    let wanted = wanted(picture, asked)?;
    let after = match asked.cursor.as_deref() {
        Some(text) => Some(
            Mark::parse(text)
                .ok_or_else(|| bad("This page link has expired. Start from the first page."))?,
        ),
        None => None,
    };
    let listing = listing::list(picture, &wanted, after.as_ref(), PAGE);
    let is_over = |case: &&Case| matches!(case.state, CaseState::Closed | CaseState::Abandoned);
    Ok(Page {
        build: assets::build(),
        demo: web.demo,
        stamp: Stamp::new(picture, now),
        tabs: tabs(asked, &listing),
        away: away(
            picture,
            picture
                .sources
                .values()
                .filter(|one| one.kind.reports_contacts),
            now,
        ),
        filters: filters(picture, asked, &wanted),
        caption: caption(asked, &wanted, &listing),
        has_agents: listing.cases.iter().any(|case| case.agent.is_some()),
        has_ends: listing.cases.iter().any(is_over),
        next: (listing.next.as_ref()).map(|mark| {
            let cursor = Some(mark.text());
            address(&Asked {
                cursor,
                ..asked.clone()
            })
        }),
        first: after.map(|_| {
            address(&Asked {
                cursor: None,
                ..asked.clone()
            })
        }),
        unplaced: unplaced(picture, asked, &wanted),
        cases: (listing.cases.iter())
            .map(|case| contact(picture, case, now))
            .collect(),
    })
}

fn wanted(picture: &Picture, asked: &Asked) -> Result<Wanted, WebError> {
    let states = match asked.state.as_deref() {
        None => vec![CaseState::Waiting, CaseState::Open],
        Some(word) => vec![listing::state(word).ok_or_else(|| {
            let allowed = CaseState::ALL.map(CaseState::name).join(", ");
            bad(&format!("The state must be one of: {allowed}."))
        })?],
    };
    let place = match asked.queue.as_deref() {
        None => Place::Anywhere,
        Some(UNKNOWN) => Place::Unknown,
        Some(text) => {
            let known = listing::id(text).filter(|id| {
                names::find_queue(picture, id.source.as_str(), &id.external).is_some()
            });
            Place::In(known.ok_or_else(|| bad("Queue not found."))?)
        }
    };
    let agent = match asked.agent.as_deref() {
        None => None,
        Some(text) => {
            let known = listing::id(text).filter(|id| {
                names::find_agent(picture, id.source.as_str(), &id.external).is_some()
            });
            Some(known.ok_or_else(|| bad("Agent not found."))?)
        }
    };
    let is_past = states
        .iter()
        .all(|state| matches!(state, CaseState::Closed | CaseState::Abandoned));
    Ok(Wanted {
        states,
        place,
        agent,
        order: if is_past {
            Order::Newest
        } else {
            Order::Oldest
        },
    })
}

fn tabs(asked: &Asked, listing: &Listing<'_>) -> Vec<Tab> {
    let all = CaseState::ALL.into_iter().zip(listing.counts);
    let going_on = listing.counts[..2].iter().sum();
    let tab = |state: Option<&str>, word, count| Tab {
        word,
        href: address(&Asked {
            state: state.map(str::to_owned),
            cursor: None,
            ..asked.clone()
        }),
        count,
        is_here: asked.state.as_deref() == state,
    };
    let mut tabs = vec![tab(None, "Active", going_on)];
    tabs.extend(all.map(|(state, count)| tab(Some(state.name()), word(state), count)));
    tabs
}

pub(super) fn word(state: CaseState) -> &'static str {
    match state {
        CaseState::Waiting => "Waiting",
        CaseState::Open => "Open",
        CaseState::Closed => "Closed",
        CaseState::Abandoned => "Abandoned (est.)",
        CaseState::Unconfirmed => "Unconfirmed",
    }
}

fn filters(picture: &Picture, asked: &Asked, wanted: &Wanted) -> Vec<Filter> {
    let queue = match &wanted.place {
        Place::Anywhere => None,
        Place::Unknown => Some(Link {
            name: "no queue yet".to_owned(),
            href: String::new(),
        }),
        Place::In(id) => Some(names::queue_by_id(picture, id)),
    };
    let queue = queue.map(|link| Filter {
        what: "Queue",
        link,
        without: address(&Asked {
            queue: None,
            cursor: None,
            ..asked.clone()
        }),
    });
    let agent = wanted.agent.as_ref().map(|id| Filter {
        what: "Agent",
        link: names::agent_by_id(picture, id),
        without: address(&Asked {
            agent: None,
            cursor: None,
            ..asked.clone()
        }),
    });
    queue.into_iter().chain(agent).collect()
}

fn caption(asked: &Asked, wanted: &Wanted, listing: &Listing<'_>) -> String {
    let what = match asked.state.as_deref().and_then(listing::state) {
        None => "Active cases",
        Some(CaseState::Waiting) => "Waiting cases",
        Some(CaseState::Open) => "Open cases",
        Some(CaseState::Closed) => "Closed cases",
        Some(CaseState::Abandoned) => "Cases abandoned before an answer (estimated)",
        Some(CaseState::Unconfirmed) => "Cases not updated since an outage",
    };
    let order = match wanted.order {
        Order::Newest => "newest first",
        Order::Oldest | Order::Id => "longest first",
    };
    if listing.cases.len() < 2 {
        what.to_owned()
    } else {
        format!("{what}, {order}")
    }
}

fn unplaced(picture: &Picture, asked: &Asked, wanted: &Wanted) -> Option<Unplaced> {
    if wanted.place == Place::Unknown || wanted.agent.is_some() {
        return None;
    }
    let count = waiting_anywhere(picture);
    (0 < count && wanted.states.contains(&CaseState::Waiting)).then(|| Unplaced {
        count,
        href: address(&Asked {
            queue: Some(UNKNOWN.to_owned()),
            cursor: None,
            ..asked.clone()
        }),
    })
}

/// How many wait whose queue is not known yet.
fn waiting_anywhere(picture: &Picture) -> usize {
    let cases = picture.cases.values();
    let unplaced = |case: &&Case| case.state == CaseState::Waiting && case.queue.is_none();
    cases.filter(unplaced).count()
}

fn address(asked: &Asked) -> String {
    let parts = [
        ("state", &asked.state),
        ("queue", &asked.queue),
        ("agent", &asked.agent),
        ("cursor", &asked.cursor),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", segment(value.as_ref()?))))
        .collect();
    if parts.is_empty() {
        "/cases".to_owned()
    } else {
        format!("/cases?{}", parts.join("&"))
    }
}

/// The page of a queue's, or an agent's, cases in that state.
pub(super) fn address_of(state: CaseState, key: &'static str, id: &crate::domain::Id) -> String {
    format!(
        "/cases?state={}&{key}={}",
        state.name(),
        segment(&id.to_string())
    )
}
