//! `/metrics` for Prometheus, in the OpenMetrics format. Everything is read at the scrape. No
//! label names a queue, an agent, a person or a board, so the configuration bounds the number of
//! series.

mod case_records;
mod cluster;
mod imports;
mod log;
mod metrics_text;
mod process;

use std::fmt;

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
use strum::IntoEnumIterator;
use tokio::{runtime::Handle, task::spawn_blocking};

use wallboard_boards::push::Hub;
use wallboard_domain::{Discontinuity, Histogram, Moment};
use wallboard_live::{self as live, Freshness, MessageCounts, Snapshot};
use wallboard_log::input_log::LogStatus;

use crate::{
    case_records::CaseRecordDeliveries,
    web::{WebError, WebState, server::assets},
};

use cluster::ClusterSample;
use imports::ImportSamples;
use metrics_text::{MetricLabels, MetricsText};
use process::ProcessMetrics;

const OPEN_METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/metrics", get(scrape_metrics))
}

async fn scrape_metrics(
    State(web): State<WebState>,
) -> Result<([(HeaderName, &'static str); 1], String), WebError> {
    // Counting many open files takes time.
    let process = spawn_blocking(ProcessMetrics::look)
        .await
        .unwrap_or_default();
    let scrape = MetricsCollector {
        sources: web.live.read_snapshot(source_samples),
        imports: ImportSamples {
            all: web.imports.list_statuses(),
            now: web.live.read_snapshot(|_, now| now.wall),
        },
        certificate_expiry: web.certificate_expiry.get().map(Timestamp::as_second),
        hub: web.hub.clone(),
        cluster: web.server_info.cluster.as_ref().map(ClusterSample::new),
        record_deliveries: web.server_info.record_deliveries.clone(),
        log: web.server_info.log.as_ref().map(|log| log.borrow().clone()),
        process,
    };
    let mut registry = Registry::default();
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    text::encode(&mut text, &registry).map_err(|_| WebError::Metrics)?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS_TYPE)], text))
}

/// The data of one scrape.
#[derive(Debug)]
struct MetricsCollector {
    sources: Vec<SourceSample>,
    imports: ImportSamples,
    hub: Hub,
    record_deliveries: Option<CaseRecordDeliveries>,
    log: Option<LogStatus>,
    cluster: Option<ClusterSample>,
    certificate_expiry: Option<i64>,
    process: ProcessMetrics,
}

#[derive(Debug)]
struct SourceSample {
    id: String,
    is_up: bool,
    last_message_at: Option<Timestamp>,
    counts: MessageCounts,
    discontinuities: Vec<(Discontinuity, u64)>,
    lag: Histogram,
    queues: FreshnessCounts,
    agents: FreshnessCounts,
}

/// Counts by freshness.
#[derive(Debug, Default)]
struct FreshnessCounts {
    fresh: u64,
    stale: u64,
    unknown: u64,
}

fn source_samples(snapshot: &Snapshot, now: Moment) -> Vec<SourceSample> {
    let source = |source: &live::SourceSnapshot| {
        let mut queues = FreshnessCounts::default();
        for queue in snapshot.visible_queues() {
            if queue.id.source == source.id {
                queues.count_freshness(snapshot.queue_freshness(queue, now));
            }
        }
        let mut agents = FreshnessCounts::default();
        for agent in snapshot.agents.values() {
            if agent.id.source == source.id && !snapshot.is_agent_hidden(agent) {
                agents.count_freshness(snapshot.agent_freshness(agent, now));
            }
        }
        SourceSample {
            id: source.id.to_string(),
            is_up: source.is_live(),
            last_message_at: source.last_message_at,
            counts: source.counts,
            discontinuities: Discontinuity::iter()
                .map(|why| (why, source.discontinuities.get(&why).copied().unwrap_or(0)))
                .collect(),
            lag: source.lag,
            queues,
            agents,
        }
    };
    snapshot.sources.values().map(source).collect()
}

impl FreshnessCounts {
    fn count_freshness(&mut self, freshness: Freshness) {
        match freshness {
            Freshness::UpToDate => self.fresh += 1,
            Freshness::OutOfDate | Freshness::Disconnected(_) => self.stale += 1,
            Freshness::Unknown => self.unknown += 1,
        }
    }
}

impl Collector for MetricsCollector {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut page = MetricsText(encoder);
        self.write_sources(&mut page)?;
        self.imports.write_metrics(&mut page)?;
        self.write_viewers(&mut page)?;
        if let Some(status) = &self.log {
            log::write_log(status, &mut page)?;
        }
        let records = self.record_deliveries.as_ref();
        if let Some(deliveries) = records.filter(|all| !all.is_elsewhere()) {
            case_records::write_deliveries(deliveries, &mut page)?;
        }
        if let Some(cluster) = &self.cluster {
            cluster.write_metrics(&mut page)?;
        }
        self.write_build(&mut page)?;
        self.process.write_metrics(&mut page)
    }
}

