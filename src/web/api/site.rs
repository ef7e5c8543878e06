//! `/api/v1/site`: the whole site as one queue. Contacts of the day are distinct
//! ones; figures of now are merged over the queues.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Metric;

use super::{
    super::{
        Web,
        merged::{Merged, merged},
    },
    json::{Figure, Metrics, Number, Time},
    problem::{Problem, Unasked},
};

const OF_NOW: [Metric; 4] = [
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
    metrics: Metrics,
}

/// The whole site as one queue: distinct contacts, figures of now merged
#[utoipa::path(
    get,
    path = "/site",
    operation_id = "site",
    tag = "queues",
    responses((status = OK, description = "The site", body = Site), Problem)
)]
pub(super) async fn whole(State(web): State<Web>, _: Unasked) -> Json<Site> {
    let metrics = web.live.read(|picture, now| {
        let of_day = Metric::all().filter_map(|metric| {
            let figure = picture.site_figure(metric)?;
            Some((metric.name(), figure.into()))
        });
        let of_now = OF_NOW.map(|metric| (metric.name(), merged(picture, metric, now).into()));
        of_day.chain(of_now).collect::<Metrics>()
    });
    Json(Site {
        id: "site",
        stale: metrics.values().any(|figure| figure.stale),
        metrics,
    })
}

impl From<Merged> for Figure {
    fn from(merged: Merged) -> Self {
        let is_range = merged.reason.is_some();
        Self {
            value: merged.value.map(Number::from),
            at: merged.at.map(Time),
            stale: merged.is_stale,
            since: merged.since.map(|at| Some(Time(at))),
            low: merged.low.filter(|_| is_range).map(Number::from),
            high: merged.high.filter(|_| is_range).map(Number::from),
            reason: merged.reason,
            ..Self::default()
        }
    }
}
