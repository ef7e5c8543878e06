//! A view of the history as an email: the figures, the table with bars, and the file.

use askama::Template;
use axum::{extract::Query, http::Uri};
use jiff::Timestamp;

use wallboard_domain::error_chain;
use wallboard_notify::{MailDocument, MailFile};
use wallboard_texts::Texts;

use crate::{
    reports::{ReportFile, ReportPlan},
    web::{WebError, WebState},
};

use super::{
    build_grid,
    choice::HistoryView,
    column::HistoryColumn,
    file::{FileFormat, FileGrid},
    history_data::HistoryData,
    history_row::HistoryRow,
    known_scope, load_opening,
    mail_chart::MailChart,
    notes, number, page,
    query::HistoryQuery,
    scope::HistoryScope,
    summary,
    table::HistoryTable,
};

/// More rows are in the file, or on the page.
const ROWS_MAX: usize = 40;
/// The columns that fit a phone.
const COLUMNS: [HistoryColumn; 15] = [
    HistoryColumn::Offered,
    HistoryColumn::Answered,
    HistoryColumn::Abandoned,
    HistoryColumn::ServiceLevel,
    HistoryColumn::AverageSpeedOfAnswer,
    HistoryColumn::AgentHandled,
    HistoryColumn::AgentHandleTime,
    HistoryColumn::LoggedIn,
    HistoryColumn::ScheduledTime,
    HistoryColumn::Adherence,
    HistoryColumn::Conformance,
    HistoryColumn::CodedOffered,
    HistoryColumn::CodedHandled,
    HistoryColumn::CodedHandleTime,
    HistoryColumn::HandleTimeSum,
];

#[derive(Template)]
#[template(path = "report_mail.html")]
struct ReportMail {
    texts: &'static Texts,
    name: String,
    /// "Chat, Sales · 16–22 Nov 2026 · Europe/Stockholm"
    about: String,
    /// Why it has no figures.
    fault: String,
    notes: Vec<String>,
    /// Labels, values and what stands below.
    figures: Vec<(String, String, String)>,
    /// Of a view of intervals with several times.
    chart: Option<MailChart>,
    headings: Vec<String>,
    rows: Vec<MailRow>,
    total: Option<MailRow>,
    omitted: usize,
    /// Absolute; empty if the site's address isn't configured.
    link: String,
    /// Says who can stop it.
    footer: String,
}

struct MailRow {
    name: String,
    cells: Vec<String>,
    /// The first value's share of the largest, in percent; `None` without a value.
    bar: Option<u32>,
    is_missed: bool,
}

/// Writes a report of the history, for the period that was meant when it was due, or is now. One that can't be written
/// as it's configured says why; the error is a fault of the moment.
pub(in crate::web) async fn compose_history(
    web: &WebState,
    plan: &ReportPlan,
    due: Option<Timestamp>,
    public_url: Option<&str>,
) -> Result<MailDocument, String> {
    let texts = report_texts(web, plan);
    let (mail, file) = match read_view(web, plan, due, texts).await {
        Ok((scope, data)) => {
            let file = match plan.file {
                Some(format) => Some(write_file(web, &scope, &data, format).await?),
                None => None,
            };
            (ReportMail::new(web, plan, &scope, &data), file)
        }
        Err(error) => {
            let fault = fault_of(texts, error)?;
            (ReportMail::with_fault(texts, plan, fault), None)
        }
    };
    mail.into_document(plan, public_url, file)
}

/// Writes in place of a report of any page that it couldn't be written, and why.
pub(crate) fn compose_fault(
    web: &WebState,
    plan: &ReportPlan,
    public_url: Option<&str>,
    why: &str,
) -> Result<MailDocument, String> {
    let texts = report_texts(web, plan);
    let fault = texts.report_not_computed(why);
    ReportMail::with_fault(texts, plan, fault).into_document(plan, public_url, None)
}

/// The texts of a mail, in the language of its report or of the site.
pub(in crate::web) fn report_texts(web: &WebState, plan: &ReportPlan) -> &'static Texts {
    let site = (web.live).read_snapshot(|snapshot, _| snapshot.site.language);
    Texts::of(plan.language.unwrap_or(site))
}

/// Why the history page has no such view; `None` if it has.
pub(in crate::web) fn find_history_fault(view: &str) -> Option<String> {
    let uri: Option<Uri> = view.parse().ok();
    let pairs: Option<Result<Query<Vec<_>>, _>> = uri.map(|uri| Query::try_from_uri(&uri));
    match pairs {
        Some(Ok(Query(pairs))) => HistoryQuery::parse(&pairs).err(),
        Some(Err(_)) | None => Some("It isn’t an address.".to_owned()),
    }
}

