//! Judging figures for a screen: what is shown of each, how bad it is, and
//! when that changes by itself. How old a figure may be, `live::freshness` says.

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
    board_view::{NextChange, running_clock, stopped_clock},
    format::{self, UNKNOWN},
    severity::Severity,
};

/// Fewer contacts than this make no service level to worry about.
const MIN_CONTACTS: i32 = 10;

/// A board before a picture, at a moment.
#[derive(Debug)]
pub(super) struct RenderContext<'a> {
    pub(super) board: &'a BoardDefinition,
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    /// The figures of a queue to show.
    pub(super) metrics: Vec<Metric>,
    /// What the day lacks, said once below all queues.
    pub(super) day_note: String,
    next_change: NextChange,
}

/// How something stands on a screen; a rendering of `Trust` with time in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DisplayFreshness {
    UpToDate,
    /// Its line was lost moments ago: clocks stand, nothing is grey yet.
    Reconnecting,
    /// The last value, no longer vouched for.
    OutOfDate,
    /// Too long ago to be shown.
    Expired,
    /// Never said.
    Unknown,
}

impl DisplayFreshness {
    pub(super) fn is_out_of_date(self) -> bool {
        matches!(self, Self::OutOfDate | Self::Expired)
    }
}

/// One figure as a screen shows it.
#[derive(Clone, Debug)]
pub(super) struct RenderedMetric {
    pub(super) metric: Metric,
    pub(super) label: String,
    pub(super) cell: SlotValue,
    pub(super) severity: Severity,
    /// Small, behind the value: the target, "est.".
    pub(super) note: String,
    pub(super) freshness: DisplayFreshness,
    /// What may be reckoned with: known, or held.
    pub(super) value: Option<MetricValue>,
    /// Of several queues, where some of them are not vouched for: what the others have
    /// for certain, so that all have at least this.
    pub(super) lower_bound: Option<MetricValue>,
    pub(super) since: Option<Timestamp>,
}

/// A queue as a screen shows it.
#[derive(Debug)]
pub(super) struct EvaluatedQueue<'a> {
    pub(super) queue: &'a QueueSnapshot,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) severity: Severity,
    pub(super) figures: Vec<RenderedMetric>,
    /// Why it is grey or quiet, or what its day lacks.
    pub(super) note: String,
    /// The source's own time of the newest reading.
    pub(super) reported_at: Option<i64>,
}

impl EvaluatedQueue<'_> {
    /// How much it calls for somebody, and the figure that does. About a poor day
    /// nobody can do anything now, so the day's figures call for nobody.
    pub(super) fn attention_cause(&self) -> Option<(Severity, &RenderedMetric)> {
        let of_now = self.figures.iter().filter(|f| !f.metric.is_of_the_day());
        let calls = of_now.filter(|f| matches!(f.severity, Severity::Warning | Severity::Critical));
        // Of equals the first.
        let worst = calls.rev().max_by_key(|figure| figure.severity)?;
        (self.severity != Severity::OutOfDate).then_some((worst.severity, worst))
    }

    /// The figure that its severity comes from: of now before of the day.
    pub(super) fn severity_cause(&self) -> Option<&RenderedMetric> {
        let causes = self.figures.iter().filter(|f| f.severity == self.severity);
        causes.min_by_key(|figure| figure.metric.is_of_the_day())
    }
}

impl<'a> RenderContext<'a> {
    pub(super) fn new(board: &'a BoardDefinition, picture: &'a Snapshot, now: Moment) -> Self {
        Self {
            board,
            snapshot: picture,
            now,
            metrics: select_metrics(board, picture),
            day_note: String::new(),
            next_change: NextChange::default(),
        }
    }

    pub(super) fn next_change(&self) -> Option<Moment> {
        self.next_change.to_moment(self.now)
    }

    pub(super) fn schedule_change(&mut self, at: MonotonicTime) {
        self.next_change.note_earliest(at);
    }

    /// How something stands that `source` last vouched for at `heard`.
    pub(super) fn display_freshness(
        &mut self,
        trust: Freshness,
        heard: Option<MonotonicTime>,
    ) -> DisplayFreshness {
        match trust {
            Freshness::UpToDate => DisplayFreshness::UpToDate,
            Freshness::Unknown => DisplayFreshness::Unknown,
            Freshness::Disconnected(Outage { mono, .. })
                if self.now.monotonic.millis_since(mono) < GRAY_AFTER =>
            {
                self.next_change.note_earliest(mono.plus_millis(GRAY_AFTER));
                DisplayFreshness::Reconnecting
            }
            Freshness::Disconnected(Outage { mono, .. }) => self.out_of_date_or_expired(mono),
            Freshness::OutOfDate => heard.map_or(DisplayFreshness::OutOfDate, |heard| {
                self.out_of_date_or_expired(heard)
            }),
        }
    }

