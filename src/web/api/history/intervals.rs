//! `/api/v1/history/intervals`.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use wallboard_domain::{CountBy, ServiceLevelFormula};
use wallboard_history::report::{
    self, REPORT_INTERVALS_MAX, ReportDimension, ReportError, ReportQuery, ReportRow, ReportStep,
    ReportSubject, RowFigures, SERIES_INTERVALS_MAX,
};

use super::{
    super::{
        json::Time,
        problem::{Failed, NotFound, Problem},
        word_schemas::{one_of_words, one_of_words_or_null, parse_word},
    },
    interval_figures::{Count, Of, agent_metrics, coded_metrics, contact_metrics},
    interval_plan::IntervalPlan,
    range,
};
use crate::web::{
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
    },
    history,
    plan::PlanFigures,
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct IntervalsParams {
    /// ID of a queue or queue group; without it and `agent`, the whole site.
    #[param(nullable = false, pattern = "/")]
    queue: Option<String>,
    /// ID of an agent or a person.
    #[param(nullable = false, pattern = "/")]
    agent: Option<String>,
    /// A date in `zone`, or a timestamp. The first interval is the one that contains it.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or a timestamp, exclusive.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// Length of an interval; defaults to 30m.
    #[param(schema_with = one_of_words::<ReportStep>)]
    step: Option<String>,
    /// Time zone of the intervals, as an IANA name; defaults to the site's.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// `start` (default): a contact counts in the interval it began in. `event`: each event
    /// counts in the interval it happened in.
    #[param(schema_with = one_of_words::<CountBy>)]
    count_by: Option<String>,
    /// One series for each queue, agent, reason, issue, type or outcome, each key pressed, number
    /// called or sign-out reason, or each of the export's own groups.
    #[param(schema_with = one_of_words::<ReportDimension>)]
    by: Option<String>,
}

/// Metrics of each interval between `from` and `to`.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(in super::super) struct Intervals {
    #[schema(schema_with = one_of_words::<ReportStep>)]
    step: &'static str,
    zone: String,
    #[schema(schema_with = one_of_words::<CountBy>)]
    count_by: &'static str,
    /// Service level formula; `null` if there is none or queues differ.
    #[schema(required = true, schema_with = one_of_words_or_null::<ServiceLevelFormula>)]
    formula: Option<&'static str>,
    /// Present without `by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    intervals: Option<Vec<Interval>>,
    /// Present with `by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series: Option<Vec<Series>>,
}

/// The intervals of one queue, agent, group or code.
#[derive(Debug, Serialize, ToSchema)]
struct Series {
    id: String,
    name: String,
    /// For a queue: its service level formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = one_of_words_or_null::<ServiceLevelFormula>)]
    formula: Option<&'static str>,
    intervals: Vec<Interval>,
}

/// One interval. If nothing was imported for it, all values are `null`.
#[derive(Debug, Serialize, ToSchema)]
struct Interval {
    start: Time,
    #[serde(flatten)]
    figures: Of,
    /// Its plan. Absent without a plan, and for agents and codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plan: Option<IntervalPlan>,
    /// Not delivered in full: counts what arrived, and there may be more.
    #[serde(skip_serializing_if = "is_false")]
    partial: bool,
    /// Sources whose files don't cover all of it: its figures are without what they lack. Compare
    /// two intervals only if both lack the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_sources: Vec<String>,
    /// Made of UTC hours or days that don't align with it.
    #[serde(skip_serializing_if = "is_false")]
    utc: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde requires it")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Historical metrics by 15, 30 or 60 minutes or days, from imported exports
#[utoipa::path(
    get,
    path = "/history/intervals",
    operation_id = "history_intervals",
    tag = "history",
    params(IntervalsParams),
    responses((status = OK, description = "The intervals", body = Intervals), Failed, NotFound, Problem)
)]
pub(in super::super) async fn list(
    VisibleState(web): VisibleState,
    params: Result<Query<IntervalsParams>, QueryRejection>,
) -> Result<(Option<PeopleMark>, Json<Intervals>), Problem> {
    let Query(params) = params?;
    let zone = range::parse_zone(&web, params.zone.as_deref())?;
    let (from, to) = range::parse_range(params.from.as_deref(), params.to.as_deref(), &zone)?;
    let query = ReportQuery {
        subject: range::parse_subject(params.queue.as_deref(), params.agent.as_deref())?,
        dimension: parse_word("by", params.by.as_deref())?,
        from,
        to,
        step: parse_word("step", params.step.as_deref())?.unwrap_or(ReportStep::HalfHour),
        with_details: true,
        without_closed_times: false,
        zone,
        count_by: parse_word("count_by", params.count_by.as_deref())?.unwrap_or(CountBy::Start),
    };
    let subject = query.subject.clone();
    let is_agents = matches!(query.subject, ReportSubject::Agent(_))
        || query.dimension.is_some_and(ReportDimension::is_of_agents);
    let is_count = query.dimension.is_some_and(ReportDimension::is_count);
    let empty = || match (is_count, is_agents) {
        (true, _) => Of::Count(Count::default()),
        (_, true) => Of::Agent(Box::default()),
        _ => Of::Contacts(Box::default()),
    };
    let is_by = query.dimension.is_some();
    let has_plan = !is_agents && matches!(query.dimension, None | Some(ReportDimension::Queue));
    let report = web
        .history
        .load_intervals(query)
        .await
        .map_err(report_problem)?;
    range::require_known(&web, &subject).await?;
    let plans = if has_plan {
        let now = web.live.read_snapshot(|_, now| now.wall);
        let plans = history::plan_report(&web, &report, now).await;
        plans.map_err(report_problem)?
    } else {
        Vec::new()
    };
    let mark = ShowsPeople::mark_if(is_agents);
    Ok((mark, Json(report_json(report, &plans, is_by, empty))))
}

