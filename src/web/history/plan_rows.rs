//! Plans for the rows of a history page and the series of a report.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::web::{
    WebState,
    parts::case_listing,
    plan::{
        self, PlanFigures, PlanSubject, PlanTime, PlannedRow, StaffedTime, StaffingGoal,
        SubjectPlan,
    },
};
use wallboard_domain::{CountBy, Id, QueueId};
use wallboard_history::{
    intervals::split_into_days,
    report::{
        Report, ReportDimension, ReportError, ReportQuery, ReportRow, ReportStep, ReportSubject,
        SiteSchedule,
    },
};
use wallboard_store::StoreError;

use super::{
    adherence_rows,
    choice::{HistoryView, RowKind},
    history_row::HistoryRow,
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// A time in a zone.
struct PlannedPeriod<'z> {
    from: Timestamp,
    to: Timestamp,
    zone: &'z TimeZone,
}

impl HistorySubjects {
    /// The queues and groups that a choice is made of; none chosen is all.
    fn plan_subjects(&self, chosen: &[QueueId]) -> Vec<PlanSubject> {
        if !chosen.is_empty() {
            return chosen.iter().map(|id| self.plan_subject(id)).collect();
        }
        let groups = self.site.groups.iter();
        let groups = groups.map(|group| self.plan_subject(&group.id));
        let queues = self.subjects.queues.iter();
        let queues = queues.map(|queue| self.plan_subject(&queue.id));
        let known: BTreeSet<_> = self.subjects.queues.iter().map(|queue| &queue.id).collect();
        // Others than its own queues may be in a group.
        let is_known = |group: &PlanSubject| group.members.iter().all(|id| known.contains(id));
        groups.filter(is_known).chain(queues).collect()
    }

    fn plan_subject(&self, id: &QueueId) -> PlanSubject {
        let members = self.shown_members(id);
        let is_group = self.site.groups.iter().any(|group| group.id == *id);
        PlanSubject {
            id: match &members[..] {
                [queue] if !is_group => queue.clone(),
                _ => id.clone(),
            },
            members,
        }
    }

    fn staffing_goal(&self, web: &WebState, id: &QueueId) -> StaffingGoal {
        let queue = self.find_queue(id).and_then(|queue| queue.target);
        let forecasts = web.forecasts.as_ref();
        StaffingGoal {
            target: queue.unwrap_or_else(|| self.site.target_for(&id.to_string())),
            contacts_at_once: forecasts.map_or(1, |forecasts| {
                forecasts.contacts_at_once(&self.shown_members(id))
            }),
        }
    }
}

