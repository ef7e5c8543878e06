//! `/history/calls`: the calls behind a value, paged, with at most the last four digits of a
//! caller.

use askama::Template;
use axum::{Router, response::Html, routing::get};
use strum::{IntoEnumIterator, VariantNames};

use crate::web::{
    WebError, WebState,
    access::{reader_texts::ReaderTexts, visible_state::VisibleState},
    parts::{
        clock::{PageTime, UNKNOWN},
        links::PageLink,
        page_header::{PageHeader, TranslatedHeader},
        sentence::{self, Sentence, SentencePiece},
    },
    server::assets,
};
use wallboard_domain::Metric;
use wallboard_history::report::{
    CallCursor, CallListQuery, CallPage, ContactOutcome, History, ListedCall, ReportDimension,
};
use wallboard_store::StoreError;
use wallboard_texts::Texts;

use super::{
    QueryPairs, bad_request, call_list_file,
    choice::RowKind,
    file::FileFormat,
    form::FilterTab,
    history_data::PageNote,
    known_scope, last_day,
    query::HistoryQuery,
    range::{Preset, TimeRange},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

pub(super) const PATH: &str = "/history/calls";
/// Rows on a page.
const CALLS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "history_calls.html")]
struct CallsPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    who: String,
    when: String,
    zone: String,
    back: String,
    tabs: Vec<FilterTab>,
    files: [(&'static str, String); 2],
    calls: Vec<CallRow>,
    /// The count, if all calls are on this page.
    count: String,
    /// Calls that aren't listed, and why.
    notes: Vec<PageNote>,
    /// At least one call has a stored number.
    has_callers: bool,
    /// How numbers would be stored.
    callers_hint: Sentence,
    next: Option<String>,
    first: Option<String>,
    /// The selection and the import date, for the foot of printed pages.
    foot: String,
}

struct CallRow {
    id: String,
    joined: String,
    queue: PageLink,
    agent: Option<PageLink>,
    caller: String,
    glyph: &'static str,
    outcome: &'static str,
    wait: String,
    talk: String,
    wrap_up: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(PATH, get(show_calls))
        .route(
            "/history/calls.csv",
            get(
                async |VisibleState(web): VisibleState, reader: ReaderTexts, pairs: QueryPairs| {
                    call_list_file::build_file(&web, reader, pairs, FileFormat::Csv).await
                },
            ),
        )
        .route(
            "/history/calls.xlsx",
            get(
                async |VisibleState(web): VisibleState, reader: ReaderTexts, pairs: QueryPairs| {
                    call_list_file::build_file(&web, reader, pairs, FileFormat::Xlsx).await
                },
            ),
        )
}

async fn show_calls(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    pairs: QueryPairs,
) -> Result<Html<String>, WebError> {
    let texts = header.texts;
    let (scope, stamp) = calls_scope(&web, pairs, texts).await?;
    let outcome = scope
        .query
        .outcome
        .as_deref()
        .map(parse_outcome)
        .transpose()?;
    let after = match scope.query.cursor.as_deref() {
        None => None,
        Some(text) => Some(CallCursor::parse(text).ok_or_else(|| {
            bad_request("This page link has expired. Start from the first page.".to_owned())
        })?),
    };
    let known = HistorySubjects::load(&web).await?;
    let found = find_calls(&web.history, &scope, outcome, after, CALLS_PER_PAGE).await?;
    let is_all = scope.query.cursor.is_none() && found.next.is_none();
    let ended = outcome.map_or(texts.all_outcomes(), |outcome| {
        outcome_labels(texts, outcome).1
    });
    let imported_until = texts.data_through(known.imported_until(&scope));
    let page = CallsPage {
        foot: format!("{ended} · {imported_until}"),
        build: assets::build_id(),
        header,
        stamp,
        who: known.title(scope.texts, &scope.query),
        when: scope.window.describe(scope.texts),
        zone: scope.zone_name.clone(),
        back: history_path(&scope),
        tabs: outcome_tabs(&scope),
        files: [
            ("CSV", file_address(&scope, "/history/calls.csv")),
            ("XLSX", file_address(&scope, "/history/calls.xlsx")),
        ],
        count: match found.calls.len() {
            count if is_all => texts.calls_counted(count),
            _ => texts.oldest_calls_first().to_owned(),
        },
        notes: build_notes(&scope, &known, found.code_name.as_deref()),
        has_callers: found.calls.iter().any(|call| call.caller.is_some()),
        callers_hint: Sentence::new(
            &texts.callers_not_stored(sentence::slot(0)),
            vec![SentencePiece::Code("[privacy] keep_contacts")],
        ),
        next: found
            .next
            .map(|cursor| calls_path(&scope, |query| query.cursor = Some(cursor.to_text()))),
        first: (scope.query.cursor.as_ref())
            .map(|_| calls_path(&scope, |query| query.cursor = None)),
        calls: (found.calls.iter())
            .map(|call| build_row(&scope, &known, call))
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// The scope of an address; without a period in it, of the last day with calls.
pub(super) async fn calls_scope(
    web: &WebState,
    pairs: QueryPairs,
    texts: &'static Texts,
) -> Result<(HistoryScope, PageTime), WebError> {
    let (scope, stamp) = known_scope(web, pairs, texts).await?;
    if scope.leaves_out_closed() {
        let message = "Lists of calls have all hours, also closed ones. Remove hours=open.";
        return Err(bad_request(message.to_owned()));
    }
    if scope.query.range != TimeRange::LastDay {
        return Ok((scope, stamp));
    }
    let range = last_day(web, &scope).await?;
    let range = range.unwrap_or(TimeRange::Preset(Preset::Today));
    Ok((scope.with_range(range), stamp))
}

/// All calls, from any page of them.
fn file_address(scope: &HistoryScope, path: &str) -> String {
    let query = HistoryQuery {
        cursor: None,
        ..scope.query.clone()
    };
    query.path_for(path)
}

pub(super) fn parse_outcome(name: &str) -> Result<ContactOutcome, WebError> {
    name.parse().map_err(|_| {
        let names = ContactOutcome::VARIANTS.join(", ");
        bad_request(format!("outcome must be one of: {names}."))
    })
}

pub(super) async fn find_calls(
    history: &History,
    scope: &HistoryScope,
    outcome: Option<ContactOutcome>,
    after: Option<CallCursor>,
    limit: usize,
) -> Result<CallPage, StoreError> {
    let query = &scope.query;
    let list_query = CallListQuery {
        subject: query.subject(),
        within_queues: query.queues.clone(),
        from: scope.window.from,
        to: scope.window.to,
        outcome,
        code_filter: query.coded.clone(),
        after,
        limit,
    };
    history.list_calls(list_query).await
}

fn calls_path(scope: &HistoryScope, change: impl FnOnce(&mut HistoryQuery)) -> String {
    let mut query = scope.query.clone();
    change(&mut query);
    query.path_for(PATH)
}

/// The intervals of the same time and subject; of an agent's calls in queues, what each agent handled
/// in them.
fn history_path(scope: &HistoryScope) -> String {
    let mut query = HistoryQuery {
        outcome: None,
        coded: None,
        cursor: None,
        ..scope.query.clone()
    };
    if !query.queues.is_empty() && query.agent.take().is_some() {
        query.rows = RowKind::Agent;
    }
    query.path_for("/history")
}

/// Filters other than the outcome, and calls that can't be listed.
pub(super) fn build_notes(
    scope: &HistoryScope,
    known: &HistorySubjects,
    coded: Option<&str>,
) -> Vec<PageNote> {
    let texts = scope.texts;
    let mut notes = Vec::new();
    if let Some(((by, _), name)) = scope.query.coded.as_ref().zip(coded) {
        let text = match by {
            ReportDimension::EndBy => texts.only_calls_of_outcome(name),
            ReportDimension::Type => texts.only_calls_of_type(name),
            _ => texts.only_calls_of_reason(name),
        };
        let all = calls_path(scope, |query| {
            query.coded = None;
            query.cursor = None;
        });
        let link = PageLink::new(texts.show_all_calls(), all);
        notes.push((text, Some(link)));
    }
    for source in known.sources_without_calls(&scope.query) {
        let name = known.site.source_name(source);
        let text = texts.calls_not_included(name);
        notes.push((text, None));
    }
    if let Some(from) = known.calls_from(&scope.query)
        && scope.window.from < from
    {
        let text = texts.calls_deleted(texts.date_of(from, scope.zone()));
        notes.push((text, None));
    }
    notes
}

fn outcome_tabs(scope: &HistoryScope) -> Vec<FilterTab> {
    let tab = |outcome: Option<ContactOutcome>, word| FilterTab {
        word,
        href: calls_path(scope, |query| {
            query.outcome = outcome.map(|outcome| outcome.into_str().to_owned());
            query.cursor = None;
        }),
        is_here: scope.query.outcome.as_deref() == outcome.map(<&str>::from),
    };
    let texts = scope.texts;
    let each = ContactOutcome::iter();
    let each = each.map(|outcome| tab(Some(outcome), outcome_labels(texts, outcome).1));
    std::iter::once(tab(None, texts.all_of_them()))
        .chain(each)
        .collect()
}

/// Shape and label.
pub(super) fn outcome_labels(texts: &Texts, outcome: ContactOutcome) -> (&'static str, &str) {
    match outcome {
        ContactOutcome::Answered => ("●", texts.outcome_answered()),
        ContactOutcome::Abandoned => ("✕", texts.outcome_abandoned()),
        ContactOutcome::ShortAbandoned => ("✕", texts.outcome_short()),
        ContactOutcome::FlowOut => ("→", texts.outcome_overflowed()),
        ContactOutcome::Waiting => ("…", texts.outcome_in_progress()),
    }
}

fn build_row(scope: &HistoryScope, known: &HistorySubjects, call: &ListedCall) -> CallRow {
    let (glyph, outcome) = outcome_labels(scope.texts, call.outcome);
    let agent = call.agent.as_ref().map(|id| {
        let calls = calls_path(scope, |query| {
            query.queues.clear();
            query.agent = Some(id.clone());
            query.cursor = None;
        });
        PageLink::new(known.agent_name(id), calls)
    });
    let queue_calls = calls_path(scope, |query| {
        query.queues = vec![call.queue.clone()];
        query.agent = None;
        query.cursor = None;
    });
    let texts = scope.texts;
    let joined = texts.time_with_seconds(call.joined_at, scope.zone());
    let duration = |seconds: Option<i64>| {
        let written = |seconds| texts.duration(super::column::to_f64(seconds));
        seconds.map_or_else(|| UNKNOWN.to_owned(), written)
    };
    CallRow {
        id: call.id.to_string(),
        joined: scope.with_day_of_several(call.joined_at, joined),
        queue: PageLink::new(known.queue_name(&call.queue), queue_calls),
        agent: agent.filter(|_| call.answered_at.is_some()),
        caller: call.caller.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        glyph,
        outcome,
        wait: duration(call.wait),
        talk: duration(call.talk),
        wrap_up: duration(call.wrap_up),
    }
}
