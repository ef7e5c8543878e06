//! `/history`: past intervals compared with the same weekday before, as a chart, heat map, table
//! and files, and the calls behind each value. A [`query`] comes from the address,
//! [`history_data`] reads its data, and pages and files render the same [`table`].

mod adherence_rows;
mod agent_day;
mod breakdown;
mod breaks;
mod calibration_table;
mod call_list;
mod call_list_file;
mod chart;
mod chart_picture;
mod choice;
mod coded_rows;
mod column;
mod column_meaning;
mod comparison;
mod definitions;
mod elsewhere;
mod export_facts;
mod file;
mod findings;
mod form;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod fuzz;
mod half_hour_count;
mod handled_rows;
mod heat;
mod history_data;
mod history_row;
mod mail_chart;
mod met_half_hours;
mod notes;
mod number;
mod observed_statuses;
mod page;
mod period_rows;
mod plan_rows;
mod query;
mod range;
pub(super) mod recent_days;
pub(super) mod recent_days_cache;
mod recent_days_links;
mod repeats;
mod report_mail;
mod rest_of_today;
mod row_steps;
mod saved_board_figures;
mod saved_view_page;
mod saved_views;
mod scope;
mod series_reader;
mod shown_figures;
pub(super) mod subject_days;
mod subject_rows;
mod subjects;
mod summary;
mod table;
pub(super) mod target_days;
#[cfg(test)]
mod tests;
mod time_rows;

use askama::Template;
use axum::{
    Router,
    extract::{Query, rejection::QueryRejection},
    http::{HeaderName, header},
    middleware,
    response::Html,
    routing::get,
};

use wallboard_history::report::{ReportError, ReportStep, ReportSubject};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        reader_texts::ReaderTexts,
        visible_state::VisibleState,
    },
    parts::{
        clock::PageTime,
        links::{self, PageLink},
        missing_subject::MissingSubject,
        page_header::TranslatedHeader,
    },
    server::response_permits,
};

pub(super) use adherence_rows::{SiteAdherence, sum_adherence};
pub(super) use agent_day::{find_agent_name, load_agent_day};
use choice::{Choice, HistoryView, RowKind};
use file::FileFormat;
pub(super) use file::XLSX_CONTENT_TYPE;
pub(super) use file::{FileGrid, FileValue};
use history_data::{HistoryData, load_history};
pub(super) use number::HistoryNumber;
use page::HistoryPage;
pub(super) use plan_rows::plan_report;
use query::HistoryQuery;
use range::{Preset, TimeRange};
pub(crate) use report_mail::compose_fault;
pub(in crate::web) use report_mail::{
    compose_history, encode_mail_file, find_history_fault, report_texts,
};
use saved_views::SavedPanel;
use scope::HistoryScope;
use table::HistoryTable;

type QueryPairs = Result<Query<Vec<(String, String)>>, QueryRejection>;
type Attachment = ([(HeaderName, String); 2], Vec<u8>);

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/history", get(show_history))
        .route(
            "/history.csv",
            get(
                async |VisibleState(web): VisibleState, reader: ReaderTexts, pairs: QueryPairs| {
                    build_file(&web, reader, pairs, FileFormat::Csv).await
                },
            ),
        )
        .route(
            "/history.xlsx",
            get(
                async |VisibleState(web): VisibleState, reader: ReaderTexts, pairs: QueryPairs| {
                    build_file(&web, reader, pairs, FileFormat::Xlsx).await
                },
            ),
        )
        .merge(call_list::routes())
        .route_layer(middleware::from_fn_with_state(
            &response_permits::RESPONSE_PERMITS,
            response_permits::wait_for_permit,
        ))
        .merge(saved_view_page::routes())
}

async fn show_history(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    pairs: QueryPairs,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let (mut scope, stamp) = known_scope(&web, pairs, header.texts).await?;
    let data = load_opening(&web, &mut scope).await?;
    let mark = ShowsPeople::mark_if(scope.query.is_of_agents());
    let saved = SavedPanel::load(&web, header.visitor(), &scope.query).await?;
    let page = HistoryPage::new(&web, header, stamp, &scope, &data).with_saved(saved);
    Ok((mark, Html(page.render()?)))
}

/// The page's table as a file.
async fn build_file(
    web: &WebState,
    ReaderTexts(texts): ReaderTexts,
    pairs: QueryPairs,
    format: FileFormat,
) -> Result<Attachment, WebError> {
    let (mut scope, _) = known_scope(web, pairs, texts).await?;
    let data = load_opening(web, &mut scope).await?;
    let grid = build_grid(web, &scope, &data);
    attach_file("history", &scope, format, grid).await
}

fn build_grid(web: &WebState, scope: &HistoryScope, data: &HistoryData) -> FileGrid {
    let head = page::file_header(web, scope, data);
    if let Some(heat) = &data.heat {
        FileGrid::from_heat_map(scope.texts, head, heat)
    } else if let Some(breakdown) = &data.breakdown {
        FileGrid::from_breakdown(scope.texts, head, breakdown)
    } else {
        let table = HistoryTable::new(scope, data);
        let kind = scope.query.rows;
        let second = if kind == RowKind::Time {
            scope.texts.starts_column()
        } else {
            scope.texts.file_id()
        };
        let headings = table.headings(scope, data);
        FileGrid::from_table(
            scope.texts,
            head,
            [kind.word(scope.texts), second],
            headings,
            &table,
        )
    }
}

