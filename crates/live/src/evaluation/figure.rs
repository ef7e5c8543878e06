//! One figure of a queue, or over several.

use jiff::Timestamp;

use crate::{
    FigureReason,
    freshness::AVERAGE_WAIT_LIFETIME,
    merge::{AgentPresence, MergedFigure, QueueSelection},
    snapshot::{DayDetails, Freshness, MetricFigure, QueueSnapshot, Snapshot},
};
use wallboard_domain::{Metric, MetricValue, MonotonicTime, SourceId, TargetInForce};

use super::{Evaluator, Severity, ShownFreshness};

/// A figure, and what it means.
#[derive(Clone, Debug)]
pub struct EvaluatedFigure {
    pub metric: Metric,
    /// Unknown if nobody provides it.
    pub figure: MetricFigure,
    pub freshness: ShownFreshness,
    /// When a source last reported it; unknown for a figure of the day over several queues.
    pub received_at: Option<MonotonicTime>,
    /// By live thresholds; a figure of the day has none, since nobody can act on it now.
    pub severity: Severity,
    /// Its severity is that of a threshold that it was past less than a minute ago.
    pub is_held: bool,
    /// A figure of the day that misses its target.
    pub is_missed: bool,
    /// The threshold is `None` where only the vendor knows it.
    pub target: TargetInForce,
}

impl EvaluatedFigure {
    /// A figure that has neither thresholds nor a target.
    fn new(
        metric: Metric,
        figure: MetricFigure,
        freshness: ShownFreshness,
        received_at: Option<MonotonicTime>,
        target: TargetInForce,
    ) -> Self {
        Self {
            severity: if freshness.is_out_of_date() {
                Severity::OutOfDate
            } else {
                Severity::None
            },
            metric,
            figure,
            freshness,
            received_at,
            is_held: false,
            is_missed: false,
            target,
        }
    }

    /// The value to judge: up to date, or the last one moments after a disconnect.
    pub fn value(&self) -> Option<MetricValue> {
        match self.freshness {
            ShownFreshness::Reconnecting => self.figure.value,
            ShownFreshness::UpToDate if self.figure.low.is_none() => self.figure.value,
            _ => None,
        }
    }

    /// The value to compare with a plan of the day: up to date, and of all that the day had so far.
    pub fn whole_day_value(&self) -> Option<MetricValue> {
        let is_current = self.freshness == ShownFreshness::UpToDate;
        let is_whole = self.day_details().is_none_or(|day| day.is_complete);
        self.shown_value().filter(|_| is_current && is_whole)
    }

    /// For several queues, some of which are out of date: the value of the others, which is a lower
    /// bound for all.
    pub fn lower_bound(&self) -> Option<MetricValue> {
        let is_last = self.freshness == ShownFreshness::Reconnecting && self.figure.value.is_some();
        (self.figure.low).filter(|_| !is_last && self.figure.high.is_none())
    }

    /// The single value that is shown, also out of date. A value with a reason is the last one from
    /// when all queues were up to date.
    pub fn shown_value(&self) -> Option<MetricValue> {
        let is_exact = self.figure.low.is_none() && self.figure.reason.is_none();
        match self.freshness {
            ShownFreshness::Expired | ShownFreshness::Unknown => None,
            ShownFreshness::Reconnecting => self.figure.value,
            ShownFreshness::UpToDate | ShownFreshness::OutOfDate => {
                self.figure.value.filter(|_| is_exact)
            }
        }
    }

    /// Whether a bound is shown in place of a value.
    pub fn is_shown_as_bound(&self) -> bool {
        let is_unknown = matches!(
            self.freshness,
            ShownFreshness::Expired | ShownFreshness::Unknown
        );
        let has_upper = self.figure.value.is_none() && self.figure.high.is_some();
        !is_unknown && self.shown_value().is_none() && (self.figure.low.is_some() || has_upper)
    }

    /// Whether a value or a bound is shown.
    pub fn is_shown(&self) -> bool {
        self.shown_value().is_some() || self.is_shown_as_bound()
    }

    /// Whether a newer value may exist. Boards wait a little until they mark it.
    pub fn is_out_of_date(&self) -> bool {
        self.freshness.is_out_of_date() || self.figure.freshness.is_out_of_date()
    }

