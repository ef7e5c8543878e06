//! Reads figures and their freshness. Freshness compares connection and generation at each read,
//! so no stored flag can go stale.

use jiff::Timestamp;

use wallboard_domain::{
    ALIVE_FOR_MS, AgentStatus, Metric, MetricValue, Moment, MonotonicTime, SourceHealth, moment,
};

use super::{
    day_figures::compute_day_figure,
    metric_reading::{MetricReading, QUEUE_METRICS, is_expired},
    snapshot::{
        AgentSnapshot, ConnectionState, Freshness, MetricFigure, QueueSnapshot, Snapshot,
        SourceSnapshot,
    },
};

/// The lifetime of a 15-minute average wait, in milliseconds.
pub(super) const AVERAGE_WAIT_LIFETIME: i64 = 15 * 60_000;
/// Figures turn gray this long after a source's last sign of life, in milliseconds, so that a short
/// outage doesn't gray the board.
pub(super) const GRAY_AFTER: i64 = ALIVE_FOR_MS;
/// A last value older than this is not shown, in milliseconds.
pub(super) const GONE_AFTER: i64 = 5 * 60_000;

/// A source is expected to have sent a message at most this long before a loss, in milliseconds.
const MIN_SILENCE: i64 = 5_000;

impl Freshness {
    /// Whether a newer value may exist. That begins as soon as a source disconnects; only boards
    /// wait a little.
    pub fn is_out_of_date(self) -> bool {
        matches!(self, Self::OutOfDate | Self::Disconnected(_))
    }

    /// Whether a last value, received at `received_at`, is too old to be shown.
    pub fn is_gone(self, received_at: Option<MonotonicTime>, now: Moment) -> bool {
        let last = match self {
            Self::Disconnected(outage) => Some(outage.monotonic),
            Self::OutOfDate => received_at,
            Self::UpToDate | Self::Unknown => None,
        };
        last.is_some_and(|last| GONE_AFTER <= now.monotonic.millis_since(last))
    }
}

impl MetricFigure {
    /// Whether it is a daily figure that includes an estimate.
    pub fn is_estimated(&self) -> bool {
        (self.day_details.as_ref()).is_some_and(|details| details.is_estimated)
    }
}

impl SourceSnapshot {
    /// Whether it is connected, and known to be alive.
    pub fn is_live(&self) -> bool {
        self.connection == ConnectionState::Connected && self.outage.is_none()
    }

    /// The time of the last message, if it came well before the loss was detected: a hung
    /// connection is noticed late.
    pub fn last_message_before_outage(&self) -> Option<Timestamp> {
        let (lost_at, last_message_at) = (self.outage?.at, self.last_message_at?);
        (MIN_SILENCE <= moment::millis_between(last_message_at, lost_at)).then_some(last_message_at)
    }

    pub fn health(&self) -> SourceHealth {
        match self.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => SourceHealth::Connecting,
            ConnectionState::Connected if self.outage.is_some() => SourceHealth::Down,
            ConnectionState::Connected if self.is_degraded => SourceHealth::Degraded,
            ConnectionState::Connected => SourceHealth::Live,
            ConnectionState::Disconnected | ConnectionState::Silent => SourceHealth::Down,
        }
    }
}

