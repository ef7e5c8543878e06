//! `/cases`: waiting, open and ended contacts, filtered, sorted and paged by the address alone.

mod case_words;

use askama::Template;
use axum::{
    Router,
    extract::{Query, rejection::QueryRejection},
    response::Html,
    routing::get,
};
use serde::Deserialize;
use strum::{IntoEnumIterator, VariantNames};

use wallboard_boards::encode_segment;
use wallboard_domain::Moment;
use wallboard_live::{CaseSnapshot, CaseState, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::visible_state::VisibleState,
    parts::{
        case_listing::{self, CaseCursor, CaseFilter, CaseListing, CaseOrder, QueueFilter},
        case_table_row::{CaseTableRow, case_table_row},
        clock::PageTime,
        links::{self, PageLink},
        outage_banner::outage_sentences,
        page_header::{PageHeader, TranslatedHeader},
    },
    server::assets,
};

use case_words::{tab_label, table_caption};

/// Rows on a page.
const PAGE_CASES: usize = 50;

/// Marks an unknown queue in an address.
const UNKNOWN_QUEUE: &str = "unknown";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CasesQuery {
    state: Option<String>,
    queue: Option<String>,
    agent: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
}

/// The words of `sort`.
const SORTS: [(&str, CaseOrder); 7] = [
    ("state", CaseOrder::State),
    ("longest", CaseOrder::Oldest),
    ("shortest", CaseOrder::Newest),
    ("queue", CaseOrder::Queue),
    ("agent", CaseOrder::Agent),
    ("oldest", CaseOrder::CreatedFirst),
    ("newest", CaseOrder::CreatedLast),
];

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    tabs: Vec<CaseTab>,
    /// Sentences about disconnected sources.
    outage_notes: Vec<String>,
    /// Active filters, each with the address without it.
    filters: Vec<FilterChip>,
    /// The table's caption.
    caption: String,
    /// "Wait" if all cases wait.
    duration_label: &'static str,
    sorts: SortLinks,
    cases: Vec<CaseTableRow>,
    has_agents: bool,
    has_ends: bool,
    next: Option<String>,
    first: Option<String>,
    unrouted: Option<UnroutedCases>,
}

/// The headings that sort.
struct SortLinks {
    duration: SortLink,
    state: SortLink,
    queue: SortLink,
    agent: SortLink,
    created: SortLink,
}

struct SortLink {
    href: String,
    /// For `aria-sort`; empty if the table isn't sorted by it.
    direction: &'static str,
}

struct CaseTab {
    word: &'static str,
    href: String,
    count: usize,
    is_here: bool,
}

struct FilterChip {
    label: &'static str,
    link: PageLink,
    remove_href: String,
}

/// Waiting cases without a known queue.
struct UnroutedCases {
    count: usize,
    href: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/cases", get(show_cases))
}

async fn show_cases(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    query: Result<Query<CasesQuery>, QueryRejection>,
) -> Result<Html<String>, WebError> {
    let Query(query) =
        query.map_err(|_| bad_request("This link has an option that cases don’t have."))?;
    let page = web
        .live
        .read_snapshot(|snapshot, now| build_page(header, snapshot, &query, now))?;
    Ok(Html(page.render()?))
}

fn bad_request(message: &str) -> WebError {
    WebError::BadRequest {
        message: message.to_owned(),
        instead: vec![PageLink::new("All active cases", "/cases")],
    }
}