impl MetricsCollector {
    fn write_sources(&self, page: &mut MetricsText) -> fmt::Result {
        page.write_gauges(
            "wallboard_source_up",
            "Whether the source is connected.",
            self.for_each_source(|source| u8::from(source.is_up).into())
                .chain(self.imports.up_samples()),
        )?;
        let last_messages = self.sources.iter().filter_map(|source| {
            let at = source.last_message_at?;
            Some((source.source_labels(), at.as_duration().as_secs_f64()))
        });
        page.write_gauges(
            "wallboard_source_last_message_timestamp_seconds",
            "When the source last sent a message.",
            last_messages,
        )?;
        let breaks = self.sources.iter().flat_map(|source| {
            source
                .discontinuities
                .iter()
                .map(|(why, count)| (source.labels_with("reason", why.into_str()), *count))
        });
        page.write_counters(
            "wallboard_source_continuity_breaks",
            "How often messages may have been missed, which marks earlier values out of date.",
            breaks,
        )?;
        page.write_gauges(
            "wallboard_entities",
            "Queues and agents shown, by freshness.",
            self.sources.iter().flat_map(SourceSample::entity_samples),
        )?;
        for (name, help, count) in MESSAGE_COUNTERS {
            page.write_counters(
                name,
                help,
                self.for_each_source(|source| count(&source.counts)),
            )?;
        }
        page.write_histograms(
            "wallboard_ingest_lag_seconds",
            "From the source's event time, corrected for its clock, to the event being applied.",
            self.for_each_source(|source| source.lag),
        )
    }

    fn write_viewers(&self, page: &mut MetricsText) -> fmt::Result {
        let traffic = self.hub.traffic();
        page.write_gauge(
            "wallboard_viewers",
            "Viewers connected to a board.",
            to_float(self.hub.viewer_count() as u64),
        )?;
        page.write_gauge(
            "wallboard_viewers_limit",
            "Maximum number of viewers ([server] max_viewers).",
            to_float(self.hub.max_viewers() as u64),
        )?;
        page.write_counters(
            "wallboard_viewer_disconnects",
            "Viewers that left, by WebSocket close code; \"gone\" where they left or their connection broke.",
            traffic.disconnect_counts().map(|(code, count)| (vec![("code", code.to_owned())], count)),
        )?;
        page.write_counters(
            "wallboard_viewer_recoveries",
            "Viewers that reconnected with a position: resumed there, sent the whole board, or found a gap.",
            traffic.recovery_counts().map(|(result, count)| (vec![("result", result.to_owned())], count)),
        )?;
        page.write_counter(
            "wallboard_frames_sent",
            "Frames sent to viewers' sockets.",
            traffic.frames_sent(),
        )?;
        page.write_counter(
            "wallboard_frame_bytes",
            "Bytes of those frames, before WebSocket and TLS.",
            traffic.bytes_sent(),
        )?;
        page.write_histograms(
            "wallboard_broadcast_seconds",
            "From a change on a watched board to its frame being sent, including the wait for flush_interval.",
            [(MetricLabels::new(), traffic.broadcast_latency())],
        )
    }

    fn write_build(&self, page: &mut MetricsText) -> fmt::Result {
        page.write_info(
            "wallboard_build",
            "The running version, and the build of its page assets.",
            &vec![
                ("version", env!("CARGO_PKG_VERSION").to_owned()),
                ("assets", assets::build_id().to_owned()),
            ],
        )?;
        if let Some(at) = self.certificate_expiry {
            page.write_gauge(
                "wallboard_tls_not_after_timestamp_seconds",
                "When the certificate expires.",
                to_float(at.unsigned_abs()),
            )?;
        }
        page.write_gauge(
            "wallboard_tasks",
            "Running and waiting tasks.",
            to_float(Handle::current().metrics().num_alive_tasks() as u64),
        )
    }

    /// One value per source.
    fn for_each_source<'a, T: 'a>(
        &'a self,
        value: impl Fn(&'a SourceSample) -> T + 'a,
    ) -> impl Iterator<Item = (MetricLabels, T)> + 'a {
        self.sources
            .iter()
            .map(move |source| (source.source_labels(), value(source)))
    }
}

/// Name, help and getter.
type MessageCounter = (&'static str, &'static str, fn(&MessageCounts) -> u64);

const MESSAGE_COUNTERS: [MessageCounter; 4] = [
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

impl SourceSample {
    fn source_labels(&self) -> MetricLabels {
        vec![("source", self.id.clone())]
    }

    fn labels_with(&self, name: &'static str, value: &str) -> MetricLabels {
        vec![("source", self.id.clone()), (name, value.to_owned())]
    }

    fn entity_samples(&self) -> impl Iterator<Item = (MetricLabels, f64)> {
        [("queue", &self.queues), ("agent", &self.agents)]
            .into_iter()
            .flat_map(|(kind, counts)| {
                [
                    ("fresh", counts.fresh),
                    ("stale", counts.stale),
                    ("unknown", counts.unknown),
                ]
                .map(|(state, count)| {
                    let mut labels = self.labels_with("kind", kind);
                    labels.push(("state", state.to_owned()));
                    (labels, to_float(count))
                })
            })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here stays far below 2^52"
)]
fn to_float(count: u64) -> f64 {
    count as f64
}
