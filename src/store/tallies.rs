//! What boards showed of queues' days: queries on `board_tally`.

use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan, civil::Date};
use rusqlite::{
    Connection, Row, params_from_iter,
    types::{Type, Value},
};

use crate::domain::{BoardTally, Counter, Counters, DayFigures, Metric, QUARTER, QueueId, SUMS};

use super::{Store, StoreError};

const EPOCH: Date = Date::constant(1970, 1, 1);
const KEY: [&str; 4] = ["source", "queue", "day", "at"];
const MARKS: [&str; 5] = ["fresh", "complete", "estimated", "since", "missing"];
/// What stands as it stood a quarter of an hour before goes on.
static GO_ON: LazyLock<String> = LazyLock::new(|| {
    let same: Vec<String> = (said().enumerate())
        .map(|(place, column)| format!("{column} IS ?{}", place + KEY.len() + 2))
        .collect();
    format!(
        "UPDATE board_tally SET until = ?5
         WHERE source = ?1 AND queue = ?2 AND day = ?3 AND until = ?4 AND {}",
        same.join(" AND ")
    )
});

static PUT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = KEY.into_iter().chain(["until"]).chain(said()).collect();
    let places: Vec<String> = (1..=columns.len())
        .map(|place| format!("?{place}"))
        .collect();
    let anew: Vec<String> = (columns[KEY.len()..].iter())
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    format!(
        "INSERT INTO board_tally ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
        columns.join(", "),
        places.join(", "),
        KEY.join(", "),
        anew.join(", ")
    )
});

const FROM_TO: &str = "
    SELECT * FROM board_tally
    WHERE source = ?1 AND queue = ?2 AND ?3 <= day AND day <= ?4
    ORDER BY day, at";

const LAST: &str = "
    SELECT * FROM board_tally
    WHERE source = ?1 AND queue = ?2 AND day = ?3
    ORDER BY at DESC LIMIT 1";

impl Store {
    /// Keeps what boards show. What stands as it stood a quarter of an hour before goes
    /// on; nothing else that was kept changes.
    pub async fn keep_tallies(&self, tallies: Vec<BoardTally>) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| keep(connection, &tallies).map_err(StoreError::Write))
            .await
    }

    /// What boards showed of a queue from the day `first` to `last`, in order.
    pub async fn tallies(
        &self,
        queue: QueueId,
        first: Date,
        last: Date,
    ) -> Result<Vec<BoardTally>, StoreError> {
        let read = move |connection: &Connection| between(connection, &queue, first, last);
        self.readers.read(read).await
    }

    /// The same of several queues, a list a queue, at one moment.
    pub async fn tallies_of(
        &self,
        queues: Vec<QueueId>,
        first: Date,
        last: Date,
    ) -> Result<Vec<Vec<BoardTally>>, StoreError> {
        let read = move |connection: &Connection| {
            let of = |queue: &QueueId| between(connection, queue, first, last);
            queues.iter().map(of).collect()
        };
        self.readers.read(read).await
    }

    /// What boards showed last of a queue's day.
    pub async fn day_tally(
        &self,
        queue: QueueId,
        day: Date,
    ) -> Result<Option<BoardTally>, StoreError> {
        let read = move |connection: &Connection| last_of(connection, &queue, day);
        self.readers.read(read).await
    }

    /// Removes what boards showed on days before this one.
    pub async fn forget_tallies(&self, before: Date) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| forget(connection, before).map_err(StoreError::Write))
            .await
    }
}

/// All that may be as it was: marks, figures, sums.
fn said() -> impl Iterator<Item = &'static str> {
    let figures = DayFigures::metrics().map(Metric::name);
    MARKS
        .into_iter()
        .chain(figures)
        .chain(SUMS.map(Counter::name))
}

fn keep(connection: &mut Connection, tallies: &[BoardTally]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut go_on = transaction.prepare_cached(&GO_ON)?;
        let mut put = transaction.prepare_cached(&PUT)?;
        for tally in tallies {
            let at = tally.at.as_second();
            let boundary = params_from_iter(row(tally, at - QUARTER, at));
            if go_on.execute(boundary)? == 0 {
                put.execute(params_from_iter(row(tally, at, tally.until.as_second())))?;
            }
        }
    }
    transaction.commit()
}

/// The key, `until`, and what may be as it was, in the order of [`said`].
fn row(tally: &BoardTally, at: i64, until: i64) -> Vec<Value> {
    let id = &tally.queue;
    let key = [
        Value::from(id.source.as_str().to_owned()),
        Value::from(id.external.to_string()),
        Value::from(days(tally.day)),
        Value::from(at),
        Value::from(until),
    ];
    let marks = [
        Value::from(tally.fresh),
        Value::from(tally.complete),
        Value::from(tally.estimated),
        Value::from(tally.since.map(Timestamp::as_second)),
        Value::from(tally.missing),
    ];
    let figures = DayFigures::metrics().map(|metric| Value::from(tally.figures.get(metric)));
    let sums = SUMS.map(|counter| Value::from(tally.sums.and_then(|sums| sums.get(counter))));
    key.into_iter()
        .chain(marks)
        .chain(figures)
        .chain(sums)
        .collect()
}

/// Of days from `first` to `last`, both of them too, in order.
fn between(
    connection: &Connection,
    queue: &QueueId,
    first: Date,
    last: Date,
) -> rusqlite::Result<Vec<BoardTally>> {
    let mut query = connection.prepare_cached(FROM_TO)?;
    let (source, external) = (queue.source.as_str(), &*queue.external);
    let rows = query.query_map((source, external, days(first), days(last)), |row| {
        read(row, queue)
    })?;
    rows.collect()
}

