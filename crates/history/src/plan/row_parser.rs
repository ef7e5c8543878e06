//! Reads one row of a plan.

use std::collections::{HashMap, HashSet};

use csv::ByteRecord;

use wallboard_runtime::csv_text::{DecimalMark, number_parsing};

use super::{
    cell_reader::CellReader,
    column_mapping::PlanColumn,
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
    cells: CellReader,
    decimal: DecimalMark,
    clock: IntervalClock,
    /// Queues by number, and the intervals that each has.
    queues: HashMap<String, u32>,
    intervals: HashSet<(u32, i64)>,
}

impl PlanRowParser {
    pub(super) fn new(cells: CellReader, decimal: DecimalMark, clock: IntervalClock) -> Self {
        Self {
            cells,
            decimal,
            clock,
            queues: HashMap::new(),
            intervals: HashSet::new(),
        }
    }

    /// Returns what a row plans, `None` if that's nothing, or why it can't be read.
    pub(super) fn parse_row(&mut self, record: &ByteRecord) -> Result<Option<PlanRow>, String> {
        if !self.cells.has_cells(record)? {
            return Ok(None);
        }
        let volume = self.read_value(record, PlanColumn::Volume, VOLUME_MAX)?;
        let handle_time = self.read_value(record, PlanColumn::HandleTime, HANDLE_SECONDS_MAX)?;
        let wrap_up = self.read_value(record, PlanColumn::WrapUpTime, HANDLE_SECONDS_MAX)?;
        let handle_time = handle_time.map(|time| time + wrap_up.unwrap_or_default());
        let agents = self.read_value(record, PlanColumn::Agents, AGENTS_MAX)?;
        let queue = self.cells.read_name(record, PlanColumn::Queue)?;
        if volume.is_none() && agents.is_none() {
            return Ok(None);
        }
        let date = self.cells.read_text(record, PlanColumn::Date)?;
        let time = self.cells.read_cell(record, PlanColumn::Time)?;
        let (time, header) = time.unwrap_or_default();
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

    /// Reads a number in thousandths; a handle time becomes seconds.
    fn read_value(
        &mut self,
        record: &ByteRecord,
        column: PlanColumn,
        largest: f64,
    ) -> Result<Option<i64>, String> {
        let Some((text, header)) = self.cells.read_cell(record, column)? else {
            return Ok(None);
        };
        if number_parsing::is_blank(&text) {
            return Ok(None);
        }
        let is_time = matches!(column, PlanColumn::HandleTime | PlanColumn::WrapUpTime);
        let number = number_parsing::parse_number(&text, self.decimal);
        let unit = (self.cells.header.find(column)).map_or(1.0, |one| one.seconds_per_unit);
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
