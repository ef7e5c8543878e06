//! Reads one row of a schedule. Reasons don't name the agent: they are kept.

use csv::ByteRecord;

use wallboard_runtime::csv_text::number_parsing;

use super::{cell_reader::CellReader, column_mapping::PlanColumn, interval_clock::IntervalClock};

/// A day of a clock change.
const SECONDS_MAX: i64 = 25 * 3_600;

/// An activity that a row plans for an agent, in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScheduleRow {
    pub(super) agent: String,
    pub(super) start: i64,
    pub(super) until: i64,
    pub(super) activity: String,
    pub(super) team: Option<String>,
}

/// Reads the rows of a file in order.
pub(super) struct ScheduleRowParser {
    cells: CellReader,
    clock: IntervalClock,
}

impl ScheduleRowParser {
    pub(super) fn new(cells: CellReader, clock: IntervalClock) -> Self {
        Self { cells, clock }
    }

    /// Returns what a row plans, `None` if that's nothing, or why it can't be read.
    pub(super) fn parse_row(&mut self, record: &ByteRecord) -> Result<Option<ScheduleRow>, String> {
        if !self.cells.has_cells(record)? {
            return Ok(None);
        }
        let agent = self.cells.read_name(record, PlanColumn::Agent)?;
        let activity = self.cells.read_cell(record, PlanColumn::Activity)?;
        let (activity, header) = activity.unwrap_or_default();
        let activity = activity.trim().to_owned();
        if activity.is_empty() {
            return Err(format!("{header}: it's empty"));
        }
        let team = self.cells.read_text(record, PlanColumn::Team)?;
        let team = team.map(|team| team.trim().to_owned());
        let team = team.filter(|team| !team.is_empty() && !number_parsing::is_blank(team));
        let date = self.cells.read_text(record, PlanColumn::Date)?;
        let time = self.cells.read_cell(record, PlanColumn::Time)?;
        let (time, header) = time.unwrap_or_default();
        let key = format!("{agent}\0{activity}");
        let start = self.clock.read_begin(&key, date.as_deref(), &time);
        let start = start.map_err(|reason| format!("{header}: {reason}"))?;
        let end = self.cells.read_cell(record, PlanColumn::End)?;
        let (end, header) = end.unwrap_or_default();
        let until = self.clock.read_end(start, &end);
        let until = until.map_err(|reason| format!("{header}: {reason}"))?;
        let (start, until) = (start.as_second(), until.as_second());
        if SECONDS_MAX < until - start {
            return Err(format!(
                "{header}: it lasts longer than a day: export a row for each day"
            ));
        }
        Ok(Some(ScheduleRow {
            agent,
            start,
            until,
            activity,
            team,
        }))
    }
}