/// The last that was kept of a day.
fn last_of(
    connection: &Connection,
    queue: &QueueId,
    day: Date,
) -> rusqlite::Result<Option<BoardTally>> {
    let mut query = connection.prepare_cached(LAST)?;
    let (source, external) = (queue.source.as_str(), &*queue.external);
    let mut rows = query.query_map((source, external, days(day)), |row| read(row, queue))?;
    rows.next().transpose()
}

/// Removes days before this one.
fn forget(connection: &Connection, before: Date) -> rusqlite::Result<()> {
    let query = "DELETE FROM board_tally WHERE day < ?1";
    connection.execute(query, [days(before)])?;
    Ok(())
}

fn read(row: &Row<'_>, queue: &QueueId) -> rusqlite::Result<BoardTally> {
    let second = |name: &str| -> rusqlite::Result<Option<Timestamp>> {
        let second: Option<i64> = row.get(name)?;
        second.map(Timestamp::from_second).transpose().map_err(odd)
    };
    let day: i64 = row.get("day")?;
    let day = EPOCH.checked_add(day.days()).map_err(odd)?;
    let mut figures = Vec::new();
    for metric in DayFigures::metrics() {
        let value: Option<f64> = row.get(metric.name())?;
        figures.extend(value.map(|value| (metric, value)));
    }
    let mut sums = Counters::UNKNOWN;
    for counter in SUMS {
        sums.set(counter, row.get(counter.name())?);
    }
    Ok(BoardTally {
        queue: queue.clone(),
        day,
        at: second("at")?.unwrap_or_default(),
        until: second("until")?.unwrap_or_default(),
        fresh: row.get("fresh")?,
        complete: row.get("complete")?,
        estimated: row.get("estimated")?,
        since: second("since")?,
        missing: row.get("missing")?,
        figures: figures.into_iter().collect(),
        sums: (sums != Counters::UNKNOWN).then_some(sums),
    })
}

/// Since 1970.
fn days(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

fn odd(cause: jiff::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(queue: &str, at: &str, answered: f64) -> BoardTally {
        let at: Timestamp = at.parse().unwrap();
        BoardTally {
            queue: QueueId::new(&"chat".into(), queue),
            day: at.to_zoned(jiff::tz::TimeZone::UTC).date(),
            at,
            until: at,
            fresh: true,
            complete: false,
            estimated: true,
            since: Some("2026-11-20T08:07:00Z".parse().unwrap()),
            missing: Some(420),
            figures: [(Metric::Answered, answered), (Metric::ServiceLevel, 81.25)]
                .into_iter()
                .collect(),
            sums: Some(Counters::LIVE.only(&SUMS).with(Counter::Waits, 7)),
        }
    }

    fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn what_is_kept_is_read_as_it_was() {
        let (store, _folder) = store();
        let voice = BoardTally {
            sums: None,
            since: None,
            missing: None,
            fresh: false,
            ..tally("9001", "2026-11-20T10:15:00Z", 3.0)
        };
        let first = tally("1", "2026-11-20T10:00:00Z", 12.0);
        let second = tally("1", "2026-11-20T10:15:00Z", 14.0);
        let kept = vec![first.clone(), second.clone(), voice.clone()];
        store.keep_tallies(kept).await.unwrap();

        let of = |tally: &BoardTally| tally.queue.clone();
        let day = first.day;
        let read = store.tallies(of(&first), day, day).await.unwrap();
        assert_eq!(read, [first, second.clone()]);
        assert_eq!(
            store.day_tally(of(&voice), day).await.unwrap(),
            Some(voice.clone())
        );
        assert_eq!(
            store.day_tally(of(&second), day).await.unwrap(),
            Some(second)
        );
        let tomorrow = day.tomorrow().unwrap();
        assert_eq!(store.day_tally(of(&voice), tomorrow).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_stands_as_it_stood_is_one_row_unless_a_boundary_is_lacking() {
        let (store, _folder) = store();
        for time in ["10:00", "10:15", "10:30", "11:00"] {
            let kept = tally("1", &format!("2026-11-20T{time}:00Z"), 12.0);
            store.keep_tallies(vec![kept]).await.unwrap();
        }

        let queue = QueueId::new(&"chat".into(), "1");
        let day = "2026-11-20".parse().unwrap();
        let read = store.tallies(queue, day, day).await.unwrap();
        let spans: Vec<_> = (read.iter())
            .map(|tally| {
                let time = |at: Timestamp| at.strftime("%H:%M").to_string();
                time(tally.at) + "-" + &time(tally.until)
            })
            .collect();
        assert_eq!(spans, ["10:00-10:30", "11:00-11:00"]);
    }

    #[tokio::test]
    async fn days_long_gone_are_forgotten() {
        let (store, _folder) = store();
        let old = tally("1", "2025-10-01T10:00:00Z", 1.0);
        let new = tally("1", "2026-11-20T10:00:00Z", 2.0);
        let kept = vec![old.clone(), new.clone()];
        store.keep_tallies(kept).await.unwrap();

        store.forget_tallies(new.day).await.unwrap();

        let read = store.tallies(new.queue.clone(), old.day, new.day);
        assert_eq!(read.await.unwrap(), [new]);
    }
}