    fn out_of_date_or_expired(&mut self, heard: MonotonicTime) -> DisplayFreshness {
        if self.now.monotonic.millis_since(heard) < GONE_AFTER {
            self.next_change
                .note_earliest(heard.plus_millis(GONE_AFTER));
            DisplayFreshness::OutOfDate
        } else {
            DisplayFreshness::Expired
        }
    }

    /// The trust in a day's figure while its source's line stands as it does: a
    /// total goes on counting, but not without its source.
    pub(super) fn day_freshness(&self, source: &SourceId, trust: Freshness) -> Freshness {
        match (trust, self.snapshot.sources.get(source)) {
            (Freshness::Unknown, _) => Freshness::Unknown,
            (_, Some(source)) if !source.is_live() => source
                .outage
                .map_or(Freshness::OutOfDate, Freshness::Disconnected),
            (trust, _) => trust,
        }
    }

    /// A queue with all the figures that the board shows of it.
    pub(super) fn evaluate_queue(&mut self, queue: &'a QueueSnapshot) -> EvaluatedQueue<'a> {
        let id = queue.id.to_string();
        let show = self.metrics.clone();
        let figures: Vec<_> = (show.into_iter())
            .map(|metric| self.evaluate_metric(queue, &id, metric))
            .collect();
        let trust = self.snapshot.queue_freshness(queue, self.now);
        let heard = self.snapshot.last_received(queue, None);
        let standing = self.display_freshness(trust, heard);
        let stale =
            standing.is_out_of_date() || figures.iter().any(|f| f.freshness.is_out_of_date());
        // What is certain of some calls for somebody, whatever the others have.
        let certain = figures.iter().filter(|f| f.lower_bound.is_some());
        let certain = certain
            .map(|f| f.severity)
            .filter(Severity::needs_attention)
            .max();
        let severity = match queue.quiet_since {
            _ if stale => certain.unwrap_or(Severity::OutOfDate),
            Some(_) => Severity::None,
            None => (figures.iter().map(|f| f.severity).max()).unwrap_or_default(),
        };
        let members = self.snapshot.group_members(queue);
        let said = members.flat_map(|queue| queue.readings.values());
        let said = said.filter_map(|reading| reading.at).max();
        EvaluatedQueue {
            queue,
            name: self.queue_name(queue, &id),
            note: self.queue_note(queue, trust, standing, stale, &figures),
            id,
            severity,
            figures,
            reported_at: said.map(Timestamp::as_millisecond),
        }
    }

    /// One figure of a queue.
    pub(super) fn evaluate_metric(
        &mut self,
        queue: &QueueSnapshot,
        id: &str,
        metric: Metric,
    ) -> RenderedMetric {
        let target = self.snapshot.site.target_for(id);
        let mut shown = self.render_queue_figure(queue, metric, &target);
        let judged = matches!(
            shown.freshness,
            DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting
        ) && queue.quiet_since.is_none()
            && (metric != Metric::ServiceLevel || self.has_enough_contacts(queue));
        if judged && let Some(value) = shown.value {
            let limits = self.board.limits_for(id, metric);
            shown.severity = Severity::from_value(value.as_number(), &limits, &target);
            if shown.freshness == DisplayFreshness::UpToDate && shown.since.is_some() {
                self.schedule_crossings(value, &limits);
            }
        } else if let Some(least) = shown.lower_bound {
            let limits = self.board.limits_for(id, metric);
            let above = SeverityLimits {
                warning: limits.warning,
                critical: limits.critical,
                ..SeverityLimits::default()
            };
            let severity = Severity::from_value(least.as_number(), &above, &target);
            if severity.needs_attention() {
                shown.severity = severity;
            }
            if shown.since.is_some() {
                self.schedule_crossings(least, &above);
            }
        }
        shown
    }

    /// Without severity, other than that it is stale.
    fn render_queue_figure(
        &mut self,
        queue: &QueueSnapshot,
        metric: Metric,
        target: &QueueTarget,
    ) -> RenderedMetric {
        let figure = self.snapshot.queue_figure(queue, metric, self.now);
        let heard = self.snapshot.last_received(queue, Some(metric));
        let expires = metric == Metric::AverageWait && queue.provided_metrics.is_none();
        if expires && figure.as_ref().is_some_and(|f| f.value.is_some()) {
            // It says nothing of now after a quarter of an hour.
            self.next_change.note_earliest(
                heard
                    .unwrap_or_default()
                    .plus_millis(AVERAGE_WAIT_LIFETIME + 1),
            );
        }
        let mut shown = self.render_figure(metric, figure, &queue.id.source, heard, target);
        if metric == Metric::ServiceLevel && queue.provided_metrics.is_some() {
            // What in time is, its vendor knows, and also before it has said a value.
            metric.short_label().clone_into(&mut shown.label);
        }
        shown
    }

    /// A figure by the rules of trust.
    pub(super) fn render_figure(
        &mut self,
        metric: Metric,
        figure: Option<MetricFigure>,
        source: &SourceId,
        heard: Option<MonotonicTime>,
        target: &QueueTarget,
    ) -> RenderedMetric {
        let Some(figure) = figure else {
            return RenderedMetric::unknown(metric, format::label(metric, target, None));
        };
        let trust = if metric.is_of_the_day() {
            self.day_freshness(source, figure.freshness)
        } else {
            figure.freshness
        };
        let standing_now = match self.display_freshness(trust, heard) {
            // What is known of some of several is worth showing, however long others are away.
            DisplayFreshness::Expired if figure.low.is_some() => DisplayFreshness::OutOfDate,
            other => other,
        };
        let whole = figure
            .value
            .filter(|_| standing_now == DisplayFreshness::Reconnecting);
        let text = || match whole {
            Some(value) => format::value(Some(value)),
            None => format::figure(metric, &figure),
        };
        let is_clock = format::is_running_clock(metric);
        let cell = match (standing_now, figure.since) {
            // A clock that runs would be read as the longest of all.
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
        let usable = matches!(
            standing_now,
            DisplayFreshness::UpToDate | DisplayFreshness::Reconnecting
        );
        let marks = figure.day_details.as_ref();
        RenderedMetric {
            metric,
            label: day_label(metric, target, marks),
            cell,
            severity: if standing_now.is_out_of_date() {
                Severity::OutOfDate
            } else {
                Severity::None
            },
            note: metric_note(metric, marks, figure.value, target),
            freshness: standing_now,
            value: figure
                .value
                .filter(|_| usable && figure.low.is_none() || whole.is_some()),
            lower_bound: (figure.low).filter(|_| whole.is_none() && figure.high.is_none()),
            since: figure
                .since
                .filter(|_| standing_now == DisplayFreshness::UpToDate),
        }
    }

    /// Whether there were contacts enough for a service level to worry about. Where
    /// nobody tells how many, there may have been.
    fn has_enough_contacts(&self, queue: &QueueSnapshot) -> bool {
        let known = |metric| {
            let figure = self.snapshot.queue_figure(queue, metric, self.now)?;
            figure.value.map(MetricValue::as_number)
        };
        if queue.provided_metrics.is_none() && queue.members.is_none() {
            let counters = &queue.today.counters;
            let ended = counters.count(Counter::Answered) + counters.count(Counter::Abandoned);
            return i64::from(MIN_CONTACTS) <= ended;
        }
        let counts = [Metric::Answered, Metric::Abandoned, Metric::Offered].map(known);
        let [answered, abandoned, offered] = counts;
        let ended = answered.zip(abandoned).map(|(a, b)| a + b);
        (ended.or(answered).or(offered)).is_none_or(|n| f64::from(MIN_CONTACTS) <= n)
    }

    /// When a running clock will reach its next limit.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "waits stay far below 2^52 ms"
    )]
    fn schedule_crossings(&mut self, value: MetricValue, limits: &SeverityLimits) {
        for limit in [limits.warning, limits.critical].into_iter().flatten() {
            let left = ((limit - value.as_number()) * 1000.0).ceil() as i64;
            if 0 < left {
                self.next_change
                    .note_earliest(self.now.monotonic.plus_millis(left));
            }
        }
    }

