//! Evaluates one queue as every board does, and explains the severity in a sentence.

use jiff::Timestamp;

use wallboard_domain::{MetricValue, Moment, QueueTarget, SeverityLimits, ThresholdLevel, moment};
use wallboard_live::{
    EvaluatedFigure, Freshness, QueueSnapshot, Severity, Snapshot, SourceSnapshot,
};

use wallboard_texts::Texts;

use super::{
    BoardDefinition, BoardLayout, board_queue::BoardQueue, render_context::RenderContext,
    rendered_figure::RenderedFigure,
};

/// The evaluation of a queue.
#[derive(Clone, Debug)]
pub struct QueueEvaluation {
    pub severity: Severity,
    /// Why it is a warning, critical, out of date or quiet; `None` if normal.
    pub reason: Option<SeverityReason>,
    /// Causes of a warning or critical severity, the worst first: "2:11 wait", "6 waiting".
    pub causes: Vec<String>,
    /// All metrics that its source provides, in reading order.
    pub figures: Vec<EvaluatedFigure>,
}

/// Why a queue has its severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeverityReason {
    /// A figure has reached a threshold.
    Threshold {
        /// "Longest wait"
        label: String,
        /// "6:12"
        value: String,
        /// When its clock began, if it runs.
        since: Option<Timestamp>,
        /// "above the 5:00 threshold since 14:19"
        position: String,
    },
    /// Closed, quiet or out of date, in a sentence.
    Statement(String),
}

impl SeverityReason {
    /// The whole reason as a sentence.
    pub fn sentence(&self, texts: &Texts) -> String {
        match self {
            Self::Threshold {
                label,
                value,
                position,
                ..
            } => texts.figure_at(label.as_str(), value.as_str(), position.as_str()),
            Self::Statement(sentence) => sentence.clone(),
        }
    }
}

/// Evaluates a queue: the same for every board and page. Its texts are in a page's language.
pub fn evaluate_queue(
    texts: &'static Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> QueueEvaluation {
    let board = page_board();
    let mut context = page_context(&board, texts, snapshot, now);
    let evaluated = context.board_queue(queue);
    QueueEvaluation {
        severity: evaluated.severity,
        reason: explain_severity(&context, &evaluated),
        causes: (evaluated.causes.iter())
            .map(|cause| cause.format_reason(context.texts))
            .collect(),
        figures: context.evaluator.evaluate_provided(queue),
    }
}

/// Returns only the severity of a queue, and its reason.
pub fn evaluate_severity(
    texts: &'static Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    now: Moment,
) -> (Severity, Option<SeverityReason>) {
    let board = page_board();
    let mut context = page_context(&board, texts, snapshot, now);
    let evaluated = context.board_queue(queue);
    (evaluated.severity, explain_severity(&context, &evaluated))
}

/// Returns a board without figures: a queue's severity doesn't depend on what is shown.
fn page_board() -> BoardDefinition {
    BoardDefinition {
        show: Vec::new(),
        ..BoardDefinition::new("", "", BoardLayout::Queues)
    }
}

fn page_context<'a>(
    board: &'a BoardDefinition,
    texts: &'static Texts,
    snapshot: &'a Snapshot,
    now: Moment,
) -> RenderContext<'a> {
    let mut context = RenderContext::new(board, snapshot, now);
    context.texts = texts;
    context
}

fn explain_severity(
    context: &RenderContext<'_>,
    evaluated: &BoardQueue<'_>,
) -> Option<SeverityReason> {
    let statement = SeverityReason::Statement;
    match evaluated.severity {
        Severity::OutOfDate => Some(statement(explain_out_of_date(context, evaluated))),
        Severity::Warning | Severity::Critical => evaluated.worst_cause().map(|cause| {
            let target = context.snapshot.site.target_for(&evaluated.id);
            let limits = context
                .snapshot
                .site
                .limits_for(&evaluated.id, cause.metric());
            SeverityReason::Threshold {
                label: cause.text.label.clone(),
                value: cause.format_judged(context.texts),
                since: cause.running_since(),
                position: describe_position(context, cause, &limits, &target),
            }
        }),
        Severity::None | Severity::Normal => {
            if let Some(closed) = &evaluated.closed {
                return Some(statement(closed.sentence(context.texts)));
            }
            let since = evaluated.queue.quiet_since?;
            let zone = &context.snapshot.site.zone;
            let texts = context.texts;
            let since = texts.time_or_day(since, context.now.wall, zone);
            Some(statement(texts.sentence_of(texts.no_data_since(since))))
        }
    }
}

