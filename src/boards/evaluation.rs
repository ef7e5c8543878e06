//! One queue judged as a board would, and why, in a sentence.

use jiff::Timestamp;

use crate::{
    domain::{Metric, MetricValue, Moment, QueueTarget, moment},
    live::{Freshness, QueueSnapshot, Snapshot},
};

use super::{
    BoardDefinition, SeverityLimits,
    board_slots::SlotValue,
    format,
    render_context::{EvaluatedQueue, RenderContext, RenderedMetric},
    severity::Severity,
};

/// How a queue stands.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueEvaluation {
    pub severity: Severity,
    /// Why it is a warning, critical, stale or quiet; `None` where all is well.
    pub reason: Option<String>,
    /// All that its source gives, in reading order.
    pub figures: Vec<EvaluatedMetric>,
}

/// One figure of a judged queue.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluatedMetric {
    pub metric: Metric,
    pub label: String,
    /// As a screen shows it now; `–` where it is unknown.
    pub text: String,
    pub severity: Severity,
    /// What is well: "under 1:00", "at least 70%"; empty where anything is.
    pub limit: String,
    /// The target, "est."
    pub note: String,
}

/// Judges a queue by the limits of a board; `Board::automatic` has the default ones.
pub fn evaluate_queue<'a>(
    board: &'a BoardDefinition,
    picture: &'a Snapshot,
    queue: &'a QueueSnapshot,
    now: Moment,
) -> QueueEvaluation {
    let mut scene = RenderContext::new(board, picture, now);
    let judged = scene.evaluate_queue(queue);
    let given = Metric::all().filter(|m| picture.queue_figure(queue, *m, now).is_some());
    let figures = given
        .map(|metric| {
            let shown = scene.evaluate_metric(queue, &judged.id, metric);
            evaluate_metric(&scene, &judged.id, shown)
        })
        .collect();
    QueueEvaluation {
        severity: judged.severity,
        reason: explain_severity(&scene, &judged),
        figures,
    }
}

fn evaluate_metric(
    scene: &RenderContext<'_>,
    queue: &str,
    shown: RenderedMetric,
) -> EvaluatedMetric {
    let target = scene.snapshot.site.target_for(queue);
    let limits = scene.board.limits_for(queue, shown.metric);
    EvaluatedMetric {
        metric: shown.metric,
        text: match &shown.cell {
            SlotValue::Text(text) | SlotValue::Clock { since: None, text } => text.clone(),
            SlotValue::Clock { .. } | SlotValue::Attributes(_) => format::value(shown.value),
        },
        label: shown.label,
        severity: shown.severity,
        limit: format_good_range(shown.metric, &limits, &target),
        note: shown.note,
    }
}

/// The first limit on the way to worse, as what is still well.
fn format_good_range(metric: Metric, limits: &SeverityLimits, target: &QueueTarget) -> String {
    let text = |limit| format::value(Some(metric.value(limit)));
    let below = limits.warning_below.or(limits.critical_below);
    match (limits.warning.or(limits.critical), below) {
        (Some(limit), _) => format!("under {}", text(limit)),
        (None, Some(limit)) => format!("at least {}", text(limit.resolve_for(target))),
        (None, None) => String::new(),
    }
}

fn explain_severity(scene: &RenderContext<'_>, judged: &EvaluatedQueue<'_>) -> Option<String> {
    match judged.severity {
        Severity::OutOfDate => Some(explain_stale(scene, judged)),
        Severity::Warning | Severity::Critical => judged.severity_cause().map(|cause| {
            let target = scene.snapshot.site.target_for(&judged.id);
            let limits = scene.board.limits_for(&judged.id, cause.metric);
            explain_limit(scene, cause, &limits, &target)
        }),
        Severity::None | Severity::Normal => {
            let since = judged.queue.quiet_since?;
            let zone = &scene.snapshot.site.zone;
            let since = format::time_or_day(since, scene.now.wall, zone);
            Some(format!("No data since {since}."))
        }
    }
}

/// "Longest wait is 6:12, above the 5:00 threshold since 14:19."
fn explain_limit(
    scene: &RenderContext<'_>,
    cause: &RenderedMetric,
    limits: &SeverityLimits,
    target: &QueueTarget,
) -> String {
    let is_critical = cause.severity == Severity::Critical;
    let (above, below) = if is_critical {
        (limits.critical, limits.critical_below)
    } else {
        (limits.warning, limits.warning_below)
    };
    let number = cause.value.or(cause.lower_bound);
    let number = number.map(MetricValue::as_number).unwrap_or_default();
    let text = |limit| format::value(Some(cause.metric.value(limit)));
    let label = match cause.metric {
        Metric::ServiceLevel => cause.metric.label(),
        _ => &cause.label,
    };
    let what = format!("{label} is {}", cause.format_value());
    if let Some(limit) = above.filter(|limit| *limit <= number) {
        let reached = text(limit) == text(number);
        let place = if reached { "at" } else { "above" };
        let since = limit_reached_at(cause, limit)
            .map(|at| format::time_or_day(at, scene.now.wall, &scene.snapshot.site.zone))
            .map(|at| format!(" since {at}"));
        let since = since.unwrap_or_default();
        return format!("{what}, {place} the {} threshold{since}.", text(limit));
    }
    let Some(limit) = below.map(|level| level.resolve_for(target)) else {
        return format!("{what}.");
    };
    let aim = match cause.metric {
        Metric::ServiceLevel => {
            format!("; the target is {}", text(target.service_level_percent))
        }
        _ => String::new(),
    };
    format!("{what}, below the {} threshold{aim}.", text(limit))
}

