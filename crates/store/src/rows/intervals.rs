//! Writes figures of intervals, a window of time at once, and sums them over the days of a
//! zone. Statements on the `…_interval`, `…_day` and `breakdown` tables.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use rusqlite::{Connection, Statement, ToSql, TransactionBehavior, params};
use strum::{IntoEnumIterator, VariantNames};

use wallboard_domain::{
    AgentCounter, AgentCounters, CountBy, Counter, Counters, HandledTime, SourceId, Staffing,
    WaitDistribution,
};

use crate::{
    Store, StoreError,
    database::statements::{CachedStatements, insert_statement},
    people::forgotten::ForgottenPeople,
    rows::{
        catalog::{self, NameClass},
        wait_columns,
    },
};

/// Stands for all queues or agents without their own row in an interval, where their
/// counters aren't all zero.
pub const OTHERS: &str = "";

/// The figures of a window of one source's time.
#[derive(Clone, Debug)]
pub struct ComputedWindow {
    pub source: SourceId,
    /// Unix seconds. Intervals that start in it are replaced.
    pub window: Range<i64>,
    /// The part that is replaced; the rest stays.
    pub part: ComputedPart,
    pub queues: Vec<QueueIntervalRow>,
    pub agents: Vec<AgentIntervalRow>,
    pub breakdowns: Vec<BreakdownRow>,
    pub staff: Vec<QueueStaffRow>,
    /// The days of the site's zone that the window touches.
    pub days: Vec<LocalDay>,
    /// The marked days (UTC days since 1970) that this computation settles.
    pub cleared_days: Vec<i64>,
}

/// How much of a window is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComputedPart {
    #[default]
    Whole,
    /// Only the figures of queues, where nothing else can have changed.
    Queues,
}

/// A queue's figures of one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueIntervalRow {
    /// The vendor's id, as in all rows here.
    pub queue: String,
    pub by: CountBy,
    pub start: i64,
    /// Seconds: 900, 3600 or 86400.
    pub length: i64,
    pub counters: Counters,
    /// `None` if the source has no single calls.
    pub waits: Option<WaitDistribution>,
}

/// An agent's figures of one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentIntervalRow {
    pub agent: String,
    pub start: i64,
    pub length: i64,
    pub counters: AgentCounters,
}

/// The time of the agents who were signed in to a queue in a quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueStaffRow {
    pub queue: String,
    pub start: i64,
    /// Without the measured time, which is the quarter.
    pub staffing: Staffing,
}

/// The number of a queue's contacts that began in a quarter of an hour and had this code, or of an
/// agent's sign-outs in it with this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakdownRow {
    pub class: NameClass,
    /// For sign-outs, the agent.
    pub queue: String,
    pub start: i64,
    pub key: String,
    pub contacts: i64,
    /// Of those that were handled; `None` if it isn't known.
    pub handled: Option<HandledTime>,
}

/// One date in the site's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDay {
    /// Days since 1970.
    pub day: i64,
    pub start: i64,
    pub end: i64,
}

impl Store {
    /// Replaces the figures of a window with computed ones, and removes its marks.
    pub async fn replace_intervals(&self, mut computed: ComputedWindow) -> Result<(), StoreError> {
        self.write(move |connection| replace_window(connection, &mut computed))
            .await
    }

    /// Removes the marks of days that won't be recomputed.
    pub async fn clear_dirty_days(
        &self,
        source: SourceId,
        days: Vec<i64>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| clear_days(connection, &source, &days))
            .await
    }
}

impl ComputedWindow {
    /// Removes the figures of some agents.
    fn remove_agents(&mut self, is_removed: impl Fn(&str) -> bool) {
        self.agents.retain(|row| !is_removed(&row.agent));
        let is_of_agent = |row: &BreakdownRow| row.class == NameClass::LogoffReason;
        self.breakdowns
            .retain(|row| !is_of_agent(row) || !is_removed(&row.queue));
    }
}

/// The code in the column `count_by`.
pub(super) fn count_by_code(by: CountBy) -> i64 {
    match by {
        CountBy::Start => 0,
        CountBy::Event => 1,
    }
}

