//! Reads figures of intervals. Rows come in the order of time.

use std::ops::Range;

use rusqlite::{Row, ToSql};
use strum::{IntoEnumIterator, VariantNames};

use crate::domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, SourceId};

use super::{NameClass, StoreError, StoreView, intervals::count_by_code};

/// The only length of breakdowns, in seconds.
const QUARTER: i64 = 900;

/// The length of the intervals to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// Intervals of this length in seconds that start in the requested range.
    Intervals(i64),
    /// Days of the source's zone; the range is of days since 1970.
    Days,
}

/// Selects figures to read.
#[derive(Clone, Debug)]
pub struct FigureQuery<'a> {
    pub source: &'a SourceId,
    pub granularity: Granularity,
    pub range: Range<i64>,
    /// Limits the figures to this queue or agent.
    pub subject: Option<&'a str>,
}

/// The table of some figures, of intervals and of days.
struct FigureTable<'a> {
    intervals: &'static str,
    days: &'static str,
    /// The column of the queue or agent.
    subject: &'static str,
    columns: &'a str,
    /// Another column with the value that it must have.
    condition: Option<(&'static str, &'a dyn ToSql)>,
    /// Whether it has intervals of several lengths.
    has_length: bool,
}

impl StoreView<'_> {
    /// Passes each queue's id, start (or day) and figures to `each`.
    pub fn for_each_queue(
        &self,
        figures: &FigureQuery<'_>,
        by: CountBy,
        mut each: impl FnMut(&str, i64, &Counters),
    ) -> Result<(), StoreError> {
        let counters: Vec<_> = Counter::STORED.iter().map(Counter::into_str).collect();
        let table = FigureTable {
            intervals: "queue_interval",
            days: "queue_day",
            subject: "queue",
            columns: &counters.join(", "),
            condition: Some(("count_by", &count_by_code(by))),
            has_length: true,
        };
        self.for_each_figure(&table, figures, |row| {
            let mut counters = Counters::UNKNOWN;
            for (column, counter) in (2..).zip(Counter::STORED) {
                let value: Option<i64> = row.get(column)?;
                counters.set(*counter, value.map(|value| value * counter.scale()));
            }
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &counters);
            Ok(())
        })
    }

    /// Passes each agent's id, start (or day) and figures to `each`: first without the
    /// not-ready seconds, then with only those.
    pub fn for_each_agent(
        &self,
        figures: &FigureQuery<'_>,
        mut each: impl FnMut(&str, i64, &AgentCounters),
    ) -> Result<(), StoreError> {
        let table = FigureTable {
            intervals: "agent_interval",
            days: "agent_day",
            subject: "agent",
            columns: &AgentCounter::VARIANTS.join(", "),
            condition: None,
            has_length: true,
        };
        self.for_each_figure(&table, figures, |row| {
            let mut counters = AgentCounters::default();
            for (column, counter) in (2..).zip(AgentCounter::iter()) {
                counters.set(counter, row.get(column)?);
            }
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &counters);
            Ok(())
        })?;
        let pauses = FigureTable {
            intervals: "agent_pause",
            days: "agent_pause_day",
            columns: "code, seconds",
            ..table
        };
        self.for_each_figure(&pauses, figures, |row| {
            let mut pause = AgentCounters::default();
            pause.not_ready.insert(row.get(2)?, row.get(3)?);
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &pause);
            Ok(())
        })
    }

    /// Passes each queue, key and start (or day) to `each`, with the number of the queue's
    /// contacts that had the key.
    pub fn for_each_breakdown(
        &self,
        figures: &FigureQuery<'_>,
        class: NameClass,
        mut each: impl FnMut(&str, &str, i64, i64),
    ) -> Result<(), StoreError> {
        if matches!(figures.granularity, Granularity::Intervals(length) if length != QUARTER) {
            return Ok(());
        }
        let table = FigureTable {
            intervals: "breakdown",
            days: "breakdown_day",
            subject: "queue",
            columns: "key, contacts",
            condition: Some(("kind", &class.into_str())),
            has_length: false,
        };
        self.for_each_figure(&table, figures, |row| {
            let (queue, key) = (row.get_ref(0)?.as_str()?, row.get_ref(2)?.as_str()?);
            each(queue, key, row.get(1)?, row.get(3)?);
            Ok(())
        })
    }

    /// Loads the first and the last start of any figures of a source.
    pub fn start_bounds(&self, source: &SourceId) -> Result<Option<(i64, i64)>, StoreError> {
        let query = "SELECT min(start), max(start) FROM (
                SELECT start FROM queue_interval WHERE source = ?1
                UNION ALL SELECT start FROM agent_interval WHERE source = ?1)";
        let bounds: Vec<(Option<i64>, Option<i64>)> =
            self.load_rows(query, [source.as_str()], |row| row.try_into())?;
        Ok(bounds.into_iter().find_map(|(first, last)| first.zip(last)))
    }

    /// Loads the start of the first quarter of an hour in which a queue has figures.
    pub fn first_start(&self, source: &SourceId) -> Result<Option<i64>, StoreError> {
        // All key columns before `start` are given, so that it is one index search.
        let query = "SELECT min(start) FROM queue_interval
             WHERE source = ?1 AND count_by = ?2 AND length = ?3";
        let parameters = (source.as_str(), count_by_code(CountBy::Event), QUARTER);
        let starts: Vec<Option<i64>> = self.load_rows(query, parameters, |row| row.get(0))?;
        Ok(starts.into_iter().flatten().next())
    }

    /// Loads the distinct starts of intervals of this length that have figures, in order.
    pub fn interval_starts(
        &self,
        source: &SourceId,
        length: i64,
        range: Range<i64>,
    ) -> Result<Vec<i64>, StoreError> {
        let query = "SELECT start FROM queue_interval WHERE source = ?1 AND count_by = ?5
                AND length = ?2 AND ?3 <= start AND start < ?4
            UNION SELECT start FROM agent_interval WHERE source = ?1
                AND length = ?2 AND ?3 <= start AND start < ?4
            ORDER BY start";
        let by = count_by_code(CountBy::Start);
        let parameters = (source.as_str(), length, range.start, range.end, by);
        self.load_rows(query, parameters, |row| row.get(0))
    }

    /// Passes the subject, the start (or day) and the columns of each row to `each`.
    fn for_each_figure(
        &self,
        table: &FigureTable<'_>,
        figures: &FigureQuery<'_>,
        each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let (name, time, length) = match &figures.granularity {
            Granularity::Intervals(length) => (table.intervals, "start", Some(length)),
            Granularity::Days => (table.days, "day", None),
        };
        let FigureTable {
            subject, columns, ..
        } = table;
        let source = figures.source.as_str();
        let mut query = format!(
            "SELECT {subject}, {time}, {columns} FROM {name}
             WHERE source = ? AND ? <= {time} AND {time} < ?"
        );
        let mut parameters: Vec<&dyn ToSql> =
            vec![&source, &figures.range.start, &figures.range.end];
        let length = length.filter(|_| table.has_length);
        let conditions = [
            table.condition,
            length.map(|length| ("length", length as &dyn ToSql)),
            (figures.subject.as_ref()).map(|only| (*subject, only as &dyn ToSql)),
        ];
        for (column, value) in conditions.into_iter().flatten() {
            query.extend([" AND ", column, " = ?"]);
            parameters.push(value);
        }
        self.for_each_row(&query, &*parameters, each)
    }
}
