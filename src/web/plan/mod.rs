//! Plans of queues beside the contacts that came: for history pages, the API and queues' pages.

pub(super) mod day_plan;
mod plan_figures;
mod reforecast;
mod required_agents;
mod subject_plan;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use tracing::warn;

use wallboard_domain::{QueueId, QueueTarget};
use wallboard_history::report::{PlanQuery, SitePlan};
use wallboard_store::StoreError;

use super::WebState;
use day_plan::DayPlan;

pub(super) use plan_figures::{PlanFigures, StaffedTime};
pub(super) use reforecast::reforecast_factor;
pub(super) use subject_plan::{PlanSubject, PlanTime, SubjectPlan};

/// Whether any source has plans.
pub(super) fn has_plans(web: &WebState) -> bool {
    !web.history.config().plans.is_empty()
}

/// Whether any source has schedules of agents that the reader sees.
pub(super) fn has_schedules(web: &WebState) -> bool {
    !web.history.config().schedules.is_empty() && web.history.sees_agents()
}

/// Loads what was planned for the queues and groups that the visitor sees.
pub(super) async fn load_plan(
    web: &WebState,
    from: Timestamp,
    to: Timestamp,
) -> Result<SitePlan, StoreError> {
    if !has_plans(web) {
        return Ok(SitePlan::default());
    }
    let names = web.live.read_snapshot(|snapshot, _| {
        let queues = snapshot.queues.values();
        let shown = queues.filter(|queue| !snapshot.is_queue_hidden(queue));
        let names = shown.map(|queue| (queue.id.clone(), snapshot.queue_name(queue)));
        names.collect::<Vec<(QueueId, String)>>()
    });
    web.history.load_plan(PlanQuery { from, to, names }).await
}

/// Loads today's plan of a queue or a group. Failures go to the log: the page still shows live data.
pub(super) async fn load_today(
    web: &WebState,
    subject: &PlanSubject,
    zone: &TimeZone,
    now: Timestamp,
) -> DayPlan {
    let today = now.to_zoned(zone.clone()).start_of_day();
    let tomorrow = today.clone().and_then(|today| today.checked_add(1.day()));
    let (Ok(today), Ok(tomorrow)) = (today, tomorrow) else {
        return DayPlan::default();
    };
    let loaded = load_plan(web, today.timestamp(), tomorrow.timestamp()).await;
    let site_plan = match loaded {
        Ok(site_plan) => site_plan,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "Couldn't read plans");
            return DayPlan::default();
        }
    };
    let target = |_: &_| QueueTarget::default();
    let plan = SubjectPlan::find(&site_plan, std::slice::from_ref(subject), target);
    DayPlan(plan.whole_intervals().unwrap_or_default())
}
