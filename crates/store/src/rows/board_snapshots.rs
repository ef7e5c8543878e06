//! Snapshots of what boards showed of queues' days: queries on `board_tally`.

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan, civil::Date};
use rusqlite::{
    Connection, Row, params_from_iter,
    types::{Type, Value},
};

use wallboard_domain::{
    BoardSnapshot, Counters, DailyValues, Metric, QUARTER_SECONDS, QueueId, RATIO_COUNTERS,
};

use crate::{
    Store, StoreError,
    database::statements::{CachedStatements, insert_statement},
};

const EPOCH: Date = Date::constant(1970, 1, 1);
const KEY_COLUMNS: [&str; 4] = ["source", "queue", "day", "at"];
const FLAG_COLUMNS: [&str; 5] = ["fresh", "complete", "estimated", "since", "missing"];
/// Extends the row of a quarter of an hour before if its values are the same.
static EXTEND: LazyLock<String> = LazyLock::new(|| {
    let same: Vec<String> = (value_columns().enumerate())
        .map(|(index, column)| format!("{column} IS ?{}", index + KEY_COLUMNS.len() + 2))
        .collect();
    format!(
        "UPDATE board_tally SET until = ?5
         WHERE source = ?1 AND queue = ?2 AND day = ?3 AND until = ?4 AND {}",
        same.join(" AND ")
    )
});

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let updated = || ["until"].into_iter().chain(value_columns());
    let updates: Vec<String> = updated()
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {}",
        insert_statement("board_tally", KEY_COLUMNS.into_iter().chain(updated())),
        KEY_COLUMNS.join(", "),
        updates.join(", ")
    )
});

const SELECT_DAYS: &str = "
    SELECT * FROM board_tally
    WHERE source = ?1 AND queue = ?2 AND ?3 <= day AND day <= ?4
    ORDER BY day, at";

impl Store {
    /// Stores what boards show. Extends rows whose values are as they were a quarter of an
    /// hour before; changes no other stored row.
    pub async fn store_board_snapshots(
        &self,
        snapshots: Vec<BoardSnapshot>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| store_snapshots(connection, &snapshots))
            .await
    }

    /// Loads what boards showed of a queue from the day `first` to `last`, in order.
    pub async fn board_snapshots(
        &self,
        queue: QueueId,
        first: Date,
        last: Date,
    ) -> Result<Vec<BoardSnapshot>, StoreError> {
        self.read(move |connection| load_between(connection, &queue, first, last))
            .await
    }

    /// Loads the same for several queues from one database state: a list for each queue.
    pub async fn board_snapshots_of(
        &self,
        queues: Vec<QueueId>,
        first: Date,
        last: Date,
    ) -> Result<Vec<Vec<BoardSnapshot>>, StoreError> {
        self.read(move |connection| {
            let load = |queue| load_between(connection, queue, first, last);
            queues.iter().map(load).collect()
        })
        .await
    }

    /// Whether anything live was ever shown with this database.
    pub async fn has_live_history(&self) -> Result<bool, StoreError> {
        let query = "SELECT EXISTS (SELECT 1 FROM board_tally) OR EXISTS (SELECT 1 FROM profile)";
        self.read(|connection| connection.query_row(query, [], |row| row.get(0)))
            .await
    }

    /// Removes the snapshots of days before this one.
    pub async fn prune_board_snapshots(&self, before: Date) -> Result<(), StoreError> {
        self.write(move |connection| {
            let delete = "DELETE FROM board_tally WHERE day < ?1";
            connection.run_statement(delete, [epoch_day(before)])?;
            Ok(())
        })
        .await
    }
}

/// The columns that are compared to extend a row: flags, figures, sums.
fn value_columns() -> impl Iterator<Item = &'static str> {
    let figures = DailyValues::stored_metrics().map(Metric::name);
    FLAG_COLUMNS
        .into_iter()
        .chain(figures)
        .chain(RATIO_COUNTERS.map(<&str>::from))
}

fn store_snapshots(
    connection: &mut Connection,
    snapshots: &[BoardSnapshot],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for snapshot in snapshots {
        let at = snapshot.at.as_second();
        let extended = to_parameters(snapshot, at - QUARTER_SECONDS, at);
        if transaction.run_statement(&EXTEND, params_from_iter(extended))? == 0 {
            let inserted = to_parameters(snapshot, at, snapshot.until.as_second());
            transaction.run_statement(&INSERT, params_from_iter(inserted))?;
        }
    }
    transaction.commit()
}

/// The key, `until`, and the values in the order of [`value_columns`].
fn to_parameters(snapshot: &BoardSnapshot, at: i64, until: i64) -> Vec<Value> {
    let id = &snapshot.queue;
    let key = [
        Value::from(id.source.as_str().to_owned()),
        Value::from(id.external.to_string()),
        Value::from(epoch_day(snapshot.day)),
        Value::from(at),
        Value::from(until),
    ];
    let flags = [
        Value::from(snapshot.is_up_to_date),
        Value::from(snapshot.is_complete),
        Value::from(snapshot.is_estimated),
        Value::from(snapshot.since.map(Timestamp::as_second)),
        Value::from(snapshot.missing),
    ];
    let figures =
        DailyValues::stored_metrics().map(|metric| Value::from(snapshot.figures.get(metric)));
    let sums =
        RATIO_COUNTERS.map(|counter| Value::from(snapshot.sums.and_then(|sums| sums.get(counter))));
    key.into_iter()
        .chain(flags)
        .chain(figures)
        .chain(sums)
        .collect()
}

