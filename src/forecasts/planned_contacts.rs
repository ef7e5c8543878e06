//! The contacts that imported plans expect of each queue today, loaded with each turn of the forecasts.

use std::{collections::HashMap, error::Error, sync::Arc};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use parking_lot::RwLock;
use tracing::{info, warn};

use wallboard_domain::QueueId;
use wallboard_history::report::{DayPlan, History, PlanQuery, SitePlan};
use wallboard_live::{LiveHandle, Snapshot};
use wallboard_store::StoreError;

use super::Forecasts;

/// The plans of today, by queue or group. Cheap to clone.
pub(super) type KeptPlans = Arc<RwLock<PlansOfDay>>;
pub(super) type PlansOfDay = HashMap<QueueId, DayPlan>;

impl Forecasts {
    pub(super) fn replace_plans(&self, plans: PlansOfDay) {
        *self.2.write() = plans;
    }

    /// Returns the contacts planned of a queue or a group until a moment of today; `None` without a plan of all its
    /// queues.
    pub fn planned_until(&self, queue: &QueueId, at: Timestamp) -> Option<f64> {
        let plans = self.2.read();
        let (until, _total) = plans.get(queue)?.contacts_until(at)?;
        Some(until)
    }
}

/// Reads the plans of each turn. A failure costs only what they would have shown.
pub(super) struct PlanLoader {
    history: History,
    is_failing: bool,
}

impl PlanLoader {
    pub(super) fn new(history: History) -> Self {
        Self {
            history,
            is_failing: false,
        }
    }

    pub(super) async fn load(&mut self, live: &LiveHandle) -> PlansOfDay {
        let (names, zone, now) = live.read_snapshot(|snapshot, now| {
            (plan_names(snapshot), snapshot.site.zone.clone(), now.wall)
        });
        match plan_of_day(&self.history, names, &zone, now).await {
            Ok(plan) => {
                if self.is_failing {
                    info!("Plans are being read again");
                }
                self.is_failing = false;
                live.read_snapshot(|snapshot, _| plans_of_queues(snapshot, &plan))
            }
            Err(error) => {
                if !self.is_failing {
                    let error = &error as &dyn Error;
                    warn!(error, "Couldn't read plans");
                }
                self.is_failing = true;
                PlansOfDay::new()
            }
        }
    }
}

fn plans_of_queues(snapshot: &Snapshot, plan: &SitePlan) -> PlansOfDay {
    let queues = snapshot.visible_queues();
    let plans = queues.map(|queue| {
        let members = snapshot.group_members(queue);
        let plan = plan.day_plan(&queue.id, members.map(|member| &member.id));
        (queue.id.clone(), plan)
    });
    plans.collect()
}

/// Returns the names that plans may have for the queues that are shown.
pub fn plan_names(snapshot: &Snapshot) -> Vec<(QueueId, String)> {
    let queues = snapshot.visible_queues();
    let names = queues.map(|queue| (queue.id.clone(), snapshot.queue_name(queue)));
    names.collect()
}

/// Loads what is planned for the day of a moment.
///
/// # Errors
///
/// If the database can't be read.
pub async fn plan_of_day(
    history: &History,
    names: Vec<(QueueId, String)>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<SitePlan, StoreError> {
    let begin = now.to_zoned(zone.clone()).start_of_day();
    let end = begin.clone().and_then(|begin| begin.checked_add(1.day()));
    let (Ok(begin), Ok(end)) = (begin, end) else {
        return Ok(SitePlan::default());
    };
    if history.config().plans.is_empty() {
        return Ok(SitePlan::default());
    }
    let (from, to) = (begin.timestamp(), end.timestamp());
    history.load_plan(PlanQuery { from, to, names }).await
}