async fn read_view(
    web: &WebState,
    plan: &ReportPlan,
    due: Option<Timestamp>,
    texts: &'static Texts,
) -> Result<(HistoryScope, HistoryData), WebError> {
    let uri: Uri = plan.view.parse().map_err(|_| WebError::InvalidForm)?;
    let (mut scope, _) = known_scope(web, Query::try_from_uri(&uri), texts).await?;
    if let Some(due) = due {
        scope = scope.as_of(due);
    }
    let data = load_opening(web, &mut scope).await?;
    Ok((scope, data))
}

/// Returns what the readers of the mail should know; the error is a fault of ours, which may be over soon.
fn fault_of(texts: &Texts, error: WebError) -> Result<String, String> {
    match error {
        WebError::NoFigures { message, .. } => Ok(message),
        // Options in addresses are in English, as on pages.
        WebError::BadRequest { message, .. } => {
            Ok(format!("{} {message}", texts.report_view_invalid()))
        }
        WebError::NotFound { what, id, .. } => Ok(what.explain(texts, &id)),
        WebError::InvalidForm => Ok(texts.report_view_invalid().to_owned()),
        WebError::Forbidden => Ok(texts.no_access().to_owned()),
        other => Err(error_chain(&other)),
    }
}

async fn write_file(
    web: &WebState,
    scope: &HistoryScope,
    data: &HistoryData,
    format: ReportFile,
) -> Result<MailFile, String> {
    let day = scope.window.from.to_zoned(scope.zone().clone()).date();
    let grid = build_grid(web, scope, data);
    encode_mail_file(scope.texts, grid, &format!("history-{day}"), format).await
}

/// Writes a table as the file of a mail; `stem` is its name without the extension.
pub(in crate::web) async fn encode_mail_file(
    texts: &'static Texts,
    grid: FileGrid,
    stem: &str,
    format: ReportFile,
) -> Result<MailFile, String> {
    let format = match format {
        ReportFile::Csv => FileFormat::Csv,
        ReportFile::Xlsx => FileFormat::Xlsx,
    };
    let bytes = tokio::task::spawn_blocking(move || format.encode_grid(texts, &grid)).await;
    let bytes = bytes.map_err(|error| error.to_string())?;
    Ok(MailFile {
        name: format!("{stem}.{}", format.file_extension()),
        content_type: format.content_type().to_owned(),
        bytes: bytes.map_err(|error| error.to_string())?,
    })
}

impl ReportMail {
    fn new(web: &WebState, plan: &ReportPlan, scope: &HistoryScope, data: &HistoryData) -> Self {
        let texts = scope.texts;
        let about = format!(
            "{} · {} · {}",
            data.known.title(texts, &scope.query),
            scope.describe_period(),
            scope.zone_name
        );
        let mut mail = Self {
            about,
            link: scope.dated_path(),
            ..Self::with_fault(texts, plan, String::new())
        };
        let empty = notes::empty_state(web, scope, data);
        let notes = match &empty {
            Some(_) => data.notes.clone(),
            None => notes::build_notes(web, scope, data),
        };
        mail.notes = notes.into_iter().map(|(text, _)| text).collect();
        if let Some(empty) = empty {
            mail.fault = empty.sentences(texts);
            return mail;
        }
        let missing = page::missing_times(scope, &data.times);
        if !missing.is_empty() {
            let times = texts.chart_gap(missing.join(", "));
            mail.notes.push(texts.sentence_of(times));
        }
        let total = HistoryRow::sum_rows(&data.times, data.terms.rules);
        let compared = summary::compare_totals(&data.times);
        let figures = summary::summary_figures(scope, data, &total, compared.as_ref());
        mail.figures = figures
            .into_iter()
            .map(|figure| (figure.label, figure.value.text, figure.notes.join(", ")))
            .collect();
        if scope.query.view == HistoryView::Intervals {
            mail.chart = MailChart::draw(scope, data);
        }
        let has_rows = matches!(
            scope.query.view,
            HistoryView::Intervals | HistoryView::Table | HistoryView::Adherence
        );
        if has_rows {
            mail.add_rows(scope, data);
        } else if plan.file.is_none() {
            mail.notes.push(texts.page_has_view().to_owned());
        }
        mail
    }

