//! Evaluates metrics for a board: the value shown, its severity, and when time alone will change
//! it. `live::freshness` decides how old a value may be.

use jiff::Timestamp;

use crate::{
    domain::{Counter, Metric, MetricValue, Moment, MonotonicTime, QueueId, QueueTarget, SourceId},
    live::{
        AVERAGE_WAIT_LIFETIME, DayDetails, Freshness, GONE_AFTER, GRAY_AFTER, MetricFigure, Outage,
        QueueSnapshot, Snapshot,
    },
};

use super::{
    LimitValue, SeverityLimits,
    board_definition::{BoardDefinition, DEFAULT_METRICS},
    board_slots::SlotValue,
    board_view::{running_clock, stopped_clock},
    format::{self, UNKNOWN},
    severity::Severity,
};

/// The fewest contacts for an evaluated service level.
const MIN_CONTACTS: i32 = 10;

/// A board with a snapshot and the time to render.
#[derive(Debug)]
pub(super) struct RenderContext<'a> {
    pub(super) board: &'a BoardDefinition,
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    /// The metrics to show per queue.
    pub(super) metrics: Vec<Metric>,
    /// The day's gaps that all queues share, noted once below them.
    pub(super) day_note: String,
    /// The earliest change that time alone will make.
    next_change: Option<MonotonicTime>,
}

/// The freshness of something on a board: [`Freshness`] with the time since the disconnect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DisplayFreshness {
    UpToDate,
    /// Disconnected moments ago: clocks stop, nothing is gray yet.
    Reconnecting,
    /// The last known value, out of date.
    OutOfDate,
    /// Too old to be shown.
    Expired,
    /// Never reported.
    Unknown,
}

impl DisplayFreshness {
    pub(super) fn is_out_of_date(self) -> bool {
        matches!(self, Self::OutOfDate | Self::Expired)
    }
}

/// One metric as a board shows it.
#[derive(Clone, Debug)]
pub(super) struct RenderedMetric {
    pub(super) metric: Metric,
    pub(super) label: String,
    pub(super) cell: SlotValue,
    pub(super) severity: Severity,
    /// Small text after the value: the target, "est.".
    pub(super) note: String,
    pub(super) freshness: DisplayFreshness,
    /// The value to evaluate: up to date, or held while reconnecting.
    pub(super) value: Option<MetricValue>,
    /// For several queues, some of which are out of date: the value of the others, which is a
    /// lower bound for all.
    pub(super) lower_bound: Option<MetricValue>,
    pub(super) since: Option<Timestamp>,
}

/// A queue as a board shows it.
#[derive(Debug)]
pub(super) struct EvaluatedQueue<'a> {
    pub(super) queue: &'a QueueSnapshot,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) figures: Vec<RenderedMetric>,
    /// Why it is gray or quiet, or the gaps in its day.
    pub(super) note: String,
    /// The source's time of the newest value.
    pub(super) reported_at: Option<i64>,
}

impl EvaluatedQueue<'_> {
    /// Returns the metric that most needs attention, with its severity. Nobody can act on a poor
    /// day now, so metrics of the day don't count.
    pub(super) fn attention_cause(&self) -> Option<(Severity, &RenderedMetric)> {
        let live_figures = self.figures.iter().filter(|f| !f.metric.is_daily());
        let causes =
            live_figures.filter(|f| matches!(f.severity, Severity::Warning | Severity::Critical));
        // Ties: the first one wins.
        let worst = causes.rev().max_by_key(|figure| figure.severity)?;
        (self.severity != Severity::OutOfDate).then_some((worst.severity, worst))
    }

    /// Returns the metric that causes the queue's severity: live ones first.
    pub(super) fn severity_cause(&self) -> Option<&RenderedMetric> {
        let causes = self.figures.iter().filter(|f| f.severity == self.severity);
        causes.min_by_key(|figure| figure.metric.is_daily())
    }
}

impl<'a> RenderContext<'a> {
    pub(super) fn new(board: &'a BoardDefinition, snapshot: &'a Snapshot, now: Moment) -> Self {
        Self {
            board,
            snapshot,
            now,
            metrics: select_metrics(board, snapshot),
            day_note: String::new(),
            next_change: None,
        }
    }

