//! `/api/v1/sources`: health and counters of every upstream.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::Serialize;

use crate::live::{self, Counts, Health};

use super::{super::Web, json::Time};

#[derive(Debug, Serialize)]
pub(super) struct Sources {
    sources: Vec<Source>,
}

#[derive(Debug, Serialize)]
struct Source {
    id: String,
    kind: &'static str,
    demo: bool,
    state: &'static str,
    since: Time,
    last_message_at: Option<Time>,
    #[serde(flatten)]
    counts: Counted,
    /// By the vendor's word for the message.
    events: BTreeMap<Arc<str>, Counted>,
    /// Rejected messages, by reason.
    rejected_by: BTreeMap<&'static str, u64>,
    last_error: Option<String>,
    last_error_at: Option<Time>,
    /// How often what was said before stopped counting as fresh.
    generation: u32,
    /// Our clock minus the source's, in seconds, as learned.
    clock_offset: f64,
    /// The upstream's throttle interval, in seconds, as learned.
    interval: f64,
}

#[derive(Debug, Serialize)]
struct Counted {
    received: u64,
    applied: u64,
    ignored: u64,
    rejected: u64,
    mistyped: u64,
}

pub(super) async fn list(State(web): State<Web>) -> Json<Sources> {
    let sources = web
        .live
        .read(|picture, _| picture.sources.values().map(json).collect());
    Json(Sources { sources })
}

fn json(source: &live::Source) -> Source {
    let (last_error_at, last_error) = source.last_error.clone().unzip();
    Source {
        id: source.id.to_string(),
        kind: source.kind,
        demo: source.demo,
        state: word(source.health()),
        since: Time(source.since),
        last_message_at: source.last_message_at.map(Time),
        counts: counted(&source.counts),
        events: source
            .by_event
            .iter()
            .map(|(event, counts)| (event.clone(), counted(counts)))
            .collect(),
        rejected_by: source.by_reason.clone(),
        last_error,
        last_error_at: last_error_at.map(Time),
        generation: source.generation,
        clock_offset: seconds(source.offset),
        interval: seconds(source.interval),
    }
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Connecting => "connecting",
        Health::Live => "live",
        Health::Degraded => "degraded",
        Health::Down => "down",
    }
}

fn counted(counts: &Counts) -> Counted {
    Counted {
        received: counts.received,
        applied: counts.applied,
        ignored: counts.ignored,
        rejected: counts.rejected,
        mistyped: counts.mistyped,
    }
}

#[expect(clippy::cast_precision_loss, reason = "offsets stay far below 2^52 ms")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}
