//! The newest forecast of each queue.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use strum::IntoStaticStr;

use wallboard_domain::{Metric, Moment, QueueId, moment};
use wallboard_forecast::{NoForecast, QueueForecast};
use wallboard_live::{Freshness, QueueSnapshot, Snapshot};

use super::{Calibration, SharedAgents, rest_of_day::KeptRests};

/// A forecast is renewed every minute; one that wasn't for so long is out of date, in milliseconds.
pub(super) const LIFETIME_MS: i64 = 150_000;

/// A handle on the forecasts. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Forecasts(Arc<RwLock<ForecastsByQueue>>, pub(super) KeptRests);

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
    /// How often those of the last four weeks were right.
    pub calibration: Calibration,
}

/// The reason why there is no forecast of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ForecastGap {
    /// None has been computed since the start.
    NotComputedYet,
    /// Its data are out of date.
    OutOfDate,
    /// The queue is closed.
    Closed,
    /// It is a group of more queues than one simulation has.
    SeveralQueues,
    /// It is a group with a queue that is hidden.
    HiddenQueue,
    /// It is a group, and its agents are only counted: it is unknown who serves several of its queues.
    UnknownSharing,
    /// So few agents serve it that the forecast would say what each of them does.
    SmallTeam,
    /// The queue has no history.
    NoHistory,
    /// Its history has fewer than three such weekdays.
    FewDays,
    /// Hardly any contacts are expected.
    FewContacts,
    /// Nobody who serves it is signed in.
    NoAgents,
    /// Neither its agents nor how many there are is reported.
    UnknownAgents,
    /// Its history doesn't say how long contacts take.
    UnknownHandleTime,
}

impl From<NoForecast> for ForecastGap {
    fn from(reason: NoForecast) -> Self {
        match reason {
            NoForecast::FewDays => Self::FewDays,
            NoForecast::FewContacts => Self::FewContacts,
            NoForecast::NoAgents => Self::NoAgents,
            NoForecast::UnknownHandleTime => Self::UnknownHandleTime,
        }
    }
}

impl Forecasts {
    /// Replaces all forecasts.
    pub fn replace(&self, forecasts: ForecastsByQueue) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = forecasts;
    }

    /// Returns a queue's forecast as it holds now: none of data that are out of date.
    pub fn find(&self, snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> DatedForecast {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let dated = all.get(&queue.id);
        let gap = |gap: ForecastGap| DatedForecast {
            computed_at: now.wall,
            until: now.wall,
            shared: None,
            forecast: Err(gap),
            calibration: Calibration::default(),
        };
        if let Some(reason) = find_gap(snapshot, queue, now) {
            return gap(reason);
        }
        let Some(dated) = dated else {
            return gap(ForecastGap::NotComputedYet);
        };
        let age = moment::millis_between(dated.computed_at, now.wall);
        if LIFETIME_MS < age || dated.until <= now.wall {
            return gap(ForecastGap::OutOfDate);
        }
        DatedForecast::clone(dated)
    }
}

/// Why a queue can't have a forecast now, whatever its history has.
pub(super) fn find_gap(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> Option<ForecastGap> {
    if snapshot.withholds(&queue.id, Metric::AgentsLoggedIn) {
        return Some(ForecastGap::SmallTeam);
    }
    if snapshot.queue_hours(queue, now.wall).is_closed {
        return Some(ForecastGap::Closed);
    }
    let is_current = snapshot.queue_freshness(queue, now) == Freshness::UpToDate;
    (!is_current).then_some(ForecastGap::OutOfDate)
}
