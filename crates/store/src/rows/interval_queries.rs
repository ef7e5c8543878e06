//! Reads figures of intervals. Rows come in the order of time.

use std::{collections::BTreeSet, ops::Range};

use rusqlite::{Row, ToSql};
use strum::{IntoEnumIterator, VariantNames};

use wallboard_domain::{
    AgentCounter, AgentCounters, ContactFigures, CountBy, Counter, Counters, SourceId, Staffing,
};

use crate::{
    NameClass, StoreError, StoreView,
    rows::{intervals::count_by_code, wait_columns},
};

/// The lengths of intervals, in seconds. Breakdowns have quarters of an hour only.
const QUARTER: i64 = 900;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// The counters of contacts with a code.
pub const CODED_COUNTERS: [Counter; 4] = [
    Counter::Offered,
    Counter::Handled,
    Counter::TalkTime,
    Counter::WrapUpTime,
];

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

/// Reads the counters of a queue, after the columns of the queue and the time.
fn read_counters(row: &Row<'_>) -> rusqlite::Result<Counters> {
    let mut counters = Counters::UNKNOWN;
    for (column, counter) in (2..).zip(Counter::STORED) {
        let value: Option<i64> = row.get(column)?;
        counters.set(*counter, value.map(|value| value * counter.scale()));
    }
    Ok(counters)
}