    /// Why there is no single value, unless it is too old to be shown.
    pub fn shown_reason(&self) -> Option<&FigureReason> {
        let is_shown = self.freshness != ShownFreshness::Expired;
        (self.figure.reason.as_ref()).filter(|_| is_shown)
    }

    /// Whether it is unknown or zero, and recedes. No one available is news.
    pub fn is_nothing(&self) -> bool {
        match self.shown_value() {
            Some(MetricValue::Count(0)) => self.metric != Metric::AgentsAvailable,
            Some(_) => false,
            None => !self.is_shown_as_bound(),
        }
    }

    /// Whether its value includes an estimate. Zero doesn't.
    pub fn is_estimated(&self) -> bool {
        let is_zero = matches!(self.figure.value, None | Some(MetricValue::Count(0)));
        !is_zero && self.figure.is_estimated()
    }

    /// When a wait that runs began.
    pub fn since(&self) -> Option<Timestamp> {
        (self.figure.since).filter(|_| self.freshness == ShownFreshness::UpToDate)
    }

    /// When the clock that is shown began. That of some queues would be read as the longest wait of
    /// all.
    pub fn running_since(&self) -> Option<Timestamp> {
        self.since().filter(|_| self.figure.low.is_none())
    }

    pub fn day_details(&self) -> Option<&DayDetails> {
        self.figure.day_details.as_deref()
    }

    /// Removes a severity by thresholds.
    pub(super) fn clear_severity(&mut self) {
        if self.severity != Severity::OutOfDate {
            (self.severity, self.is_held) = (Severity::None, false);
        }
    }
}

