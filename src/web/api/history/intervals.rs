//! `/api/v1/history/intervals`.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema, openapi::Schema};

use crate::{
    domain::{AgentCounter, AgentCounters, CountBy, Counter, Counters, ServiceLevelFormula},
    history::report::{
        self, REPORT_INTERVALS_MAX, ReportDimension, ReportError, ReportQuery, ReportRow,
        ReportStep, ReportSubject, RowFigures, SERIES_INTERVALS_MAX,
    },
};

use super::{
    super::{
        super::WebState,
        json::Time,
        problem::{Failed, NotFound, Problem},
        word_schemas::{one_of_words, one_of_words_or_null},
    },
    range,
};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// Id of a queue or a group; without it and `agent`, the whole site.
    #[param(nullable = false, pattern = "/")]
    queue: Option<String>,
    /// Id of an agent or a person.
    #[param(nullable = false, pattern = "/")]
    agent: Option<String>,
    /// A date in `zone`, or an instant. The interval that it lies in is the first.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or an instant, itself not included.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// How long an interval is; 30m if not given.
    #[param(schema_with = steps)]
    step: Option<String>,
    /// Whose wall clock intervals follow, by its IANA name; the site's if not given.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// `start` (if not given): all of a contact counts in the interval in which it began.
    /// `event`: each in the interval in which it happened.
    #[param(schema_with = counts)]
    count_by: Option<String>,
    /// A series for each queue, agent, reason, issue, type or end.
    #[param(schema_with = bys)]
    by: Option<String>,
}

/// Figures of every interval between `from` and `to`.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
pub(in super::super) struct Intervals {
    #[schema(schema_with = steps)]
    step: &'static str,
    zone: String,
    #[schema(schema_with = counts)]
    count_by: &'static str,
    /// How service levels are reckoned; `null` where there are none, or queues differ.
    #[schema(required = true, schema_with = formulas)]
    formula: Option<&'static str>,
    /// Unless asked `by` something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    intervals: Option<Vec<Interval>>,
    /// Asked `by` something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series: Option<Vec<Series>>,
}

/// The intervals of one queue, agent, reason, issue, type or end.
#[derive(Debug, Serialize, ToSchema)]
struct Series {
    id: String,
    name: String,
    /// Of a queue: how its service level is reckoned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = formulas)]
    formula: Option<&'static str>,
    intervals: Vec<Interval>,
}

