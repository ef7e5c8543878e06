//! The newest forecast of each queue.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use tokio::sync::watch;

use wallboard_domain::{FORECAST_LIFETIME_MS, ForecastGap, Moment, QueueId, moment};
use wallboard_forecast::QueueForecast;
use wallboard_live::{QueueSnapshot, Snapshot};

use super::{Calibration, SharedAgents, planned_contacts::KeptPlans, rest_of_day::KeptRests};

/// A handle on the forecasts. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Forecasts(
    Arc<watch::Sender<ForecastsByQueue>>,
    pub(super) KeptRests,
    pub(super) KeptPlans,
);

/// All forecasts that were computed at a time.
pub type ForecastsByQueue = HashMap<QueueId, Arc<DatedForecast>>;

/// The forecast of a queue or a group, or why it has none.
#[derive(Clone, Debug, PartialEq)]
pub struct DatedForecast {
    pub computed_at: Timestamp,
    /// The end of the half hour that it is about.
    pub until: Timestamp,
    /// The agents, if they are known one by one and not only counted from the queue's figures.
    pub shared: Option<SharedAgents>,
    pub forecast: Result<QueueForecast, ForecastGap>,
    /// `None` of a group.
    pub basis: Option<ForecastBasis>,
    /// How many contacts at once its agents can have.
    pub slots: u32,
    /// How often those of the last four weeks were right.
    pub calibration: Calibration,
}

/// The figures that the forecast of a queue begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForecastBasis {
    /// The contacts that usually arrive in the time that it is about.
    pub usual_contacts: f64,
    /// `None`: too little of today is known.
    pub today: Option<ArrivalsToday>,
    /// The mean handle time, in seconds.
    pub handle_time_s: f64,
}

/// The contacts that arrived until now, and those that usually do in the same time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrivalsToday {
    pub since: Timestamp,
    pub contacts: u32,
    pub usual_contacts: f64,
}

impl DatedForecast {
    /// Whether agents also serve queues whose contacts aren't in it, or may do so: those who are only counted.
    pub fn is_best_case(&self) -> bool {
        let shared = self.shared.as_ref();
        shared.is_none_or(|shared| !shared.unmodeled.is_empty())
    }
}

impl Forecasts {
    /// Replaces all forecasts.
    pub fn replace(&self, forecasts: ForecastsByQueue) {
        self.0.send_replace(forecasts);
    }

    /// Receives all forecasts whenever they are replaced.
    pub fn subscribe(&self) -> watch::Receiver<ForecastsByQueue> {
        self.0.subscribe()
    }

    /// Returns how many contacts at once an agent of these queues can have: the fewest of those known, 1 without any.
    pub fn contacts_at_once(&self, queues: &[QueueId]) -> u32 {
        let all = self.0.borrow();
        let slots = queues
            .iter()
            .filter_map(|queue| Some(all.get(queue)?.slots));
        slots.min().unwrap_or(1)
    }

    /// Returns how often a queue's forecasts of the last four weeks were right.
    pub fn find_calibration(&self, queue: &QueueId) -> Option<Calibration> {
        self.0.borrow().get(queue).map(|dated| dated.calibration)
    }

    /// Returns a queue's forecast as it holds now: none of data that are out of date.
    pub fn find(&self, snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> DatedForecast {
        let all = self.0.borrow();
        let dated = all.get(&queue.id);
        let gap = |gap: ForecastGap| DatedForecast {
            computed_at: now.wall,
            until: now.wall,
            shared: None,
            forecast: Err(gap),
            basis: None,
            slots: dated.map_or(1, |dated| dated.slots),
            calibration: Calibration::default(),
        };
        if let Some(reason) = snapshot.find_forecast_gap(queue, now) {
            return gap(reason);
        }
        let Some(dated) = dated else {
            return gap(ForecastGap::NotComputedYet);
        };
        let age = moment::millis_between(dated.computed_at, now.wall);
        if FORECAST_LIFETIME_MS < age || dated.until <= now.wall {
            return gap(ForecastGap::OutOfDate);
        }
        DatedForecast::clone(dated)
    }
}