    pub(super) fn next_change(&self) -> Option<Moment> {
        let at = self.next_change?;
        let millis = at.millis_since(self.now.monotonic).max(1);
        Some(self.now.plus_millis(millis))
    }

    pub(super) fn schedule_change(&mut self, at: MonotonicTime) {
        self.next_change = Some(self.next_change.map_or(at, |earliest| earliest.min(at)));
    }

    /// Returns the display freshness of a value last received at `received_at`.
    pub(super) fn display_freshness(
        &mut self,
        freshness: Freshness,
        received_at: Option<MonotonicTime>,
    ) -> DisplayFreshness {
        match freshness {
            Freshness::UpToDate => DisplayFreshness::UpToDate,
            Freshness::Unknown => DisplayFreshness::Unknown,
            Freshness::Disconnected(Outage {
                monotonic: mono, ..
            }) if self.now.monotonic.millis_since(mono) < GRAY_AFTER => {
                self.schedule_change(mono.plus_millis(GRAY_AFTER));
                DisplayFreshness::Reconnecting
            }
            Freshness::Disconnected(Outage {
                monotonic: mono, ..
            }) => self.out_of_date_or_expired(mono),
            Freshness::OutOfDate => received_at
                .map_or(DisplayFreshness::OutOfDate, |received_at| {
                    self.out_of_date_or_expired(received_at)
                }),
        }
    }

    fn out_of_date_or_expired(&mut self, received_at: MonotonicTime) -> DisplayFreshness {
        if self.now.monotonic.millis_since(received_at) < GONE_AFTER {
            self.schedule_change(received_at.plus_millis(GONE_AFTER));
            DisplayFreshness::OutOfDate
        } else {
            DisplayFreshness::Expired
        }
    }

    /// Returns the freshness of a metric of the day: a disconnected source makes even its totals
    /// out of date.
    pub(super) fn day_freshness(&self, source: &SourceId, freshness: Freshness) -> Freshness {
        match (freshness, self.snapshot.sources.get(source)) {
            (Freshness::Unknown, _) => Freshness::Unknown,
            (_, Some(source)) if !source.is_live() => source
                .outage
                .map_or(Freshness::OutOfDate, Freshness::Disconnected),
            (freshness, _) => freshness,
        }
    }