fn replace_window(
    connection: &mut Connection,
    computed: &mut ComputedWindow,
) -> rusqlite::Result<()> {
    // It reads before it writes: without taking the lock first, it couldn't wait for
    // another process that writes.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(forgotten) = ForgottenPeople::load(&transaction)? {
        // Its rows may be from before somebody was forgotten.
        let source = computed.source.clone();
        computed.remove_agents(|agent| forgotten.has_agent(&source, agent));
    }
    clear_window(&transaction, computed)?;
    insert_queues(&transaction, computed)?;
    insert_agents(&transaction, computed)?;
    insert_breakdowns(&transaction, computed)?;
    insert_staff(&transaction, computed)?;
    let queues = computed.queues.iter().map(|row| &*row.queue);
    let queues = queues.filter(|queue| *queue != OTHERS).collect();
    catalog::insert_missing(&transaction, &computed.source, NameClass::Queue, &queues)?;
    let agents = computed.agents.iter().map(|row| &*row.agent);
    let agents = agents.filter(|agent| *agent != OTHERS).collect();
    catalog::insert_missing(&transaction, &computed.source, NameClass::Agent, &agents)?;
    for day in &computed.days {
        sum_day(&transaction, &computed.source, *day, computed.part)?;
    }
    catalog::extend_coverage(&transaction, &computed.source, computed.window.clone())?;
    clear_days(&transaction, &computed.source, &computed.cleared_days)?;
    transaction.commit()
}

fn clear_days(connection: &Connection, source: &SourceId, days: &[i64]) -> rusqlite::Result<()> {
    let delete = "DELETE FROM import_dirty WHERE source = ?1 AND day = ?2";
    for day in days {
        connection.run_statement(delete, (source.as_str(), day))?;
    }
    Ok(())
}

fn clear_window(connection: &Connection, computed: &ComputedWindow) -> rusqlite::Result<()> {
    let queries = match computed.part {
        ComputedPart::Whole => &CLEAR_WINDOW[..],
        ComputedPart::Queues => &CLEAR_WINDOW[..1],
    };
    for query in queries {
        let Range { start, end } = computed.window;
        connection.run_statement(query, (computed.source.as_str(), start, end))?;
    }
    Ok(())
}

// Every key column before `start` is given, so that each is an index search. The figures of
// queues come first, as in all lists here.
const CLEAR_WINDOW: [&str; 5] = [
    "DELETE FROM queue_interval WHERE source = ?1 AND count_by IN (0, 1)
         AND length IN (900, 3600, 86400) AND ?2 <= start AND start < ?3",
    "DELETE FROM agent_interval WHERE source = ?1
         AND length IN (900, 3600, 86400) AND ?2 <= start AND start < ?3",
    "DELETE FROM agent_pause WHERE source = ?1
         AND length IN (900, 3600, 86400) AND ?2 <= start AND start < ?3",
    "DELETE FROM breakdown WHERE source = ?1
         AND kind IN ('reason', 'issue', 'type', 'end_by', 'exit_key', 'number', 'logoff_reason')
         AND ?2 <= start AND start < ?3",
    "DELETE FROM queue_staff WHERE source = ?1 AND ?2 <= start AND start < ?3",
];

static INSERT_QUEUE: LazyLock<String> = LazyLock::new(|| {
    let key = ["source", "count_by", "length", "start", "queue"];
    let counters = Counter::STORED.iter().map(Counter::into_str);
    let columns = key.into_iter().chain(counters);
    insert_statement("queue_interval", columns.chain(wait_columns::COLUMNS))
});

fn insert_queues(connection: &Connection, computed: &ComputedWindow) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(&INSERT_QUEUE)?;
    for row in &computed.queues {
        let key: [&dyn ToSql; 5] = [
            &computed.source.as_str(),
            &count_by_code(row.by),
            &row.length,
            &row.start,
            &row.queue,
        ];
        let counters = Counter::STORED.iter().map(|counter| {
            let value = row.counters.get(*counter);
            value.map(|value| value / counter.scale())
        });
        let first = key.len() + Counter::STORED.len() + 1;
        let waits = wait_columns::encode_waits(row.waits.as_ref());
        for (index, bytes) in (first..).zip(waits) {
            insert.raw_bind_parameter(index, bytes)?;
        }
        insert_counters(&mut insert, &key, counters)?;
    }
    Ok(())
}

