//! The pasts of all queues, read again when they may have changed.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    error::Error,
    sync::Arc,
    time::Duration,
};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use tokio::time::Instant;
use tracing::warn;

use wallboard_domain::{ForecastGap, OpeningHours, QueueId, QueueTarget};
use wallboard_history::report::History;
use wallboard_store::{Store, StoreError, StoredForecast};

use super::{
    Calibration,
    queue_past::{LoadedSums, PastQuery, QueuePast},
};

/// A past is read again after so long. One that has too little, or couldn't be read, is read again when files were
/// imported, and after a shorter time, because days are computed after their files are read.
const PAST_LIFETIME: Duration = Duration::from_hours(6);
const SCANT_PAST_LIFETIME: Duration = Duration::from_mins(10);
/// The days whose forecasts are kept and compared.
pub(super) const KEPT_DAYS: i64 = 28;

pub(super) struct LoadedPasts {
    history: History,
    store: Store,
    pasts: HashMap<QueueId, LoadedPast>,
    newest_file: Option<i64>,
    is_failing: bool,
}

/// A queue that can have a forecast, with what the site says of it.
pub(super) struct ForecastSubject {
    pub(super) queue: QueueId,
    pub(super) target: QueueTarget,
    pub(super) hours: Option<OpeningHours>,
}

/// The past of a queue on a day, and how good its forecasts were.
pub(super) struct LoadedPast {
    day: Date,
    read_at: Instant,
    /// Files were imported while it was read, or just before.
    is_growing: bool,
    hours: Option<OpeningHours>,
    pub(super) past: Result<Arc<QueuePast>, ForecastGap>,
    /// Whether any contact of the last weeks is known.
    has_contacts: bool,
    pub(super) calibration: Calibration,
    /// How many contacts at once its agents had, by day.
    pub(super) slots: BTreeMap<Date, u32>,
}

impl LoadedPasts {
    pub(super) fn new(history: History, store: Store) -> Self {
        Self {
            history,
            store,
            pasts: HashMap::new(),
            newest_file: None,
            is_failing: false,
        }
    }

    pub(super) fn find(&self, queue: &QueueId) -> Option<&LoadedPast> {
        self.pasts.get(queue)
    }

    /// Whether no contact of a queue is known.
    pub(super) fn have_none(&self, queue: &QueueId) -> bool {
        let loaded = self.find(queue);
        loaded.is_some_and(|loaded| !loaded.has_contacts)
    }

    /// Reads the pasts of queues that are new, or whose past may have changed.
    pub(super) async fn refresh(
        &mut self,
        subjects: &[ForecastSubject],
        day: Date,
        zone: &TimeZone,
    ) {
        let left: HashSet<&QueueId> = subjects.iter().map(|subject| &subject.queue).collect();
        self.pasts.retain(|queue, _| left.contains(queue));
        let newest_file = self.store.newest_file().await.unwrap_or(self.newest_file);
        let is_growing = newest_file != self.newest_file;
        self.newest_file = newest_file;
        for ForecastSubject {
            queue,
            target,
            hours,
        } in subjects
        {
            let known = self.pasts.get(queue);
            if known.is_some_and(|known| known.is_current(day, hours.as_ref(), is_growing)) {
                continue;
            }
            let query = PastQuery {
                queue,
                day,
                zone,
                hours: hours.as_ref(),
            };
            let loaded = query.load(&self.history, &self.store).await;
            let LoadedSums { past, has_contacts } = self.report_failure(loaded);
            let kept = self.load_forecasts(queue, *target, day, zone).await;
            let (calibration, slots) = kept.unwrap_or_default();
            let loaded = LoadedPast {
                day,
                read_at: Instant::now(),
                is_growing,
                hours: hours.clone(),
                past: past.map(Arc::new),
                has_contacts,
                calibration,
                slots,
            };
            self.pasts.insert(queue.clone(), loaded);
        }
    }

    /// Loads how good the queue's forecasts were, and the slots that they were of.
    async fn load_forecasts(
        &self,
        queue: &QueueId,
        target: QueueTarget,
        day: Date,
        zone: &TimeZone,
    ) -> Result<(Calibration, BTreeMap<Date, u32>), StoreError> {
        let first = day.saturating_sub(KEPT_DAYS.days());
        let Ok(since) = first.to_zoned(zone.clone()) else {
            return Ok((Calibration::default(), BTreeMap::new()));
        };
        let since = since.timestamp();
        let forecasts = self.store.forecasts_since(queue.clone(), since).await?;
        if forecasts.is_empty() {
            return Ok((Calibration::default(), BTreeMap::new()));
        }
        let snapshots = self
            .store
            .board_snapshots(queue.clone(), first, day)
            .await?;
        let formula = target.formula;
        let calibration = Calibration::compare(&forecasts, &snapshots, formula, zone);
        Ok((calibration, slots_by_day(&forecasts, zone)))
    }

    /// Logs the first failure of several.
    fn report_failure<E: Error + 'static>(&mut self, loaded: Result<LoadedSums, E>) -> LoadedSums {
        let was_failing = self.is_failing;
        self.is_failing = loaded.is_err();
        loaded.unwrap_or_else(|error| {
            if !was_failing {
                let error = &error as &dyn Error;
                warn!(error, "Couldn't read the history for forecasts");
            }
            LoadedSums {
                past: Err(ForecastGap::NoHistory),
                // Unknown: only a queue that has none for sure is left out.
                has_contacts: true,
            }
        })
    }
}

/// The last that is known of each day: by then, most agents were seen.
fn slots_by_day(forecasts: &[StoredForecast], zone: &TimeZone) -> BTreeMap<Date, u32> {
    let known = forecasts.iter().filter_map(|forecast| {
        let day = forecast.start.to_zoned(zone.clone()).date();
        Some((day, forecast.slots?))
    });
    known.collect()
}

impl LoadedPast {
    fn is_current(&self, day: Date, hours: Option<&OpeningHours>, has_new_files: bool) -> bool {
        let age = self.read_at.elapsed();
        let is_current = match self.past {
            Ok(_) => age < PAST_LIFETIME,
            Err(_) => age < SCANT_PAST_LIFETIME && !has_new_files && !self.is_growing,
        };
        self.day == day && self.hours.as_ref() == hours && is_current
    }
}