impl Snapshot {
    /// Returns a queue's figure, or `None` if its source never provides that metric.
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
        if self.withholds(&queue.id, metric) {
            let is_provided = self.own_figure(queue, metric, now).is_some();
            return is_provided.then(|| self.withheld_figure());
        }
        self.own_figure(queue, metric, now)
    }

    /// Returns the figure of a queue that is no group, also if it's withheld.
    pub(super) fn own_figure(
        &self,
        queue: &QueueSnapshot,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        let source = self.sources.get(&queue.id.source);
        if let Some(provided) = &queue.provided_metrics {
            provided.binary_search(&metric).ok()?;
            let reading = queue.readings.get(metric);
            let figure = reading.map(|reading| {
                if metric.is_daily() {
                    self.vendor_day_figure(source, metric, reading, queue.totals_start(), now)
                } else {
                    reading_figure(source, queue, metric, reading, now)
                }
            });
            return Some(figure.unwrap_or_default());
        }
        if metric.is_daily() {
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

    /// Returns an agent's figure, or `None` if the source never provides that metric.
    pub fn agent_figure(
        &self,
        agent: &AgentSnapshot,
        metric: Metric,
        now: Moment,
    ) -> Option<MetricFigure> {
        let source = self.sources.get(&agent.id.source);
        if let Some(report) = &agent.report {
            report.provided_metrics.binary_search(&metric).ok()?;
            let reading = report.readings.get(metric);
            let figure = reading.map(|reading| {
                self.vendor_day_figure(source, metric, reading, report.totals_start(), now)
            });
            return Some(figure.unwrap_or_default());
        }
        match metric {
            Metric::Cases => Some(MetricFigure {
                value: Some(MetricValue::Count(agent.cases.into())),
                freshness: match self.agent_freshness(agent, now) {
                    Freshness::UpToDate if !agent.is_reconciled => Freshness::OutOfDate,
                    freshness => freshness,
                },
                ..MetricFigure::default()
            }),
            Metric::Handled | Metric::Transferred | Metric::AverageHandleTime => {
                compute_day_figure(&agent.today, metric, connection_freshness(source))
            }
            _ => None,
        }
    }

    /// Freshness of an agent's status. An agent with a case is talking even if other cases may
    /// have been missed. That an agent has no case is certain only after reconciliation.
    pub fn agent_freshness(&self, agent: &AgentSnapshot, now: Moment) -> Freshness {
        let source = self.sources.get(&agent.id.source);
        if let Some(report) = &agent.report {
            return report.last_status.map_or(Freshness::Unknown, |status| {
                let freshness = freshness_until(source, status.generation, status.valid_until, now);
                downgrade_invalid(freshness, status.is_invalid)
            });
        }
        if agent.status == AgentStatus::Unknown && !agent.is_reconciled {
            return Freshness::Unknown;
        }
        generation_freshness(source, agent.generation)
    }

    /// Freshness of a queue: out of date when any figure that it normally has is.
    pub fn queue_freshness(&self, queue: &QueueSnapshot, now: Moment) -> Freshness {
        let mut known = false;
        for metric in self.provided_metrics(queue) {
            match self.queue_figure(queue, metric, now).map(|f| f.freshness) {
                Some(Freshness::OutOfDate) => return Freshness::OutOfDate,
                Some(Freshness::Disconnected(outage)) => return Freshness::Disconnected(outage),
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
    if is_longest && let Some(figure) = empty_queue_figure(source, queue, reading, now) {
        return figure;
    }
    // The start of a wait is unknown while the source's clock is.
    let is_start_known = reading.at.is_none() || source.is_none_or(|source| source.is_clock_known);
    if is_longest && queue.provided_metrics.is_none() && reading.since.is_some() && !is_start_known
    {
        return MetricFigure::default();
    }
    let mut freshness = freshness_until(source, reading.generation, reading.valid_until, now);
    if queue.silent && freshness == Freshness::UpToDate {
        freshness = Freshness::OutOfDate;
    }
    let is_expired = metric == Metric::AverageWait
        && queue.provided_metrics.is_none()
        && now.monotonic.millis_since(reading.received_at) > AVERAGE_WAIT_LIFETIME;
    // A running clock shows the time until now, or until its connection was lost.
    let value = reading.valid_value().filter(|_| !is_expired);
    let value = value.map(|value| match (reading.since, freshness) {
        (Some(since), Freshness::UpToDate) => elapsed_since(since, now.wall),
        (Some(since), Freshness::Disconnected(outage)) => elapsed_since(since, outage.at),
        _ => value,
    });
    // An empty queue, or a wait that isn't reported yet: known, and without a value.
    let is_queue_empty = is_longest && reading.value.is_none() && !reading.is_invalid;
    let until = match freshness {
        Freshness::UpToDate => Some(now.wall),
        Freshness::Disconnected(outage) => Some(outage.at),
        Freshness::OutOfDate | Freshness::Unknown => None,
    };
    let high = until.filter(|_| is_queue_empty).and_then(|until| {
        let began_after = wait_began_after(queue, reading, now)?;
        Some(elapsed_since(began_after, until))
    });
    MetricFigure {
        value,
        high,
        since: reading.since.filter(|_| value.is_some()),
        at: reading.at,
        freshness: downgrade_invalid(freshness, value.is_none() && !is_queue_empty),
        is_age_unknown: reading.is_age_unknown,
        ..MetricFigure::default()
    }
}

/// While somebody waits and nothing says since when: returns a time before the wait began.
fn wait_began_after(
    queue: &QueueSnapshot,
    longest: &MetricReading,
    now: Moment,
) -> Option<Timestamp> {
    if queue.provided_metrics.is_none() {
        return longest.since;
    }
    let waiting = queue.readings.get(Metric::Waiting)?;
    let is_current = waiting.generation == longest.generation && !waiting.is_expired(now.monotonic);
    let is_waiting =
        matches!(waiting.valid_value(), Some(MetricValue::Count(waiting)) if 0 < waiting);
    // Nobody waited when the vendor reported it.
    let age_ms = now.monotonic.millis_since(longest.received_at);
    (is_waiting && is_current && !longest.is_age_unknown)
        .then(|| moment::plus_millis(now.wall, -age_ms))
}

/// Returns the figure of an empty longest wait, if the queue currently reports that nobody waits.
fn empty_queue_figure(
    source: Option<&SourceSnapshot>,
    queue: &QueueSnapshot,
    longest: &MetricReading,
    now: Moment,
) -> Option<MetricFigure> {
    queue.provided_metrics.as_ref()?;
    let waiting = queue.readings.get(Metric::Waiting)?;
    let freshness = freshness_until(source, waiting.generation, waiting.valid_until, now);
    let is_queue_empty =
        waiting.valid_value() == Some(MetricValue::Count(0)) && freshness == Freshness::UpToDate;
    is_queue_empty.then(|| MetricFigure {
        at: longest.at,
        freshness,
        ..MetricFigure::default()
    })
}

/// Freshness of a value that may be missing. A missing value is unknown, unless it is out of date
/// as well.
pub(super) fn downgrade_invalid(freshness: Freshness, is_invalid: bool) -> Freshness {
    match freshness {
        Freshness::UpToDate if is_invalid => Freshness::Unknown,
        freshness => freshness,
    }
}

/// Freshness of something that was reported in `generation` and is valid until `until`.
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

/// Freshness of something that was reported in `generation`.
fn generation_freshness(source: Option<&SourceSnapshot>, generation: u32) -> Freshness {
    match source {
        Some(source) if source.generation != generation => Freshness::OutOfDate,
        source => connection_freshness(source),
    }
}

/// Freshness of totals. They continue across a discontinuity (incomplete, not out of date). Only
/// a lost connection stops them.
pub(super) fn connection_freshness(source: Option<&SourceSnapshot>) -> Freshness {
    match source {
        Some(source) if source.is_live() => Freshness::UpToDate,
        Some(SourceSnapshot {
            outage: Some(outage),
            ..
        }) => Freshness::Disconnected(*outage),
        Some(_) | None => Freshness::OutOfDate,
    }
}

fn elapsed_since(since: Timestamp, now: Timestamp) -> MetricValue {
    let millis = moment::millis_between(since, now).max(0);
    MetricValue::Seconds(moment::seconds_from(millis))
}
