//! Forecasts that were made of queues: queries on `queue_forecast`.

use jiff::Timestamp;
use rusqlite::Row;

use wallboard_domain::QueueId;

use crate::{Store, StoreError, database::statements::CachedStatements};

const INSERT: &str =
    "INSERT OR IGNORE INTO queue_forecast VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const SELECT: &str =
    "SELECT start, until, contacts_low, contacts_high, level_low, level_high, slots
     FROM queue_forecast WHERE source = ?1 AND queue = ?2 AND ?3 <= start ORDER BY start";

/// The ranges that were forecast of a queue for a half hour, when it began.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredForecast {
    pub queue: QueueId,
    pub start: Timestamp,
    pub until: Timestamp,
    /// The lowest and the highest number of contacts.
    pub contacts: [f64; 2],
    /// The lowest and the highest service level, in percent.
    pub service_level: Option<[f64; 2]>,
    /// How many contacts at once its agents were seen with on the day so far.
    pub slots: Option<u32>,
}

impl Store {
    /// Stores forecasts; the first one of a half hour stays.
    pub async fn store_forecasts(&self, forecasts: Vec<StoredForecast>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let transaction = connection.transaction()?;
            for forecast in &forecasts {
                let queue = &forecast.queue;
                let [contacts_low, contacts_high] = forecast.contacts;
                let row = (
                    queue.source.as_str(),
                    &*queue.external,
                    forecast.start.as_second(),
                    forecast.until.as_second(),
                    contacts_low,
                    contacts_high,
                    forecast.service_level.map(|[low, _]| low),
                    forecast.service_level.map(|[_, high]| high),
                    forecast.slots,
                );
                transaction.run_statement(INSERT, row)?;
            }
            transaction.commit()
        })
        .await
    }

    /// Loads the forecasts of a queue from `since` on, in order.
    pub async fn forecasts_since(
        &self,
        queue: QueueId,
        since: Timestamp,
    ) -> Result<Vec<StoredForecast>, StoreError> {
        self.read(move |connection| {
            let parameters = (queue.source.as_str(), &*queue.external, since.as_second());
            connection.load_rows(SELECT, parameters, |row| read_forecast(row, &queue))
        })
        .await
    }

    /// Removes the forecasts of half hours before this time.
    pub async fn prune_forecasts(&self, before: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let delete = "DELETE FROM queue_forecast WHERE start < ?1";
            connection.run_statement(delete, [before.as_second()])?;
            Ok(())
        })
        .await
    }
}

fn read_forecast(row: &Row<'_>, queue: &QueueId) -> rusqlite::Result<StoredForecast> {
    let at = |second: i64| Timestamp::from_second(second).unwrap_or_default();
    let level: [Option<f64>; 2] = [row.get(4)?, row.get(5)?];
    Ok(StoredForecast {
        queue: queue.clone(),
        start: at(row.get(0)?),
        until: at(row.get(1)?),
        contacts: [row.get(2)?, row.get(3)?],
        service_level: level[0].zip(level[1]).map(|(low, high)| [low, high]),
        slots: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[tokio::test]
    async fn the_first_forecast_of_a_half_hour_stays_until_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let forecast = |hours: i64, high: f64| StoredForecast {
            queue: QueueId::new(&"chat".into(), "1"),
            start: start + hours.hours(),
            until: start + hours.hours() + 30.minutes(),
            contacts: [3.0, high],
            service_level: (hours == 1).then_some([62.5, 88.0]),
            slots: (hours == 1).then_some(3),
        };
        let other = StoredForecast {
            queue: QueueId::new(&"chat".into(), "2"),
            ..forecast(1, 5.0)
        };
        let made = vec![forecast(1, 9.0), forecast(0, 8.0), other.clone()];
        store.store_forecasts(made).await.unwrap();
        let again = vec![forecast(0, 20.0)];
        store.store_forecasts(again).await.unwrap();

        let queue = forecast(0, 0.0).queue;
        let read = async |since| store.forecasts_since(queue.clone(), since).await.unwrap();
        assert_eq!(read(start).await, [forecast(0, 8.0), forecast(1, 9.0)]);
        assert_eq!(read(start + 1.hours()).await, [forecast(1, 9.0)]);
        store.prune_forecasts(start + 1.hours()).await.unwrap();
        assert_eq!(read(start).await, [forecast(1, 9.0)]);
        let others = store.forecasts_since(other.queue.clone(), start).await;
        assert_eq!(others.unwrap(), [other]);
    }
}