    pub(super) fn queue_name(&self, queue: &QueueSnapshot, id: &str) -> String {
        let named = self.board.names.get(id).cloned();
        named.unwrap_or_else(|| self.snapshot.queue_name(queue))
    }

    fn queue_note(
        &self,
        queue: &QueueSnapshot,
        trust: Freshness,
        standing: DisplayFreshness,
        stale: bool,
        figures: &[RenderedMetric],
    ) -> String {
        if queue.members.is_some() && (stale || standing == DisplayFreshness::Reconnecting) {
            return self.group_note(queue, standing);
        }
        let id = &queue.id.source;
        let source = self.snapshot.site.source_name(id);
        let zone = &self.snapshot.site.zone;
        let time = |at| format::time_or_day(at, self.now.wall, zone);
        if let Freshness::Disconnected(lost) = self.day_freshness(id, trust) {
            return match standing {
                DisplayFreshness::Expired => format!("No data since {}", time(lost.at)),
                DisplayFreshness::Reconnecting => format!("Reconnecting to {source}"),
                _ => format!("{source} lost at {}", time(lost.at)),
            };
        }
        if stale && queue.silent {
            return format!("No updates from {source}");
        }
        if stale {
            return format!("Waiting for {source} to refresh");
        }
        if let Some(since) = queue.quiet_since {
            return format!("No activity since {}", time(since));
        }
        if figures.iter().any(|f| f.metric.is_of_the_day()) {
            let days = figures.iter().filter(|f| f.metric.is_of_the_day());
            let mut marks = days.filter_map(|f| {
                let figure = self.snapshot.queue_figure(queue, f.metric, self.now)?;
                figure.day_details
            });
            let mark = marks
                .next()
                .map(|marks| self.day_note(&marks))
                .unwrap_or_default();
            if mark != self.day_note {
                return mark;
            }
        }
        if queue.members.is_some() {
            return self.format_excluded(queue, figures);
        }
        String::new()
    }

