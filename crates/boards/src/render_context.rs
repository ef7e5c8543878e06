//! Evaluates metrics for a board: the value shown, its severity, and when time alone will change
//! it. `live::freshness` decides how old a value may be.

use std::{cmp::Reverse, sync::Arc};

use jiff::Timestamp;

use wallboard_domain::{
    BoardStyle, Metric, MetricValue, Moment, MonotonicTime, NameVisibility, QueueId, SourceId,
    TargetInForce, moment,
};
use wallboard_live::{
    AVERAGE_WAIT_LIFETIME, DayDetails, Freshness, GONE_AFTER, GRAY_AFTER, MetricFigure, Outage,
    QueueSnapshot, Snapshot,
};

use super::{
    board_definition::{BoardDefinition, DEFAULT_METRICS},
    board_slots::SlotValue,
    board_view::{running_clock, stopped_clock},
    figure_text,
    format::{self, UNKNOWN},
    selection::BoardSelection,
    severity::Severity,
};

/// A board with a snapshot and the time to render.
#[derive(Debug)]
pub(super) struct RenderContext<'a> {
    pub(super) board: &'a BoardDefinition,
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    /// Only of a whole board.
    pub(super) selection: Arc<BoardSelection>,
    /// The metrics to show per queue.
    pub(super) metrics: Vec<Metric>,
    /// The day's gaps that all queues share, noted once below them.
    pub(super) day_note: String,
    /// What the screen has instead of the board's own.
    pub(super) style: BoardStyle,
    /// What the board says of a replay, which is never live; `None` for the present.
    pub(super) replay_note: Option<Arc<str>>,
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
    /// By live thresholds; a figure of the day has none, since nobody can act on it now.
    pub(super) severity: Severity,
    /// Its severity is that of a threshold that it was past less than a minute ago.
    pub(super) is_held: bool,
    /// A figure of the day that misses its target.
    pub(super) is_missed: bool,
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
    /// The figures that the board shows.
    pub(super) figures: Vec<RenderedMetric>,
    /// The live figures that cause a warning or critical severity, the worst first, whether the
    /// board shows them or not.
    pub(super) causes: Vec<RenderedMetric>,
    /// Outside its opening hours: it has no severity, but may have waiting contacts.
    pub(super) closed: Option<ClosedQueue>,
    /// Why it is gray or quiet, or the gaps in its day.
    pub(super) note: String,
    /// The source's time of the newest value.
    pub(super) reported_at: Option<i64>,
}

/// A queue outside its opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClosedQueue {
    pub(super) opens_at: Option<Timestamp>,
    /// "Mon 08:00", if that is known.
    opening_time: Option<String>,
}

impl ClosedQueue {
    /// "opens Mon 08:00", if that is known.
    pub(super) fn opening(&self) -> Option<String> {
        let time = self.opening_time.as_ref()?;
        Some(format!("opens {time}"))
    }

    /// "Closed · opens Mon 08:00"
    pub(super) fn text(&self) -> String {
        match self.opening() {
            Some(opening) => format!("Closed · {opening}"),
            None => "Closed".to_owned(),
        }
    }

    /// "Closed. Opens Mon 08:00."
    pub(super) fn sentence(&self) -> String {
        match &self.opening_time {
            Some(time) => format!("Closed. Opens {time}."),
            None => "Closed.".to_owned(),
        }
    }
}

impl EvaluatedQueue<'_> {
    /// Returns the figure that most needs attention. Ties: the first one that the board shows.
    pub(super) fn worst_cause(&self) -> Option<&RenderedMetric> {
        self.causes.first()
    }
}

impl<'a> RenderContext<'a> {
    pub(super) fn new(board: &'a BoardDefinition, snapshot: &'a Snapshot, now: Moment) -> Self {
        Self {
            board,
            snapshot,
            now,
            selection: Arc::default(),
            metrics: select_metrics(board, snapshot),
            day_note: String::new(),
            style: BoardStyle::default(),
            replay_note: None,
            next_change: None,
        }
    }