fn report_json(
    report: report::Report,
    plans: &[Vec<Option<PlanFigures>>],
    is_by: bool,
    empty: impl Fn() -> Of,
) -> Intervals {
    let (count_by, common) = (report.count_by, report.formula);
    let series = report.series.into_iter().enumerate().map(|(index, one)| {
        let formula = one.target.and_then(|target| target.formula);
        let plan = |row: usize| *plans.get(index)?.get(row)?;
        let interval = |(number, row): (usize, ReportRow)| Interval {
            plan: plan(number)
                .filter(PlanFigures::is_planned)
                .map(IntervalPlan::new),
            ..interval_json(&row, formula, count_by, &empty)
        };
        Series {
            formula: formula.map(Into::into),
            intervals: one.rows.into_iter().enumerate().map(interval).collect(),
            id: one.id,
            name: one.name,
        }
    });
    let mut series: Vec<_> = series.collect();
    let intervals = if is_by {
        None
    } else {
        Some(series.pop().map(|one| one.intervals).unwrap_or_default())
    };
    Intervals {
        step: report.step.into_str(),
        zone: report.zone.iana_name().unwrap_or("UTC").to_owned(),
        count_by: count_by.into_str(),
        formula: common.map(Into::into),
        intervals,
        series: is_by.then_some(series),
    }
}

fn interval_json(
    row: &ReportRow,
    formula: Option<ServiceLevelFormula>,
    count_by: CountBy,
    empty: impl Fn() -> Of,
) -> Interval {
    let figures = match &row.figures {
        // Schedules have a path of their own.
        None | Some(RowFigures::Adherence(_)) => empty(),
        Some(RowFigures::Contacts(counters)) => Of::Contacts(Box::new(contact_metrics(
            counters,
            formula.unwrap_or_default(),
        ))),
        Some(RowFigures::Agent(counters)) => Of::Agent(Box::new(agent_metrics(counters, count_by))),
        Some(RowFigures::Coded(counters)) => Of::Count(coded_metrics(counters)),
    };
    Interval {
        start: Time(row.start),
        figures,
        plan: None,
        partial: row.is_partial,
        missing_sources: (row.missing_sources.iter())
            .map(ToString::to_string)
            .collect(),
        utc: row.is_utc,
    }
}

fn report_problem(error: ReportError) -> Problem {
    match error {
        ReportError::TooMany(SERIES_INTERVALS_MAX) => Problem::bad_request(&format!(
            "there are more than {SERIES_INTERVALS_MAX} intervals from `from` to `to`; use a shorter range or a longer step"
        )),
        ReportError::TooMany(_) => Problem::bad_request(&format!(
            "all series together have more than {REPORT_INTERVALS_MAX} intervals; use a shorter range, a longer step, or one queue or agent"
        )),
        ReportError::NotBrokenDown(subject, by) => Problem::bad_request(&format!(
            "by={by} isn't available for {subject}; use it for the site{}",
            if subject == "a queue" {
                ", or use reason, issue, type, end_by, exit_key or number for this queue"
            } else {
                ""
            }
        )),
        ReportError::Store(error) => Problem::store_failure(&error),
        error => Problem::bad_request(&error.to_string()),
    }
}
