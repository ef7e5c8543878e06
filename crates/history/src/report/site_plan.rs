//! The plans of queues and groups.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::plan::{PlanNames, PlannedInterval, load_planned_queues};
use wallboard_domain::QueueId;
use wallboard_store::{NameClass, StoreError, StoreView};

use super::{DayPlan, report_catalog::ReportCatalog};

/// The plans of a time.
#[derive(Clone, Debug)]
pub struct PlanQuery {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Further names that plans may have for queues.
    pub names: Vec<(QueueId, String)>,
}

/// The intervals planned for each queue or group, in order, and what couldn't be matched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SitePlan {
    pub queues: BTreeMap<QueueId, Vec<PlannedInterval>>,
    /// Names in plans that no queue has, or several. Empty for readers who don't see the whole site.
    pub unmatched: Vec<String>,
}

impl SitePlan {
    /// Returns the plan of a queue or a group: its own, or else that of all its queues. Empty if one of them has none.
    pub fn day_plan<'q>(
        &self,
        id: &QueueId,
        members: impl Iterator<Item = &'q QueueId>,
    ) -> DayPlan {
        if let Some(own) = self.queues.get(id) {
            return DayPlan(own.clone());
        }
        let plans = members.map(|member| self.queues.get(member));
        let plans: Option<Vec<_>> = plans.collect();
        DayPlan(
            plans
                .unwrap_or_default()
                .into_iter()
                .flatten()
                .copied()
                .collect(),
        )
    }
}

/// Loads the plans of all sources, within the reader's scope.
pub(super) fn load_site_plan(
    view: &StoreView<'_>,
    catalog: &ReportCatalog<'_>,
    query: &PlanQuery,
) -> Result<SitePlan, StoreError> {
    let mut plan = SitePlan::default();
    if catalog.config.plans.is_empty() {
        return Ok(plan);
    }
    let names = collect_names(catalog, query);
    let within = query.from.as_second()..query.to.as_second();
    for source in &catalog.config.plans {
        for planned in load_planned_queues(view, &source.id, within.clone())? {
            match names.find(&planned.name, &source.queues) {
                Some(id) if catalog.includes(NameClass::Queue, &id) => {
                    let intervals = plan.queues.entry(catalog.shown_queue(&id)).or_default();
                    add_intervals(intervals, planned.intervals);
                }
                None if catalog.is_whole_site() => plan.unmatched.push(planned.name),
                _ => {}
            }
        }
    }
    plan.unmatched.sort();
    plan.unmatched.dedup();
    Ok(plan)
}

fn collect_names(catalog: &ReportCatalog<'_>, query: &PlanQuery) -> PlanNames {
    let mut names = PlanNames::default();
    for queue in catalog.entries_of_class(NameClass::Queue) {
        names.add(&queue.id, &queue.name);
    }
    let site = &catalog.config.site;
    for group in &site.groups {
        names.add(&group.id, &group.name);
    }
    for (id, name) in &query.names {
        names.add(&catalog.shown_queue(id), name);
    }
    names
}

/// Adds what another name of the same queue has.
fn add_intervals(known: &mut Vec<PlannedInterval>, more: Vec<PlannedInterval>) {
    if known.is_empty() {
        *known = more;
        return;
    }
    for interval in more {
        let same = known
            .iter_mut()
            .find(|one| (one.start, one.length) == (interval.start, interval.length));
        match same {
            Some(one) => *one = one.plus(&interval),
            None => known.push(interval),
        }
    }
    known.sort_by_key(|interval| interval.start);
}
