//! The past of custom figures: queries on `figure_value`, with the runs in which they were recorded.

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use wallboard_domain::{CustomFigureId, CustomValue, QueueId};

use crate::{Store, StoreError, database::statements::CachedStatements};

const ADD_SUBJECT: &str =
    "INSERT OR IGNORE INTO figure_subject (figure, source, queue) VALUES (?1, ?2, ?3)";
const ADD_VALUE: &str = "INSERT OR REPLACE INTO figure_value
     SELECT id, ?4, ?5, ?6 FROM figure_subject WHERE figure = ?1 AND source = ?2 AND queue = ?3";
/// A run that isn't known begins where it is said to continue.
const EXTEND_RUN: &str = "INSERT INTO figure_run VALUES (?1, ?2)
     ON CONFLICT (start) DO UPDATE SET until = excluded.until";
const RUNS: &str =
    "SELECT start, until FROM figure_run WHERE ?1 <= until AND start < ?2 ORDER BY start";
/// From the value that held at the beginning.
const VALUES: &str = "SELECT at, number, word FROM figure_value
     WHERE subject = (SELECT id FROM figure_subject WHERE figure = ?1 AND source = ?2 AND queue = ?3)
       AND at < ?5 AND coalesce((SELECT max(at) FROM figure_value
         WHERE subject = (SELECT id FROM figure_subject WHERE figure = ?1 AND source = ?2 AND queue = ?3)
           AND at <= ?4), ?4) <= at
     ORDER BY at";
const QUEUES: &str = "SELECT source, queue FROM figure_subject
     WHERE figure = ?1 AND source <> '' ORDER BY source, queue";

/// A custom figure of a queue, or of the site.
pub type FigureSubject = (CustomFigureId, Option<QueueId>);

/// A change of a custom figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureChange {
    pub subject: FigureSubject,
    /// From when on.
    pub at: Timestamp,
    /// `None`: it isn't known any longer, or out of date.
    pub value: Option<CustomValue>,
}

/// A time in which a custom figure had one value, as far as is known.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureSpan {
    pub from: Timestamp,
    pub to: Timestamp,
    pub value: CustomValue,
}

/// A row of `figure_value`.
struct ValueRow {
    at: i64,
    value: Option<CustomValue>,
}

impl Store {
    /// Stores changes, and that all figures were recorded from `start` to `until` without a pause.
    pub async fn store_figure_values(
        &self,
        changes: Vec<FigureChange>,
        start: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let behavior = TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behavior)?;
            for change in &changes {
                let (figure, source, queue) = columns(&change.subject);
                transaction.run_statement(ADD_SUBJECT, (figure, source, queue))?;
                let (number, word) = match &change.value {
                    Some(CustomValue::Number(number)) => (Some(*number), None),
                    Some(CustomValue::State(word)) => (None, Some(&**word)),
                    None => (None, None),
                };
                let row = (figure, source, queue, change.at.as_second(), number, word);
                transaction.run_statement(ADD_VALUE, row)?;
            }
            transaction.run_statement(EXTEND_RUN, (start.as_second(), until.as_second()))?;
            transaction.commit()
        })
        .await
    }

    /// Loads the values of a figure from `from` to before `to`, in order. Times in which it wasn't known are left out.
    pub async fn figure_spans(
        &self,
        subject: FigureSubject,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<FigureSpan>, StoreError> {
        self.read(move |connection| load_spans(connection, &subject, [from, to]))
            .await
    }

    /// Loads the queues of which a figure was ever recorded.
    pub async fn queues_of_figure(
        &self,
        figure: CustomFigureId,
    ) -> Result<Vec<QueueId>, StoreError> {
        self.read(move |connection| {
            connection.load_rows(QUEUES, [figure.as_str()], |row| {
                let (source, queue): (String, String) = (row.get(0)?, row.get(1)?);
                Ok(QueueId::new(&source.as_str().into(), &queue))
            })
        })
        .await
    }

    /// Removes values and runs before this time.
    pub async fn prune_figure_values(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let before = before.as_second();
            let behavior = TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behavior)?;
            let of_each = "DELETE FROM figure_value WHERE at < ?1
                 AND subject IN (SELECT id FROM figure_subject)";
            transaction.run_statement(of_each, [before])?;
            let unused = "DELETE FROM figure_subject
                 WHERE NOT EXISTS (SELECT 1 FROM figure_value WHERE subject = id)";
            transaction.run_statement(unused, [])?;
            transaction.run_statement("DELETE FROM figure_run WHERE until < ?1", [before])?;
            transaction.commit()
        })
        .await
    }
}

fn columns((figure, queue): &FigureSubject) -> (&str, &str, &str) {
    let (source, external) = match queue {
        Some(id) => (id.source.as_str(), &*id.external),
        None => ("", ""),
    };
    (figure.as_str(), source, external)
}

