//! Reads one row of a plan.

use std::collections::{HashMap, HashSet};

use csv::ByteRecord;

use crate::csv_text::{DecimalMark, TextEncoding, is_total_row, number_parsing};

use super::{
    column_mapping::{LocatedColumn, PlanColumn, PlanHeader},
    interval_clock::{IntervalClock, IntervalStart},
};

/// The most that a cell may hold, in its unit: more is a mistake.
const VOLUME_MAX: f64 = 1_000_000.0;
const AGENTS_MAX: f64 = 100_000.0;
const HANDLE_SECONDS_MAX: f64 = 86_400.0;

/// An interval that a row plans for a queue. Values are thousandths of their unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanRow {
    pub(super) queue: String,
    pub(super) start: IntervalStart,
    pub(super) volume: Option<i64>,
    pub(super) handle_time: Option<i64>,
    pub(super) agents: Option<i64>,
}

/// Reads the rows of a file in order.
pub(super) struct PlanRowParser {
    header: PlanHeader,
    width: usize,
    decimal: DecimalMark,
    encoding: TextEncoding,
    clock: IntervalClock,
    /// Queues by number, and the intervals that each has.
    queues: HashMap<String, u32>,
    intervals: HashSet<(u32, i64)>,
}

impl PlanRowParser {
    pub(super) fn new(
        header: PlanHeader,
        width: usize,
        (decimal, encoding): (DecimalMark, TextEncoding),
        clock: IntervalClock,
    ) -> Self {
        Self {
            header,
            width,
            decimal,
            encoding,
            clock,
            queues: HashMap::new(),
            intervals: HashSet::new(),
        }
    }

    /// Returns what a row plans, `None` if that's nothing, or why it can't be read.
    pub(super) fn parse_row(&mut self, record: &ByteRecord) -> Result<Option<PlanRow>, String> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return Ok(None);
        }
        if record.len() < self.width {
            return Err(format!(
                "it has {} cells, but the header has {}",
                record.len(),
                self.width
            ));
        }
        let volume = self.read_value(record, PlanColumn::Volume, VOLUME_MAX)?;
        let handle_time = self.read_value(record, PlanColumn::HandleTime, HANDLE_SECONDS_MAX)?;
        let wrap_up = self.read_value(record, PlanColumn::WrapUpTime, HANDLE_SECONDS_MAX)?;
        let handle_time = handle_time.map(|time| time + wrap_up.unwrap_or_default());
        let agents = self.read_value(record, PlanColumn::Agents, AGENTS_MAX)?;
        let queue = self.read_queue(record)?;
        if volume.is_none() && agents.is_none() {
            return Ok(None);
        }
        let date = self.read_text(record, PlanColumn::Date)?;
        let (time, header) = self
            .read_cell(record, PlanColumn::Time)?
            .unwrap_or_default();
        let start = self.clock.read_start(&queue, date.as_deref(), &time);
        let start = start.map_err(|reason| format!("{header}: {reason}"))?;
        let next = u32::try_from(self.queues.len()).unwrap_or(u32::MAX);
        let number = *self.queues.entry(queue.clone()).or_insert(next);
        if !self.intervals.insert((number, start.at)) {
            return Err(format!(
                "{header}: another row has {queue:?} at {:?} too, and that one counts",
                time.trim()
            ));
        }
        Ok(Some(PlanRow {
            queue,
            start,
            volume,
            handle_time,
            agents,
        }))
    }

    fn read_queue(&mut self, record: &ByteRecord) -> Result<String, String> {
        let (text, header) = self
            .read_cell(record, PlanColumn::Queue)?
            .unwrap_or_default();
        let name = text.trim();
        if name.is_empty() || number_parsing::is_blank(name) {
            return Err(format!("{header}: it has no name"));
        }
        if is_total_row(name) {
            return Err(format!("{header}: {name:?} is a total of the other rows"));
        }
        Ok(name.to_owned())
    }

    fn read_text(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
    ) -> Result<Option<String>, String> {
        Ok(self.read_cell(record, column)?.map(|(text, _)| text))
    }

    /// Returns the text of a cell and its header; `None` if the file has no such column.
    fn read_cell(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
    ) -> Result<Option<(String, String)>, String> {
        let Some(LocatedColumn { index, header, .. }) = self.header.find(column) else {
            return Ok(None);
        };
        let cell = record.get(*index).unwrap_or_default();
        match self.encoding.decode(cell) {
            Some(text) => Ok(Some((text.into_owned(), header.clone()))),
            None => Err(format!(
                "{header}: it has bytes that are neither UTF-8 nor Windows-1252"
            )),
        }
    }

    /// Reads a number in thousandths; a handle time becomes seconds.
    fn read_value(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
        largest: f64,
    ) -> Result<Option<i64>, String> {
        let Some((text, header)) = self.read_cell(record, column)? else {
            return Ok(None);
        };
        if number_parsing::is_blank(&text) {
            return Ok(None);
        }
        let is_time = matches!(column, PlanColumn::HandleTime | PlanColumn::WrapUpTime);
        let number = number_parsing::parse_number(&text, self.decimal);
        let unit = self
            .header
            .find(column)
            .map_or(1.0, |one| one.seconds_per_unit);
        let number = match number {
            Some(number) if is_time => Some(number * unit),
            None if is_time => number_parsing::parse_duration(&text),
            number => number,
        };
        let wrong = |what: &str| Err(format!("{header}: {:?} is {what}", text.trim()));
        match number {
            None if is_time => wrong("not a duration"),
            None => wrong("not a number"),
            Some(number) if number < 0.0 => wrong("negative"),
            Some(number) if largest < number => wrong("implausibly large"),
            Some(number) => Ok(Some(to_thousandths(number))),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is at most a billion")]
fn to_thousandths(number: f64) -> i64 {
    (number * 1_000.0).round() as i64
}
