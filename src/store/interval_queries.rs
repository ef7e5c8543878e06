//! Reads figures of intervals. Rows come in the order of time.

use std::{ops::Range, sync::LazyLock};

use rusqlite::{Row, ToSql, params};
use strum::{IntoEnumIterator, VariantNames};

use crate::domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, SourceId};

use super::{
    StoreError,
    catalog::{self, CatalogEntry, ComputationBasis, NameClass},
    intervals::count_by_code,
    view::StoreView,
};

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

static QUEUE_QUERIES: LazyLock<[String; 2]> = LazyLock::new(|| {
    let counters = Counter::STORED.iter().map(Counter::into_str);
    let counters = counters.collect::<Vec<_>>().join(", ");
    [
        format!(
            "SELECT queue, start, {counters} FROM queue_interval WHERE source = :source
                 AND count_by = :by AND length = :length AND :from <= start AND start < :to"
        ),
        format!(
            "SELECT queue, day, {counters} FROM queue_day WHERE source = :source
                 AND count_by = :by AND :from <= day AND day < :to"
        ),
    ]
});

static AGENT_QUERIES: LazyLock<[String; 2]> = LazyLock::new(|| {
    let counters = AgentCounter::VARIANTS.join(", ");
    [
        format!(
            "SELECT agent, start, {counters} FROM agent_interval WHERE source = :source
                 AND length = :length AND :from <= start AND start < :to"
        ),
        format!(
            "SELECT agent, day, {counters} FROM agent_day WHERE source = :source
                 AND :from <= day AND day < :to"
        ),
    ]
});

const PAUSE_QUERIES: [&str; 2] = [
    "SELECT agent, start, code, seconds FROM agent_pause WHERE source = :source
         AND length = :length AND :from <= start AND start < :to",
    "SELECT agent, day, code, seconds FROM agent_pause_day WHERE source = :source
         AND :from <= day AND day < :to",
];

const BREAKDOWN_QUERIES: [&str; 2] = [
    "SELECT queue, start, key, contacts FROM breakdown WHERE source = :source
         AND kind = :kind AND :from <= start AND start < :to",
    "SELECT queue, day, key, contacts FROM breakdown_day WHERE source = :source
         AND kind = :kind AND :from <= day AND day < :to",
];

impl StoreView<'_> {
    /// Passes each queue's id, start (or day) and figures to `each`.
    pub fn for_each_queue(
        &self,
        figures: &FigureQuery<'_>,
        by: CountBy,
        mut each: impl FnMut(&str, i64, &Counters),
    ) -> Result<(), StoreError> {
        let by = count_by_code(by);
        let query = (&**figures.select_query(&QUEUE_QUERIES), "queue");
        self.for_each_row(query, figures, &[(":by", &by)], |row| {
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
        let query = (&**figures.select_query(&AGENT_QUERIES), "agent");
        self.for_each_row(query, figures, &[], |row| {
            let mut counters = AgentCounters::default();
            for (column, counter) in (2..).zip(AgentCounter::iter()) {
                counters.set(counter, row.get(column)?);
            }
            each(row.get_ref(0)?.as_str()?, row.get(1)?, &counters);
            Ok(())
        })?;
        self.for_each_row(
            (*figures.select_query(&PAUSE_QUERIES), "agent"),
            figures,
            &[],
            |row| {
                let mut pause = AgentCounters::default();
                pause.not_ready.insert(row.get(2)?, row.get(3)?);
                each(row.get_ref(0)?.as_str()?, row.get(1)?, &pause);
                Ok(())
            },
        )
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
        let kind = class.into_str();
        let query = (*figures.select_query(&BREAKDOWN_QUERIES), "queue");
        self.for_each_row(query, figures, &[(":kind", &kind)], |row| {
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
        let pair = |row: &Row<'_>| {
            let first: Option<i64> = row.get(0)?;
            Ok(first.zip(row.get(1)?))
        };
        let read = || {
            self.0
                .prepare_cached(query)?
                .query_row([source.as_str()], pair)
        };
        read().map_err(StoreError::Read)
    }

    /// Loads the start of the first quarter of an hour in which a queue has figures.
    pub fn first_start(&self, source: &SourceId) -> Result<Option<i64>, StoreError> {
        // All key columns before `start` are given, so that it is one index search.
        let query = "SELECT min(start) FROM queue_interval
             WHERE source = ?1 AND count_by = ?2 AND length = ?3";
        let parameters = params![source.as_str(), count_by_code(CountBy::Event), QUARTER];
        let read = || {
            self.0
                .prepare_cached(query)?
                .query_row(parameters, |row| row.get(0))
        };
        read().map_err(StoreError::Read)
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
        self.query_all(query, parameters, |row| row.get(0))
    }

    /// Loads the catalog of a source.
    pub fn load_names(&self, source: &SourceId) -> Result<Vec<CatalogEntry>, StoreError> {
        catalog::load_all(self.0, source).map_err(StoreError::Read)
    }

    /// Loads what a source's figures were computed with; `None` before they were.
    pub fn load_basis(&self, source: &SourceId) -> Result<Option<ComputationBasis>, StoreError> {
        catalog::load_basis(self.0, source).map_err(StoreError::Read)
    }

    /// Loads the coverage within `from..to`, in order.
    pub fn load_coverage(
        &self,
        source: &SourceId,
        from: i64,
        to: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        catalog::load_coverage(self.0, source, (from, to)).map_err(StoreError::Read)
    }

    fn for_each_row(
        &self,
        (query, subject): (&str, &str),
        figures: &FigureQuery<'_>,
        more: &[(&str, &dyn ToSql)],
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let source = figures.source.as_str();
        let (from, to) = (figures.range.start, figures.range.end);
        let mut parameters: Vec<(&str, &dyn ToSql)> =
            vec![(":source", &source), (":from", &from), (":to", &to)];
        parameters.extend(more);
        if let Granularity::Intervals(length) = &figures.granularity {
            // Breakdowns have one length only.
            if query.contains(":length") {
                parameters.push((":length", length));
            }
        }
        let mut query = query.to_owned();
        if let Some(only) = &figures.subject {
            query += " AND ";
            query += subject;
            query += " = :only";
            parameters.push((":only", only));
        }
        let mut read = || {
            let mut query = self.0.prepare_cached(&query)?;
            let mut rows = query.query(&*parameters)?;
            while let Some(row) = rows.next()? {
                each(row)?;
            }
            Ok(())
        };
        read().map_err(StoreError::Read)
    }
}

impl FigureQuery<'_> {
    fn select_query<'q, T>(&self, [intervals, days]: &'q [T; 2]) -> &'q T {
        match self.granularity {
            Granularity::Intervals(_) => intervals,
            Granularity::Days => days,
        }
    }
}
