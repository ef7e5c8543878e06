//! `/api/v1/site`: the whole site as one queue. Daily contacts count once; current metrics are
//! merged over the queues.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::Metric;

use super::{
    custom_figures::{CustomFigureJson, CustomFigureMap, custom_figures},
    json::{Figure, FigureMap},
    past_moment::PastMoment,
    problem::{Failed, NoParameters, NotFound, Problem, TooMany},
};
use crate::web::access::visible_state::VisibleState;

/// Metrics that are always present, known or not.
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
    /// By metric name.
    #[schema(value_type = BTreeMap<String, Figure>)]
    metrics: FigureMap,
    /// Numbers and states of other systems, by their keys in `[figures]`.
    #[schema(value_type = BTreeMap<String, CustomFigureJson>)]
    figures: CustomFigureMap,
}

/// The whole site as one queue: contacts counted once, current metrics merged
#[utoipa::path(
    get,
    path = "/site",
    operation_id = "site",
    tag = "queues",
    params(PastMoment),
    responses((status = OK, description = "The site", body = Site), Failed, NotFound, Problem, TooMany)
)]
pub(super) async fn whole(VisibleState(web): VisibleState, _: NoParameters) -> Json<Site> {
    let (metrics, figures) = web.live.read_snapshot(|snapshot, now| {
        let over = snapshot.select_site();
        let metric = |metric: Metric| {
            let merged = snapshot.merge_figure(&over, metric, now);
            let figure = merged.map(Figure::from_merged);
            let figure =
                figure.or_else(|| CURRENT_METRICS.contains(&metric).then(Figure::default))?;
            Some((metric.name(), figure))
        };
        let metrics: FigureMap = Metric::all().filter_map(metric).collect();
        let figures = if snapshot.is_narrowed {
            CustomFigureMap::new()
        } else {
            custom_figures(snapshot, None, now)
        };
        (metrics, figures)
    });
    Json(Site {
        id: "site",
        stale: metrics.values().any(|figure| figure.stale),
        metrics,
        figures,
    })
}
