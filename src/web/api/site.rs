//! `/api/v1/site`: the whole site as one queue. Contacts of the day are distinct
//! ones; figures of now are merged over the queues.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::domain::Metric;

use super::{
    super::{
        Web,
        merged::{Merged, merged},
    },
    json::{Figure, Metrics, Number, Range, Time},
};

const OF_NOW: [Metric; 4] = [
    Metric::Waiting,
    Metric::InConversation,
    Metric::LongestWait,
    Metric::AgentsAvailable,
];

#[derive(Debug, Serialize)]
pub(super) struct Site {
    id: &'static str,
    stale: bool,
    metrics: Metrics,
}

pub(super) async fn whole(State(web): State<Web>) -> Json<Site> {
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
        let range = merged.reason.map(|reason| Range {
            low: merged.low,
            high: merged.high,
            reason,
        });
        Self {
            value: merged.value.map(Number::from),
            at: merged.at.map(Time),
            stale: merged.is_stale,
            since: merged.since.map(Time),
            day: None,
            range,
        }
    }
}
