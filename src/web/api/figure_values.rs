//! `/api/v1/figures/{id}/values`: what a custom figure was.

use axum::{
    Json,
    extract::{
        Path, Query,
        rejection::{PathRejection, QueryRejection},
    },
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    custom_figures::CustomValueJson,
    history::parse_range,
    json::Time,
    problem::{Failed, NotFound, Problem},
};
use crate::web::{access::visible_state::VisibleState, pages::figures::find_figure};

/// The longest time of an answer, in days.
const DAYS_MAX: i64 = 31;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FigureValuesParams {
    /// ID of a queue, of a figure that queues have.
    #[param(nullable = false, pattern = "/")]
    queue: Option<String>,
    /// A date in the site's time zone, or a timestamp.
    #[param(required = true, nullable = false, example = "2026-11-20")]
    from: Option<String>,
    /// A date or a timestamp, exclusive; at most 31 days later.
    #[param(required = true, nullable = false, example = "2026-11-21")]
    to: Option<String>,
}

/// The past of a custom figure. Times in which it wasn't known, or was out of date, are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FigureValues {
    values: Vec<FigureValueJson>,
}

/// A time in which it had one value; it is looked at once a minute.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureValue)]
struct FigureValueJson {
    from: Time,
    to: Time,
    value: CustomValueJson,
}

/// The past of a custom figure
#[utoipa::path(
    get,
    path = "/figures/{id}/values",
    operation_id = "figure_values",
    tag = "history",
    params(("id" = String, Path, description = "The figure's key"), FigureValuesParams),
    responses(
        (status = OK, description = "The values, in order", body = FigureValues),
        NotFound,
        Problem,
        Failed,
    )
)]
pub(super) async fn list(
    VisibleState(web): VisibleState,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<FigureValuesParams>, QueryRejection>,
) -> Result<Json<FigureValues>, Problem> {
    let Path(id) = path?;
    let Query(query) = query?;
    let queue = query.queue.as_deref().unwrap_or_default();
    let (seen, zone) = web.live.read_snapshot(|snapshot, _| {
        let seen = find_figure(snapshot, &id, queue);
        (seen, snapshot.site.zone.clone())
    });
    let (from, to) = parse_range(query.from.as_deref(), query.to.as_deref(), &zone)?;
    if SignedDuration::from_hours(24 * DAYS_MAX + 1) < to.duration_since(from) {
        let detail = format!("from and to must be at most {DAYS_MAX} days apart");
        return Err(Problem::bad_request(&detail));
    }
    let seen = seen.filter(|seen| seen.figure.is_per_queue == seen.queue.is_some());
    let none_here = || Problem::not_found("no such figure; one that queues have needs `queue`");
    let seen = seen.ok_or_else(none_here)?;
    let subject = (seen.figure.id.clone(), seen.queue);
    let spans = web.store.figure_spans(subject, from, to).await;
    let spans = spans
        .map_err(|error| Problem::store_failure(&error))?
        .into_iter();
    let allowed = spans.filter(|span| seen.figure.allows(&span.value));
    let values = allowed.map(|span| FigureValueJson {
        from: span.from.into(),
        to: span.to.into(),
        value: span.value.into(),
    });
    Ok(Json(FigureValues {
        values: values.collect(),
    }))
}