impl StoreView<'_> {
    /// Passes each queue's id, start (or day) and counters to `each`.
    pub fn for_each_queue(
        &self,
        figures: &FigureQuery<'_>,
        by: CountBy,
        mut each: impl FnMut(&str, i64, &Counters),
    ) -> Result<(), StoreError> {
        let columns: Vec<_> = Counter::STORED.iter().map(Counter::into_str).collect();
        self.for_each_queue_row(figures, by, &columns, |row| {
            let counters = read_counters(row)?;
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &counters);
            Ok(())
        })
    }

    /// Passes each queue's id, start (or day), counters and waits to `each`.
    pub fn for_each_queue_with_waits(
        &self,
        figures: &FigureQuery<'_>,
        by: CountBy,
        mut each: impl FnMut(&str, i64, &ContactFigures),
    ) -> Result<(), StoreError> {
        let counters = Counter::STORED.iter().map(Counter::into_str);
        let columns: Vec<_> = counters.chain(wait_columns::COLUMNS).collect();
        self.for_each_queue_row(figures, by, &columns, |row| {
            let contacts = ContactFigures {
                counters: read_counters(row)?,
                waits: wait_columns::read_waits(row, 2 + Counter::STORED.len())?,
                staffing: None,
            };
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &contacts);
            Ok(())
        })
    }

    fn for_each_queue_row(
        &self,
        figures: &FigureQuery<'_>,
        by: CountBy,
        columns: &[&str],
        each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let table = FigureTable {
            intervals: "queue_interval",
            days: "queue_day",
            subject: "queue",
            columns: &columns.join(", "),
            condition: Some(("count_by", &count_by_code(by))),
            has_length: true,
        };
        self.for_each_figure(&table, figures, each)
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

    /// Passes the queue or agent of each row of figures to `each`.
    pub fn for_each_subject(
        &self,
        figures: &FigureQuery<'_>,
        class: NameClass,
        mut each: impl FnMut(&str),
    ) -> Result<(), StoreError> {
        let by_start = count_by_code(CountBy::Start);
        let table = match class {
            NameClass::Agent => FigureTable {
                intervals: "agent_interval",
                days: "agent_day",
                subject: "agent",
                columns: "NULL",
                condition: None,
                has_length: true,
            },
            _ => FigureTable {
                intervals: "queue_interval",
                days: "queue_day",
                subject: "queue",
                columns: "NULL",
                condition: Some(("count_by", &by_start)),
                has_length: true,
            },
        };
        self.for_each_figure(&table, figures, |row| {
            each(row.get_ref(0)?.as_str()?);
            Ok(())
        })
    }

    /// Passes each queue, key and start (or day) to `each`, with the number of the queue's
    /// contacts that had the key, and their handle time as far as it is known.
    pub fn for_each_breakdown(
        &self,
        figures: &FigureQuery<'_>,
        class: NameClass,
        mut each: impl FnMut(&str, &str, i64, &Counters),
    ) -> Result<(), StoreError> {
        if matches!(figures.granularity, Granularity::Intervals(length) if length != QUARTER) {
            return Ok(());
        }
        let table = FigureTable {
            intervals: "breakdown",
            days: "breakdown_day",
            subject: "queue",
            columns: "key, contacts, handled, talk_time, wrap_up_time",
            condition: Some(("kind", &class.into_str())),
            has_length: false,
        };
        self.for_each_figure(&table, figures, |row| {
            let (queue, key) = (row.get_ref(0)?.as_str()?, row.get_ref(2)?.as_str()?);
            let mut counters = Counters::UNKNOWN;
            for (column, counter) in (3..).zip(CODED_COUNTERS) {
                let value: Option<i64> = row.get(column)?;
                counters.set(counter, value.map(|value| value * counter.scale()));
            }
            each(queue, key, row.get(1)?, &counters);
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

    /// Passes each queue and start (or day) at which it was staffed to `each`, with the time of its
    /// agents. The measured time is that of the interval; of a day it is left at 0.
    pub fn for_each_staffing(
        &self,
        figures: &FigureQuery<'_>,
        mut each: impl FnMut(&str, i64, &Staffing),
    ) -> Result<(), StoreError> {
        if matches!(figures.granularity, Granularity::Intervals(length) if length != QUARTER) {
            return Ok(());
        }
        let table = FigureTable {
            intervals: "queue_staff",
            days: "queue_staff_day",
            subject: "queue",
            columns: "logged_in, ready, busy, engaged",
            condition: None,
            has_length: false,
        };
        self.for_each_figure(&table, figures, |row| {
            let staffing = Staffing {
                logged_in: row.get(2)?,
                ready: row.get(3)?,
                busy: row.get(4)?,
                engaged: row.get(5)?,
                measured: 0,
            };
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &staffing);
            Ok(())
        })
    }

    /// Loads the days (of the source's zone, since 1970) on which any of its queues was staffed.
    pub fn staffed_days(
        &self,
        source: &SourceId,
        range: Range<i64>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let query = "SELECT DISTINCT day FROM queue_staff_day
             WHERE source = ?1 AND ?2 <= day AND day < ?3";
        self.load_rows(query, (source.as_str(), range.start, range.end), |row| {
            row.get(0)
        })
    }

    /// Loads the days on which any agent of a source was signed in.
    pub fn signed_in_days(
        &self,
        source: &SourceId,
        range: Range<i64>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let query = "SELECT DISTINCT day FROM agent_day
             WHERE source = ?1 AND ?2 <= day AND day < ?3 AND 0 < logged_in";
        self.load_rows(query, (source.as_str(), range.start, range.end), |row| {
            row.get(0)
        })
    }

    /// Loads the last interval of a source's queues that starts up to `at`: its start and length.
    pub fn last_queue_interval(
        &self,
        source: &SourceId,
        at: i64,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        // One index search for each length.
        let query = "SELECT max(start) FROM queue_interval
             WHERE source = ?1 AND count_by = ?2 AND length = ?3 AND start <= ?4";
        let mut last = None;
        for length in [QUARTER, HOUR, DAY] {
            let by = count_by_code(CountBy::Start);
            let parameters = (source.as_str(), by, length, at);
            let starts: Vec<Option<i64>> = self.load_rows(query, parameters, |row| row.get(0))?;
            let start = starts.into_iter().flatten().next();
            last = last.max(start.map(|start| (start, length)));
        }
        Ok(last)
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
