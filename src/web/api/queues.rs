//! `/api/v1/queues`.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
};
use serde::Serialize;
use utoipa::ToSchema;

use wallboard_domain::{Id, Metric, Moment, NaturalOrder};
use wallboard_live::{self as live, Snapshot};

use super::{
    custom_figures::{CustomFigureJson, CustomFigureMap, custom_figures},
    json::{ExternalIdMap, Figure, FigureMap, external_id_map},
    past_moment::PastMoment,
    problem::{Failed, NoParameters, NotFound, Problem, TooMany},
};
use crate::web::{access::visible_state::VisibleState, parts::links};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queues {
    queues: Vec<Queue>,
}

/// A queue with its metrics.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Queue {
    /// The source and the vendor's ID, joined by a slash.
    #[schema(example = "chat/3f2b")]
    id: String,
    source: String,
    external_id: String,
    /// From the configuration, else the vendor, else the ID.
    name: String,
    /// IDs in other systems, by system.
    #[schema(value_type = BTreeMap<String, String>)]
    external_ids: ExternalIdMap,
    /// For a queue group: IDs of its queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    members: Option<Vec<String>>,
    /// A value that it normally has is out of date.
    stale: bool,
    /// By metric name.
    #[schema(value_type = BTreeMap<String, Figure>)]
    metrics: FigureMap,
    /// Numbers and states of other systems, by their keys in `[figures]`.
    #[schema(value_type = BTreeMap<String, CustomFigureJson>)]
    figures: CustomFigureMap,
}

/// All queues and queue groups that aren't hidden, by name
#[utoipa::path(
    get,
    path = "/queues",
    operation_id = "queues",
    tag = "queues",
    params(PastMoment),
    responses((status = OK, description = "The queues", body = Queues), Failed, NotFound, Problem, TooMany)
)]
pub(super) async fn list(VisibleState(web): VisibleState, _: NoParameters) -> Json<Queues> {
    let mut queues = web.live.read_snapshot(|snapshot, now| {
        (snapshot.visible_queues())
            .map(|queue| queue_json(snapshot, queue, now))
            .collect::<Vec<_>>()
    });
    queues.sort_by(|a, b| (NaturalOrder(&a.name), &a.id).cmp(&(NaturalOrder(&b.name), &b.id)));
    Json(Queues { queues })
}

/// One queue
#[utoipa::path(
    get,
    path = "/queues/{source}/{id}",
    operation_id = "queue",
    tag = "queues",
    params(
        ("source" = String, Path, description = "Id of the source"),
        ("id" = String, Path, description = "The vendor's id, percent-encoded"),
        PastMoment,
    ),
    responses((status = OK, description = "The queue", body = Queue), Failed, NotFound, Problem, TooMany)
)]
pub(super) async fn one(
    VisibleState(web): VisibleState,
    path: Result<Path<(String, String)>, PathRejection>,
    _: NoParameters,
) -> Result<Json<Queue>, Problem> {
    let Path((source, external)) = path?;
    let found = web.live.read_snapshot(|snapshot, now| {
        links::find_queue(snapshot, &source, &external)
            .map(|queue| queue_json(snapshot, queue, now))
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("queue {source}/{external} not found")))
}

fn queue_json(snapshot: &Snapshot, queue: &live::QueueSnapshot, now: Moment) -> Queue {
    let figure = |metric: Metric| {
        let figure = if queue.members.is_some() {
            Figure::from_merged(snapshot.merge_figure(
                &snapshot.select_queues([queue]),
                metric,
                now,
            )?)
        } else {
            snapshot.queue_figure(queue, metric, now)?.into()
        };
        Some((metric.name(), figure))
    };
    Queue {
        id: queue.id.to_string(),
        source: queue.id.source.to_string(),
        external_id: queue.id.external.to_string(),
        name: snapshot.queue_name(queue),
        external_ids: external_id_map(&queue.external_ids),
        members: (queue.members.as_deref()).map(|ids| ids.iter().map(Id::to_string).collect()),
        stale: snapshot.queue_freshness(queue, now).is_out_of_date(),
        metrics: Metric::all().filter_map(figure).collect(),
        figures: custom_figures(snapshot, Some(&queue.id), now),
    }
}