    /// Which of its members never give something that is shown, and so are not in it.
    fn format_excluded(&self, queue: &QueueSnapshot, figures: &[RenderedMetric]) -> String {
        let over = self.snapshot.select_queues([queue]);
        let mut left_out: Vec<QueueId> = Vec::new();
        let mut labels = Vec::new();
        for figure in figures {
            let merged = self.snapshot.merge_figure(&over, figure.metric, self.now);
            let without = merged.map(|merged| merged.without).unwrap_or_default();
            if left_out.is_empty() {
                left_out.clone_from(&without);
            }
            if !without.is_empty() && without == left_out {
                labels.push(figure.label.to_lowercase());
            }
        }
        match self.format_without(left_out.iter()) {
            none if none.is_empty() => none,
            without => format!("{without}: {}", labels.join(", ")),
        }
    }

    /// Which of its members are not vouched for.
    fn group_note(&self, queue: &QueueSnapshot, standing: DisplayFreshness) -> String {
        let members = self.snapshot.group_members(queue).filter(|member| {
            let trust = self.snapshot.queue_freshness(member, self.now);
            matches!(trust, Freshness::OutOfDate | Freshness::Disconnected(_))
        });
        let members: Vec<_> = members.map(|member| &member.id).collect();
        match members.first() {
            Some(first) if standing == DisplayFreshness::Reconnecting => {
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
            (None, Some(least)) => format!("≥ {}", format::value(Some(least))),
            (value, _) => format::value(value),
        }
    }
}

/// A share that a vendor calculates is of its own threshold, which it does not report.
fn day_label(metric: Metric, target: &QueueTarget, marks: Option<&DayDetails>) -> String {
    let formula = marks.and_then(|marks| marks.formula);
    match (metric, marks, formula) {
        (Metric::ServiceLevel, Some(_), None) => metric.short_label().to_owned(),
        _ => format::label(metric, target, formula),
    }
}

fn metric_note(
    metric: Metric,
    marks: Option<&DayDetails>,
    value: Option<MetricValue>,
    target: &QueueTarget,
) -> String {
    if value.is_none() {
        return String::new();
    }
    match (metric, marks) {
        (Metric::ServiceLevel, _) => {
            format!("target {}", LimitValue::FromTarget(0.0).resolve_for(target))
        }
        (_, Some(marks)) if marks.is_estimated && value != Some(MetricValue::Count(0)) => {
            "est.".to_owned()
        }
        _ => String::new(),
    }
}

/// What the board asks for. Where it did not say, and no queue can know who left
/// unseen, a column of "–" would help nobody: then what was answered.
fn select_metrics(board: &BoardDefinition, picture: &Snapshot) -> Vec<Metric> {
    let mut show = board.show.clone();
    let mut queues = picture
        .queues
        .values()
        .filter(|queue| queue.members.is_none());
    let unseen = queues.all(|queue| match &queue.provided_metrics {
        Some(gives) => !gives.contains(&Metric::Abandoned),
        None => !queue.today.entries_known,
    });
    if show == DEFAULT_METRICS && unseen {
        show[4] = Metric::Answered;
    }
    show
}
