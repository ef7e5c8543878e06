//! `/api/v1/site`: the whole site as one queue. Contacts of the day are distinct
//! ones; figures of now are merged over the queues.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Metric;

use super::{
    super::WebState,
    json::{Figure, FigureMap},
    problem::{NoParameters, Problem},
};

/// These are always there, known or not.
const CURRENT_METRICS: [Metric; 4] = [
    Metric::Waiting,
    Metric::InConversation,
    Metric::LongestWait,
    Metric::AgentsAvailable,
];

/// The whole site as one queue.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Site {
    /// Always `site`.
    id: &'static str,
    stale: bool,
    /// By the metric's name.
    #[schema(value_type = BTreeMap<String, Figure>)]
    metrics: FigureMap,
}

/// The whole site as one queue: distinct contacts, figures of now merged
#[utoipa::path(
    get,
    path = "/site",
    operation_id = "site",
    tag = "queues",
    responses((status = OK, description = "The site", body = Site), Problem)
)]
pub(super) async fn whole(State(web): State<WebState>, _: NoParameters) -> Json<Site> {
    let metrics = web.live.read_snapshot(|picture, now| {
        let over = picture.select_site();
        let metric = |metric: Metric| {
            let merged = picture.merge_figure(&over, metric, now);
            let figure = merged.map(Figure::from_merged);
            let figure =
                figure.or_else(|| CURRENT_METRICS.contains(&metric).then(Figure::default))?;
            Some((metric.name(), figure))
        };
        Metric::all().filter_map(metric).collect::<FigureMap>()
    });
    Json(Site {
        id: "site",
        stale: metrics.values().any(|figure| figure.stale),
        metrics,
    })
}
