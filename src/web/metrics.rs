//! `/metrics`: for Prometheus, in its OpenMetrics text. All is read at the
//! scrape; no label names a queue, an agent, a person or a board, so that the
//! number of series stays what the configuration says.

mod imports;
mod page;
mod process;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderName, header},
    routing::get,
};
use jiff::Timestamp;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text},
    registry::Registry,
};
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{
    domain::{Break, Histogram, Moment},
    live::{self, Counts, Picture, Trust},
    push::Hub,
};

use super::{Web, WebError, assets};

use imports::Imports;
use page::{Labels, Page};
use process::Process;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Until when the certificate that viewers see is good, where we serve TLS ourselves.
#[derive(Clone, Debug, Default)]
pub struct NotAfter(Arc<AtomicI64>);

impl NotAfter {
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_second(), Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Option<Timestamp> {
        let at = Some(self.0.load(Ordering::Relaxed)).filter(|at| *at != 0);
        at.and_then(|at| Timestamp::from_second(at).ok())
    }
}

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/metrics", get(scrape))
}

async fn scrape(
    State(web): State<Web>,
) -> Result<([(HeaderName, &'static str); 1], String), WebError> {
    // Counting open files takes a while where there are many.
    let process = spawn_blocking(Process::look).await.unwrap_or_default();
    let scrape = Scrape {
        sources: web.live.read(sources),
        imports: Imports {
            all: web.exports.all(),
            now: web.live.read(|_, now| now.wall),
        },
        not_after: web.not_after.get().map(Timestamp::as_second),
        hub: web.hub,
        process,
    };
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    text::encode(&mut text, &registry).map_err(|_| WebError::Metrics)?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text))
}

/// What is told at one scrape.
#[derive(Debug)]
struct Scrape {
    sources: Vec<Source>,
    imports: Imports,
    hub: Hub,
    not_after: Option<i64>,
    process: Process,
}

#[derive(Debug)]
struct Source {
    id: String,
    is_up: bool,
    last_message_at: Option<Timestamp>,
    counts: Counts,
    breaks: Vec<(Break, u64)>,
    lag: Histogram,
    queues: Trusts,
    agents: Trusts,
}

/// How many can be trusted how far.
#[derive(Debug, Default)]
struct Trusts {
    fresh: u64,
    stale: u64,
    unknown: u64,
}

fn sources(picture: &Picture, now: Moment) -> Vec<Source> {
    let source = |source: &live::Source| {
        let mut queues = Trusts::default();
        for queue in picture.queues.values() {
            if queue.id.source == source.id && !picture.is_queue_hidden(queue) {
                queues.count(picture.queue_trust(queue, now));
            }
        }
        let mut agents = Trusts::default();
        for agent in picture.agents.values() {
            if agent.id.source == source.id && !picture.is_agent_hidden(agent) {
                agents.count(picture.agent_trust(agent, now));
            }
        }
        Source {
            id: source.id.to_string(),
            is_up: source.is_live(),
            last_message_at: source.last_message_at,
            counts: source.counts,
            breaks: Break::ALL
                .map(|why| (why, source.breaks.get(&why).copied().unwrap_or(0)))
                .into(),
            lag: source.lag,
            queues,
            agents,
        }
    };
    picture.sources.values().map(source).collect()
}

impl Trusts {
    fn count(&mut self, trust: Trust) {
        match trust {
            Trust::Fresh => self.fresh += 1,
            Trust::Stale | Trust::Lost(_) => self.stale += 1,
            Trust::Unknown => self.unknown += 1,
        }
    }
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut page = Page(encoder);
        self.tell_sources(&mut page)?;
        self.imports.tell(&mut page)?;
        self.tell_viewers(&mut page)?;
        self.tell_build(&mut page)?;
        self.process.tell(&mut page)
    }
}

impl Scrape {
    fn tell_sources(&self, page: &mut Page) -> fmt::Result {
        page.gauges(
            "wallboard_source_up",
            "Whether the source is connected.",
            self.each(|source| u8::from(source.is_up).into())
                .chain(self.imports.up()),
        )?;
        let heard = self.sources.iter().filter_map(|source| {
            let at = source.last_message_at?;
            Some((source.labels(), at.as_duration().as_secs_f64()))
        });
        page.gauges(
            "wallboard_source_last_message_timestamp_seconds",
            "When the source last sent a message.",
            heard,
        )?;
        let breaks = self.sources.iter().flat_map(|source| {
            source
                .breaks
                .iter()
                .map(|(why, count)| (source.and("reason", why.name()), *count))
        });
        page.counters(
            "wallboard_source_continuity_breaks",
            "How often messages may have been missed, which marks earlier values out of date.",
            breaks,
        )?;
        page.gauges(
            "wallboard_entities",
            "Queues and agents shown, by freshness.",
            self.sources.iter().flat_map(Source::entities),
        )?;
        for (name, help, count) in COUNTS {
            page.counters(name, help, self.each(|source| count(&source.counts)))?;
        }
        page.histograms(
            "wallboard_ingest_lag_seconds",
            "From the source's event time, corrected for its clock, to the event being applied.",
            self.each(|source| source.lag),
        )
    }

