//! The most that waited in each quarter of an hour: queries on `waiting_peak`.

use jiff::Timestamp;

use wallboard_domain::QueueId;

use crate::{Store, StoreError, database::statements::CachedStatements};

const INSERT: &str = "INSERT OR IGNORE INTO waiting_peak VALUES (?1, ?2, ?3, ?4)";
const SELECT: &str = "SELECT source, queue, start, waiting FROM waiting_peak
     WHERE ?1 <= start AND start < ?2 ORDER BY start";
/// The rows of all queues are in the order of time, so each quarter of one is looked up.
const SELECT_OF_QUEUE: &str = "WITH RECURSIVE quarter(start) AS (
         SELECT ?3 UNION ALL SELECT start + 900 FROM quarter WHERE start + 900 < ?4)
     SELECT peak.start, peak.waiting FROM quarter CROSS JOIN waiting_peak AS peak
     ON peak.start = quarter.start AND peak.source = ?1 AND peak.queue = ?2 ORDER BY peak.start";

/// The most that waited in a queue in a quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingPeak {
    pub queue: QueueId,
    /// The start of the quarter.
    pub start: Timestamp,
    pub waiting: u32,
}

impl Store {
    /// Stores peaks; the first one of a quarter stays.
    pub async fn store_waiting_peaks(&self, peaks: Vec<WaitingPeak>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            for peak in &peaks {
                let (start, id) = (peak.start.as_second(), &peak.queue);
                let row = (start, id.source.as_str(), &*id.external, peak.waiting);
                transaction.run_statement(INSERT, row)?;
            }
            transaction.commit()
        })
        .await
    }

    /// Loads the peaks of all queues in the quarters that begin from `from` to before `to`, in order.
    pub async fn waiting_peaks(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<WaitingPeak>, StoreError> {
        self.read(move |connection| {
            connection.load_rows(SELECT, (from.as_second(), to.as_second()), |row| {
                let (source, external): (String, String) = (row.get(0)?, row.get(1)?);
                Ok(WaitingPeak {
                    queue: QueueId::new(&source.as_str().into(), &external),
                    start: Timestamp::from_second(row.get(2)?).unwrap_or_default(),
                    waiting: row.get(3)?,
                })
            })
        })
        .await
    }

    /// Loads the peaks of one queue, from the quarter that begins at `from` to before `to`, in order.
    pub async fn waiting_peaks_of(
        &self,
        queue: QueueId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<WaitingPeak>, StoreError> {
        self.read(move |connection| {
            let id = (queue.source.as_str(), &*queue.external);
            let parameters = (id.0, id.1, from.as_second(), to.as_second());
            connection.load_rows(SELECT_OF_QUEUE, parameters, |row| {
                Ok(WaitingPeak {
                    queue: queue.clone(),
                    start: Timestamp::from_second(row.get(0)?).unwrap_or_default(),
                    waiting: row.get(1)?,
                })
            })
        })
        .await
    }

    /// Removes the peaks of quarters before this time.
    pub async fn prune_waiting_peaks(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let delete = "DELETE FROM waiting_peak WHERE start < ?1";
            connection.run_statement(delete, [before.as_second()])?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[tokio::test]
    async fn the_first_peak_of_a_quarter_stays_until_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let peak = |queue: &str, minutes: i64, waiting| WaitingPeak {
            queue: QueueId::new(&"chat".into(), queue),
            start: start + minutes.minutes(),
            waiting,
        };
        let stored = vec![peak("1", 15, 4), peak("2", 0, 7), peak("1", 0, 0)];
        store.store_waiting_peaks(stored).await.unwrap();
        let again = store.store_waiting_peaks(vec![peak("1", 0, 9)]);
        again.await.unwrap();

        let load = async |minutes: i64| {
            let to = start + minutes.minutes();
            store.waiting_peaks(start, to).await.unwrap()
        };
        assert_eq!(load(15).await, [peak("1", 0, 0), peak("2", 0, 7)]);
        assert_eq!(load(16).await.len(), 3);
        let of_one = store.waiting_peaks_of(peak("1", 0, 0).queue, start, start + 30.minutes());
        assert_eq!(of_one.await.unwrap(), [peak("1", 0, 0), peak("1", 15, 4)]);
        let pruned = store.prune_waiting_peaks(start + 15.minutes());
        pruned.await.unwrap();
        assert_eq!(load(16).await, [peak("1", 15, 4)]);
    }
}