fn build_page(
    header: PageHeader,
    snapshot: &Snapshot,
    query: &CasesQuery,
    now: Moment,
) -> Result<CasesPage, WebError> {
    let texts = header.texts;
    let filter = parse_filter(snapshot, query)?;
    let after = match query.cursor.as_deref() {
        Some(text) => Some(CaseCursor::parse(text).ok_or_else(|| {
            bad_request("This page link has expired. Start from the first page.")
        })?),
        None => None,
    };
    let listing = case_listing::list_cases(snapshot, &filter, after.as_ref(), PAGE_CASES);
    let is_over =
        |case: &&CaseSnapshot| matches!(case.state, CaseState::Closed | CaseState::Abandoned);
    Ok(CasesPage {
        build: assets::build_id(),
        header,
        stamp: PageTime::new(snapshot, now),
        tabs: case_tabs(texts, query, &listing),
        outage_notes: outage_sentences(
            texts,
            snapshot,
            snapshot
                .sources
                .values()
                .filter(|one| one.vendor.reports_contacts),
            now,
        ),
        filters: filter_chips(texts, snapshot, query, &filter),
        caption: table_caption(texts, query, &filter, &listing),
        duration_label: if filter.states == [CaseState::Waiting] {
            texts.wait_column()
        } else {
            texts.lasted_column()
        },
        sorts: SortLinks::new(query, filter.order),
        has_agents: listing.cases.iter().any(|case| case.agent.is_some()),
        has_ends: listing.cases.iter().any(is_over),
        next: (listing.next.as_ref()).map(|mark| {
            let cursor = Some(mark.to_text());
            cases_address(&CasesQuery {
                cursor,
                ..query.clone()
            })
        }),
        first: after.map(|_| {
            cases_address(&CasesQuery {
                cursor: None,
                ..query.clone()
            })
        }),
        unrouted: unrouted_cases(snapshot, query, &filter),
        cases: (listing.cases.iter())
            .map(|case| case_table_row(texts, snapshot, case, now))
            .collect(),
    })
}

fn parse_filter(snapshot: &Snapshot, query: &CasesQuery) -> Result<CaseFilter, WebError> {
    let states = match query.state.as_deref() {
        None => vec![CaseState::Waiting, CaseState::Open],
        Some(word) => vec![word.parse().map_err(|_| {
            let allowed = CaseState::VARIANTS.join(", ");
            bad_request(&format!(
                "There’s no status “{word}”. Choose one of: {allowed}."
            ))
        })?],
    };
    let queue = match query.queue.as_deref() {
        None => QueueFilter::Any,
        Some(UNKNOWN_QUEUE) => QueueFilter::Unknown,
        Some(text) => {
            let known = case_listing::parse_id(text).filter(|id| {
                links::find_queue(snapshot, id.source.as_str(), &id.external).is_some()
            });
            QueueFilter::In(known.ok_or_else(|| bad_request("Queue not found."))?)
        }
    };
    let agent = match query.agent.as_deref() {
        None => None,
        Some(text) => {
            let known = case_listing::parse_id(text).filter(|id| {
                links::find_agent(snapshot, id.source.as_str(), &id.external).is_some()
            });
            Some(known.ok_or_else(|| bad_request("Agent not found."))?)
        }
    };
    Ok(CaseFilter {
        order: parse_order(query.sort.as_deref(), &states)?,
        states,
        queue,
        agent,
    })
}

/// By default those who wait come first, the longest wait first; ended cases by time.
fn parse_order(word: Option<&str>, states: &[CaseState]) -> Result<CaseOrder, WebError> {
    let Some(word) = word else {
        let is_past = |state: &CaseState| matches!(state, CaseState::Closed | CaseState::Abandoned);
        return Ok(if states.iter().all(is_past) {
            CaseOrder::CreatedLast
        } else {
            CaseOrder::State
        });
    };
    let known = SORTS.iter().find(|(known, _)| *known == word);
    known.map(|(_, order)| *order).ok_or_else(|| {
        let allowed = SORTS.map(|(word, _)| word).join(", ");
        bad_request(&format!(
            "Cases can’t be sorted by “{word}”, only by: {allowed}."
        ))
    })
}

