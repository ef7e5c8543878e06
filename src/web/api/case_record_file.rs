//! Case records as lines of a file. A gap is a line too, so that nobody takes a file for complete that isn't.

use csv::Writer;
use serde_json::json;

use crate::{
    case_records::RecordFileFormat,
    web::parts::csv::{csv_continuation, csv_writer, escape_formula},
};

use super::{
    case_record_json::{CaseRecord, RecordSubject},
    case_records::RecordGap,
    json::Time,
};

/// The columns of CSV. Of several queues and agents, the last.
const COLUMNS: [&str; 25] = [
    "id",
    "case",
    "end",
    "created_at",
    "answered_at",
    "ended_at",
    "wait",
    "handle_time",
    "first_response",
    "outcome",
    "closure",
    "reopened",
    "transfers",
    "queue_id",
    "queue",
    "queue_external_ids",
    "agent_id",
    "agent",
    "agent_external_ids",
    "opportunity_id",
    "opportunity",
    "solution_id",
    "solution",
    "case_type_id",
    "case_type",
];
/// In place of how a case ended: in this time, records may be missing.
const GAP: &str = "gap";

/// Lines of a file in its format.
pub(super) enum RecordFileLines {
    Csv(Box<Writer<Vec<u8>>>),
    Jsonl(Vec<u8>),
}

impl RecordFileLines {
    /// The beginning of a file.
    pub(super) fn with_head(format: RecordFileFormat) -> Self {
        match format {
            RecordFileFormat::Csv => {
                let mut lines = Self::Csv(Box::new(csv_writer()));
                lines.add_row(COLUMNS.iter().map(|name| (*name).to_owned()).collect());
                lines
            }
            RecordFileFormat::Jsonl => Self::Jsonl(Vec::new()),
        }
    }

    /// Further lines.
    pub(super) fn new(format: RecordFileFormat) -> Self {
        match format {
            RecordFileFormat::Csv => Self::Csv(Box::new(csv_continuation())),
            RecordFileFormat::Jsonl => Self::Jsonl(Vec::new()),
        }
    }

    pub(super) fn add_record(&mut self, record: &CaseRecord) {
        match self {
            Self::Csv(_) => self.add_row(record_cells(record)),
            Self::Jsonl(lines) => {
                serde_json::to_writer(&mut *lines, record).expect("memory takes any text");
                lines.push(b'\n');
            }
        }
    }

    pub(super) fn add_gap(&mut self, gap: &RecordGap) {
        match self {
            Self::Csv(_) => {
                let cells = COLUMNS.map(|column| match column {
                    // Cases are named by their source, too.
                    "case" => escape_formula(gap.source.as_deref().unwrap_or_default()),
                    "end" => GAP.to_owned(),
                    "created_at" => time_cell(gap.from.as_ref()),
                    "ended_at" => time_cell(gap.to.as_ref()),
                    _ => String::new(),
                });
                self.add_row(cells.into());
            }
            Self::Jsonl(lines) => {
                let line = json!({ GAP: gap }).to_string();
                lines.extend_from_slice(line.as_bytes());
                lines.push(b'\n');
            }
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Csv(lines) => lines.into_inner().expect("memory takes any text"),
            Self::Jsonl(lines) => lines,
        }
    }

    fn add_row(&mut self, cells: Vec<String>) {
        if let Self::Csv(lines) = self {
            lines.write_record(cells).expect("memory takes any text");
        }
    }
}

fn record_cells(record: &CaseRecord) -> Vec<String> {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let legs = record.queue_legs.iter().flatten().rev();
    let mut queues = legs.filter_map(|leg| leg.queue.as_ref());
    let conversations = record.conversations.iter().flatten().rev();
    let mut agents = conversations.filter_map(|conversation| conversation.agent.as_ref());
    let mut cells = vec![
        escape_formula(&record.id),
        escape_formula(&record.case),
        record.end.to_owned(),
        time_cell(record.created_at.as_ref()),
        time_cell(record.answered_at.as_ref()),
        time_cell(record.ended_at.as_ref()),
        number(record.wait),
        number(record.handle_time),
        number(record.first_response),
        record.outcome.unwrap_or_default().to_owned(),
        escape_formula(record.closure.as_deref().unwrap_or_default()),
        count(record.reopened.map(u64::from)),
        count(record.transfers.as_ref().map(|all| all.len() as u64)),
    ];
    for subject in [queues.next(), agents.next()] {
        cells.extend(subject_cells(subject));
        cells.push(external_cell(subject));
    }
    for subject in [&record.opportunity, &record.solution, &record.case_type] {
        cells.extend(subject_cells(subject.as_ref()));
    }
    cells
}

fn subject_cells(subject: Option<&RecordSubject>) -> [String; 2] {
    let id = subject.and_then(|subject| subject.id.as_deref());
    let name = subject.and_then(|subject| subject.name.as_deref());
    [id, name].map(|text| escape_formula(text.unwrap_or_default()))
}

/// `Salesforce=0051;Dynamics=7`.
fn external_cell(subject: Option<&RecordSubject>) -> String {
    let ids = subject
        .into_iter()
        .flat_map(|subject| &subject.external_ids);
    let pairs: Vec<_> = ids.map(|(system, id)| format!("{system}={id}")).collect();
    escape_formula(&pairs.join(";"))
}

fn time_cell(time: Option<&Time>) -> String {
    time.map(|time| format!("{:.3}", time.0))
        .unwrap_or_default()
}