/// When a running wait came to its limit: the only since that can be known.
#[expect(
    clippy::cast_possible_truncation,
    reason = "limits are far below 2^52 ms"
)]
fn limit_reached_at(cause: &RenderedMetric, limit: f64) -> Option<Timestamp> {
    let since = cause.since?;
    Some(moment::plus_millis(since, (limit * 1000.0) as i64))
}

fn explain_stale(scene: &RenderContext<'_>, judged: &EvaluatedQueue<'_>) -> String {
    if judged.queue.members.is_some() {
        let note = &judged.note;
        return format!("Not all of this group is up to date: {note}.");
    }
    let id = &judged.queue.id.source;
    let source = scene.snapshot.site.source_name(id);
    let trust = scene.snapshot.queue_freshness(judged.queue, scene.now);
    let zone = &scene.snapshot.site.zone;
    if let Freshness::Disconnected(lost) = scene.day_freshness(id, trust) {
        let at = format::moment(lost.at, scene.now.wall, zone);
        let heard = scene.snapshot.sources.get(id);
        let heard = heard.map_or_else(String::new, |source| scene.format_last_received(source));
        return format!("{source} disconnected at {at}{heard}. Showing last known values.");
    }
    if judged.queue.silent {
        return format!("{source} has stopped reporting on this queue while contacts are active.");
    }
    format!("Some updates from {source} may be missing. Waiting for a full refresh.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::{
        BoardLayout,
        fixture::{self, QueueFixture, noon},
    };
    use crate::domain::Counter;

    fn one_queue(waiting: u64, longest: Option<i64>) -> Snapshot {
        let mut picture = fixture::empty_snapshot();
        let now = QueueFixture {
            waiting,
            longest,
            available: 1,
        };
        fixture::put_queue(&mut picture, "1", "Sales", &now);
        picture
    }

    fn evaluated_queue(picture: &Snapshot, now: Moment) -> (Severity, Option<String>) {
        let board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        let queue = &picture.queues[&fixture::queue_id("1")];
        let judgement = evaluate_queue(&board, picture, queue, now);
        (judgement.severity, judgement.reason)
    }

    fn check_reason(picture: &Snapshot, now: Moment, severity: Severity, why: &str) {
        let why = (!why.is_empty()).then(|| why.to_owned());
        assert_eq!(evaluated_queue(picture, now), (severity, why));
    }

    #[test]
    fn a_long_wait_says_its_limit_and_since_when() {
        let picture = one_queue(14, Some(372));

        let why = "Longest wait is 6:12, above the 2:00 threshold since 14:22.";
        check_reason(&picture, noon(), Severity::Critical, why);
        let reached = one_queue(1, Some(60));
        let why = "Longest wait is 1:00, at the 1:00 threshold since 14:27.";
        check_reason(&reached, noon(), Severity::Warning, why);
        check_reason(&one_queue(1, Some(59)), noon(), Severity::Normal, "");
    }

    #[test]
    fn a_poor_service_level_says_its_target_and_no_since() {
        let mut picture = one_queue(0, None);
        let today = fixture::today_mut(&mut picture, "1");
        today.counters.set(Counter::AnsweredWithin, Some(30));

        let why = "Service level is 50%, below the 70% threshold; the target is 80%.";
        check_reason(&picture, noon(), Severity::Warning, why);
    }

    #[test]
    fn what_is_not_vouched_for_says_why() {
        let mut lost = one_queue(2, Some(50));
        fixture::disconnect_source(&mut lost, 40_000);
        let why = "Chat disconnected at 14:26:20. Showing last known values.";
        check_reason(&lost, noon(), Severity::OutOfDate, why);
        // What hangs is known to be lost long after its last word.
        for source in lost.sources.values_mut() {
            source.last_message_at = Some(noon().plus_millis(-70_000).wall);
        }
        let why =
            "Chat disconnected at 14:26:20, last update at 14:25:50. Showing last known values.";
        check_reason(&lost, noon(), Severity::OutOfDate, why);

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

    #[test]
    fn every_figure_comes_with_what_is_well() {
        let picture = one_queue(14, Some(372));
        let board = BoardDefinition::new("b", "B", BoardLayout::Queues);
        let queue = &picture.queues[&fixture::queue_id("1")];

        let figures = evaluate_queue(&board, &picture, queue, noon()).figures;

        let of = |metric| figures.iter().find(|f| f.metric == metric).unwrap();
        let longest = of(Metric::LongestWait);
        assert_eq!((&*longest.text, &*longest.limit), ("6:12", "under 1:00"));
        assert_eq!(longest.severity, Severity::Critical);
        assert_eq!(of(Metric::Waiting).limit, "");
        assert_eq!(of(Metric::ServiceLevel).limit, "at least 70%");
        assert_eq!(of(Metric::ShortAbandoned).text, "–");
    }
}
