//! Reading the picture: a figure, and whether it can be trusted. Trust is a
//! comparison of line and generation, made at each read; no mark goes stale.

use jiff::Timestamp;

use crate::domain::{AgentStatus, Metric, MetricValue, Moment, MonotonicTime, moment};

use super::{
    day_figures::compute_day_figure,
    metric_reading::{MetricReading, QUEUE_METRICS, is_expired},
    snapshot::{
        AgentSnapshot, ConnectionState, Freshness, MetricFigure, QueueSnapshot, Snapshot,
        SourceHealth, SourceSnapshot,
    },
};

/// The 15-minute average wait says nothing of now after this, in milliseconds.
pub const AVERAGE_WAIT_LIFETIME: i64 = 15 * 60_000;
/// A short outage does not gray the wall: figures become stale this long after a loss,
/// in milliseconds.
pub const GRAY_AFTER: i64 = 10_000;
/// A last value that is older is no longer worth showing, in milliseconds.
pub const GONE_AFTER: i64 = 5 * 60_000;

/// So long before a loss a source is expected to have spoken, in milliseconds.
const MIN_SILENCE: i64 = 5_000;

impl Freshness {
    /// Whether a last value, `heard` then, is too old to be shown.
    pub fn is_gone(self, heard: Option<MonotonicTime>, now: Moment) -> bool {
        let last = match self {
            Self::Disconnected(lost) => Some(lost.mono),
            Self::OutOfDate => heard,
            Self::UpToDate | Self::Unknown => None,
        };
        last.is_some_and(|last| GONE_AFTER <= now.monotonic.millis_since(last))
    }
}

impl SourceSnapshot {
    pub fn is_live(&self) -> bool {
        self.connection == ConnectionState::Connected
    }

    /// When it last spoke, where that was well before its line was known to be lost:
    /// what hangs is noticed late.
    pub fn last_message_before_outage(&self) -> Option<Timestamp> {
        let (lost, spoke) = (self.outage?.at, self.last_message_at?);
        (MIN_SILENCE <= moment::millis_between(spoke, lost)).then_some(spoke)
    }

    pub fn health(&self) -> SourceHealth {
        match self.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => SourceHealth::Connecting,
            ConnectionState::Connected if self.is_degraded => SourceHealth::Degraded,
            ConnectionState::Connected => SourceHealth::Live,
            ConnectionState::Disconnected | ConnectionState::Silent => SourceHealth::Down,
        }
    }
}

impl Snapshot {
    /// A queue's figure; `None` where its source never gives that metric.
    pub fn queue_figure(
        &self,
        queue: &QueueSnapshot,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        if queue.members.is_some() {
            let merged = self.merge_figure(&self.select_queues([queue]), metric, now)?;
            return Some(merged.figure);
        }
        let source = self.sources.get(&queue.id.source);
        if let Some(gives) = &queue.provided_metrics {
            gives.binary_search(&metric).ok()?;
            let reading = queue.readings.get(metric);
            let figure = reading.map(|reading| {
                if metric.is_of_the_day() {
                    self.vendor_day_figure(source, metric, reading, queue.totals_start(), now)
                } else {
                    reading_figure(source, queue, metric, reading, now)
                }
            });
            return Some(figure.unwrap_or_default());
        }
        if metric.is_of_the_day() {
            return compute_day_figure(&queue.today, metric, connection_freshness(source));
        }
        if !QUEUE_METRICS.contains(&metric) {
            return None;
        }
        let Some(reading) = queue.readings.get(metric) else {
            return Some(MetricFigure::default());
        };
        if queue.quiet_since.is_some() {
            return Some(MetricFigure::default());
        }
        Some(reading_figure(source, queue, metric, reading, now))
    }

    /// An agent's figure; `None` where the source never gives that metric.
    pub fn agent_figure(
        &self,
        agent: &AgentSnapshot,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        let source = self.sources.get(&agent.id.source);
        if let Some(stated) = &agent.report {
            stated.provided_metrics.binary_search(&metric).ok()?;
            let reading = stated.readings.get(metric);
            let figure = reading.map(|reading| {
                self.vendor_day_figure(source, metric, reading, stated.totals_start(), now)
            });
            return Some(figure.unwrap_or_default());
        }
        match metric {
            Metric::Cases => Some(MetricFigure {
                value: Some(MetricValue::Count(agent.cases.into())),
                freshness: match self.agent_freshness(agent, now) {
                    Freshness::UpToDate if !agent.is_reconciled => Freshness::OutOfDate,
                    trust => trust,
                },
                ..MetricFigure::default()
            }),
            Metric::Handled | Metric::Transferred | Metric::AverageHandleTime => {
                compute_day_figure(&agent.today, metric, connection_freshness(source))
            }
            _ => None,
        }
    }

    /// Whether what is shown of an agent now can be trusted. Somebody with a
    /// case is talking even where others may have been missed; that somebody has
    /// none is certain only once all are accounted for.
    pub fn agent_freshness(&self, agent: &AgentSnapshot, now: Moment) -> Freshness {
        let source = self.sources.get(&agent.id.source);
        if let Some(stated) = &agent.report {
            return stated.last_status.map_or(Freshness::Unknown, |said| {
                let trust = freshness_until(source, said.generation, said.valid_until, now);
                downgrade_invalid(trust, said.is_invalid)
            });
        }
        if agent.status == AgentStatus::Unknown && !agent.is_reconciled {
            return Freshness::Unknown;
        }
        generation_freshness(source, agent.generation)
    }