    /// The same for a whole board.
    pub(super) fn of_board(
        board: &'a BoardDefinition,
        snapshot: &'a Snapshot,
        now: Moment,
    ) -> Self {
        Self {
            selection: BoardSelection::find(board, snapshot, now).into(),
            ..Self::new(board, snapshot, now)
        }
    }

    /// How much of agents' names may be shown.
    pub(super) fn agent_names(&self) -> NameVisibility {
        let allowed = self.snapshot.site.agent_names;
        (self.style.agent_names).map_or(allowed, |chosen| chosen.max(allowed))
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
        let unshown = self.snapshot.site.thresholds.severity_metrics(&id);
        let unshown = unshown.into_iter().filter(|metric| !show.contains(metric));
        // Severity is the queue's, whatever this board shows of it.
        let mut unshown: Vec<_> = unshown
            .map(|metric| self.evaluate_metric(queue, &id, metric))
            .collect();
        let mut figures: Vec<_> = (show.into_iter())
            .map(|metric| self.evaluate_metric(queue, &id, metric))
            .collect();
        let closed = self.closed_queue(queue);
        if closed.is_some() {
            figures
                .iter_mut()
                .chain(&mut unshown)
                .for_each(RenderedMetric::clear_severity);
        }
        let freshness = self.snapshot.queue_freshness(queue, self.now);
        let received_at = self.snapshot.last_received(queue, None);
        let shown = self.display_freshness(freshness, received_at);
        let is_stale =
            shown.is_out_of_date() || figures.iter().any(|f| f.freshness.is_out_of_date());
        let evaluated = || figures.iter().chain(&unshown);
        // Certain values of some queues need attention even if others are out of date.
        let certain = evaluated().filter(|f| f.lower_bound.is_some());
        let certain = certain
            .map(|f| f.severity)
            .filter(Severity::needs_attention)
            .max();
        let severity = match queue.quiet_since {
            _ if is_stale => certain.unwrap_or(Severity::OutOfDate),
            Some(_) => Severity::None,
            None if closed.is_some() => Severity::None,
            None => (evaluated().map(|f| f.severity).max()).unwrap_or_default(),
        };
        let causes = evaluated().filter(|f| severity.needs_attention() && f.needs_attention());
        let mut causes: Vec<_> = causes.cloned().collect();
        // Stable sort: ties stay in the board's order.
        causes.sort_by_key(|figure| Reverse(figure.severity));
        let members = self.snapshot.group_members(queue);
        let reported_at = members.flat_map(|queue| queue.readings.values());
        let reported_at = reported_at.filter_map(|reading| reading.at).max();
        EvaluatedQueue {
            queue,
            name: self.board.queue_name(self.snapshot, queue, &id),
            note: match &closed {
                Some(closed) if !is_stale => closed.text(),
                _ => self.queue_note(queue, freshness, shown, is_stale, &figures),
            },
            id,
            severity,
            figures,
            causes,
            closed,
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
        let target = self.snapshot.site.target_in_force(id, metric);
        let figure = self.snapshot.queue_figure(queue, metric, self.now);
        let reached = if metric.is_daily() {
            None
        } else {
            let figure = figure.as_ref();
            (self.snapshot).reached_threshold(&queue.id, metric, figure, self.now)
        };
        let mut rendered = self.render_queue_figure(queue, metric, figure, &target);
        let is_evaluated = matches!(
            rendered.freshness,
            DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting
        ) && queue.quiet_since.is_none();
        if metric.is_daily() {
            let snapshot = self.snapshot;
            let limits = target.miss_limits.unwrap_or_default();
            let selection = || snapshot.select_queues([queue]);
            let value = rendered.value.filter(|_| is_evaluated);
            rendered.is_missed = match (value, rendered.lower_bound) {
                (Some(value), _) => snapshot.is_missed(&limits, value, selection, self.now),
                // Below a limit, a lower bound says nothing.
                (None, Some(low)) => limits.from.is_some_and(|from| from <= low.as_number()),
                (None, None) => false,
            };
            return rendered;
        }
        let reached = reached.filter(|_| is_evaluated || rendered.lower_bound.is_some());
        rendered.is_held = reached.is_some_and(|reached| reached.is_held);
        rendered.severity = match reached {
            Some(reached) => reached.level.into(),
            None if is_evaluated && rendered.value.is_some() => Severity::Normal,
            None => rendered.severity,
        };
        rendered
    }

    /// Renders without any severity except out of date.
    fn render_queue_figure(
        &mut self,
        queue: &QueueSnapshot,
        metric: Metric,
        figure: Option<MetricFigure>,
        target: &TargetInForce,
    ) -> RenderedMetric {
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
        target: &TargetInForce,
    ) -> RenderedMetric {
        let Some(figure) = figure else {
            return RenderedMetric::unknown(
                metric,
                figure_text::narrow_label(metric, target, None),
            );
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
            None => figure_text::value(metric, &figure),
        };
        let is_clock = format::is_running_clock(metric);
        if let (None, Some(high)) = (figure.low, figure.high) {
            self.schedule_change(figure_text::next_bound(high, self.now.monotonic));
        }
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
            is_held: false,
            is_missed: false,
            note: metric_note(metric, details, figure.value, target),
            freshness: shown,
            value: figure
                .value
                .filter(|_| is_usable && figure.low.is_none() || held.is_some()),
            lower_bound: (figure.low).filter(|_| held.is_none() && figure.high.is_none()),
            since: figure.since.filter(|_| shown == DisplayFreshness::UpToDate),
        }
    }

