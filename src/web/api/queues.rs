//! `/api/v1/queues`.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde::Serialize;

use crate::{
    domain::{Id, Metric, Moment, SourceId},
    live::{self, Picture},
};

use super::{
    super::Web,
    json::{ExternalIds, Metrics, external_ids, is_stale},
    problem::Problem,
};

#[derive(Debug, Serialize)]
pub(super) struct Queues {
    queues: Vec<Queue>,
}

#[derive(Debug, Serialize)]
pub(super) struct Queue {
    id: String,
    source: String,
    external_id: String,
    name: String,
    external_ids: ExternalIds,
    stale: bool,
    metrics: Metrics,
}

/// Every queue that is not hidden, by name.
pub(super) async fn list(State(web): State<Web>) -> Json<Queues> {
    let mut queues = web.live.read(|picture, now| {
        let shown = picture
            .queues
            .values()
            .filter(|queue| !picture.is_queue_hidden(queue));
        shown
            .map(|queue| json(picture, queue, now))
            .collect::<Vec<_>>()
    });
    queues.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Json(Queues { queues })
}

pub(super) async fn one(
    State(web): State<Web>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Queue>, Problem> {
    let Path((source, external)) = path?;
    let id = Id::new(&SourceId::from(source.as_str()), &external);
    let found = web.live.read(|picture, now| {
        let queue = picture.queues.get(&id)?;
        (!picture.is_queue_hidden(queue)).then(|| json(picture, queue, now))
    });
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found(&format!("there is no queue {id}")))
}

fn json(picture: &Picture, queue: &live::Queue, now: Moment) -> Queue {
    let figure = |metric: Metric| {
        let figure = picture.queue_figure(queue, metric, now)?;
        Some((metric.name(), figure.into()))
    };
    Queue {
        id: queue.id.to_string(),
        source: queue.id.source.to_string(),
        external_id: queue.id.external.to_string(),
        name: picture.queue_name(queue),
        external_ids: external_ids(&queue.external_ids),
        stale: is_stale(picture.queue_trust(queue, now)),
        metrics: Metric::all().filter_map(figure).collect(),
    }
}