    /// A queue is stale when any figure that it normally has is.
    pub fn queue_freshness(&self, queue: &QueueSnapshot, now: Moment) -> Freshness {
        let mut known = false;
        for metric in self.provided_metrics(queue) {
            match self.queue_figure(queue, metric, now).map(|f| f.freshness) {
                Some(Freshness::OutOfDate) => return Freshness::OutOfDate,
                Some(Freshness::Disconnected(lost)) => return Freshness::Disconnected(lost),
                Some(Freshness::UpToDate) => known = true,
                _ => {}
            }
        }
        if known {
            Freshness::UpToDate
        } else {
            Freshness::Unknown
        }
    }
}

fn reading_figure(
    source: Option<&SourceSnapshot>,
    queue: &QueueSnapshot,
    metric: Metric,
    reading: &MetricReading,
    now: Moment,
) -> MetricFigure {
    let is_longest = metric == Metric::LongestWait;
    if is_longest && let Some(nobody) = empty_queue_figure(source, queue, reading, now) {
        return nobody;
    }
    // When a wait began cannot be told by a clock that is not known.
    let is_placed = reading.at.is_none() || source.is_none_or(|source| source.is_clock_known);
    if is_longest && queue.provided_metrics.is_none() && reading.since.is_some() && !is_placed {
        return MetricFigure::default();
    }
    let mut trust = freshness_until(source, reading.generation, reading.valid_until, now);
    if queue.silent && trust == Freshness::UpToDate {
        trust = Freshness::OutOfDate;
    }
    let expired = metric == Metric::AverageWait
        && queue.provided_metrics.is_none()
        && now.monotonic.millis_since(reading.received_at) > AVERAGE_WAIT_LIFETIME;
    // A running clock is worth what it shows now; a lost line stops it.
    let value = reading.valid_value().filter(|_| !expired);
    let value = value.map(|value| match (reading.since, trust) {
        (Some(since), Freshness::UpToDate) => elapsed_since(since, now.wall),
        (Some(since), Freshness::Disconnected(lost)) => elapsed_since(since, lost.at),
        _ => value,
    });
    // Nobody waits: known, and without a value.
    let nobody = is_longest && reading.value.is_none() && !reading.is_invalid;
    MetricFigure {
        value,
        since: reading.since.filter(|_| value.is_some()),
        at: reading.at,
        freshness: downgrade_invalid(trust, value.is_none() && !nobody),
        is_age_unknown: reading.is_age_unknown,
        ..MetricFigure::default()
    }
}

/// A longest wait that was said since it was said that nobody waits.
fn empty_queue_figure(
    source: Option<&SourceSnapshot>,
    queue: &QueueSnapshot,
    longest: &MetricReading,
    now: Moment,
) -> Option<MetricFigure> {
    queue.provided_metrics.as_ref()?;
    let waiting = queue.readings.get(Metric::Waiting)?;
    let trust = freshness_until(source, waiting.generation, waiting.valid_until, now);
    let nobody =
        waiting.valid_value() == Some(MetricValue::Count(0)) && trust == Freshness::UpToDate;
    nobody.then(|| MetricFigure {
        at: longest.at,
        freshness: trust,
        ..MetricFigure::default()
    })
}

/// What has no value is not known, unless that is itself out of date.
pub(super) fn downgrade_invalid(trust: Freshness, invalid: bool) -> Freshness {
    match trust {
        Freshness::UpToDate if invalid => Freshness::Unknown,
        trust => trust,
    }
}

/// How far something can be trusted that was said in `generation`, and only `until` then.
pub(super) fn freshness_until(
    source: Option<&SourceSnapshot>,
    generation: u32,
    until: Option<MonotonicTime>,
    now: Moment,
) -> Freshness {
    if is_expired(until, now.monotonic) {
        Freshness::OutOfDate
    } else {
        generation_freshness(source, generation)
    }
}

/// How far something said in `generation` can be trusted.
fn generation_freshness(source: Option<&SourceSnapshot>, generation: u32) -> Freshness {
    match source {
        Some(source) if source.generation != generation => Freshness::OutOfDate,
        source => connection_freshness(source),
    }
}

/// Totals go on across a break (incomplete, not stale); only a lost line stops them.
pub(super) fn connection_freshness(source: Option<&SourceSnapshot>) -> Freshness {
    match source {
        Some(source) if source.is_live() => Freshness::UpToDate,
        Some(SourceSnapshot {
            outage: Some(lost), ..
        }) => Freshness::Disconnected(*lost),
        Some(_) | None => Freshness::OutOfDate,
    }
}

#[expect(clippy::cast_precision_loss, reason = "waits stay far below 2^52 ms")]
fn elapsed_since(since: jiff::Timestamp, now: jiff::Timestamp) -> MetricValue {
    MetricValue::Seconds(moment::millis_between(since, now).max(0) as f64 / 1000.0)
}