/// Loads the snapshots of the days from `first` to `last`, both included, in order.
fn load_between(
    connection: &Connection,
    queue: &QueueId,
    first: Date,
    last: Date,
) -> rusqlite::Result<Vec<BoardSnapshot>> {
    let (source, external) = (queue.source.as_str(), &*queue.external);
    let parameters = (source, external, epoch_day(first), epoch_day(last));
    connection.load_rows(SELECT_DAYS, parameters, |row| read_snapshot(row, queue))
}

fn read_snapshot(row: &Row<'_>, queue: &QueueId) -> rusqlite::Result<BoardSnapshot> {
    let second = |name: &str| -> rusqlite::Result<Option<Timestamp>> {
        let second: Option<i64> = row.get(name)?;
        second
            .map(Timestamp::from_second)
            .transpose()
            .map_err(to_sql_error)
    };
    let day: i64 = row.get("day")?;
    let day = EPOCH.checked_add(day.days()).map_err(to_sql_error)?;
    let mut figures = Vec::new();
    for metric in DailyValues::stored_metrics() {
        let value: Option<f64> = row.get(metric.name())?;
        figures.extend(value.map(|value| (metric, value)));
    }
    let mut sums = Counters::UNKNOWN;
    for counter in RATIO_COUNTERS {
        sums.set(counter, row.get(counter.into_str())?);
    }
    Ok(BoardSnapshot {
        queue: queue.clone(),
        day,
        at: second("at")?.unwrap_or_default(),
        until: second("until")?.unwrap_or_default(),
        is_up_to_date: row.get("fresh")?,
        is_complete: row.get("complete")?,
        is_estimated: row.get("estimated")?,
        since: second("since")?,
        missing: row.get("missing")?,
        figures: figures.into_iter().collect(),
        sums: (sums != Counters::UNKNOWN).then_some(sums),
    })
}

/// Days since 1970.
fn epoch_day(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

fn to_sql_error(cause: jiff::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wallboard_domain::Counter;

    fn board_snapshot(queue: &str, at: &str, answered: f64) -> BoardSnapshot {
        let at: Timestamp = at.parse().unwrap();
        BoardSnapshot {
            queue: QueueId::new(&"chat".into(), queue),
            day: at.to_zoned(jiff::tz::TimeZone::UTC).date(),
            at,
            until: at,
            is_up_to_date: true,
            is_complete: false,
            is_estimated: true,
            since: Some("2026-11-20T08:07:00Z".parse().unwrap()),
            missing: Some(420),
            figures: [(Metric::Answered, answered), (Metric::ServiceLevel, 81.25)]
                .into_iter()
                .collect(),
            sums: Some(Counters::LIVE.only(&RATIO_COUNTERS).with(Counter::Waits, 7)),
        }
    }

    fn open_store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn snapshots_are_read_back_as_stored() {
        let (store, _folder) = open_store();
        let voice = BoardSnapshot {
            sums: None,
            since: None,
            missing: None,
            is_up_to_date: false,
            ..board_snapshot("9001", "2026-11-20T10:15:00Z", 3.0)
        };
        let first = board_snapshot("1", "2026-11-20T10:00:00Z", 12.0);
        let second = board_snapshot("1", "2026-11-20T10:15:00Z", 14.0);
        let snapshots = vec![first.clone(), second.clone(), voice.clone()];
        store.store_board_snapshots(snapshots).await.unwrap();

        let queue_of = |snapshot: &BoardSnapshot| snapshot.queue.clone();
        let day = first.day;
        let read = store
            .board_snapshots(queue_of(&first), day, day)
            .await
            .unwrap();
        assert_eq!(read, [first, second]);
        let tomorrow = day.tomorrow().unwrap();
        for (day, stored) in [(day, &[voice.clone()][..]), (tomorrow, &[])] {
            let read = store.board_snapshots(queue_of(&voice), day, day);
            assert_eq!(read.await.unwrap(), stored);
        }
    }

    #[tokio::test]
    async fn unchanged_snapshots_share_a_row_unless_a_quarter_is_missing() {
        let (store, _folder) = open_store();
        for time in ["10:00", "10:15", "10:30", "11:00"] {
            let snapshot = board_snapshot("1", &format!("2026-11-20T{time}:00Z"), 12.0);
            store.store_board_snapshots(vec![snapshot]).await.unwrap();
        }

        let queue = QueueId::new(&"chat".into(), "1");
        let day = "2026-11-20".parse().unwrap();
        let read = store.board_snapshots(queue, day, day).await.unwrap();
        let spans: Vec<_> = (read.iter())
            .map(|snapshot| {
                let time = |at: Timestamp| at.strftime("%H:%M").to_string();
                time(snapshot.at) + "-" + &time(snapshot.until)
            })
            .collect();
        assert_eq!(spans, ["10:00-10:30", "11:00-11:00"]);
    }

    #[tokio::test]
    async fn snapshots_of_old_days_are_pruned() {
        let (store, _folder) = open_store();
        let old = board_snapshot("1", "2025-10-01T10:00:00Z", 1.0);
        let new = board_snapshot("1", "2026-11-20T10:00:00Z", 2.0);
        let snapshots = vec![old.clone(), new.clone()];
        store.store_board_snapshots(snapshots).await.unwrap();

        store.prune_board_snapshots(new.day).await.unwrap();

        let read = store.board_snapshots(new.queue.clone(), old.day, new.day);
        assert_eq!(read.await.unwrap(), [new]);
    }
}
