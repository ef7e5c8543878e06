//! `/api/v1/history/columns`: what stands under a header of the vendor's own.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema, openapi::Schema};

use crate::history::report::{ByWhom, ColumnAsk, ColumnRow, Header, Several, Step};

use super::{
    super::{
        super::Web,
        json::Time,
        problem::{Failed, Problem},
        words::one_of,
    },
    intervals::{is_false, must_be, problem},
    range,
};

/// Shorter than an hour no file tells anything.
const STEPS: [Step; 2] = [Step::Hour, Step::Day];
const BY: [(&str, ByWhom); 2] = [("queue", ByWhom::Queue), ("agent", ByWhom::Agent)];

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Asked {
    /// A source, the name of its files without an end, and a header of them.
    #[param(
        required = true,
        nullable = false,
        pattern = "^[^/]+/[^/]+/.+$",
        example = "vergic/queues/Smiles"
    )]
    column: Option<String>,
    /// A date in `zone`, or an instant. The interval that it lies in is the first.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or an instant, itself not included.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
    /// How long an interval is; 1h if not given.
    #[param(schema_with = steps)]
    step: Option<String>,
    /// Whose wall clock intervals follow, by its IANA name; the site's if not given.
    #[param(nullable = false, example = "Europe/Stockholm")]
    zone: Option<String>,
    /// A series for each queue or agent, where the configuration says which column names them.
    #[param(schema_with = bys)]
    by: Option<String>,
}

/// The values of a column that nothing maps, as its files have them.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct OwnColumn {
    column: String,
    #[schema(schema_with = steps)]
    step: &'static str,
    zone: String,
    /// Of all rows of its files together.
    intervals: Vec<OwnInterval>,
    /// Asked `by` somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    series: Option<Vec<OwnSeries>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OwnSeries {
    id: String,
    name: String,
    intervals: Vec<OwnInterval>,
}

/// One interval. Where no file has a value of it, all is `null`. Whether values can be
/// added, the export does not say.
#[derive(Debug, Serialize, ToSchema)]
struct OwnInterval {
    start: Time,
    /// How many there are.
    #[schema(required = true)]
    values: Option<u32>,
    #[schema(required = true)]
    sum: Option<f64>,
    /// Of all values alike.
    #[schema(required = true)]
    mean: Option<f64>,
    #[schema(required = true)]
    lowest: Option<f64>,
    #[schema(required = true)]
    highest: Option<f64>,
    /// Some file of it has no such column.
    #[serde(skip_serializing_if = "is_false")]
    partial: bool,
    /// Made of hours or days in UTC that do not begin where it does.
    #[serde(skip_serializing_if = "is_false")]
    utc: bool,
}

fn steps() -> Schema {
    one_of(STEPS.map(Step::name))
}

fn bys() -> Schema {
    one_of(BY.map(|(name, _)| name))
}

/// What Vergic's files have under a header that nothing maps, by hours or days
#[utoipa::path(
    get,
    path = "/history/columns",
    operation_id = "history_columns",
    tag = "history",
    params(Asked),
    responses((status = OK, description = "The values", body = OwnColumn), Failed, Problem)
)]
pub(in super::super) async fn list(
    State(web): State<Web>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<OwnColumn>, Problem> {
    let Query(asked) = asked?;
    let zone = range::zone(&web, asked.zone.as_deref())?;
    let unknown = || {
        Problem::bad_request(
            "column must be a source of such files, the name of the files and a header, such as \
             vergic/queues/Smiles; /api/v1/sources lists them as unmapped_columns",
        )
    };
    let column = asked.column.as_deref().and_then(Header::parse);
    let (from, to) = range::stretch(asked.from.as_deref(), asked.to.as_deref(), &zone)?;
    let ask = ColumnAsk {
        header: column.ok_or_else(unknown)?,
        by: asked.by.as_deref().map(by).transpose()?,
        from,
        to,
        step: asked.step.as_deref().map_or(Ok(Step::Hour), step)?,
        zone,
    };
    let is_by = ask.by.is_some();
    let (step, zone) = (ask.step.name(), ask.zone.clone());
    let report = web.history.column(ask).await.map_err(problem)?;
    let report = report.ok_or_else(unknown)?;
    let all = |rows: Vec<ColumnRow>| rows.iter().map(interval).collect();
    let series = report.series.into_iter().map(|one| OwnSeries {
        id: one.id.to_string(),
        name: one.name,
        intervals: all(one.rows),
    });
    Ok(Json(OwnColumn {
        column: asked.column.unwrap_or_default(),
        step,
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        series: is_by.then(|| series.collect()),
        intervals: all(report.all),
    }))
}

fn interval(row: &ColumnRow) -> OwnInterval {
    let values = row.values.as_ref();
    OwnInterval {
        start: Time(row.start),
        values: values.map(|values| values.count),
        sum: values.map(|values| values.sum),
        mean: values.map(Several::mean),
        lowest: values.map(|values| values.least),
        highest: values.map(|values| values.most),
        partial: row.is_partial,
        utc: row.is_utc,
    }
}

fn step(word: &str) -> Result<Step, Problem> {
    let step = Step::from_name(word).filter(|step| STEPS.contains(step));
    step.ok_or_else(|| must_be("step", &STEPS.map(Step::name)))
}

fn by(word: &str) -> Result<ByWhom, Problem> {
    let found = BY.iter().find(|(name, _)| *name == word);
    found
        .map(|(_, by)| *by)
        .ok_or_else(|| must_be("by", &BY.map(|(name, _)| name)))
}
