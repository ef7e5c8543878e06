//! Computes all forecasts once a minute, and keeps those of whole half hours.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_domain::{QueueId, moment};
use wallboard_history::report::History;
use wallboard_live::LiveHandle;
use wallboard_store::{Store, StoreError, StoredForecast};

use super::{
    DatedForecast, Forecasts, ForecastsByQueue, forecaster::Forecaster, loaded_pasts::KEPT_DAYS,
    planned_contacts::PlanLoader,
};

const INTERVAL_MS: i64 = 60_000;
/// A forecast is of a whole half hour within a turn after its start; a turn may come a little early.
const HALF_HOUR_MS: i64 = 30 * 60_000;
const EARLY_MS: i64 = 5_000;
const DAY_MS: i64 = 24 * 60 * 60_000;

/// Runs until `stop`. A failing store costs only the comparison of these forecasts with what came.
pub async fn run_forecasts(
    live: LiveHandle,
    history: History,
    store: Store,
    forecasts: Forecasts,
    stop: CancellationToken,
) {
    let mut plans = PlanLoader::new(history.clone());
    let mut forecaster = Forecaster::new(history, store.clone());
    let mut keeper = ForecastKeeper {
        store,
        pruned_at: None,
        is_failing: false,
    };
    loop {
        let computed = forecaster.compute_all(&live).await;
        let zone = live.read_snapshot(|snapshot, _| snapshot.site.zone.clone());
        let kept = half_hours_to_keep(&forecaster, &computed, &zone);
        keeper.keep(kept, live.now().wall).await;
        forecasts.replace_plans(plans.load(&live).await);
        forecasts.replace(computed);
        forecasts
            .replace_rests(live.read_snapshot(|snapshot, now| forecaster.rests(snapshot, now)));
        let since_minute = live.now().wall.as_millisecond().rem_euclid(INTERVAL_MS);
        let wait = Duration::from_millis((INTERVAL_MS - since_minute).unsigned_abs());
        tokio::select! {
            () = sleep(wait) => {}
            () = stop.cancelled() => break,
        }
    }
}

/// Stores the forecasts that are compared with what came.
struct ForecastKeeper {
    store: Store,
    pruned_at: Option<Timestamp>,
    is_failing: bool,
}

impl ForecastKeeper {
    async fn keep(&mut self, whole: Vec<StoredForecast>, now: Timestamp) {
        if whole.is_empty() {
            return;
        }
        match self.store(whole, now).await {
            Ok(()) if self.is_failing => {
                info!("Forecasts are being saved again");
                self.is_failing = false;
            }
            Ok(()) => {}
            Err(error) => {
                if !self.is_failing {
                    let error = &error as &dyn std::error::Error;
                    warn!(error, "Couldn't save forecasts to compare them later");
                }
                self.is_failing = true;
            }
        }
    }

    async fn store(
        &mut self,
        forecasts: Vec<StoredForecast>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.store_forecasts(forecasts).await?;
        let is_recent = |at| moment::millis_between(at, now) < DAY_MS;
        if !self.pruned_at.is_some_and(is_recent) {
            let oldest = moment::plus_millis(now, -(KEPT_DAYS + 1) * DAY_MS);
            self.store.prune_forecasts(oldest).await?;
            self.pruned_at = Some(now);
        }
        Ok(())
    }
}

/// Returns the forecasts to compare with what comes: those of single queues, of which boards' figures are recorded.
pub(super) fn half_hours_to_keep(
    forecaster: &Forecaster,
    forecasts: &ForecastsByQueue,
    zone: &TimeZone,
) -> Vec<StoredForecast> {
    let single = (forecasts.iter()).filter(|(queue, _)| forecaster.pasts.find(queue).is_some());
    let whole = single.filter_map(|(queue, dated)| whole_half_hour(queue, dated));
    let with_slots = whole.map(|forecast| {
        let day = forecast.start.to_zoned(zone.clone()).date();
        StoredForecast {
            slots: forecaster.slots_of_day(&forecast.queue, day),
            ..forecast
        }
    });
    with_slots.collect()
}

/// Returns the forecast of a queue if it is about a whole half hour.
pub(super) fn whole_half_hour(queue: &QueueId, dated: &DatedForecast) -> Option<StoredForecast> {
    let forecast = dated.forecast.as_ref().ok()?;
    let start = moment::plus_millis(dated.until, -HALF_HOUR_MS);
    let late = moment::millis_between(start, dated.computed_at);
    (-EARLY_MS..INTERVAL_MS - EARLY_MS)
        .contains(&late)
        .then(|| StoredForecast {
            queue: queue.clone(),
            start,
            until: dated.until,
            contacts: [forecast.contacts.low, forecast.contacts.high],
            service_level: (forecast.outlook.service_level).map(|range| [range.low, range.high]),
            slots: None,
        })
}