/// "above the 5:00 threshold since 14:19"
fn describe_position(
    context: &RenderContext<'_>,
    cause: &RenderedFigure,
    limits: &SeverityLimits,
    target: &QueueTarget,
) -> String {
    let level = match cause.evaluated.severity {
        Severity::Critical => ThresholdLevel::Critical,
        _ => ThresholdLevel::Warning,
    };
    let (above, below) = limits.at_level(level);
    let below = below.map(|level| level.resolve_for(target));
    let number = cause.evaluated.value().or(cause.evaluated.lower_bound());
    let number = number.map(MetricValue::as_number).unwrap_or_default();
    let texts = context.texts;
    let text = |limit| texts.value(Some(cause.metric().value(limit)));
    if cause.evaluated.is_held {
        let limit = above.or(below).map(text).unwrap_or_default();
        let is_clear_far = |clear: &f64| match (above, below) {
            (Some(limit), _) => *clear < limit && *clear < number,
            (None, Some(limit)) => limit <= *clear && number < *clear,
            (None, None) => false,
        };
        return match limits.clear.filter(is_clear_far) {
            Some(clear) => texts.held_until(limit, text(clear)),
            None => texts.held_threshold(limit),
        };
    }
    if let Some(limit) = above.filter(|limit| *limit <= number) {
        let is_at_limit = text(limit) == text(number);
        let since = limit_reached_at(cause, limit)
            .map(|at| texts.time_or_day(at, context.now.wall, &context.snapshot.site.zone));
        return match (is_at_limit, since) {
            (true, None) => texts.at_threshold(text(limit)),
            (true, Some(since)) => texts.at_threshold_since(text(limit), since),
            (false, None) => texts.above_threshold(text(limit)),
            (false, Some(since)) => texts.above_threshold_since(text(limit), since),
        };
    }
    below.map_or_else(
        || texts.past_threshold().to_owned(),
        |limit| texts.below_threshold(text(limit)),
    )
}

/// When a running wait reached its limit; no other limit has a known time.
#[expect(
    clippy::cast_possible_truncation,
    reason = "limits are far below 2^52 ms"
)]
fn limit_reached_at(cause: &RenderedFigure, limit: f64) -> Option<Timestamp> {
    let since = cause.evaluated.since()?;
    Some(moment::plus_millis(since, (limit * 1000.0) as i64))
}