    /// Evaluates a queue with all metrics that the board shows.
    pub(super) fn evaluate_queue(&mut self, queue: &'a QueueSnapshot) -> EvaluatedQueue<'a> {
        let id = queue.id.to_string();
        let show = self.metrics.clone();
        let figures: Vec<_> = (show.into_iter())
            .map(|metric| self.evaluate_metric(queue, &id, metric))
            .collect();
        let freshness = self.snapshot.queue_freshness(queue, self.now);
        let received_at = self.snapshot.last_received(queue, None);
        let shown = self.display_freshness(freshness, received_at);
        let is_stale =
            shown.is_out_of_date() || figures.iter().any(|f| f.freshness.is_out_of_date());
        // Certain values of some queues need attention even if others are out of date.
        let certain = figures.iter().filter(|f| f.lower_bound.is_some());
        let certain = certain
            .map(|f| f.severity)
            .filter(Severity::needs_attention)
            .max();
        let severity = match queue.quiet_since {
            _ if is_stale => certain.unwrap_or(Severity::OutOfDate),
            Some(_) => Severity::None,
            None => (figures.iter().map(|f| f.severity).max()).unwrap_or_default(),
        };
        let members = self.snapshot.group_members(queue);
        let reported_at = members.flat_map(|queue| queue.readings.values());
        let reported_at = reported_at.filter_map(|reading| reading.at).max();
        EvaluatedQueue {
            queue,
            name: self.queue_name(queue, &id),
            note: self.queue_note(queue, freshness, shown, is_stale, &figures),
            id,
            severity,
            figures,
            reported_at: reported_at.map(Timestamp::as_millisecond),
        }
    }

    /// Evaluates one metric of a queue.
    pub(super) fn evaluate_metric(
        &mut self,
        queue: &QueueSnapshot,
        id: &str,
        metric: Metric,
    ) -> RenderedMetric {
        let target = self.snapshot.site.target_for(id);
        let mut rendered = self.render_queue_figure(queue, metric, &target);
        let is_evaluated = matches!(
            rendered.freshness,
            DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting
        ) && queue.quiet_since.is_none()
            && (metric != Metric::ServiceLevel || self.has_enough_contacts(queue));
        if is_evaluated && let Some(value) = rendered.value {
            let limits = self.board.limits_for(id, metric);
            rendered.severity = Severity::from_value(value.as_number(), &limits, &target);
            if rendered.freshness == DisplayFreshness::UpToDate && rendered.since.is_some() {
                self.schedule_crossings(value, &limits);
            }
        } else if let Some(lower_bound) = rendered.lower_bound {
            let limits = self.board.limits_for(id, metric);
            let upper_limits = SeverityLimits {
                warning: limits.warning,
                critical: limits.critical,
                ..SeverityLimits::default()
            };
            let severity = Severity::from_value(lower_bound.as_number(), &upper_limits, &target);
            if severity.needs_attention() {
                rendered.severity = severity;
            }
            if rendered.since.is_some() {
                self.schedule_crossings(lower_bound, &upper_limits);
            }
        }
        rendered
    }

    /// Renders without any severity except out of date.
    fn render_queue_figure(
        &mut self,
        queue: &QueueSnapshot,
        metric: Metric,
        target: &QueueTarget,
    ) -> RenderedMetric {
        let figure = self.snapshot.queue_figure(queue, metric, self.now);
        let received_at = self.snapshot.last_received(queue, Some(metric));
        let expires = metric == Metric::AverageWait && queue.provided_metrics.is_none();
        if expires && figure.as_ref().is_some_and(|f| f.value.is_some()) {
            // The average is meaningless a quarter of an hour after its report.
            self.schedule_change(
                received_at
                    .unwrap_or_default()
                    .plus_millis(AVERAGE_WAIT_LIFETIME + 1),
            );
        }
        let mut rendered =
            self.render_figure(metric, figure, &queue.id.source, received_at, target);
        if metric == Metric::ServiceLevel && queue.provided_metrics.is_some() {
            // Only the vendor knows its threshold, even before the first value.
            metric.short_label().clone_into(&mut rendered.label);
        }
        rendered
    }

    /// Renders a figure by the freshness rules.
    pub(super) fn render_figure(
        &mut self,
        metric: Metric,
        figure: Option<MetricFigure>,
        source: &SourceId,
        received_at: Option<MonotonicTime>,
        target: &QueueTarget,
    ) -> RenderedMetric {
        let Some(figure) = figure else {
            return RenderedMetric::unknown(metric, format::label(metric, target, None));
        };
        let freshness = if metric.is_daily() {
            self.day_freshness(source, figure.freshness)
        } else {
            figure.freshness
        };
        let shown = match self.display_freshness(freshness, received_at) {
            // Values of some queues are worth showing, however long others are disconnected.
            DisplayFreshness::Expired if figure.low.is_some() => DisplayFreshness::OutOfDate,
            other => other,
        };
        let held = figure
            .value
            .filter(|_| shown == DisplayFreshness::Reconnecting);
        let text = || match held {
            Some(value) => format::value(Some(value)),
            None => format::figure(metric, &figure),
        };
        let is_clock = format::is_running_clock(metric);
        let cell = match (shown, figure.since) {
            // A running clock would be read as the longest wait of all queues.
            (DisplayFreshness::UpToDate, Some(since)) if is_clock && figure.low.is_none() => {
                running_clock(since)
            }
            (DisplayFreshness::Expired | DisplayFreshness::Unknown, _) if is_clock => {
                stopped_clock(UNKNOWN.to_owned())
            }
            (DisplayFreshness::Expired | DisplayFreshness::Unknown, _) => {
                SlotValue::Text(UNKNOWN.to_owned())
            }
            _ if is_clock => stopped_clock(text()),
            _ => SlotValue::Text(text()),
        };
        let is_usable = matches!(
            shown,
            DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting
        );
        let details = figure.day_details.as_ref();
        RenderedMetric {
            metric,
            label: day_label(metric, target, details),
            cell,
            severity: if shown.is_out_of_date() {
                Severity::OutOfDate
            } else {
                Severity::None
            },
            note: metric_note(metric, details, figure.value, target),
            freshness: shown,
            value: figure
                .value
                .filter(|_| is_usable && figure.low.is_none() || held.is_some()),
            lower_bound: (figure.low).filter(|_| held.is_none() && figure.high.is_none()),
            since: figure.since.filter(|_| shown == DisplayFreshness::UpToDate),
        }
    }

    /// Whether there were enough contacts to evaluate a service level. True where the number isn't
    /// reported.
    fn has_enough_contacts(&self, queue: &QueueSnapshot) -> bool {
        let value_of = |metric| {
            let figure = self.snapshot.queue_figure(queue, metric, self.now)?;
            figure.value.map(MetricValue::as_number)
        };
        if queue.provided_metrics.is_none() && queue.members.is_none() {
            let counters = &queue.today.counters;
            let ended = counters.count(Counter::Answered) + counters.count(Counter::Abandoned);
            return i64::from(MIN_CONTACTS) <= ended;
        }
        let counts = [Metric::Answered, Metric::Abandoned, Metric::Offered].map(value_of);
        let [answered, abandoned, offered] = counts;
        let ended = answered.zip(abandoned).map(|(a, b)| a + b);
        (ended.or(answered).or(offered)).is_none_or(|n| f64::from(MIN_CONTACTS) <= n)
    }

    /// Schedules when a running clock will reach its next limit.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "waits stay far below 2^52 ms"
    )]
    fn schedule_crossings(&mut self, value: MetricValue, limits: &SeverityLimits) {
        for limit in [limits.warning, limits.critical].into_iter().flatten() {
            let remaining_ms = ((limit - value.as_number()) * 1000.0).ceil() as i64;
            if 0 < remaining_ms {
                self.schedule_change(self.now.monotonic.plus_millis(remaining_ms));
            }
        }
    }

    pub(super) fn queue_name(&self, queue: &QueueSnapshot, id: &str) -> String {
        let renamed = self.board.names.get(id).cloned();
        renamed.unwrap_or_else(|| self.snapshot.queue_name(queue))
    }

    fn queue_note(
        &self,
        queue: &QueueSnapshot,
        freshness: Freshness,
        shown: DisplayFreshness,
        is_stale: bool,
        figures: &[RenderedMetric],
    ) -> String {
        if queue.members.is_some() && (is_stale || shown == DisplayFreshness::Reconnecting) {
            return self.group_note(queue, shown);
        }
        let id = &queue.id.source;
        let source = self.snapshot.site.source_name(id);
        let zone = &self.snapshot.site.zone;
        let time = |at| format::time_or_day(at, self.now.wall, zone);
        if let Freshness::Disconnected(outage) = self.day_freshness(id, freshness) {
            return match shown {
                DisplayFreshness::Expired => format!("No data since {}", time(outage.at)),
                DisplayFreshness::Reconnecting => format!("Reconnecting to {source}"),
                _ => format!("{source} lost at {}", time(outage.at)),
            };
        }
        if is_stale && queue.silent {
            return format!("No updates from {source}");
        }
        if is_stale {
            return format!("Waiting for {source} to refresh");
        }
        if let Some(since) = queue.quiet_since {
            return format!("No activity since {}", time(since));
        }
        if figures.iter().any(|f| f.metric.is_daily()) {
            let days = figures.iter().filter(|f| f.metric.is_daily());
            let mut details = days.filter_map(|f| {
                let figure = self.snapshot.queue_figure(queue, f.metric, self.now)?;
                figure.day_details
            });
            let note = details
                .next()
                .map(|details| self.day_note(&details))
                .unwrap_or_default();
            if note != self.day_note {
                return note;
            }
        }
        if queue.members.is_some() {
            return self.format_excluded(queue, figures);
        }
        String::new()
    }

    /// Names the members that never report a shown metric and so are excluded from it.
    fn format_excluded(&self, queue: &QueueSnapshot, figures: &[RenderedMetric]) -> String {
        let selection = self.snapshot.select_queues([queue]);
        let mut excluded: Vec<QueueId> = Vec::new();
        let mut labels = Vec::new();
        for figure in figures {
            let merged = self
                .snapshot
                .merge_figure(&selection, figure.metric, self.now);
            let without = merged.map(|merged| merged.without).unwrap_or_default();
            if excluded.is_empty() {
                excluded.clone_from(&without);
            }
            if !without.is_empty() && without == excluded {
                labels.push(figure.label.to_lowercase());
            }
        }
        match self.format_without(excluded.iter()) {
            none if none.is_empty() => none,
            without => format!("{without}: {}", labels.join(", ")),
        }
    }

    /// Names the members that are out of date.
    fn group_note(&self, queue: &QueueSnapshot, shown: DisplayFreshness) -> String {
        let members = self.snapshot.group_members(queue).filter(|member| {
            self.snapshot
                .queue_freshness(member, self.now)
                .is_out_of_date()
        });
        let members: Vec<_> = members.map(|member| &member.id).collect();
        match members.first() {
            Some(first) if shown == DisplayFreshness::Reconnecting => {
                format!("Reconnecting to {}", first.source)
            }
            _ if members.len() == self.snapshot.group_members(queue).count() => {
                "All its queues are out of date".to_owned()
            }
            _ => self.format_without(members.into_iter()),
        }
    }
}

