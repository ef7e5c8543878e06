//! `/api/v1/site`: the whole site as one queue. Contacts of the day are distinct
//! ones; figures of now are merged over the queues, or said not to be one number.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    domain::{Metric, Moment, Value},
    live::{Picture, Queue, Trust},
};

use super::{
    super::Web,
    json::{Figure, Metrics, Number, Range, Time, is_stale},
};

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
        let of_now = [
            Metric::Waiting,
            Metric::InConversation,
            Metric::LongestWait,
            Metric::AgentsAvailable,
        ];
        let of_now = of_now.map(|metric| (metric.name(), merged(picture, metric, now)));
        of_day.chain(of_now).collect::<Metrics>()
    });
    Json(Site {
        id: "site",
        stale: metrics.values().any(|figure| figure.stale),
        metrics,
    })
}

/// A figure of now over every queue that has one.
fn merged(picture: &Picture, metric: Metric, now: Moment) -> Figure {
    let mut members = Members::default();
    for queue in picture.queues.values().filter(|queue| !queue.hidden) {
        members.take(picture, queue, metric, now);
    }
    let mut merged = Figure {
        at: members.at.map(Time),
        stale: members.is_stale,
        ..Figure::default()
    };
    if members.heard == 0 {
        return merged;
    }
    if 0 < members.missing {
        let reason = format!("{} queues have no value now", members.missing);
        merged.range = Some(Range {
            low: (metric != Metric::LongestWait).then_some(members.largest_or_sum(metric)),
            high: None,
            reason: Some(reason),
        });
        return merged;
    }
    match metric {
        Metric::LongestWait => {
            merged.value = members.longest.map(Number::Real);
            merged.since = members.since.map(|since| Some(Time(since)));
        }
        // Who is available is known per queue only, and one may serve several.
        Metric::AgentsAvailable if members.sum != members.largest => {
            merged.range = Some(Range {
                low: Some(members.largest),
                high: Some(members.sum),
                reason: Some("an agent may serve several queues".to_owned()),
            });
        }
        _ => merged.value = Some(Number::Whole(members.sum)),
    }
    merged
}

#[derive(Debug, Default)]
struct Members {
    heard: usize,
    missing: usize,
    sum: u64,
    largest: u64,
    longest: Option<f64>,
    since: Option<jiff::Timestamp>,
    /// The oldest of what was said.
    at: Option<jiff::Timestamp>,
    is_stale: bool,
}

impl Members {
    fn take(&mut self, picture: &Picture, queue: &Queue, metric: Metric, now: Moment) {
        let Some(figure) = picture.queue_figure(queue, metric, now) else {
            return;
        };
        self.is_stale |= is_stale(figure.trust);
        if let Some(at) = figure.at {
            self.at = Some(self.at.map_or(at, |oldest| oldest.min(at)));
        }
        match (figure.trust, figure.value) {
            (Trust::Unknown, _) => self.missing += 1,
            (_, Some(Value::Count(n))) => {
                self.heard += 1;
                self.sum += n;
                self.largest = self.largest.max(n);
            }
            (_, Some(value)) => {
                self.heard += 1;
                if self.longest.is_none_or(|longest| longest < value.number()) {
                    self.longest = Some(value.number());
                    self.since = figure.since;
                }
            }
            // Nobody waits there.
            (_, None) => self.heard += 1,
        }
    }

    fn largest_or_sum(&self, metric: Metric) -> u64 {
        if metric == Metric::AgentsAvailable {
            self.largest
        } else {
            self.sum
        }
    }
}