/// Sets what was planned for the rows by time, also for those of today that haven't begun, and for those by queue.
/// Returns notes about it.
pub(super) async fn set_plans(
    web: &WebState,
    known: &HistorySubjects,
    scope: &HistoryScope,
    times: &mut [HistoryRow],
    upcoming: &mut [HistoryRow],
    subjects: Option<&mut [HistoryRow]>,
) -> Result<Vec<String>, ReportError> {
    let query = &scope.query;
    let has_queues = matches!(query.rows, RowKind::Time | RowKind::Queue);
    if query.view != HistoryView::Plan {
        return Ok(Vec::new());
    }
    if query.agent.is_some() || !has_queues {
        return Ok(vec![scope.texts.plan_of_queues().to_owned()]);
    }
    let (window, texts) = (&scope.window, scope.texts);
    let site_plan = plan::load_plan(web, window.from, window.to).await?;
    let chosen = known.plan_subjects(&query.queues);
    let mut plan = SubjectPlan::find(&site_plan, &chosen, |id| known.staffing_goal(web, id));
    let period = PlannedPeriod {
        from: window.from,
        to: window.to,
        zone: scope.zone(),
    };
    find_unplanned(web, &mut plan, &period).await?;
    let site_schedule = load_schedules(web, window.from, window.to).await?;
    let scheduled = |queues: &[QueueId], from: Timestamp, to: Timestamp| {
        let queues: Vec<_> = queues
            .iter()
            .flat_map(|id| known.shown_members(id))
            .collect();
        scheduled_time(&site_schedule, &queues, from, to, scope.zone())
    };
    let days = plan.planned_days(scope.zone());
    for row in times.iter_mut().chain(&mut *upcoming) {
        let (Some(from), Some(to)) = (row.from, row.to) else {
            continue;
        };
        let is_planned_day = days.contains(&scope.local_date(from));
        let figures = plan.figures(row.plan_time(from, to), is_planned_day, |_| true);
        row.plan = PlanFigures::with_scheduled(figures, scheduled(&query.queues, from, to));
    }
    reforecast_today(scope, &plan, times.iter_mut().chain(upcoming));
    // A queue's contacts aren't all known if a time wasn't imported.
    let is_whole = times.iter().all(|row| row.is_ongoing || row.is_whole());
    for row in subjects.into_iter().flatten() {
        let Some(id) = case_listing::parse_id(&row.id) else {
            continue;
        };
        let of_queue = [known.plan_subject(&id)];
        let of_queue = SubjectPlan::find(&site_plan, &of_queue, |id| known.staffing_goal(web, id));
        let time = row.plan_time(window.from, window.to);
        let time = PlanTime {
            is_complete: time.is_complete && is_whole,
            ..time
        };
        let figures = of_queue.figures(time, !of_queue.is_empty(), |at| scope.includes_day_of(at));
        let has_all_times = scope.query.includes_all_times();
        let scheduled = has_all_times.then(|| scheduled(&[id], window.from, window.to));
        row.plan = PlanFigures::with_scheduled(figures, scheduled.flatten());
    }
    let mut notes = Vec::new();
    if plan.is_empty() {
        notes.push(texts.no_plan_of_period().to_owned());
    } else if !plan.unplanned.is_empty() {
        let names = plan.unplanned.iter().map(|id| known.queue_name(id));
        notes.push(texts.queues_unplanned(scope.list_names(names.collect())));
    }
    if !site_plan.unmatched.is_empty() {
        notes.push(texts.plan_unmatched(scope.list_names(site_plan.unmatched.clone())));
    }
    let mut rows = times.iter().filter_map(|row| row.plan);
    if rows.any(|plan| plan.is_required_computed) {
        notes.push(texts.required_computed().to_owned());
    }
    Ok(notes)
}

/// Corrects the rest of today's plan by what came so far.
fn reforecast_today<'r>(
    scope: &HistoryScope,
    plan: &SubjectPlan<'_>,
    times: impl Iterator<Item = &'r mut HistoryRow>,
) {
    let today = scope.local_date(scope.now);
    let rows = times.filter_map(|row| {
        let (from, to) = row.from.zip(row.to)?;
        let figures = row.plan.as_mut()?;
        (scope.local_date(from) == today).then_some(PlannedRow { from, to, figures })
    });
    plan::reforecast_day(plan, rows.collect(), scope.now);
}

/// Whether some of these rows have a plan that is corrected by what came.
pub(super) fn has_reforecast(rows: &[HistoryRow]) -> bool {
    let mut plans = rows.iter().filter_map(|row| row.plan);
    plans.any(|plan| plan.reforecast.is_some())
}

impl HistoryRow {
    fn plan_time(&self, from: Timestamp, to: Timestamp) -> PlanTime<'_> {
        PlanTime {
            from,
            to,
            figures: self.figures.as_ref(),
            is_complete: self.is_complete() && !self.has_closed,
        }
    }
}

/// Loads the schedules of a time, if the reader sees any.
async fn load_schedules(
    web: &WebState,
    from: Timestamp,
    to: Timestamp,
) -> Result<SiteSchedule, StoreError> {
    if !plan::has_schedules(web) {
        return Ok(SiteSchedule::default());
    }
    adherence_rows::load_schedules(web, from, to, false).await
}

