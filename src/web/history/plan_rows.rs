//! Plans for the rows of a history page and the series of a report.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::web::{
    WebState,
    parts::case_listing,
    plan::{self, PlanFigures, PlanSubject, PlanTime, SubjectPlan},
};
use wallboard_domain::{CountBy, Id, QueueId, QueueTarget};
use wallboard_history::report::{
    Report, ReportDimension, ReportError, ReportQuery, ReportRow, ReportStep, ReportSubject,
};

use super::{
    choice::{HistoryView, RowKind},
    history_row::HistoryRow,
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Names in one note, at most.
const NAMED_MAX: usize = 5;

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

    fn plan_target(&self, id: &QueueId) -> QueueTarget {
        let queue = self.find_queue(id).and_then(|queue| queue.target);
        queue.unwrap_or_else(|| self.site.target_for(&id.to_string()))
    }
}

/// Sets what was planned for the rows by time, and for those by queue. Returns notes about it.
pub(super) async fn set_plans(
    web: &WebState,
    known: &HistorySubjects,
    scope: &HistoryScope,
    (times, subjects): (&mut [HistoryRow], Option<&mut [HistoryRow]>),
) -> Result<Vec<String>, ReportError> {
    let query = &scope.query;
    let has_queues = matches!(query.rows, RowKind::Time | RowKind::Queue);
    if query.view != HistoryView::Plan || query.agent.is_some() || !has_queues {
        return Ok(Vec::new());
    }
    let (window, texts) = (&scope.window, scope.texts);
    let site_plan = plan::load_plan(web, window.from, window.to).await?;
    let chosen = known.plan_subjects(&query.queues);
    let mut plan = SubjectPlan::find(&site_plan, &chosen, |id| known.plan_target(id));
    let period = PlannedPeriod {
        from: window.from,
        to: window.to,
        zone: scope.zone(),
    };
    find_unplanned(web, &mut plan, &period).await?;
    let days = plan.planned_days(scope.zone());
    for row in times.iter_mut() {
        let (Some(from), Some(to)) = (row.from, row.to) else {
            continue;
        };
        let is_planned_day = days.contains(&scope.local_date(from));
        row.plan = plan.figures(row.plan_time(from, to), is_planned_day, |_| true);
    }
    // A queue's contacts aren't all known if a time wasn't imported.
    let is_whole = times.iter().all(|row| row.is_partial || row.is_whole());
    for row in subjects.into_iter().flatten() {
        let Some(id) = case_listing::parse_id(&row.id) else {
            continue;
        };
        let of_queue = [known.plan_subject(&id)];
        let of_queue = SubjectPlan::find(&site_plan, &of_queue, |id| known.plan_target(id));
        let time = row.plan_time(window.from, window.to);
        let time = PlanTime {
            is_complete: time.is_complete && is_whole,
            ..time
        };
        row.plan = of_queue.figures(time, !of_queue.is_empty(), |at| scope.includes_day_of(at));
    }
    let mut notes = Vec::new();
    if plan.is_empty() {
        notes.push(texts.no_plan_of_period().to_owned());
    } else if !plan.unplanned.is_empty() {
        let names = plan.unplanned.iter().map(|id| known.queue_name(id));
        notes.push(texts.queues_unplanned(list_names(scope, names.collect())));
    }
    if !site_plan.unmatched.is_empty() {
        notes.push(texts.plan_unmatched(list_names(scope, site_plan.unmatched.clone())));
    }
    let mut rows = times.iter().filter_map(|row| row.plan);
    if rows.any(|plan| plan.is_required_computed) {
        notes.push(texts.required_computed().to_owned());
    }
    Ok(notes)
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

/// The figures of a report's rows as planned, by series; nothing if no source has plans or the report
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
    let zone = &report.zone;
    let mut all = Vec::new();
    for series in &report.series {
        let id = case_listing::parse_id(&series.id);
        let chosen = known.plan_subjects(&id.into_iter().collect::<Vec<_>>());
        let mut plan = SubjectPlan::find(&site_plan, &chosen, |id| known.plan_target(id));
        find_unplanned(web, &mut plan, &PlannedPeriod { from, to, zone }).await?;
        let days = plan.planned_days(zone);
        let figures = |row: &ReportRow| {
            let time = PlanTime {
                from: row.start,
                to: row.end,
                figures: row.figures.as_ref(),
                is_complete: !row.is_partial && !row.is_utc && row.end <= now,
            };
            plan.figures(time, days.contains(&local_date(row.start, zone)), |_| true)
        };
        all.push(series.rows.iter().map(figures).collect());
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

/// The first names, and how many more there are.
fn list_names(scope: &HistoryScope, mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    let names = names.join(", ");
    match more {
        0 => names,
        more => scope.texts.names_and_more(names, more),
    }
}
