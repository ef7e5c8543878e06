//! Plans of queues beside the contacts that came: for history pages, the API and queues' pages.

mod plan_figures;
mod reforecast;
mod required_agents;
mod subject_plan;

use jiff::{Timestamp, tz::TimeZone};
use tracing::warn;

use wallboard_history::report::{DayPlan, PlanQuery, SitePlan};
use wallboard_store::StoreError;

use crate::forecasts::{plan_names, plan_of_day};

use super::WebState;

pub(super) use plan_figures::{PlanFigures, StaffedTime};
pub(super) use reforecast::{PlannedRow, reforecast_day};
pub(super) use required_agents::StaffingGoal;
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
    let names = web.live.read_snapshot(|snapshot, _| plan_names(snapshot));
    web.history.load_plan(PlanQuery { from, to, names }).await
}

/// Loads today's plan of a queue or a group. Failures go to the log: the page still shows live data.
pub(super) async fn load_today(
    web: &WebState,
    subject: &PlanSubject,
    zone: &TimeZone,
    now: Timestamp,
) -> DayPlan {
    let names = web.live.read_snapshot(|snapshot, _| plan_names(snapshot));
    match plan_of_day(&web.history, names, zone, now).await {
        Ok(plan) => plan.day_plan(&subject.id, subject.members.iter()),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "Couldn't read plans");
            DayPlan::default()
        }
    }
}