fn explain_out_of_date(context: &RenderContext<'_>, evaluated: &BoardQueue<'_>) -> String {
    let texts = context.texts;
    if evaluated.queue.members.is_some() {
        return texts.group_out_of_date(evaluated.note.text());
    }
    let id = &evaluated.queue.id.source;
    let source = context.snapshot.site.source_name(id);
    if let Freshness::Disconnected(outage) = evaluated.freshness {
        let zone = &context.snapshot.site.zone;
        let time = |at| texts.moment(at, context.now.wall, zone);
        let update = context.snapshot.sources.get(id);
        let update = update.and_then(SourceSnapshot::last_message_before_outage);
        let paused_by = context.snapshot.site.paused_by(id);
        return match (paused_by, update.map(time)) {
            (Some(by), None) => texts.paused_last_values(source, by),
            (Some(by), Some(update)) => texts.paused_with_update(source, by, update),
            (None, None) => texts.lost_last_values(source, time(outage.at)),
            (None, Some(update)) => texts.lost_with_update(source, time(outage.at), update),
        };
    }
    if evaluated.queue.silent {
        return texts.queue_silent(source);
    }
    texts.updates_may_be_missing(source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{self, QueueFixture, noon};
    use wallboard_domain::{Counter, LimitValue, Metric};

    fn one_queue(waiting: u64, longest: Option<i64>) -> Snapshot {
        let mut snapshot = fixture::empty_snapshot();
        let now = QueueFixture {
            waiting,
            longest,
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &now);
        snapshot
    }

    fn evaluated_queue(snapshot: &Snapshot, now: Moment) -> (Severity, Option<String>) {
        let queue = &snapshot.queues[&fixture::queue_id("1")];
        let evaluation = evaluate_queue(Texts::english(), snapshot, queue, now);
        let reason = evaluation.reason;
        let reason = reason.map(|reason| reason.sentence(Texts::english()));
        (evaluation.severity, reason)
    }

    fn check_reason(snapshot: &Snapshot, now: Moment, severity: Severity, why: &str) {
        let why = (!why.is_empty()).then(|| why.to_owned());
        assert_eq!(evaluated_queue(snapshot, now), (severity, why));
    }

    fn upper_limits(warning: f64) -> SeverityLimits {
        SeverityLimits {
            warning: Some(warning),
            ..SeverityLimits::default()
        }
    }

    #[test]
    fn long_wait_names_its_limit_and_start() {
        let snapshot = one_queue(14, Some(372));

        let why = "Longest wait is 6:12, above the 2:00 threshold since 14:22.";
        check_reason(&snapshot, noon(), Severity::Critical, why);
        let reached = one_queue(1, Some(60));
        let why = "Longest wait is 1:00, at the 1:00 threshold since 14:27.";
        check_reason(&reached, noon(), Severity::Warning, why);
        check_reason(&one_queue(1, Some(59)), noon(), Severity::Normal, "");
    }

    #[test]
    fn low_service_level_is_a_missed_target_and_no_severity() {
        let mut snapshot = one_queue(0, None);
        let missed = |snapshot: &Snapshot| {
            let queue = &snapshot.queues[&fixture::queue_id("1")];
            let figures = evaluate_queue(Texts::english(), snapshot, queue, noon()).figures;
            let level = figures
                .into_iter()
                .find(|f| f.metric == Metric::ServiceLevel);
            let level = level.unwrap();
            (level.severity, level.is_missed)
        };
        assert_eq!(missed(&snapshot), (Severity::None, false));

        let today = fixture::today_mut(&mut snapshot, "1");
        today.counters.set(Counter::AnsweredWithin, Some(30));

        assert_eq!(missed(&snapshot), (Severity::None, true));
        check_reason(&snapshot, noon(), Severity::Normal, "");
    }

    #[test]
    fn causes_are_named_worst_first() {
        let mut snapshot = one_queue(6, Some(131));
        let limits = [
            (Metric::Waiting, upper_limits(5.0)),
            (
                Metric::AgentsAvailable,
                SeverityLimits {
                    critical_below: Some(LimitValue::Value(1.0)),
                    ..SeverityLimits::default()
                },
            ),
        ];
        fixture::set_limits(&mut snapshot, &limits);
        fixture::queue_mut(&mut snapshot, "1")
            .readings
            .get_mut(Metric::AgentsAvailable)
            .unwrap()
            .value = Some(MetricValue::Count(0));
        let queue = &snapshot.queues[&fixture::queue_id("1")];

        let evaluation = evaluate_queue(Texts::english(), &snapshot, queue, noon());

        assert_eq!(evaluation.severity, Severity::Critical);
        assert_eq!(evaluation.causes, ["2:11 wait", "0 available", "6 waiting"]);
    }

    #[test]
    fn out_of_date_queue_gives_its_reason() {
        let mut disconnected = one_queue(2, Some(50));
        fixture::disconnect_source(&mut disconnected, 40_000);
        let why = "Chat disconnected at 14:26:20. Showing last known values.";
        check_reason(&disconnected, noon(), Severity::OutOfDate, why);
        // A hanging connection counts as lost long after its last message.
        for source in disconnected.sources.values_mut() {
            source.last_message_at = Some(noon().plus_millis(-70_000).wall);
        }
        let why =
            "Chat disconnected at 14:26:20, last update at 14:25:50. Showing last known values.";
        check_reason(&disconnected, noon(), Severity::OutOfDate, why);

        let mut silent = one_queue(2, Some(50));
        fixture::queue_mut(&mut silent, "1").silent = true;
        let why = "Chat has stopped reporting on this queue while contacts are active.";
        check_reason(&silent, noon(), Severity::OutOfDate, why);

        let mut quiet = one_queue(0, None);
        fixture::queue_mut(&mut quiet, "1").quiet_since = Some(noon().plus_millis(-3_600_000).wall);
        let why = "No data since 13:27.";
        check_reason(&quiet, noon(), Severity::None, why);

        let mut broken = one_queue(2, Some(50));
        broken
            .sources
            .get_mut(&fixture::chat_source())
            .unwrap()
            .generation = 2;
        let why = "Some updates from Chat may be missing. Waiting for a full refresh.";
        check_reason(&broken, noon(), Severity::OutOfDate, why);
    }
}