impl RenderedMetric {
    pub(super) fn unknown(metric: Metric, label: String) -> Self {
        let cell = if format::is_running_clock(metric) {
            stopped_clock(UNKNOWN.to_owned())
        } else {
            SlotValue::Text(UNKNOWN.to_owned())
        };
        Self {
            metric,
            label,
            cell,
            severity: Severity::None,
            note: String::new(),
            freshness: DisplayFreshness::Unknown,
            value: None,
            lower_bound: None,
            since: None,
        }
    }

    /// "14", "≥ 7".
    pub(super) fn format_value(&self) -> String {
        match (self.value, self.lower_bound) {
            (None, Some(lower_bound)) => format!("≥ {}", format::value(Some(lower_bound))),
            (value, _) => format::value(value),
        }
    }
}

/// Returns a metric's label. A vendor's service level uses its own threshold, which it doesn't
/// report.
fn day_label(metric: Metric, target: &QueueTarget, details: Option<&DayDetails>) -> String {
    let formula = details.and_then(|details| details.formula);
    match (metric, details, formula) {
        (Metric::ServiceLevel, Some(_), None) => metric.short_label().to_owned(),
        _ => format::label(metric, target, formula),
    }
}

fn metric_note(
    metric: Metric,
    details: Option<&DayDetails>,
    value: Option<MetricValue>,
    target: &QueueTarget,
) -> String {
    if value.is_none() {
        return String::new();
    }
    match (metric, details) {
        (Metric::ServiceLevel, _) => {
            format!("target {}", LimitValue::FromTarget(0.0).resolve_for(target))
        }
        (_, Some(details)) if details.is_estimated && value != Some(MetricValue::Count(0)) => {
            "est.".to_owned()
        }
        _ => String::new(),
    }
}

/// Returns the board's metrics. By default, shows answered contacts instead of abandons if no
/// queue can know them: a column of "–" would help nobody.
fn select_metrics(board: &BoardDefinition, snapshot: &Snapshot) -> Vec<Metric> {
    let mut show = board.show.clone();
    let mut queues = snapshot
        .queues
        .values()
        .filter(|queue| queue.members.is_none());
    let abandons_unknown = queues.all(|queue| match &queue.provided_metrics {
        Some(provided) => !provided.contains(&Metric::Abandoned),
        None => !queue.today.entries_known,
    });
    if show == DEFAULT_METRICS && abandons_unknown {
        show[4] = Metric::Answered;
    }
    show
}