fn load_spans(
    connection: &Connection,
    subject: &FigureSubject,
    [from, to]: [Timestamp; 2],
) -> rusqlite::Result<Vec<FigureSpan>> {
    let (figure, source, queue) = columns(subject);
    let (from, to) = (from.as_second(), to.as_second());
    let runs: Vec<(i64, i64)> =
        connection.load_rows(RUNS, (from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<ValueRow> =
        connection.load_rows(VALUES, (figure, source, queue, from, to), |row| {
            let (number, word): (Option<f64>, Option<String>) = (row.get(1)?, row.get(2)?);
            let of_word = word.map(|word| CustomValue::State(word.into()));
            Ok(ValueRow {
                at: row.get(0)?,
                value: number.map(CustomValue::Number).or(of_word),
            })
        })?;
    let spans = runs.iter().flat_map(|(start, until)| {
        // A value of a run before says nothing of this one.
        let first = rows.partition_point(|row| row.at < *start);
        let last = rows.partition_point(|row| row.at <= *until);
        let own = rows.get(first..last).unwrap_or_default();
        let ends = own.iter().skip(1).map(|row| row.at).chain([*until]);
        own.iter().zip(ends).filter_map(move |(row, end)| {
            let (from, to) = (row.at.max(from), end.min(to));
            Some(FigureSpan {
                from: Timestamp::from_second(from).ok()?,
                to: Timestamp::from_second(to).ok().filter(|_| from <= to)?,
                value: row.value.clone()?,
            })
        })
    });
    Ok(spans.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}Z").parse().unwrap()
    }

    fn orders() -> FigureSubject {
        (CustomFigureId::parse("orders").unwrap(), None)
    }

    fn change(time: &str, number: Option<f64>) -> FigureChange {
        FigureChange {
            subject: orders(),
            at: at(time),
            value: number.map(CustomValue::Number),
        }
    }

    async fn spans(store: &Store, from: &str, to: &str) -> Vec<(String, String, f64)> {
        let spans = store.figure_spans(orders(), at(from), at(to)).await;
        let text = |at: Timestamp| at.strftime("%H:%M:%S").to_string();
        let spans = spans.unwrap().into_iter().map(|span| {
            let CustomValue::Number(number) = span.value else {
                panic!("{span:?}");
            };
            (text(span.from), text(span.to), number)
        });
        spans.collect()
    }

    fn span(from: &str, to: &str, number: f64) -> (String, String, f64) {
        (from.to_owned(), to.to_owned(), number)
    }

    #[tokio::test]
    async fn what_was_not_known_or_not_recorded_is_in_no_span() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let keep = async |changes: Vec<FigureChange>, start: &str, until: &str| {
            let kept = store.store_figure_values(changes, at(start), at(until));
            kept.await.unwrap();
        };
        keep(vec![change("10:00:00", Some(4.0))], "10:00:00", "10:00:00").await;
        keep(Vec::new(), "10:00:00", "10:05:00").await;
        let gone = vec![change("10:05:01", None)];
        keep(gone, "10:00:00", "10:06:00").await;
        let back = vec![change("10:09:00", Some(7.0))];
        keep(back, "10:00:00", "10:10:00").await;
        // Killed, and started again with the same value.
        keep(vec![change("10:30:00", Some(7.0))], "10:30:00", "10:31:00").await;

        let expected = [
            span("10:00:00", "10:05:01", 4.0),
            span("10:09:00", "10:10:00", 7.0),
            span("10:30:00", "10:31:00", 7.0),
        ];
        assert_eq!(spans(&store, "09:00:00", "11:00:00").await, expected);
        let part = spans(&store, "10:03:00", "10:09:30").await;
        let expected = [
            span("10:03:00", "10:05:01", 4.0),
            span("10:09:00", "10:09:30", 7.0),
        ];
        assert_eq!(part, expected);
        assert_eq!(spans(&store, "10:11:00", "10:30:00").await, []);

        store.prune_figure_values(at("10:20:00")).await.unwrap();
        let expected = [span("10:30:00", "10:31:00", 7.0)];
        assert_eq!(spans(&store, "09:00:00", "11:00:00").await, expected);
    }

    #[tokio::test]
    async fn words_and_queues_are_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let (figure, queue) = (orders().0, QueueId::new(&"chat".into(), "3/f"));
        let word = |queue: Option<&QueueId>, word: &str| FigureChange {
            subject: (figure.clone(), queue.cloned()),
            at: at("10:00:00"),
            value: Some(CustomValue::State(word.into())),
        };
        let changes = vec![word(None, "up"), word(Some(&queue), "down")];
        let kept = store.store_figure_values(changes, at("10:00:00"), at("10:01:00"));
        kept.await.unwrap();

        let subject = (figure.clone(), Some(queue.clone()));
        let spans = store.figure_spans(subject, at("09:00:00"), at("11:00:00"));
        let spans = spans.await.unwrap();
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].value, CustomValue::State("down".into()));
        assert_eq!(store.queues_of_figure(figure).await.unwrap(), [queue]);
    }
}