impl SortLinks {
    /// A heading sorts the other way if the table is sorted by it.
    fn new(query: &CasesQuery, order: CaseOrder) -> Self {
        let link = |ways: &[(CaseOrder, &'static str)]| {
            let at = ways.iter().position(|(way, _)| *way == order);
            let (next, _) = ways[at.map_or(0, |at| (at + 1) % ways.len())];
            let word = SORTS.iter().find(|(_, sort)| *sort == next);
            SortLink {
                href: cases_address(&CasesQuery {
                    sort: word.map(|(word, _)| (*word).to_owned()),
                    cursor: None,
                    ..query.clone()
                }),
                direction: at.map_or("", |at| ways[at].1),
            }
        };
        Self {
            duration: link(&[
                (CaseOrder::Oldest, "descending"),
                (CaseOrder::Newest, "ascending"),
            ]),
            state: link(&[(CaseOrder::State, "ascending")]),
            queue: link(&[(CaseOrder::Queue, "ascending")]),
            agent: link(&[(CaseOrder::Agent, "ascending")]),
            created: link(&[
                (CaseOrder::CreatedLast, "descending"),
                (CaseOrder::CreatedFirst, "ascending"),
            ]),
        }
    }
}

fn case_tabs(texts: &'static Texts, query: &CasesQuery, listing: &CaseListing<'_>) -> Vec<CaseTab> {
    let all = CaseState::iter().zip(listing.counts);
    let active = listing.counts[..2].iter().sum();
    let tab = |state: Option<&str>, word, count| CaseTab {
        word,
        href: cases_address(&CasesQuery {
            state: state.map(str::to_owned),
            cursor: None,
            ..query.clone()
        }),
        count,
        is_here: query.state.as_deref() == state,
    };
    let mut tabs = vec![tab(None, texts.active_tab(), active)];
    tabs.extend(
        all.map(|(state, count)| tab(Some(state.into_str()), tab_label(texts, state), count)),
    );
    tabs
}

fn filter_chips(
    texts: &'static Texts,
    snapshot: &Snapshot,
    query: &CasesQuery,
    filter: &CaseFilter,
) -> Vec<FilterChip> {
    let queue = match &filter.queue {
        QueueFilter::Any => None,
        QueueFilter::Unknown => Some(PageLink::new(texts.no_queue_yet(), "")),
        QueueFilter::In(id) => Some(links::queue_link_by_id(texts, snapshot, id)),
    };
    let queue = queue.map(|link| FilterChip {
        label: texts.queue_term(),
        link,
        remove_href: cases_address(&CasesQuery {
            queue: None,
            cursor: None,
            ..query.clone()
        }),
    });
    let agent = filter.agent.as_ref().map(|id| FilterChip {
        label: texts.agent_column(),
        link: links::agent_link_by_id(texts, snapshot, id),
        remove_href: cases_address(&CasesQuery {
            agent: None,
            cursor: None,
            ..query.clone()
        }),
    });
    queue.into_iter().chain(agent).collect()
}

fn unrouted_cases(
    snapshot: &Snapshot,
    query: &CasesQuery,
    filter: &CaseFilter,
) -> Option<UnroutedCases> {
    if filter.queue == QueueFilter::Unknown || filter.agent.is_some() {
        return None;
    }
    let is_unrouted =
        |case: &&CaseSnapshot| case.state == CaseState::Waiting && case.queue.is_none();
    let count = snapshot.cases.values().filter(is_unrouted).count();
    (0 < count && filter.states.contains(&CaseState::Waiting)).then(|| UnroutedCases {
        count,
        href: cases_address(&CasesQuery {
            queue: Some(UNKNOWN_QUEUE.to_owned()),
            cursor: None,
            ..query.clone()
        }),
    })
}

fn cases_address(query: &CasesQuery) -> String {
    let parts = [
        ("state", &query.state),
        ("queue", &query.queue),
        ("agent", &query.agent),
        ("sort", &query.sort),
        ("cursor", &query.cursor),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", encode_segment(value.as_ref()?))))
        .collect();
    if parts.is_empty() {
        "/cases".to_owned()
    } else {
        format!("/cases?{}", parts.join("&"))
    }
}

/// The page with the cases of a queue or an agent in this state.
pub(super) fn filtered_address(
    state: CaseState,
    key: &'static str,
    id: &wallboard_domain::Id,
) -> String {
    format!(
        "/cases?state={}&{key}={}",
        state.into_str(),
        encode_segment(&id.to_string())
    )
}

#[cfg(test)]
mod tests;
