//! Imports a spooled plan: a dedicated thread reads it, the store's thread writes it.

use std::{io::Read, sync::mpsc::SyncSender};

use csv::ByteRecord;

use wallboard_runtime::csv_text::{
    self, CsvDetectionError, CsvDialect, CsvFileError, CsvRecord, CsvRecords, TextEncoding,
};
use wallboard_store::{
    DataKind, FactTable, FileReaderError, FileSummary, ImportPiece, ImportResult, IncomingFile,
    PeopleColumns, RowBatch, RowRejection, Store, StoreError,
};

use super::{
    cell_reader::CellReader,
    column_mapping::{PlanColumn, PlanHeader, number_columns},
    configuration::PlanSettings,
    file_notes::PlanFileNotes,
    interval_clock::IntervalClock,
    row_parser::{PlanRow, PlanRowParser},
    schedule_parser::{ScheduleRow, ScheduleRowParser},
};

/// Planned intervals: of a queue by its name in the file, at a time in Unix seconds, with its local
/// day. Volume, handle time (seconds) and agents are in thousandths.
pub static PLAN_FORECAST: FactTable = FactTable {
    name: "plan_forecast",
    columns: &[
        "queue",
        "start",
        "length",
        "day",
        "volume",
        "handle_time",
        "agents",
    ],
    people: PeopleColumns::Nobody,
    contacts: &[],
};

/// Activities of agents, who are in them by ID or name, in Unix seconds.
pub static PLAN_SCHEDULE: FactTable = FactTable {
    name: "plan_schedule",
    columns: &["agent", "start", "until", "activity", "team"],
    people: PeopleColumns::Named {
        text: "agent",
        time: "start",
        kind: DataKind::Schedules,
    },
    contacts: &[],
};

/// Rows of one file: two years of half hours of a few queues, or weeks of hundreds.
const ROWS_MAX: u32 = 500_000;

/// The reason why a plan wasn't imported.
#[derive(Debug, thiserror::Error)]
pub enum PlanImportError {
    #[error(transparent)]
    Csv(#[from] CsvFileError),
    #[error(
        "it has no column {header:?} for `{column}`: its columns are {found}; change `columns` of this source"
    )]
    MissingColumn {
        column: &'static str,
        header: String,
        found: String,
    },
    #[error("it has more than {ROWS_MAX} rows: export shorter periods")]
    TooManyRows,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Reader(#[from] FileReaderError),
}

/// Imports a file completely or not at all.
pub(super) async fn import_file(
    store: &Store,
    file: impl Read + Send + 'static,
    incoming: IncomingFile,
    settings: PlanSettings,
) -> Result<ImportResult, PlanImportError> {
    let table = if settings.columns.are_of_schedules() {
        &PLAN_SCHEDULE
    } else {
        &PLAN_FORECAST
    };
    let read = move |sender: &_, _| read_file(file, &settings, sender);
    store.import_from_reader(incoming, table, read).await
}

/// Reads a file to its end, or until the receiver is dropped.
pub(super) fn read_file(
    mut file: impl Read,
    settings: &PlanSettings,
    sender: &SyncSender<ImportPiece>,
) -> Result<(), PlanImportError> {
    let mut records = CsvRecords::open(&mut file)?;
    let dialect = records.dialect();
    let mut encoding = TextEncoding::default();
    let Some(first) = records.next_record()? else {
        return Err(CsvFileError::from(CsvDetectionError::Empty).into());
    };
    let has_header = !settings.columns.are_numbers();
    let headers = if has_header {
        csv_text::decode_headers(first.cells, &mut encoding)?
    } else {
        number_columns(first.cells.len())
    };
    check_required(settings, &headers)?;
    let clock = IntervalClock::new(
        settings.zone.clone(),
        settings.date_order,
        settings.step_seconds,
    );
    let located = PlanHeader::locate(&settings.columns, &headers);
    let cells = CellReader::new(located, headers.len(), encoding);
    let mut reader = PlanReader {
        parser: if settings.columns.are_of_schedules() {
            RowParser::Schedule(ScheduleRowParser::new(cells, clock))
        } else {
            let parser = PlanRowParser::new(cells, dialect.decimal, clock);
            RowParser::Forecast(parser, settings.step_seconds)
        },
        settings,
        dialect,
        sender,
        batch: RowBatch::default(),
        span: None,
        rows: 0,
    };
    if !has_header && !reader.read_record(&first)? {
        return Ok(());
    }
    while let Some(record) = records.next_record()? {
        if !reader.read_record(&record)? {
            return Ok(());
        }
    }
    reader.finish(headers);
    Ok(())
}

/// Reads rows of one kind.
enum RowParser {
    /// With the length of its intervals.
    Forecast(PlanRowParser, i64),
    Schedule(ScheduleRowParser),
}