impl Evaluator<'_> {
    /// Evaluates one metric of a queue or a group.
    pub fn evaluate_metric(&mut self, queue: &QueueSnapshot, metric: Metric) -> EvaluatedFigure {
        self.evaluate_metric_of(queue, &queue.id.to_string(), metric)
    }

    /// Evaluates all metrics that a queue's or a group's sources provide, in reading order.
    pub fn evaluate_provided(&mut self, queue: &QueueSnapshot) -> Vec<EvaluatedFigure> {
        let id = queue.id.to_string();
        let mut evaluate = |metric| {
            let figure = self.snapshot.queue_figure(queue, metric, self.now)?;
            Some(self.evaluate_queue_figure(queue, &id, metric, Some(figure)))
        };
        Metric::all().filter_map(&mut evaluate).collect()
    }

    /// Evaluates a metric by the queue's ID as patterns match it, which is written once for all of them.
    pub(super) fn evaluate_metric_of(
        &mut self,
        queue: &QueueSnapshot,
        id: &str,
        metric: Metric,
    ) -> EvaluatedFigure {
        let figure = self.snapshot.queue_figure(queue, metric, self.now);
        self.evaluate_queue_figure(queue, id, metric, figure)
    }

    fn evaluate_queue_figure(
        &mut self,
        queue: &QueueSnapshot,
        id: &str,
        metric: Metric,
        figure: Option<MetricFigure>,
    ) -> EvaluatedFigure {
        let snapshot = self.snapshot;
        let reached = if metric.is_daily() {
            None
        } else {
            snapshot.reached_threshold(&queue.id, id, metric, figure.as_ref(), self.now)
        };
        let received_at = snapshot.last_received(queue, Some(metric));
        let expires = metric == Metric::AverageWait && queue.provided_metrics.is_none();
        if expires && figure.as_ref().is_some_and(|f| f.value.is_some()) {
            // The average is meaningless a quarter of an hour after its report.
            let received_at = received_at.unwrap_or_default();
            self.schedule_change(received_at.plus_millis(AVERAGE_WAIT_LIFETIME + 1));
        }
        let mut evaluated = self.evaluate_figure(
            metric,
            figure,
            Some(&queue.id.source),
            received_at,
            snapshot.target_of(queue, id, metric),
        );
        let is_judged = evaluated.freshness.is_current() && queue.quiet_since.is_none();
        if metric.is_daily() {
            evaluated.is_missed = (is_judged || evaluated.lower_bound().is_some())
                && self.is_missed(&evaluated, || snapshot.select_queues([queue]));
            return evaluated;
        }
        let reached = reached.filter(|_| is_judged || evaluated.lower_bound().is_some());
        evaluated.is_held = reached.is_some_and(|reached| reached.is_held);
        evaluated.severity = match reached {
            Some(reached) => reached.level.into(),
            None if is_judged && evaluated.value().is_some() => Severity::Normal,
            None => evaluated.severity,
        };
        evaluated
    }

    /// Evaluates a figure that was merged over these queues. Each queue has its own thresholds, and a
    /// sum has none.
    pub fn evaluate_merged(
        &mut self,
        selection: &QueueSelection<'_>,
        metric: Metric,
        merged: Option<&MergedFigure>,
    ) -> EvaluatedFigure {
        let snapshot = self.snapshot;
        let received_at = selection.queues.iter();
        let received_at =
            received_at.filter_map(|queue| snapshot.last_received(queue, Some(metric)));
        let received_at = received_at.max().filter(|_| !metric.is_daily());
        let mut evaluated = self.evaluate_figure(
            metric,
            merged.map(|merged| merged.figure.clone()),
            // Its freshness already includes each connection's state.
            None,
            received_at,
            snapshot.shared_target(selection, metric),
        );
        evaluated.is_missed = metric.is_daily() && self.is_missed(&evaluated, || selection.clone());
        evaluated
    }

    /// Evaluates a figure of an agent or a person; `None` if no source provides that metric.
    pub fn evaluate_presence(
        &mut self,
        presence: &AgentPresence<'_>,
        metric: Metric,
    ) -> Option<EvaluatedFigure> {
        let figure = (self.snapshot).presence_figure(presence, metric, self.now)?;
        let reports = presence.agents.iter();
        let reports = reports.filter_map(|agent| agent.report.as_ref());
        let readings = reports.filter_map(|report| report.readings.get(metric));
        let received_at = readings.map(|reading| reading.received_at).max();
        let no_target = TargetInForce::default();
        Some(self.evaluate_figure(metric, Some(figure), None, received_at, no_target))
    }

    fn evaluate_figure(
        &mut self,
        metric: Metric,
        figure: Option<MetricFigure>,
        source: Option<&SourceId>,
        received_at: Option<MonotonicTime>,
        target: TargetInForce,
    ) -> EvaluatedFigure {
        let Some(figure) = figure else {
            let unknown = MetricFigure::default();
            return EvaluatedFigure::new(
                metric,
                unknown,
                ShownFreshness::Unknown,
                received_at,
                target,
            );
        };
        let freshness = match source {
            Some(source) if metric.is_daily() => {
                self.snapshot.day_freshness(source, figure.freshness)
            }
            _ => figure.freshness,
        };
        let shown = match self.shown_freshness(freshness, received_at) {
            // Values of some queues are worth showing, however long others are disconnected.
            ShownFreshness::Expired if figure.low.is_some() => ShownFreshness::OutOfDate,
            shown => shown,
        };
        let is_vendors = (figure.day_details.as_ref()).is_some_and(|day| day.formula.is_none());
        let target = TargetInForce {
            threshold_ms: target.threshold_ms.filter(|_| !is_vendors),
            ..target
        };
        EvaluatedFigure::new(metric, figure, shown, received_at, target)
    }

    /// Whether a figure of the day over a selection misses its target.
    fn is_missed<'s>(
        &self,
        evaluated: &EvaluatedFigure,
        selection: impl FnOnce() -> QueueSelection<'s>,
    ) -> bool {
        let Some(limits) = evaluated.target.miss_limits else {
            return false;
        };
        match (evaluated.value(), evaluated.lower_bound()) {
            // Most figures are within their limits, and then their contacts needn't be counted.
            (Some(value), _) => {
                limits.is_missed(value.as_number(), None)
                    && limits.is_judged(self.snapshot.judged_contacts(&selection(), self.now))
            }
            (None, Some(low)) => limits.is_missed_from(low.as_number()),
            (None, None) => false,
        }
    }
}

impl Snapshot {
    /// Returns the freshness of a figure of the day: a disconnected source makes even its totals out
    /// of date.
    pub fn day_freshness(&self, source: &SourceId, freshness: Freshness) -> Freshness {
        match (freshness, self.sources.get(source)) {
            (Freshness::Unknown, _) => Freshness::Unknown,
            (_, Some(source)) if !source.is_live() => source
                .outage
                .map_or(Freshness::OutOfDate, Freshness::Disconnected),
            (freshness, _) => freshness,
        }
    }
}
