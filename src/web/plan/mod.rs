//! Plans of queues beside the contacts that came: for history pages, the API and queues' pages.

mod plan_figures;
mod required_agents;
mod subject_plan;

use jiff::Timestamp;

use wallboard_domain::QueueId;
use wallboard_history::report::{PlanQuery, SitePlan};
use wallboard_store::StoreError;

use super::WebState;

pub(super) use plan_figures::PlanFigures;
pub(super) use subject_plan::{PlanSubject, PlanTime, SubjectPlan};

/// Whether any source has plans.
pub(super) fn has_plans(web: &WebState) -> bool {
    !web.history.config().plans.is_empty()
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