    /// Returns the opening time of a closed queue, and schedules when it closes or opens next.
    fn closed_queue(&mut self, queue: &QueueSnapshot) -> Option<ClosedQueue> {
        let hours = self.snapshot.queue_hours(queue, self.now.wall);
        if let Some(at) = hours.next_change {
            let millis = moment::millis_between(self.now.wall, at).max(1);
            self.schedule_change(self.now.monotonic.plus_millis(millis));
        }
        let zone = &self.snapshot.site.zone;
        let opens_at = hours.opens_at;
        hours.is_closed.then(|| ClosedQueue {
            opens_at,
            opening_time: opens_at.map(|at| format::opening_time(at, self.now.wall, zone)),
        })
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
            let note = self.first_day_note(queue, figures).unwrap_or_default();
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
                let source = self.snapshot.site.source_name(&first.source);
                format!("Reconnecting to {source}")
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
            is_held: false,
            is_missed: false,
            note: String::new(),
            freshness: DisplayFreshness::Unknown,
            value: None,
            lower_bound: None,
            since: None,
        }
    }

    /// Removes a severity by thresholds.
    fn clear_severity(&mut self) {
        if self.severity != Severity::OutOfDate {
            (self.severity, self.is_held) = (Severity::None, false);
        }
    }

    /// Whether it causes a warning or critical severity.
    pub(super) fn needs_attention(&self) -> bool {
        self.severity.needs_attention()
    }

    /// The reason as a mark says it after its glyph: "2:11 wait", "6 waiting", "0 available".
    pub(super) fn format_reason(&self) -> String {
        let noun = match self.metric {
            Metric::LongestWait => "wait".to_owned(),
            other => other.short_label().to_lowercase(),
        };
        format!("{} {noun}", self.format_value())
    }

    /// "14", "≥ 7".
    pub(super) fn format_value(&self) -> String {
        match (self.value, self.lower_bound) {
            (None, Some(lower_bound)) => figure_text::at_least(format::value(Some(lower_bound))),
            (value, _) => format::value(value),
        }
    }
}

/// Returns a metric's label. A vendor's service level uses its own threshold, which it doesn't
/// report.
fn day_label(metric: Metric, target: &TargetInForce, details: Option<&DayDetails>) -> String {
    let formula = details.and_then(|details| details.formula);
    match (metric, details, formula) {
        (Metric::ServiceLevel, Some(_), None) => metric.short_label().to_owned(),
        _ => figure_text::narrow_label(metric, target, formula),
    }
}

fn metric_note(
    metric: Metric,
    details: Option<&DayDetails>,
    value: Option<MetricValue>,
    target: &TargetInForce,
) -> String {
    if value.is_none() {
        return String::new();
    }
    match (metric, details) {
        (Metric::ServiceLevel, _) => figure_text::target(target.service_level_percent),
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