static INSERT_AGENT: LazyLock<String> = LazyLock::new(|| {
    let key = ["source", "length", "start", "agent"];
    let counters = AgentCounter::VARIANTS.iter().copied();
    insert_statement("agent_interval", key.into_iter().chain(counters))
});

fn insert_agents(connection: &Connection, computed: &ComputedWindow) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(&INSERT_AGENT)?;
    let mut pause =
        connection.prepare_cached("INSERT INTO agent_pause VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let source = computed.source.as_str();
    for row in &computed.agents {
        let key: [&dyn ToSql; 4] = [&source, &row.length, &row.start, &row.agent];
        let counters = AgentCounter::iter().map(|counter| row.counters.known(counter));
        insert_counters(&mut insert, &key, counters)?;
        for (code, seconds) in &row.counters.not_ready {
            pause.execute(params![
                source, row.length, row.start, row.agent, code, seconds
            ])?;
        }
    }
    Ok(())
}

fn insert_breakdowns(connection: &Connection, computed: &ComputedWindow) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO breakdown VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for row in &computed.breakdowns {
        let handled = row.handled.as_ref();
        insert.execute(params![
            computed.source.as_str(),
            row.class.into_str(),
            row.start,
            row.queue,
            row.key,
            row.contacts,
            handled.map(|handled| handled.contacts),
            handled.map(|handled| handled.talk),
            handled.map(|handled| handled.wrap_up)
        ])?;
    }
    Ok(())
}

fn insert_staff(connection: &Connection, computed: &ComputedWindow) -> rusqlite::Result<()> {
    let mut insert =
        connection.prepare_cached("INSERT INTO queue_staff VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for QueueStaffRow {
        queue,
        start,
        staffing,
    } in &computed.staff
    {
        insert.execute(params![
            computed.source.as_str(),
            start,
            queue,
            staffing.logged_in,
            staffing.ready,
            staffing.busy,
            staffing.engaged
        ])?;
    }
    Ok(())
}

fn insert_counters(
    insert: &mut Statement<'_>,
    key: &[&dyn ToSql],
    counters: impl Iterator<Item = Option<i64>>,
) -> rusqlite::Result<()> {
    for (index, value) in (1..).zip(key) {
        insert.raw_bind_parameter(index, value)?;
    }
    for (index, value) in (key.len() + 1..).zip(counters) {
        insert.raw_bind_parameter(index, value)?;
    }
    insert.raw_execute().map(drop)
}

/// Sums queues over a day. A counter that is unknown in one interval is unknown for the day.
static SUM_QUEUES: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<_> = Counter::STORED.iter().map(Counter::into_str).collect();
    let sum = |counter: &Counter| match counter.into_str() {
        name if counter.is_sum() => sum_expression(name),
        name => format!("max({name})"),
    };
    let sums: Vec<_> = Counter::STORED.iter().map(sum).collect();
    format!(
        "INSERT INTO queue_day (source, count_by, day, queue, {})
         SELECT source, count_by, ?2, queue, {} FROM queue_interval
         WHERE source = ?1 AND count_by IN (0, 1) AND length IN (900, 3600)
             AND ?3 <= start AND start < ?4
         GROUP BY source, count_by, queue",
        names.join(", "),
        sums.join(", ")
    )
});

fn sum_expression(name: &str) -> String {
    format!("CASE WHEN count({name}) = count(*) THEN sum({name}) END")
}

static SUM_AGENTS: LazyLock<String> = LazyLock::new(|| {
    let names = AgentCounter::VARIANTS;
    let sums: Vec<_> = names.iter().map(|name| sum_expression(name)).collect();
    format!(
        "INSERT INTO agent_day (source, day, agent, {})
         SELECT source, ?2, agent, {} FROM agent_interval
         WHERE source = ?1 AND length IN (900, 3600) AND ?3 <= start AND start < ?4
         GROUP BY source, agent",
        names.join(", "),
        sums.join(", ")
    )
});

const SUM_PAUSES: &str = "
    INSERT INTO agent_pause_day (source, day, agent, code, seconds)
    SELECT source, ?2, agent, code, sum(seconds) FROM agent_pause
    WHERE source = ?1 AND length IN (900, 3600) AND ?3 <= start AND start < ?4
    GROUP BY source, agent, code";