/// The time that the agents of these queues, or all agents, are scheduled for contacts; `None` if none of
/// them is on these days.
fn scheduled_time(
    site_schedule: &SiteSchedule,
    queues: &[QueueId],
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Option<StaffedTime> {
    let (from, to) = (from.as_second(), to.as_second());
    let assigned = queues.iter().filter_map(|id| site_schedule.queues.get(id));
    let assigned: BTreeSet<_> = assigned.flatten().collect();
    let agents = site_schedule.agents.iter();
    let agents = agents.filter(|(id, _)| queues.is_empty() || assigned.contains(id));
    let agents: Vec<_> = agents.map(|(_, agent)| &agent.scheduled).collect();
    let sum = |from, to| -> i64 {
        let seconds = agents.iter().map(|one| one.work_seconds(from, to));
        seconds.sum()
    };
    let days = split_into_days(from, to, zone);
    let is_known = days.iter().any(|day| 0 < sum(day.start, day.end));
    is_known.then(|| StaffedTime {
        agent_seconds: sum(from, to),
        measured_seconds: to - from,
    })
}

/// The figures of a report's rows as planned, today's also as corrected, by series; nothing if no source has plans or the report
/// isn't of queues.
pub(in crate::web) async fn plan_report(
    web: &WebState,
    report: &Report,
    now: Timestamp,
) -> Result<Vec<Vec<Option<PlanFigures>>>, ReportError> {
    let rows = || report.series.iter().flat_map(|series| &series.rows);
    let bounds = rows().map(|row| row.start).min();
    let bounds = bounds.zip(rows().map(|row| row.end).max());
    let (Some((from, to)), true) = (bounds, plan::has_plans(web)) else {
        return Ok(Vec::new());
    };
    let known = HistorySubjects::load(web).await?;
    let site_plan = plan::load_plan(web, from, to).await?;
    let site_schedule = load_schedules(web, from, to).await?;
    let zone = &report.zone;
    let mut all = Vec::new();
    for series in &report.series {
        let id: Vec<_> = case_listing::parse_id(&series.id).into_iter().collect();
        let queues: Vec<_> = id.iter().flat_map(|id| known.shown_members(id)).collect();
        let chosen = known.plan_subjects(&id);
        let mut plan = SubjectPlan::find(&site_plan, &chosen, |id| known.staffing_goal(web, id));
        find_unplanned(web, &mut plan, &PlannedPeriod { from, to, zone }).await?;
        let days = plan.planned_days(zone);
        let figures = |row: &ReportRow| {
            let time = PlanTime {
                from: row.start,
                to: row.end,
                figures: row.figures.as_ref(),
                is_complete: !row.is_partial && !row.is_utc && row.end <= now,
            };
            let is_planned_day = days.contains(&local_date(row.start, zone));
            let figures = plan.figures(time, is_planned_day, |_| true);
            let scheduled = scheduled_time(&site_schedule, &queues, row.start, row.end, zone);
            PlanFigures::with_scheduled(figures, scheduled)
        };
        let mut planned: Vec<_> = series.rows.iter().map(figures).collect();
        let today = local_date(now, zone);
        let rows = series.rows.iter().zip(&mut planned);
        let rows = rows.filter_map(|(row, figures)| {
            let (from, to) = (row.start, row.end);
            let figures = figures.as_mut()?;
            (local_date(from, zone) == today).then_some(PlannedRow { from, to, figures })
        });
        plan::reforecast_day(&plan, rows.collect(), now);
        all.push(planned);
    }
    Ok(all)
}

fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// Finds which of a subject's queues had contacts that no plan has.
async fn find_unplanned(
    web: &WebState,
    plan: &mut SubjectPlan<'_>,
    period: &PlannedPeriod<'_>,
) -> Result<(), ReportError> {
    if plan.is_empty() || plan.unplanned.is_empty() {
        return Ok(());
    }
    let query = ReportQuery {
        subject: ReportSubject::Site,
        dimension: Some(ReportDimension::Queue),
        from: period.from,
        to: period.to,
        step: ReportStep::Day,
        with_details: false,
        without_closed_times: false,
        zone: period.zone.clone(),
        count_by: CountBy::Start,
    };
    let report = match web.history.load_intervals(query).await {
        // Any of so many may have had contacts.
        Err(ReportError::TooMany(_)) => {
            plan.retain_unplanned(|_| true);
            return Ok(());
        }
        report => report?,
    };
    let is_active = |row: &ReportRow| row.figures.as_ref().is_some_and(|one| !one.is_zero());
    let active = report.series.iter();
    let active = active.filter(|series| series.rows.iter().any(is_active));
    let active: BTreeSet<Id> = active
        .filter_map(|series| case_listing::parse_id(&series.id))
        .collect();
    plan.retain_unplanned(|id| active.contains(id));
    Ok(())
}