    fn with_fault(texts: &'static Texts, plan: &ReportPlan, fault: String) -> Self {
        Self {
            texts,
            name: plan.name.clone(),
            about: String::new(),
            fault,
            notes: Vec::new(),
            figures: Vec::new(),
            chart: None,
            headings: Vec::new(),
            rows: Vec::new(),
            total: None,
            omitted: 0,
            link: plan.view.clone(),
            footer: texts.report_mail_footer(plan.name.as_str()),
        }
    }

    fn into_document(
        mut self,
        plan: &ReportPlan,
        public_url: Option<&str>,
        file: Option<MailFile>,
    ) -> Result<MailDocument, String> {
        self.link = public_url.map_or_else(String::new, |url| {
            format!("{}{}", url.trim_end_matches('/'), self.link)
        });
        Ok(MailDocument {
            subject: self.subject(),
            text: self.text(),
            html: self.render().map_err(|error| error_chain(&error))?,
            picture: self.chart.take().map(|chart| chart.picture),
            file,
            time: Timestamp::now(),
            thread: format!("report/{}", plan.name),
        })
    }

    fn add_rows(&mut self, scope: &HistoryScope, data: &HistoryData) {
        let table = HistoryTable::new(scope, data);
        let columns = table.columns.iter().copied();
        // A column without any value would only take room.
        let is_known = |column: HistoryColumn| {
            let mut rows = table.rows.iter();
            rows.any(|row| row.value(column).is_some())
        };
        let columns = columns.filter(|column| COLUMNS.contains(column) && is_known(*column));
        let columns: Vec<_> = columns.collect();
        let headings = table.columns.iter().zip(table.headings(scope, data));
        let headings = headings.filter(|(column, _)| columns.contains(column));
        let first = HistoryTable::row_header(scope).to_owned();
        let headings = headings.map(|(_, heading)| heading);
        self.headings = std::iter::once(first).chain(headings).collect();
        let value = |row: &HistoryRow| columns.first().and_then(|column| row.value(*column));
        let values = table.rows.iter().filter_map(value);
        let largest = values.map(number::HistoryNumber::value).fold(0.0, f64::max);
        let row = |row: &HistoryRow| MailRow::new(scope.texts, row, &columns, largest);
        self.omitted = table.rows.len().saturating_sub(ROWS_MAX);
        self.rows = table.rows.iter().take(ROWS_MAX).map(row).collect();
        self.total = table.total.as_ref().map(|total| MailRow {
            bar: None,
            ..row(total)
        });
    }

    fn subject(&self) -> String {
        match self.fault.as_str() {
            "" => format!("{}: {}", self.name, self.about),
            _ if self.about.is_empty() => self.texts.report_not_shown(self.name.as_str()),
            _ => (self.texts).report_without_data(self.name.as_str(), self.about.as_str()),
        }
    }

    /// For those who don't see HTML.
    fn text(&self) -> String {
        let mut lines = vec![self.name.clone(), self.about.clone(), self.fault.clone()];
        lines.extend(self.notes.clone());
        lines.extend(
            self.figures
                .iter()
                .map(|(label, value, notes)| match notes.as_str() {
                    "" => format!("{label}: {value}"),
                    notes => format!("{label}: {value} ({notes})"),
                }),
        );
        let rows = self.rows.iter().chain(&self.total);
        lines.extend(rows.map(|row| {
            let cells = self.headings.iter().skip(1).zip(&row.cells);
            let cells: Vec<_> = cells
                .map(|(label, cell)| format!("{label} {cell}"))
                .collect();
            format!("{}: {}", row.name, cells.join(", "))
        }));
        lines.extend([self.link.clone(), self.footer.clone()]);
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}

impl MailRow {
    fn new(texts: &Texts, row: &HistoryRow, columns: &[HistoryColumn], largest: f64) -> Self {
        let marks = row.page_marks(texts);
        let name = match marks.as_str() {
            "" => row.name.clone(),
            marks => format!("{} ({marks})", row.name),
        };
        let values: Vec<_> = columns.iter().map(|column| row.value(*column)).collect();
        let first = values.first().copied().flatten();
        let share = first.filter(|_| 0.0 < largest);
        Self {
            name,
            bar: share.map(|first| percent_of(first.value(), largest)),
            cells: (values.into_iter())
                .map(|value| number::format_or_unknown(texts, value))
                .collect(),
            is_missed: row.is_missed(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is from 0 to 100"
)]
fn percent_of(value: f64, largest: f64) -> u32 {
    (value / largest * 100.0).clamp(0.0, 100.0).round() as u32
}