/// One interval. Where nothing was taken in, all its figures are `null`.
#[derive(Debug, Serialize, ToSchema)]
struct Interval {
    start: Time,
    #[serde(flatten)]
    figures: Of,
    /// Not all of it was delivered: what came counts, and there may be more.
    #[serde(skip_serializing_if = "is_false")]
    partial: bool,
    /// Made of hours or days in UTC that do not begin where it does.
    #[serde(skip_serializing_if = "is_false")]
    utc: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Of {
    Contacts(Box<Contacts>),
    Agent(Box<Agent>),
    Count(Count),
}

/// Of contacts: of a queue, a group or the site.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntervalOfContacts)]
struct Contacts {
    #[schema(required = true)]
    offered: Option<i64>,
    #[schema(required = true)]
    answered: Option<i64>,
    /// Without the short ones.
    #[schema(required = true)]
    abandoned: Option<i64>,
    #[schema(required = true)]
    short_abandoned: Option<i64>,
    #[schema(required = true)]
    flow_outs: Option<i64>,
    /// Percent, by `formula`.
    #[schema(required = true)]
    service_level: Option<f64>,
    #[schema(required = true)]
    average_speed_of_answer: Option<f64>,
    #[schema(required = true)]
    average_handle_time: Option<f64>,
    #[schema(required = true)]
    average_talk_time: Option<f64>,
    #[schema(required = true)]
    average_wrap_up: Option<f64>,
    /// Of all contacts, answered or not.
    #[schema(required = true)]
    longest_wait: Option<i64>,
    /// The mean of answers from 1 to 5.
    #[schema(required = true)]
    csat: Option<f64>,
    /// Percent of 4 and 5.
    #[schema(required = true)]
    csat_top: Option<f64>,
    /// From -100 to 100.
    #[schema(required = true)]
    nps: Option<f64>,
}

/// Of an agent. Times are seconds within the interval.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntervalOfAgent)]
struct Agent {
    #[schema(required = true)]
    handled: Option<i64>,
    /// Attempts that were not answered.
    #[schema(required = true)]
    missed: Option<i64>,
    #[schema(required = true)]
    transferred: Option<i64>,
    #[schema(required = true)]
    logged_in_time: Option<i64>,
    #[schema(required = true)]
    ready_time: Option<i64>,
    /// By pause code; 0 where none was given.
    #[schema(required = true)]
    not_ready: Option<BTreeMap<i64, i64>>,
    #[schema(required = true)]
    talk_time: Option<i64>,
    #[schema(required = true)]
    wrap_up_time: Option<i64>,
    /// Of calls outside of queues.
    #[schema(required = true)]
    other_calls: Option<i64>,
    /// Percent busy of the time that was busy, ringing or ready.
    #[schema(required = true)]
    occupancy: Option<f64>,
}

/// How many contacts had it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IntervalCount)]
struct Count {
    #[schema(required = true)]
    count: Option<i64>,
}

fn steps() -> Schema {
    one_of_words(ReportStep::ALL.map(ReportStep::name))
}

fn counts() -> Schema {
    one_of_words(CountBy::ALL.map(CountBy::name))
}

fn bys() -> Schema {
    one_of_words(ReportDimension::ALL.map(ReportDimension::name))
}

fn formulas() -> Schema {
    one_of_words_or_null(ServiceLevelFormula::ALL.map(ServiceLevelFormula::name))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Figures of the past by 15, 30 or 60 minutes or days, from the exports taken in
#[utoipa::path(
    get,
    path = "/history/intervals",
    operation_id = "history_intervals",
    tag = "history",
    params(Asked),
    responses((status = OK, description = "The intervals", body = Intervals), Failed, NotFound, Problem)
)]
pub(in super::super) async fn list(
    State(web): State<WebState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Intervals>, Problem> {
    let Query(asked) = asked?;
    let zone = range::zone(&web, asked.zone.as_deref())?;
    let (from, to) = range::stretch(asked.from.as_deref(), asked.to.as_deref(), &zone)?;
    let ask = ReportQuery {
        subject: range::who(asked.queue.as_deref(), asked.agent.as_deref())?,
        dimension: asked.by.as_deref().map(by).transpose()?,
        from,
        to,
        step: asked
            .step
            .as_deref()
            .map_or(Ok(ReportStep::HalfHour), step)?,
        zone,
        count_by: asked
            .count_by
            .as_deref()
            .map_or(Ok(CountBy::Start), count_by)?,
    };
    let who = ask.subject.clone();
    let is_of_agents = matches!(ask.subject, ReportSubject::Agent(_))
        || ask.dimension == Some(ReportDimension::Agent);
    let is_count = matches!(
        ask.dimension,
        Some(
            ReportDimension::Reason
                | ReportDimension::Issue
                | ReportDimension::Type
                | ReportDimension::EndBy
        )
    );
    let empty = || match (is_of_agents, is_count) {
        (true, _) => Of::Agent(Box::default()),
        (_, true) => Of::Count(Count { count: None }),
        _ => Of::Contacts(Box::default()),
    };
    let is_by = ask.dimension.is_some();
    let report = web.history.load_intervals(ask).await.map_err(problem)?;
    range::known(&web, &who).await?;
    Ok(Json(json(report, is_by, empty)))
}

fn json(report: report::Report, is_by: bool, empty: impl Fn() -> Of) -> Intervals {
    let (count_by, common) = (report.count_by, report.formula);
    let series = report.series.into_iter().map(|one| {
        let formula = one.target.and_then(|target| target.formula);
        let interval = |row| interval(&row, formula, count_by, &empty);
        Series {
            formula: formula.map(ServiceLevelFormula::name),
            intervals: one.rows.into_iter().map(interval).collect(),
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
        step: report.step.name(),
        zone: report.zone.iana_name().unwrap_or("UTC").to_owned(),
        count_by: count_by.name(),
        formula: common.map(ServiceLevelFormula::name),
        intervals,
        series: is_by.then_some(series),
    }
}

fn interval(
    row: &ReportRow,
    formula: Option<ServiceLevelFormula>,
    count_by: CountBy,
    empty: impl Fn() -> Of,
) -> Interval {
    let figures = match &row.figures {
        None => empty(),
        Some(RowFigures::Contacts(counters)) => {
            Of::Contacts(Box::new(contacts(counters, formula.unwrap_or_default())))
        }
        Some(RowFigures::Agent(counters)) => Of::Agent(Box::new(agent(counters, count_by))),
        Some(RowFigures::Count(count)) => Of::Count(Count {
            count: Some(*count),
        }),
    };
    Interval {
        start: Time(row.start),
        figures,
        partial: row.is_partial,
        utc: row.is_utc,
    }
}

fn contacts(of: &Counters, formula: ServiceLevelFormula) -> Contacts {
    Contacts {
        offered: of.get(Counter::Offered),
        answered: of.get(Counter::Answered),
        abandoned: of.get(Counter::Abandoned),
        short_abandoned: of.get(Counter::ShortAbandoned),
        flow_outs: of.get(Counter::FlowOuts),
        service_level: of.service_level(formula),
        average_speed_of_answer: of.average_speed_of_answer(),
        average_handle_time: of.average_handle_time(),
        average_talk_time: of.average_talk_time(),
        average_wrap_up: of.average_wrap_up(),
        longest_wait: of.seconds(Counter::LongestWait),
        csat: of.csat(),
        csat_top: of.csat_top(),
        nps: of.nps(),
    }
}

fn agent(of: &AgentCounters, count_by: CountBy) -> Agent {
    let get = |counter| of.known(counter);
    // Who tells of no time of readiness tells of no pauses either.
    let tells_time = get(AgentCounter::Ready).is_some();
    Agent {
        handled: of.handled(count_by),
        missed: get(AgentCounter::Missed),
        transferred: of.transferred(count_by),
        logged_in_time: get(AgentCounter::LoggedIn),
        ready_time: get(AgentCounter::Ready),
        not_ready: tells_time.then(|| of.not_ready.clone()),
        talk_time: get(AgentCounter::Talk),
        wrap_up_time: get(AgentCounter::WrapUp),
        other_calls: get(AgentCounter::Other),
        occupancy: of.occupancy(),
    }
}

fn step(word: &str) -> Result<ReportStep, Problem> {
    ReportStep::from_name(word)
        .ok_or_else(|| must_be("step", &ReportStep::ALL.map(ReportStep::name)))
}

fn count_by(word: &str) -> Result<CountBy, Problem> {
    CountBy::from_name(word).ok_or_else(|| must_be("count_by", &CountBy::ALL.map(CountBy::name)))
}

fn by(word: &str) -> Result<ReportDimension, Problem> {
    ReportDimension::from_name(word)
        .ok_or_else(|| must_be("by", &ReportDimension::ALL.map(ReportDimension::name)))
}

fn must_be(name: &str, allowed: &[&str]) -> Problem {
    Problem::bad_request(&format!("{name} must be one of {}", allowed.join(", ")))
}

fn problem(error: ReportError) -> Problem {
    match error {
        ReportError::TooMany(SERIES_INTERVALS_MAX) => Problem::bad_request(&format!(
            "there are more than {SERIES_INTERVALS_MAX} intervals from `from` to `to`; use a shorter range or a longer step"
        )),
        ReportError::TooMany(_) => Problem::bad_request(&format!(
            "all series together have more than {REPORT_INTERVALS_MAX} intervals; use a shorter range, a longer step, or one queue or agent"
        )),
        ReportError::NotBrokenDown(who, by) => Problem::bad_request(&format!(
            "by={by} isn't available for {who}; use it for the site{}",
            if who == "a queue" {
                ", or use reason, issue, type or end_by for this queue"
            } else {
                ""
            }
        )),
        ReportError::Store(error) => Problem::store_failure(&error),
    }
}