    fn tell_viewers(&self, page: &mut Page) -> fmt::Result {
        let traffic = self.hub.traffic();
        page.gauge(
            "wallboard_viewers",
            "Viewers connected to a board.",
            float(self.hub.viewers() as u64),
        )?;
        page.gauge(
            "wallboard_viewers_limit",
            "Maximum number of viewers ([server] max_viewers).",
            float(self.hub.max_viewers() as u64),
        )?;
        page.counters(
            "wallboard_viewer_disconnects",
            "Viewers that left, by WebSocket close code; \"gone\" where they left or their connection broke.",
            traffic.disconnects().map(|(code, count)| (vec![("code", code.to_owned())], count)),
        )?;
        page.counters(
            "wallboard_viewer_recoveries",
            "Viewers that reconnected with a position: resumed there, sent the whole board, or found a gap.",
            traffic.recoveries().map(|(result, count)| (vec![("result", result.to_owned())], count)),
        )?;
        page.counter(
            "wallboard_frames_sent",
            "Frames sent to viewers' sockets.",
            traffic.frames(),
        )?;
        page.counter(
            "wallboard_frame_bytes",
            "Bytes of those frames, before WebSocket and TLS.",
            traffic.bytes(),
        )?;
        page.histograms(
            "wallboard_broadcast_seconds",
            "From a change on a watched board to its frame being sent, including the wait for flush_interval.",
            [(Labels::new(), traffic.broadcast())],
        )
    }

    fn tell_build(&self, page: &mut Page) -> fmt::Result {
        page.info(
            "wallboard_build",
            "The running version, and the build of its page assets.",
            &vec![
                ("version", env!("CARGO_PKG_VERSION").to_owned()),
                ("assets", assets::build().to_owned()),
            ],
        )?;
        if let Some(at) = self.not_after {
            page.gauge(
                "wallboard_tls_not_after_timestamp_seconds",
                "When the certificate expires.",
                float(at.unsigned_abs()),
            )?;
        }
        page.gauge(
            "wallboard_tasks",
            "Running and waiting tasks.",
            float(Handle::current().metrics().num_alive_tasks() as u64),
        )
    }

    /// One value of every source.
    fn each<'a, T: 'a>(
        &'a self,
        value: impl Fn(&'a Source) -> T + 'a,
    ) -> impl Iterator<Item = (Labels, T)> + 'a {
        self.sources
            .iter()
            .map(move |source| (source.labels(), value(source)))
    }
}

/// Name, meaning, and where it stands.
type Counter = (&'static str, &'static str, fn(&Counts) -> u64);

const COUNTS: [Counter; 4] = [
    (
        "wallboard_messages_received",
        "Messages received from the source.",
        |counts| counts.received,
    ),
    (
        "wallboard_messages_applied",
        "Messages applied.",
        |counts| counts.applied,
    ),
    (
        "wallboard_messages_ignored",
        "Messages of types that aren't needed.",
        |counts| counts.ignored,
    ),
    (
        "wallboard_messages_quarantined",
        "Messages that couldn't be read and were dropped (rejected).",
        |counts| counts.rejected,
    ),
];

impl Source {
    fn labels(&self) -> Labels {
        vec![("source", self.id.clone())]
    }

    fn and(&self, name: &'static str, value: &str) -> Labels {
        vec![("source", self.id.clone()), (name, value.to_owned())]
    }

    fn entities(&self) -> impl Iterator<Item = (Labels, f64)> {
        [("queue", &self.queues), ("agent", &self.agents)]
            .into_iter()
            .flat_map(|(kind, trusts)| {
                [
                    ("fresh", trusts.fresh),
                    ("stale", trusts.stale),
                    ("unknown", trusts.unknown),
                ]
                .map(|(state, count)| {
                    let mut labels = self.and("kind", kind);
                    labels.push(("state", state.to_owned()));
                    (labels, float(count))
                })
            })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here stays far below 2^52"
)]
fn float(count: u64) -> f64 {
    count as f64
}