/// Reads the rows of a file and sends them.
struct PlanReader<'s> {
    settings: &'s PlanSettings,
    dialect: CsvDialect,
    sender: &'s SyncSender<ImportPiece>,
    parser: RowParser,
    batch: RowBatch,
    /// The first and the last second of its rows.
    span: Option<(i64, i64)>,
    rows: u32,
}

impl PlanReader<'_> {
    /// Reads a row. Returns false once the receiver is gone.
    fn read_record(&mut self, record: &CsvRecord<'_>) -> Result<bool, PlanImportError> {
        let CsvRecord { line, cells } = *record;
        match self.parser.read_row(cells, line, &mut self.batch) {
            Ok(None) => return Ok(true),
            Ok(Some((start, until))) => {
                let (first, last) = self.span.unwrap_or((start, start));
                self.span = Some((first.min(start), last.max(until - 1)));
            }
            Err(reason) => {
                // Those of schedules have agents.
                let keeps_text =
                    self.settings.keep_contacts && !self.settings.columns.are_of_schedules();
                let rejection = RowRejection {
                    line,
                    reason,
                    text: keeps_text.then(|| self.dialect.format_line(cells)),
                };
                if self.sender.send(ImportPiece::Rejected(rejection)).is_err() {
                    return Ok(false);
                }
            }
        }
        self.rows += 1;
        if ROWS_MAX < self.rows {
            return Err(PlanImportError::TooManyRows);
        }
        Ok(!self.batch.is_full() || self.batch.send_rows(self.sender))
    }

    fn finish(mut self, headers: Vec<String>) {
        let notes = PlanFileNotes {
            headers,
            read_with: self.settings.fingerprint(),
        };
        let summary = FileSummary {
            span: self.span,
            notes: notes.to_json(),
            has_contacts: self.settings.keep_contacts,
            ..FileSummary::default()
        };
        if self.batch.send_rows(self.sender) {
            // If the receiver is gone, it reports the reason itself.
            self.sender.send(ImportPiece::End(summary)).ok();
        }
    }
}

impl RowParser {
    /// Adds a row to the batch and returns its times; `None` if it plans nothing.
    fn read_row(
        &mut self,
        cells: &ByteRecord,
        line: u32,
        batch: &mut RowBatch,
    ) -> Result<Option<(i64, i64)>, String> {
        match self {
            Self::Forecast(parser, length) => {
                let Some(row) = parser.parse_row(cells)? else {
                    return Ok(None);
                };
                push_row(batch, line, &row, *length);
                Ok(Some((row.start.at, row.start.at + *length)))
            }
            Self::Schedule(parser) => {
                let Some(row) = parser.parse_row(cells)? else {
                    return Ok(None);
                };
                let ScheduleRow {
                    agent,
                    start,
                    until,
                    activity,
                    team,
                } = row;
                batch.begin_row(line);
                batch.push_text(&agent);
                batch.push_integer(start);
                batch.push_integer(until);
                batch.push_text(&activity);
                match team {
                    Some(team) => batch.push_text(&team),
                    None => batch.push_null(),
                }
                Ok(Some((start, until)))
            }
        }
    }
}

fn push_row(batch: &mut RowBatch, line: u32, row: &PlanRow, length: i64) {
    batch.begin_row(line);
    batch.push_text(&row.queue);
    batch.push_integer(row.start.at);
    batch.push_integer(length);
    batch.push_integer(row.start.day);
    for value in [row.volume, row.handle_time, row.agents] {
        match value {
            Some(value) => batch.push_integer(value),
            None => batch.push_null(),
        }
    }
}

/// Checks that a file has the columns without which no row can be read.
fn check_required(settings: &PlanSettings, headers: &[String]) -> Result<(), PlanImportError> {
    let missing = settings.columns.missing_from(headers);
    let is_missing = |column| missing.iter().find(|(one, _)| *one == column);
    let has_figures = [PlanColumn::Volume, PlanColumn::Agents]
        .into_iter()
        .any(|column| settings.columns.has(column) && is_missing(column).is_none());
    let is_schedule = settings.columns.are_of_schedules();
    let required = [
        PlanColumn::Date,
        PlanColumn::Time,
        PlanColumn::Queue,
        PlanColumn::Agent,
        PlanColumn::End,
        PlanColumn::Activity,
    ];
    let required = required.into_iter();
    let required = required.filter(|one| !is_schedule || *one != PlanColumn::Queue);
    let figures = [PlanColumn::Volume, PlanColumn::Agents].into_iter();
    let figures = figures.filter(|_| !has_figures && !is_schedule);
    let mut required = required.chain(figures).filter_map(is_missing);
    let Some((column, header)) = required.next() else {
        return Ok(());
    };
    Err(PlanImportError::MissingColumn {
        column: column.into_str(),
        header: (*header).to_owned(),
        found: headers.join(", "),
    })
}