static SUM_BREAKDOWNS: LazyLock<String> = LazyLock::new(|| {
    let times = ["handled", "talk_time", "wrap_up_time"];
    let sums = times.map(sum_expression);
    format!(
        "INSERT INTO breakdown_day (source, kind, day, queue, key, contacts, {})
         SELECT source, kind, ?2, queue, key, sum(contacts), {} FROM breakdown
         WHERE source = ?1
             AND kind IN ('reason', 'issue', 'type', 'end_by', 'exit_key', 'number', 'logoff_reason')
             AND ?3 <= start AND start < ?4
         GROUP BY source, kind, queue, key",
        times.join(", "),
        sums.join(", ")
    )
});

const SUM_STAFF: &str = "
    INSERT INTO queue_staff_day (source, day, queue, logged_in, ready, busy, engaged)
    SELECT source, ?2, queue, sum(logged_in), sum(ready), sum(busy), sum(engaged) FROM queue_staff
    WHERE source = ?1 AND ?3 <= start AND start < ?4
    GROUP BY source, queue";

const CLEAR_DAY: [&str; 5] = [
    "DELETE FROM queue_day WHERE source = ?1 AND count_by IN (0, 1) AND day = ?2",
    "DELETE FROM agent_day WHERE source = ?1 AND day = ?2",
    "DELETE FROM agent_pause_day WHERE source = ?1 AND day = ?2",
    "DELETE FROM breakdown_day WHERE source = ?1
         AND kind IN ('reason', 'issue', 'type', 'end_by', 'exit_key', 'number', 'logoff_reason')
         AND day = ?2",
    "DELETE FROM queue_staff_day WHERE source = ?1 AND day = ?2",
];

/// Sums a day from its intervals, replacing its earlier sums.
fn sum_day(
    connection: &Connection,
    source: &SourceId,
    day: LocalDay,
    part: ComputedPart,
) -> rusqlite::Result<()> {
    let sums = [
        &**SUM_QUEUES,
        &**SUM_AGENTS,
        SUM_PAUSES,
        &**SUM_BREAKDOWNS,
        SUM_STAFF,
    ];
    let queries = CLEAR_DAY.into_iter().zip(sums);
    let count = match part {
        ComputedPart::Whole => CLEAR_DAY.len(),
        ComputedPart::Queues => 1,
    };
    for (clear, sum) in queries.take(count) {
        let (source, LocalDay { day, start, end }) = (source.as_str(), day);
        connection.run_statement(clear, (source, day))?;
        connection.run_statement(sum, (source, day, start, end))?;
    }
    sum_waits(connection, source, day)
}

/// Sums the waits of a day. Waits that are unknown in one interval are unknown for the day.
fn sum_waits(connection: &Connection, source: &SourceId, day: LocalDay) -> rusqlite::Result<()> {
    let query = "SELECT count_by, queue, answered_waits, abandoned_waits FROM queue_interval
         WHERE source = ?1 AND count_by IN (0, 1) AND length IN (900, 3600)
             AND ?2 <= start AND start < ?3";
    let mut sums: BTreeMap<(i64, String), Option<WaitDistribution>> = BTreeMap::new();
    let parameters = (source.as_str(), day.start, day.end);
    connection.load_rows::<_, ()>(query, parameters, |row| {
        let none = || Some(WaitDistribution::default());
        let sum = sums.entry((row.get(0)?, row.get(1)?)).or_insert_with(none);
        match (sum.as_mut(), wait_columns::read_waits(row, 2)?) {
            (Some(sum), Some(more)) => sum.merge(&more),
            _ => *sum = None,
        }
        Ok(())
    })?;
    let update = "UPDATE queue_day SET answered_waits = ?5, abandoned_waits = ?6
         WHERE source = ?1 AND count_by = ?2 AND day = ?3 AND queue = ?4";
    for ((by, queue), waits) in sums {
        let [answered, abandoned] = wait_columns::encode_waits(waits.as_ref());
        let parameters = (source.as_str(), by, day.day, queue, answered, abandoned);
        connection.run_statement(update, parameters)?;
    }
    Ok(())
}