async fn attach_file(
    stem: &str,
    scope: &HistoryScope,
    format: FileFormat,
    grid: FileGrid,
) -> Result<Attachment, WebError> {
    // Compressing many rows takes time.
    let texts = scope.texts;
    let bytes = tokio::task::spawn_blocking(move || format.encode_grid(texts, &grid)).await;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let bytes = bytes.map_err(|error| WebError::File(error.to_string()))?;
    let name = file_name(stem, scope, format);
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes))
}

fn file_name(stem: &str, scope: &HistoryScope, format: FileFormat) -> String {
    let day = scope.window.from.to_zoned(scope.zone().clone()).date();
    format!("{stem}-{day}.{}", format.file_extension())
}

fn bad_request(message: String) -> WebError {
    WebError::BadRequest {
        message,
        instead: vec![PageLink::new("Today", "/history")],
    }
}

/// The scope of an address, once its queues and agent are found.
async fn known_scope(
    web: &WebState,
    pairs: QueryPairs,
    texts: &'static Texts,
) -> Result<(HistoryScope, PageTime), WebError> {
    let Query(pairs) = pairs.map_err(|_| bad_request("The address is invalid.".to_owned()))?;
    let query = HistoryQuery::parse(&pairs).map_err(bad_request)?;
    let agent = query.agent.iter();
    let agent = agent.map(|id| (MissingSubject::Agent, id, ReportSubject::Agent(id.clone())));
    let queues = query.queues.iter();
    let queues = queues.map(|id| (MissingSubject::Queue, id, ReportSubject::Queue(id.clone())));
    for (what, id, subject) in agent.chain(queues) {
        if !links::is_live(&web.live, &subject) && !web.history.is_known(subject).await? {
            return Err(WebError::NotFound {
                what,
                id: id.to_string(),
                instead: Vec::new(),
            });
        }
    }
    Ok(web.live.read_snapshot(|snapshot, now| {
        let scope = HistoryScope::new(&query, now.wall, &snapshot.site.zone, texts);
        (scope, PageTime::new(snapshot, now))
    }))
}

/// Loads the data; without a period in the query, of today if there is any, else of the last day
/// with data.
async fn load_opening(web: &WebState, scope: &mut HistoryScope) -> Result<HistoryData, WebError> {
    if scope.query.view == HistoryView::Adherence && !web.history.sees_agents() {
        return Err(WebError::Forbidden);
    }
    if let Some(message) = scope.query.unavailable_rows() {
        return Err(WebError::NoFigures {
            message: message(scope.texts).to_owned(),
            instead: notes::available_links(scope),
        });
    }
    if scope.leaves_out_closed() && scope.query.is_of_agents() {
        return Err(WebError::NoFigures {
            message: scope.texts.agents_always_open().to_owned(),
            instead: vec![notes::all_hours_link(scope)],
        });
    }
    if scope.query.range != TimeRange::LastDay {
        return load_fitting(web, scope).await;
    }
    *scope = scope.with_range(TimeRange::Preset(Preset::Today));
    let data = load_fitting(web, scope).await?;
    if data.has_activity() {
        return Ok(data);
    }
    match last_day(web, scope).await? {
        None => Ok(data),
        Some(range) => {
            *scope = scope.with_range(range);
            load_fitting(web, scope).await
        }
    }
}

/// The last day with data of the query's subject, if that isn't today.
async fn last_day(web: &WebState, scope: &HistoryScope) -> Result<Option<TimeRange>, WebError> {
    let (zone, now) = (scope.zone().clone(), scope.as_of);
    let today = now.to_zoned(zone.clone()).date();
    let subject = scope.query.subject();
    let day = web.history.last_active_day(subject, zone, now).await?;
    let before = day.filter(|day| *day < today);
    Ok(before.map(|day| TimeRange::Days(day, day)))
}

/// Loads the data; without a step in the query, picks one that the files have.
async fn load_fitting(web: &WebState, scope: &mut HistoryScope) -> Result<HistoryData, WebError> {
    loop {
        let data = (load_history(web, scope).await).map_err(|error| report_error(scope, error))?;
        // Rows by queue and agent cover all imports, so the sums above them do too.
        let is_of_all = scope.query.rows != RowKind::Time;
        let longer = match scope.step {
            ReportStep::Quarter | ReportStep::HalfHour if data.is_blurred => ReportStep::Hour,
            ReportStep::Hour if data.is_blurred && (data.is_unknown() || is_of_all) => {
                ReportStep::Day
            }
            _ => return Ok(data),
        };
        if scope.query.step.is_some() {
            return Ok(data);
        }
        scope.step = longer;
    }
}

/// A choice without figures is the reader's to change, a store failure is ours.
fn report_error(scope: &HistoryScope, error: ReportError) -> WebError {
    let texts = scope.texts;
    let message = match error {
        ReportError::Store(cause) => return WebError::Store(cause),
        ReportError::NoCalls(source) => texts.handled_without_calls(source),
        ReportError::CallsDeleted(source, day) => {
            let date = texts.dated_year(texts.short_day(day), day.year().to_string());
            texts.handled_calls_deleted(source, date)
        }
        ReportError::TooManyDays(count) => texts.handled_days_max(count),
        ReportError::TooMany(count) => texts.intervals_max(count),
        ReportError::NoOpeningHours => texts.agents_always_open().to_owned(),
        other @ ReportError::NotBrokenDown(..) => {
            return bad_request(format!("Can’t show this: {other}."));
        }
    };
    WebError::NoFigures {
        message,
        instead: vec![PageLink::new(texts.today_heading(), "/history")],
    }
}
